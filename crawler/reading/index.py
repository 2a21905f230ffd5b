"""The index of a page, or of its posts: what is below them, to be found by tag and class token."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from lxml import etree

Path = Callable[[Any], Any]
Hit = tuple[int, Any]  # an element, and below which of the roots it is
Compound = tuple[str | None, str]  # tag (None: any) and class token
_MEMO_LIMIT = 4096


def xpath(path: str) -> Path:
    """XPath as a function; lxml's own type would make every caller ask what came back."""
    return etree.XPath(path, smart_strings=False)


class Index:
    """The elements below each of `roots` that have a class token asked for, in the page's order.

    Only elements of the tags asked for are looked at (None: of any), and only hits are kept: most of what a page holds
    is never asked for, and libxml2 passes over it many times as fast as its classes can be read.
    """

    def __init__(self, roots: list[Any], asked: frozenset[Compound]) -> None:
        self.hits: dict[str, list[Hit]] = {token: [] for _, token in asked}
        tags = {tag for tag, _ in asked}
        wanted = (etree.Element,) if None in tags else tags
        tokens_of = _tokens_among(frozenset(self.hits))
        for at, root in enumerate(roots):
            elements = [*root.iterdescendants(*wanted)]
            classes = [element.get("class", "") for element in elements]
            for element, tokens in zip(elements, map(tokens_of.__getitem__, classes), strict=True):
                for token in tokens:
                    self.hits[token].append((at, element))


class _Tokens(dict[str, frozenset[str]]):
    """Class attribute -> those of its tokens that are asked for; remembered, as the pages of a site repeat theirs."""

    def __init__(self, asked: frozenset[str]) -> None:
        super().__init__()
        self._asked = asked

    def __missing__(self, classes: str) -> frozenset[str]:
        if len(self) > _MEMO_LIMIT:  # ids inside class names make them endless
            self.clear()
        found = self[classes] = self._asked.intersection(classes.split())
        return found


_tokens_among = lru_cache(maxsize=1024)(_Tokens)
