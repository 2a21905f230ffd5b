"""Lines at the edge of most posts: counted, shown, decided, and taken off by cleaning again."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html
import pytest
from made import BOARD, SITE, everything, rows, sound
from update import folders, saved

from archive import Archive, habits
from archive.errors import ArchiveError
from archive.posts import Place
from archive.recleaning import StoredPost
from archive.records import Author, Block, Kind, Label, Page, Post, Thread
from crawler.cleaning import clean_page
from crawler.cleaning.habits import END, START, Habit, PostText, label_habits, learn
from crawler.forums import read
from crawler.reclean import cleaned_again, find_habits, reclean

if TYPE_CHECKING:
    from conftest import Run

BYE = "Minh Anh, thợ mộc vùng cao"


def found(*texts: str, author: int = 1) -> list[tuple[int | None, str, str]]:
    posts = [PostText(site=1, author=author, text=text) for text in texts]
    return [(habit.owner[1], habit.place, habit.line) for habit in learn(lambda: posts)]


def text(number: int, *, below: str = BYE) -> str:
    return f"Câu mở đầu thứ {'abcdefghijkl'[number]}.\n\nCâu giữa.\n\nCâu {'abcdefghijkl'[number]} cuối.\n\n{below}"


def test_a_line_below_most_posts_is_a_habit_of_its_author() -> None:
    assert found(*map(text, range(8))) == [(1, END, BYE.casefold())]


def test_a_run_of_lines_is_peeled_from_the_edge_inwards() -> None:
    posts = [text(number, below=f"Thân ái\nSố {number} của {BYE}") for number in range(8)]
    assert [line for _, _, line in found(*posts)] == [f"số 0 của {BYE.casefold()}", "thân ái"]
    assert found(*[f"Chào cả nhà\n{text(number, below='')}" for number in range(8)]) == [(1, START, "chào cả nhà")]


@pytest.mark.parametrize(
    "posts",
    [
        [text(number) for number in range(5)],  # few posts
        [text(number) for number in range(6)] + [text(number, below="x") for number in range(6)],  # not most of them
        [BYE] * 12,  # the only line
        [text(number, below="dài " * 40) for number in range(8)],  # long
        [text(number, below="") for number in range(8)],  # "Câu giữa." is in the middle of all of them
    ],
    ids=["few", "half", "alone", "long", "middle"],
)
def test_what_is_no_habit(posts: list[str]) -> None:
    assert not found(*posts)


def test_a_sites_habit_needs_several_authors() -> None:
    posts = [PostText(site=1, author=number % 4, text=text(number)) for number in range(8)]
    assert learn(lambda: posts) == [Habit(owner=(1, None), place=END, line=BYE.casefold(), example=BYE, posts=8, of=8)]


def test_labels_go_to_the_edges_only_and_one_line_stays() -> None:
    def labels(*lines: str) -> list[tuple[str, str]]:
        blocks = [Block(label=Label.BODY, text=line) for line in lines]
        return [
            (b.label.value, b.text) for b in label_habits(blocks, {(END, "hết"): "habit 1", (START, "chào"): "habit 2"})
        ]

    assert labels("Chào", "a\nHết\nb", "c\nHết") == [
        ("habit", "Chào"),
        ("body", "a\nHết\nb"),
        ("body", "c"),
        ("habit", "Hết"),
    ]
    assert labels("Hết") == [("body", "Hết")]
    assert labels("Chào", "Hết") == [("habit", "Chào"), ("body", "Hết")]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Twelve posts, eight of which one author ends with the same line."""
    archive = Archive.open(tmp_path / "archive.db")
    archive.save_page(page())
    return archive


def page(*, middle: str = "Câu giữa.") -> Page:
    thread = Thread(id="10", url=f"https://{SITE}/t/10", title="Chủ đề 10", board=BOARD)
    posts = [
        Post(
            id=str(number + 1),
            author=Author(id=str(number % 3 == 0), name="Minh Anh" if number % 3 else "Thu"),
            position=number + 1,
            body=lxml.html.fromstring(
                f"<div><p>{text(number, below=BYE if number % 3 else '')}</p><p></p></div>".replace(
                    "\n\n", "</p><p>"
                ).replace("Câu giữa.", middle)
            ),
        )
        for number in range(12)
    ]
    return clean_page(Page(kind=Kind.THREAD, site=SITE, url=thread.url, thread=thread, posts=tuple(posts)))


