"""The one spider: fetch, ask the reader what the page is, hand the page on. It follows no link itself.

A page carries its links; the archive puts the new ones into the frontier in the transaction that saves the page.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.defer import _schedule_coro
from twisted.python.failure import Failure
from w3lib.encoding import http_content_type_encoding

from archive import Archive
from archive.frontier import host_of
from archive.records import WALLS, Kind, Page, Request, Saved
from crawler.forums import read, urls
from crawler.politeness import backoff, retry_after

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
GONE = frozenset({404, 410})
READ = frozenset({Kind.THREAD, Kind.BOARD, Kind.INDEX})
WALLS_IN_A_ROW = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A page as read, the frontier row it answers, and what the server said about changes."""

    page: Page
    request: Request
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None


class ForumSpider(scrapy.Spider):
    """Crawls what `url` names: a thread, a board or a whole forum; several URLs are separated by spaces.

    With no `archive` it opens and locks the one that the settings name, for `scrapy crawl forum -a url=...`.
    """

    name = "forum"
    tries: int  # a page is given up after so many
    delay: float  # seconds between two requests to a host

    def __init__(self, url: str | Iterable[str] = "", archive: Archive | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls = tuple(url.split()) if isinstance(url, str) else tuple(url)
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.shut: set[str] = set()
        self.walls: Counter[str] = Counter()
        self.error: str | None = None
        self.resources = ExitStack()
        if archive is not None:
            self.archive = archive

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> "ForumSpider":
        """Made by Scrapy; listens for pages that broke the reader, the cleaner or the archive."""
        spider: ForumSpider = super().from_crawler(crawler, *args, **kwargs)
        spider.tries = crawler.settings.getint("XEMTIEP_TRIES")
        spider.delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        if not hasattr(spider, "archive"):
            spider.archive = spider.resources.enter_context(Archive.open(crawler.settings["XEMTIEP_ARCHIVE"]))
            spider.resources.enter_context(spider.archive.lock())
        crawler.signals.connect(spider.broken, signals.spider_error)
        crawler.signals.connect(spider.broken, signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Put the start URLs into the frontier; everything is fetched from there."""
        for url in self.urls:
            self.archive.seed(urls.clean(url), "start")
        return
        yield  # Scrapy asks for a generator

    def closed(self, reason: str) -> None:  # noqa: ARG002 - Scrapy passes it
        """Close the archive if this spider opened it."""
        self.resources.close()

    def request(self, row: Request) -> scrapy.Request:
        """Turn a frontier row into the request that carries it through retries and redirects."""
        headers = {"If-None-Match": row.etag, "If-Modified-Since": row.last_modified}
        return scrapy.Request(
            row.url,
            callback=self.parse,
            errback=self.failed,
            headers={name: value for name, value in headers.items() if value},
            meta={"frontier": row},
            dont_filter=True,
        )

    def may_redirect(self, request: scrapy.Request) -> bool:
        """Follow a redirect within the host; a start URL may lead to another one (http to https, a moved forum)."""
        row: Request = request.meta["frontier"]
        if row.role == "start" or urlsplit(row.url).hostname == urlsplit(request.url).hostname:
            return True
        self.give_up(row, "failed", f"redirects to another host: {request.url}")
        return False

    def parse(self, response: Response) -> Iterator[Fetched]:
        """Say what the page is; a thread, board or index is handed on, anything else ends its frontier row."""
        row: Request = response.meta["frontier"]
        fetched_at = datetime.now(UTC)
        self.counts["requests"] += 1
        if response.status == 304:  # noqa: PLR2004 - Not Modified
            self.archive.finish(row, outcome="done")
            self.counts["unmodified"] += 1
            return
        content_type = _header(response, "Content-Type")
        page = read(response.body, response.url, charset=http_content_type_encoding(content_type), now=fetched_at)
        if self.starts_inside(row, page):
            return
        if page.kind in READ and response.status not in GONE:
            self.walls.pop(host_of(response.url), None)
            yield Fetched(
                page=page,
                request=row,
                fetched_at=fetched_at,
                etag=_header(response, "ETag"),
                last_modified=_header(response, "Last-Modified"),
            )
        elif page.kind in WALLS:
            self.walled(row, page)
        elif response.status in RETRIED:
            self.again(row, f"HTTP {response.status}", retry_after(_header(response, "Retry-After")))
        elif response.status in GONE or page.kind is Kind.MISSING:
            self.give_up(row, "missing", page.message or f"HTTP {response.status}")
        else:
            what = page.message or "not a page of a forum that xemtiep can read"
            self.give_up(row, "failed", what if response.status < 400 else f"HTTP {response.status}: {what}")  # noqa: PLR2004 - client and server errors

    def starts_inside(self, row: Request, page: Page) -> bool:
        """Whether a start URL leads into the middle of a thread: then the crawl begins at the thread's first page."""
        if row.role != "start" or page.thread is None or page.thread.url in {page.url, urls.clean(row.url)}:
            return False
        self.archive.finish(row, outcome="done")
        self.archive.seed(page.thread.url, "start")
        return True

    def failed(self, failure: Failure) -> None:
        """Take a request that got no answer: refused by robots.txt, or the network failed."""
        row: Request = failure.request.meta["frontier"]  # type: ignore[attr-defined] # Scrapy sets it on the failure
        if isinstance(failure.value, IgnoreRequest):
            self.give_up(row, "refused", str(failure.value))
            if row.role == "start":
                self.error = f"{row.url} is forbidden by the site's robots.txt"
                self.shut.add(host_of(row.url))
            return
        reason = failure.getErrorMessage()  # Scrapy's download errors say what happened, in a sentence
        nothing_yet = row.role == "start" and not self.counts["requests"]
        if nothing_yet and row.tries > 1:  # most likely a mistyped or dead address: say so soon
            self.give_up(row, "failed", reason)
        else:
            self.again(row, reason, None)

    def broken(self, failure: Failure, response: Response | None) -> None:
        """Count a page that broke the reader, the cleaner or the save, by the error's name, and go on with the next."""
        if response is not None:
            row: Request = response.meta["frontier"]
            self.give_up(row, "failed", f"{failure.type.__name__}: {failure.getErrorMessage()}")  # type: ignore[union-attr] # a caught exception has a type

    def saved(self, saved: Saved) -> None:
        """Add up what a page brought."""
        self.counts["pages"] += 1
        for name in ("new", "changed", "unchanged", "articles", "threads", "vanished"):
            self.counts[name] += getattr(saved, name)

    def again(self, row: Request, reason: str, wait: float | None) -> None:
        """Try later, as long as the server asks or a growing wait; give up after the last try."""
        if row.tries >= self.tries:
            self.give_up(row, "failed", f"{reason} ({row.tries} tries)")
            return
        self.counts["retries"] += 1
        self.archive.retry(row, reason=reason, wait=backoff(row.tries, self.delay) if wait is None else wait)

    def give_up(self, row: Request, outcome: str, reason: str) -> None:
        """End a frontier row in a known state, with its reason."""
        self.archive.finish(row, outcome=outcome, reason=reason)
        self.counts[outcome] += 1
        self.reasons[reason] += 1
        if outcome in {"failed", "missing"} and row.role == "start" and not self.counts["pages"]:
            self.error = f"{row.url}: {reason}"
        elif outcome == "failed":
            self.logger.warning("%s: %s", row.url, reason)

    def walled(self, row: Request, page: Page) -> None:
        """Count a wall; a challenge, a walled start page or the fifth wall in a row shuts the host for this run."""
        host = host_of(row.url)
        self.walls[host] += 1
        self.give_up(row, "wall", f"{page.kind.value}: {page.message}" if page.message else page.kind.value)
        if page.kind is Kind.CHALLENGE or row.role == "start" or self.walls[host] >= WALLS_IN_A_ROW:
            self.shut.add(host)
            self.error = f"{host} shuts xemtiep out at {row.url}: {page.message or page.kind.value}"

    def abort(self, reason: str) -> None:
        """End the crawl because nothing more can be saved."""
        self.error = reason
        assert self.crawler.engine is not None
        _schedule_coro(self.crawler.engine.close_spider_async(reason="archive_error"))


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
