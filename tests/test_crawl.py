"""The crawl against a real local server: what was posted is what is archived, and trouble has a name."""

import gzip
import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from conftest import COMMAND, Run

from archive import Archive
from archive.errors import LockedError
from crawler.demo import Served, sample_forum, serve
from crawler.demo.routes import answer


def words(text: str | None) -> list[str]:
    return re.findall(r"\w+", text or "")


def rows(archive: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(archive)) as db:
        return db.execute(sql).fetchall()


def posted(served: Served) -> list[tuple[str, str, list[str], str | None]]:
    return sorted(
        (str(post["id"]), post["author"], words(post["text"]), post["source_url"])
        for thread in served.forum.truth()
        for post in thread["posts"]
    )


def archived(archive: Path) -> list[tuple[str, str, list[str], str | None]]:
    found = rows(archive, "select post_id, author, text, source_url from posts_full")
    return sorted((key, author, words(text), source) for key, author, text, source in found)


# ---------------------------------------------------------------- a forum, whole


def test_every_post_is_archived_as_it_was_written(crawled: tuple[Path, Served]) -> None:
    archive, served = crawled
    assert archived(archive) == posted(served)


def test_no_page_is_asked_for_twice_and_no_trap_is_followed(crawled: tuple[Path, Served]) -> None:
    paths = [hit.path for hit in crawled[1].requests]
    assert len(paths) == len(set(paths))
    assert [path for path in paths if re.search(r"/(reply|report|react|members|login|search)(/|$)|\?", path)] == []


def test_walls_and_missing_threads_are_counted_not_stored(crawled: tuple[Path, Served]) -> None:
    outcomes = rows(crawled[0], "select outcome, count(*) from frontier group by 1 order by 1")
    assert outcomes == [("done", 68), ("missing", 1), ("wall", 1)]


def test_session_ids_make_no_second_page(run: Run, tmp_path: Path) -> None:
    forum = sample_forum(threads=25)
    forum.sessions = True
    with serve(forum) as served:
        assert run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0).returncode == 0
        assert archived(tmp_path / "a.db") == posted(served)
        assert [hit.path for hit in served.requests if "s=" in hit.path] == []


@pytest.mark.parametrize("where", ["thread", "page of a thread", "post of a thread", "board"])
def test_a_crawl_starts_anywhere_and_goes_downward(run: Run, tmp_path: Path, where: str) -> None:
    with serve() as served:
        threads = {thread["thread_id"]: thread for thread in served.forum.truth()}
        long = max(threads.values(), key=lambda thread: len(thread["posts"]))
        start = {
            "thread": f"threads/{long['thread_id']}/",
            "page of a thread": f"threads/{long['thread_id']}/page-2",
            "post of a thread": f"threads/{long['thread_id']}/latest",
            "board": f"forums/{served.forum.threads[long['thread_id']].board_id}/",
        }[where]
        assert run("crawl", served.url + start, "--archive", tmp_path / "a.db", "--delay", 0).returncode == 0
    stored = {key for (key,) in rows(tmp_path / "a.db", "select distinct thread_id from posts_full")}
    board = served.forum.threads[long["thread_id"]].board_id
    same_board = {str(key) for key in threads if served.forum.threads[key].board_id == board}
    assert stored == (same_board if where == "board" else {str(long["thread_id"])})
    positions = rows(tmp_path / "a.db", f"select position from posts_full where thread_id = '{long['thread_id']}'")
    assert sorted(position for (position,) in positions) == list(range(1, len(long["posts"]) + 1))


# ---------------------------------------------------------------- trouble on the way


def test_failures_on_the_way_are_tried_again(run: Run, tmp_path: Path) -> None:
    forum = sample_forum(threads=20)
    forum.fail(r"/threads/", status=503, times=3, retry_after=0)
    forum.fail(r"/forums/", status=0, times=1)
    with serve(forum) as served:
        done = run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["counts"]["retries"] == 3  # a dropped connection is opened again below us
        assert archived(tmp_path / "a.db") == posted(served)


