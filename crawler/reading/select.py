"""Selectors: CSS with a few additions, found through an index of the page's class tokens where they can be.

`h4.name a.username` is CSS; `time.posted@datetime` ends in the attribute wanted; `&.deleted` asks the element itself;
alternatives separated by ` | ` are tried in order and the first that finds something counts; what starts with `./` or
`/` is XPath. A selector whose first part has a class costs next to nothing: one pass over the page files every element
under its class tokens (libxml2 would search each class attribute anew for each selector of each post). The others run
as compiled XPath: start those with a tag name.
"""

from itertools import pairwise
from typing import Any

from cssselect import SelectorError
from lxml import etree

from crawler.reading.index import Index, xpath
from crawler.reading.ways import Way, compiled

_STRING = xpath("string()")
_COUNT = xpath("count(descendant::*)")


class Part:
    """An element of a page (the page itself, a post, a row) that selectors look into through the page's index.

    Posts and rows know their `row` of parts: what a selector finds in one of them is looked for in all of them at once.
    """

    def __init__(self, element: Any, index: Index, start: int, end: int) -> None:
        self.element = element
        self.index = index
        self.start = start
        self.end = end
        self.row: _Row | None = None
        self.at = 0

    @classmethod
    def whole(cls, tree: Any) -> "Part":
        """The page of that tree."""
        index = Index(tree)
        return cls(tree, index, 1, len(index.elements))  # all but the tree's own element, which stands first


class _Row:
    """Parts that follow each other on the page, and what selectors find in each: per selector one list per part."""

    def __init__(self, parts: list[Part]) -> None:
        self.index = parts[0].index
        self.spans = [(part.start, part.end, part.element) for part in parts]
        self.columns: dict[str, list[list[Any]] | None] = {}
        for at, part in enumerate(parts):
            part.row, part.at = self, at

    def column(self, selector: str) -> list[list[Any]] | None:
        """What the selector finds in each part; None for one that has to be asked part by part."""
        if selector not in self.columns:
            ways = compiled(selector)
            # XPath is asked part by part, so that it finds what a reader has named in the part before
            self.columns[selector] = self._fill(ways) if all(way.heads or way.own for way in ways) else None
        return self.columns[selector]

    def _fill(self, ways: tuple[Way, ...]) -> list[list[Any]]:
        column: list[list[Any]] = [[] for _ in self.spans]
        for way in ways:
            found = [way.own(element) for _, _, element in self.spans] if way.own else self._spread(way)
            column = [before or now for before, now in zip(column, found, strict=True)]
            if all(column):
                break
        return column

    def _spread(self, way: Way) -> list[list[Any]]:
        column: list[list[Any]] = [[] for _ in self.spans]
        at, (start, end, _) = 0, self.spans[0]
        for place, hit in way.hits(self.index, start, self.spans[-1][1]):
            while place >= end:
                at += 1
                start, end, _ = self.spans[at]
            if place >= start:
                column[at].append(hit)
        return column


def check(selector: str) -> None:
    """Try a selector out.

    Raises:
        ValueError: it is none.
    """
    try:
        found = [way.all(etree.Element("html")) for way in compiled(selector)]
    except (SelectorError, etree.XPathError) as error:
        raise ValueError(f"{selector!r} is no selector: {error}") from None
    if not all(isinstance(each, list) for each in found):
        raise ValueError(f"{selector!r} finds no elements: it gives a number or a text")


def every(node: Any, selector: str) -> list[Any]:
    """All elements (or attribute values) of the first alternative that finds any; an empty selector finds none.

    `node` is a `Part`, an element, or None, in which nothing is found.
    """
    if not selector or node is None:
        return []
    if not isinstance(node, Part):
        return next((list(found) for way in compiled(selector) if (found := way.all(node))), [])
    column = node.row and node.row.column(selector)
    if column:
        return column[node.at]
    for way in compiled(selector):
        if way.heads:
            found = [hit for _, hit in way.hits(node.index, node.start, node.end)]
        else:
            found = list(way.all(node.element))
        if found:
            return found
    return []


def first(node: Any, selector: str) -> Any:
    """The first element (or attribute value) that the selector finds, None without one. `node` as in `every`."""
    if not selector or node is None:
        return None
    if not isinstance(node, Part):
        return next((found[0] for way in compiled(selector) if (found := way.one(node))), None)
    column = node.row and node.row.column(selector)
    if column:
        found = column[node.at]
        return found[0] if found else None
    for way in compiled(selector):
        if way.heads:
            hits = way.hits(node.index, node.start, node.end)
            found = [hits[0][1]] if hits else []
        else:
            found = way.one(node.element)
        if found:
            return found[0]
    return None


def parts(whole: Part | None, selector: str) -> list[Part]:
    """What the selector finds, as parts that can be looked into in turn."""
    if whole is None or not selector:
        return []
    elements = whole.index.elements
    found = []
    for place, element in _placed(whole, selector):
        end = _end(element, elements, place, whole.end)
        found.append(Part(element, whole.index, place + 1, end))
    if found and all(before.end < after.start for before, after in pairwise(found)):  # none lies inside another
        _Row(found)
    return found


def _placed(whole: Part, selector: str) -> list[tuple[int, Any]]:
    """What the selector finds, each with its place."""
    for way in compiled(selector):
        if way.heads and not any(head.rest for head in way.heads):
            found = way.hits(whole.index, whole.start, whole.end)
        else:
            place, found = whole.start, []
            for element in way.all(whole.element):
                place = whole.index.elements.index(element, place, whole.end)
                found.append((place, element))
        if found:
            return found
    return []


def _end(element: Any, elements: list[Any], place: int, limit: int) -> int:
    """Where what is inside of the element at that place ends: where its next sibling stands, or else by counting."""
    after = next(element.itersiblings(etree.Element), None)
    if after is None:
        return place + 1 + int(_COUNT(element))
    return elements.index(after, place + 1, limit)


def words(node: Any) -> str:
    """The text of an element, or an attribute's value, with runs of white space made one space; "" for None."""
    if node is None:
        return ""
    if not isinstance(node, str):
        node = _STRING(node) if len(node) else node.text or ""  # most have no children, and then this is faster
    return " ".join(node.split())


def text(node: Any, selector: str) -> str:
    """The words of the first thing that the selector finds, else ""."""
    return words(first(node, selector))
