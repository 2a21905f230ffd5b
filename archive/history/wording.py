"""What was cut and what was added between two texts, word by word."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain
from typing import NamedTuple

_TOKEN = re.compile(r"\n|[^\s]+")
_LONG = 3_000  # words that are compared at once; of more, whole lines: all words of a megabyte would take minutes


class Piece(NamedTuple):
    """Some words: `sign` says whether they stayed (=), were cut (-) or added (+); lines end as in the text."""

    sign: str
    text: str


def compare(old: str, new: str) -> list[Piece]:
    """The words of both texts in order: all but the added ones are the old text, all but the cut ones the new."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    middle = _words if max(len(before), len(after)) - start - end <= _LONG else _lines
    pieces = [("=", before[:start])]
    pieces += middle(before[start : len(before) - end], after[start : len(after) - end])
    pieces.append(("=", before[len(before) - end :]))
    return list(_joined(pieces))


def _words(before: list[str], after: list[str]) -> Iterator[tuple[str, list[str]]]:
    for name, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield from [("=", before[a:b])] if name == "equal" else [("-", before[a:b]), ("+", after[c:d])]


def _lines(before: list[str], after: list[str]) -> Iterator[tuple[str, list[str]]]:
    old, new = _split(before), _split(after)
    for name, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        cut, added = list(chain(*old[a:b])), list(chain(*new[c:d]))
        if name == "equal":
            yield "=", cut
        elif max(len(cut), len(added)) <= _LONG:
            yield from _words(cut, added)
        else:
            yield from [("-", cut), ("+", added)]


def _split(words: list[str]) -> list[tuple[str, ...]]:
    """The words of each line, with its end."""
    lines: list[list[str]] = [[]]
    for word in words:
        lines[-1].append(word)
        if word == "\n":
            lines.append([])
    return [tuple(line) for line in lines]


def _shared(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((number for number, (old, new) in pairs if old != new), min(len(before), len(after)))


def _joined(pieces: list[tuple[str, list[str]]]) -> Iterator[Piece]:
    merged: list[tuple[str, list[str]]] = []
    for sign, words in pieces:
        if words and merged and merged[-1][0] == sign:
            merged[-1] = (sign, merged[-1][1] + words)
        elif words:
            merged.append((sign, words))
    for sign, words in merged:
        yield Piece(sign, " ".join(words).replace(" \n", "\n").replace("\n ", "\n"))
