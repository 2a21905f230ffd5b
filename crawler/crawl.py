"""One crawl, from URLs to a summary: what `xemtiep crawl` calls, and what a program can call too."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from archive import Archive
from archive.errors import ConfigError
from crawler import values
from crawler.config import Config, host_of
from crawler.ready import require
from crawler.start import Start

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import Settings

    from crawler.spiders.forum import ForumSpider

DONE, FAILED, PARTIAL, SHUT_OUT, LOCKED, INTERRUPTED = 0, 1, 3, 4, 75, 130
COUNTS = (
    "requests", "pages", "threads", "new", "changed", "unchanged", "vanished", "articles",
    "unmodified", "missing", "wall", "refused", "failed", "changed_skin", "retries",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """How the crawl of one configured site ended."""

    outcome: str
    counts: Mapping[str, int]
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """How a crawl ended: `exit` is the command's exit code, `error` says why it is not 0, `waiting` what is left.

    `sites` tells the same of each configured site, by its URL.
    """

    outcome: str
    exit: int
    seconds: float
    counts: Mapping[str, int]
    reasons: Mapping[str, int]
    waiting: int
    error: str | None = None
    sites: Mapping[str, Part] = field(default_factory=dict)


def crawl(
    starts: Iterable[str | Start],
    config: Config,
    *,
    progress: bool = False,
    verbose: bool = False,
) -> Summary:
    """Crawl each URL (a thread, a board or a forum) into the archive; blocks until done, stopped or interrupted.

    A process can call it once (Scrapy's event loop cannot be started again). Each configured site gets a run of its own
    in the archive's table of runs.

    Raises:
        ConfigError: a URL is not http or https, or something that a site needs (password, cookies) is not there.
        ArchiveError: the archive cannot be opened.
        LockedError: another run holds the archive.
    """
    given = [
        replace(start, url=checked(start.url)) if isinstance(start, Start) else start_of(start, config)
        for start in starts
    ]
    names = list(dict.fromkeys(config.name_of(start.url) for start in given))
    for site in config.sites:
        if site.url in names:
            require(site)
    with Archive.open(config.archive) as archive, archive.lock():
        others = " ".join(start.url for start in given if not config.name_of(start.url))
        runs = {name: archive.start_run("crawl", name or others) for name in names}
        started = time.monotonic()
        parts = {"url": given, "archive": archive, "config": config}
        crawler = _run_scrapy(parts, _settings(config, progress=progress, verbose=verbose))
        summary = _summary(crawler, archive, time.monotonic() - started, names)
        for name, run in runs.items():
            part = summary.sites.get(name, summary)
            archive.end_run(run, outcome=part.outcome, counts=part.counts)
    return summary


def nothing_due() -> Summary:
    """Sum up a run in which no site was due."""
    return Summary(
        outcome="nothing is due", exit=DONE, seconds=0.0, counts=dict.fromkeys(COUNTS, 0), reasons={}, waiting=0
    )


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
    try:
        return values.url(url)
    except ValueError:
        raise ConfigError(f"{url!r} is not a web address: give one such as https://forum.example/threads/1/") from None


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
    from crawler.download import Process  # noqa: PLC0415 - as above
    from crawler.spiders.forum import ForumSpider  # noqa: PLC0415 - as above

    process = Process(settings)
    crawler = process.create_crawler(ForumSpider)
    task = process.crawl(crawler, **parts)
    process.start()
    if task.done() and not task.cancelled() and (error := task.exception()):
        raise error
    return crawler


def _summary(crawler: "Crawler", archive: Archive, seconds: float, names: Iterable[str]) -> Summary:
    from crawler.spiders.forum import ForumSpider  # noqa: PLC0415 - as above

    spider = crawler.spider
    assert isinstance(spider, ForumSpider)
    assert crawler.stats is not None
    # A second Ctrl-C, or one in the first second, leaves no reason.
    reason = crawler.stats.get_value("finish_reason", "shutdown")
    outcome, code, error = _outcome(spider, reason)
    parts = {name: _outcome(spider, reason, name) for name in names if name}
    return Summary(
        outcome=outcome,
        exit=code,
        seconds=round(seconds, 2),
        counts={name: spider.counts[name] for name in COUNTS},
        reasons=dict(spider.reasons.most_common()),
        waiting=archive.pending() + archive.taken(),  # what was under way is fetched again
        error=error,
        sites={
            name: Part(outcome=word, counts={each: spider.of_site[name][each] for each in COUNTS}, error=why)
            for name, (word, _, why) in parts.items()
        },
    )


def _outcome(spider: "ForumSpider", reason: str, name: str | None = None) -> tuple[str, int, str | None]:
    """How a crawl, or that of one site, ended: in a word, as exit code, and why if something is amiss.

    Also why a host is left to the next run.
    """
    from crawler.politeness import State  # noqa: PLC0415 - as above

    hosts = [host for host in spider.hosts if name is None or host.name == host_of(name)]
    counts, states = spider.counts if name is None else spider.of_site[name], {host.state for host in hosts}
    broken = spider.error if name is None else spider.errors.get(name)
    few = name is None and counts["new"] < spider.config.min_items
    left = spider.archive.taken()  # nothing is under way any more, or the machinery itself is broken
    missing = f"only {counts['new']} new posts; at least {spider.config.min_items} were expected" if few else None
    error = "; ".join(filter(None, [broken, missing, *(host.reason for host in hosts)])) or None
    cases = (
        (reason == "shutdown", "interrupted", INTERRUPTED),
        (reason != "finished" or left, "failed", FAILED),
        (State.SHUT in states, "shut out", SHUT_OUT),
        (states == {State.LOCKED}, "locked", LOCKED),
        (states & {State.DOWN, State.LOCKED}, "done with errors", PARTIAL),
        (broken and not counts["pages"], "failed", FAILED),
        (few or broken or counts["failed"] or counts["changed_skin"], "done with errors", PARTIAL),
        (spider.spent() or State.RESTS in states, "stopped at its limit", DONE),
    )
    outcome, code = next(((outcome, code) for holds, outcome, code in cases if holds), ("done", DONE))
    return outcome, code, None if code == INTERRUPTED else error