def test_a_page_that_stays_broken_is_named_and_the_rest_is_kept(run: Run, tmp_path: Path) -> None:
    forum = sample_forum(threads=20)
    broken = forum.truth()[3]["thread_id"]
    forum.fail(rf"/threads/[^/]*{broken}/", status=500, times=100)
    with serve(forum) as served:
        done = run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0, "--json")
        summary = json.loads(done.stdout)
    assert (done.returncode, summary["counts"]["failed"]) == (3, 1)
    assert any("500" in reason for reason in summary["reasons"])
    assert len(rows(tmp_path / "a.db", "select distinct thread_id from posts_full")) == len(forum.truth()) - 1


def test_ctrl_c_ends_soon_and_the_next_run_goes_on(run: Run, tmp_path: Path) -> None:
    forum = sample_forum()
    forum.slow(0.02)
    with serve(forum) as served:
        command = [COMMAND, "crawl", served.url, "--archive", str(tmp_path / "a.db"), "--delay", "0", "--json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while len(served.requests) < 20 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        assert json.loads(out)["outcome"] == "interrupted"
        assert "Traceback" not in err
        assert run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0).returncode == 0
        assert archived(tmp_path / "a.db") == posted(served)


def test_a_second_run_waits_its_turn(run: Run, tmp_path: Path) -> None:
    forum = sample_forum()
    forum.slow(0.1)
    with serve(forum) as served:
        command = [COMMAND, "crawl", served.url, "--archive", str(tmp_path / "a.db"), "--delay", "0"]
        first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while not served.requests:
            time.sleep(0.01)
        second = run("crawl", served.url, "--archive", tmp_path / "a.db")
        first.terminate()
        first.communicate(timeout=30)
    assert second.returncode == 75
    assert "another run" in second.stderr


# ---------------------------------------------------------------- shut out


def test_a_challenge_shuts_the_host_out(run: Run, tmp_path: Path) -> None:
    forum = sample_forum(threads=20)
    forum.challenge()
    with serve(forum) as served:
        done = run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "shuts xemtiep out" in done.stderr
    assert rows(tmp_path / "a.db", "select count(*) from posts") == [(0,)]


def test_robots_txt_that_forbids_is_obeyed(run: Run, tmp_path: Path) -> None:
    forum = sample_forum(threads=20)
    forum.robots = "disallow"
    with serve(forum) as served:
        done = run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0)
        assert [hit.path for hit in served.requests] == ["/robots.txt"]
    assert done.returncode == 4
    assert "robots.txt" in done.stderr


def test_threads_that_robots_txt_forbids_are_read_when_it_allows_them(run: Run, tmp_path: Path) -> None:
    forum = sample_forum(threads=8)
    forum.forbids = ["/threads/"]
    command = ("crawl", "--archive", tmp_path / "a.db", "--delay", 0, "--json")
    with serve(forum) as served:
        first = run(*command, served.url)
        assert first.returncode == 4, first.stdout
        assert "forbidden by the site's robots.txt; no post was read" in first.stderr
        assert json.loads(first.stdout)["outcome"] == "shut out"
        forum.forbids = []
        assert run(*command, served.url).returncode == 0
        assert archived(tmp_path / "a.db") == posted(served)
        forum.forbids = ["/threads/"]
        assert run(*command, served.url).returncode == 0  # nothing new, nothing asked for


def test_what_robots_txt_forbids_counts_for_no_request(run: Run, tmp_path: Path) -> None:
    forum = sample_forum(threads=20)
    forum.forbids = ["/threads/"]
    with serve(forum) as served:
        done = run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0, "--max-requests", 15, "--json")
    summary = json.loads(done.stdout)
    assert (done.returncode, summary["counts"]["refused"], summary["waiting"]) == (4, 20, 0)


@pytest.mark.parametrize("how", ["wall", "missing"])
def test_a_thread_that_was_not_there_at_first_is_read_by_a_full_crawl(run: Run, tmp_path: Path, how: str) -> None:
    forum = sample_forum(threads=8)
    lost = next(thread for thread in forum.threads.values() if not thread.members_only and not thread.deleted)
    if how == "wall":
        lost.members_only = True
    else:
        lost.deleted = True
    command = ("crawl", "--archive", tmp_path / "a.db", "--delay", 0)
    with serve(forum) as served:
        run(*command, served.url)
        lost.members_only = lost.deleted = False
        run(*command, served.url)
        assert archived(tmp_path / "a.db") != posted(served)  # its board says nothing new of it
        assert run(*command, served.url, "--full").returncode == 0
        assert archived(tmp_path / "a.db") == posted(served)


