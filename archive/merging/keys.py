"""Which rows of several archives are the same, and the numbers that they get in the new one."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from archive.database import explained

Row = dict[str, Any]

# A row's number, its site, its key on that site, and when it was first seen: in this order new numbers are given, so
# that they do not depend on which archive is named first.
_KEYS: Mapping[str, str] = {
    "sites": "SELECT id, '', site, first_seen FROM sites",
    "boards": "SELECT b.id, sites.site, board_id, b.first_seen FROM boards AS b JOIN sites ON sites.id = b.site",
    "authors": "SELECT a.id, sites.site, CASE WHEN author_id IS NULL THEN 'name ' || name ELSE 'id ' || author_id END,"
    " a.first_seen FROM authors AS a JOIN sites ON sites.id = a.site",
    "threads": "SELECT t.id, sites.site, thread_id, t.first_seen FROM threads AS t JOIN sites ON sites.id = t.site",
    "posts": "SELECT p.id, sites.site, post_id, p.first_seen FROM posts AS p JOIN sites ON sites.id = p.site",
    "frontier": "SELECT id, '', url, added_at FROM frontier",
    "habits": "SELECT h.id, sites.site, json_array(h.author IS NULL, a.author_id, a.name, h.place, h.line), ''"
    " FROM habits AS h JOIN sites ON sites.id = h.site LEFT JOIN authors AS a ON a.id = h.author",
    "runs": "SELECT id, '', json_array(command, detail, ended_at, outcome, counts), started_at FROM runs",
}
KINDS = tuple(_KEYS)  # what a row points to stands before it; threads and frontier point to each other

# When each site was last worked on, and each thread last read: of two rows, the one seen later is right.
_SITES_SEEN = """
SELECT sites.id, max(sites.first_seen,
    coalesce((SELECT max(first_seen) FROM posts WHERE site = sites.id), ''),
    coalesce((SELECT max(fetched_at) FROM frontier WHERE host = substr(site, 1, instr(site || '/', '/') - 1)), ''))
FROM sites
"""
_THREADS_SEEN = """
CREATE TEMP TABLE threads_seen AS
SELECT threads.id, max(threads.first_seen, coalesce(gone_at, ''),
    coalesce((SELECT max(first_seen) FROM posts WHERE thread = threads.id), ''), coalesce(read.at, '')) AS seen
FROM threads LEFT JOIN (
    SELECT thread, max(fetched_at) AS at FROM frontier WHERE thread IS NOT NULL GROUP BY thread
) AS read ON read.thread = threads.id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One of the archives: its number in the merge, and when its sites were last worked on, by their ids."""

    number: int
    path: Path
    db: sqlite3.Connection
    sites_seen: Mapping[int, str]

    @classmethod
    def of(cls, number: int, path: Path, db: sqlite3.Connection) -> "Source":
        """Looks through an archive that is open for reading."""
        db.execute(_THREADS_SEEN)
        db.execute("CREATE UNIQUE INDEX temp.threads_seen_id ON threads_seen (id)")
        return cls(number=number, path=path, db=db, sites_seen=dict(db.execute(_SITES_SEEN).fetchall()))

    def rows(self, sql: str, *values: object) -> list[Row]:
        """What a query gives, by the names of its columns."""
        with explained(self.path):
            cursor = self.db.execute(sql, values)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def keys(self, kind: str) -> Iterator[tuple[object, ...]]:
        """The rows of a kind by what tells them apart."""
        with explained(self.path):
            yield from self.db.execute(_KEYS[kind])

    def thread_seen(self, thread: int) -> str:
        """When a thread was last read or looked for."""
        row = self.db.execute("SELECT seen FROM threads_seen WHERE id = ?", (thread,)).fetchone()
        return str(row[0])


Found = tuple[Source, Row]


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """The new archive and those that go into it."""

    db: sqlite3.Connection
    sources: list[Source]

    def new(self, kind: str, source: Source, old: int | None) -> int | None:
        """The number that a row of one of the archives has in the new one."""
        if old is None:
            return None
        sql = f"SELECT new FROM {kind}_ids WHERE source = ? AND old = ?"
        row = self.db.execute(sql, (source.number, old)).fetchone()
        return row[0] if row else None

    def insert(self, table: str, row: Row) -> None:
        """Stores a row."""
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        self.db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


def number(merge: Merge, kind: str) -> None:
    """Gives the rows of a kind their new numbers, in a table of its own: on disk, however many they are."""
    db = merge.db
    db.execute(f"CREATE TEMP TABLE {kind}_keys (source, old, site, key, first_seen)")
    for source in merge.sources:
        values = f"({source.number}, ?, ?, ?, ?)"
        db.executemany(f"INSERT INTO {kind}_keys VALUES {values}", source.keys(kind))
    db.execute(f"CREATE TEMP TABLE {kind}_ids (source, old, new, PRIMARY KEY (source, old)) WITHOUT ROWID")
    db.execute(
        f"INSERT INTO {kind}_ids SELECT source, old, dense_rank() OVER (ORDER BY first, site, length(key), key) FROM"
        f" (SELECT *, min(first_seen) OVER (PARTITION BY site, key) AS first FROM {kind}_keys)"
    )
    db.execute(f"DROP TABLE {kind}_keys")
    db.execute(f"CREATE INDEX temp.{kind}_ids_new ON {kind}_ids (new, source, old)")


def groups(merge: Merge, kind: str) -> Iterator[tuple[int, list[Found]]]:
    """The rows that are the same, in the order of their new numbers."""
    order = merge.db.execute(f"SELECT new, source, old FROM {kind}_ids ORDER BY new, source, old")
    one = f"SELECT * FROM {kind} WHERE id = ?"
    for new, same in groupby(order, key=itemgetter(0)):
        yield new, [(merge.sources[at], merge.sources[at].rows(one, old)[0]) for _, at, old in same]


def latest(found: Sequence[Found], seen: Callable[[Source, Row], Any]) -> Found:
    """The row that was seen last, the same whatever the order of the archives."""
    if len(found) == 1:
        return found[0]
    return max(found, key=lambda one: (seen(*one), plain(one[1])))


def plain(row: Row) -> str:
    """A row as text, without the numbers that differ from archive to archive: the last resort of an order."""
    numbers = ("id", "site", "thread", "board", "author", "walk")
    return repr(sorted((name, value) for name, value in row.items() if name not in numbers))


def least(rows: Iterable[Row], name: str) -> Any:
    """The smallest value of a column, None if it has none."""
    return min((row[name] for row in rows if row[name] is not None), default=None)
