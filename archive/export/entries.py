"""What an export holds: each article as one line of JSON that SQLite itself writes, in the order they came.

Columns and their meaning: docs/export-schema.md. SQLite escapes and joins the values in C, at nearly the speed of a
bare scan; formats that need the values apart read the line.
"""

import json
import sqlite3
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.database import explained
from archive.export import anonymous
from archive.filters import Filters, where
from archive.store import Archive, ArticleRow

SCHEMA = 1  # version of the columns; a column that goes or changes its meaning makes a new one
COLUMNS = ("schema", *ArticleRow._fields)
REPLY = ("id", "position", "author", "posted_at", "url", "text", "quotes")
Entry = dict[str, Any]
Line = tuple[int, bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Which articles an export gives, and what of them.

    Of each story only the first to appear among them (`one_per_story`); the posts that answer them (`with_replies`);
    pseudonyms for names (`anonymous`); only what is new or changed since the last export for the target `since_last`.
    """

    filters: Filters = field(default_factory=Filters)
    one_per_story: bool = False
    with_replies: bool = False
    anonymous: bool = False
    since_last: str | None = None


# An article's replies: the posts after it in its thread, up to the thread's next article.
_REPLIES = """json((SELECT json_group_array({reply}) FROM (
    SELECT replies.*, authors.author_id, authors.name FROM posts AS replies
    JOIN authors ON authors.id = replies.author
    WHERE replies.thread = posts.thread AND replies.kind = 'post' AND replies.position > posts.position
    AND replies.position < coalesce((SELECT min(position) FROM posts AS others WHERE others.thread = posts.thread
        AND others.position > posts.position AND others.kind = 'article'), 1 << 62)
    ORDER BY replies.position) AS replies))"""
_QUOTES = (
    "(SELECT coalesce(group_concat({quote}, char(10, 10)), '') FROM json_each(replies.removed) AS removed"
    " WHERE json_extract(removed.value, '$[0]') = 'quote')"
)
_REPLY = {
    "id": "replies.id",
    "position": "replies.position",
    "author": "replies.name",
    "posted_at": "replies.posted_at",
    "url": "coalesce(replies.url, articles.thread_url)",
    "text": "replies.text",
    "quotes": _QUOTES.format(quote="json_extract(removed.value, '$[1]')"),
}
_ANONYMOUS = {
    "title": "anonymous_text(articles.site, articles.title)",
    "body": "anonymous_text(articles.site, articles.body)",
    "author": "anonymous_member(articles.site, authors.author_id, authors.name)",
    "source_url": "anonymous_url(articles.site, articles.source_url, articles.title, authors.name)",
    "source_name": "anonymous_text(articles.site, articles.source_name)",
    "thread_url": "anonymous_url(articles.site, articles.thread_url, articles.title, authors.name)",
    "url": "anonymous_url(articles.site, articles.url, articles.title, authors.name)",
}
_ANONYMOUS_REPLY = {
    "author": "anonymous_member(articles.site, replies.author_id, replies.name)",
    "url": f"anonymous_url(articles.site, {_REPLY['url']}, articles.title, replies.name)",
    "text": "anonymous_text(articles.site, replies.text)",
    "quotes": _QUOTES.format(quote="anonymous_quote(articles.site, json_extract(removed.value, '$[1]'))"),
}


def columns(choice: Choice) -> tuple[str, ...]:
    """The names of the columns, in order."""
    return (*COLUMNS, "replies") if choice.with_replies else COLUMNS


def entry(line: bytes) -> Entry:
    """The values of a line."""
    found: Entry = json.loads(line)
    return found


def count(archive: Archive, choice: Choice) -> int:
    """How many articles are chosen, before `since_last` leaves out those that are known."""
    condition, values = _condition(choice)
    with explained(archive.path):
        sql = f"SELECT count(*) FROM articles WHERE {condition}"
        return int(archive.db.execute(sql, values).fetchone()[0])


def lines(archive: Archive, choice: Choice) -> Generator[Line, None, None]:
    """Each chosen article: its id, and its columns as a line of JSON."""
    condition, values = _condition(choice)
    joined = choice.anonymous or choice.with_replies
    tables = _JOINED if joined else "articles"
    sql = f"SELECT articles.id, {_line(choice)} FROM {tables} WHERE "
    with explained(archive.path):
        if choice.anonymous:
            anonymous.prepare(archive.db)
        leaders = _leaders(archive.db, condition, values)
        for number in leaders:
            yield from archive.db.execute(f"{sql} articles.id = ?", (number,))
        rest = archive.db.execute(f"{sql} {condition} ORDER BY articles.id", values)
        yield from (row for row in rest if row[0] not in leaders) if leaders else rest


_JOINED = "articles CROSS JOIN posts ON posts.id = articles.id JOIN authors ON authors.id = posts.author"
_FIRST = """(articles.story IS NULL OR articles.id IN (SELECT id FROM (
    SELECT id, row_number() OVER (PARTITION BY story ORDER BY coalesce(posted_at, first_seen), site, url, id) AS place
    FROM articles WHERE {condition}) WHERE place = 1))"""


def _condition(choice: Choice) -> tuple[str, list[object]]:
    condition, values = where(choice.filters)
    if not choice.one_per_story:
        return condition, values
    return f"{condition} AND {_FIRST.format(condition=condition)}", values * 2


def _line(choice: Choice) -> str:
    values = {name: f"articles.{name}" for name in ArticleRow._fields}
    reply = dict(_REPLY)
    if choice.anonymous:
        values |= _ANONYMOUS
        reply |= _ANONYMOUS_REPLY
    values = {"schema": str(SCHEMA), **values}
    if choice.with_replies:
        values["replies"] = _REPLIES.format(reply=_object(reply))
    return f"CAST({_object(values)} || char(10) AS BLOB)"


def _object(values: Mapping[str, str]) -> str:
    return "json_object(" + ", ".join(f"'{name}', {sql}" for name, sql in values.items()) + ")"


_GUESSED = 100  # rows from which polars takes a column's type; DuckDB and datasets look at more
_OPTIONAL = ("source_url", "source_host", "source_name", "board", "posted_at", "language", "story")


def _leaders(db: sqlite3.Connection, condition: str, values: list[object]) -> list[int]:
    """Articles to give first, so that every column that has a value at all has one among the first rows.

    Readers of JSON Lines take a column's type from its first rows, and break off at a text after nothing but nulls.
    """
    known = ", ".join(f"count({name})" for name in _OPTIONAL)
    first = f"SELECT * FROM articles WHERE {condition} ORDER BY id LIMIT {_GUESSED}"
    counts = db.execute(f"SELECT {known} FROM ({first})", values).fetchone()
    missing = [name for name, count in zip(_OPTIONAL, counts, strict=True) if not count]
    found = []
    while missing:  # all of them at once: a column that is null throughout costs a scan of the whole table
        any_ = " OR ".join(f"{name} IS NOT NULL" for name in missing)
        sql = f"SELECT id, {', '.join(missing)} FROM articles WHERE {condition} AND ({any_}) LIMIT 1"
        row = db.execute(sql, values).fetchone()
        if row is None:
            break
        found.append(row[0])
        missing = [name for name, value in zip(missing, row[1:], strict=True) if value is None]
    return sorted(found)
