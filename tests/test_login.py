"""Members: cookies in every form that people have them, the login form, a lost login, and secrets that stay secret."""

import json
import os
import socket
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Run

from archive.errors import ConfigError
from crawler.access import cookies, login
from crawler.config import Login
from crawler.demo import Forum, Served, sample_forum, serve

USER, PASSWORD = "Lan Khuê", "chuồn-chuồn & 7"
ENVIRONMENT = {**os.environ, "DEMO_USER": USER, "DEMO_PASSWORD": PASSWORD}
LOGIN = 'login = { user = "DEMO_USER", password = "DEMO_PASSWORD" }'

# ---------------------------------------------------------------- cookies

NETSCAPE = """# Netscape HTTP Cookie File
.forum.example\tTRUE\t/\tTRUE\t4102444800\txf_user\t17,abc
#HttpOnly_forum.example\tFALSE\t/\tTRUE\t0\txf_session\tdef
.other.example\tTRUE\t/\tFALSE\t4102444800\tnosy\tx
forum.example\tFALSE\t/\tFALSE\t1500000000\told\tx
"""
EXTENSION = [
    {"domain": ".forum.example", "name": "xf_user", "value": "17,abc", "path": "/", "expirationDate": 4102444800.5},
    {"domain": "forum.example", "name": "xf_session", "value": "def", "path": "/", "session": True},
]


