"""Board pages: which of their threads have something to fetch, and where to continue."""

import json
import re
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from archive import vain
from archive.frontier import Link, Walk
from archive.records import Page, ThreadRow
from archive.text import stored, utc


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """What a board page gave: the links to its threads, how many are new, and whether the walk should go on.

    `ends`: the rest of the board is older than `--since` wants; `left_out`: threads of it were never read.
    """

    links: list[Link]
    new: int
    go_on: bool
    ends: bool
    left_out: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    number: int
    shown: tuple[object, ...]
    last_page_url: str | None
    settled: str | None
    open: bool
    waits: bool

    @property
    def title(self) -> object:
        """As its board listed it last; None if no board has."""
        return self.shown[-1]


# "5 minutes ago" is counted from the time of the request: two of them never give quite the same moment.
_ABSOLUTE = re.compile(r"\d[:.h]\d\d|\d{4}|\d[/.-]\d")
_SEEN = " seen "


def signature(row: ThreadRow, now: str) -> str:
    """What a board says of a thread's state; empty where it says nothing.

    Of a relative date ("2 hours ago") it also keeps when it was said.
    """
    last = utc(row.last_post_at) or stored(row.last_post_raw)
    said = f"{'' if row.replies is None else row.replies} {last}".strip()
    relative = row.last_post_at and row.last_post_raw and not _ABSOLUTE.search(row.last_post_raw)
    return f"{said}{_SEEN}{now}" if relative else said


def replies_of(said: str | None) -> int | None:
    """The number of replies in a signature."""
    first = (said or "").split(" ", 1)[0]
    return int(first) if first.isdecimal() and len(first) < 10 else None  # noqa: PLR2004 # a longer one is a moment


def _changed(settled: str | None, state: str) -> bool:
    """Whether a thread may have news: its board's row differs from the one up to which it was read.

    With as many replies as before, a relative date that lies before the time it was last listed tells nothing new. Of
    a thread that was asked for in vain because of a feed, its board cannot tell.
    """
    known = vain.said(settled)
    if known is None:
        return True
    if vain.times(settled) and known.startswith(vain.FEED):
        return False
    (old, _, seen), (new, _, again) = known.partition(_SEEN), state.partition(_SEEN)
    if old == new:
        return False
    if not (seen and again) or replies_of(old) != replies_of(new):
        return True
    return new.rpartition(" ")[2] > seen


def _shown(row: ThreadRow) -> tuple[object, ...]:
    raw = stored(row.last_post_raw)
    return row.replies, utc(row.last_post_at), raw, int(row.sticky), int(row.locked), stored(row.title)


def _known(db: sqlite3.Connection, site: int, rows: Iterable[ThreadRow]) -> dict[str, _Known]:
    found = db.execute(
        "SELECT thread_id, id, last_page_url, settled, EXISTS (SELECT 1 FROM frontier WHERE thread = threads.id"
        " AND state <> 'done' AND state IN ('queued', 'taken') AND coalesce(walk, id) IN (SELECT start FROM begun)),"
        " EXISTS (SELECT 1 FROM frontier WHERE thread = threads.id AND state <> 'done' AND not_before > ?),"
        " replies, last_post_at, last_post_raw, sticky, locked, listed_title"
        " FROM threads WHERE site = ? AND thread_id IN (SELECT value FROM json_each(?))",
        (time.time(), site, json.dumps([row.id for row in rows])),
    )
    return {
        key: _Known(
            number=number, shown=tuple(shown), last_page_url=url, settled=settled, open=bool(is_open), waits=bool(waits)
        )
        for key, number, url, settled, is_open, waits, *shown in found
    }