# ---------------------------------------------------------------- pages that are no forum's


@contextmanager
def answering(
    answer_: bytes | Callable[[str], bytes], *, kind: str = "text/html; charset=utf-8", status: int = 200
) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answer_ if isinstance(answer_, bytes) else answer_(self.path)
            self.send_response(404 if self.path == "/robots.txt" else status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_lists_that_lead_on_without_end_are_left_behind_their_last_page(run: Run, tmp_path: Path) -> None:
    forum, asked = sample_forum(), []

    def page(path: str) -> bytes:  # behind the last page that page again, under a new address and with a link onwards
        asked.append(path)
        reply = answer(forum, path, "")
        reply = answer(forum, reply.headers.get("Location", path), "")
        stem, _, number = path.partition("page-")
        onward = "" if 'rel="next"' in reply.body else f'<link rel="next" href="{stem}page-{int(number or 1) + 1}">'
        return reply.body.replace("</head>", f"{onward}</head>").encode()

    with answering(page) as url:
        done = run("crawl", url, "--archive", tmp_path / "a.db", "--delay", 0)
        again = run("crawl", url, "--archive", tmp_path / "a.db", "--delay", 0, "--full", "--json")
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path / "a.db", "select count(distinct post_id), count(*) from posts") == [(336, 336)]
    assert len(asked) < 500
    assert json.loads(again.stdout)["counts"]["changed"] == 0


@pytest.mark.parametrize(
    ("body", "options", "code"),
    [
        (b"<html><title>A shop</title><p>We sell lamps.</p></html>", {}, 1),
        (b"%PDF-1.7 \x00\x01\x02", {"kind": "application/pdf"}, 1),
        (b"", {}, 1),
        (b"not here", {"status": 404}, 1),
        (b'{"not": "a forum"}', {"kind": "application/json"}, 1),
    ],
    ids=["no forum", "pdf", "empty", "404", "json"],
)
def test_a_page_that_is_no_forum_is_said_to_be_none(
    run: Run, tmp_path: Path, body: bytes, options: dict[str, Any], code: int
) -> None:
    with answering(body, **options) as url:
        done = run("crawl", url, "--archive", tmp_path / "a.db", "--delay", 0)
    assert done.returncode == code, done.stdout
    assert url in done.stderr
    assert "Traceback" not in done.stderr
    assert rows(tmp_path / "a.db", "select count(*) from posts") == [(0,)]


@pytest.mark.parametrize("way", ["-s XEMTIEP_ARCHIVE", "-a archive"])
def test_scrapy_finds_and_runs_the_spider(tmp_path: Path, way: str) -> None:
    scrapy, top = COMMAND.with_name("scrapy"), Path(__file__).parent.parent
    assert subprocess.run([scrapy, "list"], cwd=top, capture_output=True, text=True, check=True).stdout == "forum\n"
    options = [*f"{way}={tmp_path / 'a.db'}".split(), "-s", "XEMTIEP_DELAY=0"]
    with serve(sample_forum(threads=20)) as served:
        subprocess.run([scrapy, "crawl", "forum", "-a", f"url={served.url}", *options], cwd=top, check=True, timeout=60)
        assert archived(tmp_path / "a.db") == posted(served)
        posts = sum(len(thread["posts"]) for thread in served.forum.truth())
    ((detail, outcome, counts),) = rows(tmp_path / "a.db", "select detail, outcome, counts from runs")
    assert (detail, outcome, json.loads(counts)["new"]) == (served.url, "done", posts)


