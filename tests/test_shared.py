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


def test_pages_of_both_families_are_exact() -> None:
    check("pages.py", "--only", "xenforo1,xenforo2")


def test_a_killed_crawl_of_a_recorded_forum_ends_like_an_undisturbed_one() -> None:
    check("live.py", "phpbb", "--kill", "40")
