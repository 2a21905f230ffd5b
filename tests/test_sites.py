"""The configured sites: when they are due, how one is added, and what check and status tell."""

import json
import re
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from conftest import Run

from archive.records import Board
from crawler.config import Site, load
from crawler.demo import Forum, Served, sample_forum, serve
from crawler.sites import next_due
from crawler.sites.adding import Found, feeds_in, written

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def due(every: timedelta | None, outcome: str | None, ago: timedelta, **options: Any) -> timedelta:
    started = f"{NOW - ago:%Y-%m-%dT%H:%M:%SZ}"
    site = Site(url="https://f.example/", every=every, **options)
    return next_due(site, {"started_at": started, "outcome": outcome}, NOW) - NOW


HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("every", "outcome", "ago", "wait"),
    [
        (6 * HOURS, "done", 1 * HOURS, 4.7 * HOURS),  # a twentieth early
        (6 * HOURS, "done", timedelta(hours=5, minutes=59), 0 * HOURS),
        (6 * HOURS, "done", 20 * HOURS, 0 * HOURS),
        (6 * HOURS, "done with errors", 1 * HOURS, 4.7 * HOURS),
        (6 * HOURS, "shut out", 1 * HOURS, 4.7 * HOURS),
        (24 * HOURS, "failed", 2 * HOURS, 0 * HOURS),
        (24 * HOURS, "failed", 0 * HOURS, 0.95 * HOURS),
        (6 * HOURS, "killed", 1 * HOURS, 0 * HOURS),
        (6 * HOURS, "interrupted", 1 * HOURS, 0 * HOURS),
        (6 * HOURS, "stopped at its limit", 1 * HOURS, 0 * HOURS),
        (6 * HOURS, "done", -9000 * HOURS, 0 * HOURS),  # the clock was ahead
        (None, "done", 0 * HOURS, 0 * HOURS),
    ],
)
def test_a_site_is_due_again(every: timedelta | None, outcome: str, ago: timedelta, wait: timedelta) -> None:
    assert due(every, outcome, ago) == wait


def test_quiet_hours_put_a_crawl_off() -> None:
    local = NOW.astimezone()
    start = (local - timedelta(hours=1)).time()
    end = (local + timedelta(hours=2)).time()
    assert due(None, "done", 1 * HOURS, quiet=(start, end)) == timedelta(hours=2)
    assert due(None, "done", 1 * HOURS, quiet=(end, start)) == timedelta()
    assert due(None, "done", 1 * HOURS, quiet=(time(0), time(0))) == timedelta()


# ---------------------------------------------------------------- sites add


def test_an_entry_is_toml_whatever_a_board_is_called(tmp_path: Path) -> None:
    board = Board(id="1", url='https://f.example/"a"/', title='One"\n# [[sites]]\tTwo')
    found = Found(url="https://f.example/", software="xenforo2", boards=(board,), feeds=("https://f.example/rss",))
    file = tmp_path / "xemtiep.toml"
    file.write_text(written(found))
    (site,) = load(file).sites
    assert (site.url, site.software, site.boards, site.refresh) == ("https://f.example/", "xenforo2", (), 7)
    assert (site.every, site.feeds) == (timedelta(hours=6), ("https://f.example/rss",))
    file.write_text(re.sub(r"^# (boards|  \"|\])", r"\1", written(found), flags=re.MULTILINE))
    assert load(file).sites[0].boards == (board.url,)


def test_feeds_are_found_where_pages_name_them() -> None:
    page = b"""<link rel="alternate" type="application/rss+xml" href="/rss"><link rel="alternate" href="/vi">
    <link rel="stylesheet" type="text/css" href="/a.css"><link rel="alternate" type="application/atom+xml" href="b">"""
    assert feeds_in(page, "https://f.example/x/") == ["https://f.example/rss", "https://f.example/x/b"]
    assert feeds_in(b"", "https://f.example/") == []


