"""A run asks for what belongs to the walks of its own starts, counts it for their sites, and leaves the rest."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from made import BOARD, HOME, SITE, board, post, row, take, thread

from archive import Archive
from archive.frontier import LATE
from archive.records import Kind, Page
from crawler.config import load
from crawler.demo import Forum, Served, sample_forum, serve

NEWS, WORLD = "forums/tin-tuc.2/", "forums/world-news.5/"


def configure(folder: Path, *sites: str) -> None:
    (folder / "xemtiep.toml").write_text("delay = 0\n" + "".join(f"[[sites]]\n{site}\n" for site in sites))


def asked(served: Served) -> list[str]:
    paths = [hit.path for hit in served.requests if hit.path != "/robots.txt"]
    served.clear()
    return paths


def posts(forum: Forum, *boards: int) -> int:
    truth = {thread["thread_id"]: len(thread["posts"]) for thread in forum.truth()}
    return sum(truth.get(thread.id, 0) for thread in forum.threads.values() if thread.board_id in boards)


def told(run: Run, folder: Path, *command: str) -> Any:
    return json.loads(run(*command, "--json", cwd=folder).stdout)


@pytest.mark.parametrize("etag", [False, True])
@pytest.mark.parametrize("narrowed", ['url = "{0}"\nboards = ["{0}{1}"]', 'url = "{0}{1}"'])
@pytest.mark.parametrize("before", [2, 5])
def test_only_the_boards_that_are_named_are_crawled(
    run: Run, tmp_path: Path, narrowed: str, before: int, *, etag: bool
) -> None:
    forum = sample_forum(threads=12)
    forum.etag = etag
    with serve(forum) as served:
        configure(tmp_path, f'url = "{served.url}"')
        assert run("crawl", "--max-requests", before, cwd=tmp_path).returncode == 0
        first = asked(served)
        configure(tmp_path, narrowed.format(served.url, NEWS))
        done = told(run, tmp_path, "crawl")
        second = asked(served)
        status = told(run, tmp_path, "status")
        shown = run("status", cwd=tmp_path).stdout
        assert {path for path in second if "/forums/" in path} == {f"/{NEWS}"}
        assert not {forum.threads[int(path.split(".")[-1].split("/")[0])].board_id for path in second[1:]} - {2}
        left = done["others"]
        assert (done["waiting"], left > 0, status["unconfigured"]) == (0, True, {served.url: left})
        assert status["schedule"][0]["waiting"] == 0
        assert f"wait until one begins there again:\n  {left} of {served.url}\n" in shown
        configure(tmp_path, f'url = "{served.url}"')
        whole = told(run, tmp_path, "crawl")
        third = asked(served)
    assert (whole["waiting"], whole["others"]) == (0, 0)
    assert whole["sites"][served.url]["counts"]["new"] == posts(forum, 5)
    again = [path for path in [*first, *second, *third] if "/threads/" in path]
    assert len(again) == len(set(again))
    assert told(run, tmp_path, "status")["posts"] == posts(forum, 2, 5)


def test_a_thread_that_is_named_is_crawled_alone(run: Run, tmp_path: Path) -> None:
    with serve(sample_forum(threads=12)) as served:
        command = ("crawl", "--archive", "archive.db", "--delay", "0")
        run(*command, served.url, "--max-requests", "2", cwd=tmp_path)
        asked(served)
        one = next(each for each in served.forum.listed(5) if not each.deleted and not each.members_only)
        done = run(*command, served.url.rstrip("/") + one.path, cwd=tmp_path)
        assert {path.split("page-")[0] for path in asked(served)} == {one.path}
        waiting = re.search(r"(\d+) pages of other crawls left to them", done.stdout)
        assert waiting
        assert told(run, tmp_path, "status")["frontier"]["queued"] == int(waiting[1])


def test_each_site_of_a_host_counts_what_its_own_walk_brought(run: Run, tmp_path: Path) -> None:
    with serve(sample_forum(threads=20)) as served:
        configure(
            tmp_path, *(f'url = "{served.url}{path}"\n{more}' for path, more in ((NEWS, 'every = "1h"'), (WORLD, "")))
        )
        run("crawl", cwd=tmp_path)
        sites = {each["site"].removeprefix(served.url): each for each in told(run, tmp_path, "sites")}
        forum = served.forum
        assert [sites[path]["new"] for path in (NEWS, WORLD)] == [posts(forum, 2), posts(forum, 5)]
        shut = {
            path: [t for t in forum.listed(n) if t.deleted or t.members_only] for path, n in ((NEWS, 2), (WORLD, 5))
        }
        assert {path: sum(sites[path]["errors"].values()) for path in shut} == {p: len(t) for p, t in shut.items()}
        forum.reply(next(each.id for each in forum.listed(5) if each not in shut[WORLD]), "thêm một lời")
        done = told(run, tmp_path, "crawl")
        sites = {each["site"].removeprefix(served.url): each for each in told(run, tmp_path, "sites")}
    assert (done["counts"]["new"], sites[WORLD]["new"], sites[WORLD]["requests"]) == (1, 1, done["counts"]["requests"])
    assert sites[NEWS]["new"] == posts(forum, 2)


def test_what_waits_of_the_boards_goes_on_while_only_the_feed_is_asked(run: Run, tmp_path: Path) -> None:
    with serve(sample_forum(threads=40)) as served:
        feed = f"{served.url}forums/-/index.rss"
        configure(tmp_path, f'url = "{served.url}"\nfeeds = ["{feed}"]\nmax_requests = 12')
        for _ in range(12):
            if not told(run, tmp_path, "crawl")["waiting"]:
                break
        assert told(run, tmp_path, "status")["posts"] == posts(served.forum, 2, 5)
        paths = asked(served)
    assert paths.count("/") == 1


def test_a_feed_counts_for_its_own_site(tmp_path: Path) -> None:
    feed = "https://f.example/rss/five.xml"
    configure(tmp_path, 'url = "https://f.example/b/2"', f'url = "https://f.example/b/5"\nfeeds = ["{feed}"]')
    assert load(tmp_path / "xemtiep.toml").name_of(feed) == "https://f.example/b/5"


# ---------------------------------------------------------------- in the archive

T10, T11 = f"https://{SITE}/t/10", f"https://{SITE}/t/11"
INDEX = Page(kind=Kind.INDEX, url=HOME, site=SITE, boards=(BOARD,))
PAGES = {
    HOME: INDEX,
    BOARD.url: board(row(), row("11")),
    T10: thread(post(1), last=2),
    f"{T10}/page-2": thread(post(2), page=2, last=2),
    T11: thread(post(3), number="11"),
}


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], Archive]:
    return lambda: Archive.open(tmp_path / "archive.db")


def walk(archive: Archive, start: str, limit: int = 99) -> list[str]:
    archive.seed(start)
    found: list[str] = []
    while len(found) < limit and (request := archive.take()):
        found.append(request.url)
        archive.save_page(PAGES[request.url], request=request, etag='"1"')
    return found


@pytest.mark.parametrize(("limit", "left"), [(1, 1), (2, 2), (3, 2), (4, 1)])
def test_what_waits_elsewhere_is_taken_over_by_the_walk_that_finds_it(
    opened: Callable[[], Archive], limit: int, left: int
) -> None:
    with opened() as archive:
        first = walk(archive, HOME, limit)
        assert archive.elsewhere() == 0
    with opened() as archive:
        assert (archive.pending(), archive.elsewhere(), archive.next_due()) == (0, left, None)
        second = walk(archive, BOARD.url)
        assert (second[0], archive.elsewhere()) == (BOARD.url, 0)
        assert {*first, *second} == {*PAGES}
    with opened() as archive:
        assert walk(archive, HOME) == [HOME, BOARD.url]


def test_what_is_taken_over_keeps_its_wait_and_its_tries(opened: Callable[[], Archive]) -> None:
    with opened() as archive:
        walk(archive, HOME, 2)
        archive.retry(take(archive), reason="HTTP 503", wait=60)
        archive.db.execute("UPDATE frontier SET priority = ?, tries = 3 WHERE url = ?", (LATE, T11))
    with opened() as archive:
        assert walk(archive, BOARD.url) == [BOARD.url, T11]
        due = archive.next_due()
        assert due is not None
        assert due > time.time() + 50
        assert archive.db.execute("SELECT priority, tries FROM frontier WHERE url = ?", (T11,)).fetchone() == (LATE, 4)


def test_a_start_that_waits_elsewhere_begins_and_keeps_its_wait(opened: Callable[[], Archive]) -> None:
    with opened() as archive:
        walk(archive, HOME, 2)
        archive.retry(take(archive), reason="HTTP 503", wait=60)
    with opened() as archive:
        assert walk(archive, T10) == []
        assert (archive.pending(), archive.elsewhere()) == (1, 1)


def test_walks_of_one_run_leave_each_other_what_waits(opened: Callable[[], Archive]) -> None:
    with opened() as archive:
        walk(archive, HOME, 2)
        start = archive.go_on(HOME)
        archive.seed(BOARD.url)
        while request := archive.take():
            assert (request.walk == start) is (request.url != BOARD.url)
            archive.save_page(PAGES[request.url], request=request)


def test_a_row_is_taken_without_a_look_at_what_waits_elsewhere(opened: Callable[[], Archive]) -> None:
    with opened() as archive:
        other = archive.seed(HOME)
        many = ((f"https://{SITE}/x/{number}", SITE, other) for number in range(50_000))
        archive.db.executemany(
            "INSERT INTO frontier (url, host, role, priority, walk, added_at) VALUES (?, ?, 'next', 0, ?, '')", many
        )
    with opened() as archive:
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1

        archive.seed(BOARD.url)
        archive.db.set_progress_handler(step, 100)
        assert (archive.next_due(), take(archive).url, archive.take()) == (0, BOARD.url, None)
        assert steps < 50
