"""The URLs still to fetch: how they are queued, and how each one ended.

A walk is one crawl from a start URL downwards. Its rows carry the start's id and round, so that one walk asks for a
URL once (no circle of links keeps it going), the next walk asks again, and an interrupted one goes on where it was.
Which walks are those of this run, `archive.taking` knows.
"""

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
PORTS = {"http": ":80", "https": ":443"}  # which go without saying
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
    return parts.netloc.rpartition("@")[2].lower().removesuffix(PORTS.get(parts.scheme, ""))


def walk_of(db: sqlite3.Connection, request: Request) -> Walk:
    """The walk that a request belongs to."""
    start, number, signature, fetched_at, since, full = db.execute(
        'SELECT start.id, page.round, page.signature, page.fetched_at, start.since, start."full"'
        " FROM frontier AS page JOIN frontier AS start ON start.id = coalesce(page.walk, page.id) WHERE page.id = ?",
        (request.id,),
    ).fetchone()
    return Walk(start=start, round=number, signature=signature, fetched_at=fetched_at, since=since, full=bool(full))


# What waits in the walk of an earlier run. It keeps its tries and its wait; asked without conditions, because an
# unchanged page would not name what that walk found on it.
_TAKE_OVER = """
UPDATE frontier SET role = :role, priority = CASE priority WHEN :late THEN priority ELSE :priority END,
    walk = :walk, round = :round, thread = :thread, signature = :signature, etag = NULL, last_modified = NULL
WHERE url = :url AND state = 'queued' AND coalesce(walk, id) NOT IN (SELECT start FROM begun)
"""
# Whether a page was read by an earlier run in a walk of which something still waits: perhaps what it led to.
LEFT = """
(coalesce(frontier.walk, frontier.id) NOT IN (SELECT start FROM begun) AND EXISTS (SELECT 1 FROM frontier AS other
    WHERE other.state = 'queued' AND coalesce(other.walk, other.id) = coalesce(frontier.walk, frontier.id)))
"""
# A row that waits or is under way stays as it is; one that this walk has already dealt with is not asked for again.
# A wall counts as a try: another one is no sign that the host shuts us out.
_QUEUE = f"""
INSERT INTO frontier (url, host, role, priority, walk, round, thread, signature, added_at)
VALUES (:url, :host, :role, :priority, :walk, :round, :thread, :signature, :now)
ON CONFLICT (url) DO UPDATE SET state = 'queued', role = excluded.role, priority = excluded.priority,
    walk = excluded.walk, round = excluded.round, thread = excluded.thread, signature = excluded.signature,
    tries = (coalesce(outcome, '') = 'wall'), not_before = 0, outcome = NULL, reason = '',
    etag = CASE WHEN :full OR {LEFT} THEN NULL ELSE etag END,
    last_modified = CASE WHEN :full OR {LEFT} THEN NULL ELSE last_modified END
WHERE state IN ('done', 'failed') AND (coalesce(walk, id) <> excluded.walk OR round < excluded.round)
"""


def queue(db: sqlite3.Connection, walk: Walk, links: Collection[Link], now: str) -> int:
    """Adds links to a walk; returns how many are new, to be fetched again, or taken over from an earlier run."""
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
            "late": LATE,
        }
        for link in links
    ]
    reached = [(walk.start, link.thread, walk.start) for link in links if link.role == "thread" and link.thread]
    db.executemany("UPDATE threads SET walk = ? WHERE id = ? AND walk IS NOT ?", reached)
    if not rows:
        return 0
    taken_over = db.executemany(_TAKE_OVER, rows).rowcount
    return taken_over + db.executemany(_QUEUE, rows).rowcount


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
