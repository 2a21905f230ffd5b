"""The index of a page: its elements by their class tokens, made in one pass."""

from collections.abc import Callable
from functools import cached_property
from itertools import chain
from typing import Any

from lxml import etree

Path = Callable[[Any], Any]


def xpath(path: str) -> Path:
    """XPath as a function; lxml's own type would make every caller ask what came back."""
    return etree.XPath(path, smart_strings=False)



class Index:
    """The elements of a page that have a class, in its order, to be found by their class tokens."""

    def __init__(self, tree: Any) -> None:
        filed = [(node, classes) for node in tree.iterdescendants(etree.Element) if (classes := node.get("class"))]
        self.elements: list[Any] = [node for node, _ in filed]
        alike: dict[str, list[int]] = {}  # by whole class attribute: a page repeats a few of them
        for place, (_, classes) in enumerate(filed):
            if classes in alike:
                alike[classes].append(place)
            else:
                alike[classes] = [place]
        self._alike: dict[str, list[list[int]]] = {}
        for classes, places in alike.items():
            for token in set(classes.split()):
                self._alike.setdefault(token, []).append(places)

    def places(self, token: str) -> list[int]:
        """Where in `elements` those with the class token are, in order."""
        alike = self._alike.get(token, ())
        if len(alike) > 1:
            alike = self._alike[token] = [sorted(chain.from_iterable(alike))]
        return alike[0] if alike else []

    @cached_property
    def place(self) -> dict[Any, int]:
        """Where in `elements` each of them is."""
        return {element: place for place, element in enumerate(self.elements)}
