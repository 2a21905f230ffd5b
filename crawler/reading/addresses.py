"""The addresses of a forum software: which thread or board a URL leads to, and the one URL that each page has."""

import re
from typing import ClassVar

from crawler.reading import urls


class Addresses:
    """Patterns of one forum software's URLs; all but `own` are searched in canonical URLs."""

    own: ClassVar[str] = r"/[^/]*\.php"  # where the software's part of the path begins
    keep: ClassVar[tuple[str, ...] | None] = None  # query arguments that make a page; None keeps all but sessions
    rewrites: ClassVar[tuple[tuple[str, str], ...]] = ()  # (pattern, replacement), applied in order
    page_part: ClassVar[str] = ""  # what makes page 2 of a thread's first page
    thread_url: ClassVar[str] = ""  # group 1 is the thread's id
    board_url: ClassVar[str] = ""  # group 1 is the board's id
    traps: ClassVar[str] = ""  # links never to follow

    @classmethod
    def canonical(cls, url: str) -> str:
        """The one URL of the page that `url` leads to."""
        url = urls.clean(url, keep=cls.keep)
        for pattern, by in cls.rewrites:
            url = re.sub(pattern, by, url)
        return url

    @classmethod
    def first_url(cls, url: str) -> str:
        """The canonical URL of the first page of the thread or board at `url`."""
        url = cls.canonical(url)
        return re.sub(cls.page_part, "", url) if cls.page_part else url

    @classmethod
    def site(cls, url: str) -> str:
        """Host and path prefix of the forum: "example.org/forum"."""
        return urls.site(url, re.compile(cls.own))

    @classmethod
    def is_trap(cls, url: str) -> bool:
        """Whether the link leads to a reply, report, sort, member, print or login page: never to new posts."""
        return bool(cls.traps) and re.search(cls.traps, url) is not None

    @classmethod
    def thread_id(cls, url: str | None) -> str | None:
        """The thread's own id, from its URL."""
        return _group(cls.thread_url, url)

    @classmethod
    def board_id(cls, url: str | None) -> str | None:
        """The board's own id, from its URL."""
        return _group(cls.board_url, url)

    @classmethod
    def is_thread(cls, url: str) -> bool:
        """Whether the URL can only be that of a thread; of some softwares it does not tell threads from boards."""
        return bool(cls.thread_id(url)) and not cls.board_id(url)

    @classmethod
    def board_at(cls, url: str) -> str | None:
        """The id of the board that a link leads to."""
        return cls.board_id(cls.first_url(url))


def _group(pattern: str, url: str | None) -> str | None:
    found = re.search(pattern, url) if pattern and url else None
    return found[1] if found else None
