"""What watchers are told: the file for Prometheus, and the addresses that are asked for."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from conftest import Run

from archive.locking import locked
from crawler.config import Site
from crawler.demo import sample_forum, serve
from crawler.files import write_whole
from crawler.metrics import lines
from crawler.sites import Standing


class Watcher:
    def __init__(self) -> None:
        self.paths: list[str] = []
        watcher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                watcher.paths.append(self.path)
                self.send_response(500 if "broken" in self.path else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    found = Watcher()
    Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield found
    found.server.shutdown()
    found.server.server_close()


def configure(folder: Path, url: str, watcher: Watcher, name: str = "") -> None:
    ping = ", ".join(f'{kind} = "{watcher.url}/{name}{kind}?token=s3cret"' for kind in ("start", "success", "failure"))
    text = f'delay = 0\nmetrics = "x.prom"\nping = {{ {ping} }}\n[[sites]]\nurl = "{url}"\n'
    (folder / "xemtiep.toml").write_text(text)


def test_a_crawl_tells_its_watchers(run: Run, tmp_path: Path, watcher: Watcher) -> None:
    with serve(sample_forum(threads=12)) as served:
        configure(tmp_path, served.url, watcher)
        assert run("crawl", cwd=tmp_path).returncode == 0
        assert [path.partition("?")[0] for path in watcher.paths] == ["/start", "/success"]
        served.forum.challenge()
        assert run("crawl", cwd=tmp_path).returncode == 4
        assert [path.partition("?")[0] for path in watcher.paths[2:]] == ["/start", "/failure"]
        text = (tmp_path / "x.prom").read_text()
        posts = sum(len(thread["posts"]) for thread in served.forum.truth())
    assert f'xemtiep_archive_rows{{table="posts"}} {posts}\n' in text
    assert f'xemtiep_last_run_ok{{site="{served.url}"}} 0\n' in text
    assert "xemtiep_last_success_timestamp_seconds{" in text
    assert (tmp_path / "x.prom").stat().st_mode & 0o777 == 0o644
    sample = r'xemtiep_[a-z_]+\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\} \d+(\.\d+)?'
    assert [line for line in text.splitlines() if not re.fullmatch(rf"# (HELP|TYPE) .+|{sample}", line)] == []


def test_a_crawl_that_cannot_begin_is_a_failure(run: Run, tmp_path: Path, watcher: Watcher) -> None:
    (tmp_path / "archive.db").write_text("no archive at all, but a text that is long enough to be looked at")
    configure(tmp_path, "http://127.0.0.1:9/", watcher)
    assert run("crawl", "http://127.0.0.1:9/", cwd=tmp_path).returncode == 1
    assert [path.partition("?")[0] for path in watcher.paths] == ["/failure"]


def test_a_crawl_that_finds_the_archive_held_tells_nobody(run: Run, tmp_path: Path, watcher: Watcher) -> None:
    configure(tmp_path, "http://127.0.0.1:9/", watcher)
    with locked(tmp_path / "archive.db"):
        assert run("crawl", cwd=tmp_path).returncode == 75
    assert watcher.paths == []


def test_trouble_with_the_watchers_changes_nothing(run: Run, tmp_path: Path, watcher: Watcher) -> None:
    with serve(sample_forum(threads=12)) as served:
        configure(tmp_path, served.url, watcher, "broken/")
        file = tmp_path / "xemtiep.toml"
        file.write_text(file.read_text().replace("x.prom", "no/such/folder/x.prom"))
        done = run("crawl", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.count("ping of 127.0.0.1") == 2
    assert "x.prom cannot be written" in done.stderr
    assert "s3cret" not in done.stderr


def test_labels_are_escaped() -> None:
    status = {"threads": 1, "posts": 2, "articles": 3}
    standing = Standing(site=Site(url='https://f.example/"a"\\'), next_due=datetime(2026, 1, 1, tzinfo=UTC))
    assert 'xemtiep_waiting{site="https://f.example/\\"a\\"\\\\"} 0\n' in list(lines([standing], status))


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "a"
    write_whole(file, "one")
    file.chmod(0o600)
    write_whole(file, "two")
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("two", 0o600)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_pipe_is_written_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, "one")
    assert (os.read(reader, 9), pipe.is_fifo()) == (b"one", True)
    os.close(reader)
