"""Search: diacritics ignored when the query has none and respected when it has; any input is understood or refused."""

import json
import subprocess
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import COMMAND
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made import SITE, post, thread

from archive import Archive
from archive.errors import QueryError
from archive.filters import Filters
from archive.search import facets, search, snippet
from archive.search.query import parse

TEXTS = [
    "Tăng cường sự lãnh đạo của Đảng bộ tỉnh",
    "nguồn vốn tín dụng chính sách",
    "đang dạo chơi; dáng người",
    "Đặc biệt tín dụng đen, tin vào dung nhan",
    "căn nhà hoà thuận của Uỷ ban",
    "plain words only, e-mail: a.b@c.example",
    "số 12 và C++ và snake_case_name",
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("search") / "archive.db") as opened:
        articles = [post(n, text, title=f"Bài {n}") for n, text in enumerate(TEXTS)]
        opened.save_page(thread(*articles, post(100, "lời đáp về lãnh đạo")))
        yield opened


def found(archive: Archive, query: str) -> set[int]:
    return {hit.id - 1 for hit in search(archive, query, kind="article")}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tin dung", {1, 3}),
        ("tín dụng", {1, 3}),
        ("lanh dao", {0}),
        ("lãnh đạo", {0}),
        ("LÃNH ĐẠO", {0}),
        ("lanh đạo", {0}),
        ("dao", {0, 2}),
        ("dạo", {2}),
        ("đạo", {0}),
        ("đang", {2}),
        ("đảng", {0}),
        ("dang", {0, 2}),
        ("dáng", {2}),
        ("bo", {0}),
        ("dac biet", {3}),
        ('"lanh dao"', {0}),
        ('"dao lanh"', set()),
        ('"tín dụng đen"', {3}),
        ('"tin dung den"', {3}),
        ('"dung tin"', set()),
        ('"biet tin"', {3}),
        ("lanh* tinh", {0}),
        ("đ*", {0, 2, 3}),
        ("bộ OR dạo", {0, 2}),
        ("tin NOT đen", {1}),
        ("tin -den", {1}),
        ('tin -"tin dung den"', {1}),
        ("đang NOT đảng", {2}),
        ("hòa thuận", {4}),
        ("hoà", {4}),
        ("hoa", {4}),
        ("ủy ban", {4}),
        ("e-mail", {5}),
        ("a.b@c.example", {5}),
        ("snake_case", {6}),
        ("C++", {5, 6}),
        ("12", {6}),
        ('"unclosed plain', set()),
        ('"plain words', {5}),
        ("AND plain", {5}),
        ("plain OR", {5}),
        ("(lanh OR tin) dao", {0}),
        ("tin (đen OR sách)", {1, 3}),
        ("tin -(đen OR sách)", set()),
        ("tin NOT (đen AND nhan)", {1}),
        ("tin (sách OR NOT dung)", {1}),
        ("((bộ))", {0}),
        ("f(x) OR snake_case", {6}),
        ("NOT NOT đen tin", {1}),
        ('"su lanh dao cua dang"', {0}),
        ('"sự lãnh đạo của đang"', set()),
        ("uỷ", {4}),
        ("ÚY", set()),
        ("đ\u0301", set()),  # no letter has this tone
    ],
)
def test_what_a_query_finds(archive: Archive, query: str, expected: set[int], form: str) -> None:
    assert found(archive, unicodedata.normalize(form, query)) == expected  # type: ignore[arg-type] # NFC or NFD


@pytest.mark.parametrize("query", ["", "  ", '""', "***", "NOT tin", "-tin", "⚔", "a OR NOT b", "\0"])
def test_a_query_without_a_word_is_refused(archive: Archive, query: str) -> None:
    with pytest.raises(QueryError, match=r"nothing to look for|only what must not be there"):
        search(archive, query)


@pytest.mark.parametrize(
    ("query", "problem"), [("(tin", "never closes"), ("tin)", "never opens"), ("(" * 20 + "tin", "more than 16")]
)
def test_parentheses_without_a_partner_are_explained(archive: Archive, query: str, problem: str) -> None:
    with pytest.raises(QueryError, match=problem):
        search(archive, query)