def test_scrapy_refuses_an_address_without_its_scheme_before_anything_is_saved(tmp_path: Path) -> None:
    scrapy, top = COMMAND.with_name("scrapy"), Path(__file__).parent.parent
    options = ["-a", "url=forum.example", "-s", f"XEMTIEP_ARCHIVE={tmp_path / 'a.db'}"]
    done = subprocess.run([scrapy, "crawl", "forum", *options], cwd=top, capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert "give https://forum.example" in done.stderr
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- what cannot be asked for


@pytest.mark.parametrize("url", ["forum.example", "file:///etc/passwd", "http:///nowhere/"])
def test_a_row_that_cannot_be_asked_for_is_given_up_and_the_crawl_goes_on(run: Run, tmp_path: Path, url: str) -> None:
    with serve(sample_forum(threads=20)) as served:
        with Archive.open(tmp_path / "a.db") as archive:
            start, other = archive.seed(served.url), archive.seed(url)
            archive.db.execute("UPDATE frontier SET walk = ? WHERE id = ?", (start, other))
            archive.db.commit()
        done = run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0)
        assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
        assert f"{url}: no address that begins with http" in done.stderr
        assert archived(tmp_path / "a.db") == posted(served)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["http://[::1"], "is not a web address"),
        (["http://127.0.0.1:99999/"], "is not a web address"),
        (["http://127.0.0.1:1/", "--refresh", "99999999999"], "--refresh"),
        (["http://127.0.0.1:1/", "--max-time", "99999999999999w"], "--max-time"),
    ],
)
def test_what_cannot_be_asked_for_is_a_usage_error(run: Run, tmp_path: Path, arguments: list[str], said: str) -> None:
    done = run("crawl", *arguments, "--archive", tmp_path / "a.db")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert said in done.stderr


# ---------------------------------------------------------------- servers that do not keep to HTTP


