"""The articles and posts that may fit a query, out of the full-text index, the newest first."""

import heapq
import json
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from archive.filters import ARTICLES, POSTS, Filters, where
from archive.search.query import Query
from archive.text import stored


class Row(NamedTuple):
    """An article or post that may fit; `heading` is an article's title, which is searched as well as the body."""

    id: int
    kind: str
    title: str
    url: str
    site: str
    board: str | None
    author: str
    posted_at: str | None
    source_host: str | None
    language: str | None
    story: int | None
    heading: str
    body: str


_ARTICLES = (
    "SELECT articles.id, 'article', articles.title, url, site, board, author, posted_at, source_host, language, story,"
    " articles.title, articles.body FROM {found} CROSS JOIN articles ON articles.id = {id}"
    " WHERE {test} ORDER BY {id} DESC"
)
_POSTS = (
    "SELECT posts.id, 'post', threads.title, coalesce(posts.url, threads.url), sites.site, boards.title, authors.name,"
    " posted_at, NULL, NULL, NULL, '', posts.text FROM {found} CROSS JOIN posts ON posts.id = {id}"
    " JOIN threads ON threads.id = posts.thread JOIN sites ON sites.id = posts.site"
    " JOIN authors ON authors.id = posts.author LEFT JOIN boards ON boards.id = threads.board"
    " WHERE posts.text IS NOT NULL AND {test} ORDER BY {id} DESC"
)


def newest_first(db: sqlite3.Connection, query: Query, kind: str | None, filters: Filters) -> Iterator[Row]:
    """Every article and post (or one `kind`) that the filters let through and that may fit, the newest first."""
    found = []
    few = _few(db, filters)
    if kind in {None, "article"}:
        found.append(_asked(db, _ARTICLES, "articles_fts", query, where(filters, ARTICLES), few))
    if kind in {None, "post"} and not (filters.hosts or filters.languages or filters.stories):
        found.append(_asked(db, _POSTS, "posts_fts", query, where(filters, POSTS), few))
    return map(Row._make, heapq.merge(*found, key=lambda row: -row[0]))


def _asked(  # noqa: PLR0913, PLR0917 # where from, and what for
    db: sqlite3.Connection, sql: str, index: str, query: Query, condition: tuple[str, list[object]], few: str | None
) -> sqlite3.Cursor:
    """The rows, the newest first: of the few posts that the filters leave, or else out of the index.

    The index (by CROSS JOIN the first to be asked) stops when enough is read.
    """
    test, values = condition
    if few is not None:
        return db.execute(sql.format(found="json_each(?) AS few", id="few.value", test=test), (few, *values))
    test = f"{index} MATCH ? AND {test}"
    return db.execute(sql.format(found=index, id=f"{index}.rowid", test=test), (query.candidates, *values))


_FEW = 2_000  # posts that are read whole, without the index: 50 ms
_BY_AUTHOR = (
    "SELECT posts.id FROM authors CROSS JOIN posts ON posts.author = authors.id"
    " WHERE authors.name IN (SELECT value FROM json_each(?)) LIMIT ?"
)
_OF_STORY = "SELECT id FROM articles WHERE story IN (SELECT value FROM json_each(?)) LIMIT ?"


def _few(db: sqlite3.Connection, filters: Filters) -> str | None:
    """The posts by the authors, or of the stories, that are filtered for, as JSON; None if they are many, or all."""
    for sql, wanted in ((_OF_STORY, filters.stories), (_BY_AUTHOR, list(map(stored, filters.authors)))):
        found = db.execute(sql, (json.dumps(list(wanted)), _FEW + 1)).fetchall() if wanted else ()
        if wanted and len(found) <= _FEW:
            return json.dumps([number for (number,) in found])
    return None
