"""What people see on a terminal: a text from a page must not command it."""

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from conftest import COMMAND, Run
from made import post, thread

from archive import Archive

EVIL = "tin \x1b]0;title\x07 \x1b[2J \x9b2J mới \x1b[31mđỏ\x1b[0m \u202eược\u2066 \rđầu"
COMMANDS = "\x07\x1b\x9b\u202a\u202e\u2066\u2069"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.save_page(thread(post(1, EVIL, title="Một"), post(2, "khác", title="Hai")))
    return tmp_path / "archive.db"


def on_a_terminal(*arguments: object, no_color: str = "", errors: bool = False) -> str:
    ours, theirs = pty.openpty()
    command, env = [COMMAND, *map(str, arguments)], os.environ | {"NO_COLOR": no_color}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs if errors else subprocess.DEVNULL, env=env):
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


@pytest.mark.parametrize(
    "command",
    [
        ("search", "tin"),
        ("search", "tin", "--json"),
        ("history", "1"),
        ("diff", "1", "2"),
        ("diff", "1", "2", "--html", "-"),
        *(("export", "--format", name) for name in ("txt", "jsonl", "csv")),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_text_does_not_command_the_terminal(path: Path, command: tuple[str, ...], no_color: str) -> None:
    shown = on_a_terminal(*command, "--archive", path, no_color=no_color)
    assert "title" in shown
    assert "mới" in shown
    own = shown if no_color else re.sub(r"\x1b\[(?:1;33|31;9|32|0)m", "", shown)
    assert not set(COMMANDS) & set(own)
    assert "\x1b[31m" not in shown
    assert "\r" not in re.sub(r"\r+\n", "", shown)


def test_an_error_does_not_command_the_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in on_a_terminal("search", "tin", "--archive", tmp_path / "\x1b[31m.db", errors=True)


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
