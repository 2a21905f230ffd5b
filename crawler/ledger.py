"""What a crawl writes down besides pages: where it begins, which requests are tried again, given up or walled."""

import logging
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from archive import Archive
from archive.errors import ArchiveError
from archive.frontier import AS_MEMBER, host_of
from archive.records import Kind, Page, Request, Saved
from crawler.access import login
from crawler.config import Config
from crawler.politeness import PATIENCE, Hosts, State, backoff
from crawler.reading import urls
from crawler.show.terminal import shown
from crawler.start import Start

WALLS_IN_A_ROW = 5

_log = logging.getLogger("forum")


class Wall(NamedTuple):
    """A wall that was met, and whether it is a bare refusal: the forum itself names no reason."""

    row: Request
    reason: str
    bare: bool


class Ledger:
    """Ends every request in a known state, and counts: all in all, by site, and by reason.

    `tries` is after how many a page is given up; `abort` ends the crawl when the archive cannot be written.
    """

    def __init__(
        self, archive: Archive, config: Config, hosts: Hosts, *, tries: int, abort: Callable[[str], None]
    ) -> None:
        self.archive = archive
        self.config = config
        self.hosts = hosts
        self.tries = tries
        self.abort = abort
        self.counts: Counter[str] = Counter()
        self.of_site: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.names: dict[int, str] = {}  # of the sites, by the start of each walk
        self.reasons: Counter[str] = Counter()
        self.walls: defaultdict[str, list[Wall]] = defaultdict(list)  # by host: those in a row, not ended yet
        self.guests: dict[str, str] = {}  # the sites with a member that showed pages as to a guest, and their hosts
        self.lost: dict[str, str] = {}  # of sites with a member: a page that was read before and is a wall now
        self.error: str | None = None
        self.errors: dict[str, str] = {}  # of the sites of which a first page could not be had

    def go_on(self, start: Start) -> None:
        """Make what waits of the walk from there part of this run."""
        try:
            number = self.archive.go_on(urls.clean(start.url))
        except ArchiveError as error:
            self.abort(str(error))
        else:
            if number is not None:
                self.names[number] = self.config.name_of(start.url)

    def seed(self, start: Start, name: str | None = None) -> None:
        """Begin a walk; it counts for the site `name`, or for that of its address."""
        url = urls.clean(start.url)
        refresh = datetime.now(UTC) - timedelta(days=start.refresh) if start.refresh else None
        member = self._member(start.url)
        try:
            number = self.archive.seed(
                url, start.role, since=start.since, refresh=refresh, full=start.full, member=member
            )
        except ArchiveError as error:
            self.abort(str(error))
        else:
            self.names[number] = self.config.name_of(start.url) if name is None else name

    def site_name(self, row: Request) -> str:
        """The site that a row counts for: that of its walk, because a thread's address does not tell its board."""
        return self.names.get(row.walk, "")

    def _member(self, url: str) -> bool:
        site = self.config.site_of(url)
        return bool(site.login or site.cookies)

    def walk_site(self, row: Request) -> None:
        """Begin at the boards of a feed's site: the feed does not tell enough."""
        site = self.config.site_of(self.site_name(row) or row.url)
        for url in site.starts:
            self.seed(Start(url=url, refresh=site.refresh))

    def count(self, row: Request, name: str, number: int = 1) -> None:
        """Add to the crawl's counts and to those of the row's site."""
        self._add(row, {name: number})

    def _add(self, row: Request, numbers: Mapping[str, int]) -> None:
        self.counts.update(numbers)
        self.of_site[self.site_name(row)].update(numbers)

    def saved(self, row: Request, saved: Saved) -> None:
        """Add up what a page brought. A feed that holds only news may leave out more: then the boards are walked."""
        if row.role == "feed":
            self._add(row, {"pages": 1, "threads": saved.threads})
            if saved.queued and not saved.unchanged:
                self.walk_site(row)
            return
        names = ("new", "changed", "unchanged", "articles", "threads", "vanished")
        self._add(row, {"pages": 1, **{name: getattr(saved, name) for name in names}})

    def hold(self, row: Request, reason: str, wait: float | None) -> None:
        """Leave a host alone for a while that cannot answer now; one that stays so is left to the next run.

        Its other pages come first then: they show whether it is the host or only this page.
        """
        host = self.hosts[host_of(row.url)]
        wait = host.trouble(row.url, wait)
        if wait > PATIENCE:
            host.close(State.DOWN, f"{host.name} asks to be left alone for {wait:.0f} s: {reason}")
        elif host.troubles >= self.tries and (len(host.troubled) > 1 or row.role == "start"):
            host.close(State.DOWN, f"{host.name} gives no answer but: {reason}")
        self.again(row, reason, wait if row.role == "start" else max(2 * wait, 0.1))
        if wait > PATIENCE:
            self.rest(host.name, wait)

    def rest(self, host: str, wait: float) -> None:
        """Leave a host alone for so long, in the next runs too."""
        try:
            self.archive.rest(host, wait=wait)
        except ArchiveError as error:
            self.abort(str(error))

    def again(self, row: Request, reason: str, wait: float | None) -> None:
        """Try later, as long as the server asks or a growing wait; give up after the last try."""
        if row.tries >= self.tries:
            self.give_up(row, "failed", f"{reason} ({row.tries} tries)")
            return
        self.count(row, "retries")
        wait = backoff(row.tries, self.hosts[host_of(row.url)].delay) if wait is None else wait
        try:
            self.archive.retry(row, reason=reason, wait=wait)
        except ArchiveError as error:
            self.abort(str(error))

    def put_back(self, row: Request) -> None:
        """Leave a request to the next run."""
        try:
            self.archive.put_back(row)
        except ArchiveError as error:
            self.abort(str(error))

    def give_up(self, row: Request, outcome: str, reason: str, *, soon: bool = False) -> None:
        """End a frontier row in a known state, with its reason; `soon`: the next walk may get another answer."""
        try:
            self.count(row, "vanished", self.archive.finish(row, outcome=outcome, reason=reason, soon=soon).vanished)
        except ArchiveError as error:
            self.abort(str(error))
        self.count(row, outcome)
        self.reasons[f"{row.url}: {reason}" if row.role in {"start", "feed"} else reason] += 1
        if row.role == "feed":
            self.walk_site(row)
        name = self.site_name(row)
        if row.role == "start" and outcome in {"failed", "missing"} and name not in self.errors:
            self.error = self.errors[name] = f"{row.url}: {reason}"
        elif outcome == "failed":
            _log.warning("%s", shown(f"{row.url}: {reason}", sys.stderr))

    def half_read(self, row: Request, reason: str) -> None:
        """Count a feed of which only the beginning can be read: what it leaves out, the boards tell."""
        self.count(row, "failed")
        self.reasons[f"{row.url}: {reason}"] += 1
        _log.warning("%s", shown(f"{row.url}: {reason}", sys.stderr))
        self.walk_site(row)

    def worn_out(self, row: Request) -> bool:
        """Whether a page was under way at so many sudden ends that it may be what ends the run: then it is given up."""
        if row.tries <= 2 * self.tries:
            return False
        self.give_up(row, "failed", f"the crawl ended suddenly {row.tries - 1} times while it worked on this page")
        return True

    def refused(self, row: Request, url: str, reason: str) -> None:
        """Count what robots.txt forbids, which costs the host nothing; a start page shuts the host for this run.

        `url` is what it forbids: where the row led.
        """
        host = self.hosts[host_of(row.url)]
        host.spare()
        host.refused += 1
        self.give_up(row, "refused", reason)
        if row.role == "start":
            host.close(State.SHUT, f"{url} is forbidden by the site's robots.txt")

    def walled(self, row: Request, page: Page, body: bytes, *, bare: bool = False) -> None:
        """Count a wall; a challenge, a walled start page or the fifth wall in a row shuts the host for this run.

        Those in a row then say nothing of their pages: they are asked for once more, by the next run and at its end.
        A page that was walled before says nothing of the host, unless it shows that a member's login is lost.
        """
        host = self.hosts[host_of(row.url)]
        reason = f"{page.kind.value}: {page.message}" if page.message else page.kind.value
        member, shown_to_member = self._member(row.url), login.for_member(body)
        wall = Wall(row, reason + AS_MEMBER if member and shown_to_member is not False else reason, bare)
        if member and not shown_to_member and self.archive.fetched_at(row.url):
            self.lost.setdefault(self.config.name_of(row.url), row.url)
        if row.role in {"start", "feed"} or (row.tries > 1 and not (member and shown_to_member is False)):
            self.give_up(row, "wall", wall.reason, soon=bare)
        else:
            self.count(row, "wall")
            self.reasons[wall.reason] += 1
            self.walls[host.name].append(wall)
        if page.kind is Kind.CHALLENGE or row.role == "start" or len(self.walls[host.name]) >= WALLS_IN_A_ROW:
            host.close(State.SHUT, f"{host.name} shuts xemtiep out at {row.url}: {page.message or page.kind.value}")
            self._end_walls(host.name, shut=True)

    def let_in(self, host: str) -> None:
        """End the walls that a host's good answer follows: they are their pages' own."""
        self._end_walls(host, shut=False)

    def close(self) -> None:
        """End the walls that nothing followed; a member's pages stay lost while they are not asked for, too."""
        for host in list(self.walls):
            self._end_walls(host, shut=False)
        try:
            for name, host in self.guests.items():
                if url := self.archive.shut_since(host):
                    self.lost.setdefault(name, url)
        except ArchiveError as error:
            self.abort(str(error))

    def _end_walls(self, host: str, *, shut: bool) -> None:
        try:
            for row, reason, bare in self.walls.pop(host, ()):
                if shut and row.tries == 1:
                    self.archive.retry(row, reason=reason, wait=0, late=True)
                else:
                    self.archive.finish(row, outcome="wall", reason=reason, soon=bare)
        except ArchiveError as error:
            self.abort(str(error))
