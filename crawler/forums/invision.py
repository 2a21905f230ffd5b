"""Invision Community 4 and 5. Their older relatives are in invision3.py."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Author, Label, Page, Post
from crawler.forums.base import Forum
from crawler.forums.canonical import at_own_url
from crawler.reading.document import Document
from crawler.reading.lines import pair
from crawler.reading.numbers import number
from crawler.reading.select import Part, every, first, text, words

_PLACE = r"([/?](?:topic|forum)/\d+[^/?&#]*)"  # "/topic/1-slug", "/index.php?/topic/1-slug"
MEMBER = re.compile(r"profile/(\d+)|[?&]showuser=(\d+)|/user/(\d+)")  # names have digits too: "/profile/8-anna99/"
COUNT = re.compile(r"(\d[\d.,]*\s?[KkMm]?)(?:\s+(\D+))?")  # "15,135 posts", "1.2k replies", "12"


class Invision(Forum):
    """Version 4; version 5 is a skin with class names of its own. Sanitised copies lack every data-* attribute."""

    name = "invision"
    example = "https://example.org/topic/1-a-slug/"
    signals = r"(?:^|\s)ipsApp(?:\s|$)"
    anchor = "article[id^=elComment_]"

    posts = "article[id^=elComment_]"
    post_mark = b'id="elComment_'
    body = "div.cPost_contentWrap > div.ipsType_richText | [data-role=commentContent]"
    extras = "div.cPost_contentWrap > div[data-role=memberSignature], div.cPost_contentWrap > div.ipsBorder_top"
    author = "h3.cAuthorPane_author a | aside.cAuthorPane h3.cAuthorPane_author | h3.cAuthorPane_author"
    author_id = "h3.cAuthorPane_author a@href"
    author_title = "ul.cAuthorPane_info > li[data-role=rank-title]"
    author_banners = "ul.cAuthorPane_info > li[data-role=group]"
    card = "ul.cAuthorPane_info"
    posted = "div.ipsComment_meta time | time"
    edited = "span.ipsType_medium.ipsType_light time"
    title = "h1.ipsType_pageTitle .ipsType_break | h1.ipsType_pageTitle | h1"
    prefixes = "h1 a.ipsTag_prefix"
    sticky = "h1.ipsType_pageTitle i.fa-thumb-tack"
    locked = "h1.ipsType_pageTitle i.fa-lock"
    crumbs = "nav.ipsBreadcrumb a"

    board = "/html/body[@data-pageapp='forums'][@data-pagecontroller='forums'] | ol.cTopicList"
    rows = "ol.cTopicList > li.ipsDataItem | li.ipsDataItem[data-rowid]"
    row_id = "@data-rowid"
    # after a prefix and "first unread"; members' links lead to the newest post as well
    row_link = (
        ".ipsDataItem_title span.ipsContained a, .ipsDataItem_title div.ipsContained a"
        " | .ipsDataItem_title a:not([rel=tag]):not([href*='do=get'])"
    )
    row_replies = "li[data-stattype=forums_comments] span | ul.ipsDataItem_stats span.ipsDataItem_stats_number"
    row_last = "ul.ipsDataItem_lastPoster time"
    row_sticky = ".ipsDataItem_title i.fa-thumb-tack"
    row_locked = "i.fa-lock"
    boards = (
        "./descendant::*[contains(@class, 'ipsDataItem_title') or contains(@class, 'cForumGrid__title')"
        " or contains(@class, 'ipsDataItem_subList') or contains(@class, 'cForumGrid__subforums')]/descendant::a"
    )

    # the last page has the arrow as well, which leads to the page itself; "next unread topic" is rel=next, too
    next = "link[rel=next]@href | li.ipsPagination_next:not(.ipsPagination_inactive) a@href"
    page = "li.ipsPagination_active"
    last_page = "link[rel=last]@href | ul.ipsPagination:not(.ipsPagination_mini) li.ipsPagination_page"

    notice = "div#elErrorMessage | section#elError | div#elError"
    login = "main input[type=password] | div#ipsLayout_mainArea input[type=password]"

    own = r"/(?:index\.php|(?:topic|forum)/\d|(?:login|register|search|profile|discover|tags|contact)(?:/|$))"
    rewrites = (
        # "?do=findComment&comment=5", "?do=getNewComment", "?sortby=...": only a page number is kept, as it was written
        (rf"{_PLACE}/page/(\d+)(?:[/?&].*)?$", r"\1/page/\2/"),
        (rf"{_PLACE}/?([?&])(?:.*&)?page=(\d+)(?:&.*)?$", r"\1/\2page=\3"),
        (rf"{_PLACE}(?!/page/|/[?&]page=\d)(?:[/?&].*)?$", r"\1/"),
        (r"(?:(?<=/)page/1/|[?&]page=1)$", ""),
    )
    page_part = r"(?:page/\d+/|[?&]page=\d+)$"
    thread_url = r"[/?]topic/(\d+)"
    board_url = r"[/?]forum/(\d+)"
    traps = (
        r"[?&](?:do=(?!find|get)|preview=|module=|controller=|app=core|csrfKey=)"
        r"|[/?](?:login|logout|register|lostpassword|search|profile|discover|online|staff|leaderboard|tags|contact"
        r"|guidelines|privacy|terms|cookies|notifications|messenger|settings|markallread|rss|attachments|startTopic)(?:[/.?&]|$)"
    )

    containers: ClassVar = {
        "ipsEntry__signature": Label.SIGNATURE,
        "ipsEdited": Label.EDIT,
        "ipsTruncate_more": Label.BUTTON,
        "ipsTime__short": "hidden",  # of the two forms of a date the long one is drawn
        "ipsAttachLink_block": Label.ATTACHMENT,
    }

    def read(self, doc: Document) -> Page:
        """What the page is, at its own URL."""
        return super().read(at_own_url(self, doc))

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base, after the signature was given a class that says what it is: it has none."""
        for signature in every(part, self.extras):
            signature.set("class", f"ipsSignature {signature.get('class', '')}")
        return super().read_post(doc, part)

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The page with the post's anchor."""
        return f"{doc.url}#elComment_{id_}"

    def read_author(self, part: Part) -> Author:
        """As in the base; the id is the number before the name in the member's URL."""
        found = MEMBER.search(words(first(part, self.author_id)))
        return replace(super().read_author(part), id=next(filter(None, found.groups())) if found else None)

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Items "Location: Harbour", "56 posts", or a number alone with "56 posts" as its link's title."""
        card = first(part, self.card)
        for item in () if card is None else card.iter("li"):
            if item.find("ul") is not None:
                continue
            link = item.find("a[@title]")
            shown = words(item)
            count = COUNT.fullmatch("" if link is None else link.get("title")) or COUNT.fullmatch(shown)
            if count and count[2]:
                yield count[2], count[1]
            else:
                yield from pair(shown)

    def read_replies(self, row: Part) -> int | None:
        """The number in "12", "1.2k" or "12 replies"."""
        count = COUNT.match(text(row, self.row_replies))
        return number(count[1]) if count else None


