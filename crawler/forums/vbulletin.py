"""What vBulletin 3 and 4 share, the URLs of vBSEO among it, and vBulletin 4."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, ClassVar

from archive.records import Author, Board, Label, Page, Post, Thread
from crawler.forums.base import Forum
from crawler.reading import content, urls
from crawler.reading.document import Document
from crawler.reading.lines import first_line, pairs
from crawler.reading.select import Part, every, first, text, words

_GMT = re.compile(r"GMT\s*(?:([+-])\s*(\d{1,2})(?::([0-5]\d)|(\.\d+))?)?(?!\d)")  # "+7", "+5:30", "+5.5"
_FARTHEST = timedelta(hours=14)  # of all zones from UTC
_PAGES = re.compile(r"\d+(?:[.,]\d{3})*")
_EDITED = re.compile(r";\s*(.+?\d)(?:\s*(AM|PM))?(?:\.(?:\s|$)|\s*$)", re.IGNORECASE)
_AT = re.compile(r"(?<=\d)\s+(?:at|lúc|в|um|à|a las|alle|om|kl\.|o|às)\s+(?=\d)")
# A member's URL has the id as an argument, at the start of a name, or at its end
_MEMBER = re.compile(r"[?&]u=(\d+)|[/?](\d+)(?=[-.&]|$)|-(\d+)(?:/|\.html)?$")
_PAGE = r"(?:(?=(?:.*&)?page=(?!0*1(?:&|$))(\d+))|)"  # the argument, wherever it stands; page 1 has none
_FILE = r"(?:index|page)\d+\.html"  # of a page after the first: vBSEO's, LinuxQuestions'
_SLUG = r"(?:(?:showthread|forumdisplay)\.php[?/]|/(?:threads|forums)/)\d+(?:-[^/?&]*)?"
_OPTIONS = "(?:sort|order|daysprune|pp|do|s|mode|goto|prefixid|highlight|nojs|styleid|langid)"


class VBulletin(Forum):
    """What versions 3 and 4 share: URLs, and what the page says of itself that its URL may not."""

    name = "vbulletin"
    example = "https://example.org/showthread.php?t=1"

    own = (
        r"/(?:[^/]*\.php|archive/|(?:threads|forums)/\d|(?:members|(?:forum|f)\d+)/|[tf]?\d+-[^/]*(?:\.html|/)|f\d+-[^/.]*$"
        r"|[^/]+/[^/]*\d[^/]*\.html)"
    )
    rewrites = (
        (r"/archive/index\.php[/?]t-(\d+).*$", r"/showthread.php?t=\1"),
        (r"/archive/index\.php[/?]f-(\d+).*$", r"/forumdisplay.php?f=\1"),
        (r"/printthread\.php(?=\?)", "/showthread.php"),
        # version 3, whatever the order of the arguments and wherever in the thread they lead
        (rf"(showthread\.php)\?(?=(?:.*&)?(t=\d+)){_PAGE}.*$", r"\1?\2&page=\3"),
        (rf"(forumdisplay\.php)\?(?=(?:.*&)?(f=\d+)){_PAGE}.*$", r"\1?\2&page=\3"),
        (r"&page=$", ""),
        (r"(showthread\.php\?p=\d+)&.*$", r"\1"),
        # version 4: "showthread.php?1-slug/page2&p=5", "threads/1-slug/page2?s=..."
        (rf"({_SLUG})(?:/page1)?(?:[?&].*)?$", r"\1"),
        (rf"({_SLUG}/page\d+)[?&].*$", r"\1"),
        # vBSEO: links to a post, to the newest post, to the print view; sort orders of a board
        (r"-(?:post\d+|new-post|last-post|print)(?=\.html$|/$)", ""),
        (rf"(\.html|/)\?(?:{_OPTIONS}=[^&]*&?)+$", r"\1"),
        (r"/(?:index1?|page1)\.html$", "/"),
        (r"/(?:index|forum)\.php(?:\?.*)?$", "/"),
    )
    page_part = rf"&page=\d+|(?<=/){_FILE}$|/page\d+(?![\d.])"
    # Asked in this order: "/t1-2.html", "/board/1-slug.html", "/board/1-slug-2.html", "/board/slug-1.html"
    thread_urls: ClassVar[tuple[str, ...]] = (
        r"(?:showthread\.php(?:\?(?:.*&)?t=|[?/])|/threads/)(\d+)",
        r"/t(\d+)(?:-[^/]*)?\.html$",
        r"/(\d+)-(?!post\d)[^/]*\.html$",
        rf"//[^/]+/(?:.+/)?(?!members/)[^/]+/[^/]*-t?(\d+)(?:-p?\d+)?(?:\.html|/(?:{_FILE})?)$",
    )
    board_urls: ClassVar[tuple[str, ...]] = (
        r"(?:forumdisplay\.php(?:\?(?:.*&)?f=|[?/])|/forums/|/forum(?=\d+/))(\d+)",
        rf"/f?(\d+)(?:-[^/]+)?/(?:{_FILE})?$",
        r"/f(\d+)-[^/.]+$",
        rf"/[^/]+-f?(\d+)/(?:{_FILE})?$",  # page 2 as well: its address is also one that a thread may have
        r"//[^/]+/(?:.+/)?([^/.]+)/$",  # words only: the last one serves as id
    )
    traps = (
        r"/(?:newreply|newthread|report|private|sendmessage|search|member|memberlist|profile|usercp|login|register|faq"
        r"|calendar|online|misc|showgroups|external|attachment|image|subscription|usernote|poll|threadrate|threadtag"
        r"|reputation|infraction|editpost|showpost|blog|blog_post|album|group|payments|joinrequests|announcement|ajax"
        r"|css|cron|inlinemod|postings|moderation|tags|activity|converse|entry)\.php"
        r"|/members/|-post\d+\.html$|[?&](?:do=|goto=next)"
    )

    thread_number: ClassVar[str] = (  # the forms of the page carry its thread's id
        "./descendant::input[@name = 'searchthreadid' or @name = 'threadid' or @name = 't'"
        " and ancestor::form[contains(@action, 'showthread') or contains(@action, 'threadrate')]]/@value"
    )
    own_link: ClassVar[str] = (  # the page's link to itself, for pages saved without their URL
        "link[rel=canonical]@href | td.navbar > a[href*=showthread]@href | div.breadcrumb > a@href"
        " | div.pagetitle span.threadtitle a@href"
    )
    after: ClassVar[tuple[tuple[str, str], ...]] = ()  # (selector, mark) of what follows a message, in its order
    zone: ClassVar[str] = ""  # the line "All times are GMT +7"

    containers: ClassVar = {
        "vb-signature": Label.SIGNATURE,
        "vb-edit": Label.EDIT,
        "vb-attachments": Label.ATTACHMENT,
        "vb-reactions": Label.REACTION,
    }

    @classmethod
    def thread_id(cls, url: str | None) -> str | None:
        """The thread's own id, from its URL."""
        return _id(cls.thread_urls, url)

    @classmethod
    def board_id(cls, url: str | None) -> str | None:
        """The board's own id, from its URL; where that is words only, the last of them."""
        return _id(cls.board_urls, url)

    def read(self, doc: Document) -> Page:
        """What the page is. Times are in the zone that the page names at its foot."""
        doc = replace(doc, url=self.known_url(doc))
        zones = every(doc.page, self.zone)[-1:]  # a note in a post may say the time, too
        return super().read(replace(doc, zone=(zones and zone_of(words(zones[0]))) or doc.zone))

    def frame(self, doc: Document) -> Page:
        """As in the base, with the site by the base link."""
        page = super().frame(doc)
        return replace(page, site=site_of(doc) or page.site)

    def known_url(self, doc: Document) -> str:
        """The page's URL; where a post was asked for, or no URL is known, the page itself says what it is."""
        if self.thread_id(doc.url):
            return doc.url
        number = first(doc.page, self.thread_number) if "showthread.php?p=" in doc.url else None
        if number:
            page, _ = self.page_numbers(doc)
            return f"{doc.url.partition('?')[0]}?t={number}" + (f"&page={page}" if page > 1 else "")
        own = self.own_url(doc)
        return own if "://" in own else doc.url

    def own_url(self, doc: Document) -> str:
        """The URL of the thread that the page gives for itself, "" without one."""
        url = self.canonical(doc.link(first(doc.page, self.own_link)) or "")
        return url if self.thread_id(url) else ""

    def page_numbers(self, doc: Document) -> tuple[int, int]:
        """This page and the last one; some languages say the last page first ("of 5 pages, page 1")."""
        shown = [number for place in every(doc.page, self.last_page) for number in _numbers(words(place))]
        current = max(_numbers(text(doc.page, self.page)), default=1)
        return current, max([current, *shown])

    def read_thread(self, doc: Document, page: Page) -> Thread:
        """As in the base; with the id that the page's forms carry, and the first page of vBSEO's "1-slug-2.html"."""
        thread = super().read_thread(doc, page)
        if _id(self.thread_urls[:1], page.url):  # the software's own form: nothing to guess
            return thread
        id_ = first(doc.page, self.thread_number) or self.thread_id(thread.url) or self.thread_id(self.own_url(doc))
        url = re.sub(rf"-p?{page.page}(?=\.html$)", "", thread.url) if page.page > 1 else thread.url
        return replace(thread, id=id_ or thread.id, url=url)

    def boards_in(self, doc: Document, links: list[Any]) -> Iterator[Board]:
        """As in the base; a board may be a link to another site, and the forum's own front page is no board."""
        root = doc.base.rpartition("/")[0] + "/"
        for board in super().boards_in(doc, links):
            if board.title and board.url != root and board.url.startswith(root.partition("/showthread")[0]):
                yield board

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base, with what follows the message; the cleaning is told what it is by a class."""
        post = super().read_post(doc, part)
        if post is None or post.body is None:
            return post
        extras = self.read_after(part, post)
        notes = [extra for extra in extras if extra.get("class").startswith("vb-edit")]
        edited = edit_date(words(notes[0])) if notes else ""
        return replace(post, edited_at=self.when(doc, edited)[0], body=content.gather(post.body, extras))

    def read_after(self, part: Part, post: Post) -> list[Any]:  # noqa: ARG002 # version 3 needs it
        """Signature, attachments and notes below the message, marked, in the page's order."""
        found = []
        for selector, token in self.after:
            elements = every(part, selector)
            mark(elements, token)
            found += elements
        return found

    def read_author(self, part: Part) -> Author:
        """As in the base; the id is somewhere in the member's URL."""
        found = _MEMBER.search(words(first(part, self.author_id)))
        return replace(super().read_author(part), id=next(filter(None, found.groups())) if found else None)

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Each line of the card is a pair: "Posts: 56"."""
        for line in every(part, self.card):
            yield from pairs(line)

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The page with the post's anchor."""
        return f"{doc.url}#post{id_}"

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """Dates are the first line of a text, above "by NAME"."""
        return super().when(doc, first_line(node))


