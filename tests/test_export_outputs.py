"""What an export may be written to, and what it must not replace."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import COMMAND
from made import post, thread

from archive import Archive
from archive.errors import ArchiveError
from archive.export import Choice, export


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as archive:
        yield archive


def test_a_folder_that_somebody_stands_in_stays(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    for output, held in ((tmp_path, "the archive"), (".", "the current folder"), ("/", "the archive")):
        with pytest.raises(ArchiveError, match=f"holds {held}: name a folder"):
            export(archive, "md", output)
    with pytest.raises(ArchiveError, match="is empty"):
        export(archive, "md", "")
    assert (tmp_path / "archive.db").samefile(archive.path)


def test_another_archive_stays(archive: Archive, tmp_path: Path) -> None:
    Archive.open(tmp_path / "other.db").close()
    with pytest.raises(ArchiveError, match="is an archive, and stays as it is"):
        export(archive, "sqlite", tmp_path / "other.db")
    export(archive, "sqlite", tmp_path / "made.db")
    assert export(archive, "sqlite", tmp_path / "made.db") == 0  # what an export made, an export may replace


def test_what_is_replaced_keeps_its_rights(archive: Archive, tmp_path: Path) -> None:
    archive.save_page(thread(post(1, "tin", title="Một")))
    folder, file = tmp_path / "private", tmp_path / "private.jsonl"
    folder.mkdir(mode=0o700)
    file.touch(mode=0o600)
    for output in (folder, file):
        export(archive, "jsonl", output)
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    assert file.stat().st_size > 0


def test_a_format_that_there_is_not(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no format 'pdf': txt, md"):
        export(archive, "pdf", tmp_path / "x.pdf")


def test_a_pipe_is_written_to(archive: Archive, tmp_path: Path) -> None:
    archive.save_page(thread(post(1, "tin", title="Một")))
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as reader:
        assert export(archive, "jsonl", tmp_path / "pipe") == 1
        got = reader.stdout.read() if reader.stdout else b""
    assert json.loads(got)["title"] == "Một"
    assert (tmp_path / "pipe").is_fifo()


def test_a_target_without_a_usable_name(archive: Archive, tmp_path: Path) -> None:
    archive.save_page(thread(post(1, "tin", title="Một")))
    with pytest.raises(ArchiveError, match="--since-last is empty"):
        export(archive, "jsonl", tmp_path / "x.jsonl", choice=Choice(since_last=""))
    assert [export(archive, "jsonl", tmp_path / "x.jsonl", choice=Choice(since_last="\udcff")) for _ in range(2)] == [
        1,
        0,
    ]


@pytest.mark.parametrize(("closed", "code"), [(">&-", 1), ("2>&-", 0)])
def test_a_closed_stream_is_told_in_words(archive: Archive, closed: str, code: int) -> None:
    archive.save_page(thread(post(1, "tin", title="Một")))
    for arguments in (f"export --archive {archive.path} --format txt", f"search tin --archive {archive.path}"):
        done = subprocess.run(
            f"{COMMAND} {arguments} {closed}", shell=True, capture_output=True, text=True, check=False
        )
        assert done.returncode == code
        assert "Traceback" not in done.stderr
        assert bool(done.stderr) == bool(code)
