"""bbPress 2, the forum plugin of WordPress. A post is two elements: a header with its id, then its content."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Author, Label, Page, Post, Thread, ThreadRow
from crawler.forums.base import Forum
from crawler.reading import content
from crawler.reading.content import FRAME
from crawler.reading.document import Document
from crawler.reading.numbers import digits
from crawler.reading.select import Part, every, first, words

_USER = re.compile(r"\buser-id-([1-9]\d*)")  # 0 is a guest
_PLACE = re.compile(r"\bbbp-reply-position-(\d+)")
_TOPIC = re.compile(r"\bpostid-(\d+)")
_CLOCK = re.compile(r"\d:\d\d(?:\s*[ap]m)?$", re.IGNORECASE)

_OF_MANY = "div#bbp-user-wrapper | body.bbp-user-page, body.search-results, body.single-reply"


class BBPress(Forum):
    """bbPress with the markup that its own templates make."""

    name = "bbpress"
    example = "https://example.org/forums/topic/a-slug/"
    signals = r"/plugins/bbpress/|(?:^|\s)bbpress(?:\s|$)"
    anchor = "div#bbpress-forums"

    posts = (
        "./descendant::div[starts-with(@id, 'post-')]"
        "[contains(@class, 'bbp-reply-header') or contains(@class, 'bbp-topic-header')]/following-sibling::div[1]"
    )
    post_id = "./preceding-sibling::div[1]/@id"
    body = "div.bbp-reply-content, div.bbp-topic-content"
    author = ".bbp-author-name | div.bbp-reply-author a, div.bbp-topic-author a"
    author_banners = "div.bbp-author-role"
    posted = (
        "./preceding-sibling::div[1]/descendant::span"
        "[contains(@class, 'bbp-reply-post-date') or contains(@class, 'bbp-topic-post-date')]"
    )
    marks: ClassVar[str] = "@class"  # holds "user-id-5 bbp-reply-position-16"
    title = "h1.entry-title | span.bbp-breadcrumb-current | h1"
    sticky = "div.topic.sticky, div.topic.super-sticky"
    locked = "div.topic.status-closed"
    crumbs = "div.bbp-breadcrumb a"

    board = "body.single-forum | ul.bbp-topics"
    rows = "ul[id^=bbp-topic-]"
    row_id = "@id"
    row_link = "a.bbp-topic-permalink"
    row_replies = "li.bbp-topic-reply-count"
    row_last = "li.bbp-topic-freshness > a"
    row_sticky = "&.sticky | &.super-sticky"
    row_locked = "&.status-closed"
    boards = "a.bbp-forum-title, a.bbp-forum-link"
    board_row = "ul.forum"
    board_state = "li.bbp-forum-topic-count, li.bbp-forum-reply-count, li.bbp-forum-freshness > a"

    next = "div.bbp-pagination-links a.next@href"
    page = "div.bbp-pagination-links span.current"
    last_page = "div.bbp-pagination-links a.page-numbers"

    notice = "div.bbp-template-notice"
    login = "body:not(.single-topic) form.bbp-login-form input[type=password]"  # below every topic it invites to answer

    own = r"/(?:forums?|community|discussions?|boards)(?=/)|/(?:topic|thread|users|wp-[a-z]+)(?=/)"
    rewrites = (
        (r"\?(?:.*&)?(?:bbp_\w+|view|replytocom|_wpnonce|action)=.*$", ""),
        (r"/page/1/?$", "/"),
    )
    page_part = r"(?<=/)page/\d+/?$"
    thread_url = r"/(?:topic|thread|discussion)/([^/?#]+)"
    board_url = r"/forum/((?!topic/|thread/|reply/|users/|search/|page/)[^?#]+?)/?(?:page/\d+/?)?$"
    traps = (
        r"/(?:users|topic-tag|feed|search|view|reply|edit|profile|wp-[a-z]+)(?:/|\.php|$)"
        r"|[?&](?:bbp_\w+|replytocom|action|_wpnonce|redirect_to|s)="
    )

    containers: ClassVar = {"bbp-attachments": Label.ATTACHMENT}

    def read(self, doc: Document) -> Page:
        """What the page is. Its canonical link names page 1 on every page, so the number shown counts."""
        page, _ = self.page_numbers(doc)
        if page > 1 and "/page/" not in doc.url:
            doc = replace(doc, url=f"{doc.url.rstrip('/')}/page/{page}/")
        return super().read(doc)

    def read_posts(self, doc: Document) -> tuple[Post, ...]:
        """The posts of a topic; a member's page and search results show posts of many."""
        if first(doc.page, _OF_MANY) is not None:
            return ()
        return super().read_posts(doc)

    def read_thread(self, doc: Document, page: Page) -> Thread:
        """The topic by its number, which only a class of the body or the list's id has; its URL has its name."""
        found = _TOPIC.search(words(first(doc.page, "/html/body/@class")))
        id_ = found[1] if found else digits(words(first(doc.page, "ul[id^=topic-]@id")))
        thread = super().read_thread(doc, page)
        return replace(thread, id=id_ or thread.id)

    def read_author(self, part: Part) -> Author:
        """The author; the number of the account is a class of the post."""
        found = _USER.search(first(part, self.marks) or "")
        return replace(super().read_author(part), id=found[1] if found else None)

    def read_position(self, part: Part) -> int | None:
        """The post's number, a class as well."""
        found = _PLACE.search(first(part, self.marks) or "")
        return int(found[1]) if found else None

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """As in the base; the title of a link to a post is its moment, its number or its topic, and shown are years."""
        title = "" if node is None or isinstance(node, str) else words(node.get("title"))
        return super().when(doc, node if not title else title if _CLOCK.search(title) else words(node))

    def read_rows(self, doc: Document) -> Iterator[ThreadRow]:
        """The topics. Where none has a count of 0, the count is of all posts and not of the answers."""
        rows = list(super().read_rows(doc))
        lead = 0 if any(row.replies == 0 for row in rows) else 1
        for row in rows:
            yield row if row.replies is None else replace(row, replies=row.replies - lead)


