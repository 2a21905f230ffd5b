"""Invision Power Board 3 and, with other markup but the same links, 1.3 and 2."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Author, Label, Page, Post
from crawler.forums.base import Forum
from crawler.forums.canonical import at_own_url
from crawler.forums.invision import COUNT, MEMBER
from crawler.reading import content
from crawler.reading.document import Document
from crawler.reading.lines import first_line, pair, pairs
from crawler.reading.numbers import number
from crawler.reading.select import Part, every, first, text, words

_PLACE = r"([/?](?:topic|forum)/\d+[^/?&#]*)"  # "/topic/1-slug", "/index.php?/topic/1-slug"
_OLD = r"([?&]show(?:topic|forum)=\d++)"
_PAGES = "./descendant::a[contains(@href, 'multi_page_jump')]"
_EDITED = re.compile(r"^.*?(?:[,:]| on)\s+(?=\S+ ?\S* \d{4}|\w+ \d)|\.$")  # "Edited by Name, 12 May 2012 - 03:02 PM."


class Invision3(Forum):
    """Version 3. Page 2 is `/topic/1-slug/page-2`, before 3.4 `/page__st__20`, without rewritten URLs `&st=20`."""

    name = "invision3"
    example = "https://example.org/index.php?showtopic=1"
    signals = r"^ipboard_body$|/style_css/.*ipb_(?:common|styles)\.css"
    anchor = "div.post_block[id^=post_id_] | tr.__topic"

    posts = "div.post_block[id^=post_id_]"  # "similar topics" is a post_block, too
    post_mark = b'id="post_id_'
    body = "div.entry-content"
    extras = "div.post_body > div.signature, div.post_body > p.edit"
    author = "span.author a | span.author, li.author"
    author_id = "span.author a@href | li.author a@href"
    author_title = "p.member_title, li.title"
    author_banners = "li.group_title"
    card = "div.user_details, ul.user_details"
    posted = "abbr.published"
    edited = "p.edit"
    position = ".post_id a"
    title = "h1.ipsType_pagetitle | span.main_topic_title | h1"
    prefixes = "h1.ipsType_pagetitle span.ipsBadge"
    locked = "ul.topic_buttons li.closed"
    crumbs = "ol.breadcrumb a | div#navstrip a"

    board = "table#forum_table"
    rows = "tr.__topic | tr[id^=trow_]"
    row_id = "@id"
    row_link = "a[id^=tid-link-]"
    row_replies = "td.col_f_views li | td.stats li"
    row_last = "./descendant::ul[contains(@class, 'last_post')]/li[last()]"
    row_sticky = "span.ipsBadge_green:contains('Pinned') | img[src*=pinned]"
    row_locked = "img[src*=t_closed], img[src*=t_lock]"
    boards = "table.ipb_table h4 a, table.ipb_table ol.subforums a, td.col_c_forum a"

    next = "ul.pagination li.next a@href | link[rel=next]@href"
    page = "ul.pagination li.active"
    last_page = "ul.pagination li.page, ul.pagination li.pagejump, ul.pagination li.active"

    notice = "p.ipsType_sectiontitle | div#content p.error | div#content div.error:not(:contains('avascript'))"
    login = "div#login_form form#login input[type=password]"

    own = r"/(?:index\.php|(?:topic|forum)/\d|user/\d|[^/]+/\d+-[^/]*\.html$)"
    rewrites = (
        (r"\?act=(?:ST|SF)&f=(\d+)(?:&t=(\d+))?.*$", r"?showforum=\1&showtopic=\2"),
        (r"\?showforum=\d+&showtopic=(\d+)$", r"?showtopic=\1"),
        (r"&showtopic=$", ""),
        # "page__view__getlastpost", "page__p__5", "?view=findpost&p=5", sort orders: only an offset is kept
        (rf"{_PLACE}/page__(?:.*__)?st__(\d+)(?:__.*|[/?&].*)?$", r"\1/page__st__\2"),
        (rf"{_PLACE}/page-(\d+)(?:[/?&].*)?$", r"\1/page-\2"),
        (rf"{_PLACE}(?!/page(?:-|__st__)\d)(?:[/?&].*)?$", r"\1/"),
        (rf"{_OLD}(?=&(?:.*&)?st=(\d+))(?!&st=\d+$).*$", r"\1&st=\2"),
        (rf"{_OLD}(?!&st=\d+$).*$", r"\1"),
        (r"(?:(?<=/)page-1|(?<=/)page__st__0|&st=0)$", ""),
    )
    page_part = r"(?:page-\d+|page__st__\d+|&st=\d+)$"
    thread_url = r"(?:[?/]topic/|[?&]showtopic=|/(?=\d+-[^/]*\.html$))(\d+)"
    board_url = r"(?:[?/]forum/|[?&]showforum=)(\d+)"
    traps = (
        r"[?&](?:act|app|module|do|CODE|showuser|unreadonly|mode)=|/page__(?!st__)"
        r"|/(?:user|gallery|blogs|calendar|tags|rss|files|members)/"
    )

    containers: ClassVar = {
        "edit": Label.EDIT,
        "blockquote": Label.QUOTE,
        "codetop": Label.BUTTON,
        "codemain": Label.CODE,
        "spoiler_title": Label.BUTTON,
        "bbc_spoiler_show": Label.BUTTON,
    }

    def read(self, doc: Document) -> Page:
        """What the page is, at its own URL."""
        return super().read(at_own_url(self, doc))

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The page with the post's anchor."""
        return f"{doc.url}#entry{id_}"

    def read_author(self, part: Part) -> Author:
        """As in the base; the id is the number before the name in the member's URL."""
        found = MEMBER.search(words(first(part, self.author_id)))
        return replace(super().read_author(part), id=next(filter(None, found.groups())) if found else None)

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Items "Location: Harbour" and "56 posts"."""
        card = first(part, self.card)
        for item in () if card is None else card.iter("li"):
            shown = words(item) if item.find("ul") is None else ""
            count = COUNT.fullmatch(shown)
            if count and count[2]:
                yield count[2], count[1]
            else:
                yield from pair(shown)

    def read_replies(self, row: Part) -> int | None:
        """The number in "12 replies"."""
        count = COUNT.match(text(row, self.row_replies))
        return number(count[1]) if count else None

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """As in the base; an edit note has its date behind the editor's name, a title repeats the subject."""
        if node is None or (not isinstance(node, str) and node.tag == "abbr"):
            return super().when(doc, node)
        shown = first_line(node)
        is_note = not isinstance(node, str) and "edit" in (node.get("class") or "").split()
        return super().when(doc, _EDITED.sub("", shown) if is_note else shown)


