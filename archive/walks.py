"""How a walk begins: from a start URL, over what is asked again and what is read again."""

import json
import sqlite3
import time
from dataclasses import dataclass

from archive import vain
from archive.frontier import AS_MEMBER, FAILED, LEFT, PRIORITY, Link, Walk, host_of, queue
from archive.taking import go_on


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """How far a walk goes, in times as `archive.text.utc` writes them.

    `since` leaves out threads that are quiet since before it; `refresh` re-reads those active since then, for edits
    and deletions; `full` reads everything again. `member`: it is walked with a login or cookies.
    """

    since: str | None = None
    refresh: str | None = None
    full: bool = False
    member: bool = False


EVERYTHING_NEW = Scope()


def seed(db: sqlite3.Connection, url: str, role: str, now: str, scope: Scope = EVERYTHING_NEW) -> int:
    """Begins a walk from `url`, unless the last one from there is still unfinished: then that one goes on.

    Either is one of this run from now on; returns its start. A URL that waits in the walk of an earlier run leaves it.

    What failed or robots.txt refused is asked again in a new walk; so is a board's page that was walled (all behind it
    depends on it), a thread that was asked for in vain, after a while (see `archive.vain`), and, once, what was walled
    to guests, by a member. A full walk goes on only with a full one.
    """
    if (start := go_on(db, url)) is None:
        db.execute(
            'INSERT INTO frontier (url, host, role, priority, since, "full", added_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
            (url, host_of(url), role, PRIORITY[role], scope.since, scope.full, now),
        )
        return seed(db, url, role, now, scope)  # now that it is there
    state, full, own = db.execute(
        'SELECT state, "full", walk IS NULL OR walk IN (SELECT start FROM begun) FROM frontier WHERE id = ?', (start,)
    ).fetchone()
    unfinished = "SELECT 1 FROM frontier WHERE walk = ? AND state <> 'done' AND state IN ('queued', 'taken') LIMIT 1"
    under_way = (own and state in {"queued", "taken"}) or db.execute(unfinished, (start,)).fetchone()
    if under_way and (full or not scope.full):
        db.execute("UPDATE frontier SET since = ? WHERE id = ?", (scope.since, start))
    else:
        _begin(db, start, role, scope)
        _ask_again(db, start, scope)
    _read_again(db, start, url, scope, now)
    return start


# What waits keeps its wait: its host may have asked for it.
_BEGIN = f"""
UPDATE frontier SET state = 'queued', role = :role, priority = :priority, walk = NULL, round = round + 1, tries = 0,
    not_before = CASE state WHEN 'queued' THEN not_before ELSE 0 END, outcome = NULL, reason = '',
    since = :since, "full" = :full, etag = CASE WHEN :full OR {LEFT} THEN NULL ELSE etag END,
    last_modified = CASE WHEN :full OR {LEFT} THEN NULL ELSE last_modified END
WHERE id = :start
"""


def _begin(db: sqlite3.Connection, start: int, role: str, scope: Scope) -> None:
    values = {"start": start, "role": role, "priority": PRIORITY[role], "since": scope.since, "full": scope.full}
    db.execute(_BEGIN, values)


# What was asked for in vain comes late: what has news goes first. A wall counts as a try: another one is no sign that
# the host shuts us out.
_ASK_AGAIN = f"""
UPDATE frontier SET state = 'queued', tries = (coalesce(outcome, '') = 'wall'), not_before = 0, outcome = NULL,
    reason = '',
    priority = CASE WHEN outcome = 'wall' OR (thread IS NOT NULL AND outcome NOT IN (:failed, 'refused')) THEN :late
        ELSE priority END,
    round = (SELECT round FROM frontier WHERE id = :start)
WHERE walk = :start AND state <> 'done' AND (state IN ('queued', 'taken') OR outcome IN (:failed, 'refused')
    OR role = 'next-board' OR (role = 'board' AND outcome = 'wall') OR {vain.DUE}
    OR (:member AND outcome = 'wall' AND substr(reason, -length(:mark)) <> :mark))
"""


def _ask_again(db: sqlite3.Connection, start: int, scope: Scope) -> None:
    values = {"failed": FAILED, "late": PRIORITY["refresh"], "mark": AS_MEMBER, "now": time.time()}
    db.execute(_ASK_AGAIN, {"start": start, "member": scope.member, **values})


# Only a full walk asks for threads of which no page was ever read (a wall, nothing there), and for those that are gone.
_ACTIVE = """
SELECT id, url, settled FROM threads WHERE walk = :start AND (:full OR (last_page > 0 AND gone_at IS NULL
    AND coalesce(last_post_at, (SELECT max(posted_at) FROM posts WHERE thread = threads.id), first_seen) >= :refresh))
ORDER BY id
"""


def _read_again(db: sqlite3.Connection, start: int, url: str, scope: Scope, now: str) -> None:
    if not (scope.refresh or scope.full):
        return
    number, full = db.execute('SELECT round, "full" FROM frontier WHERE id = ?', (start,)).fetchone()
    active = db.execute(_ACTIVE, {"start": start, "full": scope.full, "refresh": scope.refresh}).fetchall()
    db.execute(  # whatever an index shows of their boards, these are asked for again as well
        "UPDATE boards SET state = '' WHERE state <> '' AND id IN"
        " (SELECT board FROM threads WHERE id IN (SELECT value FROM json_each(?)))",
        (json.dumps([key for key, _, _ in active]),),
    )
    walk = Walk(start=start, round=number, signature=None, fetched_at=None, since=None, full=bool(full))
    links = [Link(url=at, role="refresh", thread=key, signature=vain.said(settled)) for key, at, settled in active]
    queue(db, walk, links, now)
    if url in {at for _, at, _ in active}:  # the start is such a thread itself: it is not to continue at its end
        db.execute('UPDATE frontier SET "full" = 1 WHERE id = ?', (start,))
