"""Whether an archive has the tables it was made with, and in them texts that can be read."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

_SHADOW = "%\\_fts\\_%"  # what FTS5 keeps an index in; its own check looks at it
_MADE = f"SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '{_SHADOW}' ESCAPE '\\'"
_COLUMNS = "SELECT name, type FROM pragma_table_info(?)"


# What no other table says again
_KEPT = ("sites", "boards", "threads", "authors", "posts", "post_html", "post_versions", "images", "articles")


def lost(db: sqlite3.Connection) -> list[str]:
    """The tables that are not there and cannot be filled again."""
    there = {name for name, *_ in db.execute(_MADE)}
    return [f"table {name}" for name in _KEPT if name not in there]


def missing(db: sqlite3.Connection) -> list[str]:
    """The tables, indexes and views that are not there."""
    return [f"{kind} {name}" for name, kind, _ in _missing(db)]


def make_missing(db: sqlite3.Connection) -> None:
    """Makes them, the tables empty: what was in one is lost, unless it can be told from others."""
    for _, _, sql in _missing(db):
        db.execute(sql)


def lost_columns(db: sqlite3.Connection) -> list[str]:
    """The columns that a table was made with and has no more."""
    with _new() as new:
        tables = [name for name, kind, sql in new.execute(_MADE) if kind == "table" and "VIRTUAL" not in sql]
        return [
            f"{table}.{column}"
            for table in tables
            for column, _ in set(new.execute(_COLUMNS, (table,))) - set(db.execute(_COLUMNS, (table,)))
            if db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        ]


def unreadable(db: sqlite3.Connection) -> list[str]:
    """Where texts are no UTF-8: such can only come from a failing disk or another program."""
    return [f"{table}.{column}: row {number}" for table, column, number, _ in _unreadable(db)]


def make_readable(db: sqlite3.Connection) -> None:
    """Puts U+FFFD for the bytes that mean nothing."""
    for table, column, number, value in list(_unreadable(db)):
        text = value.decode(errors="replace")
        db.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (text, number))


def _missing(db: sqlite3.Connection) -> list[tuple[str, str, str]]:
    there = {name for name, *_ in db.execute(_MADE)}
    with _new() as new:
        return [row for row in new.execute(_MADE) if row[0] not in there]


@contextmanager
def _new() -> Iterator[sqlite3.Connection]:
    from archive import upgrade  # 0.2 s for sqlite-utils

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        upgrade.make(db)
        yield db


def _unreadable(db: sqlite3.Connection) -> Iterator[tuple[str, str, int, bytes]]:
    made = [(name, sql) for name, kind, sql in db.execute(_MADE) if kind == "table"]
    for table in (name for name, sql in made if "VIRTUAL" not in sql and "WITHOUT ROWID" not in sql):
        columns = [name for name, kind in db.execute(_COLUMNS, (table,)) if kind == "TEXT"]
        for column in columns:
            yield from ((table, column, number, value) for number, value in _not_utf8(db, table, column))


def _not_utf8(db: sqlite3.Connection, table: str, column: str) -> Iterator[tuple[int, bytes]]:
    sql = f"""SELECT rowid, CAST("{column}" AS BLOB) FROM "{table}" WHERE "{column}" IS NOT NULL"""
    for number, value in db.execute(sql):
        try:
            value.decode()
        except UnicodeDecodeError:
            yield number, value
