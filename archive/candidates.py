"""The articles and posts that may fit a query, out of the full-text index, the newest first."""

import heapq
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from archive.filters import ARTICLES, POSTS, Filters, where
from archive.query import Query


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


# CROSS JOIN: the index gives the newest first and stops when enough is read; it is never asked post by post.
_ARTICLES = (
    "SELECT articles.id, 'article', articles.title, url, site, board, author, posted_at, source_host, language, story,"
    " articles.title, articles.body FROM articles_fts CROSS JOIN articles ON articles.id = articles_fts.rowid"
    " WHERE articles_fts MATCH ? AND {} ORDER BY articles_fts.rowid DESC"
)
_POSTS = (
    "SELECT posts.id, 'post', threads.title, coalesce(posts.url, threads.url), sites.site, boards.title, authors.name,"
    " posted_at, NULL, NULL, NULL, '', posts.text FROM posts_fts CROSS JOIN posts ON posts.id = posts_fts.rowid"
    " JOIN threads ON threads.id = posts.thread JOIN sites ON sites.id = posts.site"
    " JOIN authors ON authors.id = posts.author LEFT JOIN boards ON boards.id = threads.board"
    " WHERE posts_fts MATCH ? AND {} ORDER BY posts_fts.rowid DESC"
)


def candidates(db: sqlite3.Connection, query: Query, kind: str | None, filters: Filters) -> Iterator[Row]:
    """Every article and post (or one `kind`) that the filters let through and that may fit, the newest first."""
    found = []
    if kind in {None, "article"}:
        condition, values = where(filters, ARTICLES)
        found.append(db.execute(_ARTICLES.format(condition), (query.candidates, *values)))
    if kind in {None, "post"} and not (filters.hosts or filters.languages or filters.stories):
        condition, values = where(filters, POSTS)
        found.append(db.execute(_POSTS.format(condition), (query.candidates, *values)))
    return map(Row._make, heapq.merge(*found, key=lambda row: -row[0]))
