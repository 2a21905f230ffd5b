"""Sites, boards, threads and authors: found by the forum's own ids, changed only where the page says otherwise."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from typing import Any

from archive.records import Author, Board, Thread
from archive.text import stored, to_json

AuthorKey = tuple[str, str]
Card = tuple[str | None, str, str, str]


def save_site(db: sqlite3.Connection, site: str, software: str, now: str) -> int:
    """The site's id."""
    row = db.execute("SELECT id FROM sites WHERE site = ?", (site,)).fetchone()
    if row:
        return int(row[0])
    cursor = db.execute("INSERT INTO sites (site, software, first_seen) VALUES (?, ?, ?)", (site, software, now))
    return cursor.lastrowid or 0


def save_board(db: sqlite3.Connection, site: int, board: Board, now: str, *, heading: bool = False) -> int:
    """The board's id. Only its own page (`heading`) renames it: lists and breadcrumbs shorten titles."""
    title = stored(board.title)
    row = db.execute("SELECT id, title, url FROM boards WHERE site = ? AND board_id = ?", (site, board.id)).fetchone()
    if row is None:
        cursor = db.execute(
            "INSERT INTO boards (site, board_id, url, title, first_seen) VALUES (?, ?, ?, ?, ?)",
            (site, board.id, board.url, title, now),
        )
        return cursor.lastrowid or 0
    number, old_title, old_url = row
    if heading and title and (title, board.url) != (old_title, old_url):
        db.execute("UPDATE boards SET title = ?, url = ? WHERE id = ?", (title, board.url, number))
        db.execute(
            "UPDATE articles SET board = ? WHERE id IN (SELECT posts.id FROM threads JOIN posts"
            " ON posts.thread = threads.id WHERE threads.board = ?)",
            (title, number),
        )
    return int(number)


def save_thread(db: sqlite3.Connection, site: int, board: int | None, thread: Thread, now: str) -> tuple[int, bool]:
    """The thread's id and whether it is new, its columns as its own page gives them.

    Articles follow a move to another board or URL.
    """
    values = (stored(thread.title), thread.url, to_json(thread.prefixes), int(thread.sticky), int(thread.locked))
    row = db.execute(
        "SELECT id, board, title, url, prefixes, sticky, locked FROM threads WHERE site = ? AND thread_id = ?",
        (site, thread.id),
    ).fetchone()
    if row is None:
        cursor = db.execute(
            "INSERT INTO threads (site, board, thread_id, first_seen, title, url, prefixes, sticky, locked)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (site, board, thread.id, now, *values),
        )
        return cursor.lastrowid or 0, True
    number, old_board, *old = row
    board = board or old_board
    if (board, *values) == (old_board, *old):
        return int(number), False
    db.execute(
        "UPDATE threads SET board = ?, title = ?, url = ?, prefixes = ?, sticky = ?, locked = ? WHERE id = ?",
        (board, *values, number),
    )
    if (board, thread.url) != (old_board, old[1]):
        db.execute(
            "UPDATE articles SET board = (SELECT title FROM boards WHERE id = ?), thread_url = ?"
            " WHERE id IN (SELECT id FROM posts WHERE thread = ?)",
            (board, thread.url, number),
        )
    return int(number), False


def author_key(author: Author) -> AuthorKey:
    """What tells an author from another on the same site: the forum's id, or a guest's name."""
    return ("id", author.id) if author.id else ("name", stored(author.name))


def _card(author: Author) -> Card:
    title = stored(author.title) if author.title else None
    return title, to_json(author.banners), to_json(author.counts), to_json(author.raw)


_NO_CARD: Card = (None, "[]", "{}", "{}")
_MEMBERS = """
SELECT id, author_id, name, title, banners, counts, counts_raw FROM authors
WHERE site = ? AND author_id IN (SELECT value FROM json_each(?))
"""
_GUESTS = """
SELECT id, author_id, name, title, banners, counts, counts_raw FROM authors
WHERE site = ? AND author_id IS NULL AND name IN (SELECT value FROM json_each(?))
"""


def save_authors(db: sqlite3.Connection, site: int, authors: Iterable[Author], now: str) -> dict[AuthorKey, int]:
    """The ids of a page's authors, by `author_key`. A view or stub that shows no card empties none that is known."""
    shown: dict[AuthorKey, tuple[str, Card]] = {}
    for author in authors:
        key = author_key(author)
        if key not in shown or shown[key][1] == _NO_CARD:
            shown[key] = (stored(author.name), _card(author))
    known: dict[AuthorKey, int] = {}
    for number, author_id, name, *card in _known(db, site, shown):
        key = ("id", author_id) if author_id else ("name", name)
        known[key] = number
        new_name, new_card = shown[key]
        if name != new_name and new_name:
            _rename(db, number, new_name)
        if tuple(card) != new_card and new_card != _NO_CARD:
            db.execute(
                "UPDATE authors SET title = ?, banners = ?, counts = ?, counts_raw = ? WHERE id = ?",
                (*new_card, number),
            )
    new = [key for key in shown if key not in known]
    if new:
        first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM authors").fetchone()[0]
        known.update((key, number) for number, key in enumerate(new, first))
        db.executemany(
            "INSERT INTO authors (id, site, author_id, name, title, banners, counts, counts_raw, first_seen)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(known[key], site, key[1] if key[0] == "id" else None, shown[key][0], *shown[key][1], now) for key in new],
        )
    return known


def _known(db: sqlite3.Connection, site: int, keys: Collection[AuthorKey]) -> list[tuple[Any, ...]]:
    ids = [key for by, key in keys if by == "id"]
    names = [key for by, key in keys if by == "name"]
    members = db.execute(_MEMBERS, (site, json.dumps(ids))).fetchall() if ids else []
    return members + (db.execute(_GUESTS, (site, json.dumps(names))).fetchall() if names else [])


def _rename(db: sqlite3.Connection, author: int, name: str) -> None:
    db.execute("UPDATE authors SET name = ? WHERE id = ?", (name, author))
    db.execute("UPDATE articles SET author = ? WHERE id IN (SELECT id FROM posts WHERE author = ?)", (name, author))
