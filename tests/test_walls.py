"""What a forum refuses for a while is asked for again and read; what it always refuses costs little."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Run

from crawler.demo import Forum, Served, sample_forum, serve
from crawler.demo.content import Thread


@pytest.fixture
def served() -> Iterator[Served]:
    with serve(sample_forum(threads=30, until=datetime.now(UTC))) as served:
        yield served


def crawl(run: Run, served: Served, folder: Path, *options: object) -> tuple[int, dict[str, Any], list[str]]:
    """Exit code, counts, and the paths that were asked for."""
    served.clear()
    done = run("crawl", served.url, "--archive", folder / "a.db", "--delay", 0, "--json", *options)
    asked = [hit.path for hit in served.requests if hit.path != "/robots.txt"]
    return done.returncode, json.loads(done.stdout)["counts"], asked


def posts(folder: Path) -> list[int]:
    with closing(sqlite3.connect(folder / "a.db")) as db:
        return sorted(int(key) for (key,) in db.execute("SELECT post_id FROM posts WHERE gone_at IS NULL"))


def posted(served: Served) -> list[int]:
    return sorted(post["id"] for thread in served.forum.truth() for post in thread["posts"])


def open_threads(forum: Forum) -> list[Thread]:
    return [thread for thread in forum.threads.values() if not (thread.members_only or thread.deleted)]


@pytest.mark.parametrize("how", ["refused", "walled"])
def test_what_shut_a_run_out_is_asked_for_by_the_next_one(run: Run, tmp_path: Path, served: Served, how: str) -> None:
    if how == "refused":
        served.forum.fail("/threads/", status=403, times=5)
    else:
        served.forum.wall("/threads/")
    code, counts, _ = crawl(run, served, tmp_path)
    assert (code, counts["wall"]) == (4, 5)
    served.forum.recover()
    assert crawl(run, served, tmp_path)[0] == 0
    assert posts(tmp_path) == posted(served)
    assert crawl(run, served, tmp_path)[2] == ["/"]


def test_a_board_of_walls_is_gone_through_in_a_few_runs(run: Run, tmp_path: Path, served: Served) -> None:
    for thread in open_threads(served.forum)[:12]:
        thread.members_only = True
    codes = [crawl(run, served, tmp_path)[0] for _ in range(4)]
    assert codes == sorted(codes, reverse=True)
    assert codes[-1] == 0
    assert posts(tmp_path) == posted(served)
    assert crawl(run, served, tmp_path)[2] == ["/"]


def test_refusals_here_and_there_are_asked_again_by_the_next_walk(run: Run, tmp_path: Path, served: Served) -> None:
    for thread in open_threads(served.forum)[::4][:6]:
        served.forum.fail(rf"\.{thread.id}/", status=403, times=1)
    code, counts, _ = crawl(run, served, tmp_path)
    assert (code, counts["wall"]) == (0, 7)
    asked = crawl(run, served, tmp_path)[2]
    assert posts(tmp_path) == posted(served)
    assert asked[0] == "/"
    assert {path.split("/")[1] for path in asked[1:]} == {"threads"}
    assert crawl(run, served, tmp_path)[2] == ["/"]


@pytest.mark.parametrize("options", [(), ("--refresh", 36500)])
def test_news_behind_a_wall_is_read_when_the_wall_is_gone(
    run: Run, tmp_path: Path, served: Served, options: tuple[object, ...]
) -> None:
    crawl(run, served, tmp_path)
    known = open_threads(served.forum)[3]
    served.forum.advance(hours=1)
    served.forum.reply(known.id, "Một trả lời.")
    new = served.forum.add_thread("Chủ đề mới", "Mở đầu.")
    served.forum.wall(rf"\.({known.id}|{new.id})/")
    counts = crawl(run, served, tmp_path)[1]
    assert (counts["new"], counts["vanished"]) == (0, 0)
    served.forum.recover()
    crawl(run, served, tmp_path, *options)
    assert posts(tmp_path) == posted(served)


def test_news_of_a_feed_behind_a_wall_is_read_when_the_wall_is_gone(run: Run, tmp_path: Path, served: Served) -> None:
    feed = f'url = "{served.url}"\nsoftware = "xenforo2"\nfeeds = ["{served.url}forums/-/index.rss"]\n'
    (tmp_path / "xemtiep.toml").write_text(f'archive = "a.db"\ndelay = 0\n[[sites]]\n{feed}')
    run("crawl", cwd=tmp_path)
    known = open_threads(served.forum)[3]
    served.forum.advance(hours=1)
    served.forum.reply(known.id, "Một trả lời.")
    new = served.forum.add_thread("Chủ đề mới", "Mở đầu.")
    served.forum.wall(rf"\.({known.id}|{new.id})/")
    run("crawl", cwd=tmp_path)
    assert posts(tmp_path) != posted(served)
    served.forum.recover()
    run("crawl", cwd=tmp_path)
    assert posts(tmp_path) == posted(served)
    served.clear()
    run("crawl", cwd=tmp_path)
    assert [hit.path for hit in served.requests] == ["/robots.txt", "/forums/-/index.rss"]


@pytest.mark.parametrize(("etag", "options"), [(False, ()), (True, ()), (False, ("--refresh", 36500))])
def test_a_thread_that_was_missing_once_comes_back(
    run: Run, tmp_path: Path, served: Served, *, etag: bool, options: tuple[object, ...]
) -> None:
    served.forum.etag = etag
    crawl(run, served, tmp_path)
    lost = min(open_threads(served.forum), key=lambda thread: len(thread.posts))
    served.forum.advance(hours=1)
    served.forum.reply(lost.id, "Một trả lời.")
    served.forum.fail(rf"\.{lost.id}/", status=404, times=1)
    counts = crawl(run, served, tmp_path, *options)[1]
    assert counts["vanished"] == len(lost.posts) - 1
    crawl(run, served, tmp_path)
    assert posts(tmp_path) == posted(served)
