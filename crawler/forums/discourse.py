"""Discourse: what a page brings along for its script is what the API answers, so one reader serves both.

Else the page is read as it shows itself. A page that shows nothing says where its content is to be had as JSON
(Page.instead).
"""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from archive.records import Author, Board, Kind, Page, Post, Thread, ThreadRow
from crawler.forums.answers import AnswerForum, plain
from crawler.forums.discoursepage import DiscoursePage, DiscourseRendered, numbered
from crawler.reading import content, dates
from crawler.reading.document import Document
from crawler.reading.select import every, first

_CHUNK = 20  # posts of a topic that one page or answer holds
_SMALL_ACTION = 3  # post_type of a line such as "closed this topic", which is no post
_STORED = re.compile(rb'PreloadStore\.store\("(?:topic_\d+|topic_list[^"]*)", *(?=\{)')
_ERRORS = {"not_found": Kind.MISSING, "invalid_access": Kind.DENIED, "not_logged_in": Kind.LOGIN}


class Discourse(AnswerForum, DiscoursePage):
    """The pages, and the API's answers: ".json" behind the path of a page gives what the script makes it of."""

    skins = (DiscourseRendered,)

    @classmethod
    def claims(cls, doc: Document) -> bool:
        """Whether the page or answer is Discourse's."""
        if isinstance(doc.data, dict):
            return bool({"post_stream", "topic_list", "category_list"} & doc.data.keys()) or (
                "error_type" in doc.data and "errors" in doc.data
            )
        return super().claims(doc)

    def read(self, doc: Document) -> Page:
        """What a page brings along for its script, else what it shows without, else the address of its content."""
        brought = _preloaded(doc)
        if brought:
            page = super().read(replace(doc, data=brought))
            boards = list(self.boards_in(doc, every(doc.page, self.crumbs)))
            if page.thread and boards:
                page = replace(page, thread=replace(page.thread, board=boards[-1]))
            if page.posts or page.threads:
                return replace(page, language=doc.language)
        page = super().read(doc)
        hollow = page.kind is Kind.UNKNOWN or (page.kind is Kind.BOARD and self.thread_id(page.url))
        if doc.tree is None or not hollow or self.is_trap(page.url):
            return page
        path, mark, query = page.url.partition("?")
        if path.endswith(".json"):  # a server that answers with the shell whatever is asked for
            return page
        path = path.rstrip("/") if re.search(self.own, path) else f"{path.rstrip('/')}/latest"
        instead = f"{path}.json{mark}{query}"
        message = f"the page is filled in by a script; its content is at {instead}"
        return replace(page, kind=Kind.UNKNOWN, threads=(), last_page=None, instead=instead, message=message)

    def read_answer(self, doc: Document, data: Any, page: Page) -> Page:
        """A topic with some of its posts, a list of topics, a list of categories, or an error."""
        if "post_stream" in data:
            return self._topic(doc, data, page)
        if "topic_list" in data:
            return self._list(doc, data["topic_list"], page)
        if "category_list" in data:
            boards = tuple(self._board(doc, board) for board in data["category_list"]["categories"])
            return replace(page, kind=Kind.INDEX, boards=boards)
        return replace(
            page,
            kind=_ERRORS.get(data["error_type"], Kind.ERROR),
            message=" ".join(data["errors"]) or data["error_type"],
        )

    def _url(self, doc: Document, path: str) -> str:
        scheme, mark, _ = doc.url.partition("://")
        return f"{scheme}://{self.site(doc.url)}{path}" if mark else path  # an answer without its address: paths only

    def _thread_url(self, doc: Document, data: Any, id_: str) -> str:
        return self.canonical(self._url(doc, f"/t/{data.get('slug') or data.get('topic_slug') or '-'}/{id_}"))

    def _topic(self, doc: Document, data: Any, page: Page) -> Page:
        stream = data["post_stream"]
        shown = stream["posts"]
        leading = shown[0] if shown else {}
        id_ = str(data.get("id") or leading["topic_id"])
        # An answer to "posts.json" lacks all of the topic but its id: the slug is the title's words
        title = plain(data.get("title")) or (leading.get("topic_slug") or "").replace("-", " ")
        thread = Thread(
            id=id_,
            url=self._thread_url(doc, {**leading, **data}, id_),
            title=title,
            sticky=bool(data.get("pinned") or data.get("pinned_globally")),
            locked=bool(data.get("closed") or data.get("archived")),
        )
        posts = tuple(self._post(doc, post, thread) for post in shown if post.get("post_type") != _SMALL_ACTION)
        page = replace(page, kind=Kind.THREAD, title=title, thread=thread, posts=posts)
        order = stream.get("stream") or []
        count = len(order) or data.get("posts_count")
        if not count or not shown:
            return page
        size = data.get("chunk_size") or _CHUNK
        known = shown[0]["id"] in order
        current = order.index(shown[0]["id"]) // size + 1 if known else numbered(page, is_thread=True).page
        last = -(-count // size)
        address = self._url(doc, f"/t/{id_}.json") if doc.tree is None else thread.url
        url = page.url if current == 1 or "page=" in page.url else f"{address}?page={current}"
        following = f"{address}?page={current + 1}" if current < last and "://" in address else None
        return replace(page, url=url, page=current, last_page=last, next=following)

    def _post(self, doc: Document, data: Any, thread: Thread) -> Post:
        body = content.fragment(data.get("cooked"))
        gone = bool(data.get("deleted_at") or data.get("user_deleted"))
        if gone:
            content.mark(body, "discourse-deleted")
        return Post(
            id=str(data["id"]),
            author=Author(
                name=plain(data["username"]),
                id=str(data["user_id"]) if data.get("user_id") else None,
                title=plain(data.get("user_title")) or None,
                banners=tuple(filter(None, (data.get("primary_group_name"),))),
            ),
            url=f"{thread.url}/{data['post_number']}" if "://" in thread.url else None,
            posted_at=dates.iso(data["created_at"]),
            posted_raw=data["created_at"],
            edited_at=dates.iso(data.get("updated_at")) if (data.get("version") or 1) > 1 else None,
            position=data["post_number"],
            deleted=gone,
            images=content.images(doc, body),
            body=body,
        )

    def _list(self, doc: Document, data: Any, page: Page) -> Page:
        following = data.get("more_topics_url")
        if following and doc.tree is None:  # the answer names the page for readers
            following = self._url(doc, re.sub(r"(?:\.json)?(?=\?|$)", ".json", following, count=1))
        page = replace(
            page,
            kind=Kind.BOARD,
            next=self.canonical(urljoin(doc.url, following)) if following else None,
            threads=tuple(self._row(doc, topic) for topic in data["topics"]),
        )
        slug = re.search(r"/c/(?:[^/?]+/)*?([^/?.]+)(?:/\d+)?(?:\.json)?(?:\?|$)", doc.url)
        named = slug[1].replace("-", " ") if slug else ""  # an answer does not name its category
        page = replace(page, title=named if doc.tree is None else self.read_title(doc))
        board = self.read_board(page)
        if board:
            page = replace(page, board=replace(board, url=board.url.replace(".json", "")))
        return numbered(page, is_thread=False)

    def _row(self, doc: Document, data: Any) -> ThreadRow:
        id_ = str(data["id"])
        last = data.get("last_posted_at") or data.get("created_at") or ""
        return ThreadRow(
            id=id_,
            url=self._thread_url(doc, data, id_),
            title=plain(data["title"]),
            replies=max(data["posts_count"] - 1, 0) if "posts_count" in data else None,
            last_post_at=dates.iso(last),
            last_post_raw=last,
            sticky=bool(data.get("pinned") or data.get("pinned_globally")),
            locked=bool(data.get("closed") or data.get("archived")),
        )

    def _board(self, doc: Document, data: Any) -> Board:
        url = self._url(doc, f"/c/{data.get('slug') or '-'}/{data['id']}")
        return Board(id=str(data["id"]), url=url, title=plain(data["name"]))


def _preloaded(doc: Document) -> Any:
    """What the page brings along for its script: the topic, the list of topics, or nothing."""
    shelf = first(doc.page, "div#data-preloaded@data-preloaded")
    call = None if shelf else _STORED.search(doc.body)  # in older versions a script puts it away
    if not (shelf or call):
        return None
    try:
        if call:
            return json.JSONDecoder().raw_decode(doc.body[call.end() :].decode("utf-8", "replace"))[0]
        stored = json.loads(shelf)
        found = [stored[key] for key in stored if re.match(r"topic_\d+$|topic_list", key)]
        return json.loads(found[0]) if found else None
    except (TypeError, ValueError, RecursionError):  # cut off, or of another make: the API has the content
        return None
