"""The filters that search and export share."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st
from made import DAY, post, thread

from archive import Archive
from archive.errors import FilterError
from archive.filters import ARTICLES, POSTS, Filters, period, where
from archive.naming import named
from archive.records import Author, Board


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as archive:
        anna = Author(id="9", name="Zoë")
        archive.save_page(thread(post(1, "một", title="Một", author=anna), post(2, "hai", author=anna)))
        other = Board(id="8", url="https://forum.example/b/8", title="Xe")
        page = thread(post(3, "ba", title="Ba", posted_at=DAY.replace(year=2025)), post(4, posted_at=None), number="11")
        archive.save_page(page)
        archive.db.execute("UPDATE articles SET story = 5, source_host = 'www.news.example' WHERE id = 1")
        archive.db.execute("UPDATE articles SET language = 'zh-TW', board = ? WHERE id = 3", (other.title,))
        yield archive


def found(archive: Archive, filters: Filters) -> list[int]:
    condition, values = where(filters)
    return [row[0] for row in archive.db.execute(f"SELECT id FROM articles WHERE {condition} ORDER BY id", values)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), [1, 3]),
        (Filters(sites=["forum.example"]), [1, 3]),
        (Filters(sites=["forum"]), []),
        (Filters(stories=[5]), [1]),
        (Filters(stories=[10**30, -(10**30)]), []),
        (Filters(boards=["Xe"]), [3]),
        (Filters(boards=["Xe", "Tin tức"]), [1, 3]),
        (Filters(authors=["Zoe\u0308"]), [1]),
        (Filters(hosts=["News.example."]), [1, 3]),
        (Filters(hosts=["https://news.example/a?b"]), [1, 3]),
        (Filters(hosts=["www.news.example"]), [1]),
        (Filters(hosts=["ews.example"]), []),
        (Filters(languages=["ZH"]), [3]),
        (Filters(languages=["z"]), []),
        (Filters(stories=[5, 6]), [1]),
        (Filters(since=period("2025")[0]), [3]),
        (Filters(until=period("2024")[1]), [1]),
        (Filters(since=period("2024-03-01")[0], until=period("2024-03-01")[1]), [1]),
        (Filters(since=period("2024-03-01T08:00:01")[0], until=period("2024")[1]), []),
        (Filters(boards=["Xe"], stories=[5]), []),
    ],
)
def test_each_filter_keeps_what_it_asks_for(archive: Archive, filters: Filters, expected: list[int]) -> None:
    assert found(archive, filters) == expected


def test_posts_are_filtered_by_what_is_known_of_them(archive: Archive) -> None:
    tables = "posts JOIN sites ON sites.id = posts.site JOIN authors ON authors.id = posts.author"
    sql = f"SELECT posts.id FROM {tables} LEFT JOIN threads ON threads.id = posts.thread"
    sql += " LEFT JOIN boards ON boards.id = threads.board WHERE posts.kind = 'post' AND "
    for filters, expected in (
        (Filters(authors=["Zoë"]), [2]),
        (Filters(since="2000"), [2]),
        (Filters(boards=["Tin tức"], sites=["forum.example"]), [2, 4]),
        (Filters(hosts=["news.example"]), []),
        (Filters(languages=["vi"]), []),
    ):
        condition, values = where(filters, POSTS)
        assert [row[0] for row in archive.db.execute(sql + condition, values)] == expected


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023", "2023-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("2023-12", "2023-12-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("2024-02-29T07:00+07:00", "2024-02-29T00:00:00Z", "2024-02-29T00:00:01Z"),
    ],
)
def test_a_period_has_a_first_moment_and_one_after_it(text: str, start: str, end: str) -> None:
    assert period(text) == (start, end)


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13", "2023-02-29", "0000", "9999"])
def test_what_is_no_date_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="2024-03-31"):
        period(text)


@given(st.lists(st.text(), min_size=1), st.sampled_from(["sites", "boards", "authors", "hosts", "languages"]))
def test_a_value_is_never_sql(values: list[str], name: str) -> None:
    db = sqlite3.connect(":memory:")
    names = ", ".join(column.removeprefix("articles.") for column in ARTICLES.values())
    db.execute(f"CREATE TABLE articles ({names})")
    condition, found = where(Filters(**{name: values}))
    assert db.execute(f"SELECT * FROM articles WHERE {condition}", found).fetchall() == []
    db.close()


def test_no_story_has_more_articles_than_sqlite_can_count(archive: Archive) -> None:
    assert list(archive.stories(least=10**30)) == []


@pytest.fixture
def boards(archive: Archive) -> Archive:
    for number, title in enumerate(("Xe Đạp", "Ma", "Má", "mà"), 20):
        archive.db.execute(
            "INSERT INTO boards (site, board_id, url, title, first_seen) VALUES (1, ?, '', ?, '')", (number, title)
        )
    return archive


@pytest.mark.parametrize(
    ("asked", "sites", "board"),
    [
        (Filters(sites=["HTTPS://Forum.example/"]), ["forum.example"], []),
        (Filters(boards=["tin  tuc"]), [], ["Tin tức"]),
        (Filters(boards=["XE DAP", "Ma"], sites=["forum.example"]), ["forum.example"], ["Xe Đạp", "Ma"]),
        (Filters(authors=["anyone"]), [], []),
    ],
)
def test_names_need_no_case_and_no_diacritics(
    boards: Archive, asked: Filters, sites: list[str], board: list[str]
) -> None:
    found = named(boards, asked)
    assert (list(found.sites), list(found.boards)) == (sites, board)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Filters(sites=["typo"]), "no site is called 'typo'; there are: 'forum.example'$"),
        (Filters(boards=["Tin tuk"]), "no board is called 'Tin tuk'; there are: 'Tin tức', .*"),
        (Filters(boards=["ma "]), "'ma ' may be one of several boards: 'Ma', 'Má', 'mà'; write it as it stands there"),
    ],
)
def test_a_name_that_nothing_has_is_no_empty_answer(boards: Archive, asked: Filters, said: str) -> None:
    with pytest.raises(FilterError, match=said):
        named(boards, asked)


@pytest.mark.parametrize("command", [("search", "một"), ("export",), ("stories",)])
def test_a_mistyped_site_is_named(archive: Archive, run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, "--site", "typo", "--archive", archive.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no site is called 'typo'; there are: 'forum.example'" in done.stderr
