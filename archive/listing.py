"""Board pages: which of their threads have something to fetch, and where to continue."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from archive.frontier import Link
from archive.records import Page, ThreadRow
from archive.text import stored, utc


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """What a board page gave: the links to its threads, how many are new, and whether the walk should go on."""

    links: list[Link]
    new: int
    go_on: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    number: int
    shown: tuple[object, ...]
    last_page_url: str | None
    settled: str | None
    open: bool


def signature(row: ThreadRow) -> str:
    """What a board says of a thread's state; empty where it says nothing."""
    last = utc(row.last_post_at) or stored(row.last_post_raw)
    return f"{'' if row.replies is None else row.replies} {last}".strip()


def _shown(row: ThreadRow) -> tuple[object, ...]:
    raw = stored(row.last_post_raw)
    return row.replies, utc(row.last_post_at), raw, int(row.sticky), int(row.locked)


def _known(db: sqlite3.Connection, site: int, rows: Iterable[ThreadRow]) -> dict[str, _Known]:
    found = db.execute(
        "SELECT thread_id, id, last_page_url, settled, EXISTS (SELECT 1 FROM frontier WHERE thread = threads.id"
        " AND state <> 'done' AND state IN ('queued', 'taken')),"
        " replies, last_post_at, last_post_raw, sticky, locked"
        " FROM threads WHERE site = ? AND thread_id IN (SELECT value FROM json_each(?))",
        (site, json.dumps([row.id for row in rows])),
    )
    return {
        key: _Known(number=number, shown=tuple(shown), last_page_url=url, settled=settled, open=bool(is_open))
        for key, number, url, settled, is_open, *shown in found
    }


def save_listing(db: sqlite3.Connection, site: int, board: int | None, page: Page, now: str) -> Listed:
    """Stores a board page's thread rows and decides about each: new, changed since it was read to its end, or settled.

    The walk goes on to the board's next page if a row here (stickies aside) is new or changed, or was never read to
    its end. A row about which the board says nothing is read again, but is no reason to go on.
    """
    rows = list({row.id: row for row in reversed(page.threads)}.values())[::-1]
    known = _known(db, site, rows)
    new = [row for row in rows if row.id not in known]
    numbers = _insert(db, site, board, new, now)
    _update(db, [(row, known[row.id]) for row in rows if row.id in known])
    links, go_on = [], bool(numbers)
    for row in rows:
        old, state = known.get(row.id), signature(row)
        if old is None:
            links.append(Link(url=row.url, role="thread", thread=numbers[row.id], signature=state))
            continue
        go_on |= old.settled is None or (state != old.settled and not row.sticky)
        if not old.open and (state != old.settled or not state):
            url = old.last_page_url or row.url
            links.append(Link(url=url, role="thread", thread=old.number, signature=state))
    return Listed(links=links, new=len(new), go_on=go_on)


def _insert(db: sqlite3.Connection, site: int, board: int | None, rows: list[ThreadRow], now: str) -> dict[str, int]:
    if not rows:
        return {}
    first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM threads").fetchone()[0]
    db.executemany(
        "INSERT INTO threads (id, site, board, thread_id, url, title, first_seen,"
        " replies, last_post_at, last_post_raw, sticky, locked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (number, site, board, row.id, row.url, stored(row.title), now, *_shown(row))
            for number, row in enumerate(rows, first)
        ],
    )
    return {row.id: number for number, row in enumerate(rows, first)}


def _update(db: sqlite3.Connection, pairs: list[tuple[ThreadRow, _Known]]) -> None:
    db.executemany(
        "UPDATE threads SET replies = ?, last_post_at = ?, last_post_raw = ?, sticky = ?, locked = ? WHERE id = ?",
        [(*_shown(row), old.number) for row, old in pairs if _shown(row) != old.shown],
    )
    # What a queued page will be fetched for is the state seen now; one under way may have been answered before.
    db.executemany(
        "UPDATE frontier SET signature = ? WHERE thread = ? AND state <> 'done' AND state = 'queued'",
        [(signature(row), old.number) for row, old in pairs if old.open],
    )
