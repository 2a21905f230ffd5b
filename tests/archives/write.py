"""Writes tests/archives/vN.sql, an archive of this version as SQL: run it once when the tables have changed.

The dumps of earlier versions stay as they are: they were written by those versions, and test that they are understood.
"""

import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

FOLDER = Path(__file__).parent
sys.path.append(str(FOLDER.parent))

from made import BOARD, DAY, SITE, board, post, row, thread  # noqa: E402 # beside the tests, which are no package

from archive import Archive, schema  # noqa: E402 # beside the tests, which are no package
from archive.records import Page  # noqa: E402 # beside the tests, which are no package

LATER = DAY + timedelta(days=3)
LONG = "Nguồn tín dụng chính sách đến tận xã, lãnh đạo huyện cho biết.\n\nĐảng bộ xã Thạch Bàn đã họp."


def pages() -> Iterator[tuple[Page, int]]:
    """What a forum showed, and how many days after the first."""
    first, second = post(1, LONG, title="Tín dụng về xã"), post(2, "cảm ơn đồng chí")
    yield thread(first, second, page=1, last=2), 0
    yield thread(post(3), post(4, "xin phép chia sẻ"), page=2, last=2), 0
    yield thread(post(5, "đáp án", title="Đề thi"), post(6, "sai rồi"), number="11"), 1
    yield thread(first, post(2, "cảm ơn đồng chí rất nhiều"), page=1, last=2), 2  # edited
    yield replace(thread(post(1, LONG, title="Tín dụng về xã"), number="1"), site="other.example"), 2
    yield thread(post(5, deleted=True, blocks=()), post(6, "sai rồi"), number="11"), 3  # vanished


def fill(archive: Archive) -> None:
    """Saves the pages, and leaves a walk half done: two threads were missing, one is still queued."""
    with patch("archive.store._now", lambda: "2024-03-05T08:00:00Z"):
        for page, days in pages():
            archive.save_page(page, fetched_at=DAY + timedelta(days=days))
        archive.seed(BOARD.url)
        request = archive.take()
        assert request
        listed = board(row("11", 1), row("12", 0), row("13", 2))
        archive.save_page(listed, request=request, fetched_at=LATER, etag='"1"')
        for _ in range(2):
            request = archive.take()
            assert request
            archive.finish(request, outcome="missing", reason="HTTP 404")
        archive.end_run(archive.start_run("crawl", SITE), outcome="done", counts={"new": 7})


def dump(db: sqlite3.Connection) -> Iterator[str]:
    """The archive as SQL; full-text indexes are made anew from what they index when it is loaded."""
    shadows = {row[1] for row in db.execute("PRAGMA table_list") if row[2] == "shadow"}
    objects = db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY rowid").fetchall()
    objects = [found for found in objects if found[1] not in shadows]
    for pragma in ("application_id", "user_version"):
        yield f"PRAGMA {pragma} = {db.execute(f'PRAGMA {pragma}').fetchone()[0]};"
    for _, _, sql in objects:
        yield f"{sql};"
    indexes = [name for _, name, sql in objects if "USING fts5" in sql]
    for name in (name for kind, name, _ in objects if kind == "table" and name not in indexes):
        quoted = ", ".join(f'quote("{column[1]}")' for column in db.execute(f"PRAGMA table_info({name})"))
        for values in db.execute(f"SELECT {quoted} FROM {name}"):
            yield f"INSERT INTO {name} VALUES ({', '.join(values)});"
    for name in indexes:
        yield f"INSERT INTO {name} ({name}) VALUES ('rebuild');"


def load(version: int, path: Path) -> None:
    """Makes the archive of a version again, as a file."""
    sql = (FOLDER / f"v{version}.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"BEGIN;\n{sql}COMMIT;\nPRAGMA journal_mode = WAL;")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "archive.db") as made:
        fill(made)
        target = FOLDER / f"v{schema.VERSION}.sql"
        target.write_text("\n".join(dump(made.db)) + "\n", encoding="utf-8")
