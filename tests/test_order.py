"""A thread's order after a merge: positions follow the pages, and no post that is still there counts as vanished."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made import SITE, post, sound, thread

from archive import Archive
from archive.records import Page, Saved
from crawler.demo import sample_forum, serve

fresh = st.builds(itertools.count().__next__)  # threads of its own for each example


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as opened:
        yield opened
        assert sound(opened)


def pages(number: str, posts: list[str], size: int, *, numbered: bool) -> dict[str, Page]:
    """A thread's pages by URL, of so many posts each."""
    made = [replace(post(1, position=n if numbered else None), id=key) for n, key in enumerate(posts, 1)]
    parts = [made[n : n + size] for n in range(0, len(made), size)]
    found = [thread(*part, number=number, page=n, last=len(parts)) for n, part in enumerate(parts, 1)]
    return {page.url: page for page in found}


def crawl(archive: Archive, there: dict[str, Page], start: str, stop: int = 99) -> Saved:
    """Reads a thread whole, or up to so many of its pages; returns what that changed, added up."""
    archive.seed(start, "start", full=True)
    saved: list[Saved] = []
    while len(saved) < stop and (request := archive.take()):
        saved.append(archive.save_page(there[request.url], request=request))
    return Saved(changed=sum(s.changed for s in saved), vanished=sum(s.vanished for s in saved))


def in_order(archive: Archive, number: str) -> list[tuple[str, int]]:
    sql = "SELECT post_id, position FROM posts_full WHERE thread_id = ? AND gone_at IS NULL ORDER BY position"
    return archive.db.execute(sql, (number,)).fetchall()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=st.lists(st.booleans(), min_size=1, max_size=14),
    size=st.integers(1, 5),
    stop=st.integers(1, 6),
    numbered=st.booleans(),
    key=fresh,
)
def test_a_merge_makes_nothing_vanish_however_the_posts_mix_and_wherever_a_run_stops(  # noqa: PLR0913 # a law has as many arguments as it draws
    archive: Archive, own: list[bool], size: int, stop: int, *, numbered: bool, key: int
) -> None:
    number, other = f"{key}a", f"{key}b"
    merged = [f"{key}-{n}" for n in range(len(own))]
    for name, which in ((number, True), (other, False)):
        part = pages(name, [k for k, mine in zip(merged, own, strict=True) if mine is which], size, numbered=numbered)
        if part:
            crawl(archive, part, f"https://{SITE}/t/{name}")
    there, url = pages(number, merged, size, numbered=numbered), f"https://{SITE}/t/{number}"
    assert crawl(archive, there, url, stop).vanished == 0
    with archive.lock():  # as after a kill
        assert crawl(archive, there, url).vanished == 0
    assert crawl(archive, there, url) == Saved()
    assert in_order(archive, number) == [(k, n) for n, k in enumerate(merged, 1)]


def test_a_post_found_on_an_earlier_page_is_not_behind_those_of_the_next(archive: Archive) -> None:
    url = f"https://{SITE}/t/10"
    crawl(archive, pages("10", ["1", "2", "3", "4", "5", "6"], 3, numbered=True), url)
    changed = pages("10", ["1", "4", "5", "7", "6", "8"], 3, numbered=True)  # 2 and 3 are deleted, 7 is let through
    assert crawl(archive, changed, url).vanished == 2
    for _ in range(2):
        assert crawl(archive, changed, url) == Saved()
    assert [key for key, _ in in_order(archive, "10")] == ["1", "4", "5", "7", "6", "8"]


def test_a_merge_between_two_crawls_moves_posts_and_a_third_finds_no_change(run: Run, tmp_path: Path) -> None:
    forum, archive = sample_forum(), tmp_path / "archive.db"
    moved, stayed = (len(forum.threads[number].posts) for number in (1006, 1007))
    counts = []
    with serve(forum) as served:
        for more in ([], ["--full"], ["--full"]):
            done = run("crawl", served.url, "--archive", archive, "--delay", 0, "--json", *more)
            assert done.returncode in {0, 3}, done.stderr
            counts.append(json.loads(done.stdout)["counts"])
            if not more:
                forum.merge(1006, 1007)
    assert [(found["changed"], found["vanished"]) for found in counts] == [(0, 0), (moved, 0), (0, 0)]
    with Archive.open(archive) as opened:
        order = [(str(found.id), n) for n, found in enumerate(forum.threads[1007].posts, 1)]
        assert in_order(opened, "1007") == order
    assert len(order) == moved + stayed
