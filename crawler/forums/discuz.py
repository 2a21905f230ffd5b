"""Discuz! 6 to X3: the versions share the ids of their markup."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar
from urllib.parse import urljoin

from archive.records import Label, Page, Post, Thread
from crawler.forums.base import Forum
from crawler.reading import content
from crawler.reading.document import Document
from crawler.reading.numbers import digits, number
from crawler.reading.select import Part, every, first, text, words

_ZONE = re.compile(r"GMT\s*([+-](?:1[0-4]|\d)(?:\.\d+)?)(?!\d)")  # "GMT+8, 2015-1-6 15:35" at the foot of every page
_SUFFIX = re.compile(r"\s*(?:\[(?:复制链接|複製鏈接)\]|- +Powered by Discuz!.*)\s*$")
# A date with its time in a note such as "本帖最后由 X 于 2012-6-25 16:40 编辑"; the words around it are the site's own
_DATE = re.compile(
    r"(?:昨天|前天|今天|\d{1,4}([-/.])\d{1,2}\1\d{1,4})\s*(?:(?:[上下]午|[AP]M)?\s*\d{1,2}:\d\d(?::\d\d)?(?:\s*[AP]M)?)?"
)
_CHROME = re.compile(r"/static/image/|/images/(?:attachicons|common|default|smilies)/")  # the software's own pictures
_PAGE = r"(?:(?=[^#]*[?&]page=(?!0*1(?:&|$))(\d+))|)"  # the argument, wherever it stands; page 1 has none
_BOX = (  # in place of the text
    "./descendant::div[contains(@class, 'pcb') or contains(@class, 'postmessage')]"
    "/div[@class='locked' or @class='notice']"
)


class Discuz(Forum):
    """Discuz! X, 7 and 6: a post is `table#pidN`, its text `#postmessage_N`."""

    name = "discuz"
    example = "https://example.org/thread-1-1-1.html"
    signals = r"^Discuz! ?(?:X|[6-9])|/cache/style_\d+(?:_\w+)?\.css"
    anchor = (
        "td.t_f[id^=postmessage_], td.t_msgfont[id^=postmessage_], div.t_msgfont[id^=postmessage_]"
        # on a telephone
        ", div.plc[id^=pid] ul.authi, div.threadlist > ul > li > a[href*=thread], div.jump_c > p"
    )

    posts = "table[id^=pid]"
    post_mark = b'id="postmessage_'
    body = f"td.t_f | .t_msgfont | .t_bigfont, .t_smallfont | *[id^=postmessage_] | {_BOX}"
    attached: ClassVar[str] = "div.pattl, div.postattachlist"
    extras = f"div.attach_nopermission, {attached}, div.sign, div.signatures"
    author = (
        "div.authi a[href*=space] | td.postauthor > div.postinfo a | a.posterlink | td.postauthor cite a"
        " | ./descendant::div[@class='pi' or @class='avatar'][1]/descendant::text()[normalize-space()][1]"
    )
    author_id = "div.authi a[href*=uid]@href | td.postauthor a[href*=uid]@href"
    author_title = "td.pls a[href*=usergroup] | td.postauthor a[href*=grouppermission] | td.postauthor > p > em"
    card = "td.pls | td.postauthor"
    posted = "div.authi em[id^=authorposton] | div.authorinfo em[id^=authorposton] | td.postcontent > div.postinfo"
    edited = "i.pstatus"
    position = "div.pi > strong em | div.postinfo > strong em | div.postinfo > strong"
    title = "h1.ts [id=thread_subject] | h1.ts | h1.xs2 a | div[id=threadtitle] h1 | div[id=forumheader] h1 | h1"
    prefixes = "h1.ts > a:not([id=thread_subject])"
    locked = "h1.ts img[src*=locked] | div.vwthd img[src*=locked]"
    crumbs = "div[id=pt] a | div[id=nav] a"

    board = "div[id=threadlist], table[id=threadlisttableid] | div.threadlist"
    rows = "tbody[id^=normalthread_], tbody[id^=stickthread_] | ul.waterfall > li"
    row_link = "a.xst | span[id^=thread_] a | h3 a"
    row_replies = "td.num a | td.nums strong | div.auth cite a"
    row_last = (
        "./descendant::td[@class='by'][last()]/em/descendant::span[@title]"
        " | ./descendant::td[@class='by'][last()]/em | td.lastpost em"
    )
    row_sticky = "&[id^=stickthread_]"
    row_locked = "th.lock | img[src*=folder_lock]"
    # Links to boards with words; pictures link to them as well
    boards = (
        "./descendant::table[contains(@class, 'fl_tb')]/descendant::a[normalize-space()]"
        " | ./descendant::div[contains(@class, 'forumlist') or @id='subforum' or @class='mainbox list']"
        "/descendant::*[self::h2 or self::p]/a"
    )

    next = "div.pg a.nxt@href | div.pages a.next@href"
    page = "div.pg strong | div.pages strong"
    last_page = "div.pg a | div.pages a"
    foot: ClassVar[str] = "div[id=ft] | div[id=footer]"
    own_link: ClassVar[str] = "a[href*='action=printable']@href | link[rel=canonical]@href"

    notice = "div[id=messagetext] p | div.alert_error p | div.showmessage p | div.message p"
    login = "form[id^=loginform] input[type=password]"

    own = r"/(?:[^/]*\.php|(?:thread|forum|group|redirect|space|viewthread|archiver)[-/][^/]*)"
    rewrites = (
        # Links to a post, to the newest one, print views, one author's posts only: all are the thread
        (
            rf"/forum\.php\?(?=[^#]*mod=(?:viewthread|redirect)\b)(?!.*goto=next)(?=[^#]*\bp?(tid=\d+)){_PAGE}.*$",
            r"/forum.php?mod=viewthread&\1&page=\2",
        ),
        (
            rf"/forum\.php\?(?=[^#]*mod=(forumdisplay|group)\b)(?=[^#]*\b(fid=\w+)){_PAGE}.*$",
            r"/forum.php?mod=\1&\2&page=\3",
        ),
        (
            rf"/(?:viewthread|redirect)\.php\?(?!.*goto=next)(?=[^#]*\bp?(tid=\d+)){_PAGE}.*$",
            r"/viewthread.php?\1&page=\2",
        ),
        (rf"/forumdisplay\.php\?(?=[^#]*\b(fid=\d+)){_PAGE}.*$", r"/forumdisplay.php?\1&page=\2"),
        (r"&page=$", ""),
        # The third number is the page of the board that the visitor came from
        (r"/thread-(\d+)-(\d+)-\d+\.html.*$", r"/thread-\1-\2-1.html"),
        (r"/(forum-\w+-\d+\.html)\?.*$", r"/\1"),
    )
    thread_url = r"(?:mod=viewthread&tid=|/viewthread\.php\?tid=|/thread-)(\d+)"
    board_url = r"(?:mod=(?:forumdisplay|group)&fid=|/forumdisplay\.php\?fid=|/forum-)(\w+)"
    traps = (
        r"[?&](?:goto=next|authorid=|ordertype=|action=(?!printable)|filter=|orderby=|mod=(?!viewthread|forumdisplay|group|redirect))"
        r"|/(?:archiver|wap)/|/(?:home|member|misc|plugin|portal|search|userapp|connect|post|logging|register|space|pm|my"
        r"|faq|stats|memcp|magic|task|topicadmin|attachment|tag|rss|announcement|digest|viewpro)\.php|/(?:space|tag|archiver)-"
    )

    containers: ClassVar = {
        "banned": Label.NOTICE,
        "notice": Label.GATE,
        "attach_nopermission": Label.GATE,
        "postattachlist": Label.ATTACHMENT,
        "dz-attachment": Label.ATTACHMENT,
        "t_attach": Label.ATTACHMENT,
        "t_attachlist": Label.ATTACHMENT,
        "imgtitle": Label.ATTACHMENT,
        "showhide": Label.BODY,  # hidden text that this reader may see
        "dz-revealed": Label.GATE,
        "dz-copy": Label.BUTTON,
        "dz-edit": Label.EDIT,
    }

    @classmethod
    def first_url(cls, url: str) -> str:
        """Page 1 of the thread or board; where pages are files it has its number as well."""
        return cls.paged(cls.canonical(url), 1)

    @staticmethod
    def paged(url: str, page: int) -> str:
        """The URL of a thread's or board's page with that number."""
        if url.endswith(".html"):
            return re.sub(r"(?<=\d-)\d+(?=-1\.html$)|(?<=/forum-)(\w+-)\d+(?=\.html$)", rf"\g<1>{page}", url)
        url = re.sub(r"&page=\d+$", "", url)
        return url if page == 1 else f"{url}&page={page}"

    def read(self, doc: Document) -> Page:
        """What the page is. Times are in the zone that its foot names; its URL has the number of the page it shows."""
        zone = _ZONE.search(words(first(doc.page, self.foot)))
        if zone:
            doc = replace(doc, zone=timezone(timedelta(hours=float(zone[1]))))
        if "://" not in doc.base:  # saved without a URL: the link to the text version is absolute
            base = words(first(doc.page, "link[rel=archives]@href")).removesuffix("archiver/")
            doc = replace(doc, base=base, url=self.canonical(urljoin(base, words(first(doc.page, self.own_link)))))
        number_ = int(digits(text(doc.page, self.page)) or 1)
        # The canonical link of a later page can be that of page 1
        return super().read(replace(doc, url=self.paged(doc.url, number_)) if number_ > 1 else doc)

    def read_title(self, doc: Document) -> str:
        """The heading without what follows it: a link to copy the address, the software's name."""
        return _SUFFIX.sub("", super().read_title(doc)).lstrip("» ")

    def read_thread(self, doc: Document, page: Page) -> Thread:
        """As in the base; a thread's type is shown in brackets."""
        thread = super().read_thread(doc, page)
        return replace(thread, prefixes=tuple(shown.strip("[]") for shown in thread.prefixes))

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base, after what has no class was given one; pictures that were uploaded count."""
        body = first(part, self.body)
        if body is None:
            return None
        _name(body)
        is_box = body.get("class") in {"locked", "notice"}
        is_gone = is_box and "屏蔽" in words(body)  # else it asks for a reply, points, a password
        if is_box:
            content.mark(body, "banned" if is_gone else "locked")
        uploaded = [url for box in every(part, self.attached) for url in content.images(doc, box)]
        post = super().read_post(doc, part)
        if post is None:
            return None
        if is_box:
            body.set("class", "")  # beside a signature it is no longer the root, and the outermost class would count
        pictures = (url for url in (*post.images, *uploaded) if not _CHROME.search(url))
        return replace(post, deleted=is_gone, images=tuple(dict.fromkeys(pictures)))

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The page with the post's anchor."""
        return f"{doc.url}#pid{id_}"

    def read_position(self, part: Part) -> int | None:
        """The number in "3#"; forums may name the first floors instead."""
        return number(text(part, self.position).strip("#楼 "))

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Lists of terms, the one that opens on a click too, and cells with the number above its label."""
        above = first(part, "div.tns")
        for cell in () if above is None else above.iter("th", "td"):
            value = text(cell, "p")
            yield words(cell).removeprefix(value).strip(), value
        label = ""
        for item in (item for card in every(part, self.card) for item in card.iter("dt", "dd")):
            if item.tag == "dd" and label:
                yield label, words(item)
            label = words(item).rstrip(":： ") if item.tag == "dt" else ""

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """The date among other words ("last edited by X at ..."); "3 days ago" has it as title."""
        if node is None or isinstance(node, str):
            return super().when(doc, node)
        relative = node.find("span[@title]")
        found = _DATE.search(words(node)) if relative is None and not node.get("title") else None
        return super().when(doc, found[0] if found else node if relative is None else relative)


def _name(body: Any) -> None:
    """Give the parts of a text that have no class one for the cleaning."""
    for part in body.iter("ignore_js_op", "em", "h4", "i", "img"):
        above = part.getparent()
        if part.tag == "ignore_js_op":  # files with name and size; pictures, whose names are hidden
            part.set("class", "dz-attachment")
        elif part.tag == "em" and "copycode" in part.get("onclick", ""):
            part.set("class", "dz-copy")
        elif part.tag == "h4" and above.get("class") == "showhide":
            part.set("class", "dz-revealed")
        elif part.tag == "img" and part.get("smilieid"):  # some are on other sites
            part.set("class", "smilie")
        elif part.tag == "i" and (part.tail or "").startswith("]") and _DATE.search(words(part)):
            _bracket(part)


def _bracket(note: Any) -> None:
    """Take the brackets around an edit note into it: "[<i> last edited by ... </i>]"."""
    note.set("class", "dz-edit")
    above, before = note.getparent(), note.getprevious()
    opening = (above.text if before is None else before.tail) or ""
    if opening.rstrip().endswith("["):
        bare = opening.rstrip().removesuffix("[")
        if before is None:
            above.text = bare
        else:
            before.tail = bare
        note.text, note.tail = f"[{note.text or ''}", note.tail.removeprefix("]")
        note.append(note.makeelement("span"))
        note[-1].text = "]"
