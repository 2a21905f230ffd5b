"""Posts as they were stored, to be cleaned again, and what came of it put in their place: no edit, so no version."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from archive.database import explained, transaction
from archive.history import unindex
from archive.posts import Place, content_of, replace_article
from archive.records import Author, Post, Thread
from archive.store import Archive
from archive.text import folded, stored


class StoredPost(NamedTuple):
    """A stored post with all that cleaning asks for; its markup stands in `post.html`."""

    number: int
    site: int
    author: int
    software: str
    thread: Thread
    post: Post
    place: Place


_BATCH = 200  # posts that are read at once
_ROWS = (
    "SELECT posts.id, posts.site, posts.author, sites.site, sites.software, boards.title, threads.id,"
    " threads.thread_id, threads.url, threads.title, threads.prefixes, posts.post_id, posts.url, posts.position,"
    " posts.posted_at, posts.first_seen, authors.name, authors.title, post_html.html"
    " FROM post_html JOIN posts ON posts.id = post_html.post JOIN sites ON sites.id = posts.site"
    " JOIN threads ON threads.id = posts.thread JOIN authors ON authors.id = posts.author"
    " LEFT JOIN boards ON boards.id = threads.board"
    " WHERE posts.id > ? AND posts.kind <> 'deleted' ORDER BY posts.id LIMIT ?"
)


def stored_posts(archive: Archive) -> Iterator[StoredPost]:
    """Every post whose markup is stored, to be cleaned again."""
    last = 0
    while True:
        with explained(archive.path):
            posts = list(_posts(archive.db.execute(_ROWS, (last, _BATCH))))
        if not posts:
            return
        yield from posts
        last = posts[-1].number


def count(archive: Archive) -> int:
    """How many posts have their markup stored."""
    with explained(archive.path):
        return int(archive.db.execute("SELECT count(*) FROM post_html").fetchone()[0])


def put_back(archive: Archive, pairs: Iterable[tuple[StoredPost, Post]]) -> int:
    """Stores what cleaning says of posts now, in one transaction; returns for how many that is anything new."""
    with transaction(archive.db, archive.path):
        return sum(_put_back(archive.db, old, post) for old, post in pairs)


def _posts(rows: sqlite3.Cursor) -> Iterator[StoredPost]:
    for number, site, author, site_name, software, board, thread, thread_id, thread_url, *more in rows:
        title, prefixes, post_id, url, position, posted_at, first_seen, name, user_title, html = more
        moment = datetime.fromisoformat(posted_at).astimezone(UTC) if posted_at else None
        yield StoredPost(
            number=number,
            site=site,
            author=author,
            software=software,
            thread=Thread(id=thread_id, url=thread_url, title=title, prefixes=tuple(json.loads(prefixes))),
            post=Post(
                id=post_id,
                author=Author(name=name, title=user_title),
                url=url,
                position=position,
                posted_at=moment,
                html=html,
            ),
            place=Place(
                site=site,
                site_name=site_name,
                board=board,
                thread=thread,
                thread_url=thread_url,
                authors={},
                now=first_seen,
            ),
        )


def _put_back(db: sqlite3.Connection, old: StoredPost, post: Post) -> bool:
    content = content_of(post)
    name = post.source.name if post.source else None
    article = post.article
    row = (*content, name and stored(name), *((article.language, article.reason) if article else (None, None)))
    if row == _known(db, old.number):
        return False
    unindex(db, old.number)
    text = None if content.kind == "article" else content.text
    words = stored(post.source.words) if post.source else None
    db.execute(
        "UPDATE posts SET kind = ?, text = ?, removed = ?, source_url = ?, source_words = ?, folded = ? WHERE id = ?",
        (content.kind, text, content.removed, content.source_url, words, folded(text or ""), old.number),
    )
    db.execute(
        "INSERT INTO posts_fts (rowid, text, folded) SELECT id, text, folded FROM posts WHERE id = ?", (old.number,)
    )
    replace_article(db, old.place, old.number, post, content)
    return True


def _known(db: sqlite3.Connection, number: int) -> tuple[object, ...]:
    found: tuple[object, ...] = db.execute(
        "SELECT posts.kind, articles.title, coalesce(articles.body, posts.text), posts.removed, posts.source_url,"
        " articles.source_name, articles.language, articles.reason"
        " FROM posts LEFT JOIN articles ON articles.id = posts.id WHERE posts.id = ?",
        (number,),
    ).fetchone()
    return found
