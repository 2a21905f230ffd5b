"""How a crawl ended: counts, a word, an exit code and what is amiss."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive import Archive
from archive.frontier import host_of
from crawler.config import Site, plain
from crawler.counting import counted

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

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

    `others` is what waits of crawls from elsewhere, which this one leaves to them.
    `sites` tells the same of each configured site, by its URL.
    """

    outcome: str
    exit: int
    seconds: float
    counts: Mapping[str, int]
    reasons: Mapping[str, int]
    waiting: int
    others: int = 0
    error: str | None = None
    sites: Mapping[str, Part] = field(default_factory=dict)


def nothing_due() -> Summary:
    """Sum up a run in which no site was due."""
    return Summary(
        outcome="nothing is due", exit=DONE, seconds=0.0, counts=dict.fromkeys(COUNTS, 0), reasons={}, waiting=0
    )


def summary(crawler: "Crawler", archive: Archive, seconds: float, names: Iterable[str]) -> Summary:
    """Sum up a crawl that has ended."""
    from crawler.spiders.forum import ForumSpider  # Scrapy takes a second to import

    spider = crawler.spider
    assert isinstance(spider, ForumSpider)
    outcome, code, error = ending(spider, spider.reason)
    parts = {name: ending(spider, spider.reason, name) for name in names if name}
    return Summary(
        outcome=outcome,
        exit=code,
        seconds=round(seconds, 2),
        counts={name: spider.ledger.counts[name] for name in COUNTS},
        reasons=dict(spider.ledger.reasons.most_common()),
        waiting=archive.pending() + archive.taken(),  # what was under way is fetched again
        others=archive.elsewhere(),
        error=error,
        sites={
            name: Part(outcome=word, counts={each: spider.ledger.of_site[name][each] for each in COUNTS}, error=why)
            for name, (word, _, why) in parts.items()
        },
    )


def ending(spider: "ForumSpider", reason: str, name: str | None = None) -> tuple[str, int, str | None]:
    """How a crawl, or that of one site, ended: in a word, as exit code, and why if something is amiss.

    Also why a host is left to the next run.
    """
    from crawler.politeness import State

    hosts = [host for host in spider.hosts if name is None or plain(host.name) == plain(host_of(name))]
    ledger, states = spider.ledger, {host.state for host in hosts}
    counts = ledger.counts if name is None else ledger.of_site[name]
    broken = ledger.error if name is None else ledger.errors.get(name)
    few = name is None and counts["new"] < spider.config.min_items
    left = spider.archive.taken()  # nothing is under way any more, or the machinery itself is broken
    missing = (
        f"only {counted(counts['new'], 'new post')}; at least {spider.config.min_items} were expected" if few else None
    )
    open_ = [] if spider.spent() else [host.name for host in hosts if host.refused and host.state is State.OPEN]
    barred = [host for host in open_ if not spider.archive.has_posts(host)]
    forbidden = [f"{host}: what it lists is forbidden by the site's robots.txt; no post was read" for host in barred]
    lost = [
        _lost(site, url)
        for site in spider.config.sites
        if (url := ledger.lost.get(site.url)) and name in {None, site.url}
    ]
    error = "; ".join(filter(None, [broken, missing, *forbidden, *lost, *(host.reason for host in hosts)])) or None
    nothing = State.DOWN in states and not any(host.answers for host in hosts)  # not even an answer 304 or 404
    speaks = any(host.speaks for host in hosts)  # 503, say, to everything
    cases = (
        (reason == "shutdown", "interrupted", INTERRUPTED),
        (reason != "finished" or left, "broken off", FAILED),
        (State.SHUT in states or barred or (nothing and speaks), "shut out", SHUT_OUT),
        (nothing, "failed", FAILED),
        (states == {State.LOCKED}, "locked", LOCKED),
        (states & {State.DOWN, State.LOCKED}, "done with errors", PARTIAL),
        (broken and not counts["pages"], "failed", FAILED),
        (few or broken or lost or counts["failed"] or counts["changed_skin"], "done with errors", PARTIAL),
        (spider.spent() or State.RESTS in states, "stopped at its limit", DONE),
    )
    outcome, code = next(((outcome, code) for holds, outcome, code in cases if holds), ("done", DONE))
    return outcome, code, None if code == INTERRUPTED else error


def _lost(site: Site, url: str) -> str:
    """What is amiss where a member's pages are walls: nothing else would tell that most of a forum is not seen."""
    if site.cookies:
        return f"the cookies of {site.cookies} no longer open {url}, which was read before"
    return f"the login at {site.url} no longer opens {url}, which was read before"
