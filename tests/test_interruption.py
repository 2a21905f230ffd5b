"""A command that is asked to end, by Ctrl-C or SIGTERM, leaves nothing half-written behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import xemtiep

from crawler.demo import Served

# An export that takes a minute: its progress is followed, and each article waits.
SLOW = """
import sys, time
from crawler import show
show.ProgressBar.__call__ = lambda self, rows, total: (time.sleep(1) or row for row in rows)
from crawler.__main__ import run
sys.argv = ["xemtiep", "export", "--archive", sys.argv[1], "-o", sys.argv[2]]
run()
"""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("output", ["out.jsonl", "out/"])
def test_an_export_that_is_ended_leaves_nothing(
    crawled: tuple[Path, Served], tmp_path: Path, sent: signal.Signals, output: str
) -> None:
    command = [sys.executable, "-c", SLOW, str(crawled[0]), f"{tmp_path}/{output}"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list(tmp_path.iterdir()):
        time.sleep(0.01)
    process.send_signal(sent)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "xemtiep: interrupted\n")
    assert not list(tmp_path.iterdir())


def test_what_a_killed_merge_left_is_removed_by_the_next(crawled: tuple[Path, Served], tmp_path: Path) -> None:
    slow = SLOW.replace(
        '["xemtiep", "export", "--archive", sys.argv[1], "-o"', '["xemtiep", "merge", sys.argv[1], "-o"'
    )
    command = [sys.executable, "-c", slow, str(crawled[0]), f"{tmp_path}/m.db"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list(tmp_path.glob(".*.part")):
        time.sleep(0.01)
    beside = xemtiep("merge", crawled[0], "-o", tmp_path / "beside.db")
    assert (beside.returncode, len(list(tmp_path.glob(".*.part")))) == (0, 1)  # it is still being written
    process.kill()
    process.communicate(timeout=30)
    assert xemtiep("merge", crawled[0], "-o", tmp_path / "m.db").returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["beside.db", "m.db"]
