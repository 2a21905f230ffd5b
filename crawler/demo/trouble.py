"""What can go wrong with a forum, on demand: failures, slowness, walls, challenges, odd robots.txt and headers."""

from dataclasses import dataclass, field
from hashlib import sha256
from math import inf
from re import Pattern
from re import compile as regex
from threading import RLock
from typing import Literal


@dataclass(slots=True, kw_only=True)
class Failure:
    """A refusal that is given `times` times to paths that the pattern is found in."""

    pattern: Pattern[str]
    status: int
    times: int
    retry_after: str | None = None


@dataclass(slots=True, kw_only=True)
class Trouble:
    """The part of a forum that a test sets. All of it can change while the forum is served.

    `etag` sends an ETag and answers 304 to it; `modified` sends Last-Modified, either of the page's last change
    (answered with 304 too) or of the request ("request": worthless, as some forum software does).
    `accounts` are the members' passwords by name; the first logins last for so many requests as `lasting` says.
    `sessions` adds `?s=...` to every link. `robots` is what robots.txt does, `crawl_delay` a line in it, `forbids`
    more paths that it forbids.
    """

    etag: bool = False
    modified: Literal["no", "change", "request"] = "no"
    sessions: bool = False
    robots: Literal["normal", "missing", "error", "disallow"] = "normal"
    crawl_delay: float | None = None
    forbids: list[str] = field(default_factory=list)
    wall_status: int = 403
    accounts: dict[str, str] = field(default_factory=dict)
    lasting: list[int] = field(default_factory=list)
    signed_in: dict[str, float] = field(default_factory=dict)
    challenged: bool = False
    delays: list[tuple[Pattern[str], float]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    walls: list[Pattern[str]] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock, repr=False, compare=False)

    def fail(
        self, path_pattern: str, status: int = 503, times: int = 1, retry_after: float | str | None = None
    ) -> None:
        """Answer the next `times` requests of such paths with that status; 0 closes the connection without a word.

        `retry_after` is sent as it is: seconds, or a date of HTTP.
        """
        after = None if retry_after is None else str(retry_after)
        with self.lock:
            self.failures.append(Failure(pattern=regex(path_pattern), status=status, times=times, retry_after=after))

    def slow(self, seconds: float, path_pattern: str = "") -> None:
        """Wait so many seconds before each answer to such paths (0 ends it for all paths)."""
        with self.lock:
            if not seconds:
                self.delays.clear()
            else:
                self.delays.append((regex(path_pattern), seconds))

    def wall(self, path_pattern: str) -> None:
        """Ask for a login on such paths from now on, with the status `wall_status`."""
        with self.lock:
            self.walls.append(regex(path_pattern))

    def challenge(self, *, on: bool = True) -> None:
        """Answer every page with an anti-bot challenge."""
        with self.lock:
            self.challenged = on

    def recover(self) -> None:
        """End all failures, delays, walls and challenges."""
        with self.lock:
            self.failures.clear()
            self.delays.clear()
            self.walls.clear()
            self.challenged = False

    def sign_in(self, name: str, password: str) -> str | None:
        """The session of a member whose password this is."""
        with self.lock:
            if not password or self.accounts.get(name) != password:
                return None
            session = sha256(f"{name} {len(self.signed_in)}".encode()).hexdigest()[:32]
            lasting = self.lasting[len(self.signed_in) :]
            self.signed_in[session] = lasting[0] if lasting else inf
            return session

    def knows(self, session: str | None) -> bool:
        """Whether a session is a member's; each request uses it up a little."""
        with self.lock:
            left = self.signed_in.get(session or "", 0)
            if left > 0:
                self.signed_in[session or ""] = left - 1
            return left > 0

    def delay_of(self, path: str) -> float:
        """How many seconds this path waits."""
        with self.lock:
            return sum(seconds for pattern, seconds in self.delays if pattern.search(path))

    def failure_of(self, path: str) -> Failure | None:
        """The failure that this request meets; it counts as given."""
        with self.lock:
            for failure in self.failures:
                if failure.times > 0 and failure.pattern.search(path):
                    failure.times -= 1
                    return failure
        return None

    def walled(self, path: str) -> bool:
        """Whether this path asks for a login."""
        with self.lock:
            return any(pattern.search(path) for pattern in self.walls)
