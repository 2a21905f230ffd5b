"""Selectors: CSS with a few additions, found through an index of the page's class tokens where they can be.

`h4.name a.username` is CSS; `time.posted@datetime` ends in the attribute wanted; `&.deleted` asks the element itself;
alternatives separated by ` | ` are tried in order and the first that finds something counts; what starts with `./` or
`/` is XPath. A selector whose first part has a class costs next to nothing: one pass over the page files every element
under its class tokens (libxml2 would search each class attribute anew for each selector of each post). The others run
as compiled XPath: start those with a tag name.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter
from typing import Any

from cssselect import HTMLTranslator
from lxml import etree


def _xpath(path: str) -> Callable[[Any], Any]:
    """XPath as a function; lxml's own type would make every caller ask what came back."""
    return etree.XPath(path, smart_strings=False)


_TRANSLATOR = HTMLTranslator()
_STRING = _xpath("string()")
_FILED = _xpath("descendant::*[@class]")
_CLASSES = _xpath("descendant::*/@class")
_INSIDE = _xpath("(descendant::*[@class])[1]")
_AFTER = _xpath("following::*[@class][1]")
_HEAD = re.compile(r"(?P<tag>[a-z]\w*)?\.(?P<token>[\w-]+)(?P<more>[^\s>+~,]*)(?P<rest>\s*>.*|\s[^+~]*)?", re.DOTALL)


class Index:
    """The elements of a page that have a class, in its order, and filed under their class tokens."""

    def __init__(self, tree: Any) -> None:
        self.elements: list[Any] = _FILED(tree)
        self.files: dict[str, list[tuple[int, Any]]] = {}
        split: dict[str, list[list[tuple[int, Any]]]] = {}  # a page repeats its class attributes: split each once
        for order, (element, classes) in enumerate(zip(self.elements, _CLASSES(tree), strict=True)):
            files = split.get(classes)
            if files is None:
                files = split[classes] = [self.files.setdefault(token, []) for token in set(classes.split())]
            for file in files:
                file.append((order, element))

    @cached_property
    def orders(self) -> dict[Any, int]:
        """Place of each filed element in the page's order."""
        return {element: order for order, element in enumerate(self.elements)}


class Part:
    """An element of a page (the page itself, a post, a row) that selectors look into through the page's index."""

    def __init__(self, element: Any, index: Index, start: int = 0, end: int | None = None) -> None:
        self.element = element
        self.index = index
        self.start = start
        self.end = len(index.elements) if end is None else end

    def filed(self, token: str) -> list[tuple[int, Any]]:
        """The elements inside this part that have the class token, each with its place in the page."""
        file = self.index.files.get(token)
        if not file:
            return []
        if self.start == 0 and self.end == len(self.index.elements):
            return file
        return file[bisect_left(file, self.start, key=itemgetter(0)) : bisect_left(file, self.end, key=itemgetter(0))]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Head:
    """The first compound of a CSS selector, found by its class token, and what follows it."""

    token: str
    tag: str | None
    more: Callable[[Any], Any] | None
    rest: Callable[[Any], Any] | None

    def hits(self, part: Part) -> Iterator[tuple[int, Any]]:
        for order, element in part.filed(self.token):
            if (self.tag and element.tag != self.tag) or element is part.element:
                continue
            if self.more is None or self.more(element):
                yield order, element


@dataclass(frozen=True, kw_only=True, slots=True)
class _Alternative:
    """One alternative of a selector: as XPath for all hits and for the first, and through the index where that goes."""

    all: Callable[[Any], Any]
    one: Callable[[Any], Any]
    heads: tuple[_Head, ...] = ()
    attribute: str = ""

    def indexed(self, part: Part) -> Iterator[Any]:
        if len(self.heads) == 1:
            hits = ((element, self.heads[0]) for _, element in self.heads[0].hits(part))
        else:
            merged = sorted(((*hit, head) for head in self.heads for hit in head.hits(part)), key=itemgetter(0))
            hits = ((element, head) for _, element, head in merged)
        for element, head in hits:
            found: Any = (element,) if head.rest is None else head.rest(element)
            if self.attribute:
                yield from (value for value in (hit.get(self.attribute) for hit in found) if value is not None)
            else:
                yield from found


@cache
def _compiled(selector: str) -> tuple[_Alternative, ...]:
    return tuple(_alternative(alternative.strip()) for alternative in selector.split(" | "))


def _alternative(selector: str) -> _Alternative:
    if selector.startswith(("./", "/")):
        return _Alternative(all=_xpath(selector), one=_xpath(f"({selector})[1]"))
    css, _, attribute = selector.partition("@")
    path = _path(css, "descendant::") if css else "."
    path = f"({path})/@{attribute}" if attribute else path
    heads = [_head(single) for single in css.split(",")]
    return _Alternative(
        all=_xpath(path),
        one=_xpath(f"({path})[1]"),
        heads=() if None in heads else tuple(head for head in heads if head),
        attribute=attribute,
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
        more=_xpath(_path(f"*{head['more']}", "self::")) if head["more"] else None,
        rest=_xpath(_path(rest.removeprefix(">").strip(), axis)) if rest else None,
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
    part = node if isinstance(node, Part) else None
    for way in _compiled(selector):
        if part is not None and way.heads:
            found = list(dict.fromkeys(way.indexed(part)))
        else:
            found = list(way.all(node if part is None else part.element))
        if found:
            return found
    return []


def first(node: Any, selector: str) -> Any:
    """The first element (or attribute value) that the selector finds, None without one. `node` as in `every`."""
    if not selector or node is None:
        return None
    part = node if isinstance(node, Part) else None
    for way in _compiled(selector):
        if part is not None and way.heads:
            found = next(way.indexed(part), None)
        else:
            found = next(iter(way.one(node if part is None else part.element)), None)
        if found is not None:
            return found
    return None


def parts(whole: Part | None, selector: str) -> Iterator[Part]:
    """What the selector finds, as parts that can be looked into in turn."""
    for element in every(whole, selector):
        assert whole is not None
        orders = whole.index.orders
        after = _AFTER(element)
        end = orders[after[0]] if after else len(orders)
        start = [element] if element in orders else _INSIDE(element)
        yield Part(element, whole.index, orders[start[0]] if start else end, end)


def words(node: Any) -> str:
    """The text of an element, or an attribute's value, with runs of white space made one space; "" for None."""
    if node is None:
        return ""
    return " ".join((node if isinstance(node, str) else _STRING(node)).split())


def text(node: Any, selector: str) -> str:
    """The words of the first thing that the selector finds, else ""."""
    return words(first(node, selector))
