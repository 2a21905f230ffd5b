"""WoltLab Suite and Burning Board 4; Burning Board 3 is a skin of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Author, Board, Label, Page
from crawler.forums.base import Forum
from crawler.forums.canonical import at_own_url
from crawler.reading import dates
from crawler.reading.document import Document
from crawler.reading.lines import pair
from crawler.reading.numbers import digits
from crawler.reading.select import Part, every, first, words

# Forms: "/thread/1-slug/", "/index.php?thread/1-slug/", "/index.php/Thread/1-slug/", "?page=Thread&threadID=1"
_PLACE = r"([/?](?:[Tt]hread|[Bb]oard)/\d+[^/?&#]*)"
_OLD = r"(index\.php\?page=(?:Thread&threadID|Board&boardID)=\d++)"


class WoltLab(Forum):
    """WoltLab Suite 3 to 6 and Burning Board 4: posts are articles in list items that carry their id."""

    name = "woltlab"
    example = "https://example.org/thread/1-a-slug/"
    signals = r"^tpl_(?:wbb|wcf)_|/?wcf/(?:js|style)/|^WoltLab|burningBoard\.css"
    anchor = "article.wbbPost, .wbbThreadList, .wbbBoardList"

    posts = "article.wbbPost"
    post_mark = b"wbbPost message"
    post_id = "./parent::*[starts-with(@id, 'post')]/@id | @data-object-id"
    body = "div.messageBody > div.messageText | div.messageText"
    extras = "section.attachmentFileList, section.attachmentThumbnailList, div.messageSignature, p.wbbPostEditNote"
    author = ".messageAuthor .username"
    author_id = ".messageAuthor a.username@href"
    author_title = ".messageAuthor .userTitle"
    author_banners = ".messageAuthor .userRank"
    card = "div.userCredits"
    posted = ".messagePublicationTime woltlab-core-date-time | .messageHeader time | time"
    edited = "p.wbbPostEditNote woltlab-core-date-time | p.wbbPostEditNote time"
    position = "a.wsShareButton | .messageQuickOptions a"
    deleted = "&.wbbPostDeleted"
    title = "h1.contentTitle | header.boxHeadline h1 | h1"
    prefixes = "h1.contentTitle .badge.label | header.boxHeadline .label"
    sticky = "header.wbbThread .jsIconSticky"
    locked = "header.wbbThread .jsIconClosed"
    crumbs = "nav.breadcrumbs a | .breadcrumbs a"

    board = "/html/body[@id='tpl_wbb_board' or @id='tplBoard'] | div.wbbThreadList"
    rows = "div.wbbThreadList .wbbThread"
    row_id = "@data-thread-id | @id"
    row_link = "a.wbbTopicLink | a.messageGroupLink | .columnSubject h3 a"
    row_replies = ".columnStats dd | .columnReplies"
    row_last = ".columnLastPost woltlab-core-date-time | .columnLastPost time"
    row_sticky = ".jsIconSticky, .icon.fa-thumb-tack | fa-icon[name=thumbtack]"
    row_locked = ".jsIconClosed, .icon.fa-lock | fa-icon[name=lock]"
    boards = ".wbbBoardList a"

    next = "link[rel=next]@href | .pagination a[rel=next]@href"
    page = "woltlab-core-pagination@page | .pagination li.active | .pageNavigation li.active"
    last_page = "woltlab-core-pagination@count | .pagination li | .pageNavigation li"

    notice = (
        "section#errorMessage | woltlab-core-notice[type=error], .error | /html/body[@id='tpl_wcf_error']//main//p"
        " | woltlab-core-notice, p.info"
    )
    login = "/html/body[@id='tpl_wcf_login' or @id='tplLogin' or @id='tplUserLogin']//input[@type='password']"

    own = r"/(?:index\.php|(?:[Tt]hread|[Bb]oard)/\d|(?:login|register|user|members-list|search)(?:/|$))"
    rewrites: ClassVar[tuple[tuple[str, str], ...]] = (
        # "?postID=5", "?action=firstNew", "?sortField=...": only a page number is kept
        (rf"{_PLACE}/?([?&])(?:.*&)?pageNo=(\d+)(?:&.*)?$", r"\1/\2pageNo=\3"),
        (rf"{_PLACE}(?!/[?&]pageNo=\d)(?:[/?&].*)?$", r"\1/"),
        (rf"{_OLD}(?=&(?:.*&)?pageNo=(\d+))(?!&pageNo=\d+$).*$", r"\1&pageNo=\2"),
        (rf"{_OLD}(?!&pageNo=\d).*$", r"\1"),
        (r"[?&]pageNo=1$", ""),
    )
    page_part = r"[?&]pageNo=\d+$"
    thread_url = r"(?:[/?][Tt]hread/|[?&]threadID=)(\d+)"
    board_url = r"(?:[/?][Bb]oard/|[?&]boardID=)(\d+)"
    traps = (
        r"[?&](?:action|tagID|form|t)=|[?&]page=(?!Thread\b|Board\b|Index\b)"
        r"|[/?](?:login|register|user|members-list|search|search-result|lost-password|legal-notice|privacy-policy|contact"
        r"|thread-add|post-add|post-edit|account-management|attachment|file-download|conversation|user-post-list"
        r"|mark-all-as-read|rules|team|users-online)(?:[/?&]|$)"
    )

    containers: ClassVar = {
        "wbbPostEditNote": Label.EDIT,
        "editNote": Label.EDIT,
        "attachmentFileList": Label.ATTACHMENT,
        "attachmentThumbnailList": Label.ATTACHMENT,
        "codeBoxHeader": Label.BUTTON,
        "jsSpoilerToggle": Label.BUTTON,
    }

    def read(self, doc: Document) -> Page:
        """What the page is, at its own URL."""
        return super().read(at_own_url(self, doc))

    def read_author(self, part: Part) -> Author:
        """As in the base; the id is the number before the name in the member's URL."""
        member = words(first(part, self.author_id)).partition("/user/")[2].partition("-")[0]
        author = super().read_author(part)
        return replace(author, id=digits(member)) if member else author

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The page with the post's anchor."""
        return f"{doc.url}#post{id_}"

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """As in the base; since version 6 an element of WoltLab's own carries the moment."""
        if node is not None and not isinstance(node, str) and (moment := dates.iso(node.get("date"), zone=doc.zone)):
            return moment, words(node)
        return super().when(doc, node)


