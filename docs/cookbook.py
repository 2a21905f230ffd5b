"""Writes the outputs in docs/cookbook.md and README.md: run `python docs/cookbook.py` after changing a command.

A command stands behind `$ ` in a console block; what it prints on the archive of `xemtiep demo` is put below it. The
demo's port changes from one run to the next, so the forum is called forum.example. In the README that goes for the
commands that name demo.db.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TARGET = Path(__file__).with_suffix(".md")
README = TARGET.parent.parent / "README.md"
_BLOCK = re.compile(r"(?<=```console\n)\$ (?P<command>.+)\n(?P<output>(?:.*\n)*?)(?=```)")
ASKED = re.compile(_BLOCK.pattern.replace(".+", ".*demo\\.db.*"))
_ADDRESS = re.compile(r"127\.0\.0\.1:\d+")


def written(text: str, folder: Path, blocks: re.Pattern[str] = _BLOCK) -> str:
    """A text with the outputs that the commands of its blocks have in a folder, in which `demo` was called."""
    return blocks.sub(lambda block: f"$ {block['command']}\n{_output(block['command'], folder)}", text)


def demo(folder: Path) -> None:
    """Make the archive that the cookbook asks, and name it in the configuration."""
    (folder / "xemtiep.toml").write_text('archive = "demo.db"\n', encoding="utf-8")
    _run("xemtiep demo", folder)


def _output(command: str, folder: Path) -> str:
    lines = _ADDRESS.sub("forum.example", _run(command, folder)).splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S603 # the cookbook's own commands
        ["bash", "-euo", "pipefail", "-c", command],  # noqa: S607 # the user's shell, as in the cookbook
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        demo(Path(name))
        for page, blocks in ((TARGET, _BLOCK), (README, ASKED)):
            page.write_text(written(page.read_text(encoding="utf-8"), Path(name), blocks), encoding="utf-8")
