"""The URLs still to fetch: which one is next, and how each one ended.

A walk is one crawl from a start URL downwards. Its rows carry the start's id and round, so that one walk asks for a
URL once (no circle of links keeps it going), the next walk asks again, and an interrupted one goes on where it was.
"""

import json
import sqlite3
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.records import Request
from archive.text import stored

# Threads are continued before new ones are opened, and these before more boards: the list of open work stays short.
PRIORITY = {"next": 0, "thread": 1, "start": 2, "next-board": 3, "board": 4}
FAILED = "failed"  # the one outcome that may be another next time; the rest (wall, missing, ...) is the site's answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A URL to follow: its role and, within a thread, the thread and what its board said of it."""

    url: str
    role: str
    thread: int | None = None
    signature: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """Where links are added: the start row, its round, and what the page's own row said of the thread."""

    start: int
    round: int
    signature: str | None


def host_of(url: str) -> str:
    """Host and port, the unit of politeness; `Archive.take(busy=...)` compares with it."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def seed(db: sqlite3.Connection, url: str, role: str, now: str) -> None:
    """Begins a walk from `url`, unless the last one from there is still unfinished: then that one goes on.

    What failed in the last walk gets another chance in the new one; so does a board's page that was walled, because
    nothing else leads to the pages behind it.
    """
    row = db.execute("SELECT id, state FROM frontier WHERE url = ?", (url,)).fetchone()
    if row is None:
        db.execute(
            "INSERT INTO frontier (url, host, role, priority, added_at) VALUES (?, ?, ?, ?, ?)",
            (url, host_of(url), role, PRIORITY[role], now),
        )
        return
    start, state = row
    unfinished = "SELECT 1 FROM frontier WHERE walk = ? AND state <> 'done' AND state IN ('queued', 'taken') LIMIT 1"
    if state in {"queued", "taken"} or db.execute(unfinished, (start,)).fetchone():
        return
    db.execute(
        "UPDATE frontier SET state = 'queued', role = ?, priority = ?, tries = 0, not_before = 0, walk = NULL,"
        " round = round + 1, outcome = NULL, reason = '' WHERE id = ?",
        (role, PRIORITY[role], start),
    )
    db.execute(
        "UPDATE frontier SET state = 'queued', tries = 0, not_before = 0, outcome = NULL, reason = '',"
        " round = (SELECT round FROM frontier WHERE id = :start)"
        " WHERE walk = :start AND state <> 'done' AND state = 'failed' AND (outcome = :failed OR role = 'next-board')",
        {"start": start, "failed": FAILED},
    )


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
"""  # noqa: S608 - both parts stand here
_DUE = f"""{_HOSTS}
SELECT min((SELECT min(not_before) FROM frontier WHERE state = 'queued' AND host = hosts.host)) FROM hosts
"""  # noqa: S608 - as above


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


def walk_of(db: sqlite3.Connection, request: Request) -> Walk:
    """The walk that a request belongs to."""
    start, number, signature = db.execute(
        "SELECT coalesce(walk, id), round, signature FROM frontier WHERE id = ?", (request.id,)
    ).fetchone()
    return Walk(start=start, round=number, signature=signature)


# A row that waits or is under way stays as it is; one that this walk has already dealt with is not asked for again.
_QUEUE = """
INSERT INTO frontier (url, host, role, priority, walk, round, thread, signature, added_at)
VALUES (:url, :host, :role, :priority, :walk, :round, :thread, :signature, :now)
ON CONFLICT (url) DO UPDATE SET state = 'queued', role = excluded.role, priority = excluded.priority,
    walk = excluded.walk, round = excluded.round, thread = excluded.thread, signature = excluded.signature,
    tries = 0, not_before = 0, outcome = NULL, reason = ''
WHERE state IN ('done', 'failed') AND (coalesce(walk, id) <> excluded.walk OR round < excluded.round)
"""


def queue(db: sqlite3.Connection, walk: Walk, links: Iterable[Link], now: str) -> int:
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
            "now": now,
        }
        for link in links
    ]
    return db.executemany(_QUEUE, rows).rowcount if rows else 0


def is_open(db: sqlite3.Connection, url: str) -> bool:
    """Whether a URL is queued or under way."""
    row = db.execute("SELECT state FROM frontier WHERE url = ?", (url,)).fetchone()
    return row is not None and row[0] in {"queued", "taken"}


def finish(db: sqlite3.Connection, request: Request, outcome: str, reason: str, now: str) -> None:
    """Records how a request ended that gave no page to save: `failed` may work another time, the rest is an answer.

    A thread that answered so (a wall, nothing there) is settled until its board's row changes. "done" means
    unchanged (304), and settles a thread only on its last page: no other page says that nothing came after it.
    """
    thread, signature = db.execute(
        "UPDATE frontier SET state = ?, outcome = ?, reason = ?, fetched_at = ? WHERE id = ?"
        " RETURNING thread, signature",
        ("done" if outcome == "done" else "failed", outcome, stored(reason), now, request.id),
    ).fetchall()[0]
    if thread is None or outcome == FAILED:
        return
    db.execute(
        "UPDATE threads SET settled = ? WHERE id = ? AND (? <> 'done' OR last_page_url = ?)",
        (signature or "", thread, outcome, request.url),
    )


def retry(db: sqlite3.Connection, request: Request, reason: str, wait: float) -> None:
    """Puts a request back, to be handed out in `wait` seconds at the earliest."""
    db.execute(
        "UPDATE frontier SET state = 'queued', reason = ?, not_before = ? WHERE id = ?",
        (stored(reason), time.time() + wait, request.id),
    )


def release(db: sqlite3.Connection) -> None:
    """What a killed run had taken goes back into the queue; its tries stay counted."""
    db.execute("UPDATE frontier SET state = 'queued' WHERE state = 'taken'")
