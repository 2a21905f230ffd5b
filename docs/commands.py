"""Writes docs/commands.md from the commands' own help: run `python docs/commands.py` after changing an option."""

from pathlib import Path

import click

from crawler.cli import main

TARGET = Path(__file__).with_suffix(".md")


def reference() -> str:
    """The help of every command, as one page."""
    top = click.Context(main, info_name="xemtiep")
    parts = ["# Every command and option", "Written by `python docs/commands.py` from the commands' own help."]
    for name, command in sorted(_commands(main, "xemtiep")):
        context = click.Context(command, info_name=name, **main.context_settings)
        parts.append(f"## {name}\n\n```text\n{command.get_help(context)}\n```")
    top.close()
    return "\n\n".join(parts) + "\n"


def _commands(group: click.Group, name: str) -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = [(name, group)]
    for child in group.commands.values():
        full = f"{name} {child.name}"
        found += _commands(child, full) if isinstance(child, click.Group) else [(full, child)]
    return found


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
