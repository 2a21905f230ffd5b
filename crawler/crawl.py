"""One crawl, from URLs to a summary: what `xemtiep crawl` calls, and what a program can call too."""

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive import Archive
from crawler.config import Config
from crawler.politeness import lock_folder
from crawler.sites.ready import require
from crawler.start import Start, checked
from crawler.summary import Summary, summary

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import Settings


def crawl(  # noqa: PLR0913 # keywords that each say one thing
    starts: Iterable[str | Start],
    config: Config,
    *,
    progress: bool = False,
    verbose: bool = False,
    tries: int | None = None,
    begun: Callable[[], object] = lambda: None,
) -> Summary:
    """Crawl each URL (a thread, a board or a forum) into the archive; blocks until done, stopped or interrupted.

    A process can call it once (Scrapy's event loop cannot be started again). Each configured site gets a run of its own
    in the archive's table of runs. What crawls from elsewhere left over stays for them. `tries` is after how many
    failures a page is given up, None as the settings say. `begun` is called once the archive is locked.
    An archive that was made for URLs of which no host answers is removed again.

    Raises:
        ConfigError: a URL is not http or https, or something that a site needs (password, cookies) is not there.
        ArchiveError: the archive cannot be opened.
        LockedError: another run holds the archive.
        HostLockError: there is no folder where hosts can be locked.
    """
    given = [
        replace(start, url=checked(start.url)) if isinstance(start, Start) else start_of(start, config)
        for start in starts
    ]
    names = list(dict.fromkeys(config.name_of(start.url) for start in given))
    for site in config.sites:
        if site.url in names:
            require(site)
    lock_folder()  # before there is an archive or a run
    made = not config.archive.exists()
    with Archive.open(config.archive) as archive, archive.lock():
        begun()
        others = " ".join(start.url for start in given if not config.name_of(start.url))
        runs = {name: archive.start_run("crawl", name or others) for name in names}
        started = time.monotonic()
        parts = {"url": given, "archive": archive, "config": config}
        options = _settings(config, progress=progress, verbose=verbose, tries=tries)
        crawler = _run_scrapy(parts, options)
        found = summary(crawler, archive, time.monotonic() - started, names)
        for name, run in runs.items():
            part = found.sites.get(name, found)
            archive.end_run(run, outcome=part.outcome, counts=part.counts)
        if made and names == [""] and not config.metrics and _is_void(found, archive):
            archive.close()  # first: it removes what it has beside the file, by name
            Path(os.path.realpath(config.archive)).unlink()  # under the lock: who has opened it meanwhile finds it gone
    return found


def _is_void(found: Summary, archive: Archive) -> bool:
    """Whether nobody answered, as with a mistyped host, and nothing is left to the next run."""
    return not (found.counts["requests"] or found.waiting or archive.sites())


def start_of(url: str, config: Config, *, since: datetime | None = None, full: bool = False) -> Start:
    """Begin at a URL as its site's configuration says.

    Raises:
        ConfigError: it is no http(s) address.
    """
    url = checked(url)
    return Start(url=url, since=since, refresh=config.site_of(url).refresh, full=full)


def _settings(config: Config, *, progress: bool, verbose: bool, tries: int | None) -> "Settings":
    from scrapy.settings import Settings  # Scrapy takes a second to import

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")  # a scrapy.cfg that lies about must not take over
    options: dict[str, Any] = {
        "XEMTIEP_PROGRESS": progress,
        "USER_AGENT": config.user_agent,
        "LOG_LEVEL": "INFO" if verbose else "ERROR" if progress else "WARNING",
    }
    if tries is not None:
        options["XEMTIEP_TRIES"] = tries
    settings.setdict(options, priority="cmdline")
    return settings


def _run_scrapy(parts: Mapping[str, Any], settings: "Settings") -> "Crawler":
    from crawler.download import Process
    from crawler.spiders.forum import ForumSpider

    process = Process(settings)
    for name in ("scrapy", "crawler"):  # which else make records that nobody is shown, three a page
        logging.getLogger(name).setLevel(settings["LOG_LEVEL"])
    crawler = process.create_crawler(ForumSpider)
    task = process.crawl(crawler, **parts)
    process.start()
    if task.done() and not task.cancelled() and (error := task.exception()):
        raise error
    return crawler
