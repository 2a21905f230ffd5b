"""Posts that were edited, moved or deleted since they were last seen: nothing they said is lost."""

import json
import sqlite3

from archive.posts import Content, Known, Place, content_of, insert_articles, insert_parts, positions
from archive.records import Label, Post
from archive.text import folded, stored, utc

# What changes around a post without anybody editing it: its stored copy follows, but that makes no new version.
_PASSING = frozenset({Label.REACTION, Label.BUTTON, Label.SIMILAR, Label.SIGNATURE, Label.CARD})


def revise(db: sqlite3.Connection, place: Place, post: Post, known: Known) -> str:
    """Brings a known post up to date and says what it was: `unchanged`, `changed` or `vanished`.

    A post of which only the stub is left keeps its words; `gone_at` says since when.
    """
    if post.deleted and known.content.kind != "deleted":
        if known.gone_at is not None:
            return "unchanged"
        db.execute("UPDATE posts SET gone_at = ? WHERE id = ?", (place.now, known.number))
        return "vanished"
    moved = _move(db, place, post, known)
    content, edited_at = content_of(post), utc(post.edited_at)
    if content == known.content and edited_at == known.edited_at and known.gone_at is None:
        return "changed" if moved else "unchanged"
    edited = _essence(content) != _essence(known.content)
    if edited:
        _keep_version(db, known, place.now)
    _replace(db, place, post, content, known)
    return "changed" if edited or moved or known.gone_at else "unchanged"


def _essence(content: Content) -> tuple[object, ...]:
    removed = [part for part in json.loads(content.removed) if part[0] not in _PASSING]
    return content.kind, content.title, content.text, removed, content.source_url


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
    story = db.execute("SELECT first_seen, story FROM articles WHERE id = ?", (number,)).fetchone()
    unindex(db, number)
    for table, column in (("articles", "id"), ("post_html", "post"), ("images", "post")):
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608 - the names stand above
    text = None if content.kind == "article" else content.text
    words = stored(post.source.words) if post.source else None
    db.execute(
        "UPDATE posts SET kind = ?, text = ?, removed = ?, source_url = ?, source_words = ?, edited_at = ?,"
        " gone_at = NULL, folded = ? WHERE id = ?",
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
    if content.kind == "article":
        insert_articles(db, place, [(number, post, content)])
    if story:
        db.execute("UPDATE articles SET first_seen = ?, story = ? WHERE id = ?", (*story, number))
