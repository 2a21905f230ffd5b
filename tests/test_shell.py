"""A forum whose pages a script fills in is crawled through the JSON that they stand for."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from conftest import Run
from made import take
from update import PAGES

from archive import Archive
from archive.records import Kind
from crawler.cli import main
from crawler.forums import read

SHELL = (PAGES / "discourse" / "shell" / "page.html").read_bytes()
TOPICS = {7: 23, 8: 1}  # posts of each
WHEN = "2024-06-01T10:00:00.000Z"


def post(topic: int, number: int) -> dict[str, Any]:
    return {
        "id": 1000 * topic + number,
        "post_number": number,
        "post_type": 1,
        "username": f"crew{number % 3}",
        "user_id": 10 + number % 3,
        "created_at": WHEN,
        "updated_at": WHEN,
        "version": 1,
        "topic_id": topic,
        "topic_slug": f"trip-{topic}",
        "cooked": f"<p>Leg {number} of trip {topic} went well.</p>",
    }


def listed() -> dict[str, Any]:
    topics = [
        {
            "id": topic,
            "title": f"Trip {topic}",
            "slug": f"trip-{topic}",
            "posts_count": count,
            "last_posted_at": WHEN,
            "created_at": WHEN,
        }
        for topic, count in TOPICS.items()
    ]
    return {"topic_list": {"topics": topics}}


def topic_page(topic: int, page: int) -> dict[str, Any]:
    numbers = range(1, TOPICS[topic] + 1)
    stream = {
        "posts": [post(topic, number) for number in numbers[20 * (page - 1) : 20 * page]],
        "stream": [1000 * topic + number for number in numbers],
    }
    about = {"title": f"Trip {topic}", "slug": f"trip-{topic}", "posts_count": TOPICS[topic], "chunk_size": 20}
    return {"id": topic, **about, "post_stream": stream}


def answer(path: str) -> Any:
    parts = urlsplit(path)
    if parts.path == "/latest.json":
        return listed()
    name = parts.path.removeprefix("/t/").removesuffix(".json").rpartition("/")[2]
    return topic_page(int(name), int(parse_qs(parts.query).get("page", ["1"])[0]))


@contextmanager
def served(*, only_shells: bool = False) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            is_json = ".json" in self.path and not only_shells
            body = json.dumps(answer(self.path)).encode() if is_json else SHELL
            self.send_response(404 if self.path == "/robots.txt" else 200)
            self.send_header("Content-Type", "application/json" if is_json else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()


def rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def test_a_forum_of_shells_is_archived_through_its_json(run: Run, tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    with served() as (url, asked):
        done = run("crawl", url, "--archive", archive, "--delay", 0)
        assert done.returncode == 0, done.stderr + done.stdout
        found = rows(archive, "select thread_id, position, text from posts_full order by cast(thread_id as int), 2")
        expected = [(topic, number) for topic, count in TOPICS.items() for number in range(1, count + 1)]
        assert found == [(str(topic), n, f"Leg {n} of trip {topic} went well.") for topic, n in expected]
        assert len(asked) == len(set(asked))
        first = len(asked)
        again = run("crawl", url, "--archive", archive, "--delay", 0)
        assert again.returncode == 0, again.stderr
        assert asked[first:] == ["/robots.txt", "/", "/latest.json"]


@pytest.mark.parametrize("path", ["t/trip-7/7", "t/7"])
def test_a_crawl_may_start_at_a_shell(run: Run, tmp_path: Path, path: str) -> None:
    with served() as (url, asked):
        done = run("crawl", url + path, "--archive", tmp_path / "a.db", "--delay", 0)
        assert done.returncode == 0, done.stderr
        assert rows(tmp_path / "a.db", "select count(*) from posts_full") == [(TOPICS[7],)]
        assert len(asked) <= 4


def test_a_server_that_has_only_shells_is_told_apart(run: Run, tmp_path: Path) -> None:
    with served(only_shells=True) as (url, asked):
        done = run("crawl", url, "--archive", tmp_path / "a.db", "--delay", 0)
        assert done.returncode in {1, 3}
        assert asked == ["/robots.txt", "/", "/latest.json"]


def test_a_shell_ends_and_its_json_is_queued_in_one_step(tmp_path: Path) -> None:
    board, topic = "https://harbour.example/c/trips/4", "https://harbour.example/t/trip-7/7"
    with Archive.open(tmp_path / "a.db") as archive:
        archive.seed(board)
        listing = read(json.dumps(listed()).encode(), f"{board}.json")
        archive.save_page(listing, request=take(archive))
        shell = take(archive)
        assert shell.url == topic
        assert archive.save_page(read(SHELL, topic), request=shell, etag='"1"').queued == 1
        states = "SELECT state, etag, thread IS NULL, role, signature FROM frontier WHERE url LIKE ? ORDER BY id"
        ended, queued = archive.db.execute(states, (f"{topic}%",)).fetchall()
        assert ended[:2] == ("done", None)
        assert queued[0] == "queued"
        assert ended[2:] == queued[2:]
        assert archive.db.execute("SELECT settled FROM threads WHERE url = ?", (topic,)).fetchall() == [(None,)]


def test_the_command_names_the_address_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(SHELL)
    done = CliRunner().invoke(main, ["read", str(tmp_path / "page.html"), "--url", "https://harbour.example/t/x/7"])
    found = json.loads(done.output)
    assert (found["kind"], found["instead"]) == (Kind.UNKNOWN, "https://harbour.example/t/x/7.json")
