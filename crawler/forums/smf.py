"""Simple Machines Forum 2.x and 1.1. Pages are counted in posts: `?topic=57.15` is page 2 of a thread."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Label, Page
from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.lines import first_line, pair, pairs
from crawler.reading.numbers import number
from crawler.reading.select import Part, every, first, text, words

_ANSWER = re.compile(r"#\s*([\d.,]+)")  # "#15", "Reply #15 on:": the answers are counted, the first post is none
_COUNT = re.compile(r"\d[\d.,]*")
_BEFORE_DATE = re.compile(r"^.*?:\s+")  # "Reply #1 on: ", "Last Edit: "
_CURRENT = "*[self::strong or self::b][translate(., '0123456789', '')='']"  # "Pages: 1 [2] 3"; "..." is bold as well
_NOT_COUNTED = {"title", "membergroup", "postgroup", "blurb", "avatar", "icons", "stars", "profile", "im_icons"}


class SMF(Forum):
    """SMF 2.0, 2.1 and 3.0."""

    name = "smf"
    example = "https://example.org/index.php?topic=1.0"
    # the themes' files carry the version: "index.css?smf214_1683475207", "script.js?fin20"
    signals = r"(?:\?|%3F)(?:smf\d|fin\d\d\b)|(?:^|/)Themes/[^/]+/(?:css/|scripts/|style\.css|script\.js)"
    anchor = "div.inner[data-msgid] | form#quickModForm | a[href*='www.simplemachines.org'][title='Simple Machines']"

    posts = "div.post_wrapper"
    post_mark = b'class="post_wrapper"'
    post_id = "div.inner@data-msgid | div.inner@id"
    body = "div.post > div.inner"
    extras = "div.attachments, span.modified, div.modified, div.signature"
    author = "div.poster h4 > a[href*=profile] | div.poster h4"
    author_id = "div.poster h4 > a[href*=profile]@href"
    author_title = "li.title"
    author_banners = "li.membergroup, li.postgroup"
    card = "div.poster ul"
    posted = "div.postinfo > a.smalltext | div.keyinfo a.smalltext | div.keyinfo > div.smalltext"
    edited = "span.modified | div.modified"
    position = "span.page_number | div.keyinfo > div.smalltext"
    title = "span#top_subject | div.navigate_section li.last a | meta[property='og:title']@content"
    sticky = "div.information span.sticky | ./descendant::img[contains(@src, '/topic/') and contains(@src, '_sticky')]"
    locked = "div.information span.lock | ./descendant::img[contains(@src, '/topic/') and contains(@src, '_locked')]"
    crumbs = "div.navigate_section a | a.nav"

    board = "div#messageindex, div#topic_container | td.catbg3"
    # 2.1 has a div per thread, the others a table row; `span#msg_N` in it is the thread's first post
    rows = "div#topic_container > div | ./descendant::span[starts-with(@id, 'msg_')]/ancestor::tr[1]"
    row_link = "span[id^=msg_] a"
    row_replies = "div.board_stats | td.stats | ./td[5]"
    row_last = "div.lastpost | td.lastpost | ./td[7]"
    row_sticky = "&.sticky | td.stickybg | img[id^=stickyicon] | img[src*=_sticky]"
    row_locked = "&.locked | td.lockedbg, td.locked_sticky | img[id^=lockicon] | img[src*=_locked]"
    boards = (
        "a.subject, div.children a, tr[id$=_children] a"
        " | ./descendant::td/b/a[starts-with(@name, 'b')]"
        "|./descendant::td/*[self::small or self::span]/a[contains(@href, 'board=')]"
        "|./descendant::td[a[starts-with(@name, 'b')]]/*[self::b or self::i]/a[contains(@href, 'board=')]"
    )
    board_row = "div.up_contain, tr[id^=board_]"
    board_state = "div.board_stats p, td.stats p, .lastpost a[href*='.msg']"

    # 1.1 and 2.0 announce the *thread* that follows as rel=next; there the link after the current page's number counts
    next = (
        "./descendant::link[@rel='next' and not(contains(@href, 'prev_next'))]/@href"
        f" | ./descendant::*[contains(@class, 'pagelinks') or @class='middletext']/{_CURRENT}[1]"
        "/following-sibling::a[1][@class='navPages']/@href"
    )
    page = f"span.current_page | div.pagelinks > strong | ./descendant::td[@class='middletext']/{_CURRENT}"
    last_page = "div.pagelinks a.nav_page, div.pagelinks a.navPages | td.middletext a.navPages"

    notice = (
        "div#fatal_error div.padding | div#fatal_error | div#maintenance_mode p | div#maintenance_mode"
        " | form#frmLogin p.information | div.errorbox"
    )
    # while the forum is closed for maintenance the same form is the way in for its administrators only
    login = "./descendant::form[@id='frmLogin'][not(descendant::div[@id='maintenance_mode'])]//input[@type='password']"

    # "/index.php%3Ftopic=57.15.html" is the file of a mirror; "/index.php/topic,57.15.html" a setting of the forum
    rewrites = (
        (r"\?action=printpage&topic=(\d+).*$", r"?topic=\1.0"),
        (r"(\?topic=\d+)(?:\.(?:msg|new|from)\w*)?(?:&(?!prev_next).*)?$", r"\1.0"),
        (r"(\?board=\d+)(?:&.*)?$", r"\1.0"),
        (r"(\?(?:topic|board)=\d+\.\d+)&(?!prev_next).*$", r"\1"),
    )
    thread_url = r"(?:[?/]|%3F)topic[=,](\d+)"
    board_url = r"(?:[?/]|%3F)board[=,](\d+)"
    traps = r"(?:[?&;]|%3F|%3B)(?:action|prev_next|sort|msg|wap|wap2|imode|theme|language)\b"

    containers: ClassVar = {"quotefooter": Label.QUOTE}

    @classmethod
    def first_url(cls, url: str) -> str:
        """The canonical URL of the first page: offset 0, which SMF always writes."""
        return re.sub(r"\b((?:topic|board)[=,]\d+)\.\d+", r"\1.0", cls.canonical(url))

    def read(self, doc: Document) -> Page:
        """What the page is. A link to a post (`?topic=1.msg23`) does not say which page it leads to: the page does."""
        own = self.canonical(doc.link(first(doc.page, "link[rel=canonical]@href")) or "")
        if self.site(own) == self.site(doc.url) and (self.thread_id(own) or self.board_id(own)):
            doc = replace(doc, url=own)
        return super().read(doc)

    def post_url(self, doc: Document, id_: str) -> str:
        """The page with the post's anchor."""
        return f"{doc.url}#msg{id_}"

    def read_position(self, part: Part) -> int | None:
        """The first answer has number 1 and is the second post; the first post has none."""
        found = _ANSWER.search(text(part, self.position))
        answer = number(found[1]) if found else None
        return None if answer is None else answer + 1

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Each item of the list is a pair: "Posts: 56"."""
        for item in every(first(part, self.card), "./li"):
            if not _NOT_COUNTED & set((item.get("class") or "").split()):
                yield from pair(words(item))

    def read_replies(self, row: Part) -> int | None:
        """The count of "Replies: 3" or "3 Replies"; the views follow on a line of their own."""
        found = _COUNT.search(first_line(first(row, self.row_replies)))
        return number(found[0]) if found else None

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """Dates are text: "« Reply #1 on: Today at 10:00 »", "Last Edit: ... by X". A title repeats the subject."""
        return super().when(doc, _BEFORE_DATE.sub("", first_line(node).strip("« »")))


class SMF1(SMF):
    """SMF 1.1: nested tables, hardly a class."""

    anchor = "td#top_subject | td.catbg3 | td.catbg a[name^=c]"
    signals = r"\?fin11\b|/Themes/[^/]+/style\.css"

    posts = "./descendant::div[starts-with(@id, 'subject_')]/ancestor::table[2]"
    post_mark = b' id="subject_'
    post_id = "div[id^=subject_]@id"
    body = "div.post"
    extras = "td[id^=modified_], div.signature"
    author = "./descendant::td[@rowspan][1]/b"
    author_id = "./descendant::td[@rowspan][1]/b/a/@href"
    author_title = ""
    author_banners = ""
    card = "./descendant::td[@rowspan][1]/div"
    posted = "./descendant::div[starts-with(@id, 'subject_')]/following-sibling::div[1]"
    position = posted
    edited = "td[id^=modified_]"
    title = "title"

    containers: ClassVar = {**SMF.containers, "smalltext": Label.EDIT}

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Lines of text between breaks."""
        return pairs(first(part, self.card))


SMF.skins = (SMF1,)  # the skin builds on the class, so it can only be named after it
