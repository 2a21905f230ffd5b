"""Several archives into one: the rows of one crawl, in any order of the archives, whole or not at all."""

import itertools
import resource
import signal
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from made import BOARD, DAY, board, crawl, everything, post, row, sound, take, thread

from archive import Archive
from archive.errors import ArchiveError
from archive.habits import Found, decide, store
from archive.merging import merge
from archive.records import Author, Page
from archive.search import search

WORDS = ("Đảng bộ xã đã họp", "tín dụng chính sách", "lời đáp", "xin phép chia sẻ")

# By names only: numbers are given by each archive as it goes
CONTENTS = {
    "posts": "SELECT site, board, thread_id, thread_title, thread_url, post_id, url, author, posted_at, edited_at,"
    " kind, text, removed, source_url, gone_at FROM posts_full",
    "articles": "SELECT title, body, source_url, author, site, board, thread_url, url, first_seen, words FROM articles",
    "versions": "SELECT sites.site, post_id, v.title, v.text, v.removed, v.edited_at, v.replaced_at"
    " FROM post_versions AS v JOIN posts ON posts.id = v.post JOIN sites ON sites.id = posts.site",
    "boards": "SELECT sites.site, board_id, url, title, b.first_seen FROM boards AS b JOIN sites ON b.site = sites.id",
    "authors": "SELECT sites.site, author_id, name, counts, a.first_seen"
    " FROM authors AS a JOIN sites ON a.site = sites.id",
    "html": "SELECT post_id, html FROM post_html JOIN posts ON posts.id = post",
    "images": "SELECT post_id, number, images.url FROM images JOIN posts ON posts.id = post",
}


def contents(archive: Archive) -> dict[str, list[Any]]:
    return {name: sorted(archive.db.execute(sql).fetchall(), key=repr) for name, sql in CONTENTS.items()}


def made(path: Path, pages: Sequence[tuple[int, Page]]) -> Path:
    """An archive that read these pages, each so many days after the first."""
    with Archive.open(path) as archive:
        for day, page in pages:
            archive.save_page(page, fetched_at=DAY + timedelta(days=day))
    return path


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    numbers = itertools.count()
    return (tmp_path / f"{number}.db" for number in numbers)


def merged(*paths: Path, target: Path) -> dict[str, list[Any]]:
    merge(paths, target)
    with Archive.open(target, create=False) as archive:
        assert sound(archive)
        return contents(archive)


def together(path: Path, pages: Sequence[tuple[int, Page]]) -> dict[str, list[Any]]:
    with Archive.open(made(path, sorted(pages, key=lambda one: one[0])), create=False) as archive:
        return contents(archive)


@st.composite
def reading(draw: st.DrawFn) -> list[tuple[int, Page]]:
    """What a forum showed on some days: posts of three threads, edited from time to time.

    No edit is taken back: that a post still says what it said is written down nowhere.
    """
    pages = []
    edits = dict.fromkeys(range(1, 4), 0)
    days = sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=6)))
    for day in days:
        number = draw(st.integers(1, 3))
        edits[number] += draw(st.integers(0, 1))
        posts = [
            post(
                number * 10 + at,
                f"{WORDS[at % len(WORDS)]} {edits[number]}",
                title="Đầu đề" if at == 1 else None,
                position=at,
                url=f"https://forum.example/p/{number * 10 + at}",
            )
            for at in range(1, draw(st.integers(1, 4)) + 1)
        ]
        pages.append((day, thread(*posts, number=str(number))))
    return pages


@settings(max_examples=40, deadline=None)
@given(pages=reading(), data=st.data())
def test_merged_is_as_crawled_together_in_any_order(pages: list[tuple[int, Page]], data: st.DataObject) -> None:
    """Each page goes into one archive or two; a day has one page, so that it is clear what was read last."""
    homes = [data.draw(st.sampled_from([(0,), (1,), (2,), (0, 1), (1, 2)])) for _ in pages]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = [
            made(folder / f"{part}.db", [page for page, home in zip(pages, homes, strict=True) if part in home])
            for part in range(3)
        ]
        expected = together(folder / "together.db", pages)
        assert merged(*parts, target=folder / "a.db") == expected
        assert dump(folder / "a.db") == dump(merge_of(folder / "b.db", *reversed(parts)))
        both = merge_of(folder / "both.db", parts[2], parts[0])
        assert merged(both, parts[1], target=folder / "c.db") == expected


