"""The archive: one file, one writer, one transaction per page."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive import ending, frontier, runs, taking, walks
from archive.asking import ArticleRow, Asking
from archive.database import connect, explained, transaction
from archive.errors import LockedError, XemtiepError
from archive.locking import locked
from archive.records import Page, Request, Saved
from archive.saving import Answer, save
from archive.text import utc

__all__ = ["Archive", "ArticleRow"]


def _now() -> str:
    return utc(datetime.now(UTC)) or ""


class Archive(Asking):
    """An open archive; what it can be asked stands in `Asking`.

    Every method may raise ArchiveError: the disk is full, the file damaged or not writable.
    """

    @classmethod
    def open(cls, path: str | Path, *, create: bool = True, read_only: bool = False) -> Self:
        """Opens an archive, makes it (with `create`) if there is none, and brings older ones up to date.

        With `read_only` none is made, and nothing can be written to it afterwards.

        Raises:
            ArchiveError: the file is missing, not an archive, damaged, or from a newer version.
            LockedError: it is from an older version, and a run works on it.
        """
        path = Path(path)
        db = connect(path, create=create and not read_only)
        db.execute(taking.BEGUN)
        if read_only:
            db.execute("PRAGMA query_only = ON")
        return cls(path, db)

    def close(self) -> None:
        """Closes the file; everything saved is in it already."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _transaction(self) -> AbstractContextManager[None]:
        return transaction(self.db, self.path)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One run per archive. What a killed run had taken is queued again: no clock, no expiry.

        A run that an interruption or an error of ours breaks off inside has that as its outcome.

        Raises:
            LockedError: another run holds it.
        """
        with locked(self.path):
            if not self.path.exists():  # opened just before the run that had made it removed it, empty as it was
                raise LockedError(f"{self.path}: another run has just removed it; try again")
            with self._transaction():
                frontier.release(self.db)
                runs.bury(self.db)
            try:
                yield
            except (KeyboardInterrupt, XemtiepError) as error:
                with suppress(sqlite3.Error):  # the disk may be what ended it
                    outcome = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
                    runs.bury(self.db, outcome, _now())
                raise

    def start_run(self, command: str, detail: str) -> int:
        """Records that a run began; returns its number."""
        with explained(self.path):
            return runs.start(self.db, command, detail, _now())

    def end_run(self, run_id: int, *, outcome: str, counts: Mapping[str, int]) -> None:
        """Records how a run ended and what it counted."""
        with explained(self.path):
            runs.end(self.db, run_id, outcome, counts, _now())

    def seed(  # noqa: PLR0913 # how far a walk goes, each by its name
        self,
        url: str,
        role: str = "start",
        *,
        since: datetime | None = None,
        refresh: datetime | None = None,
        full: bool = False,
        member: bool = False,
    ) -> int:
        """Begins a walk from `url`, or goes on with an unfinished one from there; returns the number of its start.

        `since` leaves out threads that are quiet since before it; `refresh` reads those active since then once more,
        for edits and deletions; `full` reads everything once more; a `member` asks for what was walled to guests.
        """
        scope = walks.Scope(since=utc(since), refresh=utc(refresh), full=full, member=member)
        with self._transaction():
            return walks.seed(self.db, url, role, _now(), scope)

    def go_on(self, url: str) -> int | None:
        """Goes on with what waits of the walk from `url`, and begins none; returns the number of its start, if any."""
        with explained(self.path):
            return taking.go_on(self.db, url)

    def take(self, *, busy: Collection[str] = ()) -> Request | None:
        """Hands out the next request that is due and whose host (`archive.frontier.host_of`) is not in `busy`.

        Like all that counts requests here, only of walks that were begun or gone on with since the archive was opened.
        """
        with explained(self.path):
            return taking.take(self.db, busy)

    def finish(self, request: Request, *, outcome: str, reason: str = "", soon: bool = False) -> Saved:
        """Records how a request ended that gave no page (done: 304, failed, wall, missing, ...), and what follows.

        `soon`: a refusal that the next walk may find lifted.
        """
        with self._transaction():
            return ending.end(self.db, request, outcome, reason, _now(), soon=soon)

    def retry(self, request: Request, *, reason: str, wait: float, late: bool = False) -> None:
        """Puts a request back into the queue, due in `wait` seconds; `late`: after everything else."""
        with explained(self.path):
            frontier.retry(self.db, request, reason, wait, late=late)

    def rest(self, host: str, *, wait: float) -> None:
        """Leaves a host alone for `wait` seconds, whichever run comes next."""
        with explained(self.path):
            frontier.rest(self.db, host, wait)

    def put_back(self, request: Request) -> None:
        """Puts a request back that was not made after all; it does not count as a try."""
        with explained(self.path):
            frontier.put_back(self.db, request)

    def pending(self, *, busy: Collection[str] = ()) -> int:
        """How many requests of hosts not in `busy` are queued, those that wait for their time included."""
        with explained(self.path):
            return taking.pending(self.db, busy)

    def elsewhere(self) -> int:
        """How many requests are queued in other walks."""
        with explained(self.path):
            return taking.elsewhere(self.db)

    def hosts(self) -> dict[str, float]:
        """The hosts where requests are queued, and when the earliest is due, in seconds since 1970."""
        with explained(self.path):
            return taking.hosts(self.db)

    def taken(self) -> int:
        """How many requests are handed out and not ended."""
        with explained(self.path):
            return taking.taken(self.db)

    def next_due(self, *, busy: Collection[str] = ()) -> float | None:
        """When the earliest queued request of a host not in `busy` is due, in seconds since 1970; None without one."""
        with explained(self.path):
            return taking.due(self.db, busy)

    def save_page(
        self,
        page: Page,
        *,
        request: Request | None = None,
        fetched_at: datetime | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Saved:
        """Saves a page in one transaction: its posts, the links to follow, and that its request is done.

        Without a request (pages from files) no links are queued. A wall or an error page ends its request and is not
        stored. Saving the same page again changes nothing.
        """
        answer = Answer(request=request, now=utc(fetched_at) or _now(), etag=etag, last_modified=last_modified)
        with self._transaction():
            return save(self.db, page, answer)

    @property
    def changes(self) -> int:
        """How many rows were written since it was opened: where this is as before, so is every answer."""
        return self.db.total_changes

    def has_post(self, number: int) -> bool:
        """Whether there is a post with our number `id`."""
        with explained(self.path):
            return self.db.execute("SELECT 1 FROM posts WHERE id = ?", (number,)).fetchone() is not None

    def latest_runs(self) -> list[dict[str, Any]]:
        """The last crawl of each configured site, and of each other thing that was crawled."""
        with explained(self.path):
            return runs.latest(self.db, self._unended())

    def sites(self) -> list[dict[str, Any]]:
        """What is known of each site: its software, and how many boards and threads."""
        with explained(self.path):
            return runs.sites(self.db)

    def has_posts(self, host: str) -> bool:
        """Whether a post of a host (`archive.frontier.host_of`) is held."""
        with explained(self.path):
            return runs.has_posts(self.db, host)

    def shut_since(self, host: str) -> str | None:
        """A page of a host (`archive.frontier.host_of`) that was read before and is a wall now; None without one."""
        with explained(self.path):
            return runs.shut_since(self.db, host)

    def fetched_at(self, url: str) -> str | None:
        """When the page at a URL was last fetched in a crawl; None if it never was."""
        with explained(self.path):
            row = self.db.execute("SELECT fetched_at FROM frontier WHERE url = ?", (url,)).fetchone()
            return row[0] if row else None

    def work(self) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        """By the URL where their walk began: how many requests wait; how many pages could not be had, by kind."""
        with explained(self.path):
            return runs.waiting(self.db), runs.errors(self.db)

    def status(self, *, starts: Collection[str] | None = None) -> dict[str, Any]:
        """Counts of what is stored, the frontier by state, the last runs, and errors by reason.

        `due` is when the earliest request is due, of the walks from `starts` if they are given.
        """
        with explained(self.path):
            return {"time": _now(), "due": runs.due(self.db, starts), **runs.status(self.db, self._unended())}
