"""Where a crawl begins: the addresses that can be given, and where they may lead."""

import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread

import pytest
from conftest import Run

from archive.records import Kind, Page, Request
from crawler.config import load
from crawler.demo import Forum, Served, sample_forum, serve
from crawler.demo.routes import redirect
from crawler.demo.server import Handler, Server
from crawler.landing import leaves_host, strays

# ---------------------------------------------------------------- IPv6


class Server6(Server):
    address_family = socket.AF_INET6


@contextmanager
def running(server: Server, host: str, forum: Forum) -> Iterator[Served]:
    with server:
        server.served = Served(url=f"http://{host}:{server.server_port}/", forum=forum)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server.served
        finally:
            server.shutdown()


def test_an_ipv6_address_in_brackets_is_crawled(run: Run, tmp_path: Path) -> None:
    try:
        server = Server6(("::1", 0), Handler)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with running(server, "[::1]", sample_forum(threads=6)) as served:
        done = run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0)
    assert done.returncode == 0, done.stderr
    assert "6 new threads" in done.stdout


# ---------------------------------------------------------------- what is no forum, or not there


@pytest.mark.parametrize("path", ["forums/-/index.rss", "sitemap.xml"])
def test_a_feed_is_no_thread(run: Run, tmp_path: Path, path: str) -> None:
    with serve(sample_forum(threads=6)) as served:
        done = run("crawl", served.url + path, "--archive", tmp_path / "a.db", "--delay", 0)
        add = run("sites", "add", served.url + path, cwd=tmp_path)
    said = f"xemtiep: {served.url}{path}: a feed or sitemap: give the forum's address"
    assert (done.returncode, add.returncode) == (1, 1)
    assert done.stderr.startswith(said)
    assert add.stderr.startswith(said)
    assert not (tmp_path / "xemtiep.toml").exists()


@pytest.mark.parametrize("places", [("2", "99"), ("99", "2")])
def test_a_board_that_is_not_there_is_an_error_wherever_it_stands(
    run: Run, tmp_path: Path, places: tuple[str, str]
) -> None:
    with serve(sample_forum(threads=6)) as served:
        boards = [f"{served.url}forums/{place}/" for place in places]
        (tmp_path / "xemtiep.toml").write_text(f'delay = 0\n[[sites]]\nurl = "{served.url}"\nboards = {boards}\n')
        done, check = run("crawl", cwd=tmp_path), run("check", cwd=tmp_path)
    assert (done.returncode, done.stdout.partition(":")[0]) == (3, "done with errors")
    said = f"{served.url}forums/99/: HTTP 404"
    assert (said in done.stderr, check.returncode) == (True, 3)
    assert check.stdout.startswith(f"{served.url}: done with errors\n    {said}")


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize(
    ("limit", "threads"), [(("--max-requests", 1), "4 new threads"), (("--max-time", "1s"), "0 new threads")]
)
def test_a_limit_between_a_redirect_and_its_page_breaks_nothing_off(
    run: Run, tmp_path: Path, limit: tuple[object, ...], threads: str
) -> None:
    delay = 0.3 if limit[0] == "--max-requests" else 3
    with serve(sample_forum(threads=6)) as served:
        command = ("crawl", f"{served.url}forums/2/", "--archive", tmp_path / "a.db")
        done = run(*command, "--delay", delay, *limit)
        assert (done.returncode, done.stdout.partition(":")[0]) == (0, "stopped at its limit"), done.stderr
        assert threads in done.stdout
        assert run(*command, "--delay", 0).returncode == 0


@contextmanager
def leading(forum: Forum, to: dict[str, str]) -> Iterator[Served]:
    """The forum, where some paths (of a proxy: addresses) lead elsewhere."""

    class Leading(Handler):
        def do_GET(self) -> None:  # noqa: N802 # the name that http.server asks for
            if self.path in to:
                self.send(redirect(to[self.path], 301))
            else:
                super().do_GET()

    with running(Server(("127.0.0.1", 0), Leading), "127.0.0.1", forum) as served:
        yield served


