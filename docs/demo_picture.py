"""Draws docs/demo.svg, the picture in the README, from a real run: `python docs/demo_picture.py`."""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

TARGET = Path(__file__).with_name("demo.svg")
WIDTH = 116


def main() -> None:
    """Run the demo and draw what it prints."""
    command = Path(sys.executable).with_name("xemtiep")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([command, "demo"], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603 # our own command
        shown = done.stdout.replace(str(Path(folder).resolve()), "/home/you")
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text("$ xemtiep demo", style="bold"))
    for line in shown.splitlines():
        style = "bold cyan" if line.startswith("──") else "red" if line.startswith("Xem tiếp") else ""
        console.print(Text(line, style=style))
    svg = console.export_svg(title="xemtiep demo")
    # no web font: the picture must not fetch anything
    start, end = svg.index("@font-face"), svg.rindex("@font-face")
    end = svg.index("}", end) + 1
    TARGET.write_text(svg[:start] + svg[end:], encoding="utf-8")


if __name__ == "__main__":
    main()
