"""The configured sites: when they are due, and what check and status tell."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from conftest import Run

from crawler.config import Site
from crawler.demo import Forum, Served, sample_forum, serve
from crawler.sites import next_due

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
        (6 * HOURS, "broken off", 1 * HOURS, 0 * HOURS),
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


def test_a_site_taken_out_is_not_asked_any_more(run: Run, tmp_path: Path, two: tuple[Forum, Forum]) -> None:
    with serve(two[0]) as gone, serve(two[1]) as kept:
        configure(tmp_path, gone, kept, more="max_requests = 5\n")
        assert run("crawl", cwd=tmp_path).returncode == 0
        gone.clear()
        configure(tmp_path, kept)
        done = run("crawl", "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert gone.requests == []
        assert json.loads(done.stdout)["waiting"] == 0
        found = json.loads(run("status", "--json", cwd=tmp_path).stdout)
        assert (found["unconfigured"], found["due"]) == ({gone.url: found["frontier"]["queued"]}, None)
        shown = run("status", cwd=tmp_path).stdout
        assert (
            f"not configured wait until one begins there again:\n  {found['frontier']['queued']} of {gone.url}\n"
            in shown
        )
        assert "in the frontier" not in shown
        assert run("crawl", gone.url, "--delay", 0, cwd=tmp_path).returncode == 0
        assert gone.requests != []
        assert json.loads(run("status", "--json", cwd=tmp_path).stdout)["unconfigured"] == {}


def test_a_site_that_moved_is_named_and_not_crawled_where_it_leads(
    run: Run, tmp_path: Path, two: tuple[Forum, Forum]
) -> None:
    with serve(two[0]) as moved, serve(two[1]) as fine, moved_to(moved.url) as old:
        (tmp_path / "xemtiep.toml").write_text(
            f'delay = 0\n[[sites]]\nurl = "{old}"\nmax_requests = 5\n[[sites]]\nurl = "{fine.url}"\n'
        )
        done = run("crawl", "--json", cwd=tmp_path)
        summary = json.loads(done.stdout)
        assert done.returncode == 3
        assert f"{old}: it redirects to {moved.url}: if the forum has moved there, give that address" in done.stderr
        assert (summary["sites"][old]["outcome"], summary["sites"][fine.url]["outcome"]) == ("failed", "done")
        assert moved.requests == []


def test_software_that_is_not_known_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "xemtiep.toml").write_text('[[sites]]\nurl = "https://f.example/"\nsoftware = "nope"\n')
    done = run("sites", cwd=tmp_path)
    assert done.returncode == 2
    assert "https://f.example/: no forum software is called 'nope'" in done.stderr


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


@contextmanager
def moved_to(url: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/robots.txt" else 301)
            self.send_header("Location", url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("trouble", "code", "says"),
    [
        ("robots", 4, "robots.txt"),
        ("challenge", 4, "shuts"),
        ("nobody", 1, "refused"),
        ("overloaded", 4, "503"),
        ("moved", 1, "it redirects to http://localhost:"),
    ],
)
def test_check_names_what_is_wrong(run: Run, tmp_path: Path, trouble: str, code: int, says: str) -> None:
    forum = sample_forum(threads=12)
    if trouble == "robots":
        forum.robots = "disallow"
    elif trouble == "challenge":
        forum.challenge()
    elif trouble == "overloaded":
        forum.fail("/", status=503, times=1000, retry_after=0)
    with serve(forum) as served, moved_to(served.url.replace("127.0.0.1", "localhost")) as old:
        url = {"nobody": "http://127.0.0.1:9/", "moved": old}.get(trouble, served.url)
        (tmp_path / "xemtiep.toml").write_text(f'delay = 0\n[[sites]]\nurl = "{url}"\n')
        done = run("check", cwd=tmp_path)
    assert done.returncode == code, done.stdout
    assert says in done.stdout
