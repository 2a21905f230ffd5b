"""What several commands share: options, and how results are printed."""

import json
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive import filters
from archive.errors import XemtiepError
from archive.filters import Filters
from crawler import values
from crawler.config import Config
from crawler.show.terminal import shown

if TYPE_CHECKING:
    from archive import Archive

# What is wrong with a file says who opens it, in the same words and with the same exit code everywhere
FILE = click.Path(readable=False, path_type=Path)
FILE_OR_DASH = click.Path(readable=False, path_type=Path, allow_dash=True)

archive_option = click.option(
    "--archive", type=FILE, help="The archive file [default: from xemtiep.toml, else archive.db]."
)
config_option = click.option("--config", type=FILE, help="Configuration file [default: xemtiep.toml, if it is there].")
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
            return values.number(values.typed(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class WebAddress(click.ParamType[str]):
    """A web address, with or without its scheme."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read it, or refuse it in words."""
        try:
            return values.url(value)
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


class Date(click.ParamType[str]):
    """A year, month, day or moment: its beginning, or with `end` the moment after it."""

    name = "date"

    def __init__(self, *, end: bool = False) -> None:
        self.end = end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read it, or refuse it in words."""
        try:
            return filters.period(value)[self.end]
        except ValueError as error:
            self.fail(str(error), param, ctx)


_FILTERS = (
    click.option("--site", "sites", multiple=True, help="Only of this site (host and path); repeat for several."),
    click.option(
        "--board", "boards", multiple=True, help="Only of the board with this title; its diacritics may be left out."
    ),
    click.option("--author", "authors", multiple=True, help="Only by this member."),
    click.option("--host", "hosts", multiple=True, help="Only reposted from this host or one below it."),
    click.option("--since", type=Date(), help="Only posted from this year, month, day or moment on (UTC)."),
    click.option("--until", type=Date(end=True), help="Only posted up to the end of this year, month, day or moment."),
    click.option("--language", "languages", multiple=True, help="Only in this language (vi, en, zh ...)."),
    click.option("--story", "stories", type=int, multiple=True, help="Only of the story with this number."),
)


def filter_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which articles and posts are asked for; the command gets them as one `filters`."""

    @wraps(command)
    def packed(**options: Any) -> None:
        given = {name: options.pop(name) for name in Filters.__dataclass_fields__}
        command(filters=Filters(**given), **options)

    for option in reversed(_FILTERS):
        packed = option(packed)
    return packed


def opened(config: Config) -> "Archive":
    """Open the archive for reading; it must be there."""
    from archive import Archive

    return Archive.open(config.archive, create=False)


def echo(text: str, *, nl: bool = True) -> None:
    """Print text for people: what a page says cannot command their terminal; a file gets it as it is."""
    click.echo(shown(text, sys.stdout), nl=nl)


def complain(text: object) -> None:
    """Say on stderr what is wrong; a page may have said a part of it."""
    click.echo(shown(f"xemtiep: {text}", sys.stderr), err=True)


def echo_each(lines: Iterable[str]) -> None:
    """Print the lines as they come."""
    for line in lines:
        echo(line)


def write_text(target: Path, text: str) -> None:
    """Write a file, whole or not at all, or to a pipe or device; - is standard output.

    Raises:
        XemtiepError: it cannot be written, or is an archive.
    """
    if str(target) in {"-", "/dev/stdout"}:
        echo(text, nl=False)
        return
    from archive.database import is_archive
    from archive.export.outputs import opened as written

    try:
        if target.is_file() and is_archive(target):
            raise XemtiepError(f"{target} is an archive, and stays as it is: give the page another name")
        with written(target) as stream:
            stream.write(text.encode())
    except BrokenPipeError:
        raise
    except OSError as error:
        raise XemtiepError(f"{target} cannot be written: {error.strerror or error}") from error


def print_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    echo(json.dumps(value, ensure_ascii=False))
