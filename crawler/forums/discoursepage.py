"""The pages of Discourse: the view that it serves without script, and the page that a browser has saved.

Without script a post has no id but its topic and its number in it ("12/3"), the way its address names it.
"""

import re
from dataclasses import replace
from typing import ClassVar

from archive.records import Label, Page, Post
from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.numbers import digits, number
from crawler.reading.select import Part, first, text


class DiscoursePage(Forum):
    """The view without script, in a `noscript` element or alone."""

    name = "discourse"
    example = "https://example.org/t/a-slug/1"
    signals = r"^Discourse \d"
    anchor = "div.crawler-post | meta#data-discourse-setup"

    # in older versions only what it says for machines names a post
    posts = "div.crawler-post | ./descendant::div[contains(@itemtype, '/DiscussionForumPosting')]"
    post_id = "./descendant::*[@itemprop='position']/text() | ./@id"
    body = "div.post"
    author = "span.creator [itemprop=name] | span.creator a | div.creator [itemprop=author] | div.creator a"
    posted = "meta[itemprop=datePublished]@content | time.post-time | time[itemprop=datePublished]"
    edited = "time[itemprop=dateModified] | meta[itemprop=dateModified]@content"
    position = "[itemprop=position]"
    title = "h1.crawler-topic-title | #topic-title h1 a | h1 a[itemprop=item]:last-child | #main-outlet h1"
    # The last one alone: of some versions all carry its address
    crumbs = "#breadcrumbs > :last-child a | .topic-category > :last-child a.badge-wrapper"

    board = "table.topic-list"
    rows = "tr.topic-list-item"
    row_link = "a.title"
    row_replies = "td.replies span.posts | td.posts .number"
    row_last = "td.activity .relative-date | td:last-child"
    row_sticky = "& .topic-status .d-icon-thumbtack | &.pinned"
    row_locked = ".topic-statuses .d-icon-lock"
    boards = "table.category-list td.category a, .category-list .category h3 a | .category-list a"

    login = "body.static-login input[type=password] | .login-welcome"
    notice = "div.page-not-found h1 | div.page-not-found"

    own = r"/(?:[tcugnp]|categories|latest|top|new|tags?|posts|login|search)(?:[/.?]|$)"
    keep = ("page", "post_number", "print")
    rewrites = (
        (r"(/t/(?:[^/?]*[^/?\d][^/?]*/)?\d+)/(?:\d+|last|print|summary)(?=[/?]|$)", r"\1"),
        (r"(/c/[^?]*?)/(?:none|all|l/latest|l/top|l/new)(?:/[^?]*)?(?=\?|$)", r"\1"),
        (r"(/t/[^?]*)\?page=1$", r"\1"),
        (r"[?&](?:page=0|print=\w*)", ""),
    )
    page_part = r"\?page=\d+$"
    thread_url = r"/t/(?:[^/?]*[^/?\d][^/?]*/)?(\d+)(?:[/?.]|$)"
    board_url = r"/c/(?:[^/?]+/)*?(\d+|[^/?.]+)(?:\.json)?(?:\?|$)"
    # Counted from the forum's root: a slug may be any of these words
    traps = (
        r"^[a-z]+://[^/]+(?:/(?![tc]/)[^/?]+)?/(?:u|users|g|groups|badges|tags?|login|signup|search|about|faq|guidelines|tos|privacy|invites|session|user_avatar"
        r"|uploads|raw|p|my|admin|review|posts|new-topic|clicks|chat)(?:[/?.]|$)|\.rss(?:\?|$)|[?&](?:order|ascending|q)="
    )

    containers: ClassVar = {
        "filename": Label.ATTACHMENT,  # printed over a picture: its name and size
        "informations": Label.ATTACHMENT,
        "clicks": Label.BUTTON,  # how many followed the link
        "discourse-deleted": Label.NOTICE,
    }

    def frame(self, doc: Document) -> Page:
        """As in the base; a page that was asked for by a post in it gets the URL that it gives of itself."""
        page = super().frame(doc)
        own = self.canonical(doc.link(first(doc.page, "link[rel=canonical]@href")) or "")
        if self.thread_id(own) and self.thread_id(own) == self.thread_id(page.url):
            page = replace(page, url=own)
        return numbered(page, is_thread=self.thread_id(page.url) is not None)

    def read_title(self, doc: Document) -> str:
        """The heading, else the title that the page gives of itself to other sites."""
        return text(doc.page, self.title) or text(doc.page, "meta[property='og:title']@content | title")

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base, with the topic's id before the number, which alone would name a post of every topic."""
        post = super().read_post(doc, part)
        if post is None:
            return None
        edited_at = post.edited_at if post.edited_at != post.posted_at else None  # every post has been modified once
        return replace(post, id=f"{self.thread_id(doc.url)}/{post.id}", edited_at=edited_at)

    def read_position(self, part: Part) -> int | None:
        """The number of the post in its topic: "3", "#3"."""
        return number(digits(text(part, self.position)))

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The topic's address with the number of the post."""
        return f"{self.first_url(doc.url)}/{id_}"


class DiscourseRendered(DiscoursePage):
    """A page as the script has filled it in and a browser has saved it: the posts around the one that was looked at."""

    signals = ""
    anchor = "article[data-post-id] div.cooked"
    posts = "article[data-post-id]"
    post_id = "./@data-post-id"
    body = "div.cooked"
    author = ".names .username a | .names a@data-user-card"
    author_id = "./@data-user-id"
    author_title = ".names .user-title"
    posted = ".post-date .relative-date"
    edited = ""
    position = "./@id"
    title = "#topic-title .fancy-title | #topic-title h1"
    crumbs = "#topic-title .topic-category a, #topic-title a.badge-category__wrapper"
    locked = "#topic-title .topic-statuses .d-icon-lock"

    def frame(self, doc: Document) -> Page:
        """As in the base; how the topic goes on such a page does not say."""
        return replace(super().frame(doc), last_page=None)

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base: here the post has an id of its own."""
        post = Forum.read_post(self, doc, part)
        return replace(post, url=self.post_url(doc, str(post.position))) if post and post.position else post


def numbered(page: Page, *, is_thread: bool) -> Page:
    """`page` with its number from its URL: topics count from 1, lists from 0. The last is known when it is this one."""
    found = re.search(r"[?&]page=(\d+)", page.url)
    current = int(found[1] if found else is_thread) + (not is_thread)
    return replace(page, page=current, last_page=None if page.next else current)