@pytest.fixture
def forum() -> Forum:
    return sample_forum(threads=12)


def boards_read(archive: Path) -> set[str]:
    with closing(sqlite3.connect(archive)) as db:
        return {name for (name,) in db.execute("SELECT DISTINCT board FROM posts_full")}


NEWS, WORLD = "forums/tin-tuc.2/", "forums/world-news.5/"


@pytest.mark.parametrize(
    ("to", "what"), [("/", "the index of a forum"), (f"/{WORLD}", "another board"), ("{thread}", "another thread")]
)
def test_a_board_that_leads_to_something_else_is_named_and_not_crawled(
    run: Run, tmp_path: Path, forum: Forum, to: str, what: str
) -> None:
    to = to.format(thread=next(iter(forum.threads.values())).path)
    with leading(forum, {f"/{NEWS}": to}) as served:
        (tmp_path / "xemtiep.toml").write_text(
            f'delay = 0\n[[sites]]\nurl = "{served.url}"\nboards = ["{served.url}{NEWS}", "{served.url}{WORLD}"]\n'
        )
        done = run("crawl", cwd=tmp_path)
        asked = [hit.path for hit in served.requests]
        check = run("check", cwd=tmp_path)
    said = f"{served.url}{NEWS}: it redirects to {served.url.rstrip('/')}{to}, {what}: if that is meant, give that addr"
    assert (done.returncode, said in done.stdout, said in done.stderr) == (3, True, True)
    assert (check.returncode, said in check.stdout) == (3, True)
    assert boards_read(tmp_path / "archive.db") == {"World news"}
    assert {path for path in asked if path.startswith("/forums/")} == {f"/{NEWS}", f"/{WORLD}"}


def test_robots_txt_that_forbids_where_a_start_leads_is_named_there(run: Run, tmp_path: Path, forum: Forum) -> None:
    forum.forbids = [f"/{NEWS}"]
    with serve(forum) as served:
        done = run("crawl", f"{served.url}forums/2/", "--archive", tmp_path / "a.db", "--delay", 0)
    assert (done.returncode, f"{served.url}{NEWS} is forbidden by" in done.stderr) == (4, True)


def test_an_entry_is_written_of_what_was_meant(run: Run, tmp_path: Path, forum: Forum) -> None:
    with leading(forum, {f"/{NEWS}": "/"}) as served, leading(forum, {"/": served.url + WORLD}) as old:
        board, moved = (run("sites", "add", url, cwd=tmp_path) for url in (served.url + NEWS, old.url))
        assert (board.returncode, f"{served.url}{NEWS}: it redirects to {served.url}, the" in board.stderr) == (1, True)
        assert [hit.path for hit in served.requests] == ["/robots.txt", f"/{NEWS}", "/", f"/{WORLD}", "/robots.txt"]
    assert (moved.returncode, [site.boards for site in load(tmp_path / "xemtiep.toml").sites]) == (
        0,
        [(served.url + WORLD,)],
    )


@pytest.mark.parametrize("path", ["forum", "forum/", "posts/9/", "viewtopic.php?p=9"])
def test_a_place_that_leads_further_up_is_named(run: Run, tmp_path: Path, forum: Forum, path: str) -> None:
    with leading(forum, {f"/{path}": "/"}) as served:
        done = run("crawl", served.url + path, "--archive", tmp_path / "a.db", "--delay", 0)
    assert (done.returncode, "the index of a forum" in done.stderr) == (1, True)


