"""Every phrase of every language: found where it may stand, and kept wherever else it stands."""

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import lxml.html
import pytest

import crawler.cleaning
from crawler.cleaning import clean
from crawler.cleaning.phrases import key, phrases

FILES = sorted((Path(crawler.cleaning.__file__).parent / "phrases").glob("*.toml"))
LANGUAGES = {language for file in FILES for language in tomllib.loads(file.read_text(encoding="utf-8"))} - {"weak"}
Form = Literal["NFC", "NFD"]
LONG = (
    "Hội nghị bàn về nước sạch và đường mới của các xã vùng cao, với sự tham gia của nhiều hộ dân trong huyện. " * 4
).strip()
ARTICLE = [f"{LONG} Một.", f"{LONG} Hai.", f"{LONG} Ba."]
AT_THE_END = {
    "readon": "readon",
    "source": "source",
    "byline": "source",
    "signature": "signature",
    "edit": "edit",
    "follow": "notice",
    "similar": "similar",
    "reaction": "reaction",
    "button": "button",
    "gate": "gate",
}


def filled(phrase: str) -> str:
    return phrase.replace("{x}", "Minh Anh").replace("{n}", "12")


def every(*, weak: bool | None = None, roles: Collection[str] = ()) -> list[tuple[str, str]]:
    """(role, line) of each phrase."""
    found = []
    for file in FILES:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        weaker = table.pop("weak", {})
        for is_weak, group in ((False, table), (True, weaker)):
            if (weak is None or weak is is_weak) and (not roles or file.stem in roles):
                found += [(file.stem, filled(text)) for texts in group.values() for text in texts]
    return found


def flat(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def markup(*paragraphs: str) -> lxml.html.HtmlElement:
    root = lxml.html.Element("div")
    for paragraph in paragraphs:
        lxml.html.etree.SubElement(root, "p").text = paragraph
    return root


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_in_the_midst_of_an_article_every_phrase_but_gates_and_adverts_stays(form: Form) -> None:
    for role, line in every():
        if role in ("gate", "advert"):
            continue
        paragraphs = [*ARTICLE[:2], line, ARTICLE[2]]
        shown = [normalize(form, paragraph) for paragraph in paragraphs]
        for body in (flat(*shown), markup(*shown)):
            cleaned = clean(body)
            assert (cleaned.body, cleaned.removed) == ([normalize("NFC", one) for one in paragraphs], []), (role, line)


def test_inside_a_sentence_every_phrase_stays() -> None:
    for role, line in every():
        last = f"Bài này nói về chuyện “{line}” và còn nhiều chuyện khác nữa ở trong làng."
        assert clean(flat(*ARTICLE, last)).removed == [], (role, line)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_at_the_end_every_strong_phrase_is_found(form: Form) -> None:
    for role, line in every(weak=False, roles=AT_THE_END):
        shown = normalize(form, line)
        for body in (flat(*ARTICLE, shown), markup(*ARTICLE, shown)):
            cleaned = clean(body)
            assert cleaned.body == ARTICLE, (role, line)
            assert [text for _, text in cleaned.removed] == [normalize("NFC", line)], (role, line)


def test_weak_phrases_stay_at_the_end_of_a_text_without_links() -> None:
    sure = {"byline", "source"}  # "Theo Minh Anh" is as short as a line that names a source
    strong = {key(line) for _, line in every(weak=False)}
    for role, line in every(weak=True):
        names = role == "readon" and line.endswith("Minh Anh")  # as does "Read more at Minh Anh"
        if role not in sure and not names and key(line) not in strong:
            assert clean(flat(*ARTICLE, line)).removed == [], (role, line)


def test_read_on_phrases_and_source_lines_are_there_in_every_language() -> None:
    for role, but in (("readon", ()), ("source", ()), ("notice", ()), ("quote", ())):
        table = tomllib.loads((FILES[0].parent / f"{role}.toml").read_text(encoding="utf-8"))
        assert not LANGUAGES - set(table) - {"pt", "pt-BR", "zh-TW", *but}, role
    assert len(LANGUAGES) == 22


def test_no_phrase_stands_twice() -> None:
    for file in FILES:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        for language, texts in {**table.pop("weak", {}), **table}.items():
            keys = [key(text) for text in texts]
            assert len(keys) == len(set(keys)), (file.stem, language)


def test_every_phrase_is_found_when_it_is_looked_up() -> None:
    for file in FILES:
        for role, line in every(roles={file.stem}):
            found = phrases(role).find(line)
            assert found, (role, line)
