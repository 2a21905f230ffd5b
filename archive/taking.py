"""Which row is next. A run takes from its own walks only: of those that it begins or goes on with."""

import json
import sqlite3
import time
from collections.abc import Collection

from archive.records import Request

# The walks of this run, by their starts: as long as the connection lasts, so that no run finds those of another. Its
# column has no type because `coalesce(walk, id)` has none: compared with an integer, that would be found by no index.
BEGUN = "CREATE TEMP TABLE begun (start PRIMARY KEY) WITHOUT ROWID"
_OWN = "coalesce(walk, id) IN (SELECT start FROM begun)"

# The hosts are walked by the index, one step each, so that a host that is waiting costs nothing however long its list.
_PLACES = """
WITH RECURSIVE every_place(start, host) AS (
    SELECT start, (SELECT min(host) FROM frontier WHERE state = 'queued' AND coalesce(walk, id) = begun.start)
    FROM begun
    UNION ALL
    SELECT start, (
        SELECT min(host) FROM frontier
        WHERE state = 'queued' AND coalesce(walk, id) = every_place.start AND host > every_place.host
    )
    FROM every_place WHERE host IS NOT NULL
), places(start, host) AS (
    SELECT start, host FROM every_place WHERE host NOT IN (SELECT value FROM json_each(:busy))
)
"""
_TAKE = f"""{_PLACES}
UPDATE frontier SET state = 'taken', tries = tries + 1 WHERE id = (
    SELECT next.id FROM places JOIN frontier AS next ON next.id = (
        SELECT id FROM frontier
        WHERE state = 'queued' AND coalesce(walk, id) = places.start AND host = places.host AND not_before <= :now
        ORDER BY priority, id LIMIT 1
    )
    ORDER BY next.priority, next.id LIMIT 1
)
RETURNING id, url, role, coalesce(walk, id), tries, etag, last_modified
"""
_DUE = f"""{_PLACES}
SELECT min((
    SELECT min(not_before) FROM frontier
    WHERE state = 'queued' AND coalesce(walk, id) = places.start AND host = places.host
)) FROM places
"""


def go_on(db: sqlite3.Connection, url: str) -> int | None:
    """Makes the walk that began at `url` one of this run; returns its start, None if none began there."""
    row = db.execute("SELECT id FROM frontier WHERE url = ?", (url,)).fetchone()
    if row is None:
        return None
    db.execute("INSERT OR IGNORE INTO begun VALUES (?)", row)
    return int(row[0])


def take(db: sqlite3.Connection, busy: Collection[str]) -> Request | None:
    """Hands out the next row that is due and whose host is not busy."""
    rows = db.execute(_TAKE, {"now": time.time(), "busy": json.dumps(list(busy))}).fetchall()
    if not rows:
        return None
    number, url, role, walk, tries, etag, last_modified = rows[0]
    return Request(id=number, url=url, role=role, walk=walk, tries=tries, etag=etag, last_modified=last_modified)


def due(db: sqlite3.Connection, busy: Collection[str]) -> float | None:
    """When the earliest queued row of a host that is not busy is due, in seconds since 1970."""
    row = db.execute(_DUE, {"busy": json.dumps(list(busy))}).fetchone()
    return None if row[0] is None else float(row[0])


def hosts(db: sqlite3.Connection) -> dict[str, float]:
    """The hosts where rows are queued, and when the earliest is due, in seconds since 1970."""
    sql = f"SELECT host, min(not_before) FROM frontier WHERE state = 'queued' AND {_OWN} GROUP BY host"
    return dict(db.execute(sql).fetchall())


def pending(db: sqlite3.Connection, busy: Collection[str]) -> int:
    """How many rows of hosts that are not busy are queued."""
    not_busy = "host NOT IN (SELECT value FROM json_each(?))"
    sql = f"SELECT count(*) FROM frontier WHERE state = 'queued' AND {_OWN} AND {not_busy}"
    return int(db.execute(sql, (json.dumps(list(busy)),)).fetchone()[0])


def elsewhere(db: sqlite3.Connection) -> int:
    """How many rows wait in walks of other runs."""
    sql = f"SELECT count(*) FROM frontier WHERE state = 'queued' AND NOT {_OWN}"
    return int(db.execute(sql).fetchone()[0])


def taken(db: sqlite3.Connection) -> int:
    """How many rows are handed out."""
    return int(db.execute("SELECT count(*) FROM frontier WHERE state <> 'done' AND state = 'taken'").fetchone()[0])
