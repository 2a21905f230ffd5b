"""Full-text search that knows Vietnamese: a word typed without diacritics finds all, one with them only itself.

The index folds diacritics away, so it gives candidates, best first; each is then held against the query as typed.
"""

import heapq
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from archive.database import explained
from archive.query import Query, parse

if TYPE_CHECKING:
    from archive.store import Archive

_BEFORE, _AFTER = 60, 140  # characters of a snippet on either side of its first match


Marks = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """An article or post that matches; `snippet` is the place that does, with the words found between marks."""

    kind: str
    id: int
    title: str
    url: str
    site: str
    board: str | None
    author: str
    posted_at: str | None
    source_host: str | None
    snippet: str


# A title weighs four times a body; `folded` repeats words of both and must not count them a second time much.
_RANKED = {
    "article": "SELECT bm25(articles_fts, 4.0, 1.0, 0.5), rowid, 'article' FROM articles_fts"
    " WHERE articles_fts MATCH ? ORDER BY 1, 2",
    "post": "SELECT bm25(posts_fts, 1.0, 0.5), rowid, 'post' FROM posts_fts WHERE posts_fts MATCH ? ORDER BY 1, 2",
}
_ROW = {
    "article": "SELECT title, url, site, board, author, posted_at, source_host, title, body FROM articles WHERE id = ?",
    "post": "SELECT threads.title, coalesce(posts.url, threads.url), sites.site, boards.title, authors.name, posted_at,"
    " NULL, '', posts.text FROM posts JOIN threads ON threads.id = posts.thread JOIN sites ON sites.id = posts.site"
    " JOIN authors ON authors.id = posts.author LEFT JOIN boards ON boards.id = threads.board WHERE posts.id = ?",
}


def search(  # noqa: PLR0913 - a search has that many choices, all but two with a default
    archive: "Archive",
    query: str,
    *,
    limit: int = 20,
    kind: str | None = None,
    site: str | None = None,
    marks: Marks = ("[", "]"),
) -> Iterator[Hit]:
    """The best `limit` hits, best first; of one `kind` (article, post) and one `site` if given.

    All words must occur; "a phrase", a prefix*, OR and NOT (or -word) work; marks surround what was found.

    Raises:
        QueryError: the query cannot be understood, or has no word to look for.
        ArchiveError: the archive cannot be read.
    """
    hits = _hits(archive, parse(query), kind, marks)
    return islice((hit for hit in hits if site in {None, hit.site}), limit)


def _hits(archive: "Archive", query: Query, kind: str | None, marks: Marks) -> Iterator[Hit]:
    with explained(archive.path):
        ranked = [archive.db.execute(_RANKED[name], (query.candidates,)) for name in _RANKED if kind in {None, name}]
        for _, number, name in heapq.merge(*ranked):
            hit = _hit(archive.db, query, name, number, marks)
            if hit:
                yield hit


def _hit(db: sqlite3.Connection, query: Query, kind: str, number: int, marks: Marks) -> Hit | None:
    title, url, site, board, author, posted_at, source_host, heading, body = db.execute(
        _ROW[kind], (number,)
    ).fetchone()
    if not query.matches(f"{heading}\n{body}"):
        return None
    return Hit(
        kind=kind,
        id=number,
        title=title,
        url=url,
        site=site,
        board=board,
        author=author,
        posted_at=posted_at,
        source_host=source_host,
        snippet=snippet(body or "", query, marks),
    )


def snippet(text: str, query: Query, marks: Marks) -> str:
    """The text around its first match, on one line, cut at words, with every match in it marked."""
    first = query.wanted.search(text)
    start = max(0, first.start() - _BEFORE) if first else 0
    end = min(len(text), (first.end() if first else 0) + _AFTER)
    if start:
        start = text.find(" ", start, first.start() if first else None) + 1 or start
    if end < len(text):
        end = text.rfind(" ", start, end) if text.rfind(" ", start, end) > (first.end() if first else 0) else end
    cut = query.wanted.sub(lambda match: f"{marks[0]}{match.group()}{marks[1]}", text[start:end])
    return ("… " if start else "") + " ".join(cut.split()) + (" …" if end < len(text) else "")