def test_a_query_of_too_many_words_is_refused(archive: Archive) -> None:
    with pytest.raises(QueryError, match="more than 64 words"):
        search(archive, "tin " * 100)
    assert found(archive, " OR ".join(["tin"] * 64)) == {1, 3}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=30) | st.text(alphabet="\"*-+(){}:^.,đĐạ\u0301\u0323'aOR NT\0\n", max_size=30))
def test_any_query_is_answered_or_refused(archive: Archive, query: str) -> None:
    with suppress(QueryError):
        list(search(archive, query))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, len(TEXTS) - 1), start=st.integers(0, 5), length=st.integers(1, 4), strip=st.booleans())
def test_words_of_a_text_find_it(archive: Archive, number: int, start: int, length: int, *, strip: bool) -> None:
    words = TEXTS[number].split()[start : start + length]
    phrase = " ".join(words)
    if strip:
        decomposed = unicodedata.normalize("NFD", phrase.replace("đ", "d").replace("Đ", "D"))
        phrase = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    if words:
        assert number in found(archive, f'"{phrase}"')


def test_hits_say_where_they_stand(archive: Archive) -> None:
    article, reply = search(archive, "lãnh đạo", marks=("<b>", "</b>"))
    assert (article.kind, article.title, article.source_host) == ("article", "Bài 0", "news.example")
    assert article.snippet == "Tăng cường sự <b>lãnh</b> <b>đạo</b> của Đảng bộ tỉnh"
    assert (reply.kind, reply.title, reply.site, reply.board) == ("post", "Chủ đề 10", SITE, "Tin tức")
    assert reply.posted_at == "2024-03-01T08:00:00Z"
    assert [hit.kind for hit in search(archive, "lanh dao", kind="post")] == ["post"]
    assert list(search(archive, "lanh dao", filters=Filters(sites=["other.example"]))) == []


def test_a_title_counts_and_the_page_is_filled(archive: Archive) -> None:
    assert found(archive, "Bài") == set(range(len(TEXTS)))
    assert len(list(search(archive, "bài", limit=3))) == 3


def test_a_long_text_is_cut_around_the_first_match() -> None:
    text = "đầu " * 100 + "KIM " + "cuối " * 100
    cut = snippet(text, parse("kim"), ("[", "]"))
    assert cut.startswith("… đầu")
    assert cut.endswith("cuối …")
    assert " [KIM] " in cut
    assert len(cut) < 230


def test_a_snippet_shows_where_the_words_stand_together() -> None:
    text = "tin " + "xa " * 100 + "tín dụng"
    assert snippet(text, parse("tin dung"), ("[", "]")).endswith("xa [tín] [dụng]")


