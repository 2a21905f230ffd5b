"""XenForo 2 (stock and the "Fora" skin) and XenForo 1."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from archive.records import Board, Label, Post
from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.numbers import number
from crawler.reading.select import Part, every, first, text

# "/threads/slug.1/", "/t/slug.1/", "/threads/1", "/index.php?threads/slug.1/"; boards may have a name instead of an id
_THREAD = r"[/?](?:threads|t)/(?:[^/?#&]*\.)?(\d+)"
_BOARD = r"[/?](?:forums|f|categories|c)/(?:[^/?#&]*\.)?([\w-]+)"
_BOARD_PAGE = "/html[contains(@class, 'template-forum_view')]"


class XenForo(Forum):
    """What both versions share: their URLs."""

    example = "https://example.org/threads/a-slug.1/"
    own = r"/(?:index\.php|(?:threads|t|forums|f|categories|c|posts|members|u|whats-new|login|media|articles)/)"
    rewrites = (
        # "/post-9", "/latest", "/unread", "?order=...": all lead somewhere into the thread; only a page number is kept
        (r"([/?](?:threads|t)/(?:[^/?#&]*\.)?\d+)(?:/(page-\d+))?(?:[/?&].*)?$", r"\1/\2"),
        (r"([/?](?:forums|f|categories|c)/[^?&]*)[?&].*$", r"\1"),
        (r"/page-1$", "/"),
    )
    page_part = r"page-\d+$"
    thread_url = rf"{_THREAD}(?:/|$)"
    board_url = rf"{_BOARD}(?:/|$)"
    traps = (
        r"/(?:reply|add-reply|report|edit|delete|share|like|react|reactions|bookmark|quote|history|permalink|watch|poll|preview"
        r"|mark-read|add-thread|post-thread|create-thread|approve|warn|ip)(?:[/?&]|$)"
        r"|[/?](?:members|u|login|register|lost-password|search|help|account|conversations|direct-messages|misc|attachments"
        r"|goto|online|logout|contact|find-threads|tags|posts)(?:[/?.&]|$)"
        r"|[?&](?:order|direction|prefix_id|last_days|sort_by)="
    )


class XenForo2(XenForo):
    """XenForo 2 as it ships. Sanitised copies lack every data-* attribute: ids and classes are used first."""

    name = "xenforo2"
    signals = r"^XF$"
    anchor = "article[id^=js-post-] | div.structItem--thread"

    # a deleted post is a div beside the articles; asking each div of the page for its id costs a tenth of a parse
    posts = (
        "./descendant::article[starts-with(@id, 'js-post-')]/../*[starts-with(@id, 'js-post-')]"
        " | div[id^=js-post-] | article.js-post, div.js-post"
    )
    post_mark = b'id="js-post-'
    body = "article.message-body > div.bbWrapper | div.bbWrapper | div.messageNotice--deleted"
    extras = "section.message-attachments, div.message-lastEdit, aside.message-signature"
    author = "@data-author | h4.message-name | div.message-cell--user .username | .username"
    author_id = "h4.message-name a.username@href | a.username@href"
    author_title = "h5.userTitle | .message-userTitle"
    author_banners = "div.userBanner strong | em.userBanner strong"
    card = "div.message-userExtras"
    # without an attribution (skins) what it says for machines counts, before any other time: that of an edit would win
    posted = (
        "header.message-attribution time | div.message-attribution time"
        " | meta[itemprop=datePublished]@content | time.u-dt"
    )
    started = "div.p-description time"  # of the thread, below its title
    edited = "div.message-lastEdit time"
    position = "ul.message-attribution-opposite > li:contains('#') | meta[itemprop=name][content*='#']@content"
    deleted = "&.message--deleted | div.messageNotice--deleted"
    title = "h1.p-title-value"
    prefixes = "h1.p-title-value span.label"
    locked = "dd.blockStatus-message--locked"
    crumbs = "ul.p-breadcrumbs a"

    board = f"div.structItemContainer | {_BOARD_PAGE} | div.block[data-type=thread]"
    rows = "div.structItem--thread | article.message--article"  # a board of articles shows them, or how they begin
    row_id = "@class"
    row_link = (
        "div.structItem-title > a:last-of-type"
        " | h2.articlePreview-title > a:last-of-type | h2.article-title > a:last-of-type"
    )
    row_replies = (
        "div.structItem-cell--meta dd | ./descendant::li[contains(@class, 'articlePreview-replies')]/a/text()[last()]"
        " | a.actionBar-action--replies"
    )
    row_last = "div.structItem-cell--latest time"
    row_sticky = "i.structItem-status--sticky"
    row_locked = "i.structItem-status--locked"
    boards = ".node-title a"
    sub_boards = "a.subNodeLink"  # of the boards on an index
    board_row = "div.node"
    board_state = "div.node-stats dd, div.node-extra time"

    next = "/html/head/link[@rel='next']/@href | nav.pageNavWrapper a.pageNav-jump--next@href"
    page = "li.pageNav-page--current"
    last_page = "ul.pageNav-main li.pageNav-page"

    notice = "div.blockMessage--error | div.p-body-pageContent > div.blockMessage"
    login = "div.p-body-main form[action*='login/login'] input[type=password]"

    containers: ClassVar = {"messageNotice--deleted": Label.NOTICE}

    def date_order(self, doc: Document) -> None:  # the base asks the page
        """None: every date is there for machines."""

    def read_posts(self, doc: Document) -> tuple[Post, ...]:
        """The posts; a skin may show the date of the first one only as that of the thread."""
        if first(doc.page, _BOARD_PAGE) is not None:
            return ()  # the articles of a board have the ids of their posts, but are its threads
        posts = super().read_posts(doc)
        if not posts or posts[0].posted_at or text(doc.page, self.page) not in ("", "1"):
            return posts
        posted_at, posted_raw = self.when(doc, first(doc.page, self.started))
        return replace(posts[0], posted_at=posted_at, posted_raw=posted_raw or posts[0].posted_raw), *posts[1:]

    def read_replies(self, row: Part) -> int | None:
        """As in the base, without the label: "Replies: 18"."""
        return number(text(row, self.row_replies).rpartition(":")[2])

    def read_boards(self, doc: Document) -> Iterator[Board]:
        """Boards, then the boards inside them."""
        return self.boards_in(doc, every(doc.page, self.boards) + every(doc.page, self.sub_boards))


class XenForo2Fora(XenForo2):
    """The skin of the "Fora" network: cards instead of two columns; only the first post has the class `js-post`."""

    signals = ""  # the same as the stock skin's: only the markup tells
    anchor = "h1.MessageCard__thread-title | ./descendant::article[1]/ancestor::div[contains(@class, 'js-messageCard')]"
    posts = "div.js-messageCard[id^=js-post-]"
    body = "article.message-body div.bbWrapper"
    author = "a.MessageCard__user-info__name, span.MessageCard__user-info__name | a.username, span.username"
    author_id = "a.MessageCard__user-info__name@data-user-id | a.MessageCard__user-info__name@href"
    posted = "a.MessageCard__date-created time"
    position = "a.MessageCard__post-position"
    title = "h1.MessageCard__thread-title | h1.p-title-value"

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Two lines without labels: "25,064 posts" and "Joined 2007", a year and no count."""
        count, _, label = text(part, "span.MessageCard__post-count").partition(" ")
        yield label, count
        yield "join date", text(part, "span.MessageCard__join-date")


