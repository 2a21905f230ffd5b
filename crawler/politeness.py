"""Each host's pace: what its robots.txt and its answers ask for, how slow it is, and what the configuration allows."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from datetime import time as clock
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from archive.errors import HostLockError
from crawler.config import Config, Site
from crawler.counting import counted

LONGEST = 3600.0  # seconds that a server's Retry-After counts for
PATIENCE = 600.0  # a host that is to be left alone for longer is left to the next run
SLOWEST = 60.0  # seconds that a host's slowness or trouble may add to its delay
NAME_MAX = 255  # bytes of a file's name on every usual file system
FRESH = 5.0  # seconds: a Last-Modified so close to the answer's own date says when it was asked for


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds to wait, from a number or a date; None if it is neither."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), LONGEST)
    when = http_date(text)
    return None if when is None else min(max((when - (now or datetime.now(UTC))).total_seconds(), 0.0), LONGEST)


def http_date(header: str | None) -> datetime | None:
    """Read a date as HTTP writes it; None if it is none."""
    try:
        when = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def trusted(last_modified: str | None, date: str | None, now: datetime) -> str | None:
    """Give back a Last-Modified that says when the page changed; None for one that only says when it was asked for.

    Forum software often sends the time of the request: a 304 would then depend on chance.
    """
    when = http_date(last_modified)
    if when is None or ((http_date(date) or now) - when).total_seconds() <= FRESH:
        return None
    return last_modified


def backoff(tries: int, delay: float) -> float:
    """Seconds to wait after the `tries`-th failure: 2, 4, 8, 16... times the crawl's delay (at least half a second)."""
    return min(2.0 ** min(tries, 20) * max(delay, 0.5), LONGEST)


def within(now: clock, start: clock, end: clock) -> bool:
    """Whether a time of day lies in hours that may go over midnight."""
    return start <= now < end if start <= end else now >= start or now < end


class State(StrEnum):
    """Whether a host is asked: it shuts us out, answers nothing, another crawl asks it, or it is to be left alone."""

    OPEN = "open"
    SHUT = "shut"
    DOWN = "down"
    LOCKED = "locked"
    RESTS = "rests"


@dataclass(kw_only=True, slots=True)
class Host:
    """How one host is asked, within the limits of its site. Moments are seconds since 1970, durations seconds.

    `adaptive` is off with a configured delay of 0.

    `state` says whether it is asked at all in this run, `reason` why not. `software` made the last page that was read.
    `answers` counts what came of what was asked for; `speaks`, be it only to say that it has no answer now.
    """

    name: str
    limits: Site
    delay: float
    adaptive: bool = True
    ready: float = 0.0
    latency: float = 0.0
    penalty: float = 0.0
    asked: int = 0
    refused: int = 0
    troubles: int = 0
    troubled: set[str] = field(default_factory=set)
    answers: int = 0
    speaks: bool = False
    state: State = State.OPEN
    reason: str = ""
    software: str | None = None

    @property
    def pause(self) -> float:
        """Seconds of rest after an answer: never less than `delay`, longer where answers are slow or were refused."""
        return max(self.delay, min(self.latency, SLOWEST)) + self.penalty

    def close(self, state: State, reason: str) -> None:
        """Ask nothing more of it in this run."""
        if self.state is State.OPEN:
            self.state, self.reason = state, reason

    def ask(self) -> None:
        """Note that a request goes out."""
        self.asked += 1
        self.ready = time.time() + self.pause

    def spare(self) -> None:
        """Note that it did not go out after all: robots.txt forbids it."""
        self.asked -= 1
        self.ready = 0.0

    def open(self) -> bool:
        """Whether it may be asked now: not closed, not over its limits, not in its quiet hours."""
        limits = self.limits
        if limits.max_requests is not None and self.asked >= limits.max_requests:
            self.close(State.RESTS, f"{self.name}: its limit of {counted(limits.max_requests, 'request')} is reached")
        if limits.quiet and within(datetime.now().astimezone().time(), *limits.quiet):
            self.close(State.RESTS, f"{self.name}: its quiet hours last until {limits.quiet[1]:%H:%M}")
        return self.state is State.OPEN

    def answered(self, latency: float) -> None:
        """Note an answer and the seconds it took to come; an earlier penalty fades."""
        self.answers += 1
        self.troubles = 0
        self.troubled.clear()
        if self.adaptive:
            self.latency = max(latency, (self.latency + latency) / 2)
            self.penalty = self.penalty * 0.8 if self.penalty > 0.1 else 0.0  # noqa: PLR2004 # a tenth of a second
        self.ready = max(self.ready, time.time() + self.pause)

    def trouble(self, url: str, wait: float | None) -> float:
        """Note an answer that asks for less (429, 503) or none at all; returns the seconds that the host is left alone.

        They are those it asks for (`wait`), else growing ones.
        """
        self.troubles += 1
        self.troubled.add(url)
        if self.adaptive:
            self.penalty = min(max(2 * self.penalty, self.delay, 1.0), SLOWEST)
        wait = backoff(self.troubles, self.delay) if wait is None else wait
        self.ready = max(self.ready, time.time() + max(wait, self.pause))
        return wait


def lock_folder() -> Path:
    """Where this user's crawls lock their hosts; made if it is not there.

    Raises:
        HostLockError: it cannot be made.
    """
    folder = Path(tempfile.gettempdir()) / f"xemtiep-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _no_lock(folder, error) from error
    return folder


def lock_name(host: str) -> str:
    """The file that locks a host; a name too long for a file is hashed."""
    name = f"{quote(host, safe='')}.lock"
    return name if len(name) <= NAME_MAX else f"{hashlib.sha256(host.encode()).hexdigest()}.lock"


def _no_lock(folder: Path, error: OSError) -> HostLockError:
    return HostLockError(f"{folder}: no lock can be made there ({error.strerror}): set TMPDIR to another folder")


class Hosts:
    """Every host of a run, by host and port. Each is locked, so that no other crawl of this user asks it too."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.known: dict[str, Host] = {}
        self.locks = ExitStack()

    def __iter__(self) -> Iterator[Host]:
        return iter(self.known.values())

    def __getitem__(self, name: str) -> Host:
        if name not in self.known:
            limits = next((site for site in self.config.sites if site.host == name), self.config.site_of(f"//{name}"))
            host = Host(name=name, limits=limits, delay=limits.delay, adaptive=limits.delay > 0)
            if not self._lock(name):
                host.close(State.LOCKED, f"{name}: another crawl is asking it; try again when that one is done")
            self.known[name] = host
        return self.known[name]

    def done(self) -> set[str]:
        """The hosts that are not asked any more in this run."""
        return {host.name for host in self if host.state is not State.OPEN}

    def waiting(self, now: float) -> dict[str, float]:
        """The hosts that are left alone for a while, and until when."""
        return {host.name: host.ready for host in self if host.ready > now}

    def _lock(self, name: str) -> bool:
        import fcntl  # only POSIX systems have it; nothing else here needs one

        path = lock_folder() / lock_name(name)
        try:
            file = self.locks.enter_context(path.open("a"))
        except OSError as error:
            raise _no_lock(path.parent, error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel drops it whatever ends the process
        except BlockingIOError:
            return False
        return True
