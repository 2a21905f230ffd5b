"""Saving a page: everything it says, the links it carries, and the end of its request. Runs inside a transaction."""

import sqlite3
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive import frontier, history, posts
from archive.errors import UnreadableError
from archive.frontier import Link, Walk
from archive.listing import save_listing
from archive.places import save_authors, save_board, save_site, save_thread
from archive.records import WALLS, Kind, Page, Request, Saved


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is known of the response a page was read from: its request (None for a file), when, and its validators."""

    request: Request | None
    now: str
    etag: str | None
    last_modified: str | None


def save(db: sqlite3.Connection, page: Page, answer: Answer) -> Saved:
    """Saves a page; one that is not content only ends its request."""
    if page.kind is Kind.THREAD:
        saved = _save_thread(db, page, answer)
    elif page.kind in {Kind.BOARD, Kind.INDEX}:
        saved = _save_board(db, page, answer)
    else:
        if answer.request:
            frontier.finish(db, answer.request, _outcome(page), page.message, answer.now)
        return Saved()
    if answer.request:
        db.execute(
            "UPDATE frontier SET state = 'done', outcome = 'done', reason = '', fetched_at = ?, etag = ?,"
            " last_modified = ? WHERE id = ?",
            (answer.now, answer.etag, answer.last_modified, answer.request.id),
        )
    return saved


def _outcome(page: Page) -> str:
    if page.kind in WALLS:
        return "wall"
    return {Kind.MISSING: "missing", Kind.UNKNOWN: "unreadable"}.get(page.kind, "failed")


def _site(db: sqlite3.Connection, page: Page, now: str) -> tuple[int, str]:
    name = page.site or urlsplit(page.url).netloc
    return save_site(db, name, page.software, now), name


def _save_board(db: sqlite3.Connection, page: Page, answer: Answer) -> Saved:
    site, _ = _site(db, page, answer.now)
    for child in page.boards:
        save_board(db, site, child, answer.now)
    board = save_board(db, site, page.board, answer.now, heading=page.kind is Kind.BOARD) if page.board else None
    listed = save_listing(db, site, board, page, answer.now)
    if answer.request is None:
        return Saved(threads=listed.new)
    links = [*listed.links, *(Link(url=child.url, role="board") for child in page.boards)]
    if page.next and listed.go_on:
        links.append(Link(url=page.next, role="next-board"))
    walk = frontier.walk_of(db, answer.request)
    return Saved(threads=listed.new, queued=frontier.queue(db, walk, links, answer.now))


def _save_thread(db: sqlite3.Connection, page: Page, answer: Answer) -> Saved:
    if page.thread is None:
        raise UnreadableError(f"{page.url}: a thread page that does not say which thread it is; it was not saved")
    site, name = _site(db, page, answer.now)
    place_of = page.thread.board or page.board
    board = save_board(db, site, place_of, answer.now) if place_of else None
    before = db.execute("SELECT coalesce(max(id), 0) FROM threads").fetchone()[0]
    thread = save_thread(db, site, board, page.thread, answer.now)
    place = posts.Place(
        site=site,
        site_name=name,
        board=_board_title(db, thread),
        thread=thread,
        thread_url=page.thread.url,
        authors=save_authors(db, site, (post.author for post in page.posts), answer.now),
        now=answer.now,
    )
    saved = replace(_save_posts(db, page, place), threads=int(thread > before))
    _save_progress(db, page, thread)
    return replace(saved, queued=_follow(db, page, thread, answer)) if answer.request else saved


def _board_title(db: sqlite3.Connection, thread: int) -> str | None:
    row = db.execute(
        "SELECT boards.title FROM threads JOIN boards ON boards.id = threads.board WHERE threads.id = ?", (thread,)
    ).fetchone()
    return row[0] if row else None


def _save_posts(db: sqlite3.Connection, page: Page, place: posts.Place) -> Saved:
    known = posts.known_posts(db, place.site, page)
    shown = {post.id: post for post in reversed(page.posts)}  # some skins repeat the first post: the first one counts
    ordered = [shown[key] for key in dict.fromkeys(post.id for post in page.posts)]
    outcomes = [history.revise(db, place, post, known[post.id]) for post in ordered if post.id in known]
    new = [post for post in ordered if post.id not in known]
    return Saved(
        new=len(new),
        articles=posts.insert(db, place, new) if new else 0,
        changed=outcomes.count("changed"),
        unchanged=outcomes.count("unchanged"),
        vanished=outcomes.count("vanished"),
    )


def _save_progress(db: sqlite3.Connection, page: Page, thread: int) -> None:
    """Remembers the thread's last page; when posts were deleted, its last page is an earlier one than before."""
    if page.posts:
        db.execute(
            "UPDATE threads SET last_page = :page, last_page_url = :url WHERE id = :thread"
            " AND (last_page <= :page OR :ends) AND (last_page, last_page_url) IS NOT (:page, :url)",
            {"page": page.page, "url": page.url, "thread": thread, "ends": page.next is None},
        )


def _follow(db: sqlite3.Connection, page: Page, thread: int, answer: Answer) -> int:
    """Queues the thread's next page; with none to come, the thread is settled at what its board said of it."""
    assert answer.request is not None
    walk: Walk = frontier.walk_of(db, answer.request)
    if page.next:
        link = Link(url=page.next, role="next", thread=thread, signature=walk.signature)
        queued = frontier.queue(db, walk, [link], answer.now)
        if queued or frontier.is_open(db, page.next):
            return queued
    db.execute("UPDATE threads SET settled = ? WHERE id = ?", (walk.signature or "", thread))
    return 0
