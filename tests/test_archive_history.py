"""Posts in their order, and what becomes of edited, deleted and moved ones."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made import BOARD, DAY, board, post, rows, sound, thread

from archive import Archive
from archive.records import Block, Kind, Label, Thread

# One archive serves all examples of a law: each saves posts of its own.
fresh = st.builds(itertools.count().__next__)  # a thread of its own for each example
law = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as opened:
        yield opened


# Positions


def test_printed_numbers_are_kept_where_they_are_free(archive: Archive) -> None:
    archive.save_page(thread(post(1, position=1), post(2, position=5), post(3, position=5), post(4)))
    archive.save_page(thread(post(5, position=2), post(2, position=9), page=2, last=2))
    found = archive.db.execute("SELECT post_id, position FROM posts ORDER BY id").fetchall()
    assert found == [("1", 1), ("2", 5), ("3", 6), ("4", 7), ("5", 2)]


@law
@given(numbers=st.lists(st.none() | st.integers(-1, 6), max_size=8), key=fresh)
def test_no_two_posts_share_a_position(archive: Archive, numbers: list[int | None], key: int) -> None:
    posts = [replace(post(n, position=number), id=f"{key}-{n}") for n, number in enumerate(numbers)]
    archive.save_page(thread(*posts[:4], number=str(key)))
    archive.save_page(thread(*posts, number=str(key)))
    found = archive.db.execute("SELECT position FROM posts_full WHERE thread_id = ?", (str(key),)).fetchall()
    assert len({position for (position,) in found}) == len(numbers)
    assert all(position > 0 for (position,) in found)


# Edits, deletions, moves, renames


def test_an_edited_post_keeps_what_it_said_before(archive: Archive) -> None:
    archive.save_page(thread(post(1, "bản đầu", title="Cũ")), fetched_at=DAY)
    edited = post(1, "bản sau", title="Mới", edited_at=DAY + timedelta(hours=1))
    later = DAY + timedelta(days=2)
    assert archive.save_page(thread(edited), fetched_at=later).changed == 1
    (version,) = rows(archive, "post_versions")
    assert version[1:] == (1, "Cũ", "bản đầu", '[["quote", "quote 1"]]', None, "2024-03-03T08:00:00Z")
    (found,) = archive.articles()
    assert (found.title, found.body, found.first_seen) == ("Mới", "bản sau", "2024-03-01T08:00:00Z")
    assert sound(archive)


def test_reactions_come_and_go_without_a_new_version(archive: Archive) -> None:
    archive.save_page(thread(post(1, "một")))
    liked = post(1, "một")
    liked = replace(liked, blocks=(*liked.blocks, Block(label=Label.REACTION, text="An thích")))
    assert archive.save_page(thread(liked)).unchanged == 1
    assert rows(archive, "post_versions") == []
    assert "An thích" in archive.db.execute("SELECT removed FROM posts").fetchone()[0]


def test_a_post_may_become_an_article_and_a_post_again(archive: Archive) -> None:
    for title in (None, "Đầu đề", None):
        archive.save_page(thread(post(1, "thân bài", title=title)))
        assert archive.status()["articles"] == (title is not None)
        assert archive.db.execute("SELECT text FROM posts_full").fetchone() == ("thân bài",)
        assert sound(archive)


def test_a_deleted_post_keeps_its_words_and_may_come_back(archive: Archive) -> None:
    archive.save_page(thread(post(1, "một"), post(2, "hai")))
    stub = post(2, deleted=True, blocks=(Block(label=Label.NOTICE, text="đã xóa"),))
    assert archive.save_page(thread(post(1, "một"), stub), fetched_at=DAY).vanished == 1
    assert archive.save_page(thread(stub), fetched_at=DAY + timedelta(days=1)).unchanged == 1
    assert archive.db.execute("SELECT text, gone_at FROM posts_full").fetchall()[1] == ("hai", "2024-03-01T08:00:00Z")
    assert archive.save_page(thread(post(2, "hai"))).changed == 1
    assert archive.db.execute("SELECT text, gone_at FROM posts_full").fetchall()[1] == ("hai", None)


def test_a_stub_never_seen_alive_is_kind_deleted(archive: Archive) -> None:
    archive.save_page(thread(post(1, deleted=True, blocks=(Block(label=Label.NOTICE, text="đã xóa"),))))
    found = archive.db.execute("SELECT kind, text, removed FROM posts_full").fetchone()
    assert found == ("deleted", "", '[["notice", "đã xóa"]]')


def test_a_post_moved_to_another_thread_moves_here_too(archive: Archive) -> None:
    archive.save_page(thread(post(1, title="a"), post(2, title="b")))
    archive.save_page(thread(post(3), number="11"))
    assert archive.save_page(thread(post(3), post(2, title="b"), number="11")).changed == 1
    assert archive.db.execute("SELECT thread_id, position FROM posts_full WHERE post_id = '2'").fetchone() == ("11", 2)
    assert [found.thread_url[-2:] for found in archive.articles()] == ["10", "11"]


def test_articles_follow_a_moved_thread_a_renamed_board_and_a_renamed_author(archive: Archive) -> None:
    archive.save_page(thread(post(1, title="a")))
    moved = Thread(id="10", url="https://forum.example/t/new-10", title="Chủ đề", board=replace(BOARD, id="8"))
    archive.save_page(thread(post(1, title="a"), thread=moved))
    archive.save_page(board(board=replace(BOARD, id="8", title="Lưu trữ")))
    renamed = replace(post(4).author, name="tên mới")
    archive.save_page(thread(post(4, author=renamed), number="12"))
    (found,) = archive.articles()
    assert (found.thread_url, found.board, found.author) == (moved.url, "Lưu trữ", "tên mới")


def test_a_list_or_breadcrumb_renames_no_board(archive: Archive) -> None:
    archive.save_page(board())
    archive.save_page(board(kind=Kind.INDEX, board=None, boards=(replace(BOARD, title="Tin..."),)))
    archive.save_page(thread(post(1), thread=Thread(id="1", url="u", title="t", board=replace(BOARD, title="Tin..."))))
    assert archive.db.execute("SELECT title FROM boards").fetchall() == [("Tin tức",)]


def test_the_last_card_shown_is_kept(archive: Archive) -> None:
    archive.save_page(thread(post(1)))
    bare = replace(post(1).author, counts={}, raw={})
    archive.save_page(thread(post(4, author=bare)))
    assert archive.db.execute("SELECT counts, counts_raw FROM authors").fetchall() == [
        ('{"Bài viết": 5}', '{"Bài viết": "5"}')
    ]
    archive.save_page(thread(post(7, author=replace(bare, counts={"Bài viết": 6}))))
    assert archive.db.execute("SELECT counts FROM authors").fetchall() == [('{"Bài viết": 6}',)]


def test_guests_are_told_apart_by_name_and_from_members(archive: Archive) -> None:
    guest = replace(post(1).author, id=None, name="người 1")
    archive.save_page(thread(post(1), post(2, author=guest), post(3, author=replace(guest, name="khách"))))
    archive.save_page(thread(post(4, author=guest), number="11"))
    assert archive.db.execute("SELECT count(*) FROM authors").fetchone() == (3,)
