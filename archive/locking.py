"""One run per archive: a lock that the kernel drops, whatever ends the process."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from archive.errors import ArchiveError, LockedError

_GLANCE = 0.05  # seconds; whoever only asks whether a run is under way holds the lock for far less


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock of the archive at `path` (the file beside it that ends with .lock): no clock, no expiry.

    However many links lead to an archive, it has one lock.

    Raises:
        LockedError: another run holds it.
        ArchiveError: the file cannot be made there.
    """
    import fcntl  # only POSIX systems have it; reading an archive works everywhere

    with _made(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_GLANCE)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LockedError(f"{path}: another run works on this archive; try again when it is done") from error
        yield


def _made(path: Path) -> TextIO:
    file = _beside(path)
    try:
        return file.open("w")
    except OSError as error:
        raise ArchiveError(
            f"{path}: a run changes it, and {file} cannot be written ({error.strerror}): see to the rights of the"
            " folder, or copy it to a folder that can be written, and name that copy with --archive"
        ) from error


def _beside(path: Path) -> Path:
    return Path(f"{os.path.realpath(path)}.lock")  # Path.resolve() fails on links that go in a circle


def held(path: Path) -> bool:
    """Whether a run works on the archive at `path`; yes, too, where that cannot be told."""
    try:
        import fcntl

        with _beside(path).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except (ImportError, OSError):  # BlockingIOError among them
        return True
    return False
