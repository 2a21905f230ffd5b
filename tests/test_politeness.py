"""How hosts are asked: waits as told, Crawl-delay, slow and failing hosts beside good ones, locks, quiet hours."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import COMMAND, Run
from hypothesis import given
from hypothesis import strategies as st

from crawler.config import Config, Site
from crawler.demo import Served, sample_forum, serve
from crawler.politeness import FRESH, LONGEST, Host, Hosts, State, backoff, lock_name, retry_after, trusted, within

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


def host(delay: float = 1.0, **limits: object) -> Host:
    return Host(name="a.example", limits=Site(url="https://a.example/", **limits), delay=delay, adaptive=delay > 0)  # type: ignore[arg-type] # any of its fields


# ---------------------------------------------------------------- what servers say


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0), (" 5 ", 5.0), ("0", 0.0), ("999999", LONGEST), ("", None), (None, None), ("soon", None),
        ("-5", None), ("1.5", None), ("²", None), ("Fri, 01 Mar 2024 12:01:30 GMT", 90.0),
        ("Fri, 01 Mar 2024 11:00:00 GMT", 0.0), ("Fri, 01 Mar 2024 13:30:00 +0100", 1800.0),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text())
def test_retry_after_reads_anything(header: str) -> None:
    found = retry_after(header, NOW)
    assert found is None or 0 <= found <= LONGEST


def test_a_last_modified_that_is_the_time_of_the_request_is_not_trusted() -> None:
    date = format_datetime(NOW, usegmt=True)
    earlier = format_datetime(NOW - timedelta(seconds=FRESH + 1), usegmt=True)
    assert trusted(date, date, NOW) is None
    assert trusted(format_datetime(NOW + timedelta(hours=1), usegmt=True), date, NOW) is None
    assert trusted(earlier, date, NOW) == earlier
    assert trusted(earlier, None, NOW) == earlier
    assert (trusted(None, date, NOW), trusted("yesterday", date, NOW)) == (None, None)


def test_waits_grow_and_have_an_end() -> None:
    waits = [backoff(tries, 1) for tries in range(1, 40)]
    assert waits[:4] == [2, 4, 8, 16]
    assert all(earlier <= later <= LONGEST for earlier, later in pairwise(waits))
    assert backoff(10_000, 60) == LONGEST


# ---------------------------------------------------------------- one host's pace


def test_the_pause_follows_slow_answers_and_comes_back() -> None:
    slow = host()
    slow.answered(8.0)
    assert slow.pause == 8
    for _ in range(10):
        slow.answered(0.1)
    assert slow.pause == 1


@given(st.floats(0, 100), st.lists(st.one_of(st.floats(0, 100), st.none()), max_size=30))
def test_the_pause_is_never_shorter_than_the_delay(delay: float, answers: list[float | None]) -> None:
    asked = host(delay)
    for latency in answers:
        if latency is None:
            asked.trouble("u", None)
        else:
            asked.answered(latency)
        assert asked.pause >= delay


def test_an_overloaded_host_is_slowed_down_as_a_whole_and_sped_up_again() -> None:
    asked = host()
    assert asked.trouble("u", 30) == 30
    assert 29 < asked.ready - time.time() <= 30
    assert asked.pause == 2
    asked.trouble("u", None)
    assert asked.pause == 3
    for _ in range(20):
        asked.answered(0.1)
    assert asked.pause == 1


def test_no_delay_is_no_throttling_but_waits_are_kept() -> None:
    asked = host(0)
    asked.answered(5)
    assert asked.pause == 0
    assert asked.trouble("u", 7) == 7
    assert asked.ready - time.time() > 6


@pytest.mark.parametrize(
    ("now", "start", "end", "inside"),
    [
        (9, 8, 18, True), (18, 8, 18, False), (7, 8, 18, False),
        (23, 22, 6, True), (5, 22, 6, True), (6, 22, 6, False), (12, 22, 6, False),
    ],
)  # fmt: skip
def test_quiet_hours_may_go_over_midnight(now: int, start: int, end: int, inside: bool) -> None:
    assert within(clock(now), clock(start), clock(end)) is inside


def test_a_host_rests_at_its_limit_and_in_its_quiet_hours() -> None:
    asked = host(max_requests=2)
    assert asked.open()
    asked.ask()
    asked.ask()
    assert (asked.open(), asked.state) == (False, State.RESTS)
    now = datetime.now().astimezone()
    quiet = host(quiet=((now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()))
    assert (quiet.open(), quiet.state) == (False, State.RESTS)
    assert "quiet hours" in quiet.reason


def test_one_host_is_asked_by_one_crawl_at_a_time() -> None:
    first, second, third = Hosts(Config()), Hosts(Config()), Hosts(Config())
    with second.locks, third.locks:
        with first.locks:
            assert first["locked.example:1"].state is State.OPEN
            assert second["locked.example:1"].state is State.LOCKED
            assert second["locked.example:2"].state is State.OPEN
        assert third["locked.example:1"].state is State.OPEN


@pytest.mark.parametrize("trouble", ["folder", "file"])
def test_a_lock_that_cannot_be_made_ends_the_run_in_one_line(run: Run, tmp_path: Path, trouble: str) -> None:
    folder = tmp_path / f"xemtiep-{os.getuid()}"
    with serve(sample_forum(threads=12)) as served:
        if trouble == "folder":
            folder.touch()
        else:
            (folder / lock_name(served.url.split("/")[2])).mkdir(parents=True)
        environment = os.environ | {"TMPDIR": str(tmp_path)}
        done = run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0, env=environment)
        assert served.requests == []
    assert done.returncode == 1
    assert done.stderr.startswith(f"xemtiep: {folder}: no lock can be made there (")
    assert len(done.stderr.splitlines()) == 1


def test_a_host_of_any_length_can_be_locked() -> None:
    longest = ".".join(["đ" * 15] * 5)
    names = {lock_name(host) for host in ("a.example", "b.example", f"{longest}.example", f"{longest}.example:1")}
    assert len(names) == 4
    assert max(map(len, names)) <= 255
    first, second = Hosts(Config()), Hosts(Config())
    with first.locks, second.locks:
        assert first[f"{longest}.example"].state is State.OPEN
        assert second[f"{longest}.example"].state is State.LOCKED


# ---------------------------------------------------------------- whole crawls


@pytest.fixture
def small() -> Iterator[Served]:
    with serve(sample_forum(threads=8)) as served:
        yield served


def crawl(run: Run, tmp_path: Path, *arguments: object) -> tuple[int, dict[str, object], str]:
    done = run("crawl", *arguments, "--archive", tmp_path / "a.db", "--json")
    return done.returncode, json.loads(done.stdout), done.stderr


def gaps(served: Served) -> list[float]:
    times = [hit.time for hit in served.requests[1:]]  # after robots.txt the first page may follow at once
    return [later - earlier for earlier, later in pairwise(times)]


def test_a_crawl_delay_is_kept_whatever_the_configured_delay(run: Run, tmp_path: Path, small: Served) -> None:
    small.forum.crawl_delay = 0.3
    code, _, _ = crawl(run, tmp_path, small.url, "--delay", 0, "--max-requests", 6)
    assert code == 0
    assert len(gaps(small)) == 5
    assert min(gaps(small)) >= 0.3


def test_a_host_that_asks_for_a_pause_gets_it_for_all_its_pages(run: Run, tmp_path: Path, small: Served) -> None:
    small.forum.fail(r"/threads/", status=429, times=1, retry_after=1)
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    small.forum.fail(r"/forums/world", status=503, times=1, retry_after=later)
    assert crawl(run, tmp_path, small.url, "--delay", 0)[0] == 0
    hits = small.requests
    for refused, following in pairwise(hits):
        if refused.status == 429:
            assert following.time - refused.time >= 1
        if refused.status == 503:
            assert following.time - refused.time > 0
    assert {429, 503} <= {hit.status for hit in hits}


def test_a_slow_host_does_not_hold_up_a_fast_one(run: Run, tmp_path: Path, small: Served) -> None:
    with serve(sample_forum(threads=8, seed=9)) as slow:
        slow.forum.slow(0.4)
        assert crawl(run, tmp_path, slow.url, small.url, "--delay", 0)[0] == 0
        fast_ended, slow_hits = small.requests[-1].time, slow.requests
    assert fast_ended < slow_hits[len(slow_hits) // 2].time
    assert len(slow_hits) > 8


def test_a_host_that_is_down_is_left_to_the_next_run_and_harms_no_other(
    run: Run, tmp_path: Path, small: Served
) -> None:
    with serve(sample_forum(threads=8, seed=9)) as broken:
        broken.forum.fail("", status=503, times=1000)
        broken.forum.robots = "error"
        code, summary, stderr = crawl(run, tmp_path, broken.url, small.url, "--delay", 0)
    assert code == 3
    assert summary["outcome"] == "done with errors"
    assert "HTTP 503" in stderr
    assert str(broken.url.split("/")[2]) in stderr
    status = json.loads(run("status", "--archive", tmp_path / "a.db", "--json").stdout)
    assert status["threads"] == len(small.forum.truth())


def test_a_host_that_breaks_down_on_the_way_keeps_its_pages_for_the_next_run(
    run: Run, tmp_path: Path, small: Served
) -> None:
    small.forum.fail("/threads/", status=503, times=1000, retry_after=0)
    code, summary, stderr = crawl(run, tmp_path, small.url, "--delay", 0)
    assert (code, "HTTP 503" in stderr) == (3, True)
    vietnamese = [thread for thread in small.forum.threads.values() if thread.board_id == 2]
    assert summary["waiting"] == len(vietnamese) + 1  # and the other board
    assert summary["counts"]["failed"] == 0  # type: ignore[index] # counts by name
    small.forum.recover()
    assert crawl(run, tmp_path, small.url, "--delay", 0)[0] == 0
    status = json.loads(run("status", "--archive", tmp_path / "a.db", "--json").stdout)
    assert status["posts"] == sum(len(thread["posts"]) for thread in small.forum.truth())


def test_a_long_pause_is_left_to_the_next_run(run: Run, tmp_path: Path, small: Served) -> None:
    small.forum.fail("/threads/", status=503, times=1, retry_after=3000)
    code, summary, stderr = crawl(run, tmp_path, small.url, "--delay", 0)
    assert (code, "left alone" in stderr) == (3, True)
    assert summary["waiting"]
    asked = len(small.requests)
    code, summary, stderr = crawl(run, tmp_path, small.url, "--delay", 0)
    assert (code, bool(summary["waiting"])) == (0, True)
    assert (summary["outcome"], "is to be left alone until " in stderr) == ("stopped at its limit", True)
    assert len(small.requests) == asked


def test_five_walls_in_a_row_shut_a_host_and_one_does_not(run: Run, tmp_path: Path, small: Served) -> None:
    small.forum.wall("/threads/")
    code, summary, stderr = crawl(run, tmp_path, small.url, "--delay", 0)
    assert (code, summary["outcome"]) == (4, "shut out")
    assert "shuts xemtiep out" in stderr
    assert len([hit for hit in small.requests if "/threads/" in hit.path]) == 5


def test_two_archives_do_not_crawl_one_host_at_a_time(run: Run, tmp_path: Path, small: Served) -> None:
    small.forum.slow(0.3)
    command = [COMMAND, "crawl", small.url, "--archive", str(tmp_path / "other.db"), "--delay", "0"]
    first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not small.requests:
        time.sleep(0.01)
    code, summary, stderr = crawl(run, tmp_path, small.url, "--delay", 0)
    assert (code, summary["counts"]["requests"]) == (75, 0)  # type: ignore[index] # counts by name
    assert "another crawl" in stderr
    first.terminate()
    first.communicate(timeout=30)


@pytest.mark.parametrize("command", [("crawl", "--archive", "a.db", "--delay", "0"), ("sites", "add")])
def test_a_proxy_that_is_down_is_blamed_without_its_password(
    run: Run, tmp_path: Path, small: Served, command: tuple[str, ...]
) -> None:
    (tmp_path / "xemtiep.toml").write_text('proxy = "http://me:s3cret@127.0.0.1:9"\n', "utf-8")
    done = run(*command, small.url, cwd=tmp_path)
    assert done.returncode == 1
    assert "through the proxy 127.0.0.1:9" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr
    assert small.requests == []


def test_a_request_that_robots_txt_forbids_takes_no_time_of_the_host() -> None:
    asked = host(delay=60)
    asked.ask()
    asked.spare()
    assert (asked.asked, asked.ready <= time.time()) == (0, True)


def test_the_summary_names_the_quiet_hours(run: Run, tmp_path: Path, small: Served) -> None:
    now = datetime.now().astimezone()
    quiet = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=1):%H:%M}"
    (tmp_path / "xemtiep.toml").write_text(f'[[sites]]\nurl = "{small.url}"\nquiet = "{quiet}"\n')
    done = run("crawl", "--all", cwd=tmp_path)
    assert (done.returncode, done.stderr, small.requests) == (0, "", [])
    assert f"its quiet hours last until {quiet[-5:]}" in done.stdout


@pytest.mark.parametrize("retry_after", [0, 3600])
def test_a_host_that_answers_nothing_but_429_has_shut_xemtiep_out(
    run: Run, tmp_path: Path, small: Served, retry_after: int
) -> None:
    small.forum.fail("^/$", status=429, times=1000, retry_after=retry_after)
    code, summary, stderr = crawl(run, tmp_path, small.url, "--delay", 0)
    assert (code, summary["outcome"]) == (4, "shut out")
    assert "HTTP 429" in stderr
    assert "software" not in stderr


def test_a_host_that_cannot_be_reached_has_failed_whatever_is_left_of_it(run: Run, tmp_path: Path) -> None:
    with serve(sample_forum(threads=20)) as gone:
        assert crawl(run, tmp_path, gone.url, "--delay", 0, "--max-requests", 3)[0] == 0
    code, summary, stderr = crawl(run, tmp_path, gone.url, "--delay", 0)
    assert (code, summary["outcome"]) == (1, "failed"), stderr
