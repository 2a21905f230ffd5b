"""Whether an archive is as it should be, and putting right what can be."""

import sqlite3
from contextlib import closing, nullcontext, suppress
from pathlib import Path
from typing import NamedTuple

from archive import backup
from archive.database import explained, is_failing, transaction
from archive.doctor.checks import CHECKS, Check
from archive.locking import locked
from archive.store import Archive

__all__ = ["Finding", "Report", "examine"]

_EXAMPLES = 5


class Finding(NamedTuple):
    """What a check found wrong: how many rows, some of them, whether it was repaired, else what to do about it."""

    check: str
    what: str
    rows: int
    examples: list[str]
    repaired: bool
    advice: str


class Report(NamedTuple):
    """What was looked at and found; `backup` is the archive as it was before it was repaired.

    `left_out` cannot be looked at: the archive cannot be written, or what is looked at is lost.
    """

    checks: list[str]
    findings: list[Finding]
    backup: Path | None
    left_out: list[str]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong, or nothing any more."""
        return all(finding.repaired for finding in self.findings)


def examine(archive: Archive, *, repair: bool = False) -> Report:
    """Checks an archive, under its lock; with `repair` puts right what can be, after a copy was made beside it.

    One that cannot be written is looked at without a lock.

    Raises:
        LockedError: a run works on it.
        ArchiveError: the disk is full.
    """
    writable = repair or archive.is_writable()
    with locked(archive.path) if writable else nullcontext(), explained(archive.path):
        done, left_out, findings = _look(archive, writable=writable)
        if not repair or left_out or not any(_check(finding).repair for finding in findings):
            return Report(done, findings, None, left_out)
        copy = backup.free_name(archive.path, "before-repair")
        backup.copy(archive.path, copy)
        with transaction(archive.db, archive.path):
            for check in CHECKS:  # in their order: what one takes away, the next ones do not miss
                if check.repair and _find(archive.db, check):
                    check.repair(archive.db)
        left = {check.name for check in CHECKS if _find(archive.db, check)}
        findings = [finding._replace(repaired=finding.check not in left) for finding in findings]
        return Report(done, findings, copy, [])


def _look(archive: Archive, *, writable: bool) -> tuple[list[str], list[str], list[Finding]]:
    """Which checks were made, which were left out, and what they found."""
    findings: list[Finding] = []
    done = [check.name for check in CHECKS if writable or not check.writes]
    for check in filter(lambda check: check.name in done, CHECKS):
        found = _find(archive.db, check)
        if found and check.final:
            advice = f"{found.advice}: {_way_back(archive.path, found.examples)}"
            findings.append(found._replace(advice=advice))
            done = done[: done.index(check.name) + 1]
            break
        findings += [found] if found else []
    return done, [check.name for check in CHECKS if check.name not in done], findings


def _way_back(path: Path, lost: list[str]) -> str:
    """Which copy of the archive still has what it lost."""
    for copy in backup.copies(path):
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as db:
            there = {f"table {name}" for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            if there.issuperset(lost):
                return f"move {path} away and go back to {copy}, the newest copy that has them"
    return "restore a backup, or export what is left with `sqlite-utils rows`"


def _check(finding: Finding) -> Check:
    return next(check for check in CHECKS if check.name == finding.check)


def _find(db: sqlite3.Connection, check: Check) -> Finding | None:
    try:
        found = check.find(db)
    except sqlite3.OperationalError as error:  # what an earlier check found missing or unreadable
        if is_failing(error):
            raise
        found = [f"cannot be checked: {error}"]
    if not found:
        return None
    advice = "run `xemtiep doctor --repair`" if check.repair else check.advice
    return Finding(check.name, check.what, len(found), found[:_EXAMPLES], repaired=False, advice=advice)
