"""What Discuz! X shows to telephones: lists instead of tables, at the same addresses."""

import re
from dataclasses import replace
from typing import ClassVar

from archive.records import Author, Label, Page, Post
from crawler.forums.discuz import Discuz
from crawler.reading.document import Document
from crawler.reading.select import Part, every, first

_NOTICE = "./descendant::div[@class='message']/div[contains(@class, 'quote')][not(blockquote)]"  # in place of the text
_BESIDE = "div.threadlist a span.by, div.threadlist a span.num, div.threadlist a span.micon"


class DiscuzTouch(Discuz):
    """The "touch" templates of X2.5 to X3.5."""

    signals = ""
    anchor = "div.plc[id^=pid] ul.authi, div.threadlist > ul > li > a[href*=thread], div.jump_c > p"

    posts = "div.plc[id^=pid]"
    post_mark = b'class="message"'
    body = "./descendant::div[@class='message']/div[@class='notice'] | div.message"
    attached = "ul.img_list, ul.img_one, ul.post_attlist"
    extras = attached
    author = (
        "ul.authi li.mtit span.z a | ul.authi b a"
        " | ./descendant::ul[@class='authi']/descendant::*[self::b or @class='z'][1]/text()[normalize-space()][1]"
    )
    author_id = "ul.authi a[href*='uid=']@href"
    author_title = ""
    card = ""
    posted = "ul.authi li.mtime | ul.authi li.rela | ul.authi"
    position = "ul.authi li.mtit span.y | ul.authi em"
    title = (
        "./descendant::div[@class='view_tit']/text()[normalize-space()][1]"
        " | ./descendant::div[@class='postlist']/descendant::h2[1]/descendant::text()[normalize-space()][1]"
        " | header.header span.name | div.header h2"
    )
    prefixes = "div.view_tit > em"
    crumbs = "div.header h2 a | div.pt a"

    board = "div.threadlist"
    rows = "div.threadlist > ul > li"
    row_link = "./a[contains(@href, 'thread')]"
    row_replies = "span.num | ./descendant::li[i[contains(@class, 'dm-chat-s')]]"
    row_last = ""
    row_sticky = "span.icon_top img[src*=icon_top] | span.top"
    row_locked = "span.lock"
    boards = "div.subname_list a"

    # A script makes `div.page` of `div.pg`
    next = "div.pg a.nxt@href | ./descendant::div[@class='page']/a[last()]/@href"
    page = "div.pg strong | div.page option[selected]"
    last_page = "div.pg a | div.page option"

    notice = "div.jump_c > p"

    containers: ClassVar = {
        **Discuz.containers,
        "img_list": Label.ATTACHMENT,
        "img_one": Label.ATTACHMENT,
        "post_attlist": Label.ATTACHMENT,
    }

    def read(self, doc: Document) -> Page:
        """As on other screens, after what the link of a thread holds beside its title was put behind the link."""
        for aside in every(doc.page, _BESIDE):
            next(aside.iterancestors("a")).addnext(aside)
        return super().read(doc)

    def read_author(self, part: Part) -> Author:
        """As on other screens; the links to members end with "&mobile=2"."""
        found = re.search(r"\buid=(\d+)", first(part, self.author_id) or "")
        return replace(super().read_author(part), id=found and found[1])

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As on other screens, where a box in place of the text is no quote."""
        for box in every(part, _NOTICE):
            box.set("class", "notice")
        return super().read_post(doc, part)
