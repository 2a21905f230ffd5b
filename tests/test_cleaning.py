import importlib.util
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pytest

from archive.records import Author, Kind, Label, Page, Post, Thread
from crawler.cleaning import clean, clean_page

SAMPLES = Path(__file__).parent / "cleaning"
FOLDERS = sorted(folder for folder in SAMPLES.iterdir() if (folder / "expected.json").exists())
spec = importlib.util.spec_from_file_location("write", SAMPLES / "write.py")
assert spec
assert spec.loader
write = importlib.util.module_from_spec(spec)
spec.loader.exec_module(write)

LONG = " ".join(["Hội nghị bàn về nước sạch và đường mới của các xã vùng cao."] * 12)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_sample(folder: Path) -> None:
    assert write.outcome(folder) == json.loads((folder / "expected.json").read_text(encoding="utf-8"))


def test_there_are_samples() -> None:
    assert len(FOLDERS) >= 12


def post(markup: str, number: int = 1) -> Post:
    body = lxml.html.fromstring(f"<div>{markup}</div>")
    return Post(id=str(number), author=Author(name="Minh Anh"), position=number, body=body)


def page(*posts: Post, title: str = "Mở lớp dạy nghề") -> Page:
    thread = Thread(id="1", url="https://forum.example/threads/1/", title=title, prefixes=("Tin tức",))
    return Page(kind=Kind.THREAD, url="https://forum.example/threads/1/", thread=thread, posts=posts)


def reasons(*markups: str) -> list[str | None]:
    cleaned = clean_page(page(*(post(markup, number) for number, markup in enumerate(markups, 1))))
    return [one.article and one.article.reason for one in cleaned.posts]


def test_a_page_is_cleaned_post_by_post() -> None:
    when = datetime(2024, 8, 12, tzinfo=UTC)
    before = replace(
        post(f'<p>{LONG}</p><a href="/redirect/?to=https://news.example/a">Xem tiếp...</a>'), posted_at=when
    )
    after = clean_page(page(before)).posts[0]
    assert (after.body, after.text, after.posted_at) == (None, LONG, when)
    assert after.removed == [("readon", "Xem tiếp...")]
    assert after.html.startswith(f"<div><p>{LONG}</p>")
    assert after.source
    assert after.source.url == "https://news.example/a"


def test_a_post_without_a_tree_stays_as_it_is() -> None:
    deleted = Post(id="1", author=Author(name="Minh Anh"), deleted=True)
    assert clean_page(page(deleted)).posts == (deleted,)


def test_which_posts_are_articles_and_why() -> None:
    link = '<p><a href="https://news.example/a">Xem tiếp...</a></p>'
    card = '<div class="bbCodeBlock--unfurl"><a href="https://news.example/a">Tin</a></div>'
    assert reasons(
        LONG + link, "Hay quá!", LONG, LONG + "<p>Nguồn: Báo Sông Xanh</p>", LONG + card, LONG[:200] + card
    ) == [
        "read-on link",
        None,
        None,
        "source line",
        "link card",
        None,
    ]
    assert reasons(LONG) == ["long first post"]
    assert reasons(link, card) == [None, None]


def test_titles_lose_prefixes_and_cuts() -> None:
    text = "Mở lớp dạy nghề cho thanh niên vùng cao"
    for title in ("Tin tức - Mở lớp dạy nghề cho...", "Mở lớp dạy nghề cho…"):
        cleaned = clean_page(page(post(f"<h3>{text}</h3><p>{LONG}</p>"), title=title))
        assert cleaned.posts[0].article
        assert cleaned.posts[0].article.title == text


def test_a_software_names_its_own_containers() -> None:
    body = lxml.html.fromstring('<div>Chữ.<div class="khung">Lời người khác.</div><p class="quote">Chữ nữa.</p></div>')
    cleaned = clean(body, containers={"khung": "quote", "hỏng": "no label"})
    assert cleaned.removed == [("quote", "Lời người khác.")]
    assert [block.rule for block in cleaned.blocks if block.label is Label.QUOTE] == ["container khung"]


def test_a_gate_in_brackets_is_cut_out_of_its_line() -> None:
    gate = "[Only registered and activated users can see links. ]"
    cleaned = clean(lxml.html.fromstring(f"<div>Xem {gate} rồi trả lời [như trên] nhé.<br>{gate}<br>Cảm ơn!</div>"))
    assert cleaned.body == ["Xem", "rồi trả lời [như trên] nhé.", "Cảm ơn!"]
    assert cleaned.removed == [("gate", gate)] * 2
