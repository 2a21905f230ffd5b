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


def on_a_terminal(*arguments: object, no_color: str = "") -> str:
    ours, theirs = pty.openpty()
    command, env = [COMMAND, *map(str, arguments)], os.environ | {"NO_COLOR": no_color}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=env):
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


@pytest.mark.parametrize("command", ["search", "diff", "read"])
def test_colours_are_shown_unless_the_user_wants_none(path: Path, tmp_path: Path, command: str) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>tin")
    arguments = {
        "search": ("tin", "--archive", path),
        "diff": ("1", "2", "--archive", path),
        "read": (page, "--explain"),
    }
    assert "\x1b[" in on_a_terminal(command, *arguments[command])
    shown = on_a_terminal(command, *arguments[command], no_color="1")
    assert "\x1b" not in shown
    assert "tin" in shown


def test_a_file_gets_the_text_as_it_is(path: Path, run: Run) -> None:
    assert "\x9b" in run("history", "1", "--archive", path).stdout
