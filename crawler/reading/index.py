"""The index of a page, or of its posts: what is below them, to be found by tag and class token."""

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from lxml import etree

Path = Callable[[Any], Any]
Hit = tuple[int, Any]  # an element and its place in the index


def xpath(path: str) -> Path:
    """XPath as a function; lxml's own type would make every caller ask what came back."""
    return etree.XPath(path, smart_strings=False)


class Index:
    """The elements of some tags (None: of any) below each of `roots`, in the page's order.

    `ends` says for each root at which place its elements end. Most of what a page holds is never asked for, and libxml2
    passes over it many times as fast as its classes can be read.
    """

    def __init__(self, roots: list[Any], tags: frozenset[str | None]) -> None:
        self.ends: list[int] = []
        elements: list[Any] = []
        wanted = (etree.Element,) if None in tags else tags
        for root in roots:
            elements += root.iterdescendants(*wanted)
            self.ends.append(len(elements))
        alike: dict[str, list[Hit]] = defaultdict(list)  # by whole class attribute: a page repeats a few of them
        for place, element in enumerate(elements):
            classes = element.get("class")
            if classes:
                alike[classes].append((place, element))
        self._alike: dict[str, list[list[Hit]]] = defaultdict(list)
        for classes, hits in alike.items():
            for token in _tokens(classes):
                self._alike[token].append(hits)

    def hits(self, token: str) -> list[Hit]:
        """Those with the class token, in order."""
        alike = self._alike.get(token, ())
        if len(alike) > 1:
            alike = self._alike[token] = [sorted(chain.from_iterable(alike), key=itemgetter(0))]
        return alike[0] if alike else []


@lru_cache(maxsize=8192)  # the pages of a site repeat each other's
def _tokens(classes: str) -> frozenset[str]:
    return frozenset(classes.split())
