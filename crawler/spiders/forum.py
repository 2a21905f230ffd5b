"""The one spider: fetch, ask the reader what the page is, hand the page on. It follows no link itself.

A page carries its links; the archive puts the new ones into the frontier in the transaction that saves the page.
"""

import gc
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.defer import _schedule_coro
from twisted.python.failure import Failure
from w3lib.encoding import http_content_type_encoding

from archive import Archive
from archive.errors import ArchiveError
from archive.frontier import host_of
from archive.records import WALLS, Kind, Page, Request, Saved
from crawler import feeds
from crawler.config import Config, load
from crawler.download import InterruptedDownloadError
from crawler.failures import reason_of
from crawler.forums import read
from crawler.login import LoginError
from crawler.politeness import PATIENCE, Hosts, State, backoff, retry_after, trusted
from crawler.reading import urls
from crawler.robots import ForbiddenError, RobotsUnavailableError
from crawler.start import Start

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

OVERLOADED = frozenset({429, 502, 503, 504, 520, 521, 522, 523, 524})  # the whole host is to be left alone for a while
RETRIED = frozenset({408, 425, 500})  # may be the page's own trouble
REFUSED = frozenset({401, 403, 451})
GONE = frozenset({404, 410})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
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

    With no `archive` it opens and locks the one that the settings name, for `scrapy crawl forum -a url=...`; with
    `-a config=FILE` the one of that configuration.
    """

    name = "forum"
    tries: int  # a page is given up after so many
    config: Config
    hosts: Hosts

    def __init__(
        self,
        url: str | Iterable[Start] = "",
        archive: Archive | None = None,
        config: Config | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.began = time.time()
        self.starts = tuple(Start(url=one) for one in url.split()) if isinstance(url, str) else tuple(url)
        self.given = load(Path(config)) if isinstance(config, str) else config
        self.counts: Counter[str] = Counter()
        self.of_site: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.reasons: Counter[str] = Counter()
        self.error: str | None = None
        self.errors: dict[str, str] = {}  # of the sites whose first page could not be had
        self.resources = ExitStack()
        if archive is not None:
            self.archive = archive

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> "ForumSpider":
        """Made by Scrapy; listens for pages that broke the reader, the cleaner or the archive."""
        spider: ForumSpider = super().from_crawler(crawler, *args, **kwargs)
        spider.tries = crawler.settings.getint("XEMTIEP_TRIES")
        spider.config = spider.given or Config(delay=crawler.settings.getfloat("XEMTIEP_DELAY"))
        spider.hosts = Hosts(spider.config)
        spider.resources.push(spider.hosts.locks)
        if not hasattr(spider, "archive"):
            path = spider.given.archive if spider.given else crawler.settings["XEMTIEP_ARCHIVE"]
            spider.archive = spider.resources.enter_context(Archive.open(path))
            spider.resources.enter_context(spider.archive.lock())
        crawler.signals.connect(spider.broken, signals.spider_error)
        crawler.signals.connect(spider.broken, signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Put the start URLs into the frontier; everything is fetched from there."""
        gc.collect()
        gc.freeze()  # what was imported stays: looking through it again and again costs a tenth of a crawl's time
        for start in self.starts:
            self.seed(replace(start, url=urls.clean(start.url)))
        return
        yield  # Scrapy asks for a generator

    def seed(self, start: Start) -> None:
        """Begin a walk."""
        refresh = datetime.now(UTC) - timedelta(days=start.refresh) if start.refresh else None
        try:
            self.archive.seed(start.url, start.role, since=start.since, refresh=refresh, full=start.full)
        except ArchiveError as error:
            self.abort(str(error))

    def closed(self, reason: str) -> None:  # noqa: ARG002 - Scrapy passes it
        """Close the archive if this spider opened it, and let other crawls ask its hosts."""
        self.resources.close()

    @property
    def deadline(self) -> float | None:
        """When the run has to end, in seconds since 1970."""
        return None if self.config.max_time is None else self.began + self.config.max_time.total_seconds()

    def spent(self) -> bool:
        """Whether the run may ask for nothing more."""
        limit = self.config.max_requests
        over = limit is not None and sum(host.asked for host in self.hosts) >= limit
        return over or (self.deadline is not None and time.time() >= self.deadline)

    def worn_out(self, row: Request) -> bool:
        """Whether a page was under way at so many sudden ends that it may be what ends the run: then it is given up."""
        if row.tries <= 2 * self.tries:
            return False
        self.give_up(row, "failed", f"the crawl ended suddenly {row.tries - 1} times while it worked on this page")
        return True

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

    def parse(self, response: Response) -> Iterator[Any]:
        """Say what the page is; an archive that cannot be written ends the crawl."""
        try:
            yield from self.answered(response)
        except ArchiveError as error:  # caught here, or Scrapy logs it as a mistake of the program
            self.abort(str(error))

    def answered(self, response: Response) -> Iterator[Any]:
        """Hand on a thread, board or index; anything else ends its frontier row."""
        row: Request = response.meta["frontier"]
        host = self.hosts[host_of(response.url)]
        fetched_at = datetime.now(UTC)
        self.count(row, "requests")
        if response.status not in OVERLOADED:
            host.answered(response.meta.get("download_latency", 0.0))
        if response.status == 304:  # noqa: PLR2004 - Not Modified
            self.count(row, "vanished", self.archive.finish(row, outcome="done").vanished)
            self.count(row, "unmodified")
            return
        page = self.read(row, response, fetched_at)
        self.count(row, "changed_skin", page.changed_skin)
        if self.starts_inside(row, page):
            return
        if (page.kind in READ and response.status not in GONE) or (page.instead and response.status < 400):  # noqa: PLR2004 - as below
            host.walls = 0
            if page.changed_skin:
                self.reasons[page.message] += 1
            yield Fetched(
                page=page,
                request=row,
                fetched_at=fetched_at,
                etag=_header(response, "ETag"),
                last_modified=trusted(_header(response, "Last-Modified"), _header(response, "Date"), fetched_at),
            )
        else:
            self.no_page(row, page, response)

    def read(self, row: Request, response: Response, now: datetime) -> Page:
        """Read a response as its site's configuration says."""
        site = self.config.site_of(response.url)
        if row.role == "feed":
            return feeds.read(response.body, response.url, site.software)
        page = read(
            response.body,
            response.url,
            charset=http_content_type_encoding(_header(response, "Content-Type")),
            software=site.software,
            language=site.language,
            selectors=site.selectors,
            zone=site.zone or UTC,
            now=now,
        )
        if page.changed_skin and response.status >= 400:  # noqa: PLR2004 - the page of an error has no posts to look for
            return replace(page, kind=Kind.UNKNOWN, message="", changed_skin=False)
        return page

    def no_page(self, row: Request, page: Page, response: Response) -> None:
        """End or repeat a request whose answer is no page to save."""
        what = said(page, response)
        if page.kind in WALLS:
            self.walled(row, replace(page, message=what))
        elif response.status in OVERLOADED:
            self.hold(row, what, retry_after(_header(response, "Retry-After")))
        elif response.status in RETRIED:
            self.again(row, what, retry_after(_header(response, "Retry-After")))
        elif response.status in REFUSED:
            self.walled(row, replace(page, kind=Kind.DENIED, message=what))
        elif response.status in GONE or page.kind is Kind.MISSING:
            self.give_up(row, "missing", what)
        else:
            self.give_up(row, "failed", what or "not a page of a forum that xemtiep can read")

    def starts_inside(self, row: Request, page: Page) -> bool:
        """Whether a start URL leads into the middle of a thread: then the crawl begins at the thread's first page."""
        if row.role != "start" or page.thread is None or page.thread.url in {page.url, urls.clean(row.url)}:
            return False
        named = [start.url for start in self.starts] + [url for site in self.config.sites for url in site.starts]
        if row.url not in map(urls.clean, named):
            return False  # the JSON that is read instead of such a page: it would go in circles
        self.archive.finish(row, outcome="done")
        given = next((start for start in self.starts if urls.clean(start.url) == row.url), Start(url=row.url))
        self.seed(replace(given, url=page.thread.url))
        return True

    def failed(self, failure: Failure) -> None:
        """Take a request that got no answer: refused by robots.txt, or the network failed."""
        row: Request = failure.request.meta["frontier"]  # type: ignore[attr-defined] # Scrapy sets it on the failure
        assert failure.value is not None
        reason = reason_of(failure.value)
        host = self.hosts[host_of(row.url)]
        match failure.value:
            case ForbiddenError():
                self.give_up(row, "refused", reason)
                if row.role == "start":
                    host.close(State.SHUT, f"{row.url} is forbidden by the site's robots.txt")
            case RobotsUnavailableError() as error:
                self.hold(row, reason, error.wait)
            case InterruptedDownloadError():
                self.archive.put_back(row)
            case LoginError():
                host.close(State.SHUT, reason)
                self.archive.put_back(row)
            case IgnoreRequest() | DownloadCancelledError():
                self.give_up(row, "failed", reason)  # such as a circle of redirects, or an endless file
            case _ if row.role == "start" and not host.answers and row.tries > 1:
                self.give_up(row, "failed", reason)  # most likely a mistyped or dead address: say so soon
            case _:
                self.hold(row, reason, None)

    def broken(self, failure: Failure, response: Response | None) -> None:
        """Count a page that broke the reader, the cleaner or the save, by the error's name, and go on with the next."""
        if isinstance(failure.value, ArchiveError):
            self.abort(failure.getErrorMessage())
        elif response is not None:
            row: Request = response.meta["frontier"]
            self.give_up(row, "failed", f"{failure.type.__name__}: {failure.getErrorMessage()}")  # type: ignore[union-attr] # a caught exception has a type

    def count(self, row: Request, name: str, number: int = 1) -> None:
        """Add to the crawl's counts and to those of the row's site."""
        self.counts[name] += number
        self.of_site[self.config.name_of(row.url)][name] += number

    def saved(self, row: Request, saved: Saved) -> None:
        """Add up what a page brought. A feed that holds only news may leave out more: then the boards are walked."""
        self.count(row, "pages")
        if row.role == "feed":
            self.count(row, "threads", saved.threads)
            if saved.queued and not saved.unchanged:
                self.walk_site(row)
            return
        for name in ("new", "changed", "unchanged", "articles", "threads", "vanished"):
            self.count(row, name, getattr(saved, name))

    def walk_site(self, row: Request) -> None:
        """Begin at the boards of a feed's site: the feed does not tell enough."""
        site = self.config.site_of(row.url)
        for url in site.starts:
            self.seed(Start(url=urls.clean(url), refresh=site.refresh))

    def hold(self, row: Request, reason: str, wait: float | None) -> None:
        """Leave a host alone for a while that cannot answer now; one that stays so is left to the next run.

        Its other pages come first then: they show whether it is the host or only this page.
        """
        host = self.hosts[host_of(row.url)]
        wait = host.trouble(row.url, wait)
        if wait > PATIENCE:
            host.close(State.DOWN, f"{host.name} asks to be left alone for {wait:.0f} s: {reason}")
        elif host.troubles >= self.tries and (len(host.troubled) > 1 or row.role == "start"):
            host.close(State.DOWN, f"{host.name} gives no answer but: {reason}")
        self.again(row, reason, wait if row.role == "start" else max(2 * wait, 0.1))

    def again(self, row: Request, reason: str, wait: float | None) -> None:
        """Try later, as long as the server asks or a growing wait; give up after the last try."""
        if row.tries >= self.tries:
            self.give_up(row, "failed", f"{reason} ({row.tries} tries)")
            return
        self.count(row, "retries")
        wait = backoff(row.tries, self.hosts[host_of(row.url)].delay) if wait is None else wait
        self.archive.retry(row, reason=reason, wait=wait)

    def give_up(self, row: Request, outcome: str, reason: str) -> None:
        """End a frontier row in a known state, with its reason."""
        try:
            self.count(row, "vanished", self.archive.finish(row, outcome=outcome, reason=reason).vanished)
        except ArchiveError as error:
            self.abort(str(error))
        self.count(row, outcome)
        self.reasons[reason] += 1
        if row.role == "feed":
            self.walk_site(row)
        name = self.config.name_of(row.url)
        if outcome in {"failed", "missing"} and row.role == "start" and not self.of_site[name]["pages"]:
            self.error = self.errors[name] = f"{row.url}: {reason}"
        elif outcome == "failed":
            self.logger.warning("%s: %s", row.url, reason)

    def walled(self, row: Request, page: Page) -> None:
        """Count a wall; a challenge, a walled start page or the fifth wall in a row shuts the host for this run."""
        host = self.hosts[host_of(row.url)]
        host.walls += 1
        self.give_up(row, "wall", f"{page.kind.value}: {page.message}" if page.message else page.kind.value)
        if page.kind is Kind.CHALLENGE or row.role == "start" or host.walls >= WALLS_IN_A_ROW:
            reason = f"{host.name} shuts xemtiep out at {row.url}: {page.message or page.kind.value}"
            host.close(State.SHUT, reason)

    def abort(self, reason: str) -> None:
        """End the crawl because nothing more can be saved."""
        engine = self.crawler.engine
        if self.error != reason and engine is not None:
            self.error = reason
            _schedule_coro(engine.close_spider_async(reason="archive_error"))


def said(page: Page, response: Response) -> str:
    """What a page that is not to be saved says of itself: the status if that is no success, and the page's message."""
    if response.status < 300:  # noqa: PLR2004 - success
        return page.message
    words = page.message
    if response.status in REDIRECTS:  # Scrapy follows those that lead to a web address
        to = _header(response, "Location")
        words = f"redirects to {to}, which is no web address" if to else "redirects to nowhere"
    return f"HTTP {response.status}: {words}" if words else f"HTTP {response.status}"


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
