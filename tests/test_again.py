"""Crawling again: only what is new, edits and deletions proved, merges, moves and renames with their history."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from made import BOARD, DAY, HOME, SITE, board, post, row, rows, sound, take, thread

from archive import Archive
from archive.records import Kind, Page, Thread
from crawler.demo import Served, sample_forum, serve

T10, T11 = f"https://{SITE}/t/10", f"https://{SITE}/t/11"
B2 = f"{BOARD.url}/2"
ALL = DAY - timedelta(days=9999)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as opened:
        yield opened
        assert sound(opened)


def crawl(archive: Archive, pages: dict[str, Page], start: str = BOARD.url, **scope: Any) -> list[str]:
    """Walk through pages by URL; a URL without a page is missing, one of None is unchanged (304)."""
    archive.seed(start, "start", **scope)
    asked = []
    while request := archive.take():
        asked.append(request.url)
        if request.url in pages:
            archive.save_page(pages[request.url], request=request, etag="1")
        else:
            archive.finish(request, outcome="missing", reason="HTTP 404")
    return asked


def gone(archive: Archive) -> list[str]:
    return [key for (key,) in archive.db.execute("SELECT post_id FROM posts WHERE gone_at IS NOT NULL ORDER BY id")]


def one_thread(*posts: int, replies: int | None = None) -> dict[str, Page]:
    listed = row(replies=len(posts) - 1 if replies is None else replies, last_post_at=DAY)
    return {BOARD.url: board(listed), T10: thread(*map(post, posts))}


# ---------------------------------------------------------------- what is new


def test_relative_dates_are_no_news(archive: Archive) -> None:
    now = datetime.now(UTC)
    for minutes in (0, 7, 90):
        said = row(last_post_at=now - timedelta(hours=2, minutes=minutes % 5), last_post_raw=f"{2 + minutes} hours ago")
        asked = crawl(archive, {BOARD.url: board(said), T10: thread(post(1), post(2))})
        assert asked == ([BOARD.url, T10] if minutes == 0 else [BOARD.url])
    said = row(last_post_at=now + timedelta(minutes=5), last_post_raw="1 minute ago")
    assert crawl(archive, {BOARD.url: board(said), T10: thread(post(1), post(2))}) == [BOARD.url, T10]


def test_a_board_in_another_order_is_read_to_its_end(archive: Archive) -> None:
    listed = [row(str(n), last_post_at=DAY + timedelta(days=n)) for n in range(20, 30)]
    pages = {BOARD.url: board(*listed, following=B2), B2: board(url=B2)}
    pages |= {f"https://{SITE}/t/{n}": thread(post(n), post(100 + n), number=str(n)) for n in range(20, 30)}
    crawl(archive, pages)
    assert crawl(archive, pages) == [BOARD.url, B2]
    pages[BOARD.url] = board(*reversed(listed), following=B2)
    assert crawl(archive, pages) == [BOARD.url]


def test_a_renamed_thread_is_read_again_and_keeps_its_history(archive: Archive) -> None:
    pages = {BOARD.url: board(row()), T10: thread(post(1), post(2))}
    crawl(archive, pages)
    new = f"{T10}-new"
    named = Thread(id="10", url=new, title="Tên mới", board=BOARD)
    pages[BOARD.url] = board(replace(row(), title="Tên mới", url=new))
    pages[T10] = thread(post(1), post(2), url=new, thread=named)  # as after a redirect
    assert crawl(archive, pages) == [BOARD.url, T10]
    assert archive.db.execute("SELECT title, url FROM threads").fetchall() == [("Tên mới", new)]
    assert {found[3:5] for found in rows(archive)} == {("Tên mới", new)}
    assert crawl(archive, pages) == [BOARD.url]


def test_since_leaves_out_what_is_older_and_a_later_crawl_finds_it(archive: Archive) -> None:
    days = [DAY - timedelta(days=n) for n in range(4)]
    pages = {
        BOARD.url: board(row("10", last_post_at=days[0]), row("11", last_post_at=days[1]), following=B2),
        B2: board(row("12", last_post_at=days[2]), row("13", last_post_at=days[3]), url=B2),
    }
    pages |= {f"https://{SITE}/t/{n}": thread(post(n), post(n + 50), number=str(n)) for n in range(10, 14)}
    assert crawl(archive, pages, since=days[0]) == [BOARD.url, T10]
    assert take_validators(archive, BOARD.url) is None  # unchanged is not the same as read
    assert crawl(archive, pages, since=days[0]) == [BOARD.url]
    assert crawl(archive, pages, since=days[1]) == [BOARD.url, T11, B2]
    assert crawl(archive, pages) == [BOARD.url, B2, f"https://{SITE}/t/12", f"https://{SITE}/t/13"]
    assert crawl(archive, pages) == [BOARD.url]


def take_validators(archive: Archive, url: str) -> str | None:
    found: tuple[str | None] = archive.db.execute("SELECT etag FROM frontier WHERE url = ?", (url,)).fetchone()
    return found[0]


def test_full_reads_everything_again_without_conditions(archive: Archive) -> None:
    second = f"{T10}/page-2"
    pages = {
        HOME: Page(kind=Kind.INDEX, url=HOME, site=SITE, boards=(BOARD,)),
        BOARD.url: board(row(replies=1), following=B2),
        B2: board(row("11"), url=B2),
        T10: thread(post(1), last=2),
        second: thread(post(2), page=2, last=2),
        T11: thread(post(3), post(4), number="11"),
    }
    crawl(archive, pages, HOME)
    assert crawl(archive, pages, HOME) == [HOME, BOARD.url]
    archive.seed(HOME, full=True)
    assert take(archive).etag is None
    with archive.lock():  # as after a kill
        assert sorted(crawl(archive, pages, HOME)) == sorted(pages)


def test_refresh_reads_active_threads_whole_and_others_not(archive: Archive) -> None:
    second = f"{T10}/page-2"
    pages = {
        BOARD.url: board(row(replies=1, last_post_at=DAY), row("11", last_post_at=DAY - timedelta(days=9))),
        T10: thread(post(1), last=2),
        second: thread(post(2), page=2, last=2),
        T11: thread(post(3), post(4), number="11"),
    }
    crawl(archive, pages)
    assert crawl(archive, pages, refresh=DAY - timedelta(days=7)) == [BOARD.url, T10, second]
    assert crawl(archive, pages, refresh=DAY + timedelta(days=1)) == [BOARD.url]
    assert crawl(archive, pages) == [BOARD.url]


def test_refresh_goes_through_unchanged_pages(archive: Archive) -> None:
    second = f"{T10}/page-2"
    pages = {BOARD.url: board(row(replies=1)), T10: thread(post(1), last=2), second: thread(post(2), page=2, last=2)}
    crawl(archive, pages)
    archive.seed(BOARD.url, refresh=ALL)
    asked = []
    while request := archive.take():
        assert request.etag == "1"
        asked.append(request.url)
        archive.finish(request, outcome="done")
    assert asked == [BOARD.url, T10, second]


def test_an_unchanged_index_still_leads_to_its_boards(archive: Archive) -> None:
    index = Page(kind=Kind.INDEX, url=HOME, site=SITE, boards=(BOARD,))
    pages = {HOME: index, BOARD.url: board(row()), T10: thread(post(1), post(2))}
    crawl(archive, pages, HOME)
    archive.seed(HOME)
    archive.finish(take(archive), outcome="done")
    assert take(archive).url == BOARD.url


def test_a_thread_that_is_crawled_for_itself_continues_where_it_ended(archive: Archive) -> None:
    urls = [T10, f"{T10}/page-2", f"{T10}/page-3"]
    pages = {urls[n]: thread(post(n), page=n + 1, last=3) for n in range(3)}
    assert crawl(archive, pages, T10) == urls
    assert crawl(archive, pages, T10) == [urls[0], urls[2]]
    assert crawl(archive, pages, T10, refresh=ALL) == urls


# ---------------------------------------------------------------- what is gone


def test_a_missing_post_is_marked_with_its_times_and_never_deleted(archive: Archive) -> None:
    crawl(archive, one_thread(1, 2, 3))
    saved: list[Any] = archive.db.execute("SELECT first_seen FROM posts").fetchone()
    crawl(archive, one_thread(1, 3), refresh=ALL)
    found = archive.db.execute("SELECT post_id, gone_at >= last_seen, last_seen, text FROM posts WHERE gone_at <> ''")
    assert found.fetchall() == [("2", 1, saved[0], "lời đáp")]
    crawl(archive, one_thread(1, 2, 3), refresh=ALL)
    assert gone(archive) == []
    assert archive.db.execute("SELECT last_seen FROM posts WHERE post_id = '2'").fetchone() == (None,)


def pages_of(*contents: list[int], last: int | None = None) -> dict[str, Page]:
    """A thread of several pages and the board that lists it without a number of replies."""
    urls = [T10, *(f"{T10}/page-{n}" for n in range(2, len(contents) + 1))]
    posts = [thread(*map(post, numbers), page=n, last=last or len(contents)) for n, numbers in enumerate(contents, 1)]
    return {BOARD.url: board(row(replies=None, last_post_at=DAY)), **dict(zip(urls, posts, strict=True))}


@pytest.mark.parametrize(
    ("after", "missing"),
    [
        ([[1, 2, 4], [5, 6, 7], [8]], ["3"]),  # inside a page; the others moved up
        ([[2, 3, 4], [5, 6, 7], [8]], ["1"]),  # the first
        ([[1, 2, 3], [4, 5, 6], [7]], ["8"]),  # the last
        ([[1, 2, 3], [4, 6], [7, 8]], ["5"]),  # pages that keep their places
        ([[1, 2, 3], [4, 5, 6], [7, 8]], []),
        ([[1, 2, 3], [], [7, 8]], []),  # a page that reads empty proves nothing
    ],
)  # fmt: skip
def test_what_is_missing_on_a_page_of_several_is_proved_by_its_neighbours(
    archive: Archive, after: list[list[int]], missing: list[str]
) -> None:
    crawl(archive, pages_of([1, 2, 3], [4, 5, 6], [7, 8]))
    pages = pages_of(*after)
    for url, page in pages.items():
        if page.kind is Kind.THREAD and not page.posts:
            pages[url] = replace(page, kind=Kind.UNKNOWN, thread=None)
    crawl(archive, pages, refresh=ALL)
    assert gone(archive) == missing


@pytest.mark.parametrize("kind", [Kind.LOGIN, Kind.DENIED, Kind.CHALLENGE, Kind.UNKNOWN, Kind.ERROR])
def test_a_wall_or_an_unreadable_page_marks_nothing(archive: Archive, kind: Kind) -> None:
    pages = one_thread(1, 2, 3)
    crawl(archive, pages)
    crawl(archive, pages | {T10: Page(kind=kind, url=T10, site=SITE)}, refresh=ALL)
    assert gone(archive) == []
    assert archive.db.execute("SELECT gone_at FROM threads").fetchone() == (None,)


def test_a_page_that_lost_most_of_its_posts_marks_nothing_unless_its_board_agrees(archive: Archive) -> None:
    crawl(archive, one_thread(1, 2, 3, 4, 5))
    crawl(archive, one_thread(1, replies=4), refresh=ALL)  # a new skin: only the first post is recognised
    assert gone(archive) == []
    crawl(archive, one_thread(1, replies=0), refresh=ALL)
    assert gone(archive) == ["2", "3", "4", "5"]


def test_a_page_without_its_page_links_does_not_end_the_thread(archive: Archive) -> None:
    crawl(archive, pages_of([1, 2, 3], [4, 5]))
    crawl(archive, pages_of([1, 2, 3], last=1), refresh=ALL)
    assert gone(archive) == []


def test_files_prove_nothing_missing(archive: Archive) -> None:
    archive.save_page(thread(post(1), post(2), post(3)))
    archive.save_page(thread(post(1), post(3)))
    assert gone(archive) == []


def test_a_thread_that_is_not_there_any_more_is_marked_and_found_again(archive: Archive) -> None:
    pages = one_thread(1, 2)
    crawl(archive, pages)
    empty = {BOARD.url: board()}
    assert crawl(archive, empty, refresh=ALL) == [BOARD.url, T10]
    assert gone(archive) == ["1", "2"]
    assert archive.db.execute("SELECT gone_at >= last_seen FROM threads").fetchone() == (1,)
    assert crawl(archive, empty, refresh=ALL) == [BOARD.url]
    assert crawl(archive, pages) == [BOARD.url, T10]
    assert gone(archive) == []
    assert archive.db.execute("SELECT gone_at, last_seen FROM threads").fetchone() == (None, None)


def test_a_last_page_that_is_missing_is_no_missing_thread(archive: Archive) -> None:
    second = f"{T10}/page-2"
    pages = {
        BOARD.url: board(row(replies=2)),
        T10: thread(post(1), post(2), last=2),
        second: thread(post(3), page=2, last=2),
    }
    crawl(archive, pages)
    del pages[second]
    pages |= {BOARD.url: board(row(replies=1)), T10: thread(post(1), post(4))}
    assert crawl(archive, pages) == [BOARD.url, second, T10]
    assert gone(archive) == ["2", "3"]
    assert archive.db.execute("SELECT gone_at FROM threads").fetchone() == (None,)


# ---------------------------------------------------------------- merged, moved up


def test_posts_merged_into_earlier_pages_are_found_and_keep_their_history(archive: Archive) -> None:
    second = f"{T10}/page-2"
    pages = {
        BOARD.url: board(row(replies=2), row("11", replies=1)),
        T10: thread(post(1), post(2), last=2),
        second: thread(post(3), page=2, last=2),
        T11: thread(post(4), post(5), number="11"),
    }
    crawl(archive, pages)
    del pages[T11]
    pages |= {
        BOARD.url: board(row(replies=4)),
        T10: thread(post(1), post(4), last=2),
        second: thread(post(5), post(2), post(3), page=2, last=2),
    }
    assert crawl(archive, pages) == [BOARD.url, second, T10]
    assert {found[2] for found in rows(archive)} == {"10"}
    assert (len(rows(archive)), gone(archive)) == (5, [])
    merged = archive.db.execute("SELECT thread_id, gone_at IS NOT NULL FROM threads").fetchall()
    assert merged == [("10", 0), ("11", 1)]
    assert crawl(archive, pages) == [BOARD.url]


def test_new_posts_that_deletions_moved_to_an_earlier_page_are_found(archive: Archive) -> None:
    crawl(archive, pages_of([1, 2, 3], [4]) | {BOARD.url: board(row(replies=3))})
    pages = pages_of([1, 4, 5], [6, 7]) | {BOARD.url: board(row(replies=4))}
    assert crawl(archive, pages) == [BOARD.url, f"{T10}/page-2", T10]
    assert gone(archive) == ["2", "3"]
    assert {found[5] for found in rows(archive)} == {str(n) for n in range(1, 8)}


def test_a_board_that_counts_otherwise_costs_nothing_more(archive: Archive) -> None:
    pages = pages_of([1, 2, 3], [4]) | {BOARD.url: board(row(replies=9))}
    assert crawl(archive, pages) == [BOARD.url, T10, f"{T10}/page-2"]
    pages |= pages_of([1, 2, 3], [4, 5]) | {BOARD.url: board(row(replies=10))}
    assert crawl(archive, pages) == [BOARD.url, f"{T10}/page-2"]


# ---------------------------------------------------------------- a forum that lives


def known(archive: Path, sql: str) -> set[int]:
    with closing(sqlite3.connect(archive)) as db:
        return {int(found) for (found,) in db.execute(sql)}


def command(run: Run, archive: Path, served: Served, *options: object) -> dict[str, Any]:
    served.clear()
    done = run("crawl", served.url, "--archive", archive, "--delay", 0, "--json", *options)
    assert done.returncode == 0, done.stderr
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary["counts"]  # type: ignore[no-any-return] # JSON


def test_the_next_crawl_finds_exactly_the_news(run: Run, tmp_path: Path) -> None:
    archive, now = tmp_path / "a.db", datetime.now(UTC)
    forum = sample_forum(until=now)
    forum.grow(240)
    threads = [found for found in forum.threads.values() if not found.members_only and not found.deleted]
    for old in threads[:2]:
        forum.reply(old.id, "Chủ đề cũ được đưa lên lại.")
    with serve(forum) as served:
        command(run, archive, served)
        again = command(run, archive, served)
        assert (again["requests"], again["new"], len(served.requests)) == (1, 0, 2)  # the index; robots.txt
        active = [found for found in threads if found.last_at > now - timedelta(days=7)]
        assert len(active) == 8
        edited = [found.posts[0].id for found in active[:5]]
        deleted = [found.id for lively in active[:6] for found in lively.posts[1:]][-3:]
        for key in edited:
            forum.edit(key, "Nội dung đã được sửa lại.")
        for key in deleted:
            forum.delete(key)
        quiet = [found for found in threads if found.last_at < now - timedelta(days=7)][::5][:10]
        new = {forum.reply(quiet[n % 10].id, f"Trả lời thứ {n}.").id for n in range(30)}
        new |= {forum.add_thread(f"Chủ đề {n}", "Mở đầu.").posts[0].id for n in range(4)}
        before = known(archive, "SELECT post_id FROM posts")
        counts = command(run, archive, served, "--refresh", 7)
        assert (counts["new"], counts["changed"], counts["vanished"], counts["threads"]) == (34, 5, 3, 4)
        assert len(served.requests) < 40
        assert known(archive, "SELECT post_id FROM posts") - before == new
        assert known(archive, "SELECT post_id FROM posts WHERE gone_at IS NOT NULL") == set(deleted)
        versions = "SELECT posts.post_id FROM post_versions JOIN posts ON posts.id = post_versions.post"
        assert known(archive, versions) == set(edited)
        calm = command(run, archive, served, "--refresh", 7)
        assert (calm["new"], calm["changed"], calm["vanished"]) == (0, 0, 0)


def test_unchanged_pages_cost_a_304(run: Run, tmp_path: Path) -> None:
    forum = sample_forum(threads=20, until=datetime.now(UTC))
    forum.etag = True
    with serve(forum) as served:
        command(run, tmp_path / "a.db", served)
        command(run, tmp_path / "a.db", served)
        assert Counter(hit.status for hit in served.requests) == {200: 1, 304: 1}  # robots.txt; the index
        counts = command(run, tmp_path / "a.db", served, "--refresh", 400)
        assert {hit.status for hit in served.requests[1:]} == {304}
        assert counts["unmodified"] > 18
        forum.edit(forum.truth()[2]["posts"][0]["id"], "Sửa.")
        assert command(run, tmp_path / "a.db", served, "--refresh", 400)["changed"] == 1


def test_a_last_modified_of_the_request_is_never_sent_back(run: Run, tmp_path: Path) -> None:
    forum = sample_forum(threads=8)
    forum.modified = "request"
    with serve(forum) as served:
        command(run, tmp_path / "a.db", served)
        assert known(tmp_path / "a.db", "SELECT count(*) FROM frontier WHERE last_modified IS NOT NULL") == {0}
        forum.modified = "change"
        command(run, tmp_path / "a.db", served, "--full")
        command(run, tmp_path / "a.db", served, "--refresh", 9999)
        assert 304 in {hit.status for hit in served.requests}


def test_a_thread_deleted_on_the_forum_is_kept_and_marked(run: Run, tmp_path: Path) -> None:
    forum = sample_forum(threads=8)
    with serve(forum) as served:
        command(run, tmp_path / "a.db", served)
        lost = forum.truth()[3]
        forum.delete_thread(lost["thread_id"])
        counts = command(run, tmp_path / "a.db", served, "--refresh", 9999)
    assert counts["vanished"] == len(lost["posts"])
    posts = {found["id"] for found in lost["posts"]}
    assert known(tmp_path / "a.db", "SELECT post_id FROM posts WHERE gone_at IS NOT NULL") == posts
    threads = "SELECT thread_id FROM threads WHERE gone_at IS NOT NULL AND last_seen <= gone_at"
    assert known(tmp_path / "a.db", threads) == {lost["thread_id"]}
