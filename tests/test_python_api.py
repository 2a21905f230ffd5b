"""The archive from Python: the document's examples run as they stand; reading never writes."""

import doctest
import re
import sqlite3
from pathlib import Path

import pytest
from conftest import Run
from made import post, thread

from archive import Archive, Filters
from archive.errors import ArchiveError

DOCUMENT = Path(__file__).parent.parent / "docs" / "python.md"


def test_the_examples_of_the_document_run_as_they_stand(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("demo", cwd=tmp_path).returncode == 0
    blocks = re.findall(r"```pycon\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "python.md", str(DOCUMENT), 0)
    told: list[str] = []
    result = doctest.DocTestRunner().run(test, out=told.append)
    assert (result.failed, "".join(told)) == (0, "")
    assert result.attempted > 15


def test_a_read_only_archive_is_neither_made_nor_changed(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with pytest.raises(ArchiveError, match="no such archive"):
        Archive.open(path, read_only=True)
    assert not path.exists()
    Archive.open(path).close()
    with Archive.open(path, read_only=True) as archive, pytest.raises((ArchiveError, sqlite3.OperationalError)):
        archive.save_page(thread(post(1)))


def test_an_archive_answers_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive.open(path) as writer, writer.lock():
        writer.save_page(thread(post(1, "một lời", title="Một"), post(2, "hai lời", title="Hai")))
        with Archive.open(path, read_only=True) as reader:
            hits = reader.search("loi")
            assert next(hits).title == "Hai"
            writer.save_page(thread(post(3, "ba lời", title="Ba"), number="11"))
            assert [hit.title for hit in hits] == ["Một"]
            assert [row.title for row in reader.articles()] == ["Một", "Hai", "Ba"]
            assert [row.title for row in reader.articles(Filters(authors=["người 2"]))] == ["Hai"]
