"""Selectors: CSS with a few additions, found through indexes of a page's class tokens where they can be.

`h4.name a.username` is CSS; `time.posted@datetime` ends in the attribute wanted; `&.deleted` asks the element itself;
alternatives separated by ` | ` are tried in order and the first that finds something counts; what starts with `./` or
`/` is XPath. A selector whose first part has a tag and a class costs next to nothing: one pass over the page, or over
all posts of it, files the elements of the tags asked for under their class tokens (libxml2 would search each class
attribute anew for each selector of each post). Without the tag all elements are filed. Other selectors run as compiled
XPath: start those with a tag name.
"""

from itertools import chain, pairwise
from typing import Any

from cssselect import SelectorError
from lxml import etree

from crawler.reading.index import Compound, Index, Path, xpath
from crawler.reading.ways import Head, Way, compiled, compounds_of

_STRING = xpath("string()")


class Part:
    """An element of a page (the page itself, a post, a row) that selectors look into.

    Posts and rows know their `row`: what a selector finds in one of them is looked for in all of them at once.
    """

    def __init__(self, element: Any, row: "_Row", at: int) -> None:
        self.element = element
        self.row = row
        self.at = at

    @classmethod
    def whole(cls, tree: Any) -> "Part":
        """The page of that tree."""
        return cls(tree, _Row([tree]), 0)


class _Row:
    """Elements none of which is inside another, and what selectors find in each through indexes of them all."""

    def __init__(self, roots: list[Any]) -> None:
        self._roots = roots
        self._indexes: dict[Compound, Index] = {}
        self._columns: dict[Way, list[list[Any]]] = {}

    def column(self, way: Way) -> list[list[Any]]:
        """The hits of a way that has heads, one list for each element."""
        found = self._columns.get(way)
        if found is None:
            found = self._find(way.heads[0])
            if len(way.heads) > 1:
                columns = zip(self._roots, *map(self._find, way.heads), strict=True)
                found = [_ordered(root, cells) for root, *cells in columns]
            elif way.heads[0].nests:
                found = [_ordered(root, [[hit] for hit in cell]) for root, cell in zip(self._roots, found, strict=True)]
            if way.attribute:
                found = [_values(cell, way.attribute) for cell in found]
            self._columns[way] = found
        return found

    def expect(self, asked: frozenset[Compound]) -> None:
        """Make one index for all of these, since each costs a pass over the elements."""
        new = asked - self._indexes.keys()
        if new:
            self._indexes |= dict.fromkeys(new, Index(self._roots, new))

    def _find(self, head: Head) -> list[list[Any]]:
        self.expect(frozenset([head.compound]))
        column: list[list[Any]] = [[] for _ in self._roots]
        for at, hit in head.hits(self._indexes[head.compound]):
            column[at].append(hit)
        return column


def _ordered(root: Any, cells: list[list[Any]]) -> list[Any]:
    """The elements of several cells as one, in the page's order, each once."""
    filled = [cell for cell in cells if cell]
    if len(filled) < 2:  # noqa: PLR2004 # one alone is in order
        return filled[0] if filled else []
    wanted = set(chain.from_iterable(filled))
    return [element for element in root.iterdescendants(*{element.tag for element in wanted}) if element in wanted]


def _values(elements: list[Any], attribute: str) -> list[str]:
    return [value for element in elements if (value := element.get(attribute)) is not None]


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
    if selector and node is not None:
        for way in compiled(selector):
            found = _found(node, way, way.all)
            if found:
                return list(found)
    return []


def first(node: Any, selector: str) -> Any:
    """The first element (or attribute value) that the selector finds, None without one. `node` as in `every`."""
    if selector and node is not None:
        for way in compiled(selector):
            found = _found(node, way, way.one)
            if found:
                return found[0]
    return None


def _found(node: Any, way: Way, path: Path) -> list[Any]:
    """What one alternative finds; `path` is the long way to it."""
    element = node
    if isinstance(node, Part):
        if way.heads:
            return node.row.column(way)[node.at]
        element = node.element
    return list((way.own or path)(element))


def expect(whole: Part | None, *asked: str) -> None:
    """Prepare a part for the selectors that it will be asked: one pass over what is inside serves them all."""
    if whole is not None:
        whole.row.expect(compounds_of(asked))


def parts(whole: Part | None, selector: str, *asked: str) -> list[Part]:
    """What the selector finds, as parts that can be looked into in turn; each will be `asked` these selectors."""
    found = every(whole, selector)
    if any(_is_inside(inner, outer) for outer, inner in pairwise(found)):
        return [part for element in found for part in _row([element], asked)]
    return _row(found, asked)


def _row(elements: list[Any], asked: tuple[str, ...]) -> list[Part]:
    row = _Row(elements)
    row.expect(compounds_of(asked))
    return [Part(element, row, at) for at, element in enumerate(elements)]


def _is_inside(inner: Any, outer: Any) -> bool:
    return inner.getparent() is not outer.getparent() and outer in inner.iterancestors()


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
