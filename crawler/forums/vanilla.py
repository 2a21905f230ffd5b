"""Vanilla Forums 2 to 4, as far as the server draws the page."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Author, Label, Page, Post
from crawler.forums.base import Forum
from crawler.forums.canonical import at_own_url
from crawler.reading.document import Document
from crawler.reading.numbers import number
from crawler.reading.select import Part, first, text, words

_MEMBER = re.compile(r"^(\d+)$|/profile/(\d+)/")  # `data-userid`, or "/profile/373/name"; "/profile/name77" has no id
_EDITED = re.compile(r"^\S+ | [Bb]y .*$")  # "Edited March 1, 2025 5:00PM by Name."
_COUNT = re.compile(r"\d[\d.,]*\s?[KkMm]?")


class Vanilla(Forum):
    """Vanilla. The opening post has the discussion's id, which a comment elsewhere may have as well."""

    name = "vanilla"
    example = "https://example.org/discussion/1/a-slug"
    signals = r"^(?:vanilla|dashboard)_\w+_\w+$|/applications/(?:vanilla|dashboard)/(?:design|js)/"
    anchor = "div.ItemDiscussion[id^=Discussion_]"

    # a board's rows have such ids too, but no message
    posts = (
        "div.ItemDiscussion, li.ItemComment"
        " | ./descendant::*[starts-with(@id, 'Discussion_') or starts-with(@id, 'Comment_')]"
    )
    post_mark = b' id="Comment_'
    body = "div.Message"
    extras = "div.Signature, div.UserSignature, div.Attachments"
    author = "span.Author a.Username | a.Username | span.Author"
    author_id = "a.Username@data-userid | a.Username@href | span.Author a@href"
    author_title = "span.AuthorInfo .Rank, span.AuthorInfo .Title"
    author_banners = "span.AuthorInfo .Roles, span.AuthorInfo .Role"
    posted = ".DateCreated time | time | span.DateCreated"
    edited = ".DateUpdated"
    title = "div.PageTitle h1 | div.DiscussionTabs div.SubTab | h1"
    sticky = "div.PageTitle .Tag-Announcement"
    locked = "div.Note.Closed:not(.SignInOrRegister) | div.PageTitle .Tag-Closed"
    crumbs = ".Breadcrumbs a"

    board = (
        "/html/body[contains(@class, 'Section-DiscussionList')] | ul.DataList.Discussions, table.DiscussionsTable"
        " | /html/body[@id='vanilla_discussions_index']"
    )
    rows = "ul.Discussions > li.Item | table.DiscussionsTable tr.Item"
    row_id = "@id"
    row_link = ".Title a | a.Title | td.DiscussionName a"
    row_replies = ".CommentCount .Number | .CommentCount | td.CountComments .Number"
    row_last = ".LastCommentDate time | td.LastUser time | td.BlockColumn time | span.LastCommentDate"
    row_sticky = ".Tag-Announcement | &.Announcement"
    row_locked = ".Tag-Closed | &.Closed | span.Closed"
    boards = (
        "./descendant::*[contains(@class, 'CategoryList') or contains(@class, 'CategoryTable')"
        " or contains(@class, 'CategoryGroup')]/descendant::a[normalize-space()]"
    )

    next = "a.Next@href | link[rel=next]@href"
    page = "span.Pager .Highlight, div.Pager .Highlight | .Pager .Highlight"
    last_page = ".Pager a"

    notice = "div.SplashInfo | div.Messages .AlertMessage | div.DismissMessage.AlertMessage"
    login = "/html/body[contains(@id, '_entry_')]/descendant::input[@type='password']"

    own = r"/(?:index\.php|(?:discussions?|categories|profile|entry|activity|search)(?:[/?]|$))"
    rewrites = (
        # "#latest", "/p1", "?sort=...": a discussion's page is its number
        (r"([/=]discussion/\d+(?:/[^/?&#]+)?)(?:/(p\d+))?/?(?:[?&].*)?$", r"\1/\2"),
        (r"([/=](?:categories/[^/?&#]+|discussions))(?:/(p\d+))?/?(?:[?&].*)?$", r"\1/\2"),
        (r"(?<=/)p1$", ""),
        (r"([/=](?:discussions?|categories)\b.*)/$", r"\1"),
    )
    page_part = r"/p\d+$"
    thread_url = r"[/=]discussion/(\d+)"
    board_url = r"[/=]categories/([^/?&#]+)"
    traps = (
        r"[/=](?:profile|entry|activity|search|messages|post|plugin|dashboard|utility|badges?|best|bookmark|settings|vanilla|log"
        r"|moderation|notifications|drafts|tagged|reactions?|leaderboard)(?:[/?&]|$)|[/=]discussion/(?![\d])|/feed\.rss"
        r"|[/=]discussions/(?:bookmarked|mine|unanswered|unread|feed|tagged)"
    )

    containers: ClassVar = {
        "Attachments": Label.ATTACHMENT,
        "QuoteAuthor": Label.QUOTE,
        "js-embed": Label.SOURCE,
    }

    def read(self, doc: Document) -> Page:
        """What the page is, at its own URL; that of a comment names no discussion."""
        if "/discussion/comment/" in doc.url:
            own = self.canonical(doc.link(first(doc.page, "link[rel=canonical]@href")) or doc.url)
            return super().read(replace(doc, url=own))
        return super().read(at_own_url(self, doc))

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base; the opening post keeps the name of its anchor, which no comment can have."""
        post = super().read_post(doc, part)
        anchor = first(part, "@id") or ""
        if post is None or not anchor.startswith("Discussion_"):
            return post and replace(post, url=f"{doc.url}#{anchor}")
        return replace(post, id=anchor, url=f"{doc.url}#{anchor}")

    def read_author(self, part: Part) -> Author:
        """As in the base; a name may end in digits."""
        found = _MEMBER.search(words(first(part, self.author_id)))
        return replace(super().read_author(part), id=next(filter(None, found.groups())) if found else None)

    def read_replies(self, row: Part) -> int | None:
        """The number in "1.2K comments"."""
        count = _COUNT.search(text(row, self.row_replies))
        return number(count[0].strip()) if count else None

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """As in the base; an edit note has its date in the title, with the editor."""
        if node is not None and not isinstance(node, str) and "DateUpdated" in (node.get("class") or ""):
            node = _EDITED.sub("", node.get("title") or words(node))
        return super().when(doc, node)
