"""The Scrapy scheduler: it only reads the archive's frontier, so a kill at any moment loses nothing.

A page's links enter the frontier in the transaction that saves the page; nothing waits in memory but redirects.
"""

import time
from collections import deque
from typing import TYPE_CHECKING

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.utils.asyncio import CallLaterResult, call_later

from archive.frontier import host_of
from crawler.spiders.forum import ForumSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class FrontierScheduler(BaseScheduler):
    """Hands out one request per host at a time, and wakes the engine when a waiting one is due."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self.redirects: deque[Request] = deque()
        self.nap: CallLaterResult | None = None

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "FrontierScheduler":
        """Made by Scrapy."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Take the spider's archive: the lock is held by then."""
        assert isinstance(spider, ForumSpider)
        self.spider = spider

    def close(self, reason: str) -> None:  # noqa: ARG002 - Scrapy passes it
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
        """Give the next due request of a host that is not being asked right now."""
        if self.redirects:
            return self.redirects.popleft()
        assert self.crawler.engine is not None
        active = {host_of(request.url) for request in self.crawler.engine.downloader.active}
        busy = active | self.spider.shut
        row = self.spider.archive.take(busy=busy)
        if row is None:
            self._wake_when_due(busy)
            return None
        return self.spider.request(row)

    def has_pending_requests(self) -> bool:
        """Whether the crawl is not over: a waiting retry counts, a host that shut us out does not."""
        return bool(self.redirects) or self.spider.archive.pending(busy=self.spider.shut) > 0

    def _wake_when_due(self, busy: set[str]) -> None:
        # The engine looks at an idle scheduler only every five seconds; a page that ends wakes it by itself.
        due = self.spider.archive.next_due(busy=busy)
        if self.nap:
            self.nap.cancel()
        self.nap = call_later(max(due - time.time(), 0.01), self._wake) if due is not None else None

    def _wake(self) -> None:
        self.nap = None
        slot = self.crawler.engine._slot if self.crawler.engine else None  # noqa: SLF001 - the only handle on the engine's next look
        if slot is not None:
            slot.nextcall.schedule()
