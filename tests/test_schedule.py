"""Crawls that are ended at any moment: kills, signals, limits, a full disk. The next run completes them exactly."""

import json
import random
import resource
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import COMMAND, Run

from crawler.demo import Served, sample_forum, serve

THREADS = 16  # one of them of three pages


@pytest.fixture
def served() -> Iterator[Served]:
    with serve(sample_forum(threads=THREADS)) as found:
        yield found


def start(served: Served, archive: Path, *options: object, **popen: Any) -> subprocess.Popen[str]:
    command = [COMMAND, "crawl", served.url, "--archive", archive, "--delay", 0, "--json", *options]
    return subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **popen)


def until(process: subprocess.Popen[str], happened: Callable[[], bool]) -> None:
    while process.poll() is None and not happened():
        time.sleep(0.002)


def crawl(run: Run, served: Served, archive: Path, *options: object) -> tuple[int, dict[str, Any]]:
    done = run("crawl", served.url, "--archive", archive, "--delay", 0, "--json", *options)
    return done.returncode, json.loads(done.stdout)


def content(archive: Path) -> dict[str, list[Any]]:
    """Everything a reader sees, row for row; times of the crawl aside."""
    queries = {
        "posts_full": "SELECT * FROM posts_full ORDER BY thread_id, position",
        "articles": "SELECT title, body, source_url, author, board, thread_url, url, posted_at, words FROM articles"
        " ORDER BY url",
        "threads": "SELECT thread_id, title, url, replies, last_post_at, last_page, last_page_url, settled FROM threads"
        " ORDER BY thread_id",
        "boards": "SELECT board_id, title, url FROM boards ORDER BY board_id",
        "authors": "SELECT author_id, name, title, counts FROM authors ORDER BY author_id",
        "frontier": "SELECT url, state, outcome FROM frontier ORDER BY url",
        "found": "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'tin'",
    }
    with closing(sqlite3.connect(archive)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {name: db.execute(sql).fetchall() for name, sql in queries.items()}


def pages(served: Served) -> Counter[str]:
    return Counter(hit.path for hit in served.requests if hit.path != "/robots.txt")


# ---------------------------------------------------------------- kill -9


def finished(archive: Path) -> bool:
    if not archive.exists():
        return False
    with closing(sqlite3.connect(archive)) as db:
        if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'frontier'").fetchone():
            return False
        rows = db.execute("SELECT count(*), sum(state IN ('queued', 'taken')) FROM frontier").fetchone()
    return bool(rows[0] and not rows[1])


def ten_kills(run: Run, folder: Path, seed: int) -> None:
    rng = random.Random(seed)
    folder.mkdir()
    with serve(sample_forum(threads=THREADS)) as served:
        crawl(run, served, folder / "calm.db")
        calm, asked = content(folder / "calm.db"), len(served.requests)
        for number in range(10):
            archive, moment, more = folder / f"{number}.db", rng.randrange(asked), rng.random() * 0.02
            served.clear()
            process = start(served, archive)
            until(process, lambda moment=moment: len(served.requests) >= moment)  # type: ignore[misc] # bound as default
            time.sleep(more)
            process.kill()
            process.communicate()
            in_flight = 3 if finished(archive) else 2  # after its end the next walk asks for index and boards
            assert crawl(run, served, archive)[0] == 0
            assert content(archive) == calm, f"killed after {moment} requests"
            assert sum(pages(served).values()) - len(pages(served)) <= in_flight, moment


def test_twenty_kills_at_random_moments_lose_and_double_nothing(run: Run, tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:  # two crawls at a time: they are two hosts
        for ended in [pool.submit(ten_kills, run, tmp_path / str(seed), seed) for seed in (1, 2)]:
            ended.result()


def test_a_crawl_that_is_killed_again_and_again_comes_to_its_end(run: Run, tmp_path: Path, served: Served) -> None:
    crawl(run, served, tmp_path / "calm.db")
    calm, archive, done = content(tmp_path / "calm.db"), tmp_path / "a.db", 0
    served.forum.slow(0.01)
    for _ in range(5):
        served.clear()
        process = start(served, archive)
        until(process, lambda: len(served.requests) >= 5)
        process.kill()
        process.communicate()
        with closing(sqlite3.connect(archive)) as db:
            now = db.execute("SELECT count(*) FROM frontier WHERE state = 'done'").fetchone()[0]
        assert now > done
        done = now
    assert crawl(run, served, archive)[0] == 0
    assert content(archive) == calm


def test_a_page_that_ends_the_run_each_time_comes_last_and_is_given_up(
    run: Run, tmp_path: Path, served: Served
) -> None:
    archive = tmp_path / "a.db"
    crawl(run, served, archive, "--max-requests", 5)
    with closing(sqlite3.connect(archive)) as db, db:
        poison = db.execute("SELECT id, url FROM frontier WHERE state = 'queued' AND role = 'thread'").fetchone()
        db.execute("UPDATE frontier SET state = 'taken', tries = 4 WHERE id = ?", poison[:1])
    served.clear()
    assert crawl(run, served, archive)[0] == 0
    assert served.requests[-1].path in poison[1]
    with closing(sqlite3.connect(archive)) as db, db:
        db.execute("UPDATE frontier SET state = 'taken', tries = 11 WHERE id = ?", poison[:1])
    code, summary = crawl(run, served, archive)
    assert (code, summary["counts"]["failed"]) == (3, 1)
    assert "ended suddenly" in " ".join(summary["reasons"])


# ---------------------------------------------------------------- asked to end


@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT], [signal.SIGINT, signal.SIGINT]])
def test_signals_end_a_crawl_soon_and_the_next_one_goes_on(
    run: Run, tmp_path: Path, served: Served, signals: list[signal.Signals]
) -> None:
    served.forum.slow(0.05)
    process = start(served, tmp_path / "a.db")
    until(process, lambda: len(served.requests) > 5)
    for number in signals:
        process.send_signal(number)
        time.sleep(0.02)
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    if process.returncode != -signal.SIGINT:  # the second one may come after the crawl's end: a shell says 130 too
        assert process.returncode == 130, err
        assert json.loads(out)["outcome"] == "interrupted"
    served.forum.recover()
    assert crawl(run, served, tmp_path / "a.db")[0] == 0
    assert max(pages(served).values()) <= 2
    crawl(run, served, tmp_path / "calm.db")
    assert content(tmp_path / "a.db") == content(tmp_path / "calm.db")


