"""FluxBB and PunBB 1.2 (its origin), and PunBB 1.3 and 1.4."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Label, Page
from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.lines import pair
from crawler.reading.select import Part, every, first, words

_LAST_BRACKETS = re.compile(r"\(([^()]*)\)\s*$")  # "Last edited by X (2025-06-21 21:07:00)"


class FluxBB(Forum):
    """FluxBB 1.x and PunBB 1.2."""

    name = "fluxbb"
    example = "https://example.org/viewtopic.php?id=1"
    anchor = "div.pun | div.blockpost[id^=p] div.postmsg"

    posts = "div.blockpost[id^=p]"
    post_mark = b'class="postmsg"'
    body = "div.postmsg:not(.postsignature)"
    extras = "div.postsignature"
    author = "div.postleft dt strong"
    author_id = "div.postleft dt a@href"
    author_title = "dd.usertitle"
    card = "div.postleft dl"
    posted = "./h2/descendant::a[1]"
    edited = "p.postedit"
    position = "./h2/descendant::span[@class='conr']"
    title = ".crumbs strong | ./descendant::div[@class='linkst']/descendant::li[last()]"
    locked = "./descendant::p[contains(@class, 'postlink')][not(a)]"
    crumbs = ".crumbs a | div.linkst li a"

    board = "div#vf"
    rows = "div#vf tbody tr"
    row_link = "td.tcl div.tclcon a | td.tcl a"
    row_replies = "td.tc2"
    row_last = "td.tcr > a"
    row_sticky = "&.isticky | span.stickytext"
    row_locked = "&.iclosed | span.closedtext"
    boards = "td.tcl h3 a"
    board_row = "tr"
    board_state = "td.tc2, td.tc3, td.tcr > a"

    # PunBB 1.2 has no link to the page itself, but one to answer in the thread
    own_link: ClassVar[str] = ".crumbs strong a@href | h1.main-title a@href | p.postlink a[href*='tid=']@href"
    next = "p.pagelink a[rel=next]@href | p.pagelink strong + a@href"
    page = "p.pagelink > strong"
    last_page = "p.pagelink > a"

    notice = "div#msg div.inbox"
    login = "form#login input[type=password]"

    rewrites = (
        (r"/post\.php\?(?:.*&)?tid=(\d+).*$", r"/viewtopic.php?id=\1"),
        (r"/view(topic|forum)\.php\?(?=.*\bid=(\d+))(?=.*\bp=(\d+)|).*$", r"/view\1.php?id=\2&p=\3"),
        (r"&p=[01]?$", ""),
        (r"/page/1/?$", "/"),
    )
    page_part = r"&p=\d+$|(?<=/)page/\d+/?$"
    own = r"/[^/]*\.php|/(?:topic|forum|post|user|login|register|search|feed)(?=/)"
    thread_url = r"(?:\bviewtopic\.php\?id=|/topic/)(\d+)"
    board_url = r"(?:\bviewforum\.php\?id=|/forum/)(\d+)"
    traps = (
        r"/(?:login|register|search|userlist|help|profile|post|edit|delete|misc|moderate|extern|admin\w*)\.php|[?&]pid="
        r"|[?&]action=|/(?:post|user|login|register|search|feed|new|help|users)/"
    )

    def read_title(self, doc: Document) -> str:
        """As in the base; where it ends the path above the posts, without the sign before it."""
        return super().read_title(doc).lstrip("» ")

    def read(self, doc: Document) -> Page:
        """What the page is. Behind a post link, or past the last page, it is another one than the URL says."""
        url = doc.url
        if not (self.thread_id(url) or self.board_id(url)):
            url = self.canonical(doc.link(first(doc.page, self.own_link)) or url)
        if self.thread_id(url) or self.board_id(url):
            url = self.paged(self.first_url(url), self.page_numbers(doc)[0])
        return super().read(replace(doc, url=url))

    @staticmethod
    def paged(url: str, page: int) -> str:
        """The URL of a thread's or board's page with that number."""
        if page == 1:
            return url
        return f"{url}&p={page}" if ".php?" in url else f"{url.rstrip('/')}/page/{page}/"

    def post_url(self, doc: Document, id_: str) -> str:
        """The page with the post's anchor."""
        return f"{doc.url}#p{id_}"

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Each item of the list is a pair: "Posts: 56"."""
        for item in every(first(part, self.card), "dd, li"):
            yield from pair(words(item))

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """The words of a link; of an edit note what it has in brackets."""
        shown = words(node)
        found = _LAST_BRACKETS.search(shown)
        return super().when(doc, found[1] if found else shown)


class PunBB(FluxBB):
    """PunBB 1.3 and 1.4, whose markup was written anew."""

    name = "punbb"
    example = "https://example.org/topic/1/a-slug/"
    anchor = "div#brd-main | div#brd-wrap"

    posts = "div.post"
    post_id = "div.posthead@id | @id"
    post_mark = b'class="posthead"'
    body = "div.entry-content"
    extras = "p.lastedit, div.sig-content"
    author = "ul.author-ident li.username | span.post-byline strong"
    author_id = "ul.author-ident li.username a@href"
    author_title = "ul.author-ident li.usertitle"
    card = "ul.author-info"
    posted = "span.post-link a | a.permalink"
    edited = "p.lastedit"
    position = "span.post-num"
    title = "h1.main-title a | h1.main-title"
    locked = "p.posting.closed"
    crumbs = "div.crumbs a"

    board = "div.main-forum"
    rows = "div.main-forum div.main-item"
    row_link = "h3.hn a"
    row_replies = "li.info-replies strong"
    row_last = "li.info-lastpost strong a"
    row_sticky = "&.sticky"
    row_locked = "&.closed"
    boards = "div.main-category h3.hn a"

    next = "p.paging strong + a@href | link[rel=next]@href"
    page = "p.paging strong"
    last_page = "p.paging a"
    notice = "div.main-message"
    login = "form#afocus input[type=password]"

    containers: ClassVar = {
        "sig-content": Label.SIGNATURE,
        "lastedit": Label.EDIT,
    }
