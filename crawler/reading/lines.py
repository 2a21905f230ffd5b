"""Lines of an element's text: forums write a date, a count or a label per line, with breaks between and no element."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from crawler.reading.select import words

_BREAKS = frozenset(("br", "div", "p", "li"))


def lines(node: Any) -> Iterator[str]:
    """The lines of `node` that `<br>` and paragraphs make, without empty ones; a string is one line, None has none."""
    if node is None or isinstance(node, str) or not len(node):
        yield from filter(None, (words(node),))
        return
    line = ""
    for event, element in etree.iterwalk(node, events=("start", "end", "comment")):
        if element.tag in _BREAKS and element is not node:
            yield from filter(None, (words(line),))
            line = ""
        if event == "start":
            line += element.text or ""
        elif element is not node:
            line += element.tail or ""
    yield from filter(None, (words(line),))


def first_line(node: Any) -> str:
    """The first of `lines`, "" without any."""
    return next(lines(node), "")


def pair(line: str) -> Iterator[tuple[str, str]]:
    """Label and value of a line of an author card ("Posts: 56"), if it is one."""
    label, colon, value = line.partition(":")
    if colon and value.strip():
        yield label.strip(), value.strip()


def pairs(node: Any) -> Iterator[tuple[str, str]]:
    """Label and value of each line of an author card."""
    for line in lines(node):
        yield from pair(line)