class BBPressByline(BBPress):
    """Themes that put head and content of a post into one element, and the first post above the list."""

    anchor = "span.bbp-reply-byline, div.bbp-thread-byline"
    signals = ""  # the same as the stock theme's: only the markup tells

    posts = "div[id^=bbp-topic-][id$=-lead], ul.bbp-replies div.bbp-reply[id^=post-]"
    post_id = "@id"
    author = "span.bbp-reply-post-name a | div.bbp-thread-byline a"
    posted = (
        "span.bbp-reply-post-date | span.bbp-topic-post-date"
        " | ./descendant::div[contains(@class, 'bbp-thread-byline')]/text()[last()]"
    )
    marks = "div[class*=user-id-]@class"
    title = "div.bbp-lead-topic > h2 | h1.entry-title | h1"
    byline: ClassVar[str] = "div.bbp-topic-content > div.bbp-thread-byline"
    tags: ClassVar[str] = "a[rel~=tag], div.topic-tools"

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """One post. What stands in the first one's content down to its byline is its head, with tags and tools."""
        post = super().read_post(doc, part)
        byline = first(part, self.byline)
        head = [] if byline is None else [*byline.itersiblings(preceding=True), byline]
        for node in (*head, *every(part, self.tags)):
            content.mark(node, FRAME)
        return post


class BBPressWhole(BBPress):
    """Themes that put author and content of a post into one element that has the id, as on wordpress.org."""

    anchor = "div[id^=post-] > div.bbp-reply-author, div[id^=post-] > div.bbp-topic-author"
    signals = ""

    posts = (
        "./descendant::div[starts-with(@id, 'post-')]"
        "[div[contains(@class, 'bbp-reply-author') or contains(@class, 'bbp-topic-author')]]"
    )
    post_id = "@id"
    body = "div.bbp-reply-entry, div.bbp-topic-entry | div.bbp-reply-content, div.bbp-topic-content"
    author = (
        ".bbp-author-name | span.bbp-reply-author-name, span.bbp-topic-author-name"
        " | div.bbp-reply-author a, div.bbp-topic-author a"
    )
    posted = (
        ".bbp-reply-post-date a, .bbp-topic-post-date a | .bbp-reply-post-date, .bbp-topic-post-date"
        " | span.bbp-reply-date, span.bbp-topic-date"
    )
    head: ClassVar[str] = "div.bbp-reply-header, div.bbp-topic-header"

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """One post; some themes print its name and date inside the content."""
        post = super().read_post(doc, part)
        content.mark(first(part, self.head), FRAME)
        return post


class BBPressTable(BBPress):
    """Versions 2.0 and 2.1: tables, in which a post has a row for its head and one for its text."""

    anchor = "table.bbp-replies, table.bbp-topics, table.bbp-forums"
    signals = ""

    posts = (
        "./descendant::tr[contains(@class, 'bbp-reply-header') or contains(@class, 'bbp-topic-header')]"
        "/following-sibling::tr[1]"
    )
    post_id = "@id"
    body = "td.bbp-reply-content, td.bbp-topic-content"
    author = (
        ".bbp-author-name | ./preceding-sibling::tr[1]/td[contains(@class, '-author')]"
        " | td.bbp-reply-author a, td.bbp-topic-author a"
    )
    posted = "./preceding-sibling::tr[1]/td[last()]/text()[normalize-space()][1]"

    board = "body.single-forum | table.bbp-topics"
    rows = "tr[id^=topic-]"
    row_link = "td.bbp-topic-title a"
    row_replies = "td.bbp-topic-reply-count"
    row_last = "td.bbp-topic-freshness > a"
    board_row = "tr[id^=bbp-forum-]"
    board_state = "td.bbp-forum-topic-count, td.bbp-forum-reply-count, td.bbp-forum-freshness > a"


# the skins build on the class, so they can only be named after it
BBPress.skins = (BBPressByline, BBPressWhole, BBPressTable)