class VBulletin4(VBulletin):
    """vBulletin 4: lists and containers with classes."""

    anchor = "li.postcontainer, li.threadbit, li.forumbit_post, div.standard_error, div.body_wrapper"

    posts = "li.postcontainer | li.postbit, li.postbitlegacy, li.postbitdeleted"
    post_mark = b'id="post_message_'
    body = "div.content div[id^=post_message_] | div[id^=post_message_] | blockquote.postcontent"
    after = (
        ("blockquote.lastedited", "vb-edit"),
        ("div.attachments", "vb-attachments"),
        ("blockquote.signature", "vb-signature"),
    )
    author = "a.username, span.username | div.username_container"
    author_id = "a.username@href"
    author_title = "span.usertitle"
    card = "dl.userinfo_extra"
    posted = "span.postdate span.date | span.date | span.postdate"
    position = "a.postcounter"
    deleted = "&.postbitdeleted"
    title = "div.pagetitle span.threadtitle | div.pagetitle span.forumtitle | div.pagetitle h1 | h1"
    prefixes = "div.pagetitle h1 span.prefix"
    crumbs = "li.navbit a"

    board = "div.threadlist, ol.threads, div.threadpagestats, div.above_threadlist"
    rows = "li.threadbit"
    row_id = "@id"
    row_link = "a.title | a[id^=thread_title_]"
    row_replies = "./descendant::ul[contains(@class, 'threadstats')]/li[1]"
    row_last = "./descendant::dl[contains(@class, 'threadlastpost')]/dd[last()]"
    row_sticky = "div.sticky"
    row_locked = "&.lock"
    boards = (  # a board that is a link to elsewhere has no threads here
        "./descendant::h2[contains(@class, 'forumtitle')][not(ancestor::li[1][contains(@class, ' link')])]/a"
        "|./descendant::li[@class='subforum']/a"
    )
    board_row = "div.forumrow"
    board_state = "ul.forumstats li, ul.forumstats_2 li, div.forumlastpost a[href*='#post']"

    page = "form.pagination span.selected | div.pagination span.selected"
    last_page = "form.pagination a.popupctrl, form.pagination > span > a | div.pagination a"
    zone = "div.footer_time"

    notice = "div.standard_error .blockrow | div.standard_error | div.blockbody div.blockrow.restore"
    login = "div.standard_error input[type=password]"

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """The lists of terms that the base expects."""
        return Forum.card_pairs(self, part)

    def read_replies(self, row: Part) -> int | None:
        """The number in "Replies: 18"."""
        return next(iter(_numbers(text(row, self.row_replies))), None)


