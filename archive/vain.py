"""Threads that were asked for in vain (a wall, a refusal, nothing there), and when they are asked for again.

Such an answer tells nothing of the posts: the thread is not read up to what its board says. `threads.settled` then ends
in how often it was asked for in vain ("3 2024-03-01T08:00:00Z in vain 2"), the `not_before` of the row that failed says
from when on it may be asked again. The next walk does so, or the next one that lists it; after that a day has to pass,
two, four, ...: a thread that only members may read costs about a dozen requests in its first year, however often its
forum is crawled. A board's row that tells of news is asked for at once, as ever.
"""

import sqlite3
import time

from archive.frontier import Walk
from archive.records import Request

FEED = "feed "  # begins what a feed said of a thread: it cannot be compared with what a board says
_IN_VAIN = " in vain "
_DAY = 86_400.0  # seconds
_DOUBLINGS = 12  # ten years

# A row of the frontier whose thread waits to be asked for again, and has waited long enough
DUE = f"""(not_before > 0 AND not_before <= :now
    AND EXISTS (SELECT 1 FROM threads WHERE threads.id = frontier.thread AND settled LIKE '%{_IN_VAIN}%'))"""


def said(settled: str | None) -> str | None:
    """What the board said when the thread was last read to its end or asked for in vain; None for neither."""
    return settled.rpartition(_IN_VAIN)[0] if settled and times(settled) else settled


def times(settled: str | None) -> int:
    """How often in a row a thread was asked for in vain."""
    _, mark, number = (settled or "").rpartition(_IN_VAIN)
    return int(number) if mark and number.isdecimal() else 0


def note(db: sqlite3.Connection, request: Request, thread: int, walk: Walk, *, soon: bool) -> None:
    """Notes that a thread was asked for in vain.

    The first walk of a forum meets all the threads that it keeps from guests: the walls that it names so wait for a day
    or for the board to be read again. What was read before, a wall in a later walk and a bare refusal (`soon`) are
    nothing to be expected: the next walk asks again, whatever an index shows of their boards.
    """
    settled, read = db.execute("SELECT settled, last_page FROM threads WHERE id = ?", (thread,)).fetchone()
    number = times(settled) + 1
    at_once = number == 1 and (soon or read or walk.round > 1)
    wait = 0.0 if at_once else _DAY * 2 ** min(max(number - 2, 0), _DOUBLINGS)
    mark = f"{walk.signature or ''}{_IN_VAIN}{number}"
    db.execute("UPDATE threads SET settled = ? WHERE id = ?", (mark, thread))
    db.execute("UPDATE frontier SET not_before = ? WHERE id = ?", (time.time() + wait, request.id))
