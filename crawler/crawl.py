"""One crawl, from URLs to a summary: what `xemtiep crawl` calls, and what a program can call too."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archive import Archive
from archive.errors import ConfigError
from crawler.config import Config

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import Settings

DONE, FAILED, PARTIAL, SHUT_OUT, INTERRUPTED = 0, 1, 3, 4, 130
COUNTS = (
    "requests", "pages", "threads", "new", "changed", "unchanged", "vanished", "articles",
    "unmodified", "missing", "wall", "refused", "failed", "retries",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """How a crawl ended: `exit` is the command's exit code, `error` says why it is not 0, `waiting` what is left."""

    outcome: str
    exit: int
    seconds: float
    counts: Mapping[str, int]
    reasons: Mapping[str, int]
    waiting: int
    error: str | None = None


def crawl(urls: Iterable[str], config: Config, *, progress: bool = False, verbose: bool = False) -> Summary:
    """Crawl each URL (a thread, a board or a forum) into the archive; blocks until done, stopped or interrupted.

    A process can call it once (Scrapy's event loop cannot be started again).

    Raises:
        ConfigError: a URL is not http or https.
        ArchiveError: the archive cannot be opened.
        LockedError: another run holds the archive.
    """
    starts = [checked(url) for url in urls]
    with Archive.open(config.archive) as archive, archive.lock():
        run = archive.start_run("crawl", " ".join(starts))
        started = time.monotonic()
        crawler = _run_scrapy(starts, archive, _settings(config, progress=progress, verbose=verbose))
        summary = _summary(crawler, archive, time.monotonic() - started)
        archive.end_run(run, outcome=summary.outcome, counts=summary.counts)
    return summary


def checked(url: str) -> str:
    """Accept a web address, with or without its scheme.

    Raises:
        ConfigError: it is no http(s) address.
    """
    full = url if "://" in url else f"https://{url}"
    parts = urlsplit(full)
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in full:
        raise ConfigError(f"{url!r} is not a web address: give one such as https://forum.example/threads/1/")
    return full


def _settings(config: Config, *, progress: bool, verbose: bool) -> "Settings":
    from scrapy.settings import Settings  # noqa: PLC0415 - Scrapy takes a second to import

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")  # a scrapy.cfg that lies about must not take over
    options: dict[str, Any] = {
        "XEMTIEP_PROGRESS": progress,
        "DOWNLOAD_DELAY": config.delay,
        "AUTOTHROTTLE_START_DELAY": config.delay,
        "AUTOTHROTTLE_ENABLED": config.delay > 0,
        "USER_AGENT": config.user_agent,
        "LOG_LEVEL": "INFO" if verbose else "ERROR" if progress else "WARNING",
    }
    settings.setdict(options, priority="cmdline")
    return settings


def _run_scrapy(urls: list[str], archive: Archive, settings: "Settings") -> "Crawler":
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415 - as above

    from crawler.spiders.forum import ForumSpider  # noqa: PLC0415 - as above

    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(ForumSpider)
    task = process.crawl(crawler, url=urls, archive=archive)
    process.start()
    if task.done() and not task.cancelled() and (error := task.exception()):
        raise error
    return crawler


def _summary(crawler: "Crawler", archive: Archive, seconds: float) -> Summary:
    from crawler.spiders.forum import ForumSpider  # noqa: PLC0415 - as above

    spider = crawler.spider
    assert isinstance(spider, ForumSpider)
    assert crawler.stats is not None
    # A second Ctrl-C, or one in the first second, leaves no reason.
    reason = crawler.stats.get_value("finish_reason", "shutdown")
    outcome, code = _outcome(spider.counts, reason, shut=bool(spider.shut), error=spider.error)
    return Summary(
        outcome=outcome,
        exit=code,
        seconds=round(seconds, 2),
        counts={name: spider.counts[name] for name in COUNTS},
        reasons=dict(spider.reasons.most_common()),
        waiting=archive.pending(),
        error=spider.error if code not in {DONE, INTERRUPTED} else None,
    )


def _outcome(counts: Mapping[str, int], reason: str, *, shut: bool, error: str | None) -> tuple[str, int]:
    if reason == "shutdown":
        return "interrupted", INTERRUPTED
    if reason != "finished":
        return "failed", FAILED
    if shut:
        return "shut out", SHUT_OUT
    if error and not counts["pages"]:
        return "failed", FAILED
    return ("done with errors", PARTIAL) if counts["failed"] else ("done", DONE)