def zone_of(shown: str) -> tzinfo | None:
    """The zone of "All times are GMT +7. The time now is 13:46.", None without one."""
    found = _GMT.search(shown)
    return zone_at(_offset(found)) if found else None


def _offset(found: re.Match[str]) -> timedelta:
    offset = timedelta(hours=int(found[2] or 0) + float(found[4] or 0), minutes=int(found[3] or 0))
    return -offset if found[1] == "-" else offset


def zone_at(offset: timedelta) -> tzinfo | None:
    """The zone that far from UTC, None where none is."""
    return timezone(offset) if abs(offset) <= _FARTHEST else None


def site_of(doc: Document) -> str:
    """Host and path of the forum by its base link, which leads to its root; "" without one."""
    base = first(doc.tree, "/html/head/base/@href | meta[name=vb_meta_bburl]@content") or ""
    return urls.clean(base).partition("://")[2].rstrip("/")


def edit_date(note: str) -> str:
    """The date in "Last edited by NAME; 14-10-2019 at 19:03. Reason: ...", "" without one."""
    found = _EDITED.search(note)
    return _AT.sub(" ", " ".join(filter(None, found.groups()))) if found else ""


def mark(elements: list[Any], token: str) -> None:
    """Name the elements for the cleaning: the first class that it knows decides."""
    for element in elements if token else ():
        element.set("class", f"{token} {element.get('class', '')}".rstrip())


def _numbers(shown: str) -> list[int]:
    return [int(re.sub(r"\D", "", found)) for found in _PAGES.findall(shown)]


def _id(patterns: tuple[str, ...], url: str | None) -> str | None:
    matches = (re.search(pattern, url or "") for pattern in patterns)
    return next((found[1] for found in matches if found), None)
