"""What a forum page says, as values: frozen, keyword-only, and the same for every forum software.

The crawler makes them, the archive stores them. Times are aware datetimes in UTC; ids are the forum's own, as text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a page really is, whatever its status code says."""

    THREAD = "thread"
    BOARD = "board"
    INDEX = "index"
    LOGIN = "login"
    DENIED = "denied"
    MISSING = "missing"
    CHALLENGE = "challenge"
    ERROR = "error"
    UNKNOWN = "unknown"


WALLS = frozenset({Kind.LOGIN, Kind.DENIED, Kind.CHALLENGE})


class Label(StrEnum):
    """What a block of a post's text is. The first seven are the post's own words."""

    BODY = "body"
    HEADING = "heading"
    LIST = "list"
    CODE = "code"
    TABLE = "table"
    CAPTION = "caption"
    SPOILER = "spoiler"
    QUOTE = "quote"
    SIGNATURE = "signature"
    CARD = "card"
    READON = "readon"
    SOURCE = "source"
    SIMILAR = "similar"
    BUTTON = "button"
    EDIT = "edit"
    ATTACHMENT = "attachment"
    REACTION = "reaction"
    GATE = "gate"
    NOTICE = "notice"
    HABIT = "habit"


OWN = frozenset({Label.BODY, Label.HEADING, Label.LIST, Label.CODE, Label.TABLE, Label.CAPTION, Label.SPOILER})


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A piece of a post's text, its label, and the rule, phrase or container that decided."""

    label: Label
    text: str
    rule: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where an article was reposted from: the real URL, the words of the link, the publisher's name if it is said."""

    url: str | None
    words: str = ""
    name: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """Who posted, with what the author card shows: `counts` maps a label to a number, `raw` to the words shown.

    "122,685" counts as 122685; "36K" as 36000, which is why the words are kept.
    """

    name: str
    id: str | None = None
    title: str | None = None
    banners: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """What makes a post an article: its clean title, why it counts as one, and the language of its text."""

    title: str
    reason: str
    language: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One message. `body` is its lxml tree until it is cleaned into `blocks`; `html` is that tree as stored.

    `position` is the number the page prints beside the post (1 is the thread's first), None where it prints none.
    """

    id: str
    author: Author
    url: str | None = None
    posted_at: datetime | None = None
    posted_raw: str = ""
    edited_at: datetime | None = None
    position: int | None = None
    deleted: bool = False
    body: Any = field(default=None, compare=False, repr=False)
    html: str = ""
    blocks: tuple[Block, ...] = ()
    source: Source | None = None
    images: tuple[str, ...] = ()
    article: Article | None = None

    @property
    def text(self) -> str:
        """The post's own words: its body-labelled blocks, a blank line between."""
        return "\n\n".join(block.text for block in self.blocks if block.label in OWN)

    @property
    def removed(self) -> list[tuple[str, str]]:
        """Every other block as (label, text), in page order."""
        return [(block.label.value, block.text) for block in self.blocks if block.label not in OWN]


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadRow:
    """A thread as a board page lists it."""

    id: str
    url: str
    title: str
    replies: int | None = None
    last_post_at: datetime | None = None
    last_post_raw: str = ""
    sticky: bool = False
    locked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """A section of a forum. `state`: what an index shows of its counts and last post, "" where that says too little."""

    id: str
    url: str
    title: str
    state: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """The discussion that a thread page shows a part of; `url` is its first page's canonical URL."""

    id: str
    url: str
    title: str
    board: Board | None = None
    prefixes: tuple[str, ...] = ()
    sticky: bool = False
    locked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a forum, read. Everything but `kind` and `url` may be missing; nothing is guessed.

    `site` is host and path prefix of the forum ("voz.vn", "example.org/forum"). `containers` maps a class token of the
    software's markup to the label of the text inside, and is what the cleaning stage needs to know of the software.
    `message` is what a wall or an error page says. `instead` is the address that holds the content of a page that a
    script fills in. `sure` is the reader's confidence (1 for a known software). `changed_skin`: where the software's
    selectors should find something they find nothing; the posts are what the reader for unknown software sees.
    """

    kind: Kind
    url: str
    software: str = "unknown"
    site: str = ""
    title: str = ""
    page: int = 1
    last_page: int | None = None
    next: str | None = None
    thread: Thread | None = None
    board: Board | None = None
    posts: tuple[Post, ...] = ()
    threads: tuple[ThreadRow, ...] = ()
    boards: tuple[Board, ...] = ()
    language: str | None = None
    containers: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    instead: str | None = None
    sure: float = 1.0
    changed_skin: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A row of the frontier that was handed out: what to fetch, and what the last answer said about changes.

    `walk` is the row where its walk began.
    """

    id: int
    url: str
    role: str
    walk: int = 0
    tries: int = 0
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What saving one page did, in numbers of posts; `threads` are new threads, `queued` new frontier rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    articles: int = 0
    threads: int = 0
    queued: int = 0
    vanished: int = 0
