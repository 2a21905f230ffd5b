"""Full-text search that knows Vietnamese: a word typed without diacritics finds all, one with them only itself.

The index folds diacritics away, so it gives candidates, the newest first; each is held against the query as typed. A
frequent word is in half of a large archive, so not all of that is ranked: see `search`.

At a million articles a page of hits takes 10 to 50 ms of processor time. More is needed where most of the index has to
be read: for a short prefix, for a rare phrase of frequent syllables, for a form whose plain letters are frequent and
that is itself rare, and under a filter (other than an author or story of few posts) that hardly anything recent passes.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from archive.database import explained
from archive.filters import Filters
from archive.search.candidates import Row, newest_first
from archive.search.query import Query, parse
from archive.search.ranking import Counted, ranked

if TYPE_CHECKING:
    from archive.asking import Asking

_BEFORE, _AFTER = 60, 140  # characters of a snippet on either side of its first match
AMONG = 200  # candidates that are ranked together: 20 ms of reading and comparing
_COUNTED = 5_000  # candidates that are looked at for facets
_VALUES = 20  # of a facet that are shown


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
    language: str | None
    story: int | None
    snippet: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """How the hits spread: `counts` has for each field its most frequent values.

    `hits` were counted; unless `complete`, these are only those among the newest 5,000 candidates.
    """

    hits: int
    complete: bool
    counts: dict[str, dict[str, int]]


def search(  # noqa: PLR0913 # a search has that many choices, all but two with a default
    archive: "Asking",
    query: str,
    *,
    limit: int = 20,
    kind: str | None = None,
    filters: Filters | None = None,
    marks: Marks = ("[", "]"),
    among: int = AMONG,
) -> Iterator[Hit]:
    """The best `limit` hits, best first; of one `kind` (article, post) if given; marks surround what was found.

    All words must occur; "a phrase", a prefix*, OR, NOT (or -word) and (parentheses) work. Words rank higher in
    titles, where they are rare, and where they stand together. The newest `among` texts that hold the words, their
    diacritics aside, are ranked together, and as many more as it takes to fill the page; older ones come after them.

    Raises:
        QueryError: the query cannot be understood, or has no word to look for.
        ArchiveError: the archive cannot be read.
    """
    return islice(_hits(archive, parse(query), kind, filters or Filters(), min(limit, among), among, marks), limit)


def _hits(  # noqa: PLR0913, PLR0917 # what `search` was asked
    archive: "Asking", query: Query, kind: str | None, filters: Filters, least: int, among: int, marks: Marks
) -> Iterator[Hit]:
    with explained(archive.path):
        rows = newest_first(archive.db, query, kind, filters)
        fitting: list[Counted] = []
        while some := list(map(Counted, islice(rows, among))):
            fitting += [counted for counted in some if counted.fits(query)]
            if len(fitting) >= least:
                yield from (_hit(query, row, marks) for row in ranked(archive.db, query, fitting))
                fitting = []
        yield from (_hit(query, row, marks) for row in ranked(archive.db, query, fitting))


def _hit(query: Query, row: Row, marks: Marks) -> Hit:
    values = {name: getattr(row, name) for name in Hit.__dataclass_fields__ if name != "snippet"}
    return Hit(**values, snippet=snippet(row.body, query, marks))


def facets(archive: "Asking", query: str, *, kind: str | None = None, filters: Filters | None = None) -> Facets:
    """Counts the hits by kind, site, board, author, host of the source, year, language and story.

    Raises:
        QueryError, ArchiveError: as `search`.
    """
    asked = parse(query)
    counts: dict[str, Counter[str]] = {name: Counter() for name in _FACETS}
    hits = seen = 0
    with explained(archive.path):
        for seen, row in enumerate(newest_first(archive.db, asked, kind, filters or Filters()), 1):
            if seen > _COUNTED:
                break
            if Counted(row).fits(asked):
                hits += 1
                for name, value in zip(_FACETS, _values(row), strict=True):
                    counts[name].update([str(value)] if value is not None else ())
    most = {name: dict(counter.most_common(_VALUES)) for name, counter in counts.items() if counter}
    return Facets(hits=hits, complete=seen <= _COUNTED, counts=most)


_FACETS = ("kind", "site", "board", "author", "host", "year", "language", "story")


def _values(row: Row) -> tuple[object, ...]:
    year = row.posted_at[:4] if row.posted_at else None
    return row.kind, row.site, row.board, row.author, row.source_host, year, row.language, row.story


def snippet(text: str, query: Query, marks: Marks) -> str:
    """The text around its first match, on one line, cut at words, with every match in it marked."""
    patterns = [*(term.test for term in query.together), query.wanted]  # where words stand together, if they do
    first = next(filter(None, (pattern.search(text) for pattern in patterns)), None)
    start = max(0, first.start() - _BEFORE) if first else 0
    end = min(len(text), (first.end() if first else 0) + _AFTER)
    if start:
        start = text.find(" ", start, first.start() if first else None) + 1 or start
    if end < len(text):
        end = text.rfind(" ", start, end) if text.rfind(" ", start, end) > (first.end() if first else 0) else end
    cut = query.wanted.sub(lambda match: f"{marks[0]}{match.group()}{marks[1]}", text[start:end])
    return ("… " if start else "") + " ".join(cut.split()) + (" …" if end < len(text) else "")
