"""Which of some texts fit a query best: BM25 over the words as typed, their diacritics respected.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), with its usual k1 and b. The
index's own bm25() counts đang for đảng, and reads a frequent word's whole list before the first hit.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from math import log
from statistics import fmean

from archive.search.candidates import Row
from archive.search.query import Query
from archive.search.terms import Term

_K1, _B = 1.2, 0.75
_TITLE = 4  # a word in a title counts as much as four in a body
_SAMPLE = 5_000  # of the newest posts, to see how rare a word is


class Counted(dict[Term, int]):
    """A row, and how often it has each term that it is asked for; each is looked for once."""

    def __init__(self, row: Row) -> None:
        super().__init__()
        self.row = row

    def __missing__(self, term: Term) -> int:
        """Look for a term."""
        times = len(term.test.findall(self.row.body))
        if self.row.heading:
            times += _TITLE * len(term.test.findall(self.row.heading))
        self[term] = times
        return times

    def fits(self, query: Query) -> bool:
        """Whether the row is what the query asks for, as it was typed."""
        return query.root.matches(self.__getitem__)


def ranked(db: sqlite3.Connection, query: Query, rows: Sequence[Counted]) -> list[Row]:
    """The rows, best first; a reply's length is held against other replies'. Of equals articles and the newest."""
    if len(rows) <= 1:
        return [counted.row for counted in rows]
    rarity = {tuple(term.words): _rarity(db, term) for term in query.terms} if len(query.terms) > 1 else {}
    weights = [(term, rarity.get(tuple(term.words), 1.0)) for term in query.terms]
    weights += [(term, sum(rarity.get((word,), 1.0) for word in term.words)) for term in query.together]
    kinds = {counted.row.kind for counted in rows}
    lengths = {kind: _average(len(found.row.body) for found in rows if found.row.kind == kind) for kind in kinds}

    words = {term.words[0]: term for term in query.terms if len(term.words) == 1}
    parts = {term: [words[word] for word in term.words if word in words] for term in query.together}

    def score(counted: Counted) -> float:
        most = _K1 * (1 - _B + _B * len(counted.row.body) / lengths[counted.row.kind])
        total = 0.0
        for term, weight in weights:
            if all(counted[part] for part in parts.get(term, ())):  # words cannot stand together if one is missing
                total += weight * counted[term] * (_K1 + 1) / (counted[term] + most)
        return total

    best = sorted(rows, key=lambda counted: (-score(counted), counted.row.kind, -counted.row.id))
    return [counted.row for counted in best]


def _average(lengths: Iterable[int]) -> float:
    return fmean(lengths) or 1.0


def _rarity(db: sqlite3.Connection, term: Term) -> float:
    """How much a word says: the more, the fewer of the newest posts hold it. Little, if only its beginning is known."""
    if term.prefix:  # the index would have to put together all words that begin so
        return 1.0
    (last,) = db.execute("SELECT max(id) FROM posts").fetchone()
    sql = "SELECT count(*) FROM {0} WHERE {0} MATCH ? AND rowid > ?"
    counts = (db.execute(sql.format(table), (term.index, last - _SAMPLE)) for table in ("articles_fts", "posts_fts"))
    found = min(_SAMPLE, sum(int(count.fetchone()[0]) for count in counts))
    return log(1 + (_SAMPLE - found + 0.5) / (found + 0.5))
