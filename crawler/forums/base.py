"""The base of every forum software: selectors and patterns as attributes, methods only where those are not enough.

A family subclasses `Forum`, sets the attributes that its markup needs and leaves the rest empty; versions and skins are
subclasses, listed in `skins`. A forum that answers in JSON overrides `claims` and `read`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Author, Board, Kind, Page, Post, Thread, ThreadRow
from crawler.reading import content, dates, states, urls, walls
from crawler.reading.addresses import Addresses
from crawler.reading.document import Document
from crawler.reading.numbers import digits, number
from crawler.reading.select import Part, every, expect, first, parts, text, words

# Attributes that hold a moment for machines; "title" is often a date in words, and then read as such
_MACHINE = ("datetime", "data-time", "data-timestamp", "title")


class Forum(Addresses):
    """One forum software. Selectors (crawler.reading.select) are relative to the page, or to one post or row."""

    name: ClassVar[str] = ""
    example: ClassVar[str] = ""  # a thread URL, for the documentation

    # Which software: `signals` is searched in Document.signals, `anchor` finds an element that nobody else has
    signals: ClassVar[str] = ""
    anchor: ClassVar[str] = ""
    never: ClassVar[str] = ""  # searched in Document.signals: a hosted forum that wears this software's markup
    skins: ClassVar[tuple[type["Forum"], ...]] = ()

    # A thread page
    posts: ClassVar[str] = ""  # one element per post
    post_id: ClassVar[str] = "@id"
    post_mark: ClassVar[bytes] = b""  # what the bytes hold once a post: tells when the parser has lost posts
    body: ClassVar[str] = ""
    extras: ClassVar[str] = ""  # beside the body, kept with it to be labelled: signature, attachments, edit note
    author: ClassVar[str] = ""
    author_id: ClassVar[str] = ""  # the last digits of it count
    author_title: ClassVar[str] = ""
    author_banners: ClassVar[str] = ""
    card: ClassVar[str] = ""
    posted: ClassVar[str] = ""
    order: ClassVar[dates.Order | None] = None  # of day and month in 05/06/2024, where the software has one
    edited: ClassVar[str] = ""
    position: ClassVar[str] = ""
    deleted: ClassVar[str] = ""  # found in a post that is only the stub of a deleted one
    title: ClassVar[str] = "h1"
    prefixes: ClassVar[str] = ""  # labels before or inside the title, from the page
    sticky: ClassVar[str] = ""
    locked: ClassVar[str] = ""
    crumbs: ClassVar[str] = ""  # links of the breadcrumb; the last one that is a board is the thread's board

    # A board page: one row per thread. An index: links to boards
    board: ClassVar[str] = ""  # found on every board page, also on an empty one
    rows: ClassVar[str] = ""
    row_id: ClassVar[str] = ""  # default: from the link
    row_link: ClassVar[str] = "a"
    row_replies: ClassVar[str] = ""
    row_last: ClassVar[str] = ""
    row_sticky: ClassVar[str] = ""
    row_locked: ClassVar[str] = ""
    boards: ClassVar[str] = ""
    board_row: ClassVar[str] = ""  # one element per board
    board_state: ClassVar[str] = ""  # in it: counts, times for machines, the last post's link: see states.py

    # Pages of a thread or board
    next: ClassVar[str] = "link[rel=next]@href | a[rel=next]@href"
    page: ClassVar[str] = ""  # the number of this page
    last_page: ClassVar[str] = ""  # elements whose greatest number is the last page

    # What a page without posts and threads says
    notice: ClassVar[str] = ""  # the box of a message or an error
    login: ClassVar[str] = ""  # the login form, when it is the page's content and not a part of its header

    # class token -> label, where crawler/cleaning/markup.py says nothing or something else
    containers: ClassVar[Mapping[str, str]] = {}

    # ------------------------------------------------------------------ which software

    @classmethod
    def claims(cls, doc: Document) -> bool:
        """Whether the page is this software's."""
        if doc.page is None or (cls.never and re.search(cls.never, doc.signals, re.MULTILINE)):
            return False
        return (
            bool(cls.signals and re.search(cls.signals, doc.signals, re.MULTILINE))
            or first(doc.page, cls.anchor) is not None
        )

    # ------------------------------------------------------------------ a page

    def read(self, doc: Document) -> Page:
        """What the page is and holds; without posts, threads and boards it is a wall, an error or UNKNOWN."""
        frame = self.title, self.prefixes, self.locked, self.sticky, self.crumbs, self.page, self.last_page, self.next
        expect(doc.page, *frame)
        doc = replace(doc, order=self.order or self.date_order(doc))
        posts = self.read_posts(doc)
        page = self.frame(doc)
        if posts:
            return replace(page, kind=Kind.THREAD, posts=posts, thread=self.read_thread(doc, page))
        if self.is_thread(doc.url):  # whatever it lists, such as similar threads, it is no board
            return walls.recognise(doc, page, notice=self.notice, login=self.login)
        rows = tuple(self.read_rows(doc))
        boards = states.told(doc, self.read_boards(doc), self.board_row, self.board_state, self.board_at)
        if rows or first(doc.page, self.board) is not None:
            return replace(page, kind=Kind.BOARD, threads=rows, boards=boards, board=self.read_board(page))
        if boards:
            return replace(page, kind=Kind.INDEX, boards=boards)
        return walls.recognise(doc, page, notice=self.notice, login=self.login)

    def date_order(self, doc: Document) -> dates.Order | None:
        """What the dates of the page say about 05/06/2024: one of them may have a number above 12."""
        shown = every(doc.page, self.posted) or every(doc.page, self.row_last)
        return dates.order_of(map(words, shown))

    def frame(self, doc: Document) -> Page:
        """What every kind of page has: URL, title, page numbers."""
        number_, last = self.page_numbers(doc)
        return Page(
            kind=Kind.UNKNOWN,
            url=doc.url,
            software=self.name,
            site=self.site(doc.url),
            title=self.read_title(doc),
            page=number_,
            last_page=last,
            next=self.followed(doc, first(doc.page, self.next)) or self.numbered(doc, number_, last),
            language=doc.language,
            containers=self.containers,
        )

    def followed(self, doc: Document, href: str | None) -> str | None:
        """Where a link leads, None for a trap."""
        url = doc.link(href)
        return self.canonical(url) if url and not self.is_trap(url) else None

    def numbered(self, doc: Document, page: int, last: int) -> str | None:
        """The next page by its number, for skins without an arrow: a link to the same thread or board."""
        if page >= last or (page == 1 and not text(doc.page, self.page)):  # or this page may be any
            return None
        places = (place for place in every(doc.page, self.last_page) if not isinstance(place, str))
        hrefs = (first(place, "&@href | a@href") for place in places if words(place) == str(page + 1))
        here = self.thread_id(doc.url), self.board_id(doc.url)
        for url in filter(None, (self.followed(doc, href) for href in hrefs)):
            if url != doc.url and here in ((None, None), (self.thread_id(url), self.board_id(url))):
                return url
        return None

    def page_numbers(self, doc: Document) -> tuple[int, int]:
        """This page and the last page."""
        numbers = [int(found) for found in map(digits, map(words, every(doc.page, self.last_page))) if found]
        current = int(digits(text(doc.page, self.page)) or 1)
        return current, max([current, *numbers])

    def read_title(self, doc: Document) -> str:
        """The heading of the page without its prefix labels, else the document's title."""
        shown = text(doc.page, self.title)
        for label in every(doc.page, self.prefixes):
            shown = shown.removeprefix(words(label)).lstrip("-–|: ")
        return shown or text(doc.tree, "title")

    def read_thread(self, doc: Document, page: Page) -> Thread:
        """The thread that the page shows a part of."""
        url = self.first_url(page.url)
        boards = list(self.boards_in(doc, every(doc.page, self.crumbs)))
        return Thread(
            id=self.thread_id(url) or url,
            url=url,
            title=page.title,
            board=boards[-1] if boards else None,
            prefixes=tuple(filter(None, map(words, every(doc.page, self.prefixes)))),
            sticky=first(doc.page, self.sticky) is not None,
            locked=first(doc.page, self.locked) is not None,
        )

    # ------------------------------------------------------------------ posts

    def read_posts(self, doc: Document) -> tuple[Post, ...]:
        """The posts of the page in its order, each id once."""
        posts: dict[str, Post] = {}
        for part in parts(doc.page, self.posts, *self._asked_of_posts()):
            post = self.read_post(doc, part)
            if post is not None:
                posts.setdefault(post.id, post)
        return tuple(posts.values())

    def _asked_of_posts(self) -> tuple[str, ...]:
        author = self.author, self.author_id, self.author_title, self.author_banners, self.card
        return *author, self.body, self.extras, self.posted, self.edited, self.position, self.deleted

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """One post; None when the element is no post after all."""
        id_ = digits(first(part, self.post_id) or "")
        body = first(part, self.body)
        gone = first(part, self.deleted) is not None
        if not id_ or (body is None and not gone):
            return None
        posted_at, posted_raw = self.when(doc, first(part, self.posted))
        return Post(
            id=id_,
            author=self.read_author(part),
            url=self.post_url(doc, id_),
            posted_at=posted_at,
            posted_raw=posted_raw,
            edited_at=self.when(doc, first(part, self.edited))[0],
            position=self.read_position(part),
            deleted=gone,
            images=content.images(doc, body),
            body=content.gather(body, every(part, self.extras)),
        )

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The post's permanent address; by default its page with the anchor."""
        return f"{doc.url}#post-{id_}"

    def read_position(self, part: Part) -> int | None:
        """The number that the page prints beside the post ("#21", "Post #21")."""
        return number(text(part, self.position).rpartition("#")[2].lstrip("№ "))

    def read_author(self, part: Part) -> Author:
        """Who posted, with the card: every label and value as shown, and as a number where it is one."""
        raw = {label: value for label, value in self.card_pairs(part) if label}
        counts = ((label, number(value)) for label, value in raw.items())
        return Author(
            name=text(part, self.author),
            id=digits(urls.clean(words(first(part, self.author_id)))) or None,  # a session id has digits too
            title=text(part, self.author_title) or None,
            banners=tuple(filter(None, map(words, every(part, self.author_banners)))),
            counts={label: count for label, count in counts if count is not None},
            raw=raw,
        )

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Label and value of each line of the author card; by default the `dt` and `dd` of its lists."""
        card = first(part, self.card)
        label = ""
        for item in () if card is None else card.iter("dt", "dd"):
            if item.tag == "dt":
                label = (words(item) or words(first(item, "[title]@title"))).rstrip(": ")
            else:
                yield label, words(item)
                label = ""  # a second value without a label of its own belongs to nothing

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """UTC time and raw words of an element or text: its machine-readable attribute first, then what it shows."""
        if node is None:
            return None, ""
        shown = words(node)
        if not isinstance(node, str):
            for attribute in _MACHINE:
                moment = dates.iso(node.get(attribute), zone=doc.zone)
                if moment:
                    return moment, shown
            shown = words(node.get("title")) or shown
        return dates.parse(shown, language=doc.language, zone=doc.zone, now=doc.now, order=doc.order), shown

    # ------------------------------------------------------------------ boards

    def read_rows(self, doc: Document) -> Iterator[ThreadRow]:
        """The threads that a board page lists."""
        asked = self.row_link, self.row_replies, self.row_last, self.row_sticky, self.row_locked
        for row in parts(doc.page, self.rows, *asked):
            link = first(row, self.row_link)
            url = None if link is None else doc.link(link.get("href"))
            if url is None or self.is_trap(url):
                continue
            id_ = digits(first(row, self.row_id) or "") or self.thread_id(self.canonical(url))
            if not id_:
                continue
            last_at, last_raw = self.when(doc, first(row, self.row_last))
            yield ThreadRow(
                id=id_,
                url=self.first_url(url),
                title=words(link),
                replies=self.read_replies(row),
                last_post_at=last_at,
                last_post_raw=last_raw,
                sticky=first(row, self.row_sticky) is not None,
                locked=first(row, self.row_locked) is not None,
            )

    def read_replies(self, row: Part) -> int | None:
        """How many answers the row says that the thread has."""
        return number(text(row, self.row_replies))

    def read_boards(self, doc: Document) -> Iterator[Board]:
        """The boards that an index or a board page lists, each once."""
        return self.boards_in(doc, every(doc.page, self.boards))

    def boards_in(self, doc: Document, links: list[Any]) -> Iterator[Board]:
        """Those of the links that lead to boards."""
        seen = set()
        for link in links:
            url = self.first_url(doc.link(link.get("href")) or "")
            id_ = self.board_id(url)
            if id_ and id_ not in seen and not self.is_trap(url):
                seen.add(id_)
                yield Board(id=id_, url=url, title=words(link))

    def read_board(self, page: Page) -> Board | None:
        """The board that the page is of; None for lists that belong to no board, such as new posts."""
        url = self.first_url(page.url)
        id_ = self.board_id(url)
        return Board(id=id_, url=url, title=page.title) if id_ else None
