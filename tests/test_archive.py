"""The archive file: opening, saving pages, editing, deleting, and what a kill leaves."""

import itertools
import json
import sqlite3
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made import DAY, SITE, everything, post, rows, sound, thread

from archive import Archive, schema
from archive.errors import ArchiveError, LockedError, UnreadableError
from archive.locking import held
from archive.migrations import migrations
from archive.records import Article, Block, Label
from archive.text import folded, stored, to_json, utc

# One archive serves all examples of a law: each saves posts of its own.
law = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as opened:
        yield opened


# Opening


def test_a_new_archive_has_every_migration_and_its_mark(archive: Archive) -> None:
    assert archive.db.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION
    assert archive.db.execute("PRAGMA application_id").fetchone()[0] == schema.APPLICATION_ID
    assert archive.db.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0] == schema.VERSION
    assert len(migrations._migrations) == schema.VERSION  # noqa: SLF001 # sqlite-utils has no public count


def test_columns_that_people_query(archive: Archive) -> None:
    articles = [column[1] for column in archive.db.execute("PRAGMA table_info(articles)")]
    assert ", ".join(articles[:16]) == (
        "id, title, body, source_url, source_host, source_name, author, site, board, thread_url, url, posted_at,"
        " first_seen, language, words, story"
    )
    assert ", ".join(_columns(archive)) == (
        "site, board, thread_id, thread_title, thread_url, post_id, url, position, author, posted_at, posted_raw,"
        " edited_at, kind, text, removed, source_url, gone_at"
    )


def test_what_was_saved_is_there_after_reopening(archive: Archive) -> None:
    archive.save_page(thread(post(1, "Đảng bộ tỉnh", title="Tín dụng"), post(2)))
    before = everything(archive)
    archive.close()
    with Archive.open(archive.path, create=False) as again:
        assert everything(again) == before


def test_a_missing_archive_is_not_made_by_a_reader(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"nowhere\.db: there is no such archive"):
        Archive.open(tmp_path / "nowhere.db", create=False)
    assert not (tmp_path / "nowhere.db").exists()


def test_a_file_that_is_not_sqlite_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("dear diary, " * 1000)
    with pytest.raises(ArchiveError, match=r"notes\.db: it is not an archive \(not an SQLite file\)"):
        Archive.open(path)
    assert path.read_text().startswith("dear diary")


def test_another_programs_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE mine (x)")
    with pytest.raises(ArchiveError, match="an SQLite file, but not an archive"):
        Archive.open(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("mine",)]


@pytest.mark.parametrize("read_only", [False, True])
def test_a_folder_is_no_archive(tmp_path: Path, *, read_only: bool) -> None:
    with pytest.raises(ArchiveError, match="a folder or device, not an archive"):
        Archive.open(tmp_path, read_only=read_only)


def test_an_archive_of_a_newer_version_is_refused(archive: Archive) -> None:
    archive.db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    archive.close()
    with pytest.raises(ArchiveError, match=r"newer version of xemtiep: update with `pip install -U xemtiep`"):
        Archive.open(archive.path)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="check that the folder exists"):
        Archive.open(tmp_path / "no" / "archive.db")


