"""Exports with pseudonyms: nobody's name is left, and the same member has the same pseudonym everywhere."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import SITE, post, thread

from archive import Archive
from archive.export import Choice, export
from archive.records import Author, Block, Label

ANNA = Author(id="12", name="Nguyễn Ánh.Dương")
GUEST = Author(name="Khách *7*")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as archive:
        yield archive


def exported(archive: Archive, folder: Path, format_: str = "jsonl") -> str:
    export(archive, format_, folder / "out.x", choice=Choice(anonymous=True, with_replies=True))
    return (folder / "out.x").read_text(encoding="utf-8")


def rows(archive: Archive, folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exported(archive, folder).split("\n")[:-1]]


def test_a_member_is_the_same_in_every_place(archive: Archive, tmp_path: Path) -> None:
    said = Block(label=Label.QUOTE, text="Nguyễn Ánh.Dương đã viết: ↑\nLời của @khách *7* đó")
    text = (
        "Cảm ơn @nguyễn ánh.dương, @Khách *7*! và @ai_đó; thư: a@b.example"
        f"\nhttps://{SITE}/members/anh-duong.12/ và https://{SITE}/memberlist.php?mode=viewprofile&u=12"
    )
    article = post(1, text, title="Gửi @Nguyễn Ánh.Dương và mọi người", author=ANNA)
    article = replace(article, url=f"https://{SITE}/threads/gui-nguyen-anh-duong-va-moi-nguoi.10/")
    reply = post(2, "đáp", author=GUEST, blocks=(said, Block(label=Label.BODY, text="đáp")))
    archive.save_page(thread(article, reply, post(3, "lại", author=ANNA)))
    (found,) = rows(archive, tmp_path)
    anna, guest = found["author"], found["replies"][0]["author"]
    assert re.fullmatch(r"member-[a-z2-7]{12}", anna)
    assert found["replies"][1]["author"] == anna != guest
    assert found["title"] == f"Gửi @{anna} và mọi người"
    thanks, links = found["body"].split("\n")
    stranger = re.search(r"và @(member-\w+);", thanks)
    assert stranger
    assert thanks == f"Cảm ơn @{anna}, @{guest}! và @{stranger[1]}; thư: a@b.example"
    assert links == f"https://{SITE}/members/{anna} và https://{SITE}/members/{anna}"
    assert found["url"] == f"https://{SITE}/threads/gui-{anna}-va-moi-nguoi.10/"
    assert found["replies"][0]["quotes"] == f"{anna} đã viết: ↑\nLời của @{guest} đó"


def test_mistyped_addresses_break_nothing(archive: Archive, tmp_path: Path) -> None:
    text = "http://[x/members/a.12 http://a＃b/u/z http:///u/x https://other.example/members/anna.12/ http://"
    archive.save_page(thread(post(1, text, title="T")))
    assert rows(archive, tmp_path)[0]["body"] == text


def test_who_is_quoted_and_not_known_is_not_named_either(archive: Archive, tmp_path: Path) -> None:
    said = Block(label=Label.QUOTE, text="Người Lạ wrote:\nlời")
    archive.save_page(thread(post(1, "tin", title="T"), post(2, blocks=(said,))))
    (found,) = rows(archive, tmp_path)
    assert re.fullmatch(r"member-[a-z2-7]{12}:\nlời", found["replies"][0]["quotes"])


@pytest.mark.parametrize("format_", ["txt", "md", "jsonl", "csv"])
def test_no_format_names_anybody(archive: Archive, tmp_path: Path, format_: str) -> None:
    names = [f"Tên{number}riêng" for number in range(6)]
    posts = [
        post(n, f"@{names[(n + 1) % 6]} ơi", title="T" if n == 1 else None, author=Author(id=str(n), name=names[n % 6]))
        for n in range(1, 6)
    ]
    archive.save_page(thread(*posts))
    text = exported(archive, tmp_path, format_)
    assert "riêng" not in text
    named = set(re.findall(r"member-\w{12}", text))
    assert len(named) == (5 if format_ == "txt" else 6)  # plain text does not say who posted the article


def test_pseudonyms_stay_and_differ_by_archive_and_site(archive: Archive, tmp_path: Path) -> None:
    page = thread(post(1, "tin", title="T", author=ANNA))
    archive.save_page(page)
    archive.save_page(replace(page, site="other.example"))
    one, two = (row["author"] for row in rows(archive, tmp_path))
    assert one != two
    archive.save_page(thread(post(2, "x", title="T", author=replace(ANNA, name="Tên mới")), number="11"))
    assert [row["author"] for row in rows(archive, tmp_path)] == [one, two, one]  # a new name, the same member
    with Archive.open(tmp_path / "second.db") as second:
        second.save_page(page)
        assert rows(second, tmp_path)[0]["author"] not in {one, two}


names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=20)


@settings(max_examples=50, deadline=None)
@given(name=names.filter(lambda name: name[0].isalnum() and name[-1].isalnum()))
def test_any_name_is_found_after_an_at(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("law")
    with Archive.open(folder / "a.db") as archive:
        author = Author(id="5", name=name)
        archive.save_page(thread(post(1, f"Chào @{name} nhé", title="T", author=author)))
        (found,) = rows(archive, folder)
        assert found["body"] == f"Chào @{found['author']} nhé"
