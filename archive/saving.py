"""Saving a page: everything it says, the links it carries, and the end of its request. Runs inside a transaction."""

import sqlite3
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive import boards, ending, frontier, history, posts
from archive.errors import UnreadableError
from archive.feed import save_feed
from archive.frontier import Link, Walk
from archive.history import order
from archive.listing import Listed, replies_of, save_listing
from archive.places import save_authors, save_board, save_site, save_thread
from archive.records import WALLS, Kind, Page, Request, Saved


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is known of the response a page was read from: its request (None for a file), when, and its validators."""

    request: Request | None
    now: str
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reading:
    """A thread page that a crawl has just read; `strange`: it was to continue the thread, and has no post known."""

    page: Page
    thread: int
    walk: Walk
    request: Request
    now: str
    strange: bool


def save(db: sqlite3.Connection, page: Page, answer: Answer) -> Saved:
    """Saves a page; one that is not content only ends its request."""
    if answer.request and answer.request.role == "feed" and page.kind is Kind.BOARD:
        site, _ = _site(db, page, answer.now)
        saved = save_feed(db, site, page, frontier.walk_of(db, answer.request), answer.now)
    elif page.kind is Kind.THREAD:
        saved = _save_thread(db, page, answer)
    elif page.kind in {Kind.BOARD, Kind.INDEX}:
        saved = _save_board(db, page, answer)
    elif page.instead and answer.request:
        return _save_shell(db, page, answer.request, answer.now)
    else:
        if answer.request:
            return ending.end(db, answer.request, _outcome(page), page.message, answer.now)
        return Saved()
    if answer.request:
        whole = _is_whole(db, page)
        db.execute(
            "UPDATE frontier SET state = 'done', outcome = 'done', reason = '', fetched_at = ?, etag = ?,"
            " last_modified = ?, leads = ? WHERE id = ?",
            (
                answer.now,
                answer.etag if whole else None,
                answer.last_modified if whole else None,
                ending.leads(page),
                answer.request.id,
            ),
        )
    return saved


def _save_shell(db: sqlite3.Connection, page: Page, request: Request, now: str) -> Saved:
    """Queues the address that holds the content of a page which a script fills in, in the page's own place."""
    assert page.instead
    walk = frontier.walk_of(db, request)
    (thread,) = db.execute("SELECT thread FROM frontier WHERE id = ?", (request.id,)).fetchone()
    frontier.finish(db, request, frontier.DONE, page.message, now)
    db.execute("UPDATE frontier SET etag = NULL, last_modified = NULL, leads = NULL WHERE id = ?", (request.id,))
    link = Link(url=page.instead, role=request.role, thread=thread, signature=walk.signature)
    return Saved(queued=frontier.queue(db, walk, [link], now))


def _is_whole(db: sqlite3.Connection, page: Page) -> bool:
    """Whether an unchanged page would hold nothing to do: not where `--since` left out threads of its board.

    Nor where it was misread, or is a feed of which only the beginning could be read.
    """
    if page.changed_skin or page.message:
        return False
    if page.kind is not Kind.BOARD or page.board is None:
        return True
    unread = "SELECT 1 FROM boards JOIN sites ON sites.id = boards.site WHERE board_id = ? AND sites.site = ?"
    name = page.site or urlsplit(page.url).netloc
    return db.execute(f"{unread} AND read_since IS NOT NULL", (page.board.id, name)).fetchone() is None


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
    walk = frontier.walk_of(db, answer.request) if answer.request else None
    listed = save_listing(db, site, board, page, walk, answer.now)
    if walk is None:
        return Saved(threads=listed.new)
    shown = {child.url: child.state for child in page.boards}
    links = [*listed.links, *boards.onward(db, shown, walk)]
    unread = _reach(db, board, page, listed, walk) if board else False
    if page.next and (listed.go_on or ((walk.full or unread) and not listed.ends)):
        links.append(Link(url=page.next, role="next-board", signature=walk.signature))
    elif board:
        boards.walked(db, board, walk)
    return Saved(threads=listed.new, queued=frontier.queue(db, walk, links, answer.now))


def _reach(db: sqlite3.Connection, board: int, page: Page, listed: Listed, walk: Walk) -> bool:
    """Remembers how far back a board was read; says whether an earlier walk left out what this one wants."""
    (read_since,) = db.execute("SELECT read_since FROM boards WHERE id = ?", (board,)).fetchone()
    now_since = read_since
    if listed.left_out:
        now_since = walk.since if read_since is None else min(read_since, walk.since or read_since)
    elif page.next is None and walk.since is None:
        now_since = None
    if now_since != read_since:
        db.execute("UPDATE boards SET read_since = ? WHERE id = ?", (now_since, board))
    return read_since is not None and (walk.since is None or walk.since < read_since)


def _save_thread(db: sqlite3.Connection, page: Page, answer: Answer) -> Saved:
    if page.thread is None:
        raise UnreadableError(f"{page.url}: a thread page that does not say which thread it is; it was not saved")
    site, name = _site(db, page, answer.now)
    place_of = page.thread.board or page.board
    board = save_board(db, site, place_of, answer.now) if place_of else None
    thread, new = save_thread(db, site, board, page.thread, answer.now)
    history.find_thread(db, thread)
    walk = frontier.walk_of(db, answer.request) if answer.request else None
    place = posts.Place(
        site=site,
        site_name=name,
        board=_board_title(db, thread),
        thread=thread,
        thread_url=page.thread.url,
        authors=save_authors(db, site, (post.author for post in page.posts), answer.now),
        now=answer.now,
        seen=walk.fetched_at if walk else None,
    )
    known = posts.known_posts(db, place.site, page)
    if page.changed_skin:
        return replace(_save_misread(db, page, place, known, walk), threads=int(new))
    saved = replace(_save_posts(db, page, place, known), threads=int(new))
    if walk is None or answer.request is None:  # a file may be older than the archive: it proves nothing missing
        _save_progress(db, page, thread)
        return saved
    missed = history.miss_posts(db, page, place, known)
    order.follow(db, place, page, known)
    strange = answer.request.role == "thread" and page.page > 1 and not known
    reading = _Reading(page=page, thread=thread, walk=walk, request=answer.request, now=answer.now, strange=strange)
    queued = _follow(db, reading)
    _save_progress(db, page, thread)
    return replace(saved, vanished=saved.vanished + missed, queued=queued)