class Invision2(Invision3):
    """Versions 1.3 and 2: nested tables, hardly a class."""

    name = "invision2"
    signals = ""
    anchor = (
        "div#ipbwrapper div.borderwrap, div#ipbwrapper table.ipbtable, div#ipbwrapper div.postcolor"
        ", div#ipbwrapper div.tableborder"
    )

    posts = "./descendant::a[starts-with(@name, 'entry')]/ancestor::table[1]"
    post_mark = b'name="entry'
    post_id = "a[name^=entry]@name"
    body = "div.postcolor"
    extras = "div.signature"
    author = "span.normalname, span.unreg"
    author_id = "span.normalname a@href"
    author_title = ""
    author_banners = ""
    card = "./descendant::td[@valign='top'][starts-with(@class, 'post')]/span[@class='postdetails']"
    # 1.3 has no picture before the date, but one in the card
    posted = (
        "./descendant::span[@class='postdetails'][img][not(parent::td[starts-with(@class, 'post')])]"
        " | ./descendant::span[@class='postdetails'][descendant::a[contains(@onclick, 'link_to_post')]]"
    )
    attached: ClassVar[str] = "a[href*='act=Attach'], a[href*='act=attach']"
    edited = (  # "Attached File" is such a span too, in bold
        "./descendant::span[@class='edit'][not(parent::strong)]/b/following-sibling::text()[1]"
        " | ./descendant::span[@class='edit'][not(parent::strong)]"
    )
    position = "a[onclick*=link_to_post]"
    title = "div.maintitle b"
    prefixes = ""
    locked = "img[src*=t_closed]"
    crumbs = "div#navstrip a"

    board = "./descendant::a[starts-with(@href, 'javascript:who_posted')] | span.desc > a[href*='view=getlastpost']"
    rows = (
        "./descendant::a[starts-with(@id, 'tid-link-')]/ancestor::tr[1]"
        " | ./descendant::tr[td/span[@class='desc']/a[contains(@href, 'view=getlastpost')]]"
    )
    row_id = "a[id^=tid-link-]@id"
    row_link = (
        "a[id^=tid-link-] | ./td/descendant::a[contains(@href, 'showtopic=') or contains(@href, 'act=ST')]"
        "[not(contains(@href, 'view='))][normalize-space()]"
    )
    row_replies = "a[href*=who_posted] | a[onclick*=who_posted] | ./td[5]"
    row_last = "span.lastaction | ./td/span[@class='desc'][a[contains(@href, 'view=getlastpost')]]"
    row_sticky = "img[src*=pinned]"
    row_locked = "img[src*=f_closed]"
    boards = "./descendant::b/a[contains(@href, 'showforum=') or contains(@href, '/forum/')]"

    # 1.3: "Pages: (3) [1] 2 3"
    next = (
        "./descendant::span[@class='pagecurrent'][1]/following-sibling::span[@class='pagelink'][1]/a/@href"
        f" | {_PAGES}/following-sibling::b[starts-with(., '[')][1]/following-sibling::a[1]/@href"
    )
    page = f"span.pagecurrent | {_PAGES}/following-sibling::b[starts-with(., '[')][1]"
    last_page = (
        "span.pagelink, span.pagecurrent, span.pagelinklast a"
        f" | {_PAGES}/following-sibling::text()[1][starts-with(normalize-space(), '(')]"
    )

    notice = "div.errorwrap p | div.errorwrap"
    login = "div.errorwrap input[type=password] | form[name=LOGIN] input[type=password]"

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base; files are links at the end of the text."""
        for link in every(part, self.attached):
            content.mark(link, "attachment")
        return super().read_post(doc, part)

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Lines of text between breaks."""
        return pairs(first(part, self.card))
