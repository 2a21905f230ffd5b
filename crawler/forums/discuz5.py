"""Discuz! 5: tables and bare text, where its successors have ids."""

from collections.abc import Iterator
from typing import ClassVar

from archive.records import Label, Post
from crawler.forums.discuz import Discuz
from crawler.reading.document import Document
from crawler.reading.lines import lines
from crawler.reading.numbers import number
from crawler.reading.select import Part, every, first, text


class Discuz5(Discuz):
    """Discuz! 5.0 and 5.5."""

    name = "discuz5"
    example = "https://example.org/viewthread.php?tid=1"
    signals = r"^Discuz! ?5\."
    anchor = "table.t_row div.t_msgfont | td.f_folder"

    posts = "table.t_row"
    post_id = "a[name^=pid]@name | div.t_msgfont@id"
    post_mark = b'class="t_msgfont"'
    extras = ""
    attached = ""
    author = "td.t_user a.bold | ./descendant::td[@class='t_user']/text()[normalize-space()][1]"
    author_id = "td.t_user a.bold@href"
    author_title = "./descendant::td[@class='t_user']/div[@class='smalltxt']/descendant::text()[normalize-space()][1]"
    card = "td.t_user > div.smalltxt"
    posted = "./descendant::div[contains(@class, 't_number')]/following-sibling::div[1]"
    edited = "./descendant::i[@class='dz-edit']"
    position = "div.t_number a"
    title = "./descendant::div[contains(@class, 'nav')]/text()[normalize-space()][last()]"
    prefixes = ""
    crumbs = "div.nav a"

    board = "td.f_title, td.f_folder"
    rows = "./descendant::td[@class='f_title']/ancestor::tr[1]"
    row_link = (
        "./td[@class='f_title']/descendant::a[normalize-space()][contains(@href, 'thread')]"
        "[not(contains(@href, 'goto='))]"
    )
    row_replies = "td.f_views"
    row_last = "td.f_last"
    row_sticky = "img[src*='/pin']"
    row_locked = "img[src*='/folder_lock'], img[src*='/lock_folder']"
    boards = (
        "./descendant::div[@class='maintable']/descendant::a[normalize-space()][not(contains(@href, '&'))]"
        "[not(ancestor::div[contains(@class, 'nav')])]"
    )

    next = "./descendant::a[@class='p_curpage'][1]/following-sibling::a[1][@class='p_num']/@href"
    page = "a.p_curpage"
    last_page = "a.p_num, a.p_pages"
    foot = "./descendant::div[@class='maintable'][contains(., 'GMT')]"
    notice = "./descendant::tr[contains(@class, 'header')][1]/following-sibling::tr[1]/td"

    containers: ClassVar = {**Discuz.containers, "msgheader": Label.QUOTE, "msgborder": Label.QUOTE}

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in its successors; code is in the same box as a quote, but has an id."""
        for box in every(part, "div.msgborder[id^=code]"):
            box.set("class", "blockcode")
            if box.getprevious() is not None:  # "CODE:" and the link to copy it
                box.getprevious().set("class", "dz-copy")
        return super().read_post(doc, part)

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """A line is a pair without a colon: "UID 332620"."""
        for line in lines(first(part, self.card)):
            label, space, value = line.partition(" ")
            if space:
                yield label, value

    def read_replies(self, row: Part) -> int | None:
        """The first number of "12 / 345"; the other one is views."""
        return number(text(row, self.row_replies).partition("/")[0])
