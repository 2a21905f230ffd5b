"""The index of a page: its elements by their class tokens, made in one pass."""

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from typing import Any

from lxml import etree

Path = Callable[[Any], Any]


def xpath(path: str) -> Path:
    """XPath as a function; lxml's own type would make every caller ask what came back."""
    return etree.XPath(path, smart_strings=False)


class Index:
    """The elements of a page in its order, to be found by their class tokens."""

    def __init__(self, tree: Any) -> None:
        self.elements: list[Any] = list(tree.iter(etree.Element))
        alike: dict[str, list[int]] = defaultdict(list)  # by whole class attribute: a page repeats a few of them
        for place, element in enumerate(self.elements):
            classes = element.get("class")
            if classes:
                alike[classes].append(place)
        self._alike: dict[str, list[list[int]]] = defaultdict(list)
        for classes, places in alike.items():
            for token in _tokens(classes):
                self._alike[token].append(places)

    def places(self, token: str) -> list[int]:
        """Where in `elements` those with the class token are, in order."""
        alike = self._alike.get(token, ())
        if len(alike) > 1:
            alike = self._alike[token] = [sorted(chain.from_iterable(alike))]
        return alike[0] if alike else []


@lru_cache(maxsize=8192)  # the pages of a site repeat each other's
def _tokens(classes: str) -> frozenset[str]:
    return frozenset(classes.split())