class Invision5(Invision):
    """Version 5: other classes, the author printed twice, each date in a long and a short form."""

    signals = ""  # the same as version 4's: only the markup tells
    anchor = (
        "article.ipsEntry, li.ipsData__item, nav.ipsBreadcrumb--top, h1.ipsPageHeader__title | div.ipsPageHeader__title"
    )

    body = "div.ipsEntry__post > div.ipsRichText | [data-role=commentContent]"
    extras = "div.ipsEntry__signature | [data-role=memberSignature]"
    author = "h3.ipsEntry__username a | h3.ipsEntry__username"
    author_id = "h3.ipsEntry__username a@href"
    author_title = "div.ipsEntry__rank"
    author_banners = "div.ipsEntry__group"
    card = "aside.ipsEntry__author-column"
    posted = "span.ipsEntry__date time | time"
    edited = "p.ipsEdited time, .ipsEdited time"
    title = "div.ipsPageHeader__title h1 | h1"
    prefixes = "div.ipsPageHeader__title a.ipsBadge--prefix"
    sticky = "div.ipsPageHeader__title i.fa-thumbtack"
    locked = "div.ipsPageHeader__title i.fa-lock"

    board = "/html/body[@data-pageapp='forums'][@data-pagecontroller='forums'] | ol.ipsData--topics"
    rows = ".ipsData--topics > li.ipsData__item | li.ipsData__item[data-rowid]"
    row_link = ".ipsData__title h4 a | .ipsData__title a:not([rel=tag]):not(.ipsIndicator)"
    row_replies = "li[data-stattype=forums_comments] span@data-stat-value | ul.ipsData__stats span.ipsData__stats-label"
    row_last = ".ipsData__last time"
    row_sticky = ".ipsData__title i.fa-thumbtack"
    boards = "./descendant::*[contains(@class, 'ipsData__title') or contains(@class, 'ipsSubList')]/descendant::a"

    next = "link[rel=next]@href | li.ipsPagination__next:not(.ipsPagination__inactive) a@href"
    page = "li.ipsPagination__active"
    last_page = "link[rel=last]@href | ul.ipsPagination:not(.ipsPagination--mini) li.ipsPagination__page"

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """As in the base; of the two forms ("June 14, 2024", "1 yr") the long one is what was said."""
        moment, shown = super().when(doc, node)
        return moment, (text(node, "span.ipsTime__long") if moment and not isinstance(node, str) else "") or shown


Invision.skins = (Invision5,)
