"""robots.txt as RFC 9309 has it; Scrapy's own middleware takes an unreachable or failing one for permission."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from archive.errors import XemtiepError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

LONGEST_CRAWL_DELAY = 60.0  # seconds; some sites ask for hours, which means "not you"


class RobotsUnavailableError(XemtiepError):
    """robots.txt answers with a server error: nothing may be fetched until it is there again (RFC 9309, 2.3.1.4)."""


class RobotsMiddleware:
    """Asks each host's robots.txt once, before its first page; a Crawl-delay slows that host down."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self.rules: dict[str, RobotParser] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "RobotsMiddleware":
        """Made by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass or refuse it.

        Raises:
            IgnoreRequest: robots.txt forbids the URL.
            RobotsUnavailableError: robots.txt cannot be had now; the request is to be tried later.
        """
        if request.meta.get("robots"):
            return
        parts = urlsplit(request.url)
        # Only one request per host is under way, so no other one can be waiting for the same robots.txt.
        if parts.netloc not in self.rules:
            self.rules[parts.netloc] = await self._fetch(f"{parts.scheme}://{parts.netloc}/robots.txt", request)
        if not self.rules[parts.netloc].allowed(request.url, self.agent):
            raise IgnoreRequest("forbidden by robots.txt")

    async def _fetch(self, url: str, request: Request) -> RobotParser:
        engine = self.crawler.engine
        assert engine is not None
        response = await engine.download_async(Request(url, meta={"robots": True}, callback=NO_CALLBACK))
        if response.status >= 500 or response.status == 429:  # noqa: PLR2004 - server error, too many requests
            raise RobotsUnavailableError(f"{url} answers HTTP {response.status}: nothing is fetched until it is back")
        body = response.body if response.status < 300 else b""  # noqa: PLR2004 - no robots.txt: everything is allowed
        rules = ProtegoRobotParser.from_crawler(self.crawler, body)
        delay = rules.crawl_delay(self.agent)
        if delay:
            # private, but the only handle; the slot is made by the first request, which waits here
            _, slot = engine.downloader._get_slot(request)  # noqa: SLF001
            slot.delay = max(slot.delay, min(delay, LONGEST_CRAWL_DELAY))
        return rules
