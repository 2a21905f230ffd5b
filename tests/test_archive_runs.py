"""What a kill leaves, runs and status, and the archive in other programs."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from made import BOARD, board, crawl, everything, post, row, rows, sound, take, thread

from archive import Archive, frontier
from archive.records import Board


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as opened:
        yield opened


# Kills


def test_an_error_in_the_middle_leaves_nothing_of_the_page(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.seed(BOARD.url, "start")
    archive.save_page(board(row()), request=take(archive))
    request, before = take(archive), everything(archive)

    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(frontier, "queue", interrupted)
        with pytest.raises(KeyboardInterrupt):
            archive.save_page(thread(post(1, title="a"), last=2), request=request)
    assert everything(archive) == before
    assert archive.save_page(thread(post(1, title="a"), last=2), request=request).new == 1


KILLED = """
import os, sqlite3, sys
sys.path[:0] = {paths!r}
from archive import Archive
from made import board, post, row, take, thread, BOARD, sound
archive = Archive.open({path!r})
lock = archive.lock()
lock.__enter__()
count = 0
def step(sql):
    global count
    count += 1
    if count == {steps}:
        os._exit(9)  # as SIGKILL: no rollback, no close
archive.db.set_trace_callback(step)
archive.seed(BOARD.url, "start")
archive.save_page(board(row()), request=take(archive))
archive.save_page(thread(post(1, title="a"), post(2)), request=take(archive))
"""


@pytest.mark.parametrize("steps", [2, 8, 15, 25, 35, 45, 60])
def test_a_kill_at_any_statement_is_healed_by_the_next_run(tmp_path: Path, steps: int) -> None:
    path = tmp_path / "archive.db"
    Archive.open(path).close()
    shutil.copy(path, tmp_path / "calm.db")
    paths = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    code = KILLED.format(paths=paths, path=str(path), steps=steps)
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    pages = {BOARD.url: board(row()), "https://forum.example/t/10": thread(post(1, title="a"), post(2))}
    with Archive.open(tmp_path / "calm.db") as calm, Archive.open(path) as killed, killed.lock():
        crawl(calm, pages)
        crawl(killed, pages)
        assert rows(killed) == rows(calm)
        assert [found[1:] for found in rows(killed, "articles_fts")] == [
            found[1:] for found in rows(calm, "articles_fts")
        ]
        assert killed.pending() == 0
        assert sound(killed)


# Runs, status and other programs


def test_runs_and_status(archive: Archive) -> None:
    with archive.lock():
        lost = archive.start_run("crawl", "https://forum.example/")
    with archive.lock():
        run = archive.start_run("import", "folder")
        crawl(archive, {BOARD.url: board(row(), row("11"))})
        archive.end_run(run, outcome="done", counts={"new": 3})
    status = archive.status()
    assert {name: status[name] for name in ("sites", "boards", "threads", "posts")} == {
        "sites": 1, "boards": 1, "threads": 2, "posts": 0
    }  # fmt: skip
    assert status["frontier"] == {"done": 1, "failed": 2}
    assert status["errors"] == [{"outcome": "missing", "reason": "HTTP 404", "count": 2}]
    assert [(found["id"], found["outcome"], found["counts"]) for found in status["runs"]] == [
        (run, "done", {"new": 3}), (lost, "killed", {})
    ]  # fmt: skip


def test_sqlite_utils_searches_and_shows_the_comments(archive: Archive) -> None:
    archive.save_page(thread(post(1, "nguồn tín dụng", title="Ngân hàng"), post(2, "lãnh đạo nói")))
    archive.close()
    tool = Path(sys.executable).parent / "sqlite-utils"
    environment = {**os.environ, "PYTHONUTF8": "1"}

    def ask(*arguments: str) -> str:
        command = [tool, arguments[0], archive.path, *arguments[1:]]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=environment).stdout

    assert json.loads(ask("search", "articles", "tín dụng", "-c", "title")) == [{"title": "Ngân hàng"}]
    assert json.loads(ask("search", "posts", "lanh dao", "-c", "text")) == [{"text": "lãnh đạo nói"}]
    assert "-- counts from 1 in the thread" in ask("schema", "posts")


def test_boards_known_by_two_names_are_one_by_id(archive: Archive) -> None:
    archive.save_page(board())
    archive.save_page(board(board=Board(id="7", url="https://forum.example/b/7-new", title="Tin mới")))
    assert rows(archive, "boards")[0][3:5] == ("https://forum.example/b/7-new", "Tin mới")
