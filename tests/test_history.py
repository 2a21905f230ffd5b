"""History: versions of posts with what changed, vanished posts and threads, what a run changed."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st
from made import BOARD, DAY, board, crawl, post, row, thread

from archive import Archive
from archive.errors import ArchiveError
from archive.history.versions import PostHistory, ThreadHistory
from archive.history.wording import Piece, compare
from archive.records import Block, Label
from crawler.show.history import diff_text
from crawler.show.terminal import coloured

# Word by word

TEXT = st.text(alphabet="ab \n", max_size=40)


@given(old=TEXT, new=TEXT)
def test_a_comparison_holds_the_words_of_both_texts(old: str, new: str) -> None:
    pieces = compare(old, new)
    for sign, text in (("+", old), ("-", new)):
        assert " ".join(piece.text for piece in pieces if piece.sign != sign).split() == text.split()
    assert all(before.sign != after.sign for before, after in pairwise(pieces))


def test_only_what_changed_is_marked() -> None:
    assert compare("một hai ba\nbốn năm", "một ba\nbốn sáu năm") == [
        Piece("=", "một"),
        Piece("-", "hai"),
        Piece("=", "ba\nbốn"),
        Piece("+", "sáu"),
        Piece("=", "năm"),
    ]
    assert compare("a b", "a b") == [Piece("=", "a b")]
    assert compare("", "") == []


def test_long_texts_are_compared_line_by_line() -> None:
    words = [f"w{number * number % 977}" for number in range(50_000)]
    old = [" ".join(words[start : start + 50]) for start in range(0, 50_000, 50)]
    new = [*old[:100], old[100] + " new", *old[102:900], "last"]
    pieces = compare("\n".join(old), "\n".join(new))
    assert [piece.sign for piece in pieces] == ["=", "+", "=", "-", "=", "-", "+"]
    assert pieces[1].text == "new"
    assert [piece.sign for piece in compare(" ".join(words), " ".join(words[::2]))] == ["=", "-", "+"]


def test_a_diff_shows_only_the_words_around_a_change() -> None:
    words = [f"w{number}" for number in range(40)]
    pieces = compare(" ".join(words), " ".join([*words[:20], "new", *words[21:]]))
    assert diff_text(pieces, colored=False) == (
        "… w12 w13 w14 w15 w16 w17 w18 w19 [-w20-] {+new+} w21 w22 w23 w24 w25 w26 w27 w28 …"
    )
    assert coloured("w20", "31;9") in diff_text(pieces, colored=True)


# Versions


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs over a board: post 1 is edited twice, post 2 vanishes, thread 11 vanishes."""
    file = tmp_path_factory.mktemp("history") / "archive.db"
    first = f"{BOARD.url[:-4]}/t/10"
    with Archive.open(file) as archive:
        texts = ["bản đầu của bài", "bản sau của bài", "bản sau cùng của bài"]
        for number, text in enumerate(texts):
            edited = post(1, text, title="Cũ" if number == 0 else "Mới", position=1, url=f"{first}#post-1")
            quoted = replace(post(3, position=3), blocks=(Block(label=Label.BODY, text="lời"),)) if number else post(3)
            middle = [post(2, position=2)] if number < 2 else []
            pages = {
                BOARD.url: board(row("10", replies=2 + number), *([row("11", replies=number)])),
                first: thread(edited, *middle, replace(quoted, id="3"), *([post(4)] if number == 2 else [])),
            }
            if number < 2:
                pages[f"{BOARD.url[:-4]}/t/11"] = thread(post(9), number="11")
            run = archive.start_run("crawl", "tin")
            crawl(archive, pages)
            archive.end_run(run, outcome="done", counts={"new": number})
    return file


def test_a_post_has_its_versions_with_what_changed(path: Path) -> None:
    with Archive.open(path) as archive:
        found = archive.history("1")
        assert archive.history(1) == found
        assert isinstance(found, PostHistory)
        assert [(version.number, version.title) for version in found.versions] == [(1, "Cũ"), (2, "Mới"), (3, "Mới")]
        assert found.versions[0].changes == {}
        assert found.versions[1].changes == {
            "title": [Piece("-", "Cũ"), Piece("+", "Mới")],
            "text": [Piece("=", "bản"), Piece("-", "đầu"), Piece("+", "sau"), Piece("=", "của bài")],
        }
        assert found.versions[2].changes == {"text": [Piece("=", "bản sau"), Piece("+", "cùng"), Piece("=", "của bài")]}
        assert [version.until for version in found.versions][-1] is None
        assert found.versions[0].until == found.versions[1].seen_at
        assert archive.history(found.url) == archive.history("1")


