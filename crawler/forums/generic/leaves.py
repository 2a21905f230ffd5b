"""A page as its elements in document order and its texts, leaf by leaf: any element is a range of leaves."""

import re
from datetime import datetime
from functools import cached_property
from itertools import accumulate
from typing import Any

from lxml import etree

from crawler.forums.generic.wording import is_iso, length
from crawler.reading import dates
from crawler.reading.document import Document


def tags(names: str) -> frozenset[str]:
    """Names of tags, as a set."""
    return frozenset(names.split())


SKIPPED = tags(
    "script style noscript template head svg iframe object embed video audio canvas map datalist select option textarea"
)
_INLINE = tags("a b i u s em strong font small big span sub sup code tt abbr mark ins del img")
_UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)(?=$|,? \d{4}\b)")
_TWICE = re.compile(r" \d{9,}$")  # the same moment once more, in seconds
_COUNT = re.compile(r"^(?:\w+ )?#\d+\W+")  # "Reply #4 - " before a date
_DATED = ("datetime", "data-time", "data-timestamp", "data-date", "data-utc")
_TOOLTIPS = ("title", "data-original-title", "data-bs-original-title", "data-tooltip", "data-tippy-content")


class Leaves:
    """Elements in document order with the ranges of their descendants and leaves."""

    def __init__(self, doc: Document, skipped: frozenset[str]) -> None:
        self.doc = doc
        self._skipped = skipped
        self._moments: dict[str, datetime | None] = {}
        self.nodes: list[Any] = []
        self.parent: list[int] = []
        self.end: list[int] = []  # index after the last descendant
        self.first: list[int] = []  # range of leaves
        self.last: list[int] = []
        self.leaves: list[str] = []
        self.owner: list[int] = []
        self._walk()

    def _walk(self) -> None:
        stack: list[int] = []
        events = etree.iterwalk(self.doc.tree, events=("start", "end", "comment", "pi"))
        for event, node in events:
            if event == "start":
                if node.tag == "sup" and self._joins(node.text):
                    events.skip_subtree()
                    continue
                if node.tag in self._skipped or _is_hidden(node):
                    events.skip_subtree()
                    continue
                self.parent.append(stack[-1] if stack else -1)
                stack.append(len(self.nodes))
                self.nodes.append(node)
                self.first.append(len(self.leaves))
                self.last.append(0)
                self.end.append(0)
                self._leaf(node.text, stack[-1], always=is_dated(node))
                continue
            if event == "end" and stack and self.nodes[stack[-1]] is node:
                at = stack.pop()
                self.end[at] = len(self.nodes)
                self.last[at] = len(self.leaves)
            if stack and not (node.tag == "sup" and self._joins(node.tail)):
                self._leaf(node.tail, stack[-1])

    def _joins(self, text: str | None) -> bool:
        """Whether a text goes on with the last leaf, to which it is added: "March 4<sup>th</sup>, 2019" is one date."""
        joined = " ".join(f"{self.leaves[-1]}{text or ''}".split()) if self.leaves else ""
        joins = _ORDINAL.search(joined) is not None
        if joins:
            self.leaves[-1] = joined
        return joins

    def _leaf(self, text: str | None, owner: int, *, always: bool = False) -> None:
        text = " ".join(text.split()) if text else ""
        if text or always:
            self.leaves.append(text)
            self.owner.append(owner)

    @cached_property
    def lengths(self) -> list[int]:
        """Characters before each leaf."""
        return [0, *accumulate(map(length, self.leaves))]

    def size(self, at: int) -> int:
        """Characters inside an element."""
        return self.lengths[self.last[at]] - self.lengths[self.first[at]]

    def moment_at(self, leaf: int) -> tuple[datetime | None, str]:
        """The date at a leaf and as shown: an attribute of its elements, else its text."""
        at, shown, doc = self.owner[leaf], self.leaves[leaf], self.doc
        for _ in range(3):
            node = self.nodes[at]
            for name in (*_DATED, *_TOOLTIPS, "content"):
                value = node.get(name)
                moment = value and (dates.iso(_TWICE.sub("", value), zone=doc.zone) or self.parsed(value))
                if moment:
                    return moment, shown or value
            at = max(self.parent[at], 0)
        return self.parsed(shown), shown

    def parsed(self, text: str) -> datetime | None:
        """The moment that a text says, None for no date."""
        if text not in self._moments:
            doc = self.doc
            moment = dates.parse(
                _COUNT.sub("", text), language=doc.language, zone=doc.zone, now=doc.now, order=doc.order
            )
            self._moments[text] = moment
        return self._moments[text]

    def place(self, leaf: int) -> str:
        """Where a leaf stands: its element and that around it, by tag and class, without numbers."""
        owner = self.owner[leaf]
        return self._places[owner]

    @cached_property
    def _places(self) -> list[str]:
        own = [_NUMBER.sub("0", self.name(at)) for at in range(len(self.nodes))]
        return [f"{own[self.parent[at]] if at else ''} > {name}" for at, name in enumerate(own)]

    def name(self, at: int) -> str:
        """An element by its tag and classes."""
        return f"{self.nodes[at].tag} {self.nodes[at].get('class')}"

    def heading(self, before: int) -> int:
        """The leaf of the last heading of the first two ranks before a leaf, 0 without one."""
        leaves = range(before - 1, -1, -1)
        return next((leaf for leaf in leaves if not {"h1", "h2"}.isdisjoint(self.tags(leaf))), 0)

    def tags(self, leaf: int) -> tuple[str, str]:
        """A leaf's element and the one around it: a heading may be a link."""
        owner = self.owner[leaf]
        return self.nodes[owner].tag, self.nodes[max(self.parent[owner], 0)].tag

    @cached_property
    def paragraph(self) -> list[int]:
        """The element that is the paragraph around each element."""
        found: list[int] = []
        for at, node in enumerate(self.nodes):
            found.append(found[self.parent[at]] if at and node.tag in _INLINE else at)
        return found


def is_dated(node: Any) -> bool:
    """Whether an element's attributes say a date, which a script may have to show."""
    if node.tag == "time" or is_iso(node.get("title")):
        return True
    return (node.tag in _INLINE or "-" in node.tag) and any(node.get(name) for name in _DATED)


def _is_hidden(node: Any) -> bool:
    style = node.get("style")
    return node.get("hidden") is not None or bool(style and _UNSEEN.search(style))
