"""Whether an archive is as it should be, and putting right what can be."""

import sqlite3
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
    """What was looked at and found; `backup` is the archive as it was before it was repaired."""

    checks: list[str]
    findings: list[Finding]
    backup: Path | None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong, or nothing any more."""
        return all(finding.repaired for finding in self.findings)


def examine(archive: Archive, *, repair: bool = False) -> Report:
    """Checks an archive, under its lock; with `repair` puts right what can be, after a copy was made beside it.

    Raises:
        LockedError: a run works on it.
        ArchiveError: the disk is full.
    """
    with locked(archive.path), explained(archive.path):
        findings = [found for check in CHECKS if (found := _find(archive.db, check))]
        if not repair or not any(_check(finding).repair for finding in findings):
            return Report([check.name for check in CHECKS], findings, None)
        copy = backup.free_name(archive.path, "before-repair")
        backup.copy(archive.path, copy)
        with transaction(archive.db, archive.path):
            for check in CHECKS:  # in their order: what one takes away, the next ones do not miss
                if check.repair and _find(archive.db, check):
                    check.repair(archive.db)
        left = {check.name for check in CHECKS if _find(archive.db, check)}
        done = [finding._replace(repaired=finding.check not in left) for finding in findings]
        return Report([check.name for check in CHECKS], done, copy)


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
