"""A live line on a terminal: threads, posts, articles, requests, and how long the crawl waits."""

from time import monotonic
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler.counting import counted
from crawler.spiders.forum import ForumSpider

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from scrapy.crawler import Crawler


class Progress:
    """Scrapy extension, on where the setting XEMTIEP_PROGRESS is."""

    def __init__(self, crawler: "Crawler") -> None:
        if not crawler.settings.getbool("XEMTIEP_PROGRESS"):
            raise NotConfigured
        self.crawler = crawler
        self.bar: Bar | None = None
        self.started = monotonic()
        crawler.signals.connect(self.opened, signals.spider_opened)
        for signal in (signals.response_received, signals.item_scraped, signals.scheduler_empty):
            crawler.signals.connect(self.update, signal)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "Progress":
        """Made by Scrapy."""
        return cls(crawler)

    def opened(self) -> None:
        """Show the line on stderr."""
        from rich.console import Console  # only a terminal pays for it
        from rich.progress import Progress as Bar  # only a terminal pays for it
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

        self.bar = Bar(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True)
        )
        self.bar.start()
        self.task = self.bar.add_task("starting", total=None)
        self.update()

    def update(self) -> None:
        """Refresh the counts."""
        spider = self.crawler.spider
        if self.bar is None or not isinstance(spider, ForumSpider):
            return
        counts = spider.ledger.counts
        names = {"threads": "thread", "new": "new post", "articles": "article", "requests": "request"}
        text = ", ".join(counted(counts[name], what) for name, what in names.items())
        text += f", {counted(spider.archive.pending(), 'page')} waiting"
        if counts["changed"]:
            text += f", {counts['changed']} changed"
        if counts["failed"]:
            text += f", {counts['failed']} failed"
        self.bar.update(self.task, description=text)

    def closed(self) -> None:
        """Leave the last state of the line on the screen."""
        self.update()
        if self.bar:
            self.bar.stop()
