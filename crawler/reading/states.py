"""What an index shows of a board's state: while that stays the same, the board holds no new post.

Only what the forum counts is taken, and times written for machines: "5 minutes ago" changes by itself. The address of
the last post goes with them.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from archive.records import Board
from crawler.reading import dates, urls
from crawler.reading.datereading import read
from crawler.reading.document import Document
from crawler.reading.select import every, parts, words

_MACHINE = ("datetime", "data-time", "data-timestamp", "title")
_SHORTENED = re.compile(r"\d\s?[KkMm]\b|\d[.,]\d{1,2}(?!\d)")  # "36K", "1.2 m": stays the same over many posts
_NUMBER = re.compile(r"\d{1,3}(?:[.,'’\s]\d{3})+(?!\d)|\d+")
_LONGEST = 60  # characters of a count with its label
_DAY = 10  # characters of a date without a time, which stays the same over many posts


def told(
    doc: Document, boards: Iterable[Board], rows: str, state: str, board_id: Callable[[str], str | None]
) -> tuple[Board, ...]:
    """The boards with what `rows`, one element a board, show of them in the elements that `state` selects."""
    boards = tuple(boards)
    if not (boards and rows and state):
        return boards
    ids = {board.id for board in boards}
    found: dict[str, str] = {}
    for row in parts(doc.page, rows):
        hrefs = (doc.link(link.get("href")) for link in row.element.iter("a"))
        own = next((id_ for href in hrefs if href and (id_ := board_id(href)) in ids), None)
        if own is not None:
            found.setdefault(own, _state(doc, every(row, state)))
    return tuple(replace(board, state=found.get(board.id, "")) for board in boards)


def of(counts: Iterable[int | None], moment: str | None = None) -> str:
    """A state from what an API tells: counts of threads and posts, the time of the last post."""
    return " ".join([*(str(count) for count in counts if count is not None), *([moment] if moment else ())])


def _state(doc: Document, nodes: list[Any]) -> str:
    moments = [moment for node in nodes if (moment := _moment(doc, node))]
    counts = [count for node in nodes for count in _counts(doc, node)]
    links = list(dict.fromkeys(link for node in nodes if (link := _link(doc, node))))
    # A count alone may be that of the threads, which stays the same when somebody answers
    return " ".join([*counts, *moments, *links]) if moments or len(counts) > 1 else ""


def _moment(doc: Document, node: Any) -> str | None:
    values = [node] if isinstance(node, str) else [node.get(name) or "" for name in _MACHINE]
    for value in values:
        moment = dates.iso(value, zone=doc.zone) if len(value) > _DAY or value.isdecimal() else None
        if moment:
            return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    return None


def _link(doc: Document, node: Any) -> str | None:
    href = None if isinstance(node, str) or node.tag != "a" else doc.link(node.get("href"))
    return urls.clean(href) if href else None


def _counts(doc: Document, node: Any) -> Iterator[str]:
    """The counts in an element: not in a link or time, where numbers are part of a title or of a date."""
    if not isinstance(node, str) and (node.tag in {"a", "time"} or _moment(doc, node)):
        return
    exact = "" if isinstance(node, str) else node.get("title") or ""  # NodeBB: shown is "1.2k"
    shown = exact if exact.isdecimal() else words(node)
    if len(shown) > _LONGEST or _SHORTENED.search(shown) or read(shown, doc.language, None) is not None:
        return
    yield from (re.sub(r"\D", "", count) for count in _NUMBER.findall(shown))
