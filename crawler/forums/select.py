"""Selectors: CSS with a few additions, found through an index of the page's class tokens where they can be.

`h4.name a.username` is CSS; `time.posted@datetime` ends in the attribute wanted; `&.deleted` asks the element itself;
alternatives separated by ` | ` are tried in order and the first that finds something counts; what starts with `./` or
`/` is XPath. A selector whose first part has a class costs next to nothing: one pass over the page files every element
under its class tokens (libxml2 would search each class attribute anew for each selector of each post). The others run
as compiled XPath: start those with a tag name.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, zip_longest
from operator import itemgetter
from typing import Any

from cssselect import HTMLTranslator

from crawler.forums.index import Index, Path, xpath

_TRANSLATOR = HTMLTranslator()
_STRING = xpath("string()")
_FIRST_FILED = xpath("(descendant::*[@class])[1]")
_COUNT_FILED = xpath("count(descendant::*[@class])")
_HEAD = re.compile(r"(?P<tag>[a-z]\w*)?\.(?P<token>[\w-]+)(?P<more>[^\s>+~,]*)(?P<rest>\s*>.*|\s[^+~]*)?", re.DOTALL)


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
        return cls(tree, index, 0, len(index.elements))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Head:
    """The first compound of a CSS selector, found by its class token, and what follows it."""

    token: str
    tag: str | None
    more: Path | None
    rest: Path | None

    def hits(self, index: Index, start: int, end: int) -> list[tuple[int, Any]]:
        """Each hit between two places, with the place of the compound."""
        places = index.places(self.token)
        places = places[bisect_left(places, start) : bisect_left(places, end)]
        found = [(place, index.elements[place]) for place in places]
        if self.tag:
            found = [hit for hit in found if hit[1].tag == self.tag]
        if self.more:
            found = [hit for hit in found if self.more(hit[1])]
        if self.rest:
            found = [(place, inner) for place, outer in found for inner in self.rest(outer)]
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class _Way:
    """One alternative of a selector: as XPath for all hits and for the first, and by a shorter way if there is one."""

    all: Path
    one: Path
    heads: tuple[_Head, ...] = ()  # through the index
    attribute: str = ""
    own: bool = False  # asks only the element itself

    def hits(self, index: Index, start: int, end: int) -> list[tuple[int, Any]]:
        """Each hit between two places of the index, in the page's order, with its place there."""
        found = self.heads[0].hits(index, start, end)
        if len(self.heads) > 1:
            found = sorted((hit for head in self.heads for hit in head.hits(index, start, end)), key=itemgetter(0))
        if len(self.heads) > 1 or self.heads[0].rest:  # an element can be in two heads, one inside the other
            once: dict[Any, int] = {}
            for place, hit in found:
                once.setdefault(hit, place)
            found = [(place, hit) for hit, place in once.items()]
        if self.attribute:
            return [(place, value) for place, hit in found if (value := hit.get(self.attribute)) is not None]
        return found


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
            ways = _compiled(selector)
            self.columns[selector] = self._fill(ways) if all(way.heads or way.own for way in ways) else None
        return self.columns[selector]

    def _fill(self, ways: tuple[_Way, ...]) -> list[list[Any]]:
        column: list[list[Any]] = [[] for _ in self.spans]
        for way in ways:
            found = self._spread(way) if way.heads else [list(way.all(element)) for _, _, element in self.spans]
            column = [before or now for before, now in zip(column, found, strict=True)]
            if all(column):
                break
        return column

    def _spread(self, way: _Way) -> list[list[Any]]:
        column: list[list[Any]] = [[] for _ in self.spans]
        at, (start, end, _) = 0, self.spans[0]
        for place, hit in way.hits(self.index, start, self.spans[-1][1]):
            while place >= end:
                at += 1
                start, end, _ = self.spans[at]
            if place >= start:
                column[at].append(hit)
        return column


@cache
def _compiled(selector: str) -> tuple[_Way, ...]:
    return tuple(_way(alternative.strip()) for alternative in selector.split(" | "))


def _way(selector: str) -> _Way:
    if selector.startswith(("./", "/")):
        return _Way(all=xpath(selector), one=xpath(f"({selector})[1]"))
    css, _, attribute = selector.partition("@")
    path = _path(css, "descendant::") if css else "."
    path = f"({path})/@{attribute}" if attribute else path
    heads = [None] if "(" in css and "," in css else [_head(single) for single in css.split(",")]
    # several heads are merged by their own place in the page, which says nothing about what follows inside them
    whole = None not in heads and (len(heads) == 1 or not any(head.rest for head in heads if head))
    return _Way(
        all=xpath(path),
        one=xpath(f"({path})[1]"),
        heads=tuple(head for head in heads if head) if whole else (),
        attribute=attribute,
        own=not css or (css.startswith("&") and "," not in css),
    )


def _head(css: str) -> _Head | None:
    head = _HEAD.fullmatch(css.strip())
    if not head:
        return None
    rest = (head["rest"] or "").strip()
    axis = "child::" if rest.startswith(">") else "descendant::"
    return _Head(
        token=head["token"],
        tag=head["tag"],
        more=xpath(_path(f"*{head['more']}", "self::")) if head["more"] else None,
        rest=xpath(_path(rest.removeprefix(">").strip(), axis)) if rest else None,
    )


def _path(css: str, axis: str) -> str:
    if css.startswith("&"):
        css, axis = f"*{css[1:]}", "self::"
    return str(_TRANSLATOR.css_to_xpath(css, prefix=axis))


def every(node: Any, selector: str) -> list[Any]:
    """All elements (or attribute values) of the first alternative that finds any; an empty selector finds none.

    `node` is a `Part`, an element, or None, in which nothing is found.
    """
    if not selector or node is None:
        return []
    if not isinstance(node, Part):
        return next((list(found) for way in _compiled(selector) if (found := way.all(node))), [])
    column = node.row and node.row.column(selector)
    if column:
        return column[node.at]
    for way in _compiled(selector):
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
        return next((found[0] for way in _compiled(selector) if (found := way.one(node))), None)
    column = node.row and node.row.column(selector)
    if column:
        found = column[node.at]
        return found[0] if found else None
    for way in _compiled(selector):
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
    placed = _placed(whole, selector)
    ends = [_end(element, start, after) for (start, element), after in zip_longest(placed, placed[1:])]
    found = [Part(element, whole.index, start, end) for (start, element), end in zip(placed, ends, strict=True)]
    if found and all(before.end <= after.start for before, after in pairwise(found)):  # none lies inside another
        _Row(found)
    return found


def _placed(whole: Part, selector: str) -> list[tuple[int, Any]]:
    """What the selector finds, with the place of the first element inside that the index knows."""
    for way in _compiled(selector):
        if way.heads and not any(head.rest for head in way.heads):
            found = [(place + 1, element) for place, element in way.hits(whole.index, whole.start, whole.end)]
        else:
            found = [(_inside(element, whole.index), element) for element in way.all(whole.element)]
        if found:
            return found
    return []


def _inside(element: Any, index: Index) -> int:
    if element.get("class"):
        return index.place[element] + 1
    inside = _FIRST_FILED(element)
    return index.place[inside[0]] if inside else 0


def _end(element: Any, start: int, after: tuple[int, Any] | None) -> int:
    """Where the part that begins at `start` ends: where its next sibling begins, or else by counting."""
    if after is not None and after[1].get("class") and element.getnext() is after[1]:
        return after[0] - 1
    return start + int(_COUNT_FILED(element))


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
