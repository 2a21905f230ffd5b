"""Posts that were edited, moved or deleted since they were last seen: nothing they said is lost."""

import json
import sqlite3
from itertools import pairwise

from archive.posts import Content, Known, Place, content_of, insert_parts, positions, replace_article
from archive.records import Label, Page, Post
from archive.text import folded, stored, utc

# What changes around a post without anybody editing it: its stored copy follows, but that makes no new version.
PASSING = frozenset({Label.REACTION, Label.BUTTON, Label.SIMILAR, Label.SIGNATURE, Label.CARD})


def revise(db: sqlite3.Connection, place: Place, post: Post, known: Known) -> str:
    """Brings a known post up to date and says what it was: `unchanged`, `changed` or `vanished`.

    A post of which only the stub is left keeps its words; `gone_at` says since when.
    """
    if post.deleted and known.content.kind != "deleted":
        if known.gone_at is not None:
            return "unchanged"
        _mark(db, [known.number], place.now, place.seen)
        return "vanished"
    moved = _move(db, place, post, known)
    content, edited_at = content_of(post), utc(post.edited_at)
    same = content == known.content or _differ_by_habits(content, known.content)
    if same and edited_at == known.edited_at and known.gone_at is None:
        return "changed" if moved else "unchanged"
    edited = _essence(content) != _essence(known.content)
    if edited:
        _keep_version(db, known, place.now)
    _replace(db, place, post, content, known)
    return "changed" if edited or moved or known.gone_at else "unchanged"


def _essence(content: Content) -> tuple[object, ...]:
    removed = [part for part in json.loads(content.removed) if part[0] not in PASSING]
    return content.kind, content.title, content.text, removed, content.source_url


def _differ_by_habits(new: Content, old: Content) -> bool:
    """Whether a page says what is stored, but for the habits that cleaning it again took off the stored text."""
    if Label.HABIT not in old.removed:
        return False
    removed = json.loads(old.removed)
    habits = [line for label, line in removed if label == Label.HABIT]
    lines = [line for line in new.text.split("\n") if line]
    kept = [line for line in old.text.split("\n") if line]
    rest = [part for part in removed if part[0] != Label.HABIT]
    above = next((number for number in range(len(habits) + 1) if lines[number : number + len(kept)] == kept), None)
    if above is None or sorted(lines[:above] + lines[above + len(kept) :]) != sorted(habits):
        return False
    return rest == json.loads(new.removed) and new.source_url == old.source_url


def _keep_version(db: sqlite3.Connection, known: Known, now: str) -> None:
    old = known.content
    db.execute(
        "INSERT INTO post_versions (post, title, text, removed, edited_at, replaced_at) VALUES (?, ?, ?, ?, ?, ?)",
        (known.number, old.title, old.text, old.removed, known.edited_at, now),
    )


def _move(db: sqlite3.Connection, place: Place, post: Post, known: Known) -> bool:
    """A post that now stands in another thread (merged, split) gets a position there."""
    if known.thread == place.thread:
        return False
    (position,) = positions(db, place.thread, [post])
    db.execute("UPDATE posts SET thread = ?, position = ? WHERE id = ?", (place.thread, position, known.number))
    db.execute(  # a thread that was merged away whole
        "UPDATE threads SET gone_at = :now, last_seen = coalesce(:seen, first_seen) WHERE id = :old AND gone_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM posts WHERE thread = :old)",
        {"old": known.thread, "now": place.now, "seen": place.seen},
    )
    db.execute(
        "UPDATE articles SET thread_url = ?, board = ? WHERE id = ?", (place.thread_url, place.board, known.number)
    )
    return True


def unindex(db: sqlite3.Connection, number: int) -> None:
    """Takes a post's words out of the full-text indexes, which have to be told the very words they were given."""
    db.execute(
        "INSERT INTO posts_fts (posts_fts, rowid, text, folded)"
        " SELECT 'delete', id, text, folded FROM posts WHERE id = ?",
        (number,),
    )
    db.execute(
        "INSERT INTO articles_fts (articles_fts, rowid, title, body, folded)"
        " SELECT 'delete', id, title, body, folded FROM articles WHERE id = ?",
        (number,),
    )