# Ranking


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Articles of equal length; the first is the oldest."""
    texts = ["mưa", "mưa mưa mưa", "nắng mưa", "nắng và mưa", "mựa mưa", "gió xa", "gió xa", "gió xa"]
    with Archive.open(tmp_path_factory.mktemp("ranked") / "archive.db") as opened:
        filled = [" ".join(text.split() + ["lời"] * (6 - len(text.split()))) for text in texts]
        titles = ["Nắng", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám"]
        opened.save_page(thread(*(post(n, t, title=h) for n, (t, h) in enumerate(zip(filled, titles, strict=True), 1))))
        yield opened


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("mưa", [2]),  # three times
        ("nắng", [1]),  # in the title
        ("nang mua -tu", [3, 1]),  # side by side
        ("mua", [2, 5]),  # both forms count
        ("mưa mưa", [2]),
        ("mưa* lời*", [2]),
        ("gió OR nắng", [1]),  # the rare word weighs more
        ("gió", [8, 7, 6]),  # of equals the newest
    ],
)
def test_what_ranks_first(ranked: Archive, query: str, first: list[int]) -> None:
    assert [hit.id for hit in search(ranked, query)][: len(first)] == first


def test_every_hit_comes_once_however_few_are_ranked_together(ranked: Archive) -> None:
    for among in (1, 2, 3, 100):
        assert sorted(hit.id for hit in search(ranked, "mưa", among=among)) == [1, 2, 3, 4, 5]
    assert [hit.id for hit in search(ranked, "mưa", among=1, limit=3)] == [5, 4, 3]
    assert [hit.id for hit in search(ranked, "mưa", among=100, limit=1)] == [2]
    assert [hit.id for hit in search(ranked, '"nắng mưa"', among=1, limit=1)] == [3]


# Filters and facets


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"article", "post"}),
        (Filters(sites=[SITE], boards=["Tin tức"]), {"article", "post"}),
        (Filters(sites=["other.example"]), set()),
        (Filters(hosts=["news.example"]), {"article"}),
        (Filters(languages=["vi"]), {"article"}),
        (Filters(authors=["người 1"]), {"post"}),
        (Filters(authors=["người 1", "người 0"]), {"article", "post"}),
        (Filters(authors=["người 2"]), set()),
        (Filters(since="2024-03-02"), set()),
        (Filters(until="2024-03-02"), {"article", "post"}),
    ],
)
def test_filters_hold_for_articles_and_posts(archive: Archive, filters: Filters, expected: set[str]) -> None:
    assert {hit.kind for hit in search(archive, "lanh dao", filters=filters)} == expected


@pytest.mark.parametrize("few", [0, 3, 1000])
def test_a_rare_author_or_story_is_found_in_either_way(
    ranked: Archive, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.search.candidates._FEW", few)
    for filters, expected in (
        (Filters(authors=["người 1"]), {1, 4}),
        (Filters(authors=["người 1", "người 2"]), {1, 2, 4, 5}),
        (Filters(authors=["người 1"], stories=[4, 5]), {4}),
        (Filters(stories=[3]), {3}),
        (Filters(authors=["nobody"]), set()),
    ):
        assert {hit.id for hit in search(ranked, "mưa", filters=filters)} == expected


def test_facets_count_what_the_query_as_typed_finds(archive: Archive) -> None:
    found = facets(archive, "dạo OR lãnh")
    assert (found.hits, found.complete) == (3, True)
    assert found.counts["kind"] == {"article": 2, "post": 1}
    assert found.counts["site"] == {SITE: 3}
    assert found.counts["host"] == {"news.example": 2}
    assert found.counts["year"] == {"2024": 3}
    assert sum(found.counts["story"].values()) == 2  # replies are of no story
    assert facets(archive, "lãnh", kind="post", filters=Filters(authors=["người 1"])).hits == 1
    assert facets(archive, "tịn").counts == {}


def test_facets_say_when_only_the_newest_were_counted(ranked: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.search._COUNTED", 2)
    found = facets(ranked, "gió")
    assert (found.hits, found.complete) == (2, False)
    monkeypatch.setattr("archive.search._COUNTED", 3)
    found = facets(ranked, "gió")
    assert (found.hits, found.complete) == (3, True)


# The same index for other tools


def test_sqlite_utils_and_plain_sql_search_the_same_index(archive: Archive) -> None:
    command = [COMMAND.with_name("sqlite-utils"), "search", str(archive.path), "articles", "tín dụng", "-c", "id"]
    done = subprocess.run([*command, "--nl"], capture_output=True, text=True, check=True)
    assert {json.loads(line)["id"] - 1 for line in done.stdout.splitlines()} == {1, 3}
    command[-3] = "lanh dao"
    done = subprocess.run([*command, "--nl"], capture_output=True, text=True, check=True)
    assert {json.loads(line)["id"] - 1 for line in done.stdout.splitlines()} == {0}
    sql = "SELECT rowid - 1 FROM articles_fts WHERE articles_fts MATCH 'dang'"
    assert {row[0] for row in archive.db.execute(sql)} == {0, 2}


def test_edited_text_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.save_page(thread(post(1, "bản đầu", title="Cũ")))
        archive.save_page(thread(post(1, "bản sau", title="Mới")))
        assert [len(list(search(archive, word))) for word in ("đầu", "dau", "cũ", "sau", "mới")] == [0, 0, 0, 1, 1]
