"""Flarum: the document that a page brings along for its script is what its API answers (JSON:API), so one reader does.

Only where that document was stripped off a page are the page's articles read, which have neither ids nor dates.
"""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from archive.records import Author, Board, Kind, Page, Post, Thread, ThreadRow
from crawler.forums.answers import AnswerForum, plain
from crawler.forums.base import Forum
from crawler.reading import content, dates
from crawler.reading.document import Document
from crawler.reading.select import Part, first, parts, text

_CHUNK = 20  # posts or discussions of one page
_CALL = "flarum.core.app.load("  # older versions call their script with the document
_LISTED = ("discussions", "posts", "tags")


class FlarumPage(Forum):
    """The articles that a page has for readers without script."""

    name = "flarum"
    example = "https://example.org/d/1-a-slug"
    anchor = "script#flarum-json-payload | noscript#flarum-content"

    posts = "#flarum-content article"
    body = "div.Post-body"
    author = ".PostUser-name"
    title = "#flarum-content h1"
    next = "#flarum-content a[rel=next]@href"

    own = r"/(?:api/)?(?:d|t|u|p|tags|discussions|posts)(?:[/?]|$)|/api/?$"
    rewrites = (
        (r"(/d/[^/?]+)/[^/?]+", r"\1"),  # the number of a post in the discussion
        (r"(/(?:d|t)/[^?]*|/)\?(?:.*&)?(page=\d+).*$", r"\1?\2"),
        (r"(/(?:d|t)/[^?]*)\?(?!page=).*$", r"\1"),
        (r"\?page=1$", ""),
    )
    page_part = r"\?page=\d+$"
    thread_url = r"/d/(\d+)(?:-[^/?]*)?(?:[/?]|$)"
    board_url = r"/t/([^/?]+)(?:[/?]|$)"
    traps = r"^[a-z]+://[^/]+(?:/(?![dt]/)[^/?]+)?/(?:u|login|logout|register|settings|notifications|flags|admin|assets|api|confirm|reset|following)(?:[/?]|$)"

    def frame(self, doc: Document) -> Page:
        """As in the base, with the number of the page from its URL."""
        page = super().frame(doc)
        found = re.search(r"[?&]page=(\d+)", page.url)
        current = int(found[1]) if found else 1
        return replace(page, page=current, last_page=None if page.next else current)

    def read_posts(self, doc: Document) -> tuple[Post, ...]:
        """The articles, named by the discussion and their place in it."""
        found = re.search(r"[?&]page=(\d+)", doc.url)
        before = (int(found[1]) - 1) * _CHUNK if found else 0
        articles = enumerate(parts(doc.page, self.posts), before + 1)
        return tuple(self._article(doc, part, number) for number, part in articles)

    def _article(self, doc: Document, part: Part, number: int) -> Post:
        body = first(part, self.body)
        return Post(
            id=f"{self.thread_id(doc.url)}/{number}",
            author=Author(name=text(part, self.author)),
            position=number,
            images=content.images(doc, body),
            body=body,
        )


