"""Copies of an archive as it was, kept beside it under a name of their own."""

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

from archive.database import explained


def free_name(path: Path, label: str) -> Path:
    """The name of a copy that is not there yet: `archive.db.v1-backup`, `archive.db.v1-backup-2`, ..."""
    names = (path.with_name(f"{path.name}.{label}{'' if number == 1 else f'-{number}'}") for number in count(1))
    return next(name for name in names if not name.exists())


def copies(path: Path) -> list[Path]:
    """The copies of an archive that are there, the newest first."""
    found = [*path.parent.glob(f"{path.name}.v*-backup*"), *path.parent.glob(f"{path.name}.before-*")]
    return sorted((each for each in found if each.is_file()), key=lambda each: each.stat().st_mtime, reverse=True)


def copy(path: Path, target: Path) -> None:
    """Copies the archive as it is committed, what stands in its -wal file included, into one whole file.

    Raises:
        ArchiveError: the disk is full, or the copy cannot be written.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        with explained(target), closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as made:
            source.backup(made)
            made.execute("PRAGMA journal_mode = DELETE")  # one file, which any medium can hold
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
