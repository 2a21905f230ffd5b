"""Requests that end without a page: unchanged since last time, nothing there, a wall. What follows from it."""

import json
import sqlite3

from archive import boards, frontier, history, vain
from archive.frontier import DONE, FAILED, Link, Walk
from archive.records import Page, Request, Saved

MISSING = "missing"


def leads(page: Page) -> str | None:
    """What follows from a page even when the server says next time that it is unchanged, as stored with its row."""
    links = [["board", board.url, board.state] for board in page.boards]
    if page.thread and page.next:
        links.append(["next", page.next])
    return json.dumps(links) if links else None


def end(  # noqa: PLR0913 # how a request ended, each once
    db: sqlite3.Connection, request: Request, outcome: str, reason: str, now: str, *, soon: bool = False
) -> Saved:
    """Records how a request ended and what that means for its thread; returns what vanished with it, and new work.

    A thread that gave an answer (a wall, nothing there) was asked for in vain, and waits; one that failed does not.
    `soon`: the next walk may get another answer.
    """
    walk = frontier.walk_of(db, request)
    thread, links = db.execute("SELECT thread, leads FROM frontier WHERE id = ?", (request.id,)).fetchone()
    frontier.finish(db, request, outcome, reason, now)
    if outcome == DONE:
        return _unchanged(db, request, walk, thread, json.loads(links or "[]"), now)
    if thread is None or outcome == FAILED:
        return Saved()
    if outcome == MISSING:
        return _missing(db, request, walk, thread, now)
    vain.note(db, request, thread, walk, soon=soon)
    return Saved()


def _unchanged(  # noqa: PLR0913, PLR0917 # all that an answer 304 says of a page, each once
    db: sqlite3.Connection, request: Request, walk: Walk, thread: int | None, links: list[list[str]], now: str
) -> Saved:
    """Not modified (304): its links still lead on. Only a thread's last page says that nothing came after it."""
    below = {url: "".join(state) for role, url, *state in links if role == "board"}
    following = [
        Link(url=url, role="next", thread=thread, signature=walk.signature) for role, url, *_ in links if role == "next"
    ]
    queued = frontier.queue(db, walk, [*following, *boards.onward(db, below, walk)], now)
    board = db.execute("SELECT id FROM boards WHERE url = ?", (request.url,)).fetchone() if walk.signature else None
    if board:
        boards.walked(db, board[0], walk)
    if thread is not None:
        history.find_thread(db, thread)
    if thread is not None and not following:
        db.execute(
            "UPDATE threads SET settled = ? WHERE id = ? AND last_page_url = ?",
            (walk.signature or "", thread, request.url),
        )
    return Saved(queued=queued)


def _missing(db: sqlite3.Connection, request: Request, walk: Walk, thread: int, now: str) -> Saved:
    """A page of a thread is not there; nothing is deleted.

    Only its first page says that the thread is gone: after deletions the others may just have moved up.
    """
    url, was_read, settled = db.execute(
        "SELECT url, last_page, settled FROM threads WHERE id = ?", (thread,)
    ).fetchone()
    if request.role != "next" and request.url != url:
        first = Link(url=url, role="thread", thread=thread, signature=walk.signature)
        queued = frontier.queue(db, walk, [first], now)
        if queued or frontier.is_open(db, url):
            return Saved(queued=queued)
    elif request.role != "next" and was_read:
        gone = history.lose_thread(db, thread, now, seen=walk.fetched_at)
        if request.role == "refresh" and walk.signature == vain.said(settled):
            # its board does not list it, at least not with news: should it be listed again, it is to be read
            db.execute("UPDATE threads SET settled = NULL WHERE id = ?", (thread,))
            return Saved(vanished=gone)
        vain.note(db, request, thread, walk, soon=False)
        return Saved(vanished=gone)
    vain.note(db, request, thread, walk, soon=False)
    return Saved()
