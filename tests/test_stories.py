"""Stories: what counts as the same text, and that the order in which articles come makes no difference."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from made import DAY, SITE, post, sound, thread

from archive import Archive
from archive.posts import content_of
from archive.recleaning import put_back, stored_posts
from archive.records import Block, Label
from archive.stories import describe, texts
from archive.stories.listing import listed, story_of
from archive.stories.texts import same, text_of

ONSETS = ("b", "ch", "đ", "gi", "h", "kh", "l", "m", "ng", "ph", "qu", "s", "th", "tr", "v")
RIMES = ("a", "ằng", "ấm", "ế", "iên", "ình", "ồng", "ơ", "ớp", "u", "ừng", "uyết", "ương", "yên", "oài", "ậu")
WORDS = [onset + rime for onset in ONSETS for rime in RIMES]


def words(seed: object, count: int) -> str:
    """Made-up text that no other seed gives."""
    return " ".join(random.Random(str(seed)).choices(WORDS, k=count))


def edited(text: str, rate: float = 0.05) -> str:
    """The text with so many of its words changed."""
    rng = random.Random(text)
    found = text.split(" ")
    for at in rng.sample(range(len(found)), round(len(found) * rate)):
        found[at] = "khác"
    return " ".join(found)


ARTICLE = "\n\n".join(words(n, 60) for n in range(5))
OTHER = "\n\n".join(words(f"other {n}", 60) for n in range(5))
STOCK = words("stock", 90)
KINDS = {
    "verbatim": ARTICLE,
    "other punctuation, case and diacritics": ARTICLE.upper().replace(" ", ", ").replace("Ế", "E").replace("Đ", "D"),
    "5 % of the words changed": edited(ARTICLE),
    "10 % of the words changed": edited(ARTICLE, 0.1),
    "a paragraph dropped": "\n\n".join(ARTICLE.split("\n\n")[:2] + ARTICLE.split("\n\n")[3:]),
    "paragraphs in another order": "\n\n".join(reversed(ARTICLE.split("\n\n"))),
    "boilerplate around": f"{STOCK}\n\n{ARTICLE}\n\n{words('footer', 60)}",
    "first half": ARTICLE[: len(ARTICLE) // 2],
    "an excerpt of a long text": f"{OTHER}\n\n{ARTICLE}\n\n{words('rest', 2000)}",
    "merged with another": f"{ARTICLE}\n\n{OTHER}",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_repost_of_every_kind_is_the_same_text(kind: str) -> None:
    one, other = text_of("Một tựa đề", ARTICLE), text_of("Tựa khác hẳn", KINDS[kind])
    assert same(one, other)
    assert same(other, one)


PATTERN = [words(f"pattern {n}", 20) for n in range(20)]
UNRELATED = {
    "nothing in common": (ARTICLE, OTHER),
    "a stock phrase in both": (f"{ARTICLE}\n\n{STOCK}", f"{STOCK}\n\n{OTHER}"),
    "a stock phrase in short texts": (f"{words(1, 70)} {STOCK[:200]}", f"{STOCK[:200]} {words(2, 70)}"),
    "little more than a stock phrase": (f"{words(3, 5)} {STOCK}", f"{ARTICLE}\n\n{STOCK}\n\n{OTHER}"),
    "half of the sentences of a pattern, in another order": (
        " ".join(PATTERN[:14]) + " " + words(4, 140),
        " ".join(random.Random(5).sample(PATTERN, 14)) + " " + words(6, 140),
    ),
    "nothing but a short phrase": (words(7, 30), words(7, 30)),
    "no words at all": ("", ""),
}


@pytest.mark.parametrize("what", UNRELATED)
def test_texts_that_share_stock_phrases_are_not_the_same(what: str) -> None:
    one, other = (
        text_of(title, body) for title, body in zip(("Tin sáng nay", "Tin chiều"), UNRELATED[what], strict=True)
    )
    assert not same(one, other)
    assert not same(other, one)


def test_an_equal_title_makes_a_short_excerpt_specific() -> None:
    teaser = ARTICLE[: len(words(0, 55))]
    assert same(text_of("[Sưu tầm] Một tựa đề nào đó", teaser), text_of("Một tựa đề nào đó", ARTICLE + OTHER))
    assert not same(text_of("Tin sáng", teaser), text_of("Một tựa đề nào đó", ARTICLE + OTHER))
    assert same(text_of("Một tựa đề", words(7, 30)), text_of("Một tựa đề", words(7, 30)))


def test_scripts_without_spaces_are_compared_by_letters() -> None:
    rng = random.Random(1)
    text = "".join(chr(rng.randrange(0x4E00, 0x6000)) for _ in range(200))
    assert same(text_of("", f"報道。{text}"), text_of("", text[:90] + "、" + text[90:]))


@given(st.lists(st.binary(max_size=1), max_size=60), st.integers(min_value=1, max_value=9))
def test_marks_are_the_smallest_shingles_of_every_window(values: list[bytes], window: int) -> None:
    windows = range(len(values) - window + 1)
    assert texts.winnowed(values, window) == {min(values[at : at + window]) for at in windows}


def test_any_forty_words_in_common_leave_a_mark_in_common() -> None:
    run = words("run", texts.ENOUGH)
    for seed in range(30):
        one, other = (
            text_of("", f"{words(seed, seed)} {run} {words(-seed, 300)}"),
            text_of("", f"{words('x', 90)} {run}"),
        )
        assert set(texts.marks(one)) & set(texts.marks(other))


# Articles made of the same few paragraphs: copies, excerpts and mergers of one another, in every mixture
PARTS = [words(f"part {n}", 50) for n in range(5)]
BODIES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4, unique=True).map("\n\n".join)
TITLES = st.sampled_from(["Tin buổi sáng hôm nay", "Tin buổi chiều"])


def save(archive: Archive, number: int, body: str, title: str | None) -> None:
    archive.save_page(thread(post(number, body, title=title), number=str(number)))


def partition(archive: Archive) -> set[frozenset[str]]:
    """The forum's ids of the articles, by story."""
    stories: dict[Any, set[str]] = {}
    for key, story in archive.db.execute("SELECT post_id, story FROM articles JOIN posts USING (id)"):
        stories.setdefault(story, set()).add(key)
    return set(map(frozenset, stories.values()))


