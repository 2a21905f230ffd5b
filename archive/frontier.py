"""The URLs still to fetch: which one is next, and how each one ended.

A walk is one crawl from a start URL downwards. Its rows carry the start's id and round, so that one walk asks for a
URL once (no circle of links keeps it going), the next walk asks again, and an interrupted one goes on where it was.
"""

import json
import sqlite3
import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from archive.records import Request
from archive.text import stored

# Threads are continued before new ones are opened, and these before more boards: the list of open work stays short.
# What is only read again comes last: by then the boards have said which of it has news.
PRIORITY = {"next": 0, "thread": 1, "start": 2, "feed": 2, "next-board": 3, "board": 4, "refresh": 5}
_PORTS = {"http": ":80", "https": ":443"}  # which go without saying
LATE = 9  # for what was under way at several sudden ends, or among the walls that ended a run: everything else first
LONGEST_WAIT = 86_400.0  # seconds; what makes a page wait asks for a few hours at most
DONE = "done"
FAILED = "failed"  # the one outcome that may be another next time; the rest (wall, missing, ...) is the site's answer
AS_MEMBER = " (asked as a member)"  # ends the reason of a wall that a login or cookies did not open


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A URL to follow: its role and, within a thread, the thread and what its board said of it."""

    url: str
    role: str
    thread: int | None = None
    signature: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """Where links are added: the start row, its round and scope.

    Of the page's own row: what the board said of the thread, and when the page was last there.
    """

    start: int
    round: int
    signature: str | None
    fetched_at: str | None
    since: str | None
    full: bool


@lru_cache(maxsize=1024)  # a crawl asks it of one page again and again
def host_of(url: str) -> str:
    """Host and port, the unit of politeness; `Archive.take(busy=...)` compares with it."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2].lower().removesuffix(_PORTS.get(parts.scheme, ""))


# The hosts are walked by the index, one step each, so that a host that is waiting costs nothing however long its list.
_HOSTS = """
WITH RECURSIVE every_host(host) AS (
    SELECT min(host) FROM frontier WHERE state = 'queued'
    UNION ALL
    SELECT (SELECT min(host) FROM frontier WHERE state = 'queued' AND frontier.host > every_host.host)
    FROM every_host WHERE every_host.host IS NOT NULL
), hosts(host) AS (
    SELECT host FROM every_host WHERE host NOT IN (SELECT value FROM json_each(:busy))
)
"""
_TAKE = f"""{_HOSTS}
UPDATE frontier SET state = 'taken', tries = tries + 1 WHERE id = (
    SELECT next.id FROM hosts JOIN frontier AS next ON next.id = (
        SELECT id FROM frontier WHERE state = 'queued' AND host = hosts.host AND not_before <= :now
        ORDER BY priority, id LIMIT 1
    )
    ORDER BY next.priority, next.id LIMIT 1
)
RETURNING id, url, role, tries, etag, last_modified
"""
_DUE = f"""{_HOSTS}
SELECT min((SELECT min(not_before) FROM frontier WHERE state = 'queued' AND host = hosts.host)) FROM hosts
"""


def take(db: sqlite3.Connection, busy: Collection[str]) -> Request | None:
    """Hands out the next row that is due and whose host is not busy."""
    rows = db.execute(_TAKE, {"now": time.time(), "busy": json.dumps(list(busy))}).fetchall()
    if not rows:
        return None
    number, url, role, tries, etag, last_modified = rows[0]
    return Request(id=number, url=url, role=role, tries=tries, etag=etag, last_modified=last_modified)


def due(db: sqlite3.Connection, busy: Collection[str]) -> float | None:
    """When the earliest queued row of a host that is not busy is due, in seconds since 1970."""
    row = db.execute(_DUE, {"busy": json.dumps(list(busy))}).fetchone()
    return None if row[0] is None else float(row[0])


def pending(db: sqlite3.Connection, busy: Collection[str]) -> int:
    """How many rows of hosts that are not busy are queued."""
    sql = "SELECT count(*) FROM frontier WHERE state = 'queued' AND host NOT IN (SELECT value FROM json_each(?))"
    return int(db.execute(sql, (json.dumps(list(busy)),)).fetchone()[0])


def taken(db: sqlite3.Connection) -> int:
    """How many rows are handed out."""
    return int(db.execute("SELECT count(*) FROM frontier WHERE state <> 'done' AND state = 'taken'").fetchone()[0])


def outside(db: sqlite3.Connection, hosts: Collection[str]) -> set[str]:
    """The other hosts where rows wait, none of them of a walk that began at one of `hosts`."""
    rows = db.execute(
        "SELECT page.host FROM frontier AS page JOIN frontier AS start ON start.id = coalesce(page.walk, page.id)"
        " WHERE page.state = 'queued' GROUP BY page.host"
        " HAVING NOT max(page.host IN (SELECT value FROM json_each(:hosts))"
        " OR start.host IN (SELECT value FROM json_each(:hosts)))",
        {"hosts": json.dumps(list(hosts))},
    )
    return {host for (host,) in rows}


