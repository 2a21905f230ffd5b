"""robots.txt as RFC 9309 has it; Scrapy's own middleware takes an unreachable or failing one for permission."""

import time
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from archive.errors import XemtiepError
from archive.frontier import host_of
from crawler.politeness import retry_after

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.spiders.forum import ForumSpider

KEPT = 86400.0  # seconds that robots.txt is good for (RFC 9309, 2.4)


class ForbiddenError(IgnoreRequest):
    """robots.txt forbids the URL."""


class RobotsUnavailableError(XemtiepError):
    """robots.txt answers with a server error: nothing may be fetched until it is there again (RFC 9309, 2.3.1.4)."""

    def __init__(self, message: str, wait: float | None) -> None:
        super().__init__(message)
        self.wait = wait


class RobotsMiddleware:
    """Asks each host's robots.txt before its first page, and once a day; a Crawl-delay slows that host down."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self.rules: dict[str, tuple[float, RobotParser]] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "RobotsMiddleware":
        """Made by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass or refuse it.

        Raises:
            ForbiddenError: robots.txt forbids the URL.
            RobotsUnavailableError: robots.txt cannot be had now; the request is to be tried later.
        """
        if request.meta.get("robots"):
            return
        parts = urlsplit(request.url)
        # Only one request per host is under way, so no other one can be waiting for the same robots.txt.
        asked, rules = self.rules.get(parts.netloc, (0.0, None))
        if rules is None or time.monotonic() - asked > KEPT:
            rules = await self._fetch(f"{parts.scheme}://{parts.netloc}/robots.txt")
            self.rules[parts.netloc] = (time.monotonic(), rules)
        if not rules.allowed(request.url, self.agent):
            raise ForbiddenError("forbidden by robots.txt")

    async def _fetch(self, url: str) -> RobotParser:
        engine, spider = self.crawler.engine, cast("ForumSpider", self.crawler.spider)
        assert engine is not None
        response = await engine.download_async(Request(url, meta={"robots": True}, callback=NO_CALLBACK))
        if response.status >= 500 or response.status == 429:  # noqa: PLR2004 # server error, too many requests
            header = response.headers.get("Retry-After")
            raise RobotsUnavailableError(
                f"{url} answers HTTP {response.status}: nothing is fetched until it is back",
                retry_after(header.decode("latin-1") if header else None),
            )
        body = response.body if response.status < 300 else b""  # noqa: PLR2004 # no robots.txt: everything is allowed
        rules = ProtegoRobotParser.from_crawler(self.crawler, body)
        host = spider.hosts[host_of(url)]
        host.delay = max(host.delay, rules.crawl_delay(self.agent) or 0.0)
        return rules
