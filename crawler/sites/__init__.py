"""The configured sites: which are due, where their crawls begin, and how they are doing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from archive.errors import ConfigError
from crawler.config import Config, Site
from crawler.politeness import within

if TYPE_CHECKING:
    from archive import Archive
    from crawler.start import Start

# Runs to go on as soon as may be; one is broken off by the machine it ran on: a full disk, or a fault of the program.
UNFINISHED = frozenset({None, "killed", "interrupted", "broken off", "locked", "stopped at its limit"})
AGAIN = timedelta(hours=1)  # a crawl that failed outright is not put off for a day because of an hour without a network
WALK = timedelta(days=1)  # of a site with feeds the boards are walked once in this time
EARLY = 0.05  # of `every`: a timer that fires as often must not find each second run a moment too early


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a site stands: its last run (None: never crawled), when it is due again, what waits and what failed."""

    site: Site
    last: Mapping[str, Any] | None = None
    next_due: datetime
    waiting: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)

    def is_due(self, now: datetime) -> bool:
        """Whether it should be crawled now."""
        return self.next_due <= now


def standings(config: Config, now: datetime | None = None) -> list[Standing]:
    """How each configured site stands, in the order of the file. Without an archive yet all are due.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    from archive import Archive  # sqlite-utils; the command's help does without

    if not config.archive.exists():
        return [_standing(site, {}, now, {}, {}) for site in config.sites]
    with Archive.open(config.archive, create=False) as archive:
        return standings_in(config, archive, now)


def standings_in(config: Config, archive: "Archive", now: datetime | None = None) -> list[Standing]:
    """As `standings`, for an archive that is open."""
    latest = {run["detail"]: run for run in archive.latest_runs()}
    waiting, errors = archive.work()
    return [_standing(site, latest, now, waiting, errors) for site in config.sites]


def starts(config: Config) -> set[str]:
    """Where crawls of the configured sites begin, as the archive writes it."""
    return {start for site in config.sites for start in _starts(site)}


def _starts(site: Site) -> set[str]:
    from crawler.reading.urls import clean

    return {clean(url) for url in (*site.starts, *site.feeds)}


def unconfigured(config: Config, archive: "Archive") -> dict[str, int]:
    """How many requests wait, by the start of their crawl, that no crawl of the configured sites asks for.

    Of sites or boards that were taken out, or of what was crawled by its address. Nothing where no site is configured:
    there every crawl is such a one.
    """
    if not config.sites:
        return {}
    waiting, _ = archive.work()
    return {url: waiting[url] for url in sorted(waiting.keys() - starts(config))}


def _standing(
    site: Site,
    latest: Mapping[str, Mapping[str, Any]],
    now: datetime | None,
    waiting: Mapping[str, int],
    errors: Mapping[str, Mapping[str, int]],
) -> Standing:
    last = latest.get(site.url)
    due = next_due(site, last, now or datetime.now(UTC))
    begun = _starts(site)
    found = sum(waiting.get(url, 0) for url in begun)
    kinds = dict(sum((Counter(errors.get(url, {})) for url in begun), Counter()))
    return Standing(site=site, last=last, next_due=due, waiting=found, errors=kinds)


def next_due(site: Site, last: Mapping[str, Any] | None, now: datetime) -> datetime:
    """When a site is to be crawled: `every` counts from the start of its last run; quiet hours put it off.

    A run of the future was dated by a clock that was wrong, and puts nothing off.
    """
    due = now
    if last and site.every and last["outcome"] not in UNFINISHED:
        pause = min(site.every, AGAIN) if last["outcome"] == "failed" else site.every
        started = datetime.fromisoformat(last["started_at"])
        if started <= now:
            due = max(now, started + pause * (1 - EARLY))
    return _after_quiet(site, due)


def _after_quiet(site: Site, due: datetime) -> datetime:
    if site.quiet is None:
        return due
    local, (start, end) = due.astimezone(), site.quiet
    if not within(local.time(), start, end):
        return due
    over = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return (over if over > local else over + timedelta(days=1)).astimezone(UTC)


def due_starts(
    config: Config, *, every: bool = False, since: datetime | None = None, full: bool = False
) -> list["Start"]:
    """Where the crawls of all sites that are due begin; with `every`, of all sites.

    Raises:
        ConfigError: no site is configured.
    """
    from crawler.start import Start

    if not config.sites:
        where = config.file or "xemtiep.toml"
        raise ConfigError(f"no sites in {where}: name a URL, or add one with `xemtiep sites add URL`")
    now = datetime.now(UTC)
    sites = [standing.site for standing in standings(config, now) if every or standing.is_due(now)]
    found = []
    for site in sites:
        walk = every or full or not site.feeds or not _walked_lately(site, config, now)
        if not walk:  # boards list what feeds do: asked together, each would have the same threads read
            found += [Start(url=url, role="feed") for url in site.feeds]
        else:
            found += [Start(url=url, since=since, refresh=site.refresh, full=full) for url in site.starts]
        others = site.starts if not walk else site.feeds  # what waits of the last walks from there goes on
        found += [Start(url=url, role="start" if not walk else "feed", begins=False) for url in others]
    return found


def _walked_lately(site: Site, config: Config, now: datetime) -> bool:
    """Whether the boards themselves were read in the last day: feeds tell neither all replies nor deletions."""
    from archive import Archive
    from crawler.reading.urls import clean

    if not config.archive.exists():
        return False
    with Archive.open(config.archive, create=False) as archive:
        fetched = [archive.fetched_at(clean(url)) for url in site.starts]
    return all(each and now - datetime.fromisoformat(each) < WALK for each in fetched)


def as_json(standing: Standing) -> dict[str, Any]:
    """What `xemtiep status --json` says of a site."""
    last = standing.last or {}
    counts = last.get("counts", {})
    return {
        "site": standing.site.url,
        "last_run": last.get("started_at"),
        "ended_at": last.get("ended_at"),
        "outcome": last.get("outcome") or ("running" if last else None),
        "succeeded_at": last.get("succeeded_at"),
        **{name: counts.get(name, 0) for name in ("new", "changed", "vanished", "requests")},
        "waiting": standing.waiting,
        "errors": dict(standing.errors),
        "next_due": f"{standing.next_due.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


def as_text(standing: Standing) -> str:
    """A site in a line or two for people."""
    found = as_json(standing)
    every = standing.site.every
    due = "now" if standing.is_due(datetime.now(UTC)) else found["next_due"]
    head = f"{standing.site.url}  every {span_text(every) if every else 'run'}, due {due}"
    if not standing.last:
        return f"{head}\n    never crawled"
    errors = "".join(f", {count} {kind}" for kind, count in standing.errors.items())
    return (
        f"{head}\n    {found['last_run']}: {found['outcome']}, {found['new']} new, {found['changed']} changed,"
        f" {found['vanished']} vanished{errors}, {found['waiting']} pages waiting"
    )


def span_text(span: timedelta) -> str:
    """A time span as the configuration writes it."""
    minutes = round(span.total_seconds() / 60)
    parts = ((minutes // 1440, "d"), (minutes % 1440 // 60, "h"), (minutes % 60, "m"))
    return " ".join(f"{count}{unit}" for count, unit in parts if count) or f"{span.total_seconds():g}s"
