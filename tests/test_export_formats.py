"""Each format, read back by a reader of its own."""

import csv
import email.policy
import io
import json
import mailbox
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import click
import pyarrow.parquet
import pytest
import yaml
from conftest import COMMAND
from hypothesis import example, given
from hypothesis import strategies as st
from made import DAY, post, thread
from markdown_it import MarkdownIt

from archive import Archive
from archive.errors import ArchiveError
from archive.export import FORMATS, Choice, export
from archive.export.csv_ import cell
from archive.export.md import render
from archive.records import Author
from crawler.commands.archive import export as command

BODY = "Đoạn một.\nFrom đâu đó\n\n=1+2; @An\n" + "dài " * 400
ARTICLE: dict[str, Any] = {
    "schema": 1,
    "id": 1,
    "title": "T",
    "body": "",
    "source_url": None,
    "source_name": None,
    "author": "a",
    "site": "f",
    "board": None,
    "thread_url": "u",
    "url": "u",
    "posted_at": "2024-03-01T08:00:00Z",
    "language": None,
    "words": 1,
    "story": None,
}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as archive:
        odd = Author(id="9", name='=HYPERLINK("x"), Ả')
        first = post(1, BODY, title="=SUM(1): Tín dụng, lãnh đạo", author=odd)
        archive.save_page(thread(first, post(2, "đáp\nlại"), post(3, "x", posted_at=None)))
        archive.save_page(thread(post(4, "hai", title="Hai", posted_at=None, source=None), number="11"))
        yield archive


def exported(archive: Archive, folder: Path, format_: str, **choice: Any) -> Path:
    path = folder / f"out.{format_}"
    assert export(archive, format_, path, choice=Choice(**choice)) == 2
    return path


# ---------------------------------------------------------------- CSV


def test_the_command_offers_every_format() -> None:
    (offered,) = (option.type for option in command.params if option.name == "format_")
    assert isinstance(offered, click.Choice)
    assert list(offered.choices) == list(FORMATS)