def test_sites_add_writes_an_entry_and_keeps_the_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "xemtiep.toml"
    before = '# mine, with  two spaces\narchive = "news.db" # here\n\n[[sites]]\nurl = "https://f.example/" # first\n'
    file.write_text(before)
    file.chmod(0o640)
    with serve(sample_forum(threads=20)) as served:
        assert run("sites", "add", served.url, cwd=tmp_path).returncode == 0
        assert [hit.path for hit in served.requests] == ["/robots.txt", "/"]
        again = run("sites", "add", served.url, cwd=tmp_path)
    assert again.returncode == 2
    assert "already" in again.stderr
    assert file.read_text().startswith(before)
    assert file.stat().st_mode & 0o777 == 0o640
    first, second = load(file).sites
    assert (first.url, second.url, second.software) == ("https://f.example/", served.url, "xenforo2")
    assert second.feeds == (f"{served.url}forums/-/index.rss",)
    assert "Tin tức" in file.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["xemtiep.toml"]


def test_options_before_add_count_for_it(run: Run, tmp_path: Path) -> None:
    with serve(sample_forum(threads=20)) as served:
        assert run("sites", "--config", "other.toml", "add", served.url, cwd=tmp_path).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["other.toml"]


def test_a_board_is_added_alone(run: Run, tmp_path: Path) -> None:
    with serve(sample_forum(threads=20)) as served:
        assert run("sites", "add", f"{served.url}forums/2/", cwd=tmp_path).returncode == 0
    (site,) = load(tmp_path / "xemtiep.toml").sites
    assert site.url == served.url
    assert site.boards == (f"{served.url}forums/tin-tuc.2/",)


