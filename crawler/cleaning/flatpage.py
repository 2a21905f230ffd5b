"""A whole thread page flattened to text -> its posts: a new one begins where another author card stands."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.records import Label
from crawler.cleaning.blocks import Piece
from crawler.cleaning.flat import BLANK, Card, Head, head_of, is_pair, number_of
from crawler.cleaning.lines import lines_backwards, relabel
from crawler.cleaning.phrases import key, phrases

_SHORT = 60  # characters of a name, a custom title, a banner
_TITLE = 250  # characters
_LABEL = 30  # characters of a card's label
_ABOVE = 4  # lines of title and banners between a name and the card's numbers
_SURE = 2  # labels of cards that must be known: one alone may be a line of somebody's list
_META = 5  # lines between a card and a post: date, number, "thread starter"
_ONE_LINE = re.compile(r"(?P<label>[^:：\d]{2,30}?)\s?[:：]\s?(?P<value>\S.{0,30})")
_MARK = re.compile(  # phpBB: "by NAME » 12 May 2024 10:20"
    r"(?=.*\d{4}).{2,60} » .{6,40}|#\s?\d{1,6}"
    r"|(?=.{6,45}$)(?=.*\d)(?:.*\d{1,2}:\d{2}.*|.*\b\d{4}\b.*|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})"
)
_META_WORDS = frozenset({"thread starter", "add bookmark", "new", "mới", "share", "chủ thớt", "op", "original poster"})
_ENDS = (".", "!", "?", "…", ":", ",", ";")

Filled = list[tuple[int, str]]  # number of a line and the line, of those that are not blank


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One post of a page: who wrote it, what stands above it as shown, and its lines (first, one after the last)."""

    author: str | None = None
    card: Card = field(default_factory=Card)
    shown: str = ""
    first: int = 0
    last: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    """A card's label and number pairs among the filled lines."""

    start: int
    end: int
    counts: Mapping[str, int]


def posts_of(lines: list[str]) -> tuple[Head, list[Part]]:
    """The head of a flattened page and its posts; a text without author cards is one post."""
    head = head_of(lines)
    filled = [(at, text) for at, line in enumerate(lines) if (text := line.strip(BLANK))]
    start = next((index for index, (at, _) in enumerate(filled) if at >= head.lines), len(filled))
    runs = _runs(filled, start)
    if not head.lines and len(runs) < _SURE:
        runs = []
    apart = bool(head.lines) and _name_stands_apart(filled)
    heads = [found for run in runs if (found := _head(filled, run, apart=apart))]
    if heads and not head.lines and heads[0][1][1] == 1 and len(filled[0][1]) <= _TITLE:
        head, start = Head(title=filled[0][1], lines=filled[0][0] + 1), 1
    meta, body = _meta(filled, start, head.title) if head.lines else ("", start)
    parts = [Part(author=head.author, card=head.card, shown=meta, first=_line(filled, body, lines), last=len(lines))]
    for run, (name, above) in heads:
        meta, body = _meta(filled, run.end, head.title)
        begin, rows = filled[above][0], [text for _, text in filled[above : run.end]]
        titles = [text for _, text in filled[above + 1 : run.start]]
        card = Card(title=titles[0] if titles else None, banners=tuple(titles[1:]), counts=run.counts)
        parts[-1] = _ended(parts[-1], begin)
        shown = "\n".join([*rows, *([meta] if meta else [])])
        parts.append(Part(author=name, card=card, shown=shown, first=_line(filled, body, lines), last=len(lines)))
    begins = parts[0].author or parts[0].last > parts[0].first
    return head, parts if begins else parts[1:] or parts


def buttons_of_posts(posts: list[list[Piece]]) -> list[list[Piece]]:
    """The button that ends several posts ("Top"): of one post alone it might be the last word."""
    ends = [next(lines_backwards(pieces), None) for pieces in posts]
    often = Counter(key(line) for _, line in filter(None, ends))
    done = []
    for pieces, end in zip(posts, ends, strict=True):
        found = phrases("button").find(end[1]) if end and often[key(end[1])] > 1 else None
        done.append(relabel(pieces, {end[0]: (Label.BUTTON, str(found), 0)}) if end and found else pieces)
    return done


