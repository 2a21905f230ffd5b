"""Text without markup: the head of a flattened page (title, author, card) by its shape, then paragraphs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.records import Label
from crawler.cleaning.blocks import INVISIBLE, Piece
from crawler.cleaning.phrases import phrases

BLANK = " \t\r\f\v\xa0\u3000" + INVISIBLE
_HEAD = 30  # lines among which a card is looked for
_TITLE = 250  # characters
_SHORT = 60  # characters of a name, a custom title, a banner
_LABEL = 30  # characters of a card's label
_NUMBER = re.compile(r"(?P<digits>\d{1,3}(?:[.,\s]\d{3})+|\d+(?:[.,]\d+)?)\s?(?P<unit>[KkMm]?)")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")  # "36", "1.2" before a K or M
_WHOLE = re.compile(r"\d+|\d{1,3}(?:[.,\s]\d{3})+")  # with or without separators of thousands
_DATE = re.compile(
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|[^\d\n]{0,12}\d{1,2}[^\d\n]{1,16}\d{4})"
    r"(?:[, ]{1,2}\d{1,2}:\d{2}(?: ?[ap]m)?)?|[^\W\d]{3,10} \d{4}",
    re.IGNORECASE,
)
_LINES = 8  # from the title to the last banner
_SURE = 4  # lines (two pairs) that make a card even if its labels are unknown
_UNITS = {"k": 1_000, "m": 1_000_000, "": 1}


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What a flattened page shows of the author; `counts` maps a label to a number ("122,685" is 122685)."""

    title: str | None = None
    banners: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """Title, author and card of a flattened page, and how many lines of the text they take."""

    title: str | None = None
    author: str | None = None
    card: Card = field(default_factory=Card)
    rest: str = ""  # what the head shows besides
    lines: int = 0


def number_of(text: str) -> int | None:
    """A count as forums write it: "122,685", "1.234", "36K", "1.2M"; None when it is none."""
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        return None
    unit, digits = found["unit"].lower(), found["digits"]
    if unit:
        return round(float(digits.replace(",", ".")) * _UNITS[unit]) if _PLAIN.fullmatch(digits) else None
    return int(re.sub(r"\D", "", digits)) if _WHOLE.fullmatch(digits) else None


def head_of(lines: list[str]) -> Head:
    """Read the head. Without label and number pairs below a title and a name there is none: the text starts at once."""
    filled = [(at, line.strip(BLANK)) for at, line in enumerate(lines) if line.strip(BLANK)][: _HEAD + 1]
    start = next((at for at in range(2, len(filled) - 1) if is_pair(filled[at][1], filled[at + 1][1])), None)
    if start is None or not _is_head([line for _, line in filled[:start]]):
        return Head()
    counts: dict[str, int] = {}
    end, known = start, 0
    while end + 1 < len(filled) and is_pair(filled[end][1], filled[end + 1][1]):
        label, number = filled[end][1].rstrip(":"), number_of(filled[end + 1][1])
        known += phrases("card").find(label) is not None
        counts |= {label: number} if number is not None else {}
        end += 2
    if not counts or (not known and end - start < _SURE):
        return Head()
    title, *names = (line for _, line in filled[:start])
    letter = len(names) > 1 and len(names[0]) == 1 and names[1].casefold().startswith(names[0].casefold())
    author, *rest = names[letter:]  # a member without a picture is drawn as the first letter of the name
    card = Card(title=rest[0] if rest else None, banners=tuple(rest[1:]), counts=counts)
    return Head(title=title, author=author, card=card, rest=names[0] if letter else "", lines=filled[end - 1][0] + 1)


def _is_head(lines: list[str]) -> bool:
    names = lines[1:]  # a number among them is somebody's list, not a card
    fits = len(lines) <= _LINES and len(lines[0]) <= _TITLE and all(len(line) <= _SHORT for line in names)
    return fits and not any(number_of(line) is not None for line in lines)


def is_pair(label: str, value: str) -> bool:
    """Whether two lines look like a card's label and its number; a date counts beside a known label only."""
    if len(label) > _LABEL or any(char.isdigit() for char in label) or label.endswith((".", "!", "?")):
        return False
    return number_of(value) is not None or (
        _DATE.fullmatch(value) is not None and phrases("card").find(label) is not None
    )


def pieces_of_text(lines: list[str]) -> list[Piece]:
    """Paragraphs: lines between blank lines. Indentation stays where it looks like code."""
    pieces: list[Piece] = []
    block: list[str] = []
    code = False
    for line in [*lines, ""]:
        if line.strip(BLANK):
            block.append(line.rstrip(BLANK))
        elif block:
            code = _looks_indented(block, after_code=code)
            shown = block if code else [row.strip(BLANK) for row in block]
            pieces.append(Piece(Label.BODY, "\n".join(shown), ""))
            block = []
    return pieces


def _looks_indented(block: list[str], *, after_code: bool) -> bool:
    """Code starts at the margin and goes in and out; text that is indented throughout is just laid out that way."""
    inner = any(line[0] in " \t" for line in block[1:])
    return (inner and block[0][0] not in BLANK) or (after_code and block[0][0] in " \t")
