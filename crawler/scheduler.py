"""The Scrapy scheduler: it only reads the archive's frontier, so a kill at any moment loses nothing.

A page's links enter the frontier in the transaction that saves the page; nothing waits in memory but redirects.
"""

import time
from typing import TYPE_CHECKING

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.utils.asyncio import CallLaterResult, call_later

from archive.errors import ArchiveError, HostLockError
from archive.frontier import host_of
from crawler.politeness import PATIENCE, State
from crawler.spiders.forum import ForumSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class FrontierScheduler(BaseScheduler):
    """Hands out one request per host at a time, each host at its own pace, and wakes the engine when one is due."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self.redirects: list[Request] = []
        self.nap: CallLaterResult | None = None
        self.empty: tuple[set[str], int] | None = None  # the busy hosts and changes that left nothing to ask

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "FrontierScheduler":
        """Made by Scrapy."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Take the spider's archive: the lock is held by then."""
        assert isinstance(spider, ForumSpider)
        self.spider = spider

    def close(self, reason: str) -> None:  # noqa: ARG002 # Scrapy passes it
        """Let no timer outlive the crawl."""
        if self.nap:
            self.nap.cancel()

    def enqueue_request(self, request: Request) -> bool:
        """Accept a redirect of a request that is in flight; it keeps its frontier row."""
        if not self.spider.may_redirect(request):
            return False
        self.redirects.append(request)
        return True

    def next_request(self) -> Request | None:
        """Give the next due request of a host that may be asked now."""
        try:
            return self._redirect() or self._next()
        except (ArchiveError, HostLockError) as error:
            self.spider.abort(str(error))
            return None

    def has_pending_requests(self) -> bool:
        """Whether the crawl is not over: a waiting retry counts, a host that is not asked any more does not."""
        if self.redirects:
            return True
        if self.spider.spent():
            return False
        due = self.spider.archive.next_due(busy=self.spider.hosts.done())
        return due is not None and due - time.time() < PATIENCE

    def _redirect(self) -> Request | None:
        """Give the rest of a request that was begun: no limit but that of time keeps it back."""
        for request in list(self.redirects):
            host = self.spider.hosts[host_of(request.url)]
            if self.spider.late() or host.state is not State.OPEN:  # such as one that another crawl asks
                self.redirects.remove(request)
                self.spider.ledger.put_back(request.meta["frontier"])
            elif host.ready <= time.time():
                self.redirects.remove(request)
                host.ask()
                return request
        return None

    def _next(self) -> Request | None:
        assert self.crawler.engine is not None
        hosts = self.spider.hosts
        under_way = set(self.crawler.engine.downloader.active)
        if self.crawler.engine.scraper.slot:  # a page that is not saved yet may say what comes next
            under_way |= self.crawler.engine.scraper.slot.active
        active = {host_of(request.url) for request in under_way}
        redirected = {host_of(request.url) for request in self.redirects}
        while not self.spider.spent():
            busy = active | redirected | hosts.done() | hosts.waiting(time.time()).keys()
            if self.empty == (busy, self.spider.archive.changes):
                return None  # the engine asks thrice a page; what time alone makes due, the nap waits for
            row = self.spider.archive.take(busy=busy)
            if row is None:
                self.empty = busy, self.spider.archive.changes
                break
            host = hosts[host_of(row.url)]
            if not host.open():
                self.spider.archive.put_back(row)
            elif not self.spider.ledger.worn_out(row) and (request := self.spider.request(row)):
                host.ask()
                return request
        self._wake_when_due(active, redirected)
        return None

    def _wake_when_due(self, active: set[str], redirected: set[str]) -> None:
        # The engine looks at an idle scheduler only every five seconds; a page that ends wakes it by itself.
        now, done = time.time(), self.spider.hosts.done()
        waiting = self.spider.hosts.waiting(now)
        moments = [until for host, until in waiting.items() if host not in active | done]
        due = self.spider.archive.next_due(busy=active | redirected | done | waiting.keys())
        moments += [moment for moment in (due, self.spider.deadline) if moment is not None]
        if self.nap:
            self.nap.cancel()
        self.nap = call_later(max(min(moments) - now, 0.01), self._wake) if moments else None

    def _wake(self) -> None:
        self.nap = self.empty = None
        slot = self.crawler.engine._slot if self.crawler.engine else None  # noqa: SLF001 # the only handle on the engine's next look
        if slot is not None:
            slot.nextcall.schedule()