@pytest.mark.parametrize(
    "text",
    [
        NETSCAPE,
        json.dumps(EXTENSION),
        json.dumps({"cookies": EXTENSION, "origins": []}),
        '{"xf_user": "17,abc", "xf_session": "def"}',
        "xf_user=17,abc; xf_session=def",
        "Cookie: xf_user=17,abc; xf_session=def;\n",
    ],
    ids=["netscape", "extension", "browser state", "object", "pairs", "header"],
)
def test_cookies_are_read_in_every_form(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cookies"
    file.write_text(text, encoding="utf-8")
    found = cookies.load(file, "forum.example", now=1700000000)
    assert {cookie.name: cookie.value for cookie in found} == {"xf_user": "17,abc", "xf_session": "def"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (NETSCAPE.replace("\t", "  "), "tabs"),
        ("hello there", "no cookies"),
        ("", "no cookies"),
        ('[{"domain": "x"', "broken JSON"),
        ("[1, 2]", "no list of cookies"),
        ('[{"domain": ".other.example", "name": "a", "value": "b"}]', "no cookie for forum.example"),
        ("forum.example\tFALSE\t/\tFALSE\t1500000000\told\tx", "expired"),
        ("forum.example\tFALSE\t/\tFALSE\tsoon\told\tx", "no time"),
    ],
)
def test_what_holds_no_cookie_is_explained(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "cookies.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says) as caught:
        cookies.load(file, "forum.example", now=1700000000)
    assert "cookies.txt" in str(caught.value)


# ---------------------------------------------------------------- the form

XENFORO = b"""<html data-logged-in="false"><form action="/search/search"><input name="keywords"></form>
<form action="/login/login" method="post"><input type="text" name="login"><input type="password" name="password">
<input type="checkbox" name="remember" value="1"><button type="submit">Log in</button>
<input type="hidden" name="_xfToken" value="1,a&amp;b"></form></html>"""
PHPBB = b"""<html><form action="./ucp.php?mode=login" method="post"><input type="text" name="username">
<input type="password" name="password"><input type="checkbox" name="autologin">
<input type="hidden" name="redirect" value="./index.php"><input type="hidden" name="creation_time" value="17">
<input type="hidden" name="form_token" value="c0de"><input type="submit" name="login" value="Login"></form></html>"""
REGISTER = b"""<form action="/register"><input name="n"><input type="password" name="a">
<input type="password" name="b"></form>"""


def test_login_forms_are_filled_in() -> None:
    form = login.find(XENFORO, "https://f.example/login/", "me", "s&c=r")
    assert form
    assert (form.url, form.stamped) == ("https://f.example/login/login", False)
    assert form.fields == {"login": "me", "password": "s&c=r", "remember": "1", "_xfToken": "1,a&b"}
    assert b"password=s%26c%3Dr" in form.body
    form = login.find(PHPBB, "https://f.example/forum/index.php", "me", "x")
    assert form
    assert (form.url, form.stamped) == ("https://f.example/forum/ucp.php?mode=login", True)
    assert form.fields["login"] == "Login"
    assert form.fields["form_token"] == "c0de"
    assert "autologin" in form.fields
    assert login.find(REGISTER, "https://f.example/", "me", "x") is None
    assert login.find(b"", "https://f.example/", "me", "x") is None


def test_a_form_does_not_show_its_password() -> None:
    assert "secret" not in repr(login.find(XENFORO, "https://f.example/", "me", "secret"))


@pytest.mark.parametrize(
    ("page", "member"),
    [
        (b'<html data-logged-in="true">', True),
        (b'<html data-logged-in="false"><a href="/logout/">', False),
        (b'<html class="Public NoJs LoggedOut Sidebar">', False),
        (b'<html class="Public NoJs LoggedIn">', True),
        (b'<a href="./ucp.php?mode=logout&amp;sid=1">', True),
        (b'<a href="./ucp.php?mode=login">', False),
        (b"<p>nothing</p>", None),
        (b"", None),
    ],
)
def test_a_page_says_whether_it_is_shown_to_a_member(page: bytes, member: object) -> None:
    assert login.for_member(page) is member


def test_missing_variables_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_THERE", raising=False)
    monkeypatch.setenv("EMPTY", "")
    with pytest.raises(ConfigError, match="NOT_THERE and EMPTY"):
        login.credentials(Login(user="NOT_THERE", password="EMPTY"))


# ---------------------------------------------------------------- crawls


@pytest.fixture
def forum() -> Forum:
    forum = sample_forum(threads=20)
    forum.accounts[USER] = PASSWORD
    return forum


def crawl(run: Run, served: Served, folder: Path, options: str, **extra: Any) -> subprocess.CompletedProcess[str]:
    (folder / "xemtiep.toml").write_text(f'[[sites]]\nurl = "{served.url}"\n{options}\n', encoding="utf-8")
    return run(
        "crawl", served.url, "--delay", 0, "--json", "-v", cwd=folder, env=extra.pop("env", ENVIRONMENT), **extra
    )


def threads(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return {key for (key,) in db.execute("select distinct thread_id from posts_full")}


@pytest.fixture
def members_only(forum: Forum) -> str:
    return next(str(thread.id) for thread in forum.threads.values() if thread.members_only)


def test_a_member_reads_what_guests_may_not(run: Run, tmp_path: Path, forum: Forum, members_only: str) -> None:
    with serve(forum) as served:
        done = crawl(run, served, tmp_path, LOGIN)
        assert done.returncode == 0, done.stderr
        assert members_only in threads(tmp_path)
        assert [hit.path for hit in served.requests if hit.method == "POST"] == ["/login/login"]


def test_cookies_ask_nobody_else_and_leave_nothing_at_home(run: Run, tmp_path: Path, forum: Forum) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with serve(forum) as served, socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0)
        proxy = f"http://127.0.0.1:{silent.getsockname()[1]}"
        proxies = {"http_proxy": proxy, "https_proxy": proxy, "no_proxy": "127.0.0.1"}
        clean = {name: value for name, value in os.environ.items() if not name.endswith(("CACHE", "CACHE_HOME"))}
        done = run("crawl", served.url, "--delay", 0, cwd=tmp_path, env={**clean, "HOME": str(home), **proxies})
        with pytest.raises(BlockingIOError):
            silent.accept()
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(home.iterdir())


def test_a_lost_login_is_renewed_once(run: Run, tmp_path: Path, forum: Forum, members_only: str) -> None:
    forum.lasting = [8]
    with serve(forum) as served:
        done = crawl(run, served, tmp_path, LOGIN)
        posts = [hit for hit in served.requests if hit.method == "POST"]
    assert done.returncode == 0, done.stderr
    assert len(posts) == 2
    assert members_only in threads(tmp_path)


def test_a_login_that_does_not_hold_ends_the_crawl_of_its_site(run: Run, tmp_path: Path, forum: Forum) -> None:
    forum.lasting = [8, 5]
    with serve(forum) as served:
        done = crawl(run, served, tmp_path, LOGIN)
        posts = [hit for hit in served.requests if hit.method == "POST"]
    assert done.returncode == 4, done.stderr
    assert len(posts) == 2
    assert "signs the member out again" in done.stderr


def test_a_wrong_password_stops_before_anything_is_crawled(run: Run, tmp_path: Path, forum: Forum) -> None:
    forum.accounts[USER] = "another"
    with serve(forum) as served:
        done = crawl(run, served, tmp_path, LOGIN)
        assert done.returncode == 4, done.stdout
        assert "Incorrect password" in done.stderr
        assert not [hit.path for hit in served.requests if "/threads/" in hit.path]
        forum.accounts[USER] = PASSWORD
        assert crawl(run, served, tmp_path, LOGIN).returncode == 0


def test_secrets_are_nowhere_but_in_the_login(run: Run, tmp_path: Path, forum: Forum) -> None:
    with serve(forum) as served:
        done = crawl(run, served, tmp_path, LOGIN)
    sessions = list(forum.signed_in)
    said = (done.stdout + done.stderr).encode()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert sessions
    for secret in (PASSWORD, *sessions):
        assert secret.encode() not in said
        assert secret.encode() not in files


def test_unset_credentials_are_named_before_anything_is_asked(run: Run, tmp_path: Path, forum: Forum) -> None:
    with serve(forum) as served:
        done = crawl(run, served, tmp_path, LOGIN, env=dict(os.environ))
        assert served.requests == []
    assert done.returncode == 2
    assert "DEMO_USER" in done.stderr


def test_cookies_of_a_browser_let_the_member_in(run: Run, tmp_path: Path, forum: Forum, members_only: str) -> None:
    session = forum.sign_in(USER, PASSWORD)
    (tmp_path / "cookies.txt").write_text(f"xf_session={session}")
    with serve(forum) as served:
        assert crawl(run, served, tmp_path, 'cookies = "cookies.txt"').returncode == 0
    assert members_only in threads(tmp_path)


def test_a_thread_that_was_walled_to_guests_is_read_once_there_is_a_login(
    run: Run, tmp_path: Path, forum: Forum, members_only: str
) -> None:
    (tmp_path / "cookies.txt").write_text("xf_session=expired")
    with serve(forum) as served:
        for options in ("", 'cookies = "cookies.txt"'):
            assert crawl(run, served, tmp_path, options).returncode == 0
            assert members_only not in threads(tmp_path)
        assert crawl(run, served, tmp_path, LOGIN).returncode == 0
        assert members_only in threads(tmp_path)


def test_what_is_walled_to_the_member_too_is_asked_for_once(
    run: Run, tmp_path: Path, forum: Forum, members_only: str
) -> None:
    forum.fail(rf"/threads/.*\b{members_only}/", status=403, times=99)
    asked = []
    with serve(forum) as served:
        for options in ("", LOGIN, LOGIN):
            served.clear()
            crawl(run, served, tmp_path, options)
            asked.append(sum(f"{members_only}/" in hit.path for hit in served.requests if "/threads/" in hit.path))
    assert asked == [1, 1, 0]


def test_cookies_that_do_not_log_in_are_said_to(run: Run, tmp_path: Path, forum: Forum) -> None:
    (tmp_path / "cookies.txt").write_text("xf_session=expired")
    with serve(forum) as served:
        done = crawl(run, served, tmp_path, 'cookies = "cookies.txt"')
    assert done.returncode == 0
    assert done.stderr.count("as to a guest") == 1


@pytest.mark.parametrize("walled", ["/forums/", "/threads/"])
def test_cookies_that_no_longer_open_what_was_read_before_are_an_error_until_they_do(
    run: Run, tmp_path: Path, forum: Forum, walled: str
) -> None:
    cookies_file = tmp_path / "cookies.txt"
    cookies_file.write_text(f"xf_session={forum.sign_in(USER, PASSWORD)}")
    board = next(iter(forum.boards.values()))
    lively = next(t for t in forum.threads.values() if t.board_id == board.id and not (t.members_only or t.deleted))
    forum.wall(rf"\.{board.id if walled == '/forums/' else lively.id}/")
    with serve(forum) as served:
        assert crawl(run, served, tmp_path, 'cookies = "cookies.txt"').returncode == 0
        before = threads(tmp_path)
        forum.signed_in.clear()
        forum.reply(lively.id, "Tin mới.")
        for _ in range(4):
            done = crawl(run, served, tmp_path, 'cookies = "cookies.txt"')
            summary = json.loads(done.stdout)
            assert (done.returncode, summary["outcome"]) == (3, "done with errors")
            assert "cookies.txt no longer open" in summary["sites"][served.url]["error"]
        cookies_file.write_text(f"xf_session={forum.sign_in(USER, PASSWORD)}")
        assert crawl(run, served, tmp_path, 'cookies = "cookies.txt"').returncode == 0
        assert threads(tmp_path) == before
        with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
            assert db.execute("select count(*) from posts where text = 'Tin mới.'").fetchone() == (1,)
            assert db.execute("select count(*) from posts where gone_at is not null").fetchone() == (0,)