def test_csv_holds_no_formula_and_reads_back(archive: Archive, tmp_path: Path) -> None:
    text = exported(archive, tmp_path, "jsonl", with_replies=True).read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    with exported(archive, tmp_path, "csv", with_replies=True).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert not [value for row in rows for value in row.values() if value.startswith(("=", "+", "-", "@", "\t"))]
    for row, line in zip(rows, lines, strict=True):
        assert json.loads(row.pop("replies")) == line.pop("replies")
        assert {name: value.removeprefix("'") for name, value in row.items()} == {
            name: "" if value is None else str(value) for name, value in line.items()
        }


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=5))
def test_any_text_comes_back_out_of_csv(texts: list[str]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerow(map(cell, texts))
    stream.seek(0)
    (row,) = csv.reader(stream)
    assert [text.removeprefix("'") for text in row] == texts
    assert not [text for text in row if text.startswith(("=", "+", "-", "@", "＝", "\t", "\r", "\n"))]


# ---------------------------------------------------------------- Parquet


def test_parquet_has_types_and_the_version_of_its_columns(archive: Archive, tmp_path: Path) -> None:
    table = pyarrow.parquet.read_table(exported(archive, tmp_path, "parquet", with_replies=True))
    assert table.schema.metadata[b"xemtiep.schema"] == b"1"
    kinds = {field.name: str(field.type) for field in table.schema}
    assert (kinds["id"], kinds["posted_at"], kinds["title"]) == ("int64", "timestamp[ms, tz=UTC]", "string")
    first, second = table.to_pylist()
    assert (first["posted_at"], second["posted_at"], second["source_url"]) == (DAY, None, None)
    assert [reply["text"] for reply in first["replies"]] == ["đáp\nlại", "x"]
    assert first["replies"][1]["posted_at"] is None
    assert second["replies"] == []


def test_an_empty_parquet_file_has_its_columns(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "empty.db") as archive:
        export(archive, "parquet", tmp_path / "x.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "x.parquet").num_columns == 17


def test_parquet_without_its_package_names_the_extra(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ArchiveError, match=r"xemtiep\[parquet\]"):
        export(archive, "parquet", tmp_path / "x.parquet")
    assert not list(tmp_path.glob("*x.parquet*"))


# ---------------------------------------------------------------- mbox


def test_mbox_is_valid_and_threads(archive: Archive, tmp_path: Path) -> None:
    with closing(mailbox.mbox(exported(archive, tmp_path, "mbox", with_replies=True))) as box:
        messages = [email.message_from_bytes(box.get_bytes(key), policy=email.policy.default) for key in box.keys()]  # noqa: SIM118 # a mailbox yields messages
    first, reply, _, second = messages
    assert [message.defects for message in messages] == [[]] * 4
    assert first["Subject"] == "=SUM(1): Tín dụng, lãnh đạo"
    assert first["From"].addresses[0].display_name == '=HYPERLINK("x"), Ả'
    assert first["Date"].datetime == DAY
    assert first.get_content() == BODY
    assert reply["In-Reply-To"] == reply["References"] == first["Message-ID"]
    assert reply.get_content() == "> quote 2\n\nđáp\nlại"
    assert second["In-Reply-To"] is None
    assert len({message["Message-ID"] for message in messages}) == 4


# ---------------------------------------------------------------- SQLite


def test_sqlite_is_small_and_searchable(archive: Archive, tmp_path: Path) -> None:
    path = exported(archive, tmp_path, "sqlite", with_replies=True)
    for words in ("lanh dao", "tín dụng"):
        command = [COMMAND.with_name("sqlite-utils"), "search", path, "articles", words, "-c", "id"]
        assert json.loads(subprocess.run(command, capture_output=True, check=True).stdout) == [{"id": 1}]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT article, text FROM replies ORDER BY id").fetchall() == [(1, "đáp\nlại"), (1, "x")]
        assert db.execute("SELECT body FROM articles WHERE id = 1").fetchone()[0] == BODY
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_schema")}
        assert not tables & {"secrets", "posts", "authors"}
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_disk_that_is_full_gets_a_line(archive: Archive) -> None:
    command = [
        "bash",
        "-c",
        f"ulimit -f 16; trap '' XFSZ; {COMMAND} export --archive {archive.path} --format sqlite -o out.db",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=archive.path.parent)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "out.db cannot be written" in done.stderr
    assert not (archive.path.parent / "out.db").exists()


# ---------------------------------------------------------------- Markdown

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"))
MARKS = st.text(st.sampled_from("ab 1.)-+=#*_`~[]<>!|\\\n&;{%}^$\"':/"), max_size=40)


def words_shown(markdown: str) -> str:
    """The words that a reader of Markdown shows, in order."""
    shown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)
    return "".join(unescape(re.sub(r"<[^>]*>", "", shown)).split())


@example(text="__0__ và snake_case")
@given(st.one_of(TEXTS, MARKS))
def test_markdown_shows_every_word(text: str) -> None:
    shown = render(ARTICLE | {"body": text}).partition("# T\n")[2]
    assert words_shown(shown) == "".join(text.split())


ANY = st.text(st.characters(exclude_categories=["Cs"]))
NASTY = st.sampled_from(
    [
        *("---", "@một", "#thẻ", "[a, b]", "{a: b}", "a: b", 'nói "a\': b"', "😀\n---\nx: 1", "null", "yes", "12", "~"),
        *("!!int 3", "&a *a", "| >", "%YAML", "2024-03-01", "2024-03-01T08:00:00Z", "[[x]]", "", " a "),
        *("\ufeff\x00\x85\u2028", "\\u0041"),
    ]
)


def front_matter(article: dict[str, Any]) -> str:
    return render(article).split("\n---\n")[0].removeprefix("---\n")


@given(st.one_of(ANY, NASTY), st.one_of(ANY, NASTY))
def test_front_matter_is_yaml_of_one_line_each(text: str, author: str) -> None:
    named = {"title": text, "board": text, "source_name": text, "author": author}
    front = front_matter(ARTICLE | named | {"story": 3, "language": "no"})
    assert yaml.safe_load(front) == {
        "title": text, "author": author, "date": DAY, "site": "f", "board": text, "thread": "u", "link": "u",
        "publisher": text, "language": "no", "words": 1, "story": 3, "article": 1,
    }  # fmt: skip
    assert all(re.match(r"[a-z]+: ", line) for line in front.split("\n"))
    assert "date: 2024-03-01T08:00:00Z" in front.split("\n")
    assert not re.search("[\x7f-\x9f\u2028\u2029\ufeff]", front)


def test_notes_of_an_archive_hold_its_records_and_have_names_for_links(
    crawled: tuple[Path, object], tmp_path: Path
) -> None:
    """Obsidian knows properties of text, number and moment (https://help.obsidian.md/properties) as they stand here."""
    with Archive.open(crawled[0], read_only=True) as archive:
        rows = {row.id: row for row in archive.articles()}
        assert export(archive, "md", f"{tmp_path}/notes/") == len(rows) > 0
    for path in (tmp_path / "notes").iterdir():
        assert not set(path.name) & set('#^[]|\\/:*?"<>')
        found = yaml.safe_load(path.read_text(encoding="utf-8").split("\n---\n")[0].removeprefix("---\n"))
        row = rows.pop(found["article"])
        assert (found["title"], found["author"], found["link"]) == (row.title, row.author, row.url)
        assert found["date"] == datetime.fromisoformat(str(row.posted_at))
        assert {type(value) for value in found.values()} <= {str, int, datetime}
        assert not found.keys() & {"tags", "aliases", "cssclasses"}  # what Obsidian takes for its own
    assert not rows


def test_no_shortcode_tag_or_entity_is_left() -> None:
    text = render(ARTICLE | {"body": "{{< x >}} {{% y %}} &lt; #tag %%ẩn%% ==sáng== a_b"})
    assert not re.search(r"\{\{[<%]|[^\\]&lt|[^\\]#tag|%%|==", text)
    assert "a_b" in text


# ---------------------------------------------------------------- all


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_each_is_the_same_as_one_file(archive: Archive, tmp_path: Path, format_: str) -> None:
    export(archive, format_, tmp_path / "each")
    names = sorted(path.name for path in (tmp_path / "each").iterdir())
    assert names == [f"00000001-sum-1-tin-dung-lanh-dao.{format_}", f"00000004-hai.{format_}"]
    if format_ in {"jsonl", "mbox"}:
        parts = [(tmp_path / "each" / name).read_bytes() for name in names]
        assert b"".join(parts) == exported(archive, tmp_path, format_).read_bytes()


@pytest.mark.parametrize("format_", FORMATS)
def test_standard_output_takes_every_format(archive: Archive, tmp_path: Path, format_: str) -> None:
    command = [COMMAND, "export", "--archive", archive.path, "--format", format_]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    file = exported(archive, tmp_path, format_).read_bytes()
    assert done.stdout == file or (format_ == "sqlite" and len(done.stdout) == len(file))


def test_text_shows_who_answered_when(archive: Archive, tmp_path: Path) -> None:
    text = exported(archive, tmp_path, "txt", with_replies=True).read_text(encoding="utf-8")
    moment = DAY.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert f"— · người 2 · {moment}\n\n> quote 2\n\nđáp\nlại\n" in text
    assert datetime.fromisoformat(moment) == DAY
