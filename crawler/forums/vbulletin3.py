"""vBulletin 3: nested tables. What its templates have no class for is found by ids and by the order of elements."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from lxml.etree import Comment

from archive.records import Author, Post
from crawler.forums.vbulletin import VBulletin, VBulletin4, mark
from crawler.reading import dates
from crawler.reading.document import Document
from crawler.reading.select import Part, every, first, words

_POST = "number(translate(@{}, 'post_edi', '')) > 0"
_FORUM = (
    "./descendant::td[starts-with(@id, 'f') and substring(@id, 2) > 0]"
    "[not(preceding-sibling::td/img[contains(@src, 'forum_link')])]"
)
_WRAPPED = f"(starts-with(@id, 'post') or starts-with(@id, 'edit')) and {_POST.format('id')}"
# A quote of a skin that leaves the heading "Quote:" out: only templates set a whole box in italics, below who said it
_UNHEADED = (
    "./descendant::div[contains(@style, 'italic')][preceding-sibling::div[1]/strong]"
    "/parent::*[not(ancestor-or-self::*[contains(@class, 'bbcode_quote')])]"
)


class VBulletin3(VBulletin):
    """vBulletin 3; it claims the pages of version 4 as well, which is then found to be a skin."""

    signals = r"^vBulletin [34]\.|clientscript/vbulletin|^vbulletin_html$"
    anchor = "td.vbmenu_control, li.vbmenu_control | div[id^=post_message_]"
    skins = (VBulletin4,)

    posts = f"./descendant::div[starts-with(@id, 'post_message_')]/ancestor::*[{_WRAPPED}][1]"
    post_mark = b'id="post_message_'
    body = "div[id^=post_message_]"
    author = ".bigusername | ./descendant::div[starts-with(@id, 'postmenu_')]/text()[normalize-space()][1]"
    author_id = "a.bigusername@href"
    card = "div.smallfont > div"
    posted = (  # the date is the text after its anchor
        ".thead span[itemprop=dateCreated] | .thead a[name^=post] | span[itemprop=dateCreated] | a[name^=post]"
    )
    position = ".thead a[id^=postcount]@name | a[id^=postcount]@name"
    title = "td.navbar strong | div.breadcrumb > strong | td.navbar h1"
    locked = "img[src*=threadclosed]"
    crumbs = "span.navbar a"

    board = "tbody[id^=threadbits_forum_] | table#threadslist | form#inlinemodform"
    rows = "./descendant::a[starts-with(@id, 'thread_title_')]/ancestor::tr[1]"
    row_id = "a[id^=thread_title_]@id"
    row_link = "a[id^=thread_title_]"
    row_replies = "a[href*='do=whoposted'] | ./td[contains(@title, ':')]/following-sibling::td[1]"
    row_last = "span[itemprop=dateModified] | ./td[contains(@title, ':')]/descendant::span[@class='time']/.."
    row_sticky = "img[src*=sticky] | span.sticky"
    row_locked = (
        "./descendant::*[starts-with(@id, 'thread_statusicon_')][contains(@src, '_lock') or contains(@class, '_lock')]"
    )
    # Their names, and below them their own boards; a board that is a link to elsewhere has no threads here
    boards = (
        f"{_FORUM}/div[1]/a|{_FORUM}/div[position() > 1]/descendant::a"
        "[contains(@href, 'forumdisplay') or preceding-sibling::*[1][starts-with(@id, 'forum_statusicon_')]]"
    )

    # Translations and older versions have no rel=next: the cell after this page's
    next = (
        "/html/head/link[@rel='next']/@href | div.pagenav a[rel=next]@href"
        " | ./descendant::div[@class='pagenav']/descendant::td[@class='alt2']/following-sibling::td[1]/a/@href"
    )
    page = "div.pagenav td.alt2"
    last_page = "div.pagenav td"
    zone = "./descendant::span[@class='time']/parent::*[contains(., 'GMT')]"

    notice = "td.panelsurround div.panel > div > div | td.panelsurround div.panel"
    login = "td.panelsurround input[type=password]"

    def date_order(self, doc: Document) -> dates.Order | None:
        """As in the base; a post's date is not inside of what `posted` finds."""
        shown = every(doc.page, self.posted) or every(doc.page, self.row_last)
        return dates.order_of(map(_shown, shown))

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """As above."""
        return super().when(doc, _shown(node) if _is_anchor(node) else node)

    def read_author(self, part: Part) -> Author:
        """As above; the title is the first line of small print, the card the first that has lines of its own."""
        line = first(part, "div.smallfont")
        title = "" if line is None or line.find("div") is not None else words(line)
        return replace(super().read_author(part), title=title or None)

    def read_after(self, part: Part, post: Post) -> list[Any]:
        """As above; with the boxes inside the message marked as well."""
        for head in every(part, "div.smallfont"):
            box = head.getparent()
            if box is not post.body and any(above is post.body for above in box.iterancestors()):
                mark([box], _box(head))
        mark([box for box in every(post.body, _UNHEADED) if box is not post.body], "bbcode_quote")
        return list(_after(part, post.body))


def _is_anchor(node: Any) -> bool:
    return node is not None and not isinstance(node, str) and node.tag == "a"


def _shown(node: Any) -> str:
    return words(node.tail) if _is_anchor(node) else words(node)


def _after(part: Part, message: Any) -> Iterator[Any]:
    """What follows the message in its post, by the comments and the structure of the templates."""
    place, signs = message, False
    while place is not part.element and not (place.get("id") or "").startswith("td_post"):
        ahead = list(place.itersiblings())[::-1]
        while ahead:
            element = ahead.pop()
            signs = signs or (element.tag is Comment and (element.text or "").strip() == "sig")
            kind = _below(element, signs=signs)
            if kind:
                signs = False
                mark([element], kind)
                yield element
            else:
                ahead += element[::-1]
        place = place.getparent()


def _below(element: Any, *, signs: bool) -> str:
    """What an element below a message is, "" for a frame or a button."""
    if element.tag == "fieldset":
        attached = any("attach" in (file.get("href") or file.get("src") or "") for file in element.iter("a", "img"))
        return "vb-attachments" if attached else "vb-reactions"
    if element.tag != "div":
        return ""
    if signs or (element.text or "").lstrip().startswith("_____"):
        return "vb-signature"
    return "vb-edit" if element.find("hr") is not None and element.find("em") is not None else ""


def _box(head: Any) -> str:
    """What the box is that the software draws below its heading ("Quote:", "Code:"); members cannot make its class."""
    below = head.getnext()
    if below is None:
        return ""
    opens = head.find(".//input") is not None  # the button of a spoiler
    if opens or below.tag == "pre" or below.find("code") is not None:
        mark([head], "bbcode_description")
        return "spoiler-content" if opens else "bbcode_code"
    return "bbcode_quote" if below.tag == "table" or below.find("strong") is not None else ""
