"""The order of a thread that a moderator changed: its posts' positions follow the pages that a crawl reads."""

import json
import sqlite3
from collections.abc import Sequence
from itertools import pairwise

from archive.posts import Known, Place
from archive.records import Page


def follow(db: sqlite3.Connection, place: Place, page: Page, known: dict[str, Known]) -> None:
    """Gives a page's posts the positions it shows them at, where their stored order cannot be the thread's any more.

    That is where posts came from another thread, and where the numbers the page prints contradict the stored order or
    a new post stands on a page before the last one. Elsewhere posts keep their positions: a deleted one keeps its own,
    so the numbers printed after it are smaller. What other pages hold at these positions is moved behind the page in
    its order; what stands before the page stays there.
    """
    grew = _grew_inside(db, place, page, known)
    if not known and not grew:
        return
    found = db.execute(
        "SELECT post_id, id, position FROM posts WHERE thread = ? AND post_id IN (SELECT value FROM json_each(?))",
        (place.thread, json.dumps([post.id for post in page.posts])),
    )
    rows = {key: (number, position) for key, number, position in found}
    printed = {post.id: post.position for post in reversed(page.posts) if post.id in rows}
    shown = [key for key in dict.fromkeys(post.id for post in page.posts) if key in rows]
    stored = [rows[key][1] for key in shown]
    moved = any(key in known and known[key].thread != place.thread for key in shown)
    numbers = _printed(page, [printed[key] for key in shown])
    if not (moved or (numbers and (grew or not _rises(stored)))):
        return
    first = next((known[key].position for key in shown if key in known and known[key].thread == place.thread), 0)
    others = _others(db, place.thread, [rows[key][0] for key in shown])
    wanted = _behind(numbers or _counted(page, len(shown), others), first if page.page > 1 else 0, others)
    if wanted != stored:
        _place(db, place.thread, dict(zip((rows[key][0] for key in shown), wanted, strict=True)), others)


def _rises(numbers: Sequence[int]) -> bool:
    return all(earlier < later for earlier, later in pairwise(numbers))


def _printed(page: Page, numbers: list[int | None]) -> list[int] | None:
    """The numbers the page prints, if they count the thread's posts (not those of each page anew)."""
    whole = [number for number in numbers if number is not None]
    return whole if whole and len(whole) == len(numbers) and whole[0] >= page.page and _rises(whole) else None


def _grew_inside(db: sqlite3.Connection, place: Place, page: Page, known: dict[str, Known]) -> bool:
    if page.next is None or all(post.id in known for post in page.posts):
        return False
    (last_page,) = db.execute("SELECT last_page FROM threads WHERE id = ?", (place.thread,)).fetchone()
    return bool(page.page < last_page)


def _counted(page: Page, size: int, others: dict[int, int]) -> list[int]:
    """The positions on a page that prints none: pages before the last are full, the last comes after all others."""
    last = page.page > 1 and page.next is None
    start = max(others.values(), default=0) if last else (page.page - 1) * size
    return list(range(start + 1, start + 1 + size))


def _others(db: sqlite3.Connection, thread: int, here: list[int]) -> dict[int, int]:
    """The positions of the thread's posts that are not on the page."""
    sql = "SELECT id, position FROM posts WHERE thread = ? AND id NOT IN (SELECT value FROM json_each(?))"
    return dict(db.execute(sql, (thread, json.dumps(here))).fetchall())


def _behind(wanted: list[int], first: int, others: dict[int, int]) -> list[int]:
    """The positions, higher where posts that stood before the page's first known one reach into them."""
    before = max((position for position in others.values() if position < first), default=0)
    shift = max(0, before + 1 - wanted[0])
    return [position + shift for position in wanted]


def _place(db: sqlite3.Connection, thread: int, wanted: dict[int, int], others: dict[int, int]) -> None:
    """Stores the positions, below zero at first: no two posts of a thread may share one even in between."""
    targets = set(wanted.values())
    start = min((position for position in others.values() if position in targets), default=None)
    if start is not None:
        shift = max(targets) + 1 - start
        wanted |= {number: position + shift for number, position in others.items() if position >= start}
    db.executemany("UPDATE posts SET position = ? WHERE id = ?", [(-to, number) for number, to in wanted.items()])
    db.execute("UPDATE posts SET position = -position WHERE thread = ? AND position < 0", (thread,))