def test_cleaning_again_changes_nothing_by_itself(archive: Archive) -> None:
    before = everything(archive)
    counts = reclean(archive)
    assert (counts["posts"], counts["changed"]) == (12, 0)
    assert everything(archive) == before


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_cleaning_a_stored_post_again_needs_no_page(folder: Path) -> None:
    body, arguments = saved(folder)
    page = clean_page(read(body, **arguments))
    place = Place(site=1, site_name=page.site, board=None, thread=1, thread_url="", authors={}, now="")
    for at, post in enumerate(page.posts):
        if not post.html or not page.thread:
            continue  # nothing to clean, or not saved
        stored = replace(post, position=post.position or (page.page - 1) * 20 + at + 1)
        again = cleaned_again(StoredPost(1, 1, 1, page.software, page.thread, stored, place), {})
        assert (again.text, again.removed) == (post.text, post.removed)


def test_accepted_habits_are_taken_off_and_rejected_ones_put_back(archive: Archive) -> None:
    before = rows(archive)
    find_habits(archive)
    (habit,) = habits.listed(archive)
    assert (habit.author, habit.example, habit.posts, habit.of, habit.state) == ("Minh Anh", BYE, 8, 8, "found")
    assert rows(archive) == before
    habits.decide(archive, [habit.id], accept=True)
    assert reclean(archive)["habits"] == 8
    stored = archive.db.execute("SELECT text, removed FROM posts_full WHERE author = 'Minh Anh'").fetchall()
    assert all(BYE not in text and json.loads(removed) == [["habit", BYE]] for text, removed in stored)
    assert not archive.db.execute("SELECT 1 FROM posts_fts WHERE posts_fts MATCH 'thợ'").fetchall()
    assert not rows(archive, "post_versions")
    assert sound(archive)
    find_habits(archive)
    assert habits.listed(archive) == [habit._replace(state="accepted")]
    habits.decide(archive, [habit.id], accept=False)
    assert reclean(archive)["changed"] == 8
    assert rows(archive) == before


def test_a_page_that_is_read_again_keeps_its_habits_off(archive: Archive) -> None:
    find_habits(archive)
    habits.decide(archive, [1], accept=True)
    reclean(archive)
    before = everything(archive)
    saved = archive.save_page(page())
    assert (saved.unchanged, everything(archive)) == (12, before)
    assert archive.save_page(page(middle="Câu giữa mới.")).changed == 12
    assert len(rows(archive, "post_versions")) == 12


def test_a_habit_that_is_not_there_decides_nothing(archive: Archive) -> None:
    find_habits(archive)
    with pytest.raises(ArchiveError, match="no habit 99"):
        habits.decide(archive, [1, 99], accept=True)
    assert [habit.state for habit in habits.listed(archive)] == ["found"]


def test_what_was_saved_by_older_rules_is_brought_up_to_date(archive: Archive) -> None:
    before = rows(archive)
    archive.db.execute("UPDATE posts SET removed = '[[\"quote\", \"alt\"]]' WHERE post_id = '3'")
    assert rows(archive) != before
    assert reclean(archive)["changed"] == 1
    assert rows(archive) == before


def test_the_commands(run: "Run", archive: Archive) -> None:
    where = ("--archive", archive.path)
    assert "8 of 8 posts of Minh Anh" in run("habits", *where).stdout
    number = json.loads(run("habits", *where, "--json").stdout)["id"]
    assert run("habits", *where, "accept", number).returncode == 0
    done = run("reclean", *where)
    assert done.stdout == "12 posts cleaned again: 8 changed, 0 are articles, 8 have a habit\n"
    assert json.loads(run("reclean", *where, "--json").stdout)["changed"] == 0
    assert run("habits", *where, "reject", 77).returncode == 1
    assert "1 rejected" in run("habits", "reject", number, *where).stderr
    with archive.lock():
        assert run("reclean", *where).returncode == 75
    assert [row[1] for row in rows(archive, "runs")] == ["reclean"] * 2
