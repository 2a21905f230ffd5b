"""The links of a page that lead to other pages of its site."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.forums.generic import pager
from crawler.forums.generic.outline import Outline
from crawler.forums.generic.structure import Block
from crawler.forums.generic.wording import AUTHOR, CHROME
from crawler.reading import urls

_TITLE = 4  # characters
_LABELS = 12  # leaves before a row's title
_HEADING = re.compile(r"^h[1-6] |title|topic|subject|headline", re.IGNORECASE)
_HEADLINES = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LAST = re.compile(r"last|latest", re.IGNORECASE)  # "last-post-title" in a row of a board
_MANY = 12  # links of a row that are looked at


class Links:
    """The links that lead to other pages of the site: their elements in order, the URL and words of each.

    `but` are the kinds of links that do not count.
    """

    def __init__(self, page: Outline, *, but: int = AUTHOR | CHROME) -> None:
        self.told = dict(_links(page, but))
        self.order = list(self.told)
        self.leaves = [page.first[at] for at in self.order]

    def within(self, start: int, end: int) -> list[int]:
        """The first links among the elements from `start` to `end`."""
        at = bisect_left(self.order, start)
        return [one for one in self.order[at : at + _MANY] if one < end]

    def beside(self, block: Block) -> Iterator[int]:
        """The first links of a post, outside of its text and inside."""
        for leaves in (*block.around, block.inside):
            start = bisect_left(self.leaves, leaves.start)
            end = bisect_left(self.leaves, leaves.stop)
            yield from self.order[start : min(end, start + _MANY)]


def _links(page: Outline, but: int) -> Iterator[tuple[int, tuple[str, str]]]:
    """URL and words of the links that lead to other pages of the site."""
    own = {name for node in page.nodes for name in (node.get("id"), node.get("name")) if name}
    here, hosts = pager.first_url(urls.clean(page.doc.url)), _hosts(page)
    for at, node in enumerate(page.nodes):
        if node.tag != "a":
            continue
        is_title = _is_heading(page, at) and not page.flags[at] & AUTHOR
        if page.flags[max(page.parent[at], 0) if is_title else at] & but:  # a title is no button, whatever its class
            continue
        if but & AUTHOR and page.first[at] < page.last[at] and page.kinds[page.first[at]] == AUTHOR:
            continue
        target = page.doc.link(node.get("href"))
        title = " ".join("".join(node.itertext()).split())
        if target and _fragment(node) in own:  # the address of a post on this page
            continue
        if target and len(title) >= _TITLE and _host(target) in hosts and not page.moment(title):
            url = pager.first_url(urls.clean(target))
            if url != here and any(map(str.isalpha, title)):
                yield at, (url, title)


def _fragment(link: Any) -> str:
    return (link.get("href") or "").partition("#")[2]


def _hosts(page: Outline) -> set[str]:
    """The page's host; that of most links on a saved page that does not say where it was."""
    own = _host(page.doc.base)
    if own:
        return {own}
    linked = Counter(_host(node.get("href") or "") for node in page.nodes if node.tag == "a")
    return {"", *(host for host, _ in linked.most_common(1 + ("" in linked)))}


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:  # "http://[": no address
        return ""


def leads(page: Outline, at: int, link: int) -> bool:
    """Whether a link comes before all text, dates and authors of a row; labels may stand before it."""
    leaves = range(page.first[at], min(page.first[link], page.first[at] + _LABELS))
    return all(page.kinds[leaf] == CHROME for leaf in leaves) or _is_heading(page, link)


def _is_heading(page: Outline, at: int) -> bool:
    near = (at, page.parent[at], page.parent[max(page.parent[at], 0)])
    names = (f"{page.nodes[one].tag} {page.nodes[one].get('class') or ''}" for one in near)
    return any(_HEADING.search(name) and not _LAST.search(name) for name in names)


def is_headline(page: Outline, at: int) -> bool:
    """Whether a link is in a heading, or one in it."""
    tags = {page.nodes[page.parent[at]].tag, *(node.tag for node in page.nodes[at].iterchildren())}
    return not _HEADLINES.isdisjoint(tags)
