"""Scrapy's download handler, made to end at once when the crawl does, with a line in the log for every request."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.core.downloader.handlers import http11
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.downloadermiddlewares import httpcompression
from scrapy.http import Response

from archive.errors import XemtiepError
from archive.frontier import host_of
from crawler.failures import reason_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
# They warn of answers that are long, cut short or packed in an unknown way; crawler.failures and .responses say so
WARNERS = (http11.__name__, httpcompression.__name__)
STOP = object()  # the signal that breaks off downloads
GRACE = 1.0  # seconds that downloads may still take when the crawl is stopped
LAST = 5.0  # and when its time is over, which nobody waits for


class InterruptedDownloadError(XemtiepError):
    """The crawl was stopped while the answer was under way: the request is to be made in the next run."""


class Handler(http11.HTTP11DownloadHandler):
    """Downloads by HTTP/1.1, until it is told to stop."""

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        for name in WARNERS:  # not before Scrapy has set up its logs, which resets all levels
            logging.getLogger(name).setLevel(logging.ERROR)
        self.under_way: set[asyncio.Task[Any]] = set()
        self.stopped = False
        crawler.signals.connect(self.stop, STOP)

    async def download_request(self, request: Request) -> Response:
        """Fetch one response.

        Raises:
            InterruptedDownloadError: the crawl is stopped.
        """
        if self.stopped:
            raise InterruptedDownloadError("the crawl is stopped")
        task = asyncio.current_task()  # Scrapy makes one for every download
        assert task
        self.under_way.add(task)
        try:
            response = await super().download_request(request)
        except asyncio.CancelledError as error:
            raise InterruptedDownloadError("the crawl is stopped") from error
        except Exception as error:
            if self.stopped:  # being cancelled looks like any failure of the network
                raise InterruptedDownloadError("the crawl is stopped") from error
            if proxy := request.meta.get("proxy"):
                error.add_note(f"(through the proxy {host_of(proxy)})")
            logger.info("%s %s: %s", request.method, request.url, reason_of(error))
            raise
        finally:
            self.under_way.discard(task)
        logger.info("%s %d %s", request.method, response.status, request.url)
        return response

    def stop(self) -> None:
        """Break off every download."""
        self.stopped = True
        for task in self.under_way:
            task.cancel()


class Process(AsyncCrawlerProcess):
    """Scrapy's process; stopped by a signal, it does not wait for servers that never answer."""

    async def stop(self) -> None:
        """End every crawl soon."""
        asyncio.get_running_loop().call_later(GRACE, self._break_off)
        await super().stop()

    def _break_off(self) -> None:
        for crawler in self.crawlers:
            crawler.signals.send_catch_log(STOP)
