"""Named targets: what each was given already, so that an export gives only what is new or changed since."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b

from archive.database import explained, transaction
from archive.errors import ArchiveError
from archive.export.entries import Line
from archive.store import Archive
from archive.text import stored, utc


class Target:
    """What a target was given before, and what it is given now; `advance` once it has it."""

    def __init__(self, archive: Archive, name: str) -> None:
        if not name:
            raise ArchiveError("the name of --since-last is empty: name who gets the exports, such as weekly")
        self.archive = archive
        self.name = stored(name)
        with transaction(archive.db, archive.path):  # writes, so that an archive that cannot be written says so now
            archive.db.execute("INSERT OR IGNORE INTO export_targets (name) VALUES (?)", (self.name,))
            archive.db.execute("DROP TABLE IF EXISTS temp.given")
            # on disk, not in memory: as many rows as the export has
            archive.db.execute("CREATE TEMP TABLE given (article INTEGER PRIMARY KEY, digest INTEGER NOT NULL)")
        asked = archive.db.execute("SELECT id FROM export_targets WHERE name = ?", (self.name,))
        self.id = int(asked.fetchone()[0])

    def news(self, lines: Iterator[Line]) -> Iterator[Line]:
        """The lines that the target does not have, or has otherwise."""
        db = self.archive.db
        for number, line in lines:
            digest = int.from_bytes(blake2b(line, digest_size=8).digest(), signed=True)
            with explained(self.archive.path):
                known = db.execute(
                    "SELECT digest FROM exported WHERE target = ? AND article = ?", (self.id, number)
                ).fetchone()
                if known == (digest,):
                    continue
                db.execute("INSERT OR REPLACE INTO given VALUES (?, ?)", (number, digest))
            yield number, line

    def gives(self, number: int) -> bool:
        """Whether an article is among the news."""
        with explained(self.archive.path):
            return self.archive.db.execute("SELECT 1 FROM given WHERE article = ?", (number,)).fetchone() is not None

    def advance(self) -> None:
        """Remembers what was given, now that the export has its name."""
        with transaction(self.archive.db, self.archive.path):
            self.archive.db.execute("INSERT OR REPLACE INTO exported SELECT ?, article, digest FROM given", (self.id,))
            self.archive.db.execute(
                "UPDATE export_targets SET exported_at = ? WHERE id = ?", (utc(datetime.now(UTC)), self.id)
            )