def merge_of(target: Path, *paths: Path) -> Path:
    merge(paths, target)
    return target


def dump(path: Path) -> dict[str, list[Any]]:
    with Archive.open(path, create=False) as archive:
        return everything(archive)


def test_a_post_that_vanished_or_came_back(fresh: Iterator[Path]) -> None:
    first, second = post(1, position=1), post(2, "sẽ mất", position=2)
    gone = thread(first, replace(second, deleted=True, blocks=()))
    pages = [(0, thread(first, second)), (3, gone)]
    parts = [made(next(fresh), [page]) for page in pages]
    found = merged(*parts, target=next(fresh))
    assert found == together(next(fresh), pages)
    assert [(one[5], one[-1]) for one in found["posts"]] == [("1", None), ("2", "2024-03-04T08:00:00Z")]
    later = made(next(fresh), [(5, thread(first, second))])
    back = merged(*parts, later, target=next(fresh))
    assert [one[-1] for one in back["posts"]] == [None, None]


def test_what_was_read_last_counts_and_the_rest_is_history(fresh: Iterator[Path]) -> None:
    author = Author(id="7", name="cũ")
    old = thread(replace(post(1, "trước", title="Đầu đề"), author=author), title="Tên cũ")
    renamed = replace(old.thread, title="Tên mới", url="https://forum.example/t/moi") if old.thread else None
    new = replace(
        old, thread=renamed, posts=(replace(post(1, "sau", title="Đầu đề"), author=replace(author, name="mới")),)
    )
    parts = [made(next(fresh), [(4, new)]), made(next(fresh), [(1, old)])]
    found = merged(*parts, target=next(fresh))
    assert found == together(next(fresh), [(1, old), (4, new)])
    assert found["articles"][0][:2] == ("Đầu đề", "sau")
    assert found["articles"][0][3] == "mới"
    assert [(one[3], one[-1]) for one in found["versions"]] == [("trước", "2024-03-05T08:00:00Z")]


def test_two_posts_of_one_position_keep_both(fresh: Iterator[Path]) -> None:
    parts = [
        made(next(fresh), [(0, thread(post(1), post(2)))]),
        made(next(fresh), [(1, thread(post(3), post(4), page=2, last=2))]),
    ]
    target = next(fresh)
    merged(*parts, target=target)
    with Archive.open(target, create=False) as archive:
        found = archive.db.execute("SELECT post_id, position FROM posts ORDER BY position").fetchall()
        assert found == [("1", 1), ("2", 2), ("3", 3), ("4", 4)]
        assert len(list(search(archive, "loi dap"))) == 4


def test_a_crawl_goes_on_in_the_merged_archive(fresh: Iterator[Path]) -> None:
    listed = board(row("10", 1), row("11", 0))
    pages = {
        BOARD.url: listed,
        "https://forum.example/t/10": thread(post(1), post(2)),
        "https://forum.example/t/11": thread(post(3), number="11"),
    }
    whole, half, target = next(fresh), next(fresh), next(fresh)
    with Archive.open(whole) as archive:
        crawl(archive, pages)
    with Archive.open(half) as archive:
        archive.seed(BOARD.url)
        archive.save_page(listed, request=take(archive))
        left = take(archive).url
    merge([half, whole], target)
    with Archive.open(target, create=False) as archive, archive.lock():
        asked = crawl(archive, pages)
        assert left in asked  # the half one had taken it: it is asked once more
        assert archive.pending() == archive.taken() == 0
        assert archive.status()["posts"] == 3
        assert crawl(archive, pages) == [BOARD.url]


def test_habits_that_were_decided_stay_so(fresh: Iterator[Path]) -> None:
    paths = [made(next(fresh), [(0, thread(post(1, "bài"), post(2)))]) for _ in range(2)]
    for path, accept in zip(paths, (True, None), strict=True):
        with Archive.open(path) as archive:
            store(archive, [Found(1, None, "end", "chào", "Chào!", 2, 2)])
            if accept:
                decide(archive, [1], accept=True)
    target = merge_of(next(fresh), *paths)
    with Archive.open(target, create=False) as archive:
        assert archive.db.execute("SELECT line, state FROM habits").fetchall() == [("chào", "accepted")]


