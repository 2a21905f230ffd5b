"""Which articles an export gives: filters, stories, replies, what is new for a target; and where it puts them."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from made import DAY, post, thread

from archive import Archive
from archive.errors import ArchiveError
from archive.export import Choice, export, file_name
from archive.export.names import number_of
from archive.filters import Filters


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as archive:
        yield archive


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def given_(archive: Archive, folder: Path, **choice: Any) -> list[dict[str, Any]]:
    export(archive, "jsonl", folder / "given.jsonl", choice=Choice(**choice))
    return read(folder / "given.jsonl")


def test_a_line_is_the_row_of_the_table_with_the_version_of_its_columns(archive: Archive, tmp_path: Path) -> None:
    text = 'Dấu " và \\ và\n\ttab, \x01, \u2028, 😀'
    archive.save_page(thread(post(1, text, title="Một"), post(2)))
    names = [column[1] for column in archive.db.execute("PRAGMA table_info(articles)")][:-2]  # all but why and index
    row = archive.db.execute(f"SELECT {', '.join(names)} FROM articles").fetchone()
    assert given_(archive, tmp_path) == [{"schema": 1, **dict(zip(names, row, strict=True))}]
    assert row[2] == text


def test_filters_and_the_first_of_each_story(archive: Archive, tmp_path: Path) -> None:
    days = [DAY.replace(day=day) for day in (5, 3, 4)]
    articles = [post(n, f"chữ {n}", title="T", posted_at=day) for n, day in enumerate(days, 1)]
    archive.save_page(thread(*articles, post(4, "riêng", title="T"), post(5, "hai", title="T", posted_at=None)))
    archive.db.execute("UPDATE articles SET story = CASE WHEN id <= 3 THEN 1 END")
    archive.db.execute("UPDATE articles SET story = 2, first_seen = '2024-01-01T00:00:00Z' WHERE id = 5")
    assert [found["id"] for found in given_(archive, tmp_path, one_per_story=True)] == [2, 4, 5]
    since = Filters(since="2024-03-04")
    assert [found["id"] for found in given_(archive, tmp_path, one_per_story=True, filters=since)] == [3]
    assert [found["id"] for found in given_(archive, tmp_path, filters=Filters(stories=[1]))] == [1, 2, 3]


def test_replies_are_the_posts_up_to_the_next_article(archive: Archive, tmp_path: Path) -> None:
    posts = [post(1, "tin", title="A"), post(2, "đáp"), post(3, "nữa"), post(4, "tin hai", title="B"), post(5, "hết")]
    archive.save_page(thread(*posts))
    archive.save_page(thread(post(6, "khác"), number="11"))
    one, two = given_(archive, tmp_path, with_replies=True)
    assert [reply["text"] for reply in one["replies"]] == ["đáp", "nữa"]
    assert one["replies"][0] == {
        "id": 2,
        "position": 2,
        "author": "người 2",
        "posted_at": "2024-03-01T08:00:00Z",
        "url": "https://forum.example/t/10",
        "text": "đáp",
        "quotes": "quote 2",
    }
    assert [reply["text"] for reply in two["replies"]] == ["hết"]


def test_every_column_with_a_value_has_one_among_the_first_rows(archive: Archive, tmp_path: Path) -> None:
    bare = [post(n, "chữ", title="T", posted_at=None, source=None) for n in range(1, 150)]
    archive.save_page(thread(*bare, post(150, "chữ", title="T"), post(151, "chữ", title="T")))
    archive.db.execute("UPDATE articles SET story = CASE id WHEN 151 THEN 9 END")
    found = [row["id"] for row in given_(archive, tmp_path)]
    assert found == [150, 151, *range(1, 150)]
    archive.db.execute("UPDATE articles SET source_url = 'https://a.example/', story = 1 WHERE id = 100")
    assert given_(archive, tmp_path)[0]["id"] == 150  # still without a date


# ---------------------------------------------------------------- only what is new


changes = st.lists(
    st.tuples(st.sampled_from(["new", "edit", "title", "export", "reply"]), st.integers(1, 5)), max_size=12
)


@settings(max_examples=30, deadline=None)
@given(changes=changes)
def test_exports_for_a_target_add_up_to_a_whole_one(
    changes: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("law")
    held: dict[int, dict[str, Any]] = {}
    with Archive.open(folder / "a.db") as archive:
        for step, (kind, number) in enumerate([*changes, ("export", 0)]):
            if kind == "export":
                news = given_(archive, folder, since_last="x", with_replies=True)
                assert all(held.get(row["id"]) != row for row in news)
                held |= {row["id"]: row for row in news}
                continue
            text = {"new": "chữ", "edit": f"chữ {step}", "title": "chữ", "reply": "chữ"}[kind]
            title = f"tên {step}" if kind == "title" else "tên"
            more = [post(100 + step, "đáp")] if kind == "reply" else []
            archive.save_page(thread(post(number, text, title=title), *more, number=str(number)))
        assert held == {row["id"]: row for row in given_(archive, folder, with_replies=True)}


def test_a_target_knows_nothing_of_an_export_that_failed(archive: Archive, tmp_path: Path) -> None:
    archive.save_page(thread(post(1, "tin", title="A")))
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match="cannot be written"):
        export(archive, "jsonl", tmp_path / "file" / "x.jsonl", choice=Choice(since_last="x"))
    assert len(given_(archive, tmp_path, since_last="x")) == 1
    assert given_(archive, tmp_path, since_last="x") == []
    assert len(given_(archive, tmp_path, since_last="another")) == 1


# ---------------------------------------------------------------- names


@given(st.lists(st.text(max_size=300), min_size=1, max_size=20), st.sampled_from(["md", "sqlite"]))
def test_names_are_safe_and_unique_everywhere(titles: list[str], suffix: str) -> None:
    names = [file_name(number, title, suffix) for number, title in enumerate(titles, 1)]
    assert len({name.casefold() for name in names}) == len(titles)
    for number, name in enumerate(names, 1):
        assert name.isascii()  # so it is one in NFC and in NFD
        assert len(name.encode()) <= 143
        assert name == name.lower()
        assert not set(name) & set('<>:"/\\|?* ')
        assert number_of(name, suffix) == number


@pytest.mark.parametrize("title", ["CON", "nul.txt", "..", "", "😀", "a/b", "Tín dụng", "con."])
def test_no_title_makes_a_device_or_a_path(title: str) -> None:
    name = file_name(7, title, "md")
    assert name.startswith("00000007-")
    assert "/" not in name
    assert ".." not in name


# ---------------------------------------------------------------- atomic


KILLED = """
import os, signal, sys
from archive import Archive
from archive.export import Choice, export

