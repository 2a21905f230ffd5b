"""The title of a page of an unknown software: what the page's `title` says, without the names of site and board."""

import re
from typing import Any

from lxml import etree

from crawler.forums.generic import pager
from crawler.reading import urls
from crawler.reading.document import Document
from crawler.reading.select import every, first, words

_BETWEEN = re.compile(r"(\s+[-–—|·•»>:/]{1,2}\s+|\s*[|»]\s*)")
_PIECES = 11  # texts, and what stands between them
_LETTER = re.compile(r"[^\W\d]")
_ANSWER = re.compile(r"^re:\s*", re.IGNORECASE)


def read(doc: Document) -> str:
    """The heading that the page's title repeats, else the part of it that stands on the page, else the title."""
    name = words(first(doc.tree, "title"))
    nodes = every(doc.tree, "h1") + every(doc.tree, "h2")
    headings = [shown for node in nodes if (shown := words(node)) and not _is_parents(doc, node)]
    lower = [shown for node in every(doc.tree, "h3") if (shown := words(node))]
    own = max((shown for shown in headings + lower if shown.casefold() in name.casefold()), key=len, default="")
    told = own or words(first(doc.tree, "meta[property='og:title']@content")) or _part(doc, name)
    return told or name or (headings or [""])[0]


def _is_parents(doc: Document, node: Any) -> bool:
    """Whether a text is a link to the page above this one: the name of the site or the board."""
    here = pager.first_url(urls.clean(doc.url))
    links = every(node, "a[href]")[:1] + every(node, "./ancestor-or-self::a[@href]")
    targets = [urls.clean(target) for link in links if (target := doc.link(link.get("href")))]
    # a thread's own address may go on with the number of a post
    return any(here.startswith(target) and _LETTER.search(here[len(target) :]) for target in targets)


def _is_led_up(doc: Document, node: Any) -> bool:
    """The same; on a page that does not say where it was, of any link."""
    return _is_parents(doc, node) or (not doc.url and next(node.iterancestors("a"), node).tag == "a")


def _part(doc: Document, name: str) -> str:
    """The longest part of the page's title, between its dashes, that is a text of its own and no link upwards."""
    pieces = _BETWEEN.split(name)
    size = len(pieces)
    if not 1 < size <= _PIECES:
        return ""
    parts = {"".join(pieces[at:end]) for at in range(0, size, 2) for end in range(at + 1, size + 1, 2)} - {name, ""}
    found = ""
    for node in doc.tree.iter(etree.Element):
        for owner, text in () if node.tag == "title" else ((node, node.text), (node.getparent(), node.tail)):
            shown = _ANSWER.sub("", words(text)) if text else ""
            if len(shown) > len(found) and shown in parts and not _is_led_up(doc, owner):
                found = shown
    return found
