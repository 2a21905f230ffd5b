"""Files and folders that take their name only when they are whole, whatever ends the writing: an error or kill -9."""

import errno
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_PART = ".xemtiep-{}.part"  # short, so that the longest names can be written too
_OWN = 0o700  # whoever writes it may do so, whatever rights what it replaces had
_BUFFER = 2**20  # bytes: one write for hundreds of articles


@contextmanager
def placed_file(target: Path) -> Iterator[BinaryIO]:
    """A new file that replaces `target` when everything was written."""
    if target.is_dir():  # said before the work; "/" has not even a name to put a file beside
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = _part_of(target)
    try:
        with part.open("xb", buffering=_BUFFER) as stream:
            _claim(stream.fileno())
            if target.exists():
                part.chmod(target.stat().st_mode & 0o777 | _OWN & 0o666)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def placed_database(target: Path) -> Iterator[Path]:
    """An empty file that becomes `target` when SQLite has filled and closed it."""
    part = _part_of(target)
    try:
        with part.open("xb") as file:  # and closed after SQLite: closing it drops the locks of the whole process
            _claim(file.fileno())
            yield part
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        _remove(part)


@contextmanager
def placed_folder(target: Path, keep: Callable[[str], bool]) -> Iterator[Path]:
    """A new folder that becomes `target` when everything is in it.

    What an older `target` holds stays: everything `keep` says yes to of the names that the new folder has not.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part, before = _part_of(target), target.with_name(f".{target.name}.before")
    if before.exists() and not target.exists():  # killed between its last two steps
        before.rename(target)
    handle = None
    try:
        part.mkdir()
        if target.exists():
            part.chmod(target.stat().st_mode & 0o7777 | _OWN)
        handle = _open_folder(part)
        yield part
        if target.exists():
            _keep(target, part, keep)
        if hasattr(os, "sync"):
            os.sync()  # once for all files: one by one it costs a thousand times as much
        _swap(part, target, before)
    finally:
        if handle is not None:
            os.close(handle)
        shutil.rmtree(part, ignore_errors=True)


def _part_of(target: Path) -> Path:
    """An unused name beside `target`; what killed exports and merges left there is removed."""
    for left in target.parent.glob(_PART.format("*")):
        if _is_left(left):
            _remove(left)
    return target.with_name(_PART.format(secrets.token_hex(4)))


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
        return
    for end in ("", "-wal", "-shm", "-journal"):
        part.with_name(part.name + end).unlink(missing_ok=True)


def _claim(handle: int) -> bool:
    """Locks what is being written, so that other exports see that somebody still does; the kernel ends the lock."""
    try:
        import fcntl  # only POSIX systems have it
    except ImportError:
        return False  # elsewhere what is left of killed exports stays
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _open_folder(folder: Path) -> int | None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows opens no folders
        return None
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    _claim(handle)
    return handle


def _is_left(part: Path) -> bool:
    try:
        handle = os.open(part, os.O_RDONLY)
    except OSError:
        return False
    try:
        return _claim(handle)
    finally:
        os.close(handle)


def _keep(old: Path, new: Path, keep: Callable[[str], bool]) -> None:
    with os.scandir(old) as entries:
        for entry in entries:
            copy = new / entry.name
            if copy.exists() or not keep(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.copytree(entry.path, copy, symlinks=True, copy_function=_link)
            else:
                _link(entry.path, str(copy))


def _link(old: str, new: str) -> None:
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError:  # a file system without links
        shutil.copy2(old, new, follow_symlinks=False)


def _swap(part: Path, target: Path, before: Path) -> None:
    """Gives `part` its name; an older folder of that name steps aside first.

    Killed in between, the next export puts it back.
    """
    if not target.exists():
        part.rename(target)
        return
    with suppress(FileNotFoundError):
        shutil.rmtree(before)
    target.rename(before)
    part.rename(target)
    shutil.rmtree(before)