def begun(archive: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as db:
            return db.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    except sqlite3.OperationalError:  # it is just being made
        return False


def outcomes(run: Run, archive: Path) -> list[str | None]:
    return [found["outcome"] for found in json.loads(run("status", "--archive", archive, "--json").stdout)["runs"]]


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_ended_while_it_begins_is_recorded_as_interrupted(
    run: Run, tmp_path: Path, served: Served, sent: signal.Signals
) -> None:
    process = start(served, tmp_path / "a.db")
    until(process, lambda: begun(tmp_path / "a.db"))
    process.send_signal(sent)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, "Traceback" in err) == (130, False)
    assert outcomes(run, tmp_path / "a.db") == ["interrupted"]


def test_the_status_knows_a_run_that_was_killed_from_one_under_way(run: Run, tmp_path: Path, served: Served) -> None:
    served.forum.slow(10)
    process = start(served, tmp_path / "a.db")
    until(process, lambda: begun(tmp_path / "a.db"))
    assert outcomes(run, tmp_path / "a.db") == [None]
    assert "running" in run("history", "--archive", tmp_path / "a.db", "--run", 1).stdout
    process.kill()
    process.communicate(timeout=30)
    assert outcomes(run, tmp_path / "a.db") == ["killed"]
    assert "killed" in run("status", "--archive", tmp_path / "a.db").stdout
    assert "killed" in run("history", "--archive", tmp_path / "a.db", "--run", 1).stdout


def test_a_run_stops_at_its_requests_and_the_next_goes_on(run: Run, tmp_path: Path, served: Served) -> None:
    code, summary = crawl(run, served, tmp_path / "a.db", "--max-requests", 7)
    assert (code, summary["outcome"], sum(pages(served).values())) == (0, "stopped at its limit", 7)
    assert summary["waiting"] > 0
    assert crawl(run, served, tmp_path / "a.db")[1]["outcome"] == "done"
    assert set(pages(served).values()) == {1}


def test_a_run_stops_at_its_time_and_the_next_goes_on(run: Run, tmp_path: Path, served: Served) -> None:
    served.forum.slow(0.2)
    code, summary = crawl(run, served, tmp_path / "a.db", "--max-time", "1s")
    assert (code, summary["outcome"]) == (0, "stopped at its limit")
    assert 0 < sum(pages(served).values()) < THREADS
    served.forum.recover()
    assert crawl(run, served, tmp_path / "a.db")[1]["outcome"] == "done"
    assert set(pages(served).values()) == {1}


def test_too_few_new_posts_are_an_error(run: Run, tmp_path: Path, served: Served) -> None:
    assert crawl(run, served, tmp_path / "a.db", "--min-items", 10)[0] == 0
    code, summary = crawl(run, served, tmp_path / "a.db", "--min-items", 1)
    assert (code, summary["outcome"]) == (3, "done with errors")
    assert "at least 1" in summary["error"]


# ---------------------------------------------------------------- a full disk


def limited() -> None:
    """No file may grow beyond 300 kB, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))


def test_a_full_disk_ends_the_crawl_with_advice_and_harms_nothing(run: Run, tmp_path: Path, served: Served) -> None:
    process = start(served, tmp_path / "a.db", preexec_fn=limited)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, out
    assert "a.db" in err
    assert "run the same command again" in err
    assert "Traceback" not in err
    assert outcomes(run, tmp_path / "a.db")[-1] in {"broken off", "killed"}  # no room for the word either
    assert crawl(run, served, tmp_path / "a.db")[0] == 0
    crawl(run, served, tmp_path / "calm.db")
    assert content(tmp_path / "a.db") == content(tmp_path / "calm.db")
