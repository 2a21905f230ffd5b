"""`xemtiep sites add`: what it finds, what it writes, and what it leaves alone."""

import re
import socket
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from conftest import Run

from archive.records import Board
from crawler.config import load
from crawler.demo import sample_forum, serve
from crawler.sites.adding import Found, feeds_in, written


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


def test_an_unknown_software_is_left_out() -> None:
    assert "software" not in written(Found(url="https://f.example/", software="unknown"))


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


def test_a_file_that_could_not_be_read_again_is_left_as_it_is(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "xemtiep.toml"
    file.write_text(before := 'sites = [{ url = "https://f.example/" }]\n')
    with serve(sample_forum(threads=12)) as served:
        done = run("sites", "add", served.url, cwd=tmp_path)
    assert done.returncode == 2
    assert "[[sites]]" in done.stderr
    assert "written to" not in done.stderr
    assert file.read_text() == before


def test_a_new_file_begins_with_nothing(run: Run, tmp_path: Path) -> None:
    with serve(sample_forum(threads=12)) as served:
        (tmp_path / "xemtiep.toml").write_text(f'[[sites]]\nurl = "{served.url}"\n')
        assert run("sites", "add", served.url, "--config", "new.toml", cwd=tmp_path).returncode == 0
    assert [site.url for site in load(tmp_path / "new.toml").sites] == [served.url]


def test_a_link_to_the_file_stays_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "xemtiep.toml").symlink_to(tmp_path / "real" / "mine.toml")
    (tmp_path / "real" / "mine.toml").write_text("\ufeffdelay = 0\n", encoding="utf-8")
    with serve(sample_forum(threads=12)) as served:
        assert run("sites", "add", served.url, cwd=tmp_path).returncode == 0
    assert (tmp_path / "xemtiep.toml").is_symlink()
    assert [site.url for site in load(tmp_path / "real" / "mine.toml").sites] == [served.url]
    assert [path.name for path in (tmp_path / "real").iterdir()] == ["mine.toml"]


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
    assert done.returncode == (1 if trouble == "nobody" else 4)
    assert done.stderr.startswith("xemtiep: http://127")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", ["diễn-đàn/", "?q=đ"])
def test_an_address_beyond_ascii_is_asked_for(run: Run, tmp_path: Path, path: str) -> None:
    with serve(sample_forum(threads=12)) as served:
        done = run("sites", "add", served.url + path, cwd=tmp_path)
        assert served.requests[-1].path.isascii()
    assert done.returncode in {0, 1, 4}
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
