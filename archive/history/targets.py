"""Which post or thread a person means by an id or a URL."""

import sqlite3
from typing import NamedTuple
from urllib.parse import urldefrag

from archive.errors import ArchiveError
from archive.text import stored


class Target(NamedTuple):
    """A post or thread by our id."""

    kind: str
    id: int


_POST = "SELECT 'post', posts.id, coalesce(posts.url, threads.url) FROM posts JOIN threads ON threads.id = posts.thread"
_THREAD = "SELECT 'thread', id, url FROM threads"


def find(db: sqlite3.Connection, name: str, *, thread: bool = False) -> Target:
    """The post or thread of a URL (of a post, or of any page of a thread), or of a number.

    A number is the id that search and `articles` show; if there is none, the forum's own id of a post, then of a
    thread. With `thread` it is the forum's id of a thread.

    Raises:
        ArchiveError: there is no such thing, or it may be several.
    """
    name = stored(name)
    steps = _of_url(name) if "/" in name else _of_id(name, thread=thread)
    for sql, values in steps:
        found = db.execute(sql, values).fetchall()
        if len(found) == 1:
            return Target(*found[0][:2])
        if found:
            urls = ", ".join(sorted(url for *_, url in found)[:5])
            raise ArchiveError(f"{name!r} is the id of {len(found)} {found[0][0]}s; name one by its URL: {urls}")
    raise ArchiveError(
        f"the archive has no post or thread {name!r}: give the id that `xemtiep search --json` prints, or a URL"
    )


def find_post(db: sqlite3.Connection, name: str) -> int:
    """The post of a URL or a number, as `find` has it; a thread stands for its first article, or its first post.

    Raises:
        ArchiveError: there is no such thing, or it may be several.
    """
    kind, number = find(db, name)
    if kind == "post":
        return number
    first = "SELECT id FROM posts WHERE thread = ? ORDER BY kind <> 'article', position LIMIT 1"
    row = db.execute(first, (number,)).fetchone()
    if row is None:
        raise ArchiveError(f"the thread {name!r} has no posts yet: crawl it first")
    return int(row[0])


Step = tuple[str, tuple[object, ...]]


def _of_id(name: str, *, thread: bool) -> list[Step]:
    own: list[Step] = [(f"{_POST} WHERE posts.id = ?", (int(name),))] if name.isdecimal() and len(name) < 19 else []  # noqa: PLR2004 # the digits of the largest number that SQLite can hold
    threads: list[Step] = [(f"{_THREAD} WHERE thread_id = ?", (name,))]
    return threads if thread else [*own, (f"{_POST} WHERE posts.post_id = ?", (name,)), *threads]


def _of_url(url: str) -> list[Step]:
    """A URL as it is, then without its fragment; a slash at its end makes no difference."""
    steps: list[Step] = []
    for name in dict.fromkeys((url, urldefrag(url).url)):
        both = (name.rstrip("/"), name.rstrip("/") + "/")
        fetched = f"{_THREAD} WHERE id IN (SELECT thread FROM frontier WHERE url IN (?, ?))"
        steps += [
            (f"{_POST} WHERE posts.url IN (?, ?) ORDER BY posts.id LIMIT 1", both),
            (f"{_THREAD} WHERE url IN (?, ?) ORDER BY id LIMIT 1", both),
            (fetched, both),
        ]
    return steps