def _line(filled: Filled, index: int, lines: list[str]) -> int:
    return filled[index][0] if index < len(filled) else len(lines)


def _ended(part: Part, last: int) -> Part:
    return Part(author=part.author, card=part.card, shown=part.shown, first=min(part.first, last), last=last)


def _runs(filled: Filled, start: int) -> list[_Run]:
    """Every run of pairs ("Posts", "122,685" or "Posts: 122,685") of which at least two labels are known."""
    runs: list[_Run] = []
    at = start
    while at < len(filled):
        end, counts, known = at, dict[str, int](), 0
        while pair := _pair(filled, end):
            label, value, size = pair
            number = number_of(value)
            counts |= {label: number} if number is not None else {}
            known += 1
            end += size
            while known and _is_word(filled, end):  # "Location: Hamar"
                end += 1
        if known >= _SURE:
            runs.append(_Run(start=at, end=end, counts=counts))
        at = max(end, at + 1)
    return runs


def _pair(filled: Filled, at: int) -> tuple[str, str, int] | None:
    """A known label, its value, and how many lines they take."""
    if at >= len(filled) or len(line := filled[at][1]) > _SHORT:
        return None
    if len(line) <= _LABEL and at + 1 < len(filled) and phrases("card").find(line):
        value = filled[at + 1][1]
        return (line.rstrip(":"), value, 2) if is_pair(line, value) else None
    found = _ONE_LINE.fullmatch(line)
    if found and is_pair(found["label"], found["value"]) and phrases("card").find(found["label"]):
        return found["label"], found["value"], 1
    return None


def _is_word(filled: Filled, at: int) -> bool:
    """Whether a line is a known label with a word as its value."""
    found = _ONE_LINE.fullmatch(filled[at][1]) if at < len(filled) else None
    return found is not None and phrases("card").find(found["label"]) is not None and not is_pair(*found.groups())


def _name_stands_apart(filled: Filled) -> bool:
    """Whether the page draws a name with a blank line below it, above the custom title."""
    return len(filled) > _SURE and filled[2][0] - filled[1][0] > 1


def _head(filled: Filled, run: _Run, *, apart: bool) -> tuple[_Run, tuple[str, int]] | None:
    """The name above a card and where it stands; None when what stands there is no name."""
    above = run.start
    while above > 0 and filled[above][0] - filled[above - 1][0] == 1:
        above -= 1
        if run.start - above > _ABOVE + 1:
            return None  # the card follows a paragraph: no telling where the name begins
    if (apart or above == run.start) and above > 0:
        above -= 1
    if not apart and above == run.start - 1:  # the names' own lines, set apart from the card
        above = _first_of(filled, above)
    while above + 1 < run.start and phrases("button").find(filled[above][1]):  # the last line of the post before
        above += 1
    rows = [text for _, text in filled[above : run.start]]
    if not rows or any(len(row) > _SHORT for row in rows) or rows[0].endswith(_ENDS):
        return None
    return run, (rows[0], above)


def _first_of(filled: Filled, at: int) -> int:
    """The first line of a paragraph of names, or `at` where it is longer than such are."""
    first = at
    while first > 0 and filled[first][0] - filled[first - 1][0] == 1:
        first -= 1
    return first if at - first < _ABOVE else at


def _meta(filled: Filled, at: int, title: str | None) -> tuple[str, int]:
    """Date, number and repeated title between a card and its post, and where the post begins."""
    start = at
    while at < min(len(filled), start + _META) and _is_meta(filled[at][1], title):
        at += 1
    return "\n".join(text for _, text in filled[start:at]), at


def _is_meta(line: str, title: str | None) -> bool:
    if _MARK.fullmatch(line) or line.casefold() in _META_WORDS:
        return True
    return bool(title) and line.removeprefix("Re: ") == title
