"""A command that is asked to end, by Ctrl-C or SIGTERM, leaves nothing half-written behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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
