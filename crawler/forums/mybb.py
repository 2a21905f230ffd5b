"""MyBB 1.4 to 1.8, and its "lo-fi" archive of plain pages."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Author, Page, Post, Thread
from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.lines import first_line, pairs
from crawler.reading.numbers import digits, number
from crawler.reading.select import Part, first, parts, words

_LABEL = re.compile(r"^[^:\d]*:\s+")  # "(This post was last modified: "
_IN_BRACKETS = re.compile(r"\(\s*(\d[\d.,]*)")  # "(3 Replies)"
_MEMBER = re.compile(r"\buid=(\d+)|/user-(\d+)\.html")  # "/User-Anna99" has no number
_TITLED = re.compile(r"/(?i:thread|forum)-[^/?.]+(?:\?|$)")  # an address made of the title: a plugin's


class MyBB(Forum):
    """MyBB with its default theme and those built on it."""

    name = "mybb"
    example = "https://example.org/showthread.php?tid=1"
    signals = r"cache/themes/theme\d+/|jscripts/(?:general|thread)\.js"
    anchor = "div.post_body[id^=pid_] | td#posts_container | div#breadcrumb_multipage_popup"

    posts = "div.post[id^=post_] | table[id^=post_]"
    post_mark = b' id="pid_'
    body = "div.post_body | div[id^=pid_]"
    extras = "span.edited_post, div.signature"
    author = (
        "div.author_information strong a | div.author_information span.largetext | span.largetext a | span.largetext"
    )
    author_id = (
        "div.author_information strong a[href*='uid='], div.author_statistics a[href*='uid=']@href"
        " | div.author_information strong a@href | span.largetext a@href"
    )
    author_title = "div.author_information > span.smalltext"
    card = "div.author_statistics"
    posted = "span.post_date | ./descendant::td[contains(@class, 'tcat')]/descendant::*[contains(@class, 'smalltext')]"
    edited = "span.edited_post"
    position = "div.post_head strong a | div.float_right strong a | a.posturl"
    title = "div.navigation span.active | span.active | div.breadcrumb .active, ul.breadcrumb .active"
    prefixes = "div.navigation span.active > *"
    locked = "a.closed_button, a.thread_closed | img[src*=closed]"
    crumbs = "div.navigation a | div.breadcrumb a, ul.breadcrumb a"
    # links to answer, to print and to send the thread
    tools: ClassVar[str] = (
        "./descendant::a[contains(@href, 'newreply.php?tid=') or contains(@href, 'printthread.php?tid=')"
        " or contains(@href, 'sendthread.php?tid=')]/@href"
    )

    board = "select[name=datecut]"
    rows = "tr.inline_row | ./descendant::*[starts-with(@id, 'tid_')]/ancestor::tr[1]"
    row_id = "span[id^=tid_]@id | a[id^=tid_]@id"
    row_link = "span[id^=tid_] a | a[id^=tid_]"
    row_replies = "a[href*=whoposted], a[href*=whoPosted], a[onclick*=whoPosted]"
    row_last = "span.lastpost"
    row_sticky = "td.forumdisplay_sticky"
    row_locked = "span[class*=closefolder] | img[src*=closefolder], img[src*=lockfolder]"
    boards = (
        "./descendant::td[contains(@class, 'trow')]"
        "/descendant::a[contains(@href, 'forum') or contains(@href, 'Forum-')]"
    )
    board_row = "./descendant::tr[td[contains(@class, 'trow')]]"
    board_state = "./td[position() = 3 or position() = 4]|./td[5]/descendant::a[contains(@href, 'lastpost')]"

    # the list of the *board's* pages comes first, in the breadcrumb: that one has an id
    next = "div.pagination:not([id]) a.pagination_next@href"
    page = "div.pagination:not([id]) span.pagination_current"
    last_page = "div.pagination:not([id]) a"

    notice = "./descendant::div[@id='content']/descendant::td[contains(@class, 'trow1')][1]"
    login = "td.trow1 form input[type=password]"

    rewrites: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            r"/(?:show|print)thread\.php\?(?=.*\btid=(\d+))(?=.*\bpage=(\d+)|)(?!.*action=next).*$",
            r"/showthread.php?tid=\1&page=\2",
        ),
        (r"/forumdisplay\.php\?(?=.*\bfid=(\d+))(?=.*\bpage=(\d+)|).*$", r"/forumdisplay.php?fid=\1&page=\2"),
        (r"&page=[01]?$", ""),
        (r"/thread-(\d+)-(?:post-\d+|lastpost|newpost)\.html.*$", r"/thread-\1.html"),
        (r"/(thread|forum)-(\d+)-page-1\.html$", r"/\1-\2.html"),
        # of addresses made of the title only the page is kept: "/Thread-a-title?pid=5", "?action=lastpost"
        (r"(/(?i:thread|forum)-[^/?.]+)\?(?!.*action=next)(?=(?:.*&)?(page=\d+)|).*$", r"\1?\2"),
        (r"\?(?:page=[01])?$", ""),
    )
    page_part = r"(?:&page=\d+|-page-\d+)(?=\.html$|$)|\?page=\d+$"
    thread_url = (
        r"(?:\bshowthread\.php(?:\?|%3F)(?:.*&)?tid=|/(?i:thread)-)(\d+(?=[&.]|-(?:page|post)-\d+\.|$)|[^/?&.]+)"
    )
    board_url = r"(?:\bforumdisplay\.php(?:\?|%3F)(?:.*&)?fid=|/(?i:forum)-)(\d+(?=[&.]|-page-\d+\.|$)|[^/?&.]+)"
    traps = (
        r"/(?:announcements|archive/index|attachment|calendar|contact|editpost|managegroup|member|memberlist|misc|modcp"
        r"|moderation|newreply|newthread|online|polls|portal|printthread|private|ratethread|report|reputation|search"
        r"|sendthread|showteam|stats|syndication|usercp|warnings|xmlhttp)\.php|/(?i:user|announcement|calendar|event)-"
        r"|[?&](?:sortby|order|datecut|prefix|mode|action|pid)="
    )

    def read(self, doc: Document) -> Page:
        """What the page is. Behind a post link, or past the last page, it is another one than the URL says."""
        url = doc.url
        if not (self.thread_id(url) or self.board_id(url)):
            url = self.canonical(doc.link(first(doc.page, "div.post_head a@href")) or url)
        if "%3F" not in url and (self.thread_id(url) or self.board_id(url)):
            url = self.paged(self.first_url(url), self.page_numbers(doc)[0])
        return super().read(replace(doc, url=url))

    @staticmethod
    def paged(url: str, page: int) -> str:
        """The URL of a thread's or board's page with that number."""
        if page == 1:
            return url
        if url.endswith(".html"):
            return url.replace(".html", f"-page-{page}.html")
        return f"{url}{'&' if '?' in url else '?'}page={page}"

    def post_url(self, doc: Document, id_: str) -> str:
        """The page with the post's anchor."""
        return f"{doc.url}#pid{id_}"

    def read_thread(self, doc: Document, page: Page) -> Thread:
        """As in the base; where the address has no number, the links to answer and to print have it, as boards do."""
        thread = super().read_thread(doc, page)
        found = digits((first(doc.page, self.tools) or "").partition("&")[0])
        return replace(thread, id=found) if found and _TITLED.search(thread.url) else thread

    def read_author(self, part: Part) -> Author:
        """As in the base; the number of the account is an argument or a file's name."""
        found = _MEMBER.search(words(first(part, self.author_id)))
        return replace(super().read_author(part), id=found[1] or found[2] if found else None)

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Lines of text between breaks."""
        return pairs(first(part, self.card))

    def read_replies(self, row: Part) -> int | None:
        """The count that links to who posted."""
        return number(words(first(row, self.row_replies)))

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """A line of text; in it, what is relative has the moment as title, or the day before the time of day."""
        if node is None or isinstance(node, str):
            return super().when(doc, node)
        edit = first(node, "span[class=post_edit]")
        shown = first_line(node).removesuffix(first_line(edit)) if edit is not None else first_line(node)
        relative = first(node, "./span[@title]")
        if relative is not None:
            day = words(relative.get("title"))
            shown = day if ":" in day else shown.replace(words(relative), day, 1)
        return super().when(doc, _LABEL.sub("", shown.strip("() ")))


class MyBBArchive(MyBB):
    """The archive: `archive/index.php?thread-1-2.html`.

    It names no post: a post's id is its page and its place there. It counts as a site of its own ("host/archive"), for
    the same posts have other ids in the full version.
    """

    name = "mybb-archive"
    signals = r"/archive/screen\.css"
    anchor = "div#fullversion"

    posts = "div.post"
    post_mark = b'<div class="post">'
    body = "div.message"
    extras = ""
    author = "div.author"
    author_id = "div.author a@href"
    author_title = ""
    card = ""
    posted = "div.dateline"
    edited = ""
    position = ""
    title = "div#fullversion a"
    locked = ""

    board = "div.listing div.threadlist"
    rows = "./descendant::div[@class='threadlist']/ol/li"
    row_id = ""
    row_link = "a"
    row_replies = "span.replycount"
    row_last = ""
    row_sticky = "./ancestor::div[@class='threadlist'][following-sibling::div[@class='threadlist']]"
    row_locked = ""
    boards = "div.forumlist a"

    next = "./descendant::div[@class='multipage'][1]/strong[2]/following-sibling::a[1]/@href"
    page = "./descendant::div[@class='multipage'][1]/strong[2]"
    last_page = "div.multipage a"
    notice = "div#content div.error | div.error"
    login = "div#content input[type=password]"

    rewrites = ((r"\?(thread|forum)-(\d+)-1\.html$", r"?\1-\2.html"),)
    page_part = r"(?<=\d)-\d+(?=\.html$)"
    thread_url = r"/index\.php[?/]thread-(\d+)"
    board_url = r"/index\.php[?/]forum-(\d+)"
    traps = r"(?<!/archive)/[^/]*\.php"

    def read(self, doc: Document) -> Page:
        """What the page is: its own URL says it."""
        return Forum.read(self, doc)

    def read_posts(self, doc: Document) -> tuple[Post, ...]:
        """The posts, numbered."""
        page, _ = self.page_numbers(doc)
        for place, part in enumerate(parts(doc.page, self.posts), 1):
            part.element.set("id", f"{page:03}{place:03}")
        return super().read_posts(doc)

    def read_replies(self, row: Part) -> int | None:
        """The count in "(3 Replies)"."""
        found = _IN_BRACKETS.search(words(first(row, self.row_replies)))
        return number(found[1]) if found else None
