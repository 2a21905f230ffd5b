"""What the archive saw change: the versions of a post, what happened in a thread, what a run changed."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from archive.errors import ArchiveError
from archive.history.wording import Piece, compare

_Found = TypeVar("_Found")


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """What a post said from `seen_at`, when it was first seen so, to `until` (None: still).

    `changes` against the version before: of the title, the text and what cleaning took off; empty where all is equal.
    """

    number: int
    title: str | None
    text: str
    removed: Sequence[tuple[str, str]]
    edited_at: str | None
    seen_at: str
    until: str | None
    changes: dict[str, list[Piece]]


@dataclass(frozen=True, kw_only=True, slots=True)
class PostHistory:
    """A post, all it ever said, and since when it is gone; it was last there at `last_seen`."""

    id: int
    url: str
    site: str
    thread_title: str
    thread_id: str
    post_id: str
    position: int
    author: str
    posted_at: str | None
    first_seen: str
    gone_at: str | None
    last_seen: str | None
    versions: Sequence[Version]


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadHistory:
    """A thread, how many posts of it are known, and those that were edited or vanished, in their order."""

    id: int
    url: str
    site: str
    title: str
    thread_id: str
    first_seen: str
    gone_at: str | None
    last_seen: str | None
    posts: int
    changed: Sequence[PostHistory]


_POST = (
    "SELECT posts.id, coalesce(posts.url, threads.url) AS url, sites.site, threads.title AS thread_title,"
    " threads.thread_id, posts.post_id, posts.position, authors.name AS author, posts.posted_at, posts.first_seen,"
    " posts.gone_at, posts.last_seen, articles.title, coalesce(articles.body, posts.text, ''), posts.removed,"
    " posts.edited_at FROM posts JOIN threads ON threads.id = posts.thread JOIN sites ON sites.id = posts.site"
    " JOIN authors ON authors.id = posts.author LEFT JOIN articles ON articles.id = posts.id"
)
_THREAD = (
    "SELECT threads.id, url, sites.site, threads.title, thread_id, threads.first_seen, gone_at, last_seen,"
    " (SELECT count(*) FROM posts WHERE thread = threads.id) FROM threads JOIN sites ON sites.id = threads.site"
)
_FIELDS = ("id", "url", "site", "thread_title", "thread_id", "post_id", "position", "author", "posted_at")
_THREAD_FIELDS = ("id", "url", "site", "title", "thread_id", "first_seen", "gone_at", "last_seen", "posts")


def post_history(db: sqlite3.Connection, post: int) -> PostHistory:
    """A post by our id, with all its versions."""
    return _first(posts(db, "posts.id = ?", (post,)))


def thread_history(db: sqlite3.Connection, thread: int) -> ThreadHistory:
    """A thread by our id, with its posts that changed."""
    found = _first(threads(db, "threads.id = ?", (thread,)))
    changed = "posts.thread = ? AND (posts.gone_at IS NOT NULL OR posts.id IN (SELECT post FROM post_versions))"
    return replace(found, changed=list(posts(db, f"{changed} ORDER BY position", (thread,))))


def _first(found: Iterator[_Found]) -> _Found:
    """The only row that is asked for: it is there, but another program may have deleted what it belongs to."""
    one = next(found, None)
    if one is None:
        raise ArchiveError("its site, thread or author is not in the archive: run `xemtiep doctor`")
    return one


def threads(db: sqlite3.Connection, condition: str, values: tuple[object, ...]) -> Iterator[ThreadHistory]:
    """The threads that a condition of ours holds for, without their posts."""
    for row in db.execute(f"{_THREAD} WHERE {condition}", values):
        yield ThreadHistory(**dict(zip(_THREAD_FIELDS, row, strict=True)), changed=())


def posts(db: sqlite3.Connection, condition: str, values: tuple[object, ...]) -> Iterator[PostHistory]:
    """The posts that a condition of ours holds for, with their versions."""
    for *fields, first_seen, gone_at, last_seen, title, text, removed, edited_at in db.execute(
        f"{_POST} WHERE {condition}", values
    ).fetchall():
        older = db.execute(
            "SELECT title, text, removed, edited_at, replaced_at FROM post_versions WHERE post = ? ORDER BY id",
            (fields[0],),
        ).fetchall()
        yield PostHistory(
            **dict(zip(_FIELDS, fields, strict=True)),
            first_seen=first_seen,
            gone_at=gone_at,
            last_seen=last_seen,
            versions=list(_versions([*older, (title, text, removed, edited_at, None)], first_seen)),
        )


def _versions(rows: list[tuple[str | None, str, str, str | None, str | None]], seen_at: str) -> Iterator[Version]:
    before: Version | None = None
    for number, (title, text, removed, edited_at, until) in enumerate(rows, 1):
        version = Version(
            number=number,
            title=title,
            text=text,
            removed=[(label, part) for label, part in json.loads(removed)],
            edited_at=edited_at,
            seen_at=seen_at,
            until=until,
            changes={},
        )
        before = replace(version, changes=_changes(before, version) if before else {})
        seen_at = until or seen_at
        yield before


def _changes(old: Version, new: Version) -> dict[str, list[Piece]]:
    pairs = {
        "title": (old.title or "", new.title or ""),
        "text": (old.text, new.text),
        "removed": (_lines(old.removed), _lines(new.removed)),
    }
    return {name: compare(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}


def _lines(removed: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{label}: {text}" for label, text in removed)


def gone(db: sqlite3.Connection) -> tuple[list[ThreadHistory], list[PostHistory]]:
    """The threads that are gone, and the posts that are gone from threads which are still there."""
    own = "posts.gone_at IS NOT NULL AND threads.gone_at IS NULL ORDER BY posts.gone_at, posts.id"
    return list(threads(db, "gone_at IS NOT NULL ORDER BY gone_at, threads.id", ())), list(posts(db, own, ()))
