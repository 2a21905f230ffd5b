"""vBulletin 3: nested tables. What its templates have no class for is found by ids and by the order of elements."""

from typing import Any

from archive.records import Post
from crawler.forums.document import Document
from crawler.forums.select import Part, every, first
from crawler.forums.vbulletin import VBulletin, VBulletin4, mark

_POST = "number(translate(@{}, 'post_edi', '')) > 0"
_FORUM = (
    "./descendant::td[starts-with(@id, 'f') and substring(@id, 2) > 0]"
    "[not(preceding-sibling::td/img[contains(@src, 'forum_link')])]"
)
_WRAPPED = f"(starts-with(@id, 'post') or starts-with(@id, 'edit')) and {_POST.format('id')}"


class VBulletin3(VBulletin):
    """vBulletin 3; it claims the pages of version 4 as well, which is then found to be a skin."""

    signals = r"^vBulletin [34]\.|clientscript/vbulletin|^vbulletin_html$"
    anchor = ".vbmenu_control | div[id^=post_message_]"
    skins = (VBulletin4,)

    posts = f"./descendant::div[starts-with(@id, 'post_message_')]/ancestor::*[{_WRAPPED}][1]"
    post_id = "div[id^=post_message_]@id"
    post_mark = b'id="post_message_'
    body = "div[id^=post_message_]"
    signature = (
        "./descendant::comment()[normalize-space() = 'sig']/following-sibling::div[1]"
        " | ./descendant::div[starts-with(normalize-space(text()), '_____')]"
    )
    note = "./descendant::div[contains(@class, 'smallfont')][hr]/em/.."
    attachments = "./descendant::fieldset[descendant::*[contains(@href, 'attach') or contains(@src, 'attach')]]"
    reactions = "fieldset.fieldset"
    author = ".bigusername | ./descendant::div[starts-with(@id, 'postmenu_')]/text()[normalize-space()][1]"
    author_id = "a.bigusername@href"
    author_title = (
        "./descendant::div[starts-with(@id, 'postmenu_')]"
        "/following-sibling::div[contains(@class, 'smallfont')][not(div)][1]"
    )
    card = "div.smallfont > div"
    posted = (
        "span[itemprop=dateCreated]"
        " | ./descendant::a[starts-with(@name, 'post')]/following-sibling::text()[normalize-space()][1]"
    )
    position = "a[id^=postcount]@name"
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
        "link[rel=next]@href | a[rel=next]@href"
        " | ./descendant::div[@class='pagenav']/descendant::td[@class='alt2']/following-sibling::td[1]/a/@href"
    )
    page = "div.pagenav td.alt2"
    last_page = "div.pagenav td.vbmenu_control, div.pagenav td.alt1"
    zone = "./descendant::span[@class='time']/parent::*[contains(., 'GMT')]"

    notice = "td.panelsurround div.panel > div > div | td.panelsurround div.panel"
    login = "td.panelsurround input[type=password]"

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As above; the boxes inside a message are marked as well."""
        body = first(part, self.body)
        for head in every(body, "div.smallfont"):
            box = head.getparent()
            if box is not body:
                mark([box], _box(head))
        return super().read_post(doc, part)


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