class Flarum(AnswerForum, FlarumPage):
    """Discussions, lists of discussions, posts and tags, from a page or an answer of the API."""

    @classmethod
    def claims(cls, doc: Document) -> bool:
        """Whether the page or answer is Flarum's."""
        if isinstance(doc.data, dict):
            return any(entry.get("type") in _LISTED for entry in _entries(doc.data)[:1] if isinstance(entry, dict))
        return super().claims(doc)

    def read(self, doc: Document) -> Page:
        """What a page brings along for its script, else what it shows without."""
        brought = _brought(doc)
        if brought:
            page = super().read(replace(doc, data=brought))
            if page.kind in (Kind.THREAD, Kind.BOARD, Kind.INDEX):
                return replace(page, title=page.title or self.read_title(doc), language=doc.language)
        return super().read(doc)

    def read_answer(self, doc: Document, data: Any, page: Page) -> Page:
        """By the type of what is listed; everything related to it is in `included`."""
        answer = _Answer(data)
        entries = _entries(data)
        kind = entries[0]["type"] if entries else "discussions"
        if kind == "posts":
            discussion = next(iter(answer.all("discussions")), None)
            following = (data.get("links") or {}).get("next")
            page = replace(page, next=urljoin(doc.url, following) if following else None)
            return self._thread_page(doc, answer, discussion, page, entries)
        if isinstance(data["data"], dict) and kind == "discussions":
            page = self._numbered(doc, answer, entries[0], page)
            return self._thread_page(doc, answer, entries[0], page, answer.all("posts"))
        boards = tuple(self._board(doc, tag) for tag in answer.all("tags"))
        if kind == "tags":
            return replace(page, kind=Kind.INDEX, boards=boards)
        return self._list(doc, data, page, boards)

    # ------------------------------------------------------------------ a discussion

    def _thread_page(self, doc: Document, answer: "_Answer", discussion: Any, page: Page, posts: list[Any]) -> Page:
        thread = None if discussion is None else self._thread(doc, answer, discussion)
        shown = sorted((post for post in posts if post["attributes"].get("contentType") == "comment"), key=_place)
        return replace(
            page,
            kind=Kind.THREAD,
            title=thread.title if thread else "",
            thread=thread,
            posts=tuple(self._post(doc, answer, thread, post) for post in shown),
        )

    def _numbered(self, doc: Document, answer: "_Answer", discussion: Any, page: Page) -> Page:
        """The discussion names all its posts, the answer holds some: that tells the page."""
        order = [post["id"] for post in answer.related(discussion, "posts")]
        shown = [order.index(post["id"]) for post in answer.all("posts") if post["id"] in order]
        if not shown:
            return page
        current, last = min(shown) // _CHUNK + 1, -(-len(order) // _CHUNK)
        url = self._thread(doc, answer, discussion).url
        following = f"{url}?page={current + 1}"
        if doc.tree is None:
            query = f"filter[discussion]={discussion['id']}&page[offset]={max(shown) + 1}&page[limit]={_CHUNK}"
            following = self._url(doc, f"/api/posts?{query}")
        elif current > 1:
            page = replace(page, url=f"{url}?page={current}")
        return replace(page, page=current, last_page=last, next=following if current < last else None)

    def _thread(self, doc: Document, answer: "_Answer", discussion: Any) -> Thread:
        id_, shown = discussion["id"], discussion["attributes"]
        slug = str(shown.get("slug") or id_)
        tags = [tag for tag in answer.related(discussion, "tags") if "attributes" in tag]
        return Thread(
            id=id_,
            url=self._url(doc, f"/d/{slug if slug.startswith(id_) else f'{id_}-{slug}'}"),
            title=plain(shown["title"]),
            board=self._board(doc, tags[0]) if tags else None,
            prefixes=tuple(plain(tag["attributes"]["name"]) for tag in tags[1:]),
            sticky=bool(shown.get("isSticky")),
            locked=bool(shown.get("isLocked")),
        )

    def _post(self, doc: Document, answer: "_Answer", thread: Thread | None, post: Any) -> Post:
        shown = post["attributes"]
        user: Any = next(iter(answer.related(post, "user")), {})
        member = user.get("attributes") or {}
        body = content.fragment(shown.get("contentHtml"))
        return Post(
            id=post["id"],
            author=Author(name=plain(member.get("displayName") or member.get("username")), id=user.get("id")),
            url=f"{thread.url}/{shown['number']}" if thread else None,
            posted_at=dates.iso(shown.get("createdAt") or shown.get("time")),
            posted_raw=shown.get("createdAt") or shown.get("time") or "",
            edited_at=dates.iso(shown.get("editedAt")),
            position=shown.get("number"),
            deleted=bool(shown.get("isHidden")),
            images=content.images(doc, body),
            body=body,
        )

    # ------------------------------------------------------------------ lists

    def _list(self, doc: Document, data: Any, page: Page, boards: tuple[Board, ...]) -> Page:
        found = re.search(r"[?&]page=(\d+)", page.url)
        current = int(found[1]) if found else 1
        following = (data.get("links") or {}).get("next")
        if following and doc.tree is not None:
            following = f"{self.first_url(page.url)}?page={current + 1}"
        slug = self.board_id(page.url)
        rows = tuple(self._row(doc, _Answer(data), entry) for entry in _entries(data))
        return replace(
            page,
            kind=Kind.BOARD,
            page=current,
            last_page=None if following else current,
            next=urljoin(doc.url, following) if following else None,
            threads=rows,
            board=next((board for board in boards if slug and self.board_id(board.url) == slug), None),
            boards=boards,
        )

    def _row(self, doc: Document, answer: "_Answer", discussion: Any) -> ThreadRow:
        thread, shown = self._thread(doc, answer, discussion), discussion["attributes"]
        last = shown.get("lastPostedAt") or shown.get("lastTime") or ""
        posts = shown.get("commentCount") or shown.get("commentsCount")
        return ThreadRow(
            id=thread.id,
            url=thread.url,
            title=thread.title,
            replies=posts - 1 if posts else None,
            last_post_at=dates.iso(last),
            last_post_raw=last,
            sticky=thread.sticky,
            locked=thread.locked,
        )

    def _board(self, doc: Document, tag: Any) -> Board:
        shown = tag["attributes"]
        return Board(id=tag["id"], url=self._url(doc, f"/t/{shown['slug']}"), title=plain(shown["name"]))

    def _url(self, doc: Document, path: str) -> str:
        scheme, mark, _ = doc.url.partition("://")
        return f"{scheme}://{self.site(doc.url)}{path}" if mark else path


class _Answer:
    """A JSON:API document: what it lists and what is included, by type and id."""

    def __init__(self, data: Any) -> None:
        self._known = {
            (entry["type"], entry["id"]): entry for entry in (*_entries(data), *(data.get("included") or ()))
        }

    def all(self, kind: str) -> list[Any]:
        """Every entry of the type."""
        return [entry for (type_, _), entry in self._known.items() if type_ == kind]

    def related(self, entry: Any, name: str) -> list[Any]:
        """What the entry is related to, in order; only type and id of what is not included."""
        found = ((entry.get("relationships") or {}).get(name) or {}).get("data") or []
        keys = found if isinstance(found, list) else [found]
        return [self._known.get((key["type"], key["id"]), key) for key in keys]


def _entries(data: Any) -> list[Any]:
    found = data.get("data")
    return found if isinstance(found, list) else [found] if found else []


def _place(post: Any) -> int:
    return int(post["attributes"].get("number") or 0)


def _brought(doc: Document) -> Any:
    shelf = first(doc.page, f"script#flarum-json-payload | ./descendant::script[contains(., '{_CALL}{{')]")
    shown = "" if shelf is None else shelf.text or ""
    try:
        payload, _ = json.JSONDecoder().raw_decode(shown, shown.find("{", max(shown.find(_CALL), 0)))
        document = payload.get("apiDocument")
    except (AttributeError, ValueError, RecursionError):  # cut off, or of another make: the page is still to be read
        return None
    return document if isinstance(document, dict) else None
