"""One crawl, from URLs to a summary: what `xemtiep crawl` calls, and what a program can call too."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archive import Archive
from archive.errors import ConfigError
from crawler.config import Config
from crawler.start import Start

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import Settings

    from crawler.spiders.forum import ForumSpider

DONE, FAILED, PARTIAL, SHUT_OUT, LOCKED, INTERRUPTED = 0, 1, 3, 4, 75, 130
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


def crawl(
    starts: Iterable[str | Start],
    config: Config,
    *,
    progress: bool = False,
    verbose: bool = False,
) -> Summary:
    """Crawl each URL (a thread, a board or a forum) into the archive; blocks until done, stopped or interrupted.

    A process can call it once (Scrapy's event loop cannot be started again).

    Raises:
        ConfigError: a URL is not http or https.
        ArchiveError: the archive cannot be opened.
        LockedError: another run holds the archive.
    """
    given = [
        replace(start, url=checked(start.url)) if isinstance(start, Start) else start_of(start, config)
        for start in starts
    ]
    with Archive.open(config.archive) as archive, archive.lock():
        run = archive.start_run("crawl", " ".join(start.url for start in given))
        started = time.monotonic()
        parts = {"url": given, "archive": archive, "config": config}
        crawler = _run_scrapy(parts, _settings(config, progress=progress, verbose=verbose))
        summary = _summary(crawler, archive, time.monotonic() - started)
        archive.end_run(run, outcome=summary.outcome, counts=summary.counts)
    return summary


def start_of(url: str, config: Config, *, since: datetime | None = None, full: bool = False) -> Start:
    """Begin at a URL as its site's configuration says.

    Raises:
        ConfigError: it is no http(s) address.
    """
    url = checked(url)
    return Start(url=url, since=since, refresh=config.site_of(url).refresh, full=full)


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
        "USER_AGENT": config.user_agent,
        "LOG_LEVEL": "INFO" if verbose else "ERROR" if progress else "WARNING",
    }
    settings.setdict(options, priority="cmdline")
    return settings


def _run_scrapy(parts: Mapping[str, Any], settings: "Settings") -> "Crawler":
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415 - as above

    from crawler.spiders.forum import ForumSpider  # noqa: PLC0415 - as above

    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(ForumSpider)
    task = process.crawl(crawler, **parts)
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
    outcome, code, error = _outcome(spider, reason)
    return Summary(
        outcome=outcome,
        exit=code,
        seconds=round(seconds, 2),
        counts={name: spider.counts[name] for name in COUNTS},
        reasons=dict(spider.reasons.most_common()),
        waiting=archive.pending(),
        error=error,
    )


def _outcome(spider: "ForumSpider", reason: str) -> tuple[str, int, str | None]:
    """How a crawl ended: in a word, as exit code, and why if something is amiss (or a host is left to the next run)."""
    from crawler.politeness import State  # noqa: PLC0415 - as above

    counts, states = spider.counts, {host.state for host in spider.hosts}
    few = counts["new"] < spider.config.min_items
    left = spider.archive.taken()  # nothing is under way any more, or the machinery itself is broken
    missing = f"only {counts['new']} new posts; at least {spider.config.min_items} were expected" if few else None
    error = "; ".join(filter(None, [spider.error, missing, *(host.reason for host in spider.hosts)])) or None
    cases = (
        (reason == "shutdown", "interrupted", INTERRUPTED),
        (reason != "finished" or left, "failed", FAILED),
        (State.SHUT in states, "shut out", SHUT_OUT),
        (states == {State.LOCKED}, "locked", LOCKED),
        (states & {State.DOWN, State.LOCKED}, "done with errors", PARTIAL),
        (spider.error and not counts["pages"], "failed", FAILED),
        (few or counts["failed"], "done with errors", PARTIAL),
        (spider.spent(), "stopped at its limit", DONE),
    )
    outcome, code = next(((outcome, code) for holds, outcome, code in cases if holds), ("done", DONE))
    return outcome, code, None if code == INTERRUPTED else error