def walk_of(db: sqlite3.Connection, request: Request) -> Walk:
    """The walk that a request belongs to."""
    start, number, signature, fetched_at, since, full = db.execute(
        'SELECT start.id, page.round, page.signature, page.fetched_at, start.since, start."full"'
        " FROM frontier AS page JOIN frontier AS start ON start.id = coalesce(page.walk, page.id) WHERE page.id = ?",
        (request.id,),
    ).fetchone()
    return Walk(start=start, round=number, signature=signature, fetched_at=fetched_at, since=since, full=bool(full))


# A row that waits or is under way stays as it is; one that this walk has already dealt with is not asked for again.
# A wall counts as a try: another one is no sign that the host shuts us out.
_QUEUE = """
INSERT INTO frontier (url, host, role, priority, walk, round, thread, signature, added_at)
VALUES (:url, :host, :role, :priority, :walk, :round, :thread, :signature, :now)
ON CONFLICT (url) DO UPDATE SET state = 'queued', role = excluded.role, priority = excluded.priority,
    walk = excluded.walk, round = excluded.round, thread = excluded.thread, signature = excluded.signature,
    tries = (coalesce(outcome, '') = 'wall'), not_before = 0, outcome = NULL, reason = '',
    etag = CASE WHEN :full THEN NULL ELSE etag END, last_modified = CASE WHEN :full THEN NULL ELSE last_modified END
WHERE state IN ('done', 'failed') AND (coalesce(walk, id) <> excluded.walk OR round < excluded.round)
"""


def queue(db: sqlite3.Connection, walk: Walk, links: Collection[Link], now: str) -> int:
    """Adds links to a walk; returns how many are new or to be fetched again."""
    rows = [
        {
            "url": link.url,
            "host": host_of(link.url),
            "role": link.role,
            "priority": PRIORITY[link.role],
            "walk": walk.start,
            "round": walk.round,
            "thread": link.thread,
            "signature": link.signature,
            "full": walk.full,
            "now": now,
        }
        for link in links
    ]
    reached = [(walk.start, link.thread, walk.start) for link in links if link.role == "thread" and link.thread]
    db.executemany("UPDATE threads SET walk = ? WHERE id = ? AND walk IS NOT ?", reached)
    return db.executemany(_QUEUE, rows).rowcount if rows else 0


def is_open(db: sqlite3.Connection, url: str) -> bool:
    """Whether a URL is queued or under way."""
    row = db.execute("SELECT state FROM frontier WHERE url = ?", (url,)).fetchone()
    return row is not None and row[0] in {"queued", "taken"}


def finish(db: sqlite3.Connection, request: Request, outcome: str, reason: str, now: str) -> None:
    """Records how a request ended that gave no page to save: `failed` may work another time, the rest is an answer."""
    db.execute(
        "UPDATE frontier SET state = :state, outcome = :outcome, reason = :reason,"
        " fetched_at = CASE WHEN :state = 'done' THEN :now ELSE fetched_at END WHERE id = :id",
        {
            "state": DONE if outcome == DONE else FAILED,
            "outcome": outcome,
            "reason": stored(reason),
            "now": now,
            "id": request.id,
        },
    )


def retry(db: sqlite3.Connection, request: Request, reason: str, wait: float, *, late: bool = False) -> None:
    """Puts a request back, to be handed out in `wait` seconds at the earliest; `late`: after everything else."""
    db.execute(
        "UPDATE frontier SET state = 'queued', reason = ?, not_before = ?,"
        " priority = CASE WHEN ? THEN ? ELSE priority END WHERE id = ?",
        (stored(reason), time.time() + wait, late, LATE, request.id),
    )


def rest(db: sqlite3.Connection, host: str, wait: float) -> None:
    """Leaves all that is queued of a host alone for `wait` seconds, in the runs to come too."""
    db.execute(
        "UPDATE frontier SET not_before = max(not_before, ?) WHERE state = 'queued' AND host = ?",
        (time.time() + wait, host),
    )


def put_back(db: sqlite3.Connection, request: Request) -> None:
    """Puts a request back that was not made after all; it does not count as a try."""
    db.execute("UPDATE frontier SET state = 'queued', tries = tries - 1 WHERE id = ?", (request.id,))


def release(db: sqlite3.Connection) -> None:
    """What a killed run had taken goes back into the queue; its tries stay counted, and after a few it comes last.

    A wait that ends later than any wait lasts was counted from a clock that was ahead, and is over.
    """
    db.execute(
        "UPDATE frontier SET state = 'queued', priority = CASE WHEN tries > 2 THEN ? ELSE priority END"
        " WHERE state <> 'done' AND state = 'taken'",
        (LATE,),
    )
    db.execute(
        "UPDATE frontier SET not_before = 0 WHERE state <> 'done' AND state = 'queued' AND not_before > ?",
        (time.time() + LONGEST_WAIT,),
    )
