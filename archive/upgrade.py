"""Bringing an archive's tables up to date: all steps in one transaction, with a copy as it was beside it."""

import logging
import sqlite3
from contextlib import ExitStack
from pathlib import Path

from sqlite_utils import Database

from archive import schema, stories
from archive.backup import copy, free_name
from archive.database import atomic
from archive.errors import ArchiveError
from archive.locking import locked
from archive.migrations import migrations

_log = logging.getLogger(__name__)
_MANY = 10_000  # articles; about ten seconds


def make(db: sqlite3.Connection) -> None:
    """Gives a new file its tables, unless another process has just done so."""
    with atomic(db):
        _migrate(db)


def upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Brings an older archive up to date, under its lock; a copy of it as it was is kept beside it.

    What fails (a full disk, a kill) leaves the archive as it was; `archive.upgrade` logs what is done.

    Raises:
        LockedError: a run works on it.
        ArchiveError: there is no room for the copy or the new tables, or the folder cannot be written.
    """
    try:
        with locked(path), ExitStack() as undo:
            with atomic(db):  # whoever writes waits: the copy is what the new tables are made from
                if (version := _version(db)) < schema.VERSION:
                    backup = free_name(path, f"v{version}-backup")
                    undo.callback(backup.unlink, missing_ok=True)  # an archive that stays as it was needs no copy
                    _log.warning("%s was made by an older version of xemtiep: bringing it up to date", path)
                    copy(path, backup)
                    _migrate(db)
                    _log.warning("as it was before, the archive is kept in %s", backup)
            undo.pop_all()
    except OSError as error:
        raise ArchiveError(
            f"{path}: made by an older version of xemtiep, and nothing can be written beside it ({error.strerror}):"
            " copy it to a folder that can be written, and open that copy"
        ) from error


def _migrate(db: sqlite3.Connection) -> None:
    if _version(db) < schema.VERSION:
        migrations.apply(Database(db, execute_plugins=False))
        _find_stories(db)


def _find_stories(db: sqlite3.Connection) -> None:
    """Finds the stories of articles that were saved before there were any, in tables that are up to date."""
    (total,) = db.execute("SELECT count(*) FROM articles WHERE story IS NULL").fetchone()
    if total > _MANY:
        _log.warning("finding which of its %d articles carry the same text: this takes a while", total)
    stories.join_all(db)


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
