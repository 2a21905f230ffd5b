"""Opening the file, transactions, and errors that say what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from archive import schema
from archive.errors import ArchiveError

_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full: make room and run the same command again; everything saved so far is kept",
    sqlite3.SQLITE_NOTADB: "it is not an archive (not an SQLite file): name another file with --archive",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: keep a copy and try `sqlite3 FILE .recover`, or restore a backup",
    sqlite3.SQLITE_BUSY: "another program keeps writing to it: close that program and run the same command again",
    sqlite3.SQLITE_READONLY: "it cannot be written: check the rights of the file and of its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check that the folder exists and may be written",
    sqlite3.SQLITE_IOERR: "the disk failed while reading or writing: check the disk and run the same command again",
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what SQLite says about the file or the disk into an ArchiveError; errors of our own SQL pass."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the rest its detail
        if code not in _ADVICE:
            raise
        raise ArchiveError(f"{path}: {_ADVICE[code]} ({error})") from error


@contextmanager
def transaction(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All of what happens inside, or nothing of it, whatever ends it: an error, Ctrl-C, a kill."""
    with explained(path):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")


def connect(path: Path, *, create: bool) -> sqlite3.Connection:
    """Opens an archive and brings its tables up to date.

    Raises:
        ArchiveError: the file is missing (without `create`), not an archive, damaged, or from a newer version.
    """
    if not create and not path.exists():
        raise ArchiveError(f"{path}: there is no such archive; `xemtiep crawl URL --archive {path}` makes one")
    with explained(path), ExitStack() as stack:
        db = stack.enter_context(
            closing(sqlite3.connect(path, isolation_level=None, timeout=30, cached_statements=256))
        )
        _prepare(db, path)
        stack.pop_all()  # a file that was refused is closed, one that is good stays open
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    application, version = _mark(db, "application_id"), _mark(db, "user_version")
    empty = db.execute("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)").fetchone()[0]
    if application != schema.APPLICATION_ID and not empty:
        raise ArchiveError(f"{path}: an SQLite file, but not an archive: name another file with --archive")
    if version > schema.VERSION:
        raise ArchiveError(f"{path}: made by a newer version of xemtiep: update with `pip install -U xemtiep`")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")  # in WAL mode a kill loses nothing; a power cut only the last pages
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA cache_size = -32768")  # 32 MB: the upper pages of every index of a large archive
    if version < schema.VERSION:
        _migrate(db)


def _mark(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])


def _migrate(db: sqlite3.Connection) -> None:
    from sqlite_utils import Database  # noqa: PLC0415 - 0.2 s that only a new or old file needs

    from archive.migrations import migrations  # noqa: PLC0415 - as above

    migrations.apply(Database(db))