def components(articles: dict[int, tuple[str, str]]) -> set[frozenset[str]]:
    """What pairs of the same text connect, found by comparing all."""
    groups = [{number} for number in articles]
    read = {number: text_of(title, body) for number, (body, title) in articles.items()}
    for one in articles:
        near = [group for group in groups if any(same(read[one], read[other]) for other in group) or one in group]
        groups = [group for group in groups if group not in near] + [set().union(*near)]
    return {frozenset(map(str, group)) for group in groups}


def in_step(archive: Archive) -> bool:
    """Whether the rows about stories are what the articles say."""
    rows = {story.id: story for story in listed(archive)}
    sizes = dict(archive.db.execute("SELECT story, count(*) FROM articles GROUP BY story"))
    lowest = dict(archive.db.execute("SELECT story, min(id) FROM articles GROUP BY story"))
    kept = archive.db.execute("SELECT count(*) FROM story_texts").fetchone()[0]
    marked = archive.db.execute("SELECT article, count(*) FROM story_marks GROUP BY 1").fetchall()
    described = archive.db.execute("SELECT * FROM stories ORDER BY id").fetchall()
    for number in sizes:
        describe(archive.db, number)
    return (
        archive.db.execute("SELECT * FROM stories ORDER BY id").fetchall() == described
        and {number: story.articles for number, story in rows.items()} == {key: n for key, n in sizes.items() if n > 1}
        and all(key == number for key, number in lowest.items())
        and all(story.first == story_of(archive, number)[0].id for number, story in rows.items())
        and kept == archive.status()["articles"]
        and dict(marked) == dict(archive.db.execute("SELECT article, marks FROM story_texts WHERE marks > 0"))
    )


