"""sqlite-utils on an archive: its path is filled in, and the plugin is there."""

from collections.abc import Sequence
from pathlib import Path

import click
from sqlite_utils.cli import cli
from sqlite_utils.plugins import pm

from archive import Archive, plugin

_PATHS = {"path", "db_path"}  # what sqlite-utils' commands call the file that they work on


def forward(path: Path, arguments: Sequence[str]) -> None:
    """Runs a command of sqlite-utils on the archive at `path`; without a command's name it is a query.

    Raises:
        ArchiveError: there is no such archive, or it is none.
        click.ClickException: sqlite-utils cannot do it; click.exceptions.Exit: it said so itself.
    """
    if not pm.is_registered(plugin):  # where xemtiep runs without being installed, sqlite-utils cannot know it
        pm.register(plugin)
        plugin.register_commands(cli)
    filled = _filled(path, list(arguments))
    if len(filled) > len(arguments):
        Archive.open(path, create=False).close()  # it is there, and up to date
    code = cli.main(filled, prog_name="sqlite-utils", standalone_mode=False)
    if isinstance(code, int) and code:
        raise click.exceptions.Exit(code)


def _filled(path: Path, arguments: list[str]) -> list[str]:
    """Puts the archive behind the name of a command that works on a file."""
    if not arguments or arguments[0] in {"--help", "-h", "--version"}:
        return arguments or ["--help"]
    name, rest = (arguments[0], arguments[1:]) if arguments[0] in cli.commands else ("query", arguments)
    wanted = next((param.name for param in cli.commands[name].params if isinstance(param, click.Argument)), None)
    if wanted not in _PATHS or rest[:1] in (["--help"], ["-h"]):
        return [name, *rest]
    return [name, str(path), *rest]