def _save_misread(
    db: sqlite3.Connection, page: Page, place: posts.Place, known: dict[str, posts.Known], walk: Walk | None
) -> Saved:
    """Saves only the new posts of a page whose skin its reader does not know.

    Nothing that it shows differently has changed, nothing that it lacks is missing; its thread is not settled, so that
    it is read again once its selectors are known.
    """
    new = tuple(post for post in page.posts if post.id not in known)
    saved = _save_posts(db, replace(page, posts=new), place, {})
    if walk is None or page.next is None:
        return saved
    link = Link(url=page.next, role="next", thread=place.thread, signature=walk.signature)
    return replace(saved, queued=frontier.queue(db, walk, [link], place.now))


def _board_title(db: sqlite3.Connection, thread: int) -> str | None:
    row = db.execute(
        "SELECT boards.title FROM threads JOIN boards ON boards.id = threads.board WHERE threads.id = ?", (thread,)
    ).fetchone()
    return row[0] if row else None


def _save_posts(db: sqlite3.Connection, page: Page, place: posts.Place, known: dict[str, posts.Known]) -> Saved:
    shown = {post.id: post for post in reversed(page.posts)}  # some skins repeat the first post: the first one counts
    ordered = [shown[key] for key in dict.fromkeys(post.id for post in page.posts)]
    outcomes = [history.revise(db, place, post, known[post.id]) for post in ordered if post.id in known]
    new = [post for post in ordered if post.id not in known]
    found = [known[post.id].gone_at for post in ordered if post.id in known and not post.deleted]
    return Saved(
        new=len(new),
        articles=posts.insert(db, place, new) if new else 0,
        changed=outcomes.count("changed"),
        unchanged=outcomes.count("unchanged"),
        vanished=outcomes.count("vanished") - history.missed_since(db, found),
    )


def _save_progress(db: sqlite3.Connection, page: Page, thread: int) -> None:
    """Remembers the thread's last page; when posts were deleted, its last page is an earlier one than before."""
    if page.posts:
        db.execute(
            "UPDATE threads SET last_page = :page, last_page_url = :url WHERE id = :thread"
            " AND (last_page <= :page OR :ends) AND (last_page, last_page_url) IS NOT (:page, :url)",
            {"page": page.page, "url": page.url, "thread": thread, "ends": page.next is None},
        )


def _follow(db: sqlite3.Connection, reading: _Reading) -> int:
    """Queues where the thread goes on; with nothing to come, it is settled at what its board said of it."""
    if reading.strange:  # so many were deleted before it that others, new ones too, moved to pages before this one
        url = db.execute("SELECT url FROM threads WHERE id = ?", (reading.thread,)).fetchone()[0]
        _queue(db, reading, url, "thread")
    continues = _known_end(db, reading) if reading.request.role == "start" else None
    following = continues or reading.page.next
    if following:
        role = "thread" if continues else "next"
        queued = _queue(db, reading, following, role)
        if queued or frontier.is_open(db, following):
            return queued
    return _settle(db, reading)


def _queue(db: sqlite3.Connection, reading: _Reading, url: str, role: str) -> int:
    link = Link(url=url, role=role, thread=reading.thread, signature=reading.walk.signature)
    return frontier.queue(db, reading.walk, [link], reading.now)


def _known_end(db: sqlite3.Connection, reading: _Reading) -> str | None:
    """Where a crawl that starts at a thread goes on: on the page of its last known post, if it was read to its end."""
    db.execute("UPDATE threads SET walk = ? WHERE id = ?", (reading.walk.start, reading.thread))
    last, url, settled = db.execute(
        "SELECT last_page, last_page_url, settled FROM threads WHERE id = ?", (reading.thread,)
    ).fetchone()
    return url if settled is not None and last > reading.page.page and not reading.walk.full else None


def _settle(db: sqlite3.Connection, reading: _Reading) -> int:
    """The end of a thread is read. If it has fewer posts than its board says, others lie on earlier pages.

    They were merged into it, or moved up when posts before them were deleted; the thread is read from its beginning.
    """
    url, settled, surplus, alive = db.execute(
        "SELECT url, settled, surplus, (SELECT count(*) FROM posts WHERE thread = threads.id AND gone_at IS NULL)"
        " FROM threads WHERE id = ?",
        (reading.thread,),
    ).fetchone()
    replies = replies_of(reading.walk.signature)
    if replies is not None and alive - replies < surplus:
        if settled is not None and reading.page.page > 1:
            queued = _queue(db, reading, url, "thread")
            if queued or frontier.is_open(db, url):
                return queued
        db.execute("UPDATE threads SET surplus = ? WHERE id = ?", (alive - replies, reading.thread))
    db.execute("UPDATE threads SET settled = ? WHERE id = ?", (reading.walk.signature or "", reading.thread))
    return 0
