"""Where an export goes: a file, a folder, a pipe or device, or standard output; and what it must not replace."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from archive.database import is_archive
from archive.errors import ArchiveError
from archive.export.placing import placed_file
from archive.text import COMMANDS


def is_folder(output: str) -> bool:
    """Whether an output means a folder: it is one, or a name that ends with a slash or has no suffix."""
    target = Path(output)
    return not _is_special(target) and (output.endswith("/") or target.is_dir() or not target.suffix)


@contextmanager
def opened(target: Path | None) -> Iterator[BinaryIO]:
    """A stream to an output that is no folder; a file takes its name when it is whole."""
    if target is None:
        yield _Terminal() if sys.stdout.isatty() else sys.stdout.buffer
        sys.stdout.flush()
    elif _is_special(target):
        with target.open("wb") as stream:
            yield stream
    else:
        with placed_file(target.resolve()) as stream:
            yield stream


class _Terminal(BytesIO):
    """Prints what is written to it, without what would command a terminal."""

    def write(self, data: Any, /) -> int:
        """Print it at once; nothing is kept."""
        sys.stdout.write(COMMANDS.sub("\ufffd", bytes(data).decode(errors="replace")))
        return len(data)

    def writelines(self, lines: Iterable[Any], /) -> None:
        """Print them."""
        self.write(b"".join(lines))


def refuse(archive: Path, output: str) -> None:
    """Refuses what an export must not replace, before the work.

    Raises:
        ArchiveError: says why, and what to name instead.
    """
    if not output:
        raise ArchiveError("the name of the output is empty: give a file, a folder/, or - for standard output")
    target = Path(output)
    own = {Path(f"{archive}{suffix}").resolve() for suffix in ("", "-wal", "-shm", "-journal", ".lock")}
    if target.resolve() in own:
        raise ArchiveError(f"{output} is the archive itself: give the export another name")
    if is_folder(output):
        _refuse_folder(archive, output)
    elif target.is_file() and is_archive(target):
        raise ArchiveError(f"{output} is an archive, and stays as it is: give the export another name")


def _refuse_folder(archive: Path, output: str) -> None:
    target = Path(output)
    if target.exists() and not target.is_dir():
        raise ArchiveError(f"{output} is there and no folder: name another, or a file with a suffix such as .jsonl")
    for place, what in ((archive.resolve().parent, "the archive"), (Path.cwd(), "the current folder")):
        if place.is_relative_to(target.resolve()):  # a folder is replaced as a whole, under the feet of who is in it
            name = target / "articles"
            raise ArchiveError(f"{output} holds {what}: name a folder for the export alone, such as {name}/")


def _is_special(target: Path) -> bool:
    """Whether it is a pipe or device, such as bash's >(gzip > x.gz): nothing that can be replaced."""
    return target.exists() and not target.is_file() and not target.is_dir()
