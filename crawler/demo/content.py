"""The sample forum's database: boards, threads, members and posts as mutable values, and what was really posted.

Everything a test wants to compare the archive with is here in plain words (`Forum.truth`); the pages are made from it
on request (`pages.py`), so a forum of thousands of threads costs no more than its texts.
"""

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from re import sub
from typing import Any, Literal

from crawler.demo.trouble import Trouble

PER_PAGE = 20  # posts on a thread page and threads on a board page, XenForo's own default

PartKind = Literal["text", "lead", "heading", "photo", "list", "code", "spoiler", "quote", "readon", "goto"]
OWN = frozenset({"text", "lead", "heading", "photo", "list", "code", "spoiler"})
LINKS = frozenset({"readon", "goto"})


@dataclass(slots=True)
class Part:
    """A piece of a post. `extra` is the image, the link, or the quoted author and post as "name|id"."""

    kind: PartKind
    text: str
    extra: str = ""


@dataclass(slots=True, kw_only=True)
class Member:
    """Who posts, with all that the author card shows; `joined` is the date in words."""

    id: int
    name: str
    title: str
    joined: str
    messages: int
    banner: str = ""
    coins: int | None = None
    signature: str = ""


@dataclass(slots=True, kw_only=True)
class Post:
    """One message; `reactions` are the names shown under it."""

    id: int
    thread_id: int
    author: Member
    posted_at: datetime
    parts: list[Part]
    edited_at: datetime | None = None
    attachment: str = ""
    reactions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The author's own words, a blank line between paragraphs: what a clean archive must hold."""
        return "\n\n".join(part.text for part in self.parts if part.kind in OWN)

    @property
    def source_url(self) -> str | None:
        """Where the read-on link really leads."""
        return next((part.extra for part in self.parts if part.kind in LINKS), None)


@dataclass(slots=True, kw_only=True)
class Thread:
    """A discussion; `posts` are in the order shown."""

    id: int
    board_id: int
    title: str
    posts: list[Post] = field(default_factory=list)
    prefix: str = ""
    sticky: bool = False
    locked: bool = False
    members_only: bool = False
    deleted: bool = False
    views: int = 0

    @property
    def path(self) -> str:
        """The canonical path of its first page."""
        return f"/threads/{slug(self.title)}.{self.id}/"

    @property
    def last_at(self) -> datetime:
        """When it was last posted in."""
        return self.posts[-1].posted_at


@dataclass(slots=True, kw_only=True)
class Board:
    """A section of the forum."""

    id: int
    title: str
    about: str
    category: str

    @property
    def path(self) -> str:
        """The canonical path of its first page."""
        return f"/forums/{slug(self.title)}.{self.id}/"


@lru_cache(8192)
def slug(title: str) -> str:
    """A title as XenForo romanises it in a URL: "Tin tức" is "tin-tuc"."""
    plain = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    return sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-") or "thread"


@dataclass(slots=True, kw_only=True)
class Forum(Trouble):
    """A whole forum that can be written to while it is served; `now` is its clock.

    Dates never come from the machine's clock: a test that wants recent activity builds its forum for
    `until=datetime.now(UTC)`, or says when with `posted_at`.
    """

    title: str = "Quán Đọc Báo"
    now: datetime = datetime(2024, 7, 1, tzinfo=UTC)
    boards: dict[int, Board] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    next_thread: int = 1001
    next_post: int = 50001

    def advance(self, **step: float) -> None:
        """Move the forum's clock on, in `timedelta` words: `advance(hours=3)`."""
        with self.lock:
            self.now += timedelta(**step)

    def member(self, name: str) -> Member:
        """The member of that name, who joins if new."""
        if name not in self.members:
            self.members[name] = Member(
                id=200 + len(self.members), name=name, title="Member", joined="Jul 1, 2024", messages=1
            )
        return self.members[name]

    def add_thread(
        self,
        title: str,
        text: str | list[Part],
        *,
        board_id: int = 2,
        author: str = "Lan Khuê",
        posted_at: datetime | None = None,
        **options: Any,
    ) -> Thread:
        """Start a thread; `options` are fields of `Thread`."""
        with self.lock:
            thread = Thread(id=self.next_thread, board_id=board_id, title=title, **options)
            self.next_thread += 1
            self.threads[thread.id] = thread
            self.reply(thread.id, text, author=author, posted_at=posted_at)
            return thread

    def reply(
        self,
        thread_id: int,
        text: str | list[Part],
        *,
        author: str = "Lan Khuê",
        posted_at: datetime | None = None,
        **options: Any,
    ) -> Post:
        """Add a post at the thread's end, a minute after now if not told when; `options` are fields of `Post`."""
        with self.lock:
            if posted_at is None:
                self.advance(minutes=1)
            post = Post(
                id=self.next_post,
                thread_id=thread_id,
                author=self.member(author),
                posted_at=posted_at or self.now,
                parts=paragraphs(text),
                **options,
            )
            self.next_post += 1
            self.posts[post.id] = post
            self.threads[thread_id].posts.append(post)
            return post

    def edit(self, post_id: int, text: str | list[Part]) -> Post:
        """Change what a post says; its edit note shows the forum's clock."""
        with self.lock:
            post = self.posts[post_id]
            post.parts = paragraphs(text)
            self.advance(minutes=1)
            post.edited_at = self.now
            return post

    def delete(self, post_id: int) -> None:
        """Take a post away: the pages show no trace of it, and the posts after it move up.

        A thread goes with its first post, as in XenForo.
        """
        with self.lock:
            thread = self.threads[self.posts[post_id].thread_id]
            if thread.posts[0].id == post_id:
                self.delete_thread(thread.id)
            else:
                thread.posts.remove(self.posts.pop(post_id))

    def delete_thread(self, thread_id: int) -> None:
        """Take a thread away: not listed any more, and 404."""
        with self.lock:
            for post in self.threads.pop(thread_id).posts:
                del self.posts[post.id]

    def merge(self, source_id: int, target_id: int) -> None:
        """Move all posts of one thread into another, by date, as a moderator's merge does; the source is then 404."""
        with self.lock:
            target = self.threads[target_id]
            for post in self.threads.pop(source_id).posts:
                post.thread_id = target_id
                target.posts.append(post)
            target.posts.sort(key=lambda post: (post.posted_at, post.id))

    def listed(self, board_id: int) -> list[Thread]:
        """The threads of a board, the latest activity first."""
        with self.lock:
            threads = [thread for thread in self.threads.values() if thread.board_id == board_id]
        return sorted(threads, key=lambda thread: (thread.last_at, thread.id), reverse=True)

    def grow(self, threads: int = 2000) -> None:
        """Fill up to that many threads with older articles and replies."""
        from crawler.demo.seed import grow  # seed builds a Forum

        with self.lock:
            grow(self, threads)

    def truth(self) -> list[dict[str, Any]]:
        """Every thread that a guest may read, with its posts' own texts, in the order of ids."""
        with self.lock:
            return [
                {"thread_id": thread.id, "title": thread.title, "posts": [true_post(post) for post in thread.posts]}
                for thread in self.threads.values()
                if not thread.members_only and not thread.deleted
            ]


def true_post(post: Post) -> dict[str, Any]:
    """What an archive must know of a post."""
    return {
        "id": post.id,
        "author": post.author.name,
        "text": post.text,
        "source_url": post.source_url,
        "posted_at": post.posted_at,
    }


def paragraphs(text: str | list[Part]) -> list[Part]:
    """A plain text as parts: a blank line ends a paragraph."""
    return [Part("text", piece) for piece in text.split("\n\n")] if isinstance(text, str) else text
