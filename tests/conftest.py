"""What several tests need: the command as a user types it, and one crawl of the embedded forum."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.demo import Served, serve

Run = Callable[..., subprocess.CompletedProcess[str]]
COMMAND = Path(sys.executable).parent / "xemtiep"


def xemtiep(*arguments: object, stdin: str = "", **options: object) -> subprocess.CompletedProcess[str]:
    """Run the installed command."""
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,  # type: ignore[call-overload] # cwd and env as subprocess takes them
    )


@pytest.fixture(scope="session")
def run() -> Run:
    return xemtiep


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Served]:
    """An archive of the embedded forum, crawled by the command; read it, do not change it."""
    archive = tmp_path_factory.mktemp("crawled") / "archive.db"
    with serve() as served:
        done = xemtiep("crawl", served.url, "--archive", archive, "--delay", 0)
    assert done.returncode == 0, done.stderr
    return archive, served