def test_a_thread_that_leads_to_another_is_named(run: Run, tmp_path: Path, forum: Forum) -> None:
    one, other, *_ = forum.threads.values()
    with leading(forum, {one.path: other.path}) as served:
        done = run("crawl", served.url.rstrip("/") + one.path, "--archive", tmp_path / "a.db", "--delay", 0)
    assert (done.returncode, "another thread" in done.stderr) == (1, True)
    assert boards_read(tmp_path / "a.db") == set()


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("forums/2/", f"/{NEWS}"),
        ("forums/tin-tuc.2", f"/{NEWS}"),
        ("forums", "/"),
        ("goto/newest", f"/{NEWS}"),
        ("forum.php", "/"),
    ],
)
def test_a_redirect_to_what_was_meant_is_followed(run: Run, tmp_path: Path, forum: Forum, path: str, to: str) -> None:
    with leading(forum, {f"/{path}": to}) as served:
        done = run("crawl", served.url + path, "--archive", tmp_path / "a.db", "--delay", 0)
    assert done.returncode == 0, done.stderr
    assert "Tin tức" in boards_read(tmp_path / "a.db")


def test_a_thread_that_leads_to_the_index_takes_no_more_of_the_forum_along(
    run: Run, tmp_path: Path, forum: Forum
) -> None:
    lost = next(thread for thread in forum.listed(2) if not thread.deleted and not thread.members_only)
    with leading(forum, {lost.path: "/"}) as served:
        done = run("crawl", served.url + NEWS, "--archive", tmp_path / "a.db", "--delay", 0)
    assert (done.returncode, f"1 x redirects to {served.url}" in done.stdout) == (0, True)
    assert boards_read(tmp_path / "a.db") == {"Tin tức"}


def test_a_site_that_leads_to_its_www_keeps_its_limits(run: Run, tmp_path: Path, forum: Forum) -> None:
    with leading(forum, {"http://forum.example/": "http://www.forum.example:80/"}) as proxy:
        (tmp_path / "xemtiep.toml").write_text(
            'delay = 0\n[[sites]]\nurl = "http://forum.example:80/"\nevery = "6h"\nmax_requests = 4\n'
            f'proxy = "{proxy.url}"\n'
        )
        done = run("crawl", "--json", cwd=tmp_path)
        asked = [hit.path for hit in proxy.requests if "www" in hit.path and "robots.txt" not in hit.path]
        (site,) = json.loads(run("sites", "--json", cwd=tmp_path).stdout)
    assert done.returncode == 0, done.stderr
    assert (len(asked), site["requests"], site["outcome"]) == (4, 4, "stopped at its limit")
    assert site["waiting"] == json.loads(done.stdout)["waiting"] > 0


PLACE = "http://forum.example/forum/board/news.html"


@pytest.mark.parametrize(
    ("asked", "to", "role", "followed"),
    [
        (PLACE, "http://forum.example/forum/board/news-1.html", "start", True),
        (PLACE, "http://forum.example/forum/", "start", False),
        ("http://forum.example/forum/index.php", "https://www.forum.example/forum/", "start", True),
        ("http://forum.example/", "http://forum.example/forum/", "start", True),
        ("http://forum.example/forum/", "http://forum.example/", "start", False),
        ("http://forum.example/forum/", "http://forum.example/", "board", False),
        ("http://forum.example/feed/", "http://forum.example/", "feed", True),
    ],
)
def test_a_list_of_an_unknown_software_is_told_by_its_place(asked: str, to: str, role: str, *, followed: bool) -> None:
    page = Page(kind=Kind.INDEX, url=to)
    assert (strays(Request(id=1, url=asked, role=role), page, set()) == "") is followed


@pytest.mark.parametrize(
    ("to", "followed"),
    [
        ("https://forum.example/", True),
        ("https://www.forum.example:443/", True),
        ("https://old.forum.example/", False),
        ("http://forum.example:8080/", False),
    ],
)
@pytest.mark.parametrize("role", ["start", "thread"])
def test_a_host_is_left_for_its_www_only(to: str, role: str, *, followed: bool) -> None:
    row = Request(id=1, url="http://forum.example/", role=role)
    assert (leaves_host(row, to) == "") is followed
