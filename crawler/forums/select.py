"""Selectors: CSS with two additions, compiled once to XPath, and the text of what they find.

`h4.name a.username` is CSS; `time.posted@datetime` ends in the attribute wanted; alternatives separated by ` | ` are
tried in order and the first that finds something counts; what starts with `./` or `/` is XPath. Start each with a tag
name where you can: libxml2 compares a tag name about ten times faster than it searches a class attribute.
"""

import re
from functools import cache
from typing import Any

from cssselect import HTMLTranslator
from lxml import etree

_TRANSLATOR = HTMLTranslator()
_STRING = etree.XPath("string()", smart_strings=False)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,'’\s]\d{3})+")
_SHORT = re.compile(r"(\d+(?:[.,]\d+)?)\s?([KMkm])")
_FACTOR = {"k": 1_000, "m": 1_000_000}


@cache
def _compiled(selector: str, *, one: bool) -> tuple[etree.XPath, ...]:
    paths = (_path(alternative.strip()) for alternative in selector.split(" | "))
    # "(...)[1]" lets libxml2 stop at the first hit instead of walking on to the end of the page
    return tuple(etree.XPath(f"({path})[1]" if one else path, smart_strings=False) for path in paths)


def _path(selector: str) -> str:
    if selector.startswith(("./", "/")):
        return selector
    css, _, attribute = selector.partition("@")
    path = str(_TRANSLATOR.css_to_xpath(css, prefix="descendant::")) if css else "."
    return f"({path})/@{attribute}" if attribute else path


def every(node: Any, selector: str) -> list[Any]:
    """All elements (or attribute values) of the first alternative that finds any; an empty selector finds none."""
    if selector and node is not None:
        for path in _compiled(selector, one=False):
            found: Any = path(node)
            if found:
                return list(found)
    return []


def first(node: Any, selector: str) -> Any:
    """The first element (or attribute value) that the selector finds, None without one."""
    if selector and node is not None:
        for path in _compiled(selector, one=True):
            found: Any = path(node)
            if found:
                return found[0]
    return None


def words(node: Any) -> str:
    """The text of an element, or an attribute's value, with runs of white space made one space; "" for None."""
    if node is None:
        return ""
    return " ".join((node if isinstance(node, str) else str(_STRING(node))).split())


def text(node: Any, selector: str) -> str:
    """The words of the first thing that the selector finds, else ""."""
    return words(first(node, selector))


def number(shown: str) -> int | None:
    """The count that `shown` is: "122,685", "1.158", "36K", "11.4K"; None when it is anything else, such as a date."""
    shown = shown.strip().replace("−", "-")
    if shown.startswith("-"):
        below = number(shown[1:])
        return None if below is None else -below
    if shown.isdecimal():
        return int(shown)
    if _THOUSANDS.fullmatch(shown):
        return int(re.sub(r"\D", "", shown))
    short = _SHORT.fullmatch(shown)
    return round(float(short[1].replace(",", ".")) * _FACTOR[short[2].lower()]) if short else None


def digits(shown: str) -> str:
    """The last run of digits in an id, a number or a URL ("js-post-123" -> "123"), else ""."""
    found = re.findall(r"[0-9]+", shown)
    return found[-1] if found else ""
