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
from itertools import chain
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
_FIRST_FILED = _xpath("(descendant::*[@class])[1]")
_COUNT_FILED = _xpath("count(descendant::*[@class])")
_PLAIN = re.compile(r"(?P<tag>[a-z]\w*)?\.(?P<token>[\w-]+)")
_HEAD = re.compile(r"(?P<tag>[a-z]\w*)?\.(?P<token>[\w-]+)(?P<more>[^\s>+~,]*)(?P<rest>\s*>.*|\s[^+~]*)?", re.DOTALL)


class Index:
    """The elements of a page that have a class, in its order, to be found by their class tokens."""

    def __init__(self, tree: Any) -> None:
        self.elements: list[Any] = _FILED(tree)
        self._places: dict[str, list[int]] = {}  # by whole class attribute: a page repeats a few of them
        self._files: dict[str, list[int]] = {}
        for place, classes in enumerate(_CLASSES(tree)):
            if classes in self._places:
                self._places[classes].append(place)
            else:
                self._places[classes] = [place]

    def places(self, token: str) -> list[int]:
        """Where in `elements` those with the class token are, in order."""
        if token not in self._files:
            lists = [
                places for classes, places in self._places.items() if token in classes and token in classes.split()
            ]
            self._files[token] = lists[0] if len(lists) == 1 else sorted(chain.from_iterable(lists))
        return self._files[token]

    @cached_property
    def place(self) -> dict[Any, int]:
        """Where in `elements` each of them is."""
        return {element: place for place, element in enumerate(self.elements)}


class Part:
    """An element of a page (the page itself, a post, a row) that selectors look into through the page's index."""

    def __init__(self, element: Any, index: Index, start: int = 0, end: int | None = None) -> None:
        self.element = element
        self.index = index
        self.start = start
        self.end = len(index.elements) if end is None else end

    def first(self, token: str, tag: str | None) -> Any:
        """The first element inside with the class token, and the tag if one is asked for."""
        places = self.index.places(token)
        at = bisect_left(places, self.start)
        while at < len(places) and places[at] < self.end:
            element = self.index.elements[places[at]]
            if tag is None or element.tag == tag:
                return element
            at += 1
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Head:
    """The first compound of a CSS selector, found by its class token, and what follows it."""

    token: str
    tag: str | None
    more: Callable[[Any], Any] | None
    rest: Callable[[Any], Any] | None

    def hits(self, part: Part) -> Iterator[tuple[int, Any]]:
        """Place and element of each compound found; what follows is looked for inside."""
        places = part.index.places(self.token)
        for at in range(bisect_left(places, part.start), len(places)):
            place = places[at]
            if place >= part.end:
                return
            element = part.index.elements[place]
            if (self.tag and element.tag != self.tag) or (self.more and not self.more(element)):
                continue
            if self.rest is None:
                yield place, element
            else:
                for inner in self.rest(element):
                    yield place, inner


@dataclass(frozen=True, kw_only=True, slots=True)
class _Alternative:
    """One alternative of a selector: as XPath for all hits and for the first, and through the index where that goes."""

    all: Callable[[Any], Any]
    one: Callable[[Any], Any]
    heads: tuple[_Head, ...] = ()
    attribute: str = ""
    token: str | None = None  # the commonest kind, `tag.token` and nothing more, for its short way
    tag: str | None = None

    def indexed(self, part: Part) -> Iterator[Any]:
        """All hits in the page's order."""
        hits = self.heads[0].hits(part)
        if len(self.heads) > 1:
            hits = iter(sorted((hit for head in self.heads for hit in head.hits(part)), key=itemgetter(0)))
        seen = set()
        for _, hit in hits:
            if hit in seen:  # an element can be in two heads, one inside the other
                continue
            seen.add(hit)
            if not self.attribute:
                yield hit
            elif (value := hit.get(self.attribute)) is not None:
                yield value


@cache
def _compiled(selector: str) -> tuple[_Alternative, ...]:
    return tuple(_alternative(alternative.strip()) for alternative in selector.split(" | "))


def _alternative(selector: str) -> _Alternative:
    if selector.startswith(("./", "/")):
        return _Alternative(all=_xpath(selector), one=_xpath(f"({selector})[1]"))
    css, _, attribute = selector.partition("@")
    path = _path(css, "descendant::") if css else "."
    path = f"({path})/@{attribute}" if attribute else path
    heads = [None] if "(" in css and "," in css else [_head(single) for single in css.split(",")]
    # several heads are merged by their own place in the page, which says nothing about what follows inside them
    whole = None not in heads and (len(heads) == 1 or not any(head.rest for head in heads if head))
    plain = _PLAIN.fullmatch(selector)
    return _Alternative(
        all=_xpath(path),
        one=_xpath(f"({path})[1]"),
        heads=tuple(head for head in heads if head) if whole else (),
        attribute=attribute,
        token=plain["token"] if plain else None,
        tag=plain["tag"] if plain else None,
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
            found = list(way.indexed(part))
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
        if part is None or not way.heads:
            found = next(iter(way.one(node if part is None else part.element)), None)
        elif way.token is None:
            found = next(way.indexed(part), None)
        else:
            found = part.first(way.token, way.tag)
        if found is not None:
            return found
    return None


def parts(whole: Part | None, selector: str) -> Iterator[Part]:
    """What the selector finds, as parts that can be looked into in turn."""
    for element in every(whole, selector):
        assert whole is not None
        start = whole.index.place.get(element, -1) + 1
        if not start:  # the part's own element has no class
            inside = _FIRST_FILED(element)
            start = whole.index.place[inside[0]] if inside else 0
        yield Part(element, whole.index, start, start + int(_COUNT_FILED(element)))


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
