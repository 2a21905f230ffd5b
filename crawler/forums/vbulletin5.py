"""vBulletin 5 and 6: one template for both; URLs are words, and posts and threads are nodes with an id."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from archive.records import Author, Label, Page, Post
from crawler.forums.base import Forum
from crawler.forums.vbulletin import edit_date, site_of, zone_at
from crawler.reading import dates
from crawler.reading.document import Document
from crawler.reading.lines import pairs
from crawler.reading.numbers import number
from crawler.reading.select import Part, every, first, text, words

_MEMBER = re.compile(r"/(\d+)-[^/]*$")
_QUARTER = timedelta(minutes=15)  # every zone is whole quarters of an hour from UTC


class VBulletin5(Forum):
    """vBulletin 5 and 6. Every page has a base link, which the template's links are relative to."""

    name = "vbulletin5"
    example = "https://example.org/forum/main-forum/a-board/1-a-slug"
    signals = r"^vBulletin [56]\."
    anchor = "div.js-post__content-text, a.js-topic-title, a.forum-title"

    posts = "li.b-post"
    post_id = "a.anchor@id | @data-node-id"
    post_mark = b'class="js-post__content-text'
    body = "div.js-post__content-text"
    extras = "div.b-post__edit, div.b-post__attachments, div.b-post__signature, div.post-signature"
    author = "div.author [itemprop=name] | div.author a | div.author"
    author_id = "div.author a@href"
    author_title = "div.usertitle"
    card = "li.b-userinfo__additional-info"
    posted = "time[itemprop=dateCreated] | div.b-post__timestamp time"
    edited = "div.b-post__edit"
    position = "a.b-post__count"
    deleted = "&.b-post--deleted"
    title = "h1.main-title | h1"
    crumbs = "a.crumb-link"

    board = "tbody.topic-list | table.topic-list-container"
    rows = "tr.topic-item"
    row_id = "@data-node-id"
    row_link = "a.js-topic-title | a.topic-title"
    row_replies = "div.posts-count"
    row_last = "td.cell-lastpost span.post-date | td.cell-lastpost time"
    row_sticky = "&.sticky"
    row_locked = "&.closed"
    boards = "a.forum-title, a.subforum-title"

    # The arrows of a single page have no href; its hidden buttons an empty one
    next = "link[rel=next]@href | a.right-arrow@href | a.js-pagenav-next-button@href"
    page = "input.js-pagenum@value | a.js-pagenav-current-button"
    last_page = "span.pagetotal | a.js-pagenav-button"

    own = r"/(?:forum|articles|blogs|social-groups|member|search)(?:/|$)"
    rewrites = (
        (r"\?.*$", ""),  # a post, a filter, a way of sorting
        (r"/page1$", ""),
        (r"(?<=[^/])/$", ""),
    )
    page_part = r"/page\d+$"
    thread_url = r"/(\d+)-[^/]*(?:/page\d+)?$"
    # A board's name is unique below its parent only
    board_url = r"//[^/]+/(?:[^/]+/)*?((?:forum|articles|blogs|social-groups)/.+?)(?:/page\d+)?$"
    traps = (
        r"/(?:member|search|login|register|lostpw|privatemessage|activity|ajax|contact-us|filedata|calendar|help|tag)"
        r"(?:/|\?|$)"
    )

    containers: ClassVar = {
        "b-post__edit": Label.EDIT,
        "b-post__attachments": Label.ATTACHMENT,
        "b-post__signature": Label.SIGNATURE,
        "post-signature": Label.SIGNATURE,
    }

    @classmethod
    def board_id(cls, url: str | None) -> str | None:
        """The board's path; its last word alone may occur below several boards."""
        return None if cls.thread_id(url) else super().board_id(url)

    def frame(self, doc: Document) -> Page:
        """As in the base, with the site by its base link."""
        page = super().frame(doc)
        return replace(page, site=site_of(doc) or page.site)

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The page with the post's anchor."""
        return f"{doc.url}#post{id_}"

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base. Edit notes are in the reader's zone, which the post's own date shows in both ways."""
        moment = first(part, self.posted)
        if moment is not None and first(part, self.edited) is not None:
            there = dates.iso(moment.get("datetime"))
            here = dates.parse(words(moment), now=doc.now, order=doc.order, language=doc.language)
            if there and here:
                zone = zone_at(round((here - there) / _QUARTER) * _QUARTER)
                doc = replace(doc, zone=zone or doc.zone)
        return super().read_post(doc, part)

    def read_author(self, part: Part) -> Author:
        """As in the base; the id comes before the name, which may have digits of its own."""
        found = _MEMBER.search(words(first(part, self.author_id)))
        return replace(super().read_author(part), id=found[1] if found else None)

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Each item of the list is a pair: "Posts: 56"."""
        for item in every(part, self.card):
            yield from pairs(item)

    def read_replies(self, row: Part) -> int | None:
        """The number in "12 responses"."""
        return next(filter(lambda found: found is not None, map(number, text(row, self.row_replies).split())), None)

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """An edit note has its date behind the name."""
        if not isinstance(node, str) and node is not None and node.tag == "div":
            node = edit_date(words(node))
        return super().when(doc, node)
