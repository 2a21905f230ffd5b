"""The one spider: fetch, ask the reader what the page is, hand the page on. It follows no link itself.

A page carries its links; the archive puts the new ones into the frontier in the transaction that saves the page.
"""

import gc
import logging
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy import signals
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.asyncio import CallLaterResult, call_later
from scrapy.utils.defer import _schedule_coro
from twisted.python.failure import Failure

from archive import Archive
from archive.errors import ArchiveError, XemtiepError
from archive.frontier import host_of
from archive.records import WALLS, Kind, Page, Request
from crawler.access.login import LoginError
from crawler.circles import Circles
from crawler.config import Config, load
from crawler.download import LAST, STOP, InterruptedDownloadError
from crawler.failures import reason_of
from crawler.landing import leaves_host, strays
from crawler.ledger import Ledger
from crawler.politeness import Hosts, State, retry_after
from crawler.reading import urls
from crawler.responses import GONE, NOT_MODIFIED, OVERLOADED, READ, REFUSED, RETRIED, fails, fetched, header, read, said
from crawler.robots import ForbiddenError, RobotsUnavailableError
from crawler.start import Start, spelt_out
from crawler.summary import ending

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class ForumSpider(scrapy.Spider):
    """Crawls what `url` names: a thread, a board or a whole forum; several URLs are separated by spaces.

    With no `archive` it opens and locks the one that the settings name, for `scrapy crawl forum -a url=...`; with
    `-a archive=FILE` that one, with `-a config=FILE` the one of that configuration.
    """

    name = "forum"
    tries: int  # a page is given up after so many
    config: Config
    hosts: Hosts
    ledger: Ledger
    run: int | None = None  # of an archive that this spider opened itself
    last_call: CallLaterResult | None = None
    reason = "shutdown"  # why it was closed: a second Ctrl-C, or one in the first second, leaves no other

    def __init__(
        self,
        url: str | Iterable[Start] = "",
        archive: Archive | str | None = None,
        config: Config | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.began = time.time()
        self.starts = tuple(map(spelt_out, url.split())) if isinstance(url, str) else tuple(url)
        self.given = load(Path(config)) if isinstance(config, str) else config
        self.circles = Circles()
        self.resources = ExitStack()
        self.file = archive if isinstance(archive, str) else None
        if isinstance(archive, Archive):
            self.archive = archive

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> "ForumSpider":
        """Made by Scrapy. What cannot be crawled as `scrapy crawl` was told ends it with one line, not a traceback."""
        try:
            return cls._made(crawler, *args, **kwargs)
        except XemtiepError as error:
            if isinstance(kwargs.get("archive"), Archive):
                raise
            logging.getLogger(cls.name).error("%s", error)  # noqa: TRY400 # the line says it all
            raise SystemExit(error.exit_code) from error  # the one error that Scrapy does not log with its traceback

    @classmethod
    def _made(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> "ForumSpider":
        """Take what the settings say; listen for pages that broke the reader, the cleaner or the archive."""
        spider: ForumSpider = super().from_crawler(crawler, *args, **kwargs)
        spider.tries = crawler.settings.getint("XEMTIEP_TRIES")
        spider.config = spider.given or Config(delay=crawler.settings.getfloat("XEMTIEP_DELAY"))
        spider.hosts = Hosts(spider.config)
        spider.resources.push(spider.hosts.locks)
        if not hasattr(spider, "archive"):
            path = spider.file or (spider.given.archive if spider.given else crawler.settings["XEMTIEP_ARCHIVE"])
            spider.archive = spider.resources.enter_context(Archive.open(path))
            spider.resources.enter_context(spider.archive.lock())
            named = dict.fromkeys(spider.config.name_of(start.url) or start.url for start in spider.starts)
            spider.run = spider.archive.start_run("crawl", " ".join(named))
        spider.ledger = Ledger(spider.archive, spider.config, spider.hosts, tries=spider.tries, abort=spider.abort)
        crawler.signals.connect(spider.broken, signals.spider_error)
        crawler.signals.connect(spider.broken, signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Put the start URLs into the frontier; everything is fetched from there."""
        gc.collect()
        gc.freeze()  # what was imported stays: looking through it again and again costs a tenth of a crawl's time
        gc.set_threshold(10_000)  # more than a page's own objects, which need no collector: they form no circles
        for start in self.starts:  # all of them before any begins and takes over what waits
            self.ledger.go_on(start)
        for start in self.starts:
            if start.begins:
                self.ledger.seed(start)
        if self.deadline is not None:  # a server that never comes to an end must not prolong the run
            self.last_call = call_later(self.deadline + LAST - time.time(), self.crawler.signals.send_catch_log, STOP)
        return
        yield  # Scrapy asks for a generator

    def closed(self, reason: str) -> None:
        """Close the archive if this spider opened it, and let other crawls ask its hosts."""
        self.reason = reason
        if self.last_call:
            self.last_call.cancel()
        if reason == "finished":
            self.ledger.close()
        if reason == "finished" and not self.spent():
            self.note_rest()
        if self.run is not None:
            outcome, _, error = ending(self, reason)
            if error:
                self.logger.error(error)
            self.archive.end_run(self.run, outcome=outcome, counts=self.ledger.counts)
        self.resources.close()

    def note_rest(self) -> None:
        """Say which hosts asked for more time than a run waits: what is left of them is not done."""
        waiting = self.archive.hosts()
        for name in waiting.keys() - self.hosts.done():
            until = datetime.fromtimestamp(waiting[name] or self.began, UTC)
            self.hosts[name].close(State.RESTS, f"{name} is to be left alone until {until:%H:%M} UTC")

    @property
    def deadline(self) -> float | None:
        """When the run has to end, in seconds since 1970."""
        return None if self.config.max_time is None else self.began + self.config.max_time.total_seconds()

    def spent(self) -> bool:
        """Whether the run may ask for nothing more."""
        limit = self.config.max_requests
        return self.late() or (limit is not None and sum(host.asked for host in self.hosts) >= limit)

    def late(self) -> bool:
        """Whether the time of the run is over."""
        return self.deadline is not None and time.time() >= self.deadline

    def request(self, row: Request) -> scrapy.Request | None:
        """Turn a frontier row into the request that carries it through retries and redirects.

        One that is no web address is given up: it would break off every run, or read a file of this machine.
        """
        if not urls.is_web(row.url):
            self.ledger.give_up(row, "failed", "no address that begins with http:// or https://")
            return None
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
        """Follow a redirect within the host."""
        row: Request = request.meta["frontier"]
        away = leaves_host(row, request.url)
        if away:
            self.ledger.give_up(row, "failed", away)
        return not away

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
        self.ledger.count(row, "requests")
        host.speaks = True
        if response.status not in OVERLOADED:
            host.answered(response.meta.get("download_latency", 0.0))
        if response.status == NOT_MODIFIED:
            self.ledger.let_in(host.name)
            self.ledger.count(row, "vanished", self.archive.finish(row, outcome="done").vanished)
            self.ledger.count(row, "unmodified")
            return
        site = self.config.site_of(response.url)
        page = self.circles.cut(row.url, read(row, response, site, likely=host.software, now=fetched_at))
        self.ledger.count(row, "changed_skin", page.changed_skin)
        if self.strayed(row, page, response) or self.starts_inside(row, page):
            return
        if (page.kind in READ and response.status not in GONE) or (page.instead and not fails(response)):
            self.ledger.let_in(host.name)
            host.software = page.software
            if page.changed_skin:
                self.ledger.reasons[page.message] += 1
            elif page.message and row.role == "feed":
                self.ledger.half_read(row, page.message)
            yield fetched(row, page, response, fetched_at)
        else:
            self.no_page(row, page, response)

    def no_page(self, row: Request, page: Page, response: Response) -> None:
        """End or repeat a request whose answer is no page to save."""
        what = said(page, response)
        if page.kind in WALLS:
            self.ledger.walled(row, replace(page, message=what), response.body)
        elif response.status in OVERLOADED:
            self.ledger.hold(row, what, retry_after(header(response, "Retry-After")))
        elif response.status in RETRIED:
            self.ledger.again(row, what, retry_after(header(response, "Retry-After")))
        elif response.status in REFUSED:
            self.ledger.walled(row, replace(page, kind=Kind.DENIED, message=what), response.body, bare=True)
        elif response.status in GONE or page.kind is Kind.MISSING:
            self.ledger.give_up(row, "missing", what)
        else:
            self.ledger.give_up(row, "failed", what or "not a page of a forum that xemtiep can read")

    def strayed(self, row: Request, page: Page, response: Response) -> bool:
        """Whether a redirect led to something else than was asked for: then it is named, and not crawled."""
        if "redirect_urls" not in response.meta or not (page.kind in READ or page.instead):
            return False
        away = strays(row, page, {urls.clean(board) for site in self.config.sites for board in site.boards})
        if away:  # a thread or board that leads to a list is there no more
            self.ledger.give_up(row, "failed" if row.role == "start" else "missing", away)
        return bool(away)

    def starts_inside(self, row: Request, page: Page) -> bool:
        """Whether a start URL leads into the middle of a thread: then the crawl begins at the thread's first page."""
        if row.role != "start" or page.thread is None or page.thread.url in {page.url, urls.clean(row.url)}:
            return False
        named = [start.url for start in self.starts] + [url for site in self.config.sites for url in site.starts]
        if row.url not in map(urls.clean, named):
            return False  # the JSON that is read instead of such a page: it would go in circles
        self.archive.finish(row, outcome="done")
        given = next((start for start in self.starts if urls.clean(start.url) == row.url), Start(url=row.url))
        self.ledger.seed(replace(given, url=page.thread.url), self.ledger.site_name(row))
        return True

    def failed(self, failure: Failure) -> None:
        """Take a request that got no answer: refused by robots.txt, or the network failed."""
        row: Request = failure.request.meta["frontier"]  # type: ignore[attr-defined] # Scrapy sets it on the failure
        assert failure.value is not None
        reason = reason_of(failure.value)
        host = self.hosts[host_of(row.url)]
        match failure.value:
            case ForbiddenError():
                self.ledger.refused(row, failure.request.url, reason)  # type: ignore[attr-defined] # as above
            case RobotsUnavailableError() as error:
                host.speaks = True
                self.ledger.hold(row, reason, error.wait)
            case InterruptedDownloadError():
                self.ledger.put_back(row)
            case LoginError():
                host.close(State.SHUT, reason)
                self.ledger.put_back(row)
            case IgnoreRequest() | DownloadCancelledError():
                self.ledger.give_up(row, "failed", reason)  # such as a circle of redirects, or an endless file
            case _ if row.role == "start" and not host.answers and row.tries > 1:
                self.ledger.give_up(row, "failed", reason)  # most likely a mistyped or dead address: say so soon
            case _:
                self.ledger.hold(row, reason, None)

    def broken(self, failure: Failure, response: Response | None) -> None:
        """Count a page that broke the reader, the cleaner or the save, by the error's name, and go on with the next."""
        if isinstance(failure.value, ArchiveError):
            self.abort(failure.getErrorMessage())
        elif response is not None:
            row: Request = response.meta["frontier"]
            self.ledger.give_up(row, "failed", f"{failure.type.__name__}: {failure.getErrorMessage()}")  # type: ignore[union-attr] # a caught exception has a type

    def abort(self, reason: str) -> None:
        """End the crawl because nothing more can be saved."""
        engine = self.crawler.engine
        if self.ledger.error != reason and engine is not None:
            self.ledger.error = reason
            _schedule_coro(engine.close_spider_async(reason="archive_error"))
