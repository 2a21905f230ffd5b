"""What a selector compiles to: for each of its alternatives the ways to its hits, the shortest that there is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from cssselect import HTMLTranslator
from lxml import etree

from crawler.reading.index import Compound, Hit, Index, Path, xpath

Test = Callable[[Any], Any]

_TRANSLATOR = HTMLTranslator()
_HEAD = re.compile(r"(?P<tag>[a-z]\w*)?\.(?P<token>[\w-]+)(?P<more>[^\s>+~,]*)(?P<rest>\s*>.*|\s[^+~]*)?", re.DOTALL)
_REST = re.compile(r"(?P<child>>)?\s*(?P<tag>[a-z]\w*)?(?P<more>[^\s>+~,]*)")
_TEST = re.compile(
    r"""\.(?P<token>[\w-]+)|\[(?P<name>[a-z][\w-]*)(?:(?P<sign>[\^$*]?=)(?P<quote>['"]?)(?P<value>[^\]'"]+)(?P=quote))?\]"""
)
_TAG = re.compile(r"[a-z]\w*")
_OWN_CLASS = re.compile(r"&\.([\w-]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The first compound of a CSS selector, found by its class token, and what follows it."""

    token: str
    tag: str | None
    more: Test | None
    rest: Path | None
    nests: bool  # what one of them holds may stand after what another holds inside of it: `rest` begins with a child

    @property
    def compound(self) -> Compound:
        """What an index files it under."""
        return self.tag, self.token

    def hits(self, index: Index) -> list[Hit]:
        """What an index holds of it, in the page's order."""
        found = index.hits[self.token]
        if self.tag:
            found = [hit for hit in found if hit[1].tag == self.tag]
        if self.more:
            found = [hit for hit in found if self.more(hit[1])]
        if self.rest:  # an element can be in two of them, one inside the other
            once = {inner: at for at, outer in found for inner in self.rest(outer)}
            found = [(at, inner) for inner, at in once.items()]
        return found


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Way:
    """One alternative of a selector: as XPath for all hits and for the first, and by a shorter way if there is one."""

    all: Path
    one: Path
    heads: tuple[Head, ...] = ()  # through indexes of their tags; several have no `rest`
    attribute: str = ""
    own: Path | None = None  # from the element itself, without an index


@cache
def compiled(selector: str) -> tuple[Way, ...]:
    """The selector's alternatives, in order."""
    return tuple(_way(alternative.strip()) for alternative in selector.split(" | "))


@cache
def compounds_of(selectors: tuple[str, ...]) -> frozenset[Compound]:
    """What the selectors look for in an index, in the first alternative of each that looks there at all."""
    return frozenset(
        head.compound
        for selector in selectors
        if selector
        for head in next((way.heads for way in compiled(selector) if way.heads), ())
    )


def _way(selector: str) -> Way:
    if selector.startswith(("./", "/")):
        return Way(all=xpath(selector), one=xpath(f"({selector})[1]"))
    css, _, attribute = selector.partition("@")
    path = _path(css, "descendant::") if css else "."
    path = f"({path})/@{attribute}" if attribute else path
    heads = [None] if "(" in css and "," in css else [_head(single) for single in css.split(",")]
    # what several heads find is put in order as elements, which says nothing of what is inside them
    whole = None not in heads and (len(heads) == 1 or not any(head.rest for head in heads if head))
    return Way(
        all=xpath(path),
        one=xpath(f"({path})[1]"),
        heads=tuple(head for head in heads if head) if whole else (),
        attribute=attribute,
        own=_own(css, attribute),
    )


def _own(css: str, attribute: str) -> Path | None:
    """The short way of `@data-author`, `&.deleted` and `time`; None for other selectors."""
    if not css:
        return lambda element: [value] if (value := element.get(attribute)) is not None else []
    if _TAG.fullmatch(css) and not attribute:
        return lambda element: list(element.iterdescendants(css))
    if not css.startswith("&") or "," in css:
        return None
    token = _OWN_CLASS.fullmatch(css)
    if token is None or attribute:
        return xpath(_path(css, "descendant::") + (f"/@{attribute}" if attribute else ""))
    return lambda element: [element] if token[1] in element.get("class", "").split() else []


def _head(css: str) -> Head | None:
    head = _HEAD.fullmatch(css.strip())
    if not head:
        return None
    rest = (head["rest"] or "").strip()
    return Head(
        token=head["token"],
        tag=head["tag"],
        more=(_test(head["more"]) or xpath(_path(f"*{head['more']}", "self::"))) if head["more"] else None,
        rest=_rest(rest) if rest else None,
        nests=rest.startswith(">"),
    )


def _rest(css: str) -> Path:
    """What follows the first compound: `time`, `> div.text`, `a[href*=x]`; XPath for what is less plain."""
    plain = _REST.fullmatch(css)
    test = plain and _test(plain["more"])
    if plain is None or test is None:
        return xpath(_path(css.removeprefix(">").strip(), "child::" if css.startswith(">") else "descendant::"))
    tag = plain["tag"] or etree.Element

    def inner(outer: Any) -> list[Any]:
        found = outer.iterchildren(tag) if plain["child"] else outer.iterdescendants(tag)
        return [node for node in found if test(node)] if plain["more"] else list(found)

    return inner


def _test(css: str) -> Test | None:
    """Whether an element has these class tokens and attributes; asking libxml2 costs ten times as much for each."""
    tests: list[Test] = []
    end = 0
    for found in _TEST.finditer(css):
        if found.start() != end:
            return None
        end = found.end()
        tests.append(
            _has_token(found["token"]) if found["token"] else _has_value(*found.group("name", "sign", "value"))
        )
    if end != len(css):
        return None
    return tests[0] if len(tests) == 1 else lambda node: all(test(node) for test in tests)


def _has_token(token: str) -> Test:
    return lambda node: token in node.get("class", "").split()


def _has_value(name: str, sign: str | None, value: str) -> Test:
    if sign is None:
        return lambda node: node.get(name) is not None
    if sign == "=":
        return lambda node: bool(node.get(name) == value)
    if sign == "*=":
        return lambda node: value in node.get(name, "")
    if sign == "$=":
        return lambda node: bool(node.get(name, "").endswith(value))
    return lambda node: bool(node.get(name, "").startswith(value))


def _path(css: str, axis: str) -> str:
    if css.startswith("&"):
        css, axis = f"*{css[1:]}", "self::"
    return str(_TRANSLATOR.css_to_xpath(css, prefix=axis))