XenForo2.skins = (XenForo2Fora,)


class XenForo1(XenForo):
    """XenForo 1: lists of `li.message`, titles in a bar, page numbers as data of the navigation."""

    name = "xenforo1"
    signals = r"^XenForo$"
    anchor = "li.message[id^=post-] blockquote.messageText"

    posts = "li.message[id^=post-]"
    post_mark = b'<li id="post-'
    body = "blockquote.messageText"
    extras = "div.attachedFiles, div.editDate, div.signature"
    author = "@data-author | h3.userText a.username | .username"
    author_id = "h3.userText a.username@href"
    author_title = "em.userTitle"
    author_banners = "em.userBanner strong"
    card = "div.extraUserInfo"
    posted = "a.datePermalink span.DateTime | a.datePermalink abbr.DateTime | span.DateTime | abbr.DateTime"
    edited = "div.editDate .DateTime"
    position = "a.postNumber"
    deleted = "&.deleted"
    title = "h1 span.title | div.titleBar h1 | h1"
    prefixes = "h1 span.prefix"
    crumbs = "fieldset.breadcrumb a.crumb"

    board = "form.DiscussionList, ol.discussionListItems"
    rows = "li.discussionListItem"
    row_id = "@id"
    row_link = "h3.title a.PreviewTooltip | ./descendant::h3[contains(@class, 'title')]/a[last()]"
    row_replies = "div.stats dl.major dd"
    row_last = "div.lastPost .DateTime | dl.lastPostInfo .DateTime"
    row_sticky = "&.sticky"
    row_locked = "&.locked"
    boards = "h3.nodeTitle a"
    board_row = "div.nodeInfo"
    board_state = ".nodeStats dd, .nodeLastPost .DateTime"

    next = "link[rel=next]@href"
    page = "div.PageNav@data-page"
    last_page = "div.PageNav@data-last"

    notice = "div.errorOverlay div.baseHtml | div.messageBody | div.errorPanel"
    login = "form#pageLogin input[type=password]"