def _by_activity(rows: Iterable[ThreadRow]) -> bool:
    """Whether a page lists its latest posts first; one in another order hides news on later pages.

    A few rows out of order are announcements that do not look it, or moved threads.
    """
    times = [row.last_post_at for row in rows if row.last_post_at and not row.sticky]
    rising = sum(earlier < later for earlier, later in pairwise(times))
    return rising <= max(2, len(times) // 3)


def save_listing(  # noqa: PLR0913, PLR0917 # a page, where it belongs, and when
    db: sqlite3.Connection, site: int, board: int | None, page: Page, walk: Walk | None, now: str
) -> Listed:
    """Stores a board page's thread rows and decides about each: new, changed since it was read to its end, or settled.

    The walk goes on to the board's next page if a row here (stickies aside) is new or changed, or was never read to
    its end: so it always looks one page further than the news. A row about which the board says nothing is read
    again, but is no reason to go on. Threads that are quiet since before `walk.since` are left out, if not known yet.
    """
    rows = list({row.id: row for row in reversed(page.threads)}.values())[::-1]
    known = _known(db, site, rows)
    since = walk.since if walk else None
    old = {row.id for row in rows if since and row.last_post_at and (utc(row.last_post_at) or "") < since}
    new = [row for row in rows if row.id not in known and row.id not in old]
    numbers = _insert(db, site, board, new, now)
    _update(db, [(row, known[row.id]) for row in rows if row.id in known], now)
    links = [Link(url=row.url, role="thread", thread=numbers[row.id], signature=signature(row, now)) for row in new]
    listed = [(row, known[row.id]) for row in rows if row.id in known and row.id not in old]
    links += [link for row, before in listed if (link := _again(row, before, now, full=bool(walk and walk.full)))]
    sorted_ = _by_activity(rows)
    news = any(before.settled is None or (_differs(row, before, now) and not row.sticky) for row, before in listed)
    ends = sorted_ and any(row.id in old for row in rows if not row.sticky)
    go_on = not ends and (bool(numbers) or news or not sorted_)
    return Listed(links=links, new=len(new), go_on=go_on, ends=ends, left_out=any(key not in known for key in old))


def _differs(row: ThreadRow, known: _Known, now: str) -> bool:
    return _changed(known.settled, signature(row, now))


def _again(row: ThreadRow, known: _Known, now: str, *, full: bool) -> Link | None:
    """Where a known thread continues, if it has to: changed, renamed, nothing said about it, or it was never read.

    One that was asked for in vain: the first time that it is listed again, then when it has waited long enough.
    """
    state = signature(row, now)
    renamed = known.title not in {None, stored(row.title)}
    unread = full and known.last_page_url is None
    vainly = vain.times(known.settled)
    due = vainly == 1 or not known.waits if vainly else not state
    if known.open or not (due or renamed or unread or _changed(known.settled, state)):
        return None
    return Link(url=known.last_page_url or row.url, role="thread", thread=known.number, signature=state)


def _insert(db: sqlite3.Connection, site: int, board: int | None, rows: list[ThreadRow], now: str) -> dict[str, int]:
    if not rows:
        return {}
    first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM threads").fetchone()[0]
    db.executemany(
        "INSERT INTO threads (id, site, board, thread_id, url, title, first_seen,"
        " replies, last_post_at, last_post_raw, sticky, locked, listed_title)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (number, site, board, row.id, row.url, stored(row.title), now, *_shown(row))
            for number, row in enumerate(rows, first)
        ],
    )
    return {row.id: number for number, row in enumerate(rows, first)}


def _update(db: sqlite3.Connection, pairs: list[tuple[ThreadRow, _Known]], now: str) -> None:
    db.executemany(
        "UPDATE threads SET replies = ?, last_post_at = ?, last_post_raw = ?, sticky = ?, locked = ?,"
        " listed_title = ? WHERE id = ?",
        [(*_shown(row), old.number) for row, old in pairs if _shown(row) != old.shown],
    )
    # What a queued page will be fetched for is the state seen now; one under way may have been answered before.
    db.executemany(
        "UPDATE frontier SET signature = ? WHERE thread = ? AND state <> 'done' AND state = 'queued'",
        [(signature(row, now), old.number) for row, old in pairs if old.open],
    )
