"""`xemtiep db`: sqlite-utils with the archive filled in."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.commands.options import archive_option, config_option, opened
from crawler.config import load

if TYPE_CHECKING:
    from click import Group

_PATHS = {"path", "db_path"}  # what sqlite-utils' commands call the file that they work on


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@archive_option
@config_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND|SQL] ...")
def db(*, archive: Path | None, config: Path | None, arguments: tuple[str, ...]) -> None:
    """Run sqlite-utils on the archive: `xemtiep db tables`, `xemtiep db "select ..." --table`.

    The archive is filled in after the command's name, and SQL functions that know Vietnamese are there. Without
    arguments, list sqlite-utils' commands.
    """
    from sqlite_utils.cli import cli
    from sqlite_utils.plugins import pm

    from archive import plugin

    if not pm.is_registered(plugin):  # where xemtiep runs without being installed, sqlite-utils cannot know it
        pm.register(plugin)
        plugin.register_commands(cli)
    settings = load(config, archive=archive)
    filled = _filled(cli, list(arguments), settings.archive)
    if len(filled) > len(arguments):
        opened(settings).close()  # it is there, and up to date
    cli.main(filled, prog_name="sqlite-utils", standalone_mode=False)


def _filled(cli: "Group", arguments: list[str], archive: Path) -> list[str]:
    """Put the archive behind the name of a command that works on a file; without a command, it is a query."""
    if not arguments or arguments[0] in {"--help", "-h", "--version"}:
        return arguments or ["--help"]
    name, rest = (arguments[0], arguments[1:]) if arguments[0] in cli.commands else ("query", arguments)
    wanted = next((param.name for param in cli.commands[name].params if isinstance(param, click.Argument)), None)
    return [name, str(archive), *rest] if wanted in _PATHS and rest[:1] != ["--help"] else [name, *rest]
