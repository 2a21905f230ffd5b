"""ProBoards 5, which hosts on its own domains only. Version 4 ended with the move of all forums in 2013."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from archive.records import Label, Page, Thread
from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.lines import pairs
from crawler.reading.select import Part, first

# What the page's script is told of its thread: {"is_locked":1,"is_sticky":0,...}; it has no other sign of either
_TOLD = re.compile(rb'"thread":(\{[^{}]*\})')
_SET = re.compile(rb'"is_(locked|sticky)":"?1\b')


class ProBoards(Forum):
    """ProBoards 5: tables in containers; dates have the moment in milliseconds."""

    name = "proboards"
    example = "https://example.org/thread/1/slug"
    signals = r"//[a-z]*\d*\.proboards\.com/|//storage\d*\.forums\.net/"
    anchor = "tr.post td.left-panel | a.thread-link | tr.o-board"

    posts = "tr.post[id^=post-]"
    post_mark = b'id="post-'
    body = "div.message"
    extras = "div.edited_by, div.attachments, div.signature"
    author = (
        "td.left-panel a.user-link, td.left-panel a.o-user-link"
        " | td.left-panel span.user-link, td.left-panel span.user-guest"
        " | a.user-link, a.o-user-link, span.user-guest"
    )
    author_id = (
        "td.left-panel a.user-link@href | td.left-panel a.o-user-link@href | a.user-link@href | a.o-user-link@href"
    )
    author_title = "td.left-panel .custom-title, td.left-panel .rank"
    card = "td.left-panel div.info"
    posted = "span.date abbr[data-timestamp] | abbr[data-timestamp]"
    edited = "div.edited_by abbr[data-timestamp]"
    title = "div.posts div.title-bar h1 | div.threads div.title-bar h1 | div.title-bar h1 | h1"
    crumbs = "./descendant::ul[@id='nav-tree']/descendant::a"

    board = "div.container.threads"
    rows = "tr.thread"
    row_link = "a.thread-link | td.main a"
    row_replies = "td.replies"
    row_last = "td.latest abbr[data-timestamp] | td.last abbr[data-timestamp]"
    row_sticky = "&.sticky"
    row_locked = "&.locked"
    boards = "tr.board td.main a, div.sub-boards a"

    next = "ul.ui-pagination li.next:not(.state-disabled) a@href | li.next:not(.state-disabled) a@href"
    page = "li.ui-pagination-page.state-selected | ul.ui-pagination li.state-selected"
    last_page = "ul.ui-pagination a"

    notice = "div.container.error div.content | div.error-message | div.container.error"
    login = "div.login-form input[type=password] | form[action*=login] input[type=password]"

    own = r"/(?:threads?|boards?|posts?|user|members|search|login|register|calendar)(?:/|$|\?)"
    keep = ("page",)
    rewrites = (
        (r"\?page=1$", ""),
        (r"(/(?:thread|board)/\d+)/(?=\?|$)", r"\1"),
    )
    page_part = r"\?page=\d+$"
    thread_url = r"/thread/(\d+)"
    board_url = r"/board/(\d+)"
    traps = (
        r"/(?:user|users|members|login|logout|register|search|calendar|conversations?|messages?|notifications|admin|online"
        r"|image|attachment|report|tag|help)(?:[/?]|$)"
        r"|/(?:thread|post|board|poll)/(?:new|quote|edit|reply|delete|report|preview)(?:/|$)"
        r"|/post/\d+|/(?:posts|threads)/(?:recent|participated|new)|/thread/\d+/(?:reply|report|print)(?:[/?]|$)"
    )

    containers: ClassVar = {
        "edited_by": Label.EDIT,
        "quote_header": Label.QUOTE,
        "quote_body": Label.QUOTE,
        "quote_clear": Label.QUOTE,
    }

    def read_thread(self, doc: Document, page: Page) -> Thread:
        """As in the base, with what the page's script is told."""
        told = _TOLD.search(doc.body)
        states = set(_SET.findall(told[1])) if told else set()
        return replace(super().read_thread(doc, page), locked=b"locked" in states, sticky=b"sticky" in states)

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Lines of text: "Posts: 1,234"."""
        return pairs(first(part, self.card))

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The address by which the forum finds the post on whatever page it is by now."""
        return f"https://{self.site(doc.url)}/post/{id_}/thread" if "://" in doc.url else None
