"""Clean, then save: two item pipelines over two plain functions, `clean_page` and `Archive.save_page`."""

from dataclasses import replace
from typing import TYPE_CHECKING

from archive.errors import ArchiveError
from crawler.cleaning import clean_page
from crawler.responses import Fetched
from crawler.spiders.forum import ForumSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class CleanPipeline:
    """Each post's tree becomes labelled blocks."""

    def process_item(self, item: Fetched) -> Fetched:
        """Clean every post of the page."""
        return replace(item, page=clean_page(item.page))


class SavePipeline:
    """One page is one transaction."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "SavePipeline":
        """Made by Scrapy."""
        return cls(crawler)

    def process_item(self, item: Fetched) -> Fetched:
        """Save the page; an archive that cannot be written ends the crawl, with what was saved intact."""
        spider = self.crawler.spider
        assert isinstance(spider, ForumSpider)
        try:
            saved = spider.archive.save_page(
                item.page,
                request=item.request,
                fetched_at=item.fetched_at,
                etag=item.etag,
                last_modified=item.last_modified,
            )
        except ArchiveError as error:
            spider.abort(str(error))  # its request is not ended, so the next run fetches the page again
            return item
        spider.ledger.saved(item.request, saved)
        return item