@contextmanager
def speaking(answer: bytes | None) -> Iterator[str]:
    """A server that answers everything but robots.txt with these bytes; with None it accepts and says nothing."""
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    held = []

    def serve_all(listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            if answer is None:
                held.append(peer)
                continue
            with peer:
                asked = peer.recv(65536)
                peer.sendall(missing if b"/robots.txt" in asked else answer)

    listener = socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=serve_all, args=(listener,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for peer in held:
            peer.close()


def packed(how: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: %b\r\nContent-Length: %d\r\n\r\n"
    return head % (how, len(body)) + body


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 900\r\n\r\n<p>", "was cut short"),
        (b"this is no answer\r\n\r\n", "the answer is no HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n<p>", "the answer is too long"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "HTTP 302: redirects to nowhere"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: file:///etc/hosts\r\nContent-Length: 0\r\n\r\n",
            "HTTP 302: redirects to file:///etc/hosts, which is no web address",
        ),
        (b"HTTP/1.1 302 Found\r\nLocation: javascript:alert(1)\r\nContent-Length: 0\r\n\r\n", "is no web address"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[/\r\nContent-Length: 0\r\n\r\n", "is no web address"),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "redirects in a circle"),
        (packed(b"gzip", b"no"), "the answer is not compressed as it says (gzip)"),
        (packed(b"br", b"no"), "the answer is not compressed as it says (br)"),
        (packed(b"new", b"no"), "the answer is compressed as 'new'"),
        (packed(b"gzip", gzip.compress(bytes(65 * 2**20), 1)), "the answer is too long"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "HTTP 403"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP 404"),
        (b"HTTP/1.1 400 Bad\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n<p>Bad</p>", "HTTP 400\n"),
        (b"", "closed without an answer"),
    ],
    ids=[
        "truncated", "garbage", "too long", "to nowhere", "to a file", "to a script", "to no host", "in a circle",
        "no gzip", "no brotli", "unknown packing", "too long when unpacked", "403", "404", "400", "nothing",
    ],
)  # fmt: skip
def test_an_answer_that_is_of_no_use_is_named_in_words(run: Run, tmp_path: Path, answer: bytes, said: str) -> None:
    with speaking(answer) as url:
        done = run("crawl", url, "--archive", tmp_path / "a.db", "--delay", 0)
    assert done.returncode in {1, 3, 4}, done.stdout
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert re.search(r"Traceback|twisted|Failure|scrapy|DOWNLOAD_|object at 0x", done.stderr) is None, done.stderr


def test_an_address_with_https_that_has_none_is_told_from_a_bad_certificate(run: Run, tmp_path: Path) -> None:
    with serve(sample_forum(threads=12)) as served:
        done = run("crawl", served.url.replace("http:", "https:"), "--archive", tmp_path / "a.db", "--delay", 0)
    assert done.returncode == 1
    assert "is it an address with http:// ?" in done.stderr


def test_a_host_that_is_not_there_leaves_no_archive(run: Run, tmp_path: Path) -> None:
    done = run("crawl", "http://127.0.0.1:9/", "--delay", 0, cwd=tmp_path)
    assert (done.returncode, "archive:" in done.stdout) == (1, False)
    assert [path.name for path in tmp_path.iterdir()] == ["archive.db.lock"]
    with serve(sample_forum(threads=20)) as served:
        assert run("crawl", served.url, "--delay", 0, cwd=tmp_path).returncode == 0
    assert run("crawl", "http://127.0.0.1:9/", "--delay", 0, cwd=tmp_path).returncode == 1
    assert rows(tmp_path / "archive.db", "select count(*) > 0 from posts") == [(1,)]


def test_a_run_that_opened_an_archive_before_it_was_removed_does_not_work_on_it(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db") as archive:
        archive.path.unlink()
        with pytest.raises(LockedError, match="just removed"), archive.lock():
            pass


def test_no_password_in_an_address_is_kept_or_shown(run: Run, tmp_path: Path) -> None:
    done = run("crawl", "https://me:s3cret@forum.example/", "--archive", "a.db", cwd=tmp_path)
    assert done.returncode == 2
    assert "forum.example" in done.stderr
    assert "s3cret" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_never_answers_does_not_hold_up_the_end(tmp_path: Path, sent: signal.Signals) -> None:
    archive = tmp_path / "a.db"
    with speaking(None) as url:
        command = [COMMAND, "crawl", url, "--archive", str(archive), "--delay", "0", "--json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while process.poll() is None and not (archive.exists() and taken(archive)):
            time.sleep(0.05)
        time.sleep(0.5)  # the request goes out
        began = time.monotonic()
        process.send_signal(sent)
        out, err = process.communicate(timeout=30)
    assert time.monotonic() - began < 4
    assert (process.returncode, err) == (130, "")
    assert json.loads(out)["waiting"] == 1
    assert rows(archive, "select state, tries from frontier") == [("queued", 0)]


def test_a_server_that_never_comes_to_an_end_does_not_prolong_the_run(run: Run, tmp_path: Path) -> None:
    over = Event()

    def drip() -> Iterator[bytes]:
        while not over.wait(0.1):
            yield b"1\r\n.\r\n"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/robots.txt" else 200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.writelines([b"0\r\n\r\n"] if self.path == "/robots.txt" else drip())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        began = time.monotonic()
        done = run("crawl", url, "--archive", tmp_path / "a.db", "--delay", 0, "--max-time", "1s")
        took = time.monotonic() - began
        over.set()
        server.shutdown()
    assert took < 15
    assert (done.returncode, done.stdout.partition(":")[0], done.stderr) == (0, "stopped at its limit", "")
    assert rows(tmp_path / "a.db", "select state, tries from frontier") == [("queued", 0)]


def taken(archive: Path) -> bool:
    try:
        return rows(archive, "select count(*) from frontier where state = 'taken'") == [(1,)]
    except sqlite3.OperationalError:  # it is just being made
        return False


# What the command `xemtiep` does, after a word that Python itself is up: a signal before that meets no program of ours
UP = "import sys; print('up', flush=True); from crawler.__main__ import run; sys.exit(run())"


@pytest.mark.parametrize(
    ("command", "after"),
    [("crawl", 0.2), ("crawl", 0.6), ("crawl", 1.2), ("demo", 0.2), ("demo", 0.5)],  # a demo may take a second in all
)
def test_ctrl_c_at_any_moment_ends_in_words(tmp_path: Path, command: str, after: float) -> None:
    forum = sample_forum()
    forum.slow(0.05)
    with serve(forum) as served:
        arguments = [served.url, "--delay", "0"] if command == "crawl" else []
        process = subprocess.Popen(
            [sys.executable, "-c", UP, command, *arguments, "--archive", str(tmp_path / "a.db")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        process.stdout.readline()
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in err


def test_verbose_logs_every_request(run: Run, tmp_path: Path) -> None:
    with serve(sample_forum(threads=5)) as served:
        done = run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0, "--verbose")
        asked = [served.url.rstrip("/") + hit.path for hit in served.requests]
    assert re.findall(r"GET \d+ (\S+)", done.stderr) == asked


def test_a_new_site_with_a_feed_has_each_page_read_once(run: Run, tmp_path: Path) -> None:
    with serve() as served:
        assert run("sites", "add", served.url, cwd=tmp_path).returncode == 0
        before = len(served.requests)
        assert run("crawl", "--delay", 0, cwd=tmp_path).returncode == 0
        paths = [hit.path for hit in served.requests[before:]]
    assert len(paths) == len(set(paths))
