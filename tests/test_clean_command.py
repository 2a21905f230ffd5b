"""`xemtiep clean` and the explanations of `clean` and `read`, as a user types them."""

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive import Archive
from crawler.corpus import clean_lines

if TYPE_CHECKING:
    from tests.conftest import Run

TEXT = "Hội nghị đã bàn về nước sạch & đường <mới> cho các xã vùng cao.\n\nTheo dõi\n\nXem tiếp..."


def lines(count: int) -> list[bytes]:
    return [json.dumps({"id": number, "text": f"Bài {number}.\n\nXem tiếp..."}).encode() for number in range(count)]


@pytest.mark.parametrize("processes", [1, 3])
def test_many_texts_keep_their_order(processes: int) -> None:
    found = [json.loads(answer.line) for answer in clean_lines(lines(300), processes=processes)]
    assert [(one["id"], one["text"]) for one in found] == [(number, f"Bài {number}.") for number in range(300)]
    assert found[0]["removed"] == [["readon", "Xem tiếp..."]]


def test_many_texts_are_not_read_ahead_of_the_work() -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b'{"text": "a"}'

    answers = clean_lines(endless(), processes=2)
    for _ in range(100):
        next(answers)
    answers.close()
    assert read < 1000


def test_the_corpus_keeps_its_own_keys() -> None:
    own = {"title": "Tên", "author": "me", "language": "xx", "body": "b", "source_url": "s", "card": 1, "removed": "r"}
    (answer,) = clean_lines([json.dumps({"text": "Một.\n\nXem tiếp...", **own, "cleaned_card": 2}).encode()])
    found = json.loads(answer.line)
    assert {key: found[key] for key in own} == own
    assert found["text"] == "Một."
    assert (found["cleaned_body"], found["cleaned_removed"]) == (["Một."], [["readon", "Xem tiếp..."]])
    assert found["cleaned_card"] == 2
    assert set(found["cleaned_cleaned_card"]) == {"title", "banners", "counts"}


def test_lines_that_are_no_documents_are_answered(run: "Run") -> None:
    done = run("clean", "--jsonl", "-", "--processes", 1, stdin='{"text": "Một."}\n\n{bad\n{"text": 5}\n')
    found = [json.loads(line or "{}") for line in done.stdout.splitlines()]
    assert [one.get("text", one.get("line")) for one in found] == ["Một.", None, 3, 4]
    assert done.returncode == 3
    assert "2 lines" in done.stderr


def test_a_page_of_many_texts_is_refused_not_left_out(run: "Run", tmp_path: Path) -> None:
    done = run("clean", "--jsonl", "--html", tmp_path / "why.html", "-", stdin='{"text": "Một."}')
    assert done.returncode == 2
    assert "leave out --jsonl" in done.stderr


def test_json_nested_without_end_is_no_document(run: "Run", tmp_path: Path) -> None:
    nested = tmp_path / "nested.json"
    nested.write_text("[" * 100_000, "utf-8")
    done = run("clean", "--jsonl", nested)
    assert json.loads(done.stdout) == {"error": "JSON nested too deeply", "line": 1}
    assert done.returncode == 3
    read = run("read", nested)
    assert read.returncode == 0, read.stderr
    assert json.loads(read.stdout)["software"] == "unknown"


def test_a_text_is_explained_as_json_and_as_a_page(run: "Run", tmp_path: Path) -> None:
    page = tmp_path / "why.html"
    done = run("clean", "-", "--json", "--explain", "--html", page, stdin=TEXT)
    found = json.loads(done.stdout)
    assert found["blocks"][-1] == ["readon", "phrase readon/vi “Xem tiếp”", "Xem tiếp..."]
    assert found["language"] == "vi"
    html = page.read_text(encoding="utf-8")
    assert "nước sạch &amp; đường &lt;mới&gt;" in html
    assert '<div class="readon">Xem tiếp...<small>readon: phrase readon/vi' in html
    assert "src=" not in html
    assert "href=" not in html


def test_a_saved_page_is_explained(run: "Run", tmp_path: Path) -> None:
    page = tmp_path / "why.html"
    saved = next((Path(__file__).parent / "pages").glob("*/thread/page.html"))
    done = run("read", saved, "--explain", "--html", page)
    assert done.returncode == 0, done.stderr
    assert "body" in done.stdout
    assert '<div class="own">' in page.read_text(encoding="utf-8")
    refused = run("read", saved, "--html", page / "why.html")
    assert refused.returncode == 1
    assert f"{page / 'why.html'} cannot be written" in refused.stderr


@pytest.mark.parametrize("folder", ["/", ".", "/etc/.."])
def test_a_folder_is_no_name_for_a_page(run: "Run", tmp_path: Path, folder: str) -> None:
    done = run("clean", "-", "--html", folder, stdin=TEXT, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, f"xemtiep: {folder} cannot be written: Is a directory\n")


def test_a_page_is_written_whole_or_not_at_all(run: "Run", tmp_path: Path) -> None:
    page, archive = tmp_path / "why.html", tmp_path / "a.db"
    page.write_text("as it was")
    full = run("clean", "-", "--html", page, stdin=TEXT, preexec_fn=lambda: limited(100))
    assert (full.returncode, page.read_text()) == (1, "as it was")
    assert f"{page} cannot be written" in full.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["why.html"]
    Archive.open(archive).close()
    before = archive.read_bytes()
    assert "is an archive, and stays as it is" in run("clean", "-", "--html", archive, stdin=TEXT).stderr
    assert archive.read_bytes() == before


def test_a_file_that_cannot_be_read_leaves_an_earlier_page(run: "Run", tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("an earlier one", "utf-8")
    assert run("read", tmp_path / "gone.html", "--html", page).returncode == 1
    assert page.read_text("utf-8") == "an earlier one"


def test_a_full_disk_is_not_the_files_fault(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text('{"text": "Chữ."}\n', "utf-8")
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "crawler", "clean", "--jsonl", str(corpus)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert str(corpus) not in done.stderr


@pytest.mark.parametrize("target", ["/dev/stdout", "/proc/self/fd/1"])
def test_a_page_may_go_to_a_pipe(run: "Run", target: str) -> None:
    done = run("clean", "-", "--html", target, stdin=TEXT)
    assert done.returncode == 0, done.stderr
    assert "<!doctype html>" in done.stdout


def limited(size: int) -> None:
    """No file may grow beyond `size` bytes, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
