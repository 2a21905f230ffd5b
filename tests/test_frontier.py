"""The frontier: order, states, walks that are interrupted, and what a later crawl asks for again."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from made import BOARD, DAY, HOME, SITE, board, crawl, post, row, take, thread

from archive import Archive
from archive.frontier import AS_MEMBER, host_of
from archive.records import Kind, Page

T10, T11 = f"https://{SITE}/t/10", f"https://{SITE}/t/11"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as opened:
        yield opened


def state(archive: Archive, url: str) -> tuple[str, str | None]:
    found: tuple[str, str | None] = archive.db.execute(
        "SELECT state, outcome FROM frontier WHERE url = ?", (url,)
    ).fetchone()
    return found


def index() -> Page:
    return Page(kind=Kind.INDEX, url=HOME, site=SITE, boards=(BOARD,))


def test_threads_are_continued_before_new_ones_and_these_before_boards(archive: Archive) -> None:
    pages = {
        HOME: index(),
        BOARD.url: board(row(), row("11"), following=f"{BOARD.url}/2"),
        T10: thread(post(1), last=2),
        f"{T10}/page-2": thread(post(2), page=2, last=2),
        T11: thread(post(3), number="11"),
        f"{BOARD.url}/2": board(url=f"{BOARD.url}/2"),
    }
    assert crawl(archive, pages, HOME) == [HOME, BOARD.url, T10, f"{T10}/page-2", T11, f"{BOARD.url}/2"]


def test_a_request_is_handed_out_once_and_counts_its_tries(archive: Archive) -> None:
    archive.seed(HOME, "start")
    assert (archive.pending(), archive.next_due()) == (1, 0)
    request = take(archive)
    assert (request.url, request.role, request.tries) == (HOME, "start", 1)
    assert (archive.take(), archive.pending(), archive.next_due()) == (None, 0, None)
    archive.retry(request, reason="HTTP 503", wait=-1)
    assert take(archive).tries == 2


@pytest.mark.parametrize(("wait", "due"), [(3600, False), (1e8, True)])
def test_a_wait_of_a_clock_that_was_ahead_is_over_in_the_next_run(archive: Archive, wait: float, due: bool) -> None:
    archive.seed(HOME, "start")
    archive.retry(take(archive), reason="HTTP 503", wait=wait)
    with archive.lock():
        assert (archive.take() is not None) is due


def test_a_retry_waits_for_its_time(archive: Archive) -> None:
    archive.seed(HOME, "start")
    archive.retry(take(archive), reason="HTTP 503", wait=60)
    due = archive.next_due()
    assert due is not None
    assert 55 < due - time.time() <= 60
    assert (archive.take(), archive.pending()) == (None, 1)


def test_busy_hosts_are_left_alone(archive: Archive) -> None:
    for url in ("https://a.example/1", "https://a.example:8080/1", "https://b.example/1"):
        archive.seed(url, "start")
    busy = {"a.example"}
    assert archive.pending(busy=busy) == 2
    assert host_of(take(archive).url) == "a.example"
    archive.seed("https://a.example/2", "start")
    found = [archive.take(busy=busy) for _ in range(3)]
    assert [request and request.url for request in found] == ["https://a.example:8080/1", "https://b.example/1", None]
    assert (archive.next_due(busy=busy), archive.next_due()) == (None, 0)


def test_what_a_killed_run_had_taken_is_queued_again(archive: Archive) -> None:
    archive.seed(HOME, "start")
    take(archive)
    with archive.lock():
        assert take(archive).tries == 2


def test_validators_come_back_with_the_next_request(archive: Archive) -> None:
    archive.seed(BOARD.url, "start")
    archive.save_page(board(), request=take(archive), etag='"1"', last_modified="Fri, 01 Mar 2024 08:00:00 GMT")
    archive.seed(BOARD.url, "start")
    request = take(archive)
    assert (request.etag, request.last_modified) == ('"1"', "Fri, 01 Mar 2024 08:00:00 GMT")


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (Kind.LOGIN, "wall"), (Kind.DENIED, "wall"), (Kind.CHALLENGE, "wall"),
        (Kind.MISSING, "missing"), (Kind.UNKNOWN, "unreadable"), (Kind.ERROR, "failed"),
    ],
)  # fmt: skip
def test_walls_and_errors_end_their_request_and_store_nothing(archive: Archive, kind: Kind, outcome: str) -> None:
    archive.seed(HOME, "start")
    saved = archive.save_page(replace(thread(post(1)), kind=kind, message="no entry"), request=take(archive))
    assert saved.new == 0
    assert state(archive, HOME) == ("failed", outcome)
    assert archive.status()["posts"] == 0
    assert archive.status()["errors"][0]["reason"] == "no entry"


def test_pages_from_files_queue_nothing(archive: Archive) -> None:
    archive.save_page(board(row(), following=f"{BOARD.url}/2"))
    archive.save_page(thread(post(1), last=2))
    assert archive.pending() == 0


def test_a_circle_of_links_ends(archive: Archive) -> None:
    pages = {
        BOARD.url: board(row(), following=f"{BOARD.url}/2"),
        f"{BOARD.url}/2": board(row("11"), boards=(BOARD,), url=f"{BOARD.url}/2", following=BOARD.url),
        T10: thread(post(1), next=f"{T10}/page-2"),
        f"{T10}/page-2": thread(post(2), page=2, last=2, next=T10),
    }
    for _ in range(2):
        asked = crawl(archive, pages)
        assert len(asked) == len(set(asked))


# Crawling again


def test_an_unchanged_board_costs_one_request(archive: Archive) -> None:
    pages = {
        BOARD.url: board(row(), row("11"), following=f"{BOARD.url}/2"),
        f"{BOARD.url}/2": board(row("12"), url=f"{BOARD.url}/2"),
        T10: thread(post(1), post(2)),
        T11: thread(post(3), number="11"),
        f"https://{SITE}/t/12": thread(post(4), number="12"),
    }
    assert len(crawl(archive, pages)) == 5
    assert crawl(archive, pages) == [BOARD.url]
    assert crawl(archive, pages) == [BOARD.url]


def test_a_new_reply_is_read_on_the_page_of_the_last_known_post(archive: Archive) -> None:
    second, third = f"{T10}/page-2", f"{T10}/page-3"
    pages = {
        BOARD.url: board(row(replies=1)),
        T10: thread(post(1), last=2),
        second: thread(post(2), page=2, last=2),
    }
    crawl(archive, pages)
    pages |= {
        BOARD.url: board(row(replies=3)),
        second: thread(post(2), post(3), page=2, last=3),
        third: thread(post(4), page=3, last=3),
    }
    assert crawl(archive, pages) == [BOARD.url, second, third]
    assert crawl(archive, pages) == [BOARD.url]
    found = archive.db.execute("SELECT post_id, position FROM posts_full ORDER BY position").fetchall()
    assert found == [("1", 1), ("2", 2), ("3", 3), ("4", 4)]


def test_the_last_posts_time_tells_too_and_its_words_where_it_has_none(archive: Archive) -> None:
    for listed in (
        row(last_post_at=DAY),
        row(last_post_at=DAY + timedelta(minutes=1)),
        row(last_post_raw="ngày 2"),
        row(last_post_raw="ngày 3"),
    ):
        pages = {BOARD.url: board(listed), T10: thread(post(1))}
        assert crawl(archive, pages) == [BOARD.url, T10]
        assert crawl(archive, pages) == [BOARD.url]


def test_the_walk_goes_on_while_rows_are_new_or_changed_stickies_aside(archive: Archive) -> None:
    following = f"{BOARD.url}/2"
    pages = {
        BOARD.url: board(row("9", sticky=True), row(), following=following),
        following: board(row("11"), url=following),
        T10: thread(post(1)),
        T11: thread(post(2), number="11"),
        f"https://{SITE}/t/9": thread(post(3), number="9"),
    }
    crawl(archive, pages)
    pages[BOARD.url] = board(row("9", replies=2, sticky=True), row(), following=following)
    assert crawl(archive, pages) == [BOARD.url, f"https://{SITE}/t/9"]
    pages[BOARD.url] = board(row("9", replies=2, sticky=True), row(replies=2), following=following)
    assert crawl(archive, pages) == [BOARD.url, T10, following]


def test_a_row_that_says_nothing_is_read_again_but_is_no_reason_to_go_on(archive: Archive) -> None:
    following = f"{BOARD.url}/2"
    pages = {
        BOARD.url: board(row(replies=None), following=following),
        following: board(url=following),
        T10: thread(post(1)),
    }
    assert crawl(archive, pages) == [BOARD.url, T10, following]
    assert crawl(archive, pages) == [BOARD.url, T10]


def test_an_interrupted_walk_goes_on_and_asks_for_nothing_twice(archive: Archive) -> None:
    following = f"{BOARD.url}/2"
    pages = {
        BOARD.url: board(row(), following=following),
        following: board(row("11"), url=following),
        T10: thread(post(1), last=2),
        f"{T10}/page-2": thread(post(2), page=2, last=2),
        T11: thread(post(3), number="11"),
    }
    archive.seed(BOARD.url, "start")
    for _ in range(2):
        request = take(archive)
        archive.save_page(pages[request.url], request=request)
    assert crawl(archive, pages) == [f"{T10}/page-2", following, T11]
    assert crawl(archive, pages) == [BOARD.url]


def test_a_thread_cut_off_between_its_pages_is_not_settled(archive: Archive) -> None:
    archive.seed(BOARD.url, "start")
    archive.save_page(board(row()), request=take(archive))
    archive.save_page(thread(post(1), last=2), request=take(archive))
    assert archive.db.execute("SELECT settled FROM threads").fetchone() == (None,)
    archive.save_page(thread(post(2), page=2, last=2), request=take(archive))
    assert archive.db.execute("SELECT settled FROM threads").fetchone() == ("1",)


def test_a_reply_that_came_while_the_thread_was_read_is_found_next_time(archive: Archive) -> None:
    archive.seed(BOARD.url, "start")
    archive.save_page(board(row(), following=f"{BOARD.url}/2"), request=take(archive))
    request = take(archive)
    archive.save_page(board(row(replies=2), url=f"{BOARD.url}/2"), request=take(archive))  # while T10 is under way
    archive.save_page(thread(post(1)), request=request)
    pages = {BOARD.url: board(row(replies=2)), T10: thread(post(1), post(2))}
    assert crawl(archive, pages) == [BOARD.url, T10]


def test_what_failed_and_what_was_listed_in_vain_get_another_chance_in_the_next_walk(archive: Archive) -> None:
    pages = {BOARD.url: board(row(), row("11"))}
    archive.seed(BOARD.url, "start")
    archive.save_page(pages[BOARD.url], request=take(archive))
    archive.finish(take(archive), outcome="failed", reason="timeout")
    archive.finish(take(archive), outcome="wall", reason="members only")
    assert archive.take() is None
    pages[T10] = thread(post(1))
    assert crawl(archive, pages) == [T10, BOARD.url, T11]
    assert crawl(archive, pages) == [BOARD.url]
    pages[BOARD.url] = board(row(), row("11", replies=2))
    pages[T11] = thread(post(2), number="11")
    assert crawl(archive, pages) == [BOARD.url, T11]


def test_a_board_page_that_failed_does_not_hide_the_pages_behind_it(archive: Archive) -> None:
    following, last = f"{BOARD.url}/2", f"{BOARD.url}/3"
    pages = {BOARD.url: board(row(), following=following), T10: thread(post(1))}
    crawl(archive, pages)  # the second page is missing
    pages |= {
        following: board(row("11"), url=following, following=last),
        last: board(url=last),
        T11: thread(post(2), number="11"),
    }
    assert set(crawl(archive, pages)) == {BOARD.url, following, T11, last}


def test_not_modified_settles_a_thread_on_its_last_page_only(archive: Archive) -> None:
    pages = {BOARD.url: board(row()), T10: thread(post(1))}
    crawl(archive, pages)
    archive.seed(BOARD.url, "start")
    archive.save_page(board(row(replies=2)), request=take(archive))
    archive.finish(take(archive), outcome="done")
    assert archive.db.execute("SELECT settled FROM threads").fetchone() == ("2",)


def test_a_thread_that_lost_pages_is_continued_on_the_last_one_left(archive: Archive) -> None:
    second = f"{T10}/page-2"
    crawl(archive, {BOARD.url: board(row()), T10: thread(post(1), last=2), second: thread(post(2), page=2, last=2)})
    archive.save_page(thread(post(1)))
    pages = {BOARD.url: board(row(replies=5)), T10: thread(post(1), post(3))}
    assert crawl(archive, pages) == [BOARD.url, T10]


def test_two_starts_share_what_they_have_in_common(archive: Archive) -> None:
    pages = {HOME: index(), BOARD.url: board(row()), T10: thread(post(1))}
    assert crawl(archive, pages, T10) == [T10]
    asked = crawl(archive, pages, HOME)
    assert asked[:2] == [HOME, BOARD.url]
    assert len(asked) <= 3
    assert crawl(archive, pages, HOME) == [HOME, BOARD.url]


# What was never read


def answer(archive: Archive, outcome: str, reason: str = "", **scope: Any) -> None:
    """A walk in which the thread 10 is read and the thread 11 ends so."""
    archive.seed(BOARD.url, "start", **scope)
    pages = {BOARD.url: board(row(), row("11")), T10: thread(post(1), post(2))}
    while request := archive.take():
        if request.url in pages:
            archive.save_page(pages[request.url], request=request)
        else:
            archive.finish(request, outcome=outcome, reason=reason)


def again(archive: Archive, start: str = BOARD.url, **scope: Any) -> list[str]:
    """What a walk asks for when all is there and the board shows nothing new."""
    archive.seed(start, "start", **scope)
    pages = {
        HOME: index(),
        BOARD.url: board(row(), row("11")),
        T10: thread(post(1), post(2)),
        T11: thread(post(3), post(4), number="11"),
    }
    asked = []
    while request := archive.take():
        asked.append(request.url)
        archive.save_page(pages[request.url], request=request)
    return asked


@pytest.mark.parametrize("outcome", ["wall", "missing", "refused", "unreadable"])
@pytest.mark.parametrize("start", [BOARD.url, HOME])
def test_a_full_walk_asks_again_for_what_was_never_read(archive: Archive, outcome: str, start: str) -> None:
    answer(archive, outcome)
    assert T11 in again(archive, start, full=True)
    assert archive.status()["posts"] == 4
    assert T11 not in again(archive)


def test_a_full_walk_asks_again_for_a_thread_that_was_gone(archive: Archive) -> None:
    again(archive)
    answer(archive, "missing", full=True)
    lost = "SELECT thread_id FROM threads WHERE gone_at IS NOT NULL"
    assert archive.db.execute(lost).fetchall() == [("11",)]
    assert T11 in again(archive, full=True)
    assert archive.db.execute(lost).fetchall() == []


def test_what_robots_txt_refused_is_asked_again_once_in_each_walk(archive: Archive) -> None:
    answer(archive, "refused")
    answer(archive, "refused")
    assert sorted(again(archive)) == [BOARD.url, T11]
    assert again(archive) == [BOARD.url]


def test_a_member_asks_again_for_what_was_walled_to_guests_and_only_for_that(archive: Archive) -> None:
    answer(archive, "wall", "members only")
    answer(archive, "wall", "members only")
    answer(archive, "wall", f"not for you{AS_MEMBER}", member=True)
    assert again(archive, member=True) == [BOARD.url]
    assert T11 in again(archive, full=True)


# What was asked for in vain


def vainly(archive: Archive, outcome: str, start: str = HOME, *, soon: bool = False) -> list[str]:
    """What a walk asks for when the thread 11 ends so and the index shows the board as it was."""
    archive.seed(start, "start")
    asked = []
    shown = Page(kind=Kind.INDEX, url=HOME, site=SITE, boards=(replace(BOARD, state="2 4"),))
    pages = {HOME: shown, BOARD.url: board(row(), row("11")), T10: thread(post(1), post(2))}
    while request := archive.take():
        asked.append(request.url)
        if request.url in pages:
            archive.save_page(pages[request.url], request=request)
        else:
            archive.finish(request, outcome=outcome, soon=soon)
    return asked


def pass_days(archive: Archive, days: float) -> None:
    archive.db.execute("UPDATE frontier SET not_before = not_before - ? WHERE not_before > 0", (days * 86_400,))


@pytest.mark.parametrize("outcome", ["wall", "missing", "unreadable"])
def test_what_the_first_walk_asked_for_in_vain_waits_for_a_day_and_then_for_longer_and_longer(
    archive: Archive, outcome: str
) -> None:
    assert T11 in vainly(archive, outcome)
    for days in (1, 1, 2, 4, 8):
        assert vainly(archive, outcome) == [HOME]
        pass_days(archive, days - 0.1)
        assert vainly(archive, outcome) == [HOME]
        pass_days(archive, 0.1)
        assert vainly(archive, outcome) == [HOME, T11]
    assert archive.db.execute("SELECT settled FROM threads WHERE thread_id = '11'").fetchone() == ("1 in vain 6",)
    pass_days(archive, 16)
    assert T11 in again(archive)
    assert archive.db.execute("SELECT settled FROM threads").fetchall() == [("1",), ("1",)]
    assert again(archive) == [BOARD.url]


def test_a_thread_that_is_listed_again_and_again_is_asked_for_once_more_and_then_waits(archive: Archive) -> None:
    for expected in ([BOARD.url, T10, T11], [BOARD.url, T11], [BOARD.url], [BOARD.url]):
        assert vainly(archive, "wall", BOARD.url) == expected


def test_a_bare_refusal_is_asked_again_by_the_next_walk(archive: Archive) -> None:
    vainly(archive, "wall", soon=True)
    assert vainly(archive, "wall", soon=True) == [HOME, T11]
    assert vainly(archive, "wall", soon=True) == [HOME]


@pytest.mark.parametrize("outcome", ["wall", "missing"])
def test_a_thread_that_was_read_before_is_asked_for_by_the_next_walk_and_nothing_is_lost(
    archive: Archive, outcome: str
) -> None:
    again(archive, HOME)
    archive.seed(BOARD.url, "start")
    archive.save_page(board(row(), row("11", replies=2)), request=take(archive))
    archive.finish(take(archive), outcome=outcome)
    gone = archive.db.execute("SELECT count(*) FROM threads WHERE gone_at IS NOT NULL").fetchone()[0]
    assert gone == (outcome == "missing")  # a wall hides, it takes nothing away
    archive.seed(BOARD.url, "start")
    archive.finish(take(archive), outcome="done")  # 304: its board says nothing new
    request = take(archive)
    assert request.url == T11
    archive.save_page(thread(post(3), post(4), post(5), number="11"), request=request)
    assert archive.status()["posts"] == 5
    assert archive.db.execute("SELECT count(*) FROM posts WHERE gone_at IS NOT NULL").fetchone() == (0,)


def test_a_member_asks_for_the_news_first(archive: Archive) -> None:
    answer(archive, "wall", "members only")
    assert again(archive, member=True) == [BOARD.url, T11]
    assert again(archive, member=True) == [BOARD.url]