@given(st.lists(st.tuples(BODIES, TITLES), min_size=2, max_size=7), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_stories_are_the_same_in_any_order_of_arrival(made: list[tuple[str, str]], rng: random.Random) -> None:
    articles = dict(enumerate(made, 1))
    for _ in range(2):
        order = rng.sample(list(articles), len(articles))
        with Archive.open(":memory:") as archive:
            for number in order:
                save(archive, number, *articles[number])
            assert partition(archive) == components(articles)
            assert in_step(archive)


EDITS = st.tuples(st.integers(min_value=1, max_value=5), BODIES, TITLES | st.none())


@given(st.lists(EDITS, min_size=4, max_size=14))
@settings(max_examples=40, deadline=None)
def test_edits_leave_the_stories_that_the_texts_give(edits: Sequence[tuple[int, str, str | None]]) -> None:
    now: dict[int, tuple[str, str | None]] = {}
    with Archive.open(":memory:") as archive:
        for number, body, title in edits:
            save(archive, number, body, title)
            now[number] = body, title
        articles = {number: (body, title) for number, (body, title) in now.items() if title is not None}
        assert partition(archive) == components(articles)
        assert in_step(archive)


def reposted(path: Path, *bodies: str) -> Archive:
    """An archive of one article a thread."""
    archive = Archive.open(path / "archive.db")
    for number, body in enumerate(bodies, 1):
        save(archive, number, body, f"Bài số {number}")
    return archive


def test_a_story_knows_its_first_appearance_and_its_versions(tmp_path: Path) -> None:
    with reposted(tmp_path, ARTICLE, OTHER, edited(ARTICLE), ARTICLE.upper()) as archive:
        (story,) = listed(archive)
        assert (story.articles, story.versions, story.sites, story.first, story.title) == (3, 2, 1, 1, "Bài số 1")
        assert [(one.id, one.version) for one in story_of(archive, 3)] == [(1, 1), (3, 2), (4, 1)]
        assert [one.id for one in story_of(archive, 2)] == [2]


def test_cleaning_again_keeps_stories_in_step(tmp_path: Path) -> None:
    habit = words("habit", 400)
    with reposted(tmp_path, ARTICLE, f"{STOCK}\n\n{habit}", f"{OTHER[:100]}\n\n{habit}") as archive:
        assert partition(archive) == {frozenset("1"), frozenset("23")}
        cleaned = [cut(old, habit) for old in stored_posts(archive)]
        assert put_back(archive, cleaned) == 2
        assert partition(archive) == {frozenset("1"), frozenset("2"), frozenset("3")}
        assert in_step(archive)
        assert sound(archive)


def test_an_article_joins_a_large_story_as_fast_as_a_small_one(tmp_path: Path) -> None:
    """One text of which a word differs, on two sites, at times posted before the others."""
    rng = random.Random(1)
    steps: list[int] = []
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.db.set_progress_handler(lambda: steps.append(1), 50)
        costs = []
        for number in range(1, 401):
            body = ARTICLE.replace(" ", f" {rng.choice(WORDS[:3])} ", 1)
            at = DAY + timedelta(hours=rng.randrange(-number, number))
            made = replace(
                thread(post(number, body, title="Tin", posted_at=at), number=str(number)), site=f"{at.day % 2}"
            )
            steps.clear()
            archive.save_page(made)
            costs.append(len(steps))
        assert len(partition(archive)) == 1
        assert in_step(archive)
    assert sum(costs[-50:]) < 1.2 * sum(costs[50:100])


def cut(old: Any, habit: str) -> tuple[Any, Any]:
    """A stored post as a rule cleans it that takes the habit off."""
    body, title = old.post.html.removeprefix("<p>").removesuffix("</p>"), f"Bài số {old.post.id}"
    made = post(int(old.post.id), body.replace(f"\n\n{habit}", ""), title=title)
    taken = (Block(label=Label.HABIT, text=habit),) if habit in body else ()
    whole = post(int(old.post.id), "", title=title, blocks=made.blocks + taken)
    assert content_of(whole).text == content_of(made).text
    return old, whole


def test_articles_of_an_earlier_version_find_their_stories_when_the_archive_is_opened(tmp_path: Path) -> None:
    with reposted(tmp_path, ARTICLE, OTHER, edited(ARTICLE)) as archive:
        now = archive.db.execute("SELECT * FROM stories").fetchall()
        for table in ("stories", "story_texts", "story_marks"):
            archive.db.execute(f"DROP TABLE {table}")
        archive.db.execute("DROP INDEX articles_story")
        archive.db.execute("UPDATE articles SET story = NULL")
        archive.db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm006_stories'")
        archive.db.execute("PRAGMA user_version = 5")
    with Archive.open(archive.path) as archive:
        assert partition(archive) == {frozenset("13"), frozenset("2")}
        assert archive.db.execute("SELECT * FROM stories").fetchall() == now
        assert in_step(archive)


# ---------------------------------------------------------------- the commands


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One text on two sites, cut on the second; another one twice on the first; one alone."""
    path = tmp_path_factory.mktemp("spread") / "archive.db"
    cut = ARTICLE.replace("\n\n".join(ARTICLE.split("\n\n")[3:]), "<b>tự viết</b>")
    with Archive.open(path) as archive:
        for number, body in ((1, ARTICLE), (2, OTHER), (3, OTHER), (4, STOCK)):
            late = DAY + timedelta(days=number)
            made = post(number, body, title=f"Bài số {number}", posted_at=late, url=f"https://{SITE}/p/{number}")
            archive.save_page(thread(made, number=str(number)))
        early = post(1, cut, title="Bài cắt", posted_at=DAY, url="https://other.example/p/1")
        archive.save_page(replace(thread(early), site="other.example"))
    return path


def test_stories_are_listed_by_how_far_they_spread(run: Run, spread: Path) -> None:
    def numbers(*options: object) -> list[int]:
        done = run("stories", "--archive", spread, "--json", *options)
        assert done.returncode == 0
        return [json.loads(line)["id"] for line in done.stdout.splitlines()]

    assert numbers() == [1, 2]
    assert numbers("--limit", 1) == numbers("--site", "other.example") == [1]
    assert numbers("--since", "2024-03-04") == [2]
    assert numbers("--least", 3) == []
    assert run("stories", "--archive", spread).stdout.splitlines()[:2] == [
        "       1  Bài cắt",
        "          2 articles on 2 sites, 2 versions, 2024-03-01 to 2024-03-02",
    ]
    none = run("stories", "--least", 9, "--archive", spread).stderr
    assert none == "no such stories: no text that is asked for appeared 9 times or more\n"


@pytest.mark.parametrize("name", ["1", "5", f"https://{SITE}/p/1", "https://other.example/p/1"])
def test_a_story_is_shown_by_any_of_its_articles(run: Run, spread: Path, name: str) -> None:
    shown = json.loads(run("stories", name, "--archive", spread, "--json").stdout)
    assert [(one["id"], one["version"], one["site"]) for one in shown] == [(5, 1, "other.example"), (1, 2, SITE)]
    assert run("stories", name, "--archive", spread).stdout.splitlines()[:4] == [
        "Bài cắt",
        "  2 articles, 2 sites, 2 versions",
        "  2024-03-01T08:00:00Z         5  version 1, 182 words  other.example · Tin tức · người 1",
        "    https://other.example/p/1",
    ]


def test_diff_shows_what_a_reposter_cut_and_added(run: Run, spread: Path) -> None:
    done = run("diff", f"https://{SITE}/t/1", 5, "--archive", spread)
    assert done.returncode == 0
    assert "180 words kept, 120 cut, 2 added" in done.stdout
    assert "title: Bài [-số 1-] {+cắt+}" in done.stdout
    assert "{+<b>tự viết</b>+}" in done.stdout
    found = json.loads(run("diff", 1, 5, "--archive", spread, "--json").stdout)
    assert " ".join(text for sign, text in found["text"] if sign != "+").split() == ARTICLE.split()
    assert "the same 300 words" in run("diff", 2, 3, "--archive", spread).stdout


def test_diff_writes_a_page_that_runs_nothing(run: Run, spread: Path, tmp_path: Path) -> None:
    page = tmp_path / "diff.html"
    assert run("diff", 1, 5, "--archive", spread, "--html", page).returncode == 0
    html = page.read_text(encoding="utf-8")
    assert html == run("diff", 1, 5, "--archive", spread, "--html", "-").stdout
    assert "<ins>&lt;b&gt;tự viết&lt;/b&gt;</ins>" in html
    assert "<b>tự" not in html
    assert "<script" not in html


@pytest.mark.parametrize("arguments", [("stories", "99"), ("diff", "1", "99"), ("diff", "1", "https://no.example/1")])
def test_an_unknown_article_is_named(run: Run, spread: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, "--archive", spread)
    assert (done.returncode, done.stdout) == (1, "")
    assert arguments[-1] in done.stderr
    assert "Traceback" not in done.stderr
