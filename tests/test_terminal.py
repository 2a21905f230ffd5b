"""What people see on a terminal: a text from a page must not command it."""

import os
import pty
import subprocess
from pathlib import Path

import pytest
from conftest import COMMAND, Run
from made import post, thread

from archive import Archive

EVIL = "tin \x1b]0;title\x07 \x1b[2J \x9b2J mới"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.save_page(thread(post(1, EVIL, title="Một"), post(2, "khác", title="Hai")))
    return tmp_path / "archive.db"


def on_a_terminal(*arguments: object) -> str:
    ours, theirs = pty.openpty()
    with subprocess.Popen([COMMAND, *map(str, arguments)], stdout=theirs, stderr=subprocess.DEVNULL):
        os.close(theirs)
        shown = b""
        while part := _read(ours):
            shown += part
    os.close(ours)
    return shown.decode()


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 4096)
    except OSError:  # the other end is closed
        return b""


@pytest.mark.parametrize("command", [("search", "tin"), ("history", "1"), ("diff", "1", "2")])
def test_a_text_does_not_command_the_terminal(path: Path, command: tuple[str, ...]) -> None:
    shown = on_a_terminal(*command, "--archive", path)
    assert "title" in shown
    assert "mới" in shown
    assert not {"\x1b]", "\x1b[2", "\x07", "\x9b"} & {shown[i : i + n] for n in (1, 2, 3) for i in range(len(shown))}


def test_a_file_gets_the_text_as_it_is(path: Path, run: Run) -> None:
    assert "\x9b" in run("history", "1", "--archive", path).stdout
