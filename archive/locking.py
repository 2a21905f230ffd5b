"""One run per archive: a lock that the kernel drops, whatever ends the process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import LockedError


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock of the archive at `path` (the file beside it that ends with .lock): no clock, no expiry.

    Raises:
        LockedError: another run holds it.
        OSError: the file cannot be made there.
    """
    import fcntl  # noqa: PLC0415 # only POSIX systems have it; reading an archive works everywhere

    with Path(f"{path}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedError(f"{path}: another run works on this archive; try again when it is done") from error
        yield
