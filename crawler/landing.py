"""Where a redirect leads: to what was asked for, or to something else, which nobody asked to be crawled."""

import re
from collections.abc import Collection

from archive.records import Kind, Page, Request
from crawler.config import on_one_host, plain
from crawler.forums import FORUMS
from crawler.forums.base import Forum
from crawler.reading import urls

LISTS = frozenset({Kind.BOARD, Kind.INDEX})
_WHAT = {Kind.THREAD: "another thread", Kind.BOARD: "another board", Kind.INDEX: "the index of a forum"}
_FRONT = re.compile(r"/(?:index\.\w+)?(?:\?.*)?$")  # what a folder shows
_FOLDER = re.compile(r"/[^/.?]+$")  # that lacks its slash


def leaves_host(row: Request, url: str) -> str:
    """Why a redirect to another host is not followed; "" within one, be it by http or https, with or without www."""
    if on_one_host(row.url, url):
        return ""
    if row.role == "start":
        return f"it redirects to {url}: if the forum has moved there, give that address"
    return f"redirects to another host: {url}"


def strays(row: Request, page: Page, boards: Collection[str]) -> str:
    """Why the page that a redirect led to is not crawled: it is not what the row names; "" where it is.

    Of rows that are no starts only lists are told: their threads and boards may lie outside of what is crawled. At
    `boards` no index is meant, whatever their addresses look like.
    """
    if row.role == "start":
        if _is_other(row.url, page) or (row.url in boards and page.kind is Kind.INDEX and not _ids(page.url, page)):
            what = _WHAT.get(page.kind, "another page")
            return f"it redirects to {page.url}, {what}: if that is meant, give that address"
    elif row.role != "feed" and page.kind in LISTS and _is_other(row.url, page):
        return f"redirects to {page.url}"
    return ""


def _is_other(asked: str, page: Page) -> bool:
    """Whether another thread or board came: one has many addresses, but only one id.

    What was asked for without an id is a whole forum, a post or an alias: then a list is that lies outside of it.
    """
    wanted = _ids(asked, page)
    if wanted:
        return wanted.isdisjoint(_ids(page.url, page))
    return _lies_outside(asked, page)


def _ids(url: str, page: Page) -> set[tuple[str, str]]:
    """The thread and the board that an address is of, as the software that made the page reads it."""
    if (forum := _software(page)) is None:
        return set()
    first = forum.first_url(url)
    found = (("thread", forum.thread_id(first)), ("board", forum.board_id(first)))
    return {(kind, id_) for kind, id_ in found if id_}


def _lies_outside(asked: str, page: Page) -> bool:
    if forum := _software(page):
        place = forum.site(_FOLDER.sub(r"\g<0>/", asked))
        named = urls.clean(asked).partition("://")[2].removeprefix(place)  # of "/posts/9/", no front page
        inside = f"{plain(forum.site(page.url))}/".startswith(f"{plain(place)}/") and not re.search(r"\d", named)
        return page.kind is Kind.INDEX and not inside
    if page.kind not in LISTS:
        return False
    here, there = (plain(_FRONT.sub("", urls.clean(url)).partition("://")[2]) for url in (asked, page.url))
    return here != there and f"{here}/".startswith(f"{there}/")  # further up, at what holds more than this


def _software(page: Page) -> Forum | None:
    return next((forum for forum in FORUMS if forum.name == page.software), None)