def follow(rows, total):
    for number, row in enumerate(rows):
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        yield row

with Archive.open(sys.argv[1]) as archive:
    export(archive, sys.argv[2], sys.argv[3], choice=Choice(since_last="x"), follow=follow)
"""


@pytest.mark.parametrize(("format_", "name"), [("jsonl", "out.jsonl"), ("md", "out"), ("sqlite", "out.db")])
def test_a_killed_export_has_no_name_and_is_cleared_away(
    archive: Archive, tmp_path: Path, format_: str, name: str
) -> None:
    archive.save_page(thread(*(post(n, "tin", title=f"A{n}") for n in range(1, 5))))
    folder = tmp_path / "to"
    done = subprocess.run([sys.executable, "-c", KILLED, archive.path, format_, folder / name], check=False)
    assert done.returncode == -signal.SIGKILL
    (part,) = folder.iterdir()
    assert part.name.endswith(".part")
    assert export(archive, format_, folder / name, choice=Choice(since_last="x")) == 4
    assert [path.name for path in folder.iterdir()] == [name]


def test_an_older_export_stays_until_the_new_one_is_whole(archive: Archive, tmp_path: Path) -> None:
    archive.save_page(thread(*(post(n, "tin", title=f"A{n}") for n in range(1, 5))))
    for name in ("out.jsonl", "out"):
        export(archive, "jsonl", tmp_path / name, choice=Choice(since_last=name))
    before = {path: path.read_bytes() for path in tmp_path.glob("out*/*")} | {
        tmp_path / "out.jsonl": (tmp_path / "out.jsonl").read_bytes()
    }
    archive.db.execute("UPDATE articles SET title = title || ' mới'")
    for name in ("out.jsonl", "out"):
        subprocess.run([sys.executable, "-c", KILLED, archive.path, "jsonl", tmp_path / name], check=False)
    assert {path: path.read_bytes() for path in before} == before


def test_a_folder_keeps_what_is_not_of_the_export(archive: Archive, tmp_path: Path) -> None:
    archive.save_page(thread(post(1, "tin", title="Một"), post(2, "tin", title="Hai")))
    folder = tmp_path / "vault"
    export(archive, "md", folder)
    (folder / ".settings").mkdir()
    (folder / ".settings" / "app.json").write_text("{}")
    (folder / "20240301-diary.md").write_text("mine")
    archive.db.execute("UPDATE articles SET title = 'Mốt' WHERE id = 1")
    export(archive, "md", folder)
    names = {"00000001-mot.md", "00000002-hai.md", ".settings", "20240301-diary.md"}
    assert {path.name for path in folder.iterdir()} == names
    assert (folder / ".settings" / "app.json").read_text() == "{}"
    archive.db.execute("UPDATE articles SET title = 'Ba' WHERE id = 2")
    choice = Choice(since_last="vault", filters=Filters(since="2024"))
    archive.db.execute("UPDATE articles SET posted_at = NULL WHERE id = 1")
    export(archive, "md", folder, choice=choice)
    assert {path.name for path in folder.iterdir()} == names - {"00000002-hai.md"} | {"00000002-ba.md"}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_folder_that_stepped_aside_comes_back(archive: Archive, tmp_path: Path) -> None:
    archive.save_page(thread(post(1, "tin", title="Một")))
    (tmp_path / ".out.before").mkdir()
    (tmp_path / ".out.before" / "mine.txt").write_text("words")
    export(archive, "txt", tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"mine.txt", "00000001-mot.txt"}


def test_an_export_at_work_is_not_cleared_away(archive: Archive, tmp_path: Path) -> None:
    archive.save_page(thread(post(1, "tin", title="Một")))

    def follow(rows: Any, _: int) -> Iterator[Any]:
        with Archive.open(archive.path) as other:
            export(other, "txt", tmp_path / "other.txt")
            export(other, "txt", tmp_path / "folder")
        yield from rows

    assert export(archive, "txt", tmp_path / "one.txt", follow=follow) == 1
    assert (tmp_path / "one.txt").read_text() == (tmp_path / "other.txt").read_text()


# ---------------------------------------------------------------- the command


def test_the_command_takes_it_all(run: Run, archive: Archive) -> None:
    archive.save_page(thread(post(1, "tin của @Ai", title="Một"), post(2, "đáp"), post(3, "x", title="Hai")))
    arguments = ["export", "--archive", archive.path, "--author", "người 1", "--since", "2024-03", "--until", "2024-03"]
    arguments += ["--site", "forum.example", "--board", "Tin tức", "--host", "news.example", "--language", "vi"]
    arguments += ["--with-replies", "--anonymous", "--one-per-story", "--since-last", "weekly"]
    done = run(*arguments)
    (found,) = map(json.loads, done.stdout.splitlines())
    assert found["author"].startswith("member-")
    assert "Ai" not in found["body"]
    assert len(found["replies"]) == 1
    assert run(*arguments).stdout == ""
    refused = run("export", "--archive", archive.path, "--since", "hôm qua")
    assert (refused.returncode, "no date" in refused.stderr) == (2, True)


def test_an_archive_that_cannot_be_written_says_so_before_the_work(archive: Archive, tmp_path: Path) -> None:
    archive.save_page(thread(post(1, "tin", title="Một")))
    archive.db.execute("PRAGMA query_only = 1")
    for choice in (Choice(since_last="x"), Choice(anonymous=True)):
        with pytest.raises(ArchiveError, match="cannot be written"):
            export(archive, "txt", tmp_path / "x.txt", choice=choice)
    assert not (tmp_path / "x.txt").exists()
    assert all(path.name.startswith("archive.db") for path in tmp_path.iterdir())