def _replace(db: sqlite3.Connection, place: Place, post: Post, content: Content, known: Known) -> None:
    number = known.number
    unindex(db, number)
    for table in ("post_html", "images"):
        db.execute(f"DELETE FROM {table} WHERE post = ?", (number,))
    text = None if content.kind == "article" else content.text
    words = stored(post.source.words) if post.source else None
    db.execute(
        "UPDATE posts SET kind = ?, text = ?, removed = ?, source_url = ?, source_words = ?, edited_at = ?,"
        " gone_at = NULL, last_seen = NULL, folded = ? WHERE id = ?",
        (
            content.kind,
            text,
            content.removed,
            content.source_url,
            words,
            utc(post.edited_at),
            folded(text or ""),
            number,
        ),
    )
    db.execute("INSERT INTO posts_fts (rowid, text, folded) SELECT id, text, folded FROM posts WHERE id = ?", (number,))
    insert_parts(db, [(number, post, content)])
    replace_article(db, place, number, post, content)


def _mark(db: sqlite3.Connection, numbers: list[int], now: str, seen: str | None) -> None:
    db.executemany(
        "UPDATE posts SET gone_at = ?, last_seen = max(first_seen, coalesce(?, first_seen)) WHERE id = ?",
        [(now, seen, number) for number in numbers],
    )


def lose_thread(db: sqlite3.Connection, thread: int, now: str, *, seen: str | None) -> int:
    """Marks a thread that is not there any more, and its posts; returns how many. `seen`: when it was last there."""
    db.execute(
        "UPDATE threads SET gone_at = ?, last_seen = coalesce(?, first_seen) WHERE id = ? AND gone_at IS NULL",
        (now, seen, thread),
    )
    numbers = [row[0] for row in db.execute("SELECT id FROM posts WHERE thread = ? AND gone_at IS NULL", (thread,))]
    _mark(db, numbers, now, seen)
    return len(numbers)


def find_thread(db: sqlite3.Connection, thread: int) -> None:
    """Unmarks a thread that was gone and is there again, and the posts that went with it."""
    row = db.execute("SELECT gone_at FROM threads WHERE id = ?", (thread,)).fetchone()
    if row[0] is not None:
        db.execute(
            "UPDATE posts SET gone_at = NULL, last_seen = NULL WHERE thread = ? AND gone_at = ?", (thread, row[0])
        )
        db.execute("UPDATE threads SET gone_at = NULL, last_seen = NULL WHERE id = ?", (thread,))


def missed_since(db: sqlite3.Connection, found: list[str | None]) -> int:
    """How many of the posts that are there again (by their `gone_at`) only this run had counted as vanished.

    They were moved: the page they were on was read before the one they are on now.
    """
    times = [gone_at for gone_at in found if gone_at is not None]
    if not times:
        return 0
    (began,) = db.execute("SELECT max(started_at) FROM runs WHERE outcome IS NULL").fetchone()
    return sum(began is not None and gone_at >= began for gone_at in times)


def miss_posts(db: sqlite3.Connection, page: Page, place: Place, known: dict[str, Known]) -> int:
    """Marks the thread's posts that should stand on this page and do not; returns how many.

    Proof is needed: a post is missing if it stood between two posts of this page, before the first post of the first
    page or after the last one of the last page. A page that lost most of what it held may be a changed skin that was
    read badly: it marks nothing, unless the board's number of replies says the same.
    """
    here = [
        known[post.id].position for post in page.posts if post.id in known and known[post.id].thread == place.thread
    ]
    if not here:
        return 0
    last_page, replies, alive = db.execute(
        "SELECT last_page, replies, (SELECT count(*) FROM posts WHERE thread = threads.id AND gone_at IS NULL)"
        " FROM threads WHERE id = ?",
        (place.thread,),
    ).fetchone()
    low, high = (0 if page.page == 1 else min(here)), (max(here) if page.next else None)
    if (low or high) and any(later < earlier for earlier, later in pairwise(here)):
        return 0  # merged or sorted in another way: only a thread that is whole on one page can be compared
    absent = _absent(db, page, place, low, high)
    if replies is not None and alive - len(absent) == replies + 1:
        _mark(db, absent, place.now, place.seen)
        return len(absent)
    if high is None and page.page < last_page:  # perhaps only the links to its other pages were not recognised
        absent = _absent(db, page, place, low, max(here))
    if len(absent) > len(here):
        return 0
    _mark(db, absent, place.now, place.seen)
    return len(absent)


def _absent(db: sqlite3.Connection, page: Page, place: Place, low: int, high: int | None) -> list[int]:
    found = db.execute(
        "SELECT id FROM posts WHERE thread = ? AND gone_at IS NULL AND position > ? AND position < ?"
        " AND post_id NOT IN (SELECT value FROM json_each(?)) ORDER BY position",
        (place.thread, low, 1 << 62 if high is None else high, json.dumps([post.id for post in page.posts])),
    )
    return [row[0] for row in found]
