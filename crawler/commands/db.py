"""`xemtiep db`: sqlite-utils with the archive filled in."""

from pathlib import Path

import click

from crawler.commands.options import archive_option, config_option
from crawler.config import load


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@archive_option
@config_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND|SQL] ...")
def db(*, archive: Path | None, config: Path | None, arguments: tuple[str, ...]) -> None:
    """Run sqlite-utils on the archive.

    Such as `xemtiep db tables` or `xemtiep db "select ..." --table`.

    The archive is filled in after the command's name, and SQL functions that know Vietnamese are there. Without
    arguments, list sqlite-utils' commands.
    """
    from archive.forwarding import forward

    forward(load(config, archive=archive).archive, arguments)
