"""What a forum reads: one response, parsed once, with what is needed to understand its links and dates."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from crawler.reading import charset as charsets
from crawler.reading.binary import is_binary, is_feed
from crawler.reading.dates import Order
from crawler.reading.select import Part, every, first, words

_OWN_URL = "link[rel=canonical]@href | meta[property='og:url']@content | /html/head/base/@href"
_HTML_TAG = re.compile(rb"<html\s[^>]*>", re.IGNORECASE)
_HTML_TAG_WITHIN = 50_000  # bytes
_ATTRIBUTE = re.compile(rb"""([a-zA-Z][\w-]*)\s*=\s*["']([^"'\x00-\x08]*)["']""")
_ATTRIBUTES = "/html/@* | /html/body/@*"
_HEAD = "/html/head/meta[@name='generator']/@content | /html/head/link/@href | /html/head/script/@src"


@dataclass(frozen=True, kw_only=True)
class Document:
    """A response: `page` for HTML, `data` for JSON, neither for anything else.

    `url` is the page's canonical URL once its software is known; relative links are relative to `base`. `now` is the
    moment of the capture; times without a zone are in `zone`.
    """

    body: bytes
    url: str
    base: str
    page: Part | None
    data: Any
    zone: tzinfo
    now: datetime
    given: str | None = None  # the language, where it is known without asking the page
    order: Order | None = None  # of day and month in the page's dates, where something says it

    @property
    def tree(self) -> Any:
        """The page's root element, None without one."""
        return self.page and self.page.element

    @cached_property
    def language(self) -> str | None:
        """Language code that is given or that the page declares ("vi", "pt-br")."""
        declared: str | None = self.given or first(self.tree, "/html/@lang | /html/@xml:lang")
        return declared.lower().replace("_", "-") if declared else None

    @cached_property
    def signals(self) -> str:
        """What names the software, one a line: attributes of html and body, generator, scripts and styles."""
        return "\n".join(every(self.tree, f"{_ATTRIBUTES} | {_HEAD}".replace(" | ", "|")))

    @cached_property
    def _origin(self) -> str:
        found = re.match(r"https?://[^/?#]+", self.base)
        return found[0] if found else ""

    def link(self, href: str | None) -> str | None:
        """`href` as an absolute URL; None for no link at all (empty, "#", javascript:)."""
        if not href or href.startswith(("#", "javascript:", "data:", "mailto:")):
            return None
        href = href.strip()
        if "/." not in href:  # nearly all links are absolute in one of two ways, and joining is slow
            if href.startswith(("https://", "http://")):
                return href
            if href.startswith("/") and not href.startswith("//") and self._origin:
                return self._origin + href
        try:
            return urljoin(self.base, href)
        except ValueError:  # "http://[": a typo in a post is no reason to lose the page
            return None


def document(body: bytes, url: str, *, charset: str | None, zone: tzinfo, now: datetime) -> Document:
    """Parse `body` as JSON where it is JSON, else as HTML. Without `url` the page's canonical link counts."""
    data = tree = None
    if re.match(rb"\s*[\[{]", body):
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):  # a text that starts with a bracket, or with thousands of them
            data = None
    if data is None and body.strip() and not is_binary(body) and not is_feed(body):
        tree = charsets.parse(body, charset)
    if tree is not None:
        _keep_root(tree, body)
    url = url or first(tree, _OWN_URL) or ""
    base = urljoin(url, words(first(tree, "/html/head/base/@href")))
    return Document(body=body, url=url, base=base, page=whole(tree), data=data, zone=zone, now=now)


def whole(tree: Any) -> Part | None:
    """The page of that tree, ready for selectors."""
    return None if tree is None else Part.whole(tree)


def _keep_root(tree: Any, body: bytes) -> None:
    """Give the root the attributes of a `<html>` tag that comes after other elements: libxml2 drops those."""
    tag = None if tree.attrib else _HTML_TAG.search(body, 0, _HTML_TAG_WITHIN)
    if tag:
        for name, value in _ATTRIBUTE.findall(tag[0]):
            tree.set(name.decode(), value.decode("utf-8", "replace"))
