"""`xemtiep check`: crawl the first pages of each site into an archive that is thrown away, and tell what was found."""

import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.errors import ConfigError
from crawler.config import Config, Site, plain
from crawler.sites import span_text
from crawler.start import Start
from crawler.summary import DONE, PARTIAL

TRIES = 2  # of a page that gives no answer: a check is to say so soon
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a site gave: how its first pages were read, and what a crawl would do."""

    site: str
    outcome: str
    error: str | None
    software: str | None
    boards: int
    pages: int
    starts: tuple[str, ...]
    signed_in: str | None
    every: str | None
    delay: float

    def as_json(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return asdict(self)

    def as_text(self) -> str:
        """The report for people."""
        if self.error:
            return f"{self.site}: {self.outcome}\n    {self.error}"
        member = f" as {self.signed_in}" if self.signed_in else " as a guest"
        return (
            f"{self.site}: fine\n"
            f"    {self.software}, {self.boards} boards, {self.pages} pages looked at\n"
            f"    would crawl {', '.join(self.starts)}{member}, {self.delay:g} s between requests,"
            f" {f'every {self.every}' if self.every else 'whenever crawl is run'}"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """The reports, and the exit code of the crawl that made them."""

    reports: tuple[Report, ...]
    exit: int


def check(config: Config) -> Checked:
    """Look at the first pages of every configured site.

    Raises:
        ConfigError: no site is configured, or something that one needs is not there.
    """
    from archive import Archive  # sqlite-utils; the command's help does without
    from crawler.crawl import crawl

    if not config.sites:
        raise ConfigError(f"no sites in {config.file or 'xemtiep.toml'}: add one with `xemtiep sites add URL`")
    with tempfile.TemporaryDirectory(prefix="xemtiep-check-") as folder:
        sites = tuple(replace(site, max_requests=len(site.starts) + TRIES, quiet=None) for site in config.sites)
        limited = replace(
            config, archive=Path(folder) / "check.db", sites=sites, max_requests=None, max_time=None, min_items=0
        )
        # No thread is as young as that: boards are looked at, and no thread is opened.
        starts = [Start(url=url, since=NEVER) for site in sites for url in site.starts]
        summary = crawl(starts, limited, tries=TRIES)
        with Archive.open(limited.archive) as archive:
            held = {found["site"]: found for found in archive.sites()}
        reports = tuple(_report(site, summary.sites[site.url], held) for site in config.sites)
    amiss = any(report.error for report in reports)
    return Checked(reports=reports, exit=summary.exit or (PARTIAL if amiss else DONE))


def _report(site: Site, part: Any, held: dict[str, dict[str, Any]]) -> Report:
    found = next((row for name, row in held.items() if plain(name.partition("/")[0]) == plain(site.host)), {})
    fine = part.counts["pages"] and not (part.counts["failed"] or part.counts["wall"])
    problem = part.error if not fine or part.outcome not in {"done", "stopped at its limit"} else None
    return Report(
        site=site.url,
        outcome="done" if fine and not problem else part.outcome,
        error=problem or (None if fine else "nothing could be read there"),
        software=found.get("software"),
        boards=found.get("boards", 0),
        pages=part.counts["pages"],
        starts=site.starts,
        signed_in=f"${site.login.user}" if site.login else str(site.cookies) if site.cookies else None,
        every=span_text(site.every) if site.every else None,
        delay=site.delay,
    )
