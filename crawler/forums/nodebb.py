"""NodeBB: its pages (themes Persona and Harmony) and the JSON of its API, which name the same posts and pages."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urljoin

from archive.records import Author, Board, Kind, Label, Page, Post, Thread, ThreadRow
from crawler.forums.answers import AnswerForum, plain
from crawler.forums.base import Forum
from crawler.reading import content, dates, states
from crawler.reading.content import FRAME
from crawler.reading.document import Document
from crawler.reading.select import Part, every, first, words

_STATUS = re.compile(r"\b(?:page-status|template)-(403|404)\b")
_WALLS = {"403": Kind.DENIED, "404": Kind.MISSING}
_COUNTS = ("reputation", "postcount", "topiccount")


class NodeBBPage(Forum):
    """The pages, read by component names, which all themes share."""

    name = "nodebb"
    example = "https://example.org/topic/1/a-slug"
    signals = r"^page-[\w-]+ .*\bpage-status-\d|/nodebb(?:\.min)?\.js"
    anchor = "script#ajaxify-data"

    # in a topic: a group's page lists posts as well
    posts = "[component=topic] li[component=post] | [component=topic] div[component=post]"
    post_id = "./@data-pid"
    post_mark = b'component="post" '
    body = ".content[component='post/content'] | [component='post/content']"
    extras = ".post-footer [component='post/signature'] | .post-signature"
    # some themes print author, time and edit note at the top of the content
    head: ClassVar[str] = (
        "./descendant::small[ancestor::*[@component='post/content']]"
        "[descendant-or-self::*[@itemprop='author' or starts-with(@component, 'post/') or @class='bookmarked']]"
    )
    author = "./@data-username"
    author_id = "./@data-uid[number(.) = number(.)]"  # a member of another server has a URL instead
    author_banners = ".post-header .badge-text | .group-label"
    posted = "./meta[@itemprop='datePublished']/@content | a.timeago@title"
    # "Invalid Date" stands there where nobody edited
    edited = (
        ".visually-hidden[component='post/editor'] .timeago:not([title='Invalid Date'])"
        " | .hidden[component='post/editor'] .timeago:not([title='Invalid Date'])"
    )
    deleted = "&.deleted"
    title = ".topic-title[component='topic/title'] | #content h1 | meta[property='og:title']@content"
    sticky = "div.topic-info [component='topic/pinned']:not(.hidden) | h1 [component='topic/pinned']:not(.hidden)"
    locked = "div.topic-info [component='topic/locked']:not(.hidden) | h1 [component='topic/locked']:not(.hidden)"
    crumbs = "ol.breadcrumb a | ul.breadcrumb a"

    board = "body.template-category"
    rows = "li[component='category/topic'] | div[component='category/topic']"
    row_link = "[component='topic/header'] a[href*='/topic/'] | a[component='topic/header'] | a[itemprop=url]"
    row_replies = "div.stats-postcount [title]@title | div.total-post-count@title | [component='topic/post-count']"
    row_last = "[component='topic/teaser'] .timeago@title | .timeago@title"
    row_sticky = "[component='topic/pinned']:not(.hidden):not(.hide)"
    row_locked = "[component='topic/locked']:not(.hidden):not(.hide)"
    boards = "[component='categories/category'] h2 a, [component='categories/category'] h3 a"
    board_row = "[component='categories/category']"
    board_state = ".stats span[title], .stats .human-readable-number, a.permalink.timeago"

    page = "nav.pagination-container li.page.active | div.pagination-container li.page.active"
    last_page = "nav.pagination-container li.page | div.pagination-container li.page"

    notice = "#content :not(noscript) > .alert"
    login = "body.template-login input[type=password]"

    own = (
        r"/(?:api/)?(?:(?:topic|category|post|user|tags?|groups?)/"
        r"|(?:categories|login|recent|popular|unread|world)(?:[/?]|$))|/api/?$"
    )
    keep = ("page",)
    rewrites = (
        (r"(/(?:topic|category)/[^/?]+/[^/?]+)/[^?]*", r"\1"),  # the number of a post in the topic
        (r"[?&]page=1$", ""),
    )
    page_part = r"\?page=\d+$"
    # A topic from another server of the fediverse has a UUID instead of a number
    thread_url = r"/topic/(\d+|[0-9a-f]{8}-[0-9a-f-]{27})(?:[/?]|$)"
    board_url = r"/category/(-?\d+)(?:[/?]|$)"
    # Counted from the forum's root: a slug may be any of these words
    traps = (
        r"^[a-z]+://[^/]+(?:/(?!topic/|category/)[^/?]+)?/(?:post|users?|groups?|tags?|compose|login|register|reset|search|flags|uploads|assets|notifications|chats"
        r"|recent|popular|top|unread|world|outgoing|email|admin|ap|api)(?:[/?]|$)|\.rss(?:\?|$)"
    )

    containers: ClassVar = {"nodebb-signature": Label.SIGNATURE, "nodebb-deleted": Label.NOTICE}

    def read(self, doc: Document) -> Page:
        """As in the base; where there is nothing to read, a class of the body tells the true status."""
        page = super().read(doc)
        status = _STATUS.search(words(first(doc.tree, "/html/body/@class")))
        return replace(page, kind=_WALLS[status[1]]) if status and page.kind in (Kind.UNKNOWN, Kind.ERROR) else page

    def frame(self, doc: Document) -> Page:
        """As in the base; a page that was asked for by a post in it ("/topic/1/a-slug/76") gets its own number."""
        page = super().frame(doc)
        return page if page.page == 1 or "page=" in page.url else replace(page, url=f"{page.url}?page={page.page}")

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base; a post from another server of the fediverse has a URL as its id."""
        content.mark(first(part, self.extras), "nodebb-signature")
        for node in every(part, self.head):
            content.mark(node, FRAME)
        if first(part, self.deleted) is not None:
            content.mark(first(part, self.body), "nodebb-deleted")
        post = super().read_post(doc, part)
        id_ = part.element.get("data-pid")
        return replace(post, id=id_, url=self.post_url(doc, id_)) if post else None

    def read_position(self, part: Part) -> int | None:
        """The index of the post, which counts from 0."""
        index = part.element.get("data-index") or ""
        return int(index) + 1 if index.isdecimal() else None

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The address by which NodeBB finds the post on whatever page it is by now."""
        if "://" in id_:
            return id_
        return f"{doc.url.partition('://')[0]}://{self.site(doc.url)}/post/{id_}" if "://" in doc.url else None

    def read_rows(self, doc: Document) -> Iterator[ThreadRow]:
        """As in the base; what the rows count are posts, the first one included."""
        for row in super().read_rows(doc):
            yield row if row.replies is None else replace(row, replies=max(row.replies - 1, 0))


class NodeBB(AnswerForum, NodeBBPage):
    """The pages, and the API's answers: "/api" before the path of a page gives what the page was made from."""

    @classmethod
    def claims(cls, doc: Document) -> bool:
        """Whether the page or answer is NodeBB's."""
        if isinstance(doc.data, dict):
            return "relative_path" in doc.data and "template" in doc.data
        return super().claims(doc)

    def read_answer(self, doc: Document, data: Any, page: Page) -> Page:
        """What the answer lists says which page it is of."""
        pages = data.get("pagination") or {}
        following = next((link["href"] for link in pages.get("rel") or () if link.get("rel") == "next"), None)
        page = replace(
            page,
            title=plain(data.get("title") or data.get("name")),
            page=pages.get("currentPage") or 1,
            last_page=pages.get("pageCount") or 1,
            next=self.canonical(urljoin(doc.url, following)) if following else None,
        )
        if "posts" in data and "tid" in data:
            posts = tuple(self._post(doc, post) for post in data["posts"])
            return replace(page, kind=Kind.THREAD, posts=posts, thread=self._thread(doc, data))
        boards = tuple(self._board(doc, board) for board in data.get("categories") or data.get("children") or ())
        if "topics" in data:
            rows = tuple(self._row(doc, topic) for topic in data["topics"])
            board = self._board(doc, data) if "cid" in data else None
            return replace(page, kind=Kind.BOARD, threads=rows, boards=boards, board=board)
        return replace(page, kind=Kind.INDEX, boards=boards) if boards else page

    def _url(self, doc: Document, kind: str, slug: str) -> str:
        return self.first_url(f"{doc.url.partition('://')[0]}://{self.site(doc.url)}/{kind}/{slug}")

    def _board(self, doc: Document, data: Any) -> Board:
        url = self._url(doc, "category", data.get("slug") or str(data["cid"]))
        last = (data.get("teaser") or {}).get("timestampISO")
        state = states.of((data.get("totalTopicCount"), data.get("totalPostCount")), last) if last else ""
        return Board(id=str(data["cid"]), url=url, title=plain(data.get("name")), state=state)

    def _thread(self, doc: Document, data: Any) -> Thread:
        return Thread(
            id=str(data["tid"]),
            url=self._url(doc, "topic", data.get("slug") or str(data["tid"])),
            title=plain(data.get("title")),
            board=self._board(doc, data["category"]) if data.get("category") else None,
            sticky=bool(data.get("pinned")),
            locked=bool(data.get("locked")),
        )

    def _row(self, doc: Document, data: Any) -> ThreadRow:
        thread = self._thread(doc, data)
        last = str(data.get("lastposttime") or "")
        return ThreadRow(
            id=thread.id,
            url=thread.url,
            title=thread.title,
            replies=max(data["postcount"] - 1, 0) if "postcount" in data else None,
            last_post_at=dates.iso(last),
            last_post_raw=data.get("lastposttimeISO") or last,
            sticky=thread.sticky,
            locked=thread.locked,
        )

    def _post(self, doc: Document, data: Any) -> Post:
        user = data.get("user") or {}
        body = content.fragment(data.get("content"))
        gone = bool(data.get("deleted"))
        if gone:
            content.mark(body, "nodebb-deleted")
        signature = content.fragment(user.get("signature")) if user.get("signature") and not gone else None
        content.mark(signature, "nodebb-signature")
        id_ = str(data["pid"])
        return Post(
            id=id_,
            author=_author(user),
            url=self.post_url(doc, id_),
            posted_at=dates.iso(str(data.get("timestamp"))),
            posted_raw=data.get("timestampISO") or "",
            edited_at=dates.iso(str(data.get("edited"))),
            position=data["index"] + 1 if isinstance(data.get("index"), int) else None,
            deleted=gone,
            images=content.images(doc, body),
            body=content.gather(body, [] if signature is None else [signature]),
        )


def _author(user: Any) -> Author:
    id_ = str(user.get("uid") or "")
    counts = {name: user[name] for name in _COUNTS if isinstance(user.get(name), int)}
    return Author(
        name=plain(user.get("username")),
        id=id_ if id_.isdecimal() else None,
        banners=tuple(group.get("userTitle") or group["name"] for group in user.get("selectedGroups") or ()),
        counts=counts,
        raw={name: str(count) for name, count in counts.items()},
    )
