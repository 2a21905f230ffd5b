"""What several commands share: options, and how results are printed."""

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crawler import values
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


class Span(click.ParamType[timedelta]):
    """A time span such as 50m or 1h 30m."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read it, or refuse it in words."""
        try:
            return values.span(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Seconds(click.ParamType[float]):
    """A number of seconds from 0 on; nan and inf are none."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it, or refuse it in words."""
        try:
            return values.number(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


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