def test_a_damaged_file_says_what_to_do(archive: Archive) -> None:
    archive.save_page(thread(*(post(n, "chữ " * 500) for n in range(40))))
    archive.close()
    content = bytearray(archive.path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    archive.path.write_bytes(content)
    with pytest.raises(ArchiveError, match="damaged"), Archive.open(archive.path) as damaged:
        damaged.save_page(thread(post(99)))


def test_a_full_disk_loses_nothing_that_was_saved(archive: Archive) -> None:
    archive.save_page(thread(post(1)))
    before = everything(archive)
    archive.db.execute(f"PRAGMA max_page_count = {archive.db.execute('PRAGMA page_count').fetchone()[0] + 5}")
    with pytest.raises(ArchiveError, match="the disk is full: make room and run the same command again"):
        archive.save_page(thread(*(post(n, "chữ " * 500) for n in range(2, 40))))
    assert everything(archive) == before
    archive.db.execute("PRAGMA max_page_count = 1000000")
    assert archive.save_page(thread(post(1), post(2))).new == 1
    assert sound(archive)


def test_one_run_at_a_time(archive: Archive) -> None:
    with Archive.open(archive.path) as other, archive.lock():
        with pytest.raises(LockedError, match="another run works on this archive"), other.lock():
            pass
        other.save_page(thread(post(1)))  # the lock is between runs; SQLite keeps writers apart
    with archive.lock():
        pass


def test_an_archive_has_one_lock_whatever_leads_to_it(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "other.db"
    link.symlink_to(archive.path)
    with Archive.open(link) as other, archive.lock():
        assert held(link)
        with pytest.raises(LockedError), other.lock():
            pass
    assert not held(link)


def test_import_stays_light() -> None:
    code = "import archive, sys; print([m for m in ('sqlite_utils', 'scrapy', 'lxml', 'click') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


# Saving


def test_a_page_becomes_rows(archive: Archive) -> None:
    article = post(1, "Thân bài\n\nđoạn hai", title="Đầu đề", url="https://forum.example/p/1", posted_raw="hôm qua")
    saved = archive.save_page(thread(article, post(2, "cảm ơn")), fetched_at=DAY)
    assert (saved.new, saved.articles, saved.threads, saved.changed, saved.unchanged) == (2, 1, 1, 0, 0)
    first, second = (dict(zip(_columns(archive), values, strict=True)) for values in rows(archive))
    assert first == {
        "site": SITE,
        "board": "Tin tức",
        "thread_id": "10",
        "thread_title": "Chủ đề 10",
        "thread_url": "https://forum.example/t/10",
        "post_id": "1",
        "url": "https://forum.example/p/1",
        "position": 1,
        "author": "người 1",
        "posted_at": "2024-03-01T08:00:00Z",
        "posted_raw": "hôm qua",
        "edited_at": None,
        "kind": "article",
        "text": "Thân bài\n\nđoạn hai",
        "removed": '[["quote", "quote 1"]]',
        "source_url": "https://news.example/1",
        "gone_at": None,
    }
    assert (second["kind"], second["position"], second["url"]) == ("post", 2, "https://forum.example/t/10")
    (found,) = archive.articles()
    assert (found.title, found.source_host, found.source_name, found.words) == ("Đầu đề", "news.example", "Báo", 4)
    assert (found.site, found.board, found.author, found.language) == (SITE, "Tin tức", "người 1", "vi")
    assert found.first_seen == "2024-03-01T08:00:00Z"
    assert archive.db.execute("SELECT text FROM posts").fetchall() == [(None,), ("cảm ơn",)]  # text is stored once
    assert sound(archive)


def _columns(archive: Archive) -> list[str]:
    return [column[0] for column in archive.db.execute("SELECT * FROM posts_full").description]


def test_saving_the_same_page_twice_changes_nothing_and_says_so(archive: Archive) -> None:
    page = thread(post(1, "một", title="Đầu đề"), post(2), post(3, deleted=True, blocks=()))
    archive.save_page(page, fetched_at=DAY)
    before = everything(archive)
    saved = archive.save_page(page, fetched_at=DAY + timedelta(days=1))
    assert (saved.new, saved.changed, saved.unchanged, saved.articles, saved.threads) == (0, 0, 3, 0, 0)
    assert everything(archive) == before


def test_a_post_repeated_on_a_page_is_one_post(archive: Archive) -> None:
    assert archive.save_page(thread(post(1), post(2), post(1))).new == 2


def test_the_same_id_on_another_site_is_another_post(archive: Archive) -> None:
    archive.save_page(thread(post(1)))
    assert archive.save_page(replace(thread(post(1)), site="other.example")).new == 1


def test_a_thread_page_without_its_thread_is_refused(archive: Archive) -> None:
    with pytest.raises(UnreadableError, match="does not say which thread it is"):
        archive.save_page(thread(post(1), thread=None))
    assert archive.status()["articles"] == 0
    assert archive.status()["posts"] == 0


fresh = st.builds(itertools.count().__next__)  # a thread of its own for each example
texts = st.text(max_size=60) | st.text(alphabet="đĐảăớ̉ aX\n\0\ud800", max_size=30)


@law
@given(parts=st.lists(texts, min_size=1, max_size=4), name=texts, key=fresh)
def test_any_text_comes_back_as_it_is_stored(archive: Archive, parts: list[str], name: str, key: int) -> None:
    blocks = tuple(Block(label=Label.BODY, text=part) for part in parts)
    mine = replace(post(1, blocks=blocks, posted_raw=name), id=f"{key}-p")
    article = replace(mine, id=f"{key}-a", article=Article(title=name, reason="x"))
    page = thread(mine, article, number=str(key))
    archive.save_page(page)
    found = archive.db.execute(
        "SELECT text, posted_raw FROM posts_full WHERE post_id LIKE ? ORDER BY post_id", (f"{key}-%",)
    ).fetchall()
    assert found == [(stored("\n\n".join(parts)), stored(name))] * 2
    saved = archive.save_page(page)
    assert (saved.new, saved.changed, saved.unchanged) == (0, 0, 2)
    assert sound(archive)


@given(text=st.text())
def test_stored_text_is_nfc_and_loses_only_what_sqlite_cannot_hold(text: str) -> None:
    kept = stored(text)
    assert unicodedata.is_normalized("NFC", kept)
    assert kept == stored(kept)
    if "\0" not in text:
        assert kept == unicodedata.normalize("NFC", text)


@given(text=st.text(alphabet="đĐaả \n.", max_size=40))
def test_folded_has_every_word_with_d_bar_and_no_d_bar(text: str) -> None:
    words = {word.replace("đ", "d").replace("Đ", "d") for word in text.split() if "đ" in word.lower()}
    assert words <= {part.lower() if part.lower() in words else part for part in folded(text).split()}
    assert "đ" not in folded(text).lower()


@given(value=st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_reads_back(value: object) -> None:
    text = to_json(value)  # type: ignore[arg-type] # what hypothesis draws
    if unicodedata.is_normalized("NFC", json.dumps(value, ensure_ascii=False)):
        assert json.loads(text) == value


def test_times_are_utc_with_z() -> None:
    assert utc(datetime(2024, 1, 1, 7, 30, 15, 999, tzinfo=timezone(timedelta(hours=7)))) == "2024-01-01T00:30:15Z"
    assert utc(datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)) == "2024-01-01T00:00:00Z"
    assert utc(None) is None


def test_the_indexes_are_merged_eight_parts_at_once(archive: Archive) -> None:
    for table in ("articles_fts", "posts_fts"):
        assert archive.db.execute(f"SELECT v FROM {table}_config WHERE k = 'automerge'").fetchone() == (8,)
