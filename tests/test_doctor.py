"""xemtiep doctor: each test breaks an archive for real; what can be repaired is as it was before it was broken."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Run
from made import BOARD, board, crawl, everything, post, row, sound, thread

from archive import Archive
from archive.backup import copy
from archive.doctor import examine
from archive.doctor.checks import CHECKS
from archive.locking import locked
from archive.search import search

LONG = "Nguồn vốn tín dụng chính sách đã đến tận xã, lãnh đạo huyện cho biết trong buổi họp sáng nay. " * 4


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "archive.db"
    pages = {
        BOARD.url: board(row("10", 1), row("11", 1)),
        "https://forum.example/t/10": thread(post(1, LONG, title="Tín dụng"), post(2, "Đảng bộ")),
        "https://forum.example/t/11": thread(post(3, LONG, title="Tín dụng"), post(4), number="11"),
    }
    with Archive.open(file) as archive:
        crawl(archive, pages)
    return file


def broken(path: Path, *statements: str) -> None:
    """Changes the file as a program would that knows nothing of archives."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for sql in statements:
            db.execute(sql)


def contents(path: Path) -> dict[str, object]:
    with Archive.open(path, create=False) as archive:
        assert sound(archive)
        found = everything(archive)
        return {name: rows for name, rows in found.items() if not name.endswith("_data")}


