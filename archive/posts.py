"""A thread page's posts: which are new, which changed, and the rows that hold them."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from archive import stories
from archive.places import AuthorKey, author_key
from archive.records import Page, Post
from archive.text import folded, storable, stored, to_json, utc


class Content(NamedTuple):
    """What a post says, as stored: compared to find out whether it was edited."""

    kind: str
    title: str | None
    text: str
    removed: str
    source_url: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A post that is in the archive already."""

    number: int
    thread: int
    position: int
    content: Content
    edited_at: str | None
    gone_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a page's posts belong, as their rows repeat it."""

    site: int
    site_name: str
    board: str | None
    thread: int
    thread_url: str
    authors: dict[AuthorKey, int]
    now: str
    seen: str | None = None  # when the page was last read before


def content_of(post: Post) -> Content:
    """A post as it will be stored."""
    kind = "deleted" if post.deleted else "article" if post.article else "post"
    return Content(
        kind=kind,
        title=stored(post.article.title) if kind == "article" and post.article else None,
        text=stored(post.text),
        removed=to_json(post.removed),
        source_url=stored(post.source.url) if post.source and post.source.url else None,
    )


def known_posts(db: sqlite3.Connection, site: int, page: Page) -> dict[str, Known]:
    """The page's posts that the archive has, by the forum's id."""
    found = db.execute(
        "SELECT posts.post_id, posts.id, posts.thread, posts.position, posts.edited_at, posts.gone_at,"
        " posts.kind, articles.title, coalesce(articles.body, posts.text), posts.removed, posts.source_url"
        " FROM posts LEFT JOIN articles ON articles.id = posts.id"
        " WHERE posts.site = ? AND posts.post_id IN (SELECT value FROM json_each(?))",
        (site, json.dumps([post.id for post in page.posts])),
    )
    return {
        key: Known(
            number=number, thread=thread, position=position, content=Content(*content), edited_at=edited, gone_at=gone
        )
        for key, number, thread, position, edited, gone, *content in found
    }


def positions(db: sqlite3.Connection, thread: int, posts: Iterable[Post]) -> Iterator[int]:
    """A position in the thread for each new post: the printed number if it is free, else one after the last."""
    posts = list(posts)
    last = db.execute("SELECT coalesce(max(position), 0) FROM posts WHERE thread = ?", (thread,)).fetchone()[0]
    printed = [post.position for post in posts if post.position and post.position <= last]
    taken = set()
    if printed:  # the pages of a thread come one after the other: most have none that could be taken
        found = "SELECT position FROM posts WHERE thread = ? AND position IN (SELECT value FROM json_each(?))"
        taken = {row[0] for row in db.execute(found, (thread, json.dumps(printed)))}
    for post in posts:
        free = post.position is not None and post.position > 0 and post.position not in taken
        position = post.position if free and post.position else last + 1
        taken.add(position)
        last = max(last, position)
        yield position


_POST = "INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)"


def insert(db: sqlite3.Connection, place: Place, posts: list[Post]) -> int:
    """Stores new posts with everything that hangs on them; returns how many are articles."""
    first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM posts").fetchone()[0]
    rows, pairs = [], []
    for number, (post, position) in enumerate(zip(posts, positions(db, place.thread, posts), strict=True), first):
        content = content_of(post)
        text = None if content.kind == "article" else content.text
        rows.append(
            (
                number,
                place.site,
                place.thread,
                place.authors[author_key(post.author)],
                post.id,
                post.url,
                position,
                utc(post.posted_at),
                stored(post.posted_raw),
                utc(post.edited_at),
                content.kind,
                text,
                content.removed,
                content.source_url,
                stored(post.source.words) if post.source else None,
                place.now,
                folded(text or ""),
            )
        )
        pairs.append((number, post, content))
    db.executemany(_POST, rows)
    db.executemany("INSERT INTO posts_fts (rowid, text, folded) VALUES (?, ?, ?)", [(r[0], r[11], r[16]) for r in rows])
    insert_parts(db, pairs)
    articles = [pair for pair in pairs if pair[2].kind == "article"]
    insert_articles(db, place, articles)
    for number, _, content in articles:
        stories.join(db, number, content.title or "", content.text)
    return len(articles)


def insert_parts(db: sqlite3.Connection, pairs: list[tuple[int, Post, Content]]) -> None:
    """Stores the markup and the images of posts that have none stored."""
    db.executemany(
        "INSERT INTO post_html VALUES (?, ?)", [(n, storable(post.html)) for n, post, _ in pairs if post.html]
    )
    images = [(n, i, stored(url)) for n, post, _ in pairs for i, url in enumerate(post.images, 1)]
    if images:
        db.executemany("INSERT INTO images VALUES (?, ?, ?)", images)


_ARTICLE = "INSERT INTO articles VALUES (?1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?1, ?, ?)"


def insert_articles(db: sqlite3.Connection, place: Place, pairs: list[tuple[int, Post, Content]]) -> None:
    """Stores articles, each with its own number as its story, and their index rows."""
    rows = [_article(place, *pair) for pair in pairs]
    db.executemany(_ARTICLE, rows)
    db.executemany(
        "INSERT INTO articles_fts (rowid, title, body, folded) VALUES (?, ?, ?, ?)",
        [(*row[:3], row[-1]) for row in rows],
    )


def replace_article(db: sqlite3.Connection, place: Place, number: int, post: Post, content: Content) -> None:
    """Puts what a known post says now in the place of what it said as an article, if it was or is one."""
    old = db.execute("SELECT title, body, first_seen, story FROM articles WHERE id = ?", (number,)).fetchone()
    says = (content.title, content.text) if content.kind == "article" else None
    changed = old is None or old[:2] != says
    if changed:
        stories.leave(db, number)
    db.execute("DELETE FROM articles WHERE id = ?", (number,))
    if says is None:
        return
    insert_articles(db, place, [(number, post, content)])
    if old:
        db.execute("UPDATE articles SET first_seen = ?, story = ? WHERE id = ?", (*old[2:], number))
    if changed:
        stories.join(db, number, content.title or "", content.text)
    else:
        stories.describe(db, old[3])


def _article(place: Place, number: int, post: Post, content: Content) -> tuple[object, ...]:
    assert post.article is not None
    title, host = content.title or "", None
    if content.source_url:
        host = urlsplit(content.source_url).hostname
    name = stored(post.source.name) if post.source and post.source.name else None
    return (
        number,
        title,
        content.text,
        content.source_url,
        host,
        name,
        stored(post.author.name),
        place.site_name,
        place.board,
        place.thread_url,
        post.url or place.thread_url,
        utc(post.posted_at),
        place.now,
        post.article.language,
        len(content.text.split()),
        stored(post.article.reason),
        folded(f"{title} {content.text}"),
    )
