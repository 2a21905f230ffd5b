"""What several commands share: options, and how results are printed."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crawler.config import Config

if TYPE_CHECKING:
    from archive import Archive

archive_option = click.option(
    "--archive", type=click.Path(path_type=Path), help="The archive file [default: from xemtiep.toml, else archive.db]."
)
config_option = click.option(
    "--config", type=click.Path(path_type=Path), help="Configuration file [default: xemtiep.toml, if it is there]."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def opened(config: Config) -> "Archive":
    """Open the archive for reading; it must be there."""
    from archive import Archive

    return Archive.open(config.archive, create=False)


def echo_each(lines: Iterable[str]) -> None:
    """Print the lines as they come."""
    for line in lines:
        click.echo(line)


def print_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    click.echo(json.dumps(value, ensure_ascii=False))
