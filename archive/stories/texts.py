"""When two articles carry the same text: shingles, the marks by which an index finds a text, and how much is shared.

A shingle is five words in a row, without case and diacritics; by their shingles texts are compared. A mark is eight
words in a row that winnowing picks (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003): the smallest of every 33. So
any 40 words that two texts share leave them at least one mark in common, however long the rest of either is. MinHash
promises nothing of the kind: of excerpts of 50 words out of 800 it found a fifth, of 100 words three fifths (rensa 0.5,
128 numbers in 64 bands).

Marks of five words were stock phrases too often: among 60,000 made-up articles a new one met 340 marks of others and
was compared with 1.5 of them in vain; of eight words it meets 3, and is compared with 0.03.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from hashlib import blake2b
from zlib import crc32

SHINGLE = 5  # words
ENOUGH = 40  # words; two texts with so many in a row in common have a common mark for certain
_MARK = 8  # words
_WINDOW = ENOUGH - _MARK + 1  # runs of so many words, of which one is a mark
_FEWEST = 15  # words; fewer say too little to be the same text as another
_CODE = 4  # bytes that stand for a word
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # scripts without spaces: by letter
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")

_OF_LONGER = 0.3  # shared, of the longer text; below it the shorter is an excerpt, of which more has to be there
_EXCERPT = 0.8
_LONG = 100  # shingles; an excerpt of that length is no stock phrase
_TITLE = 4  # words that make a title tell a text from others
_SURELY = 0.75  # shared, of the shorter text: the same, in whatever order
_PERHAPS = 0.35  # a changed word costs five shingles: a tenth of the words changed leaves .6 on average, .4 at times
_IN_ORDER = 0.7  # words that stand in common runs in the same order, of the shorter text; see `same`


class _Codes(dict[str, bytes]):
    """What stands for a piece of text between spaces: four bytes a word; pieces are looked at once."""

    _MOST = 100_000

    def __missing__(self, piece: str) -> bytes:
        plain = unicodedata.normalize("NFKD", piece.casefold()).replace("đ", "d")
        letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
        if len(self) >= self._MOST:
            self.clear()
        found = b"".join(blake2b(word.encode(), digest_size=_CODE).digest() for word in _WORD.findall(letters))
        self[piece] = found
        return found


_codes = _Codes()


@dataclass(frozen=True, kw_only=True)
class Text:
    """An article's words as they are compared; `in_order` are its shingles."""

    title: bytes
    words: bytes
    in_order: Sequence[bytes]

    @cached_property
    def shingles(self) -> frozenset[bytes]:
        """The same as a set, which a text that is compared with no other does not need."""
        return frozenset(self.in_order)


def _coded(text: str) -> bytes:
    return b"".join(map(_codes.__getitem__, text.split()))


@lru_cache(maxsize=256)  # candidates of one text are those of the next, where many are written by one pattern
def text_of(title: str, body: str) -> Text:
    """An article's title and body as they are compared."""
    words = _coded(body)
    return Text(title=_coded(title), words=words, in_order=_runs(words, SHINGLE))


def _runs(words: bytes, length: int) -> list[bytes]:
    """Every so many words in a row."""
    size = length * _CODE
    return [words[at : at + size] for at in range(0, len(words) - size + 1, _CODE)]


def version(text: Text) -> int:
    """A number that texts of the same words share, whatever their titles, punctuation, case and diacritics."""
    return _number(text.words)


def identity(text: Text) -> int | None:
    """A number that articles of the same title and words share; None if they are too few to be compared."""
    return _number(text.title + b"\n" + text.words) if len(text.words) >= _FEWEST * _CODE else None


def _number(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), signed=True)  # as SQLite stores integers


def marks(text: Text) -> list[int]:
    """The numbers by which an index finds the text; none for one shorter than `ENOUGH` words.

    Of 32 bits: 61 made the tables of stories an eighth larger, and what is found by chance is no more than compared.
    """
    return sorted({crc32(run) for run in winnowed(_runs(text.words, _MARK), _WINDOW)})


def winnowed(values: Sequence[bytes], window: int) -> set[bytes]:
    """The smallest value of every `window` in a row; none of fewer values than that."""
    if len(values) < window:
        return set()
    smallest = min(values[:window])
    at, end = values.index(smallest), window  # the value that enters the window next is at `end`
    found = {smallest}
    while end < len(values):
        leaves = at + window  # when this one enters, the smallest so far leaves
        entering = values[end:leaves]
        if entering and min(entering) <= smallest:
            at = next(i for i in range(end, len(values)) if values[i] <= smallest)
            end = at + 1
        elif leaves >= len(values):
            break
        else:
            inside = values[at + 1 : leaves + 1]
            at, end = at + 1 + inside.index(min(inside)), leaves + 1
        smallest = values[at]
        found.add(smallest)
    return found


def same(one: Text, other: Text) -> bool:
    """Whether two articles carry the same text: copied, edited, or one whole inside the other.

    An excerpt of a much longer text has to be long or to bear the same title: an article that is little more than a
    stock phrase would join all that have it. Where many words were changed, what is left has to stand in the same
    order: articles that were written by one pattern share up to .6 of their shingles, but in another order. (Measured
    on texts with 5 % of words changed: .81 in order or more at 150 words, .85 at 300; on pattern texts .48 at most.)
    """
    if one.words == other.words and (len(one.words) >= ENOUGH * _CODE or one.title == other.title):
        return identity(one) is not None
    shared = len(one.shingles & other.shingles)
    shorter, longer = sorted((len(one.shingles), len(other.shingles)))
    if shorter <= ENOUGH - SHINGLE or shared < shorter * _PERHAPS:
        return False
    if shared < longer * _OF_LONGER:
        return shared >= shorter * _EXCERPT and (shared >= _LONG or _titles_alike(one.title, other.title))
    return shared >= shorter * _SURELY or _in_order(one, other) >= _IN_ORDER


def _in_order(one: Text, other: Text) -> float:
    """The part of the shorter text's words that stand in runs of both texts, in the same order."""
    shorter, longer = sorted((one, other), key=lambda text: (len(text.words), text.words))
    covered = end = 0
    for run in SequenceMatcher(None, shorter.in_order, longer.in_order).get_matching_blocks():
        if run.size:
            covered += run.a + run.size + SHINGLE - 1 - max(end, run.a)
            end = run.a + run.size + SHINGLE - 1
    return covered * _CODE / len(shorter.words)


def _titles_alike(one: bytes, other: bytes) -> bool:
    """Whether a title of some words is the other, or stands in it: reposts put labels around, forums cut the end."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _TITLE * _CODE and shorter in longer