def test_stories_are_found_across_the_archives(fresh: Iterator[Path]) -> None:
    text = " ".join(f"tiếng{number}" for number in range(60))
    one = made(next(fresh), [(0, thread(post(1, text, title="Bài")))])
    other = made(next(fresh), [(0, replace(thread(post(1, text, title="Bài khác")), site="other.example"))])
    with Archive.open(merge_of(next(fresh), one, other), create=False) as archive:
        assert archive.db.execute("SELECT articles, versions, sites FROM stories").fetchall() == [(2, 1, 2)]


def test_every_table_is_merged_or_left_out_on_purpose(fresh: Iterator[Path]) -> None:
    path = made(next(fresh), [(0, thread(post(1)))])
    with Archive.open(path) as archive:
        tables = {row[1] for row in archive.db.execute("PRAGMA main.table_list") if row[2] in {"table", "virtual"}}
    kept = {"sites", "boards", "authors", "threads", "posts", "articles", "post_html", "images", "post_versions"}
    anew = {"articles_fts", "posts_fts", "sqlite_schema", "_sqlite_migrations"}
    left = {"export_targets", "exported"}
    anew |= {"stories", "story_texts", "story_marks"}
    assert tables - kept - anew - left - {"frontier", "habits", "runs", "secrets"} == set()


def test_the_command(run: Run, fresh: Iterator[Path]) -> None:
    parts = [
        made(
            next(fresh),
            [
                (
                    0,
                    thread(post(1, "một", title="Bài"), number=n),
                )
            ],
        )
        for n in ("1", "1")
    ]
    target = next(fresh)
    before = [path.read_bytes() for path in parts]
    done = run("merge", *parts, "-o", target)
    expected = "1 post of 1 thread on 1 site, 1 article; 1 post in more than one archive\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")
    assert [path.read_bytes() for path in parts] == before
    again = run("merge", *parts, "-o", target)
    assert (again.returncode, "stays as it is" in again.stderr) == (1, True)
    assert run("merge", parts[0], parts[0], "-o", next(fresh)).returncode == 1
    assert "no such archive" in run("merge", "nowhere.db", "-o", next(fresh)).stderr


@pytest.mark.parametrize("start", range(0, 200_000, 36_864))
def test_a_damaged_archive_is_named(run: Run, fresh: Iterator[Path], start: int) -> None:
    pages = [(0, thread(*(post(at, "chữ " * 400) for at in range(40))))]
    sound, damaged, target = made(next(fresh), pages), made(next(fresh), pages), next(fresh)
    body = damaged.read_bytes()
    damaged.write_bytes(body[:start] + bytes(40_960) + body[start + 40_960 :])
    done = run("merge", sound, damaged, "-o", target)
    assert done.returncode == 1
    assert done.stderr.startswith(f"xemtiep: {damaged}: ")
    assert "Traceback" not in done.stderr
    assert "--archive" not in done.stderr  # merge has no such option
    assert not target.exists()


@pytest.mark.parametrize("room", [80_000, 150_000])  # bytes: not enough for the empty tables, not for the rows
def test_a_full_disk_leaves_no_half_archive(run: Run, tmp_path: Path, fresh: Iterator[Path], room: int) -> None:
    parts = [made(next(fresh), [(0, thread(*(post(n * 50 + at, "chữ " * 400) for at in range(40))))]) for n in range(2)]

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    target = tmp_path / "target.db"
    done = run("merge", *parts, "-o", target, preexec_fn=limited)
    assert done.returncode == 1
    assert done.stderr.startswith(f"xemtiep: {target}: ")
    assert "run the same command again" in done.stderr
    assert "everything" not in done.stderr  # is kept: nothing is, the target is not there
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir() if "target" in path.name or path.name.startswith(".")] == []


def test_an_archive_of_another_version_is_named(fresh: Iterator[Path]) -> None:
    path = made(next(fresh), [(0, thread(post(1)))])
    with Archive.open(path) as archive:
        archive.db.execute("PRAGMA user_version = 1")
    with pytest.raises(ArchiveError, match="xemtiep status --archive"):
        merge([path], next(fresh))