def test_a_sound_archive(run: Run, path: Path) -> None:
    done = run("doctor", "--archive", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"all is well: {', '.join(check.name for check in CHECKS)}\n"


REPAIRED = {
    "orphans": ("INSERT INTO images VALUES (99, 1, 'https://i/2')", "INSERT INTO post_html VALUES (99, '<p>')"),
    "repeated": ("UPDATE articles SET author = 'ai đó', thread_url = 'https://forum.example/t/0' WHERE id = 1",),
    "folded": ("UPDATE posts SET folded = '' WHERE id = 2",),
    "tables": ("DROP TABLE habits", "DROP TABLE articles_fts", "DROP VIEW posts_full", "DROP INDEX articles_story"),
    "full-text": ("INSERT INTO posts_fts (posts_fts) VALUES ('delete-all')",),
    "stories": ("UPDATE stories SET articles = 7",),
    "taken": ("UPDATE frontier SET state = 'taken' WHERE role = 'start'",),
    "walks": ("UPDATE frontier SET walk = 99 WHERE role = 'thread'", "UPDATE threads SET walk = 99"),
    "hosts": ("UPDATE frontier SET host = 'other.example' WHERE role = 'start'",),
}


@pytest.mark.parametrize("name", REPAIRED)
def test_what_is_repaired(name: str, run: Run, path: Path) -> None:
    before = contents(path)
    broken(path, *REPAIRED[name])
    found = json.loads(run("doctor", "--archive", path, "--json").stdout)
    assert not found["sound"]
    assert name in [finding["check"] for finding in found["findings"]]
    assert {finding["advice"] for finding in found["findings"]} == {"run `xemtiep doctor --repair`"}
    done = run("doctor", "--archive", path, "--repair", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    repaired = json.loads(done.stdout)
    assert repaired["sound"]
    assert all(finding["repaired"] for finding in repaired["findings"])
    with Archive.open(path, create=False) as archive:
        assert examine(archive).findings == []
    kept = {"taken": {"frontier"}, "walks": {"frontier", "threads"}}.get(name, set())
    after = contents(path)
    assert {table: after[table] for table in after if table not in kept} == {
        table: before[table] for table in before if table not in kept
    }
    with closing(sqlite3.connect(repaired["backup"])) as copy:
        assert copy.execute("SELECT count(*) FROM posts").fetchone() == (4,)


def test_a_repaired_index_finds_again(path: Path) -> None:
    broken(path, "INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')", "UPDATE posts SET folded = 'x'")
    with Archive.open(path, create=False) as archive:
        assert not list(search(archive, "tin dung"))
        assert {finding.check for finding in examine(archive, repair=True).findings} == {"folded", "full-text"}
        assert len(list(search(archive, "tin dung", kind="article"))) == 2
        assert len(list(search(archive, "dang bo"))) == 1


def test_requests_of_a_lost_walk_are_made_again(path: Path) -> None:
    broken(path, "UPDATE frontier SET walk = 99, state = 'queued' WHERE role = 'thread'")
    with Archive.open(path, create=False) as archive:
        assert examine(archive, repair=True).sound
        assert len(crawl(archive, {})) == 2


def test_an_index_of_a_table_that_lost_rows(run: Run, path: Path) -> None:
    """The index is left out while a row is written."""
    sql = "CREATE INDEX posts_author ON posts(author)"
    name = "WHERE name = 'posts_author'"
    broken(path, "PRAGMA writable_schema = ON", f"UPDATE sqlite_schema SET sql = '{sql} WHERE 0' {name}")
    broken(
        path,
        "UPDATE posts SET author = 1 + author % 2",
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_schema SET sql = '{sql}' {name}",
    )
    done = run("doctor", "--archive", path)
    assert (done.returncode, "table-indexes: indexes of tables are not in step" in done.stdout) == (1, True)
    done = run("doctor", "--archive", path, "--repair")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"as it was before, the archive is kept in {path}.before-repair" in done.stdout
    assert contents(path)


REPORTED = {
    "keys": ("UPDATE posts SET thread = 99 WHERE id = 2", "restore a backup"),
    "articles": ("UPDATE posts SET kind = 'article' WHERE id = 2", "xemtiep reclean"),
}


@pytest.mark.parametrize("name", REPORTED)
def test_what_is_only_reported(name: str, run: Run, path: Path) -> None:
    sql, advice = REPORTED[name]
    broken(path, sql)
    for arguments in ((), ("--repair",)):
        done = run("doctor", "--archive", path, *arguments)
        assert done.returncode == 1
        assert f"{name}: " in done.stdout
        assert advice in done.stdout


@pytest.mark.parametrize("arguments", [(), ("--repair",)])
def test_lost_posts_are_not_repaired_but_a_copy_is_named(arguments: tuple[str, ...], run: Run, path: Path) -> None:
    older, newer = Path(f"{path}.v7-backup"), Path(f"{path}.before-repair")
    copy(path, older)
    broken(path, "PRAGMA foreign_keys = OFF", "DROP TABLE posts", "DROP TABLE habits")
    copy(path, newer)  # which has lost them as well
    before = path.read_bytes()
    for _ in range(2):
        done = run("doctor", "--archive", path, *arguments)
        assert (done.returncode, done.stderr) == (1, "")
        assert "lost: tables are gone, with all that was in them (1): nothing is repaired" in done.stdout
        assert f"go back to {older}" in done.stdout
        assert "table posts" in done.stdout
        assert "not checked: tables, " in done.stdout
        assert "cannot be checked" not in done.stdout
    older.unlink()
    assert "restore a backup" in run("doctor", "--archive", path, *arguments).stdout
    assert path.read_bytes() == before


def test_reclean_puts_posts_and_articles_in_step(run: Run, path: Path) -> None:
    broken(path, "UPDATE posts SET kind = 'article' WHERE id = 2")
    assert run("reclean", "--archive", path).returncode == 0
    assert run("doctor", "--archive", path).returncode == 0


def test_a_damaged_file(run: Run, path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'post_html'").fetchone()[0]
        size = db.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(content)
    done = run("doctor", "--archive", path)
    assert done.returncode == 1
    assert "damaged" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_each_orphan_is_named(run: Run, path: Path) -> None:
    broken(path, *REPAIRED["orphans"])
    done = run("doctor", "--archive", path)
    assert "images: https://i/2 has no posts\n" in done.stdout
    assert "post_html: row 99 has no posts\n" in done.stdout
    assert "(2): run" in done.stdout


@pytest.mark.parametrize("command", ["doctor", "reclean"])
def test_a_folder_where_nothing_can_be_written_is_explained(run: Run, path: Path, command: str) -> None:
    Path(f"{path}.lock").unlink(missing_ok=True)
    Path(f"{path}.lock").mkdir()  # which root cannot write to either
    done = run(command, "--archive", path)
    assert done.returncode == 1
    assert f"{path}.lock cannot be written (Is a directory)" in done.stderr
    assert "copy it to a folder that can be written" in done.stderr


def test_a_run_is_not_disturbed(run: Run, path: Path) -> None:
    with locked(path):
        assert run("doctor", "--archive", path).returncode == 75


def test_texts_that_are_no_text_become_readable(run: Run, path: Path) -> None:
    broken(path, "UPDATE articles SET body = CAST(x'c4ff62' AS TEXT) WHERE id = 1")
    for command in (["history", "1"], ["export", "--format", "mbox"]):
        done = run(*command, "--archive", path)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert "run `xemtiep doctor`" in done.stderr
    assert run("doctor", "--archive", path, "--repair").returncode == 0
    with Archive.open(path) as archive:
        assert next(archive.articles()).body == "\ufffd\ufffdb"
        assert sound(archive)


@pytest.mark.parametrize(
    ("statement", "command"),
    [
        ("UPDATE posts SET removed = '{no list' WHERE id = 1", ["history", "1"]),
        ("UPDATE articles SET posted_at = 'hôm qua' WHERE id = 1", ["export", "--format", "mbox"]),
        ("ALTER TABLE articles DROP COLUMN words", ["export"]),
        ("DELETE FROM authors", ["history", "1"]),
    ],
)
def test_what_another_program_wrote_is_told_in_words(statement: str, command: list[str], run: Run, path: Path) -> None:
    broken(path, "PRAGMA foreign_keys = OFF", statement)
    done = run(*command, "--archive", path)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "run `xemtiep doctor`" in done.stderr
    assert run("doctor", "--archive", path, "--repair").returncode == 1