class WoltLab3(WoltLab):
    """Burning Board 3: tables, dates in words, links with arguments."""

    signals = r"burningBoard\.css"
    anchor = "div.message[id^=postRow]"

    posts = "div.message[id^=postRow]"
    post_mark = b' id="postRow'
    post_id = "@id"
    body = "div.messageBody > div[id^=postText] | div.messageBody"
    extras = "fieldset.attachmentFile, div.signature, p.editNote"
    author = "p.userName"
    author_id = "p.userName a@href"
    author_title = "p.userTitle"
    author_banners = ""
    posted = "div.messageHeader div.containerContent p.light | div.messageHeader p.light"
    edited = ""
    position = "a.messageNumber"
    deleted = "&.deleted"
    title = "div.headlineContainer h2"
    prefixes = "div.headlineContainer .prefix"
    sticky = ""
    locked = "img[src*=threadClosed]"
    crumbs = "ul.breadCrumbs a"

    rows = "tr[id^=threadRow]"
    row_id = "@id"
    row_link = "td.columnTopic p a[href*=threadID]:not([href*='action=']) | td.columnTopic a"
    row_replies = "td.columnReplies"
    row_last = "td.columnLastPost .smallFont.light"
    row_sticky = "img[src*=threadImportant], img[src*=Important]"
    row_locked = "img[src*=Closed]"
    boards = (
        "./descendant::*[contains(@class, 'boardTitle')]/a"
        " | ./descendant::ul[contains(@class, 'boardlistSub')]/descendant::a"
    )

    page = "div.pageNavigation li.active"
    last_page = "div.pageNavigation li"
    next = "link[rel=next]@href | div.pageNavigation li.skip:last-child a@href"
    notice = "p.error | div.error | p.info"
    login = "/html/body[@id='tplUserLogin']//input[@type='password']"

    # a rewriting of URLs that was common: "/board-slug.html" without an id, "/1-slug/", "/1-slug/first-new-post.html"
    own = r"/(?:index\.php|\d+-[^/]+/|[^/]+\.html|user/\d)"
    rewrites = (*WoltLab.rewrites, (r"(/\d+-[^/]+/)(?:first-new|last)-post\.html.*$", r"\1"))
    thread_url = r"(?:[?&]threadID=|//[^/]+/(?:.+/)?(?=\d+-[^/]+/))(\d+)"
    board_url = r"(?:[?&]boardID=|//[^/]+/(?:.+/)?(?=[^/]+\.html$))([\w-]+)"

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Each paragraph is a pair: "Posts: 56"."""
        for line in every(part, f"{self.card} p"):
            yield from pair(words(line))

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """Dates are text, in brackets below the last post's author."""
        return Forum.when(self, doc, None if node is None else words(node).strip("()"))

    def boards_in(self, doc: Document, links: list[Any]) -> Iterator[Board]:
        """As in the base, without the number of unread threads behind a board's title."""
        for unread in (span for link in links for span in link.iterfind("span") if words(span).startswith("(")):
            unread.text = None
        return super().boards_in(doc, links)


WoltLab.skins = (WoltLab3,)
