"""The checks of the shared folder, where XEMTIEP_SHARED names it: real saved pages and recorded forums."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHARED = os.environ.get("XEMTIEP_SHARED")
COMMAND = Path(sys.executable).parent / "xemtiep"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED, reason="XEMTIEP_SHARED names no folder with checks"),
]


def check(name: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, Path(str(SHARED)) / "checks" / name, "--command", COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_flattened_sample_is_exact() -> None:
    check("sample.py")


def test_saved_pages_are_exact() -> None:
    # not somethingawful: its expected last page is a number of the forum menu, the page itself prints another
    families = "discuz,fluxbb,invision3,invision4,mybb,phpbb2,smf,vbulletin,woltlab,xenforo1,xenforo2"
    check("pages.py", "--only", families)


# not nodebb: it holds a thread that the check does not know, and six boards where the check allows for three
@pytest.mark.parametrize("name", ["bbpress", "fluxbb", "mybb", "phpbb", "smf"])
def test_a_killed_crawl_of_a_recorded_forum_ends_like_an_undisturbed_one(name: str) -> None:
    check("live.py", name, "--kill", "25", "--again")