@pytest.mark.parametrize("trouble", ["robots", "challenge", "wall", "nobody"])
def test_what_cannot_be_added_is_explained(run: Run, tmp_path: Path, trouble: str) -> None:
    forum = sample_forum(threads=20)
    if trouble == "robots":
        forum.robots = "disallow"
    elif trouble == "challenge":
        forum.challenge()
    elif trouble == "wall":
        forum.wall("/")
    with serve(forum) as served:
        url = served.url if trouble != "nobody" else "http://127.0.0.1:9/"
        done = run("sites", "add", url, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("xemtiep: http://127")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", ["diễn-đàn/", "?q=đ"])
def test_an_address_beyond_ascii_is_asked_for(run: Run, tmp_path: Path, path: str) -> None:
    with serve(sample_forum(threads=12)) as served:
        done = run("sites", "add", served.url + path, cwd=tmp_path)
        assert served.requests[-1].path.isascii()
    assert done.returncode in {0, 1}
    assert "Traceback" not in done.stderr


def test_an_answer_that_is_no_http_is_explained(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        worker = Thread(target=answer_once, args=(server, b"220 mail.example\r\n"))
        worker.start()
        done = run("sites", "add", f"http://127.0.0.1:{server.getsockname()[1]}/", cwd=tmp_path)
        worker.join()
    assert done.returncode == 1
    assert done.stderr.startswith("xemtiep: http://127.0.0.1:")
    assert "robots.txt cannot be fetched: " in done.stderr


def answer_once(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(answer)


# ---------------------------------------------------------------- crawl without URL, status, check


@pytest.fixture
def two() -> tuple[Forum, Forum]:
    return sample_forum(threads=12), sample_forum(threads=14)


def configure(folder: Path, *served: Served, more: str = "") -> None:
    sites = "".join(f'[[sites]]\nurl = "{each.url}"\n{more}' for each in served)
    (folder / "xemtiep.toml").write_text(f'delay = 0\nevery = "6h"\n{sites}')


def test_a_crawl_without_url_takes_the_sites_that_are_due(run: Run, tmp_path: Path, two: tuple[Forum, Forum]) -> None:
    with serve(two[0]) as first, serve(two[1]) as second:
        configure(tmp_path, first, second)
        done = run("crawl", "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        sites = json.loads(done.stdout)["sites"]
        for served in (first, second):
            posts = sum(len(thread["posts"]) for thread in served.forum.truth())
            assert sites[served.url]["counts"]["new"] == posts
            assert sites[served.url]["outcome"] == "done"
        nothing = run("crawl", cwd=tmp_path)
        assert nothing.returncode == 0
        assert nothing.stdout.startswith("nothing is due; next is http://127")
        assert json.loads(run("crawl", "--json", cwd=tmp_path).stdout)["outcome"] == "nothing is due"
        past = f"{datetime.now(UTC) - timedelta(hours=6):%Y-%m-%dT%H:%M:%SZ}"
        with closing(sqlite3.connect(tmp_path / "archive.db")) as db, db:
            db.execute("update runs set started_at = ? where detail = ?", (past, second.url))
        first.clear()
        second.clear()
        assert run("crawl", cwd=tmp_path).returncode == 0
        assert first.requests == []
        assert second.requests != []
        assert run("crawl", "--all", cwd=tmp_path).returncode == 0
        assert first.requests != []


def test_one_site_in_trouble_leaves_the_others_unharmed(run: Run, tmp_path: Path, two: tuple[Forum, Forum]) -> None:
    two[0].challenge()
    with serve(two[0]) as shut, serve(two[1]) as fine:
        configure(tmp_path, shut, fine)
        done = run("crawl", "--json", cwd=tmp_path)
        standing = {each["site"]: each for each in json.loads(run("sites", "--json", cwd=tmp_path).stdout)}
    assert done.returncode == 4
    assert standing[shut.url]["outcome"] == "shut out"
    assert standing[fine.url]["outcome"] == "done"
    assert standing[fine.url]["new"] == sum(len(thread["posts"]) for thread in fine.forum.truth())


def test_status_tells_how_each_site_stands(run: Run, tmp_path: Path, two: tuple[Forum, Forum]) -> None:
    with serve(two[0]) as served:
        configure(tmp_path, served)
        before = run("sites", cwd=tmp_path)
        assert "never crawled" in before.stdout
        run("crawl", cwd=tmp_path)
        found = json.loads(run("status", "--json", cwd=tmp_path).stdout)
        shown = run("status", cwd=tmp_path).stdout
    (site,) = found["schedule"]
    assert site["outcome"] == "done"
    assert site["new"] == found["posts"]
    assert (site["changed"], site["vanished"], site["waiting"]) == (0, 0, 0)
    assert datetime.fromisoformat(site["next_due"]) > datetime.now(UTC) + timedelta(hours=5)
    assert f"{served.url}  every 6h, due " in shown


def test_a_site_that_reached_its_limit_goes_on_next_time(run: Run, tmp_path: Path, two: tuple[Forum, Forum]) -> None:
    with serve(two[0]) as served:
        configure(tmp_path, served, more="max_requests = 5\n")
        for _ in range(5):
            assert run("crawl", cwd=tmp_path).returncode == 0
        (site,) = json.loads(run("sites", "--json", cwd=tmp_path).stdout)
        assert site["outcome"] == "done"
        paths = [hit.path for hit in served.requests if hit.path != "/robots.txt"]
        assert len(paths) == len(set(paths))


def test_check_tells_what_a_crawl_would_do(run: Run, tmp_path: Path, two: tuple[Forum, Forum]) -> None:
    with serve(two[0]) as served:
        configure(tmp_path, served)
        done = run("check", cwd=tmp_path)
        (report,) = json.loads(run("check", "--json", cwd=tmp_path).stdout)
        assert not [hit.path for hit in served.requests if "/threads/" in hit.path]
    assert done.returncode == 0, done.stderr
    assert "xenforo2, 2 boards" in done.stdout
    assert "every 6h" in done.stdout
    assert (report["outcome"], report["error"], report["boards"]) == ("done", None, 2)
    assert not (tmp_path / "archive.db").exists()


@pytest.mark.parametrize(
    ("trouble", "code", "says"), [("robots", 4, "robots.txt"), ("challenge", 4, "shuts"), ("nobody", 1, "refused")]
)
def test_check_names_what_is_wrong(run: Run, tmp_path: Path, trouble: str, code: int, says: str) -> None:
    forum = sample_forum(threads=12)
    if trouble == "robots":
        forum.robots = "disallow"
    elif trouble == "challenge":
        forum.challenge()
    with serve(forum) as served:
        url = served.url if trouble != "nobody" else "http://127.0.0.1:9/"
        (tmp_path / "xemtiep.toml").write_text(f'delay = 0\n[[sites]]\nurl = "{url}"\n')
        done = run("check", cwd=tmp_path)
    assert done.returncode == code, done.stdout
    assert says in done.stdout
