"""A post's content as one tree, and the images in it."""

import re
from typing import Any

from lxml import etree

from crawler.reading import charset as charsets
from crawler.reading.document import Document

FRAME = "xemtiep-frame"  # class of what a page's frame repeats inside a post; the cleaning stage knows it
# Class tokens and addresses of pictures that are no content: smilies, avatars, site icons, 1x1 counters.
_NO_CONTENT = re.compile(
    r"smil|emoji|emotic|avatar|icon|reaction|inlineimg|mime_types|spacer|pixel|clear\.(?:gif|png)", re.IGNORECASE
)
# Classes of quotes that are no blockquote, and of signatures inside a body.
_NOT_OWN = re.compile(r"(?:^|\s)(?:quote|quotecontent|signature)(?:\s|$)")
# The first that is there is the real address; Discuz! has it in "zoomfile" or "file".
_LAZY = ("data-url", "data-original", "data-src", "data-lazy-src", "zoomfile", "file", "src")
_TINY = 32  # pixels; nothing that an article shows is this narrow


def fragment(markup: str | None) -> Any:
    """A post's HTML, as an API gives it, as one element."""
    tree = charsets.parse(f"<html><body>{markup or ''}</body></html>".encode("utf-8", "replace"), "utf-8")
    body: Any = tree.find("body")
    body.tag = "div"
    tree.remove(body)
    return body


def mark(element: Any, token: str) -> None:
    """Name in a class, of a new element around the content, what the markup says by other means than a class."""
    if element is None:
        return
    inside = element.makeelement("div", {"class": token})
    inside.text, element.text = element.text, None
    inside.extend(list(element))
    element.append(inside)


def gather(body: Any, extras: list[Any]) -> Any:
    """`body`, or one new element that holds body and extras in this order (they are moved out of the page)."""
    if body is None or not extras:
        return body
    whole = body.makeelement("div")
    for part in (body, *(part for part in extras if body not in part.iterancestors())):  # what is inside stays there
        part.tail = None  # the white space between two containers
        whole.append(part)
    return whole


def images(doc: Document, body: Any) -> tuple[str, ...]:
    """URLs of the pictures that the post itself shows, each once: no smilies, icons, quotes or signatures."""
    found: dict[str, None] = {}
    for image in () if body is None else body.iter("img"):
        source = next((value for name in _LAZY if (value := image.get(name)) and not value.startswith("data:")), None)
        url = doc.link(source)
        if url and not _is_decoration(image, url) and not _is_quoted(image, body):
            found[url] = None
    return tuple(found)


def _is_decoration(image: etree._Element, url: str) -> bool:
    width = (image.get("width") or "").removesuffix("px")
    return bool(_NO_CONTENT.search(image.get("class") or "") or _NO_CONTENT.search(url)) or (
        width.isdecimal() and int(width) <= _TINY
    )


def _is_quoted(image: etree._Element, body: etree._Element) -> bool:
    for parent in image.iterancestors():
        if parent is body:
            return False
        if parent.tag == "blockquote" or _NOT_OWN.search(parent.get("class") or ""):
            return True
    return False
