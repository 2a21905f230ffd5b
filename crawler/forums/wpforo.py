"""wpForo, a forum inside WordPress. Its URLs hold slugs only: `/community/board-slug/thread-slug/paged/2/`."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Board, Label, Page
from crawler.forums.base import Forum
from crawler.reading import dates, urls
from crawler.reading.document import Document
from crawler.reading.lines import pair
from crawler.reading.select import Part, every, first, text, words

_LABEL = re.compile(r"^[^:\d]*:\s*")  # "Posted : "


class WpForo(Forum):
    """wpForo 1 and 2 in its layouts: extended, simplified, questions, threads. Ids of threads and boards are slugs."""

    name = "wpforo"
    example = "https://example.org/community/a-board/a-slug/"
    anchor = "div#wpforo-wrap"

    posts = "div.post-wrap[id^=post-], div.comment-wrap[id^=post-]"  # comments on questions and answers
    post_id = "@data-postid | @id"
    post_mark = b'<div id="post-'
    body = "div.wpforo-post-content | div.wpforo-comment-text | div.wpforo-comment-content"
    extras = "div.wpf-post-edited, div.wpforo-post-signature"  # outside of the body in the extended layout
    author = (  # a long name is cut
        "div.author-name a@title | span.author-name a@title | div.author-name, span.author-name | .wpf-author-name"
        " | div.wpforo-comment-footer a"
    )
    author_id = "./@data-userid[. != '0']"  # all guests have 0
    author_title = ".author-title .wpfct"
    author_banners = ".author-title .wpfut"
    card = "div.author-data"
    posted = (
        ".wpf-post-date, .wpforo-post-date"
        " | ./descendant::div[contains(@class, 'wpforo-post-content-bottom')]/descendant::text()[contains(., ':')]"
        " | ./descendant::div[contains(@class, 'wpforo-post-content-top')]/span[not(@class)]"
        " | ./descendant::div[contains(@class, 'wpforo-comment-footer')]/span/text()[normalize-space()][last()]"
    )
    title = "h1#wpforo-title | #wpforo-title"
    locked = "h1#wpforo-title i.fa-lock"
    crumbs = "div.wpf-breadcrumb div.wpf-item-element:not(.wpf-root) a"

    board = "/html/body[contains(@class, 'wpft-topic')] | div#wpforo-wrap.wpft-topic"
    rows = "div.topic-wrap, div.wpf-thread"
    row_link = ".wpforo-topic-title a[href] | div.wpf-thread-title > a[href]"
    row_replies = ".wpforo-topic-stat-posts | .wpforo-topic-stat-replies | div.wpf-thread-posts"
    row_last = (
        "./descendant::div[contains(@class, 'wpforo-topic-stat-lastpost')]/br[1]/following-sibling::text()[1]"
        " | ./descendant::*[contains(@class, 'wpf-last-post-by')]/a | div.wpf-thread-last-date"
    )
    row_sticky = ".wpforo-topic-title .fa-thumbtack | .fa-thumbtack"
    row_locked = ".wpforo-topic-title .fa-lock | .fa-lock"
    boards = ".wpforo-forum-title a, .wpforo-subforum a"

    next = "a.wpf-next-button@href"
    last_page = "span.wpf-page-info"

    notice = (
        "div.wpf-please-login | div#wpforo-wrap .wpf-no-topics | p.wpf-p-error | div#wpforo-wrap .wpforo-404-message"
    )
    login = "div#wpforo-wrap form input[type=password]"

    keep = ("wpfpaged", "foro")
    rewrites = ((r"/paged/(?:0|1)/?$", "/"), (r"\?wpfpaged=[01]$", ""))
    page_part = r"(?<=/)paged/\d+/?$|\?wpfpaged=\d+$"
    thread_url = r"/([^/?#]+)/?$"
    board_url = thread_url
    traps = (
        r"/(?:participants?|members|recent|postid|topicid|feed|sign-in|sign-up|login|register|wp-[a-z]+)(?:[/.?]|$)"
        r"|\?foro="
    )

    containers: ClassVar = {
        "wpf-post-button-actions": Label.BUTTON,
        "wpforo-attached-file": Label.ATTACHMENT,
        "wpf-post-edited": Label.EDIT,
        "wpforo-comment-footer": Label.BUTTON,
        "wpforo-comment-action-links": Label.BUTTON,
    }

    def frame(self, doc: Document) -> Page:
        """As in the base; no URL says where its forum begins, the breadcrumb does."""
        root = doc.link(first(doc.page, "div.wpf-breadcrumb a@href"))
        page = super().frame(doc)
        return replace(page, site=urls.clean(root).partition("://")[2].rstrip("/")) if root else page

    def page_numbers(self, doc: Document) -> tuple[int, int]:
        """The numbers of "Page 2 / 5"."""
        shown = re.findall(r"\d+", text(doc.page, self.last_page))
        return (int(shown[0]), int(shown[1])) if len(shown) == 2 else (1, 1)  # noqa: PLR2004 # this page and the last

    def date_order(self, doc: Document) -> dates.Order | None:
        """As in the base; its templates print the day first, whatever the language."""
        return super().date_order(doc) or "dmy"

    def boards_in(self, doc: Document, links: list[Any]) -> Iterator[Board]:
        """As in the base; the breadcrumb cuts long titles, which its links carry whole."""
        titles = {self.first_url(doc.link(link.get("href")) or ""): link.get("title") for link in links}
        for board in super().boards_in(doc, links):
            yield replace(board, title=titles[board.url] or board.title)

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The page with the post's anchor."""
        return f"{doc.url}#post-{id_}"

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Lines "Posts: 56" and "Joined: 2 years ago"."""
        for line in every(part, ".author-posts, .author-joined, .author-stat-item"):
            yield from pair(words(line))

    def read_replies(self, row: Part) -> int | None:
        """One less than the posts that the row counts; the layout of threads counts the replies."""
        posts = super().read_replies(row)
        return posts - 1 if posts and first(row, "div.wpf-thread-posts") is None else posts

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """Dates are text behind "Posted :"."""
        return super().when(doc, _LABEL.sub("", words(node)) if isinstance(node, str) else node)