def test_an_edit_of_what_cleaning_took_off_is_shown_as_such(path: Path) -> None:
    with Archive.open(path) as archive:
        found = archive.history("3")
        assert isinstance(found, PostHistory)
        assert found.versions[1].changes == {
            "text": [Piece("=", "lời"), Piece("-", "đáp")],
            "removed": [Piece("-", "quote: quote 3")],
        }


def test_a_thread_shows_the_posts_that_changed(path: Path) -> None:
    with Archive.open(path) as archive:
        found = archive.history("10", thread=True)
        assert isinstance(found, ThreadHistory)
        assert (found.posts, found.gone_at) == (4, None)
        assert [(item.post_id, len(item.versions), item.gone_at is None) for item in found.changed] == [
            ("1", 3, True),
            ("2", 1, False),
            ("3", 2, True),
        ]
        assert archive.history(found.url + "/#post-77") == found
        gone = archive.history("11")
        assert isinstance(gone, ThreadHistory)
        assert gone.gone_at is not None


def test_what_is_gone_is_listed_once(path: Path) -> None:
    with Archive.open(path) as archive:
        threads, posts = archive.gone()
        assert ([item.thread_id for item in threads], [item.post_id for item in posts]) == (["11"], ["2"])


def test_a_run_shows_what_it_changed(path: Path) -> None:
    with Archive.open(path) as archive:
        assert [run["id"] for run in archive.runs()] == [3, 2, 1]
        first, second, third = (archive.run_history(number) for number in (1, 2, 3))
        assert [(grown.posts, grown.new) for grown in first.grown] == [(3, True), (1, True)]
        assert (first.edited, second.grown) == ([], [])
        assert [(item.post_id, [v.number for v in item.versions]) for item in third.edited] == [("1", [2, 3])]
        assert [(item.post_id, [v.number for v in item.versions]) for item in second.edited] == [
            ("1", [1, 2]),
            ("3", [1, 2]),
        ]
        assert [(grown.posts, grown.new) for grown in third.grown] == [(1, False)]
        assert {item.post_id for item in third.vanished_posts} >= {"2"}
        assert [item.thread_id for item in third.vanished_threads] == ["11"]


@pytest.mark.parametrize("name", ["999", "0" * 30, "https://forum.example/t/77", "x", "", "/", "\udcff"])
def test_what_is_not_there_is_said(path: Path, name: str) -> None:
    with Archive.open(path) as archive, pytest.raises(ArchiveError, match="no post or thread"):
        archive.history(name)


def test_an_id_that_several_sites_use_is_refused(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.save_page(thread(post(77)), fetched_at=DAY)
        archive.save_page(replace(thread(post(77)), site="other.example"), fetched_at=DAY + timedelta(days=1))
        with pytest.raises(ArchiveError, match=r"'77' is the id of 2 posts.*https://forum\.example"):
            archive.history("77")


# The command


def test_the_command_shows_posts_threads_runs_and_what_is_gone(run: Run, path: Path) -> None:
    def ask(*arguments: object) -> str:
        done = run("history", *arguments, "--archive", path)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    shown = ask("1")
    assert "version 1: seen" in shown
    assert "    bản [-đầu-] {+sau+} của bài" in shown.splitlines()
    assert "    title: [-Cũ-] {+Mới+}" in shown.splitlines()
    assert "taken off: [-quote: quote 3-]" in ask("10", "--thread")
    assert "gone: missing since" in ask("11")
    assert [line.split()[1] for line in ask().splitlines()] == ["3", "2", "1"]
    assert "1 thread gone" in ask("--run", 3)
    assert "#2" in ask("--gone")
    assert json.loads(ask("1", "--json"))["versions"][2]["changes"]["text"][1] == ["+", "cùng"]
    assert json.loads(ask("--run", 3, "--json"))["edited"][0]["post_id"] == "1"
    assert len(json.loads(ask("--json"))) == 3
    assert json.loads(ask("--gone", "--json"))["threads"][0]["thread_id"] == "11"


@pytest.mark.parametrize(("arguments", "code"), [(("999",), 1), (("--run", 99), 1), (("1", "--gone"), 2)])
def test_the_command_refuses_in_words(run: Run, path: Path, arguments: tuple[object, ...], code: int) -> None:
    done = run("history", *arguments, "--archive", path)
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr
