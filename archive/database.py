"""Opening the file, transactions, and errors that say what to do."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from archive import schema
from archive.errors import ArchiveError

_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full: make room and run the same command again; what is saved is kept",
    sqlite3.SQLITE_NOTADB: "it is not an archive (not an SQLite file): name another file",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: keep a copy and try `sqlite3 FILE .recover`, or restore a backup",
    sqlite3.SQLITE_BUSY: "another program keeps writing to it: close that program and run the same command again",
    sqlite3.SQLITE_READONLY: "it cannot be written: check the rights of the file and of its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check that the folder exists and may be written",
    sqlite3.SQLITE_IOERR: "the disk failed: check it and the room on it, and run the same command again",
}

_ALTERED = "something in it is not as xemtiep writes it: run `xemtiep doctor` on it"


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what SQLite says about the file, the disk, or missing tables and unreadable texts into an ArchiveError."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = _kind(error)
        if code not in _ADVICE and not isinstance(error, sqlite3.OperationalError):
            raise
        raise ArchiveError(f"{path}: {_ADVICE.get(code, _ALTERED)} ({error})") from error
    except json.JSONDecodeError as error:  # of a list, such as what cleaning took off
        raise ArchiveError(f"{path}: {_ALTERED} ({error})") from error


def _kind(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF  # the low byte is the kind, the rest its detail


def is_failing(error: sqlite3.Error) -> bool:
    """Whether it is the file or the disk that fails, not what stands in the file."""
    return _kind(error) in _ADVICE


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether SQLite says that what it read cannot be right, in the file or in a full-text index."""
    return _kind(error) == sqlite3.SQLITE_CORRUPT


@contextmanager
def transaction(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All of what happens inside, or nothing of it, whatever ends it: an error, Ctrl-C, a kill."""
    with explained(path), atomic(db):
        yield


@contextmanager
def atomic(db: sqlite3.Connection) -> Iterator[None]:
    """A transaction whose errors are SQLite's own."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def is_writable(db: sqlite3.Connection) -> bool:
    """Whether anything can be written to an open archive; waits for who is writing."""
    db.execute("BEGIN IMMEDIATE")  # which a read-only file allows
    try:
        db.execute(f"PRAGMA user_version = {_mark(db, 'user_version')}")
    except sqlite3.OperationalError as error:
        if _kind(error) != sqlite3.SQLITE_READONLY:
            raise
        return False
    finally:
        db.execute("ROLLBACK")
    return True


def is_archive(path: Path) -> bool:
    """Whether a file is an archive, by its header (https://sqlite.org/fileformat.html#application_id)."""
    with path.open("rb") as file:
        header = file.read(72)
    return header.startswith(b"SQLite format 3\0") and header[68:] == schema.APPLICATION_ID.to_bytes(4)


def connect(path: Path, *, create: bool) -> sqlite3.Connection:
    """Opens an archive and brings its tables up to date.

    Raises:
        ArchiveError: the file is missing (without `create`), not an archive, damaged, or from a newer version.
        LockedError: it is from an older version, and a run works on it.
    """
    if not create and not path.exists():
        raise ArchiveError(f"{path}: there is no such archive; `xemtiep crawl URL --archive {path}` makes one")
    _refuse_other(path)
    with explained(path):
        try:
            return _opened(path, lambda db: _prepare(db, path, create=create))
        except sqlite3.OperationalError as error:
            if create or _kind(error) not in _READ_ONLY or _has_wal(path):
                raise
            return _opened(_frozen(path), lambda db: _check_current(db, path))


def read_only(path: Path) -> sqlite3.Connection:
    """Opens an archive of this version without changing anything in it.

    Raises:
        ArchiveError: the file is missing, not an archive, damaged, or from another version.
    """
    if not path.exists():
        raise ArchiveError(f"{path}: there is no such archive")
    _refuse_other(path)
    with explained(path):
        try:
            return _opened(f"{path.absolute().as_uri()}?mode=ro", lambda db: _check_readable(db, path))
        except sqlite3.OperationalError as error:
            if _kind(error) not in _READ_ONLY or _has_wal(path):
                raise
            return _opened(_frozen(path), lambda db: _check_readable(db, path))


def _refuse_other(path: Path) -> None:
    if path.exists() and not path.is_file():  # SQLite would say that the disk failed
        raise ArchiveError(f"{path}: a folder or device, not an archive: name a file")


def _check_readable(db: sqlite3.Connection, path: Path) -> None:
    if _check(db, path, create=False) < schema.VERSION:
        raise ArchiveError(
            f"{path}: made by an older version of xemtiep; `xemtiep status --archive {path}` brings it up to date"
        )


# On a medium that cannot be written SQLite cannot make the -wal and -shm files, without which it reads no WAL archive
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}


def _frozen(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"


def _has_wal(path: Path) -> bool:
    """Whether there are pages beside the file, which `immutable` would leave out."""
    wal = Path(f"{path}-wal")
    return wal.exists() and wal.stat().st_size > 0


def _opened(name: str | Path, prepare: Callable[[sqlite3.Connection], object]) -> sqlite3.Connection:
    with ExitStack() as stack:
        uri = isinstance(name, str)
        db = stack.enter_context(
            closing(sqlite3.connect(name, isolation_level=None, timeout=30, cached_statements=256, uri=uri))
        )
        prepare(db)
        stack.pop_all()  # a file that was refused is closed, one that is good stays open
    return db


def _check(db: sqlite3.Connection, path: Path, *, create: bool) -> int:
    """The version of the archive's tables, 0 for a new file; refuses what is none of ours."""
    application, version = _mark(db, "application_id"), _mark(db, "user_version")
    empty = db.execute("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)").fetchone()[0]
    if empty and not create:
        raise ArchiveError(f"{path}: an empty file; `xemtiep crawl URL --archive {path}` makes it an archive")
    if application != schema.APPLICATION_ID and not empty:
        raise ArchiveError(f"{path}: an SQLite file, but not an archive: name another file")
    if version > schema.VERSION:
        raise ArchiveError(f"{path}: made by a newer version of xemtiep: update with `pip install -U xemtiep`")
    return version


def _check_current(db: sqlite3.Connection, path: Path) -> None:
    if _check(db, path, create=False) < schema.VERSION:
        raise ArchiveError(
            f"{path}: made by an older version of xemtiep, and it cannot be written to bring it up to date:"
            " copy it to a folder that can be written, and open that copy"
        )


def _prepare(db: sqlite3.Connection, path: Path, *, create: bool) -> None:
    version = _check(db, path, create=create)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")  # in WAL mode a kill loses nothing; a power cut only the last pages
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA cache_size = -32768")  # 32 MB: the upper pages of every index of a large archive
    if version < schema.VERSION:
        from archive import upgrade  # 0.2 s for sqlite-utils, that only a new or old file needs

        if version:
            upgrade.upgrade(db, path)
        else:
            upgrade.make(db)


def _mark(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])
