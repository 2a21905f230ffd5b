"""The sqlite-utils plugin: SQL functions that know Vietnamese and the archive, and commands on any archive.

sqlite-utils loads it with every command it runs, so nothing heavy is imported before it is needed.
"""

import json
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from sqlite_utils import hookimpl

from archive.errors import XemtiepError

if TYPE_CHECKING:
    from archive import Archive


def fold(text: str | None) -> str | None:
    """The text in small letters without diacritics: `Tín dụng Đảng` becomes `tin dung dang`."""
    if text is None:
        return None
    letters = unicodedata.normalize("NFD", str(text).lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def host(url: object) -> str | None:
    """The host of a URL, without `www.`; NULL if it has none."""
    try:
        name = urlsplit(url).hostname if isinstance(url, str) else None
    except ValueError:  # a bracket that opens no address
        return None
    return name.removeprefix("www.") if name else None


def words(text: str | None) -> int | None:
    """How many words a text has, as `articles.words` counts them."""
    return None if text is None else len(str(text).split())


def fits(text: str | None, query: str) -> bool | None:
    """Whether a text fits a query of `xemtiep search`: with diacritics or without, phrases, OR, NOT."""
    return None if text is None else _parsed(str(query)).root.matches(lambda term: term.test.search(str(text)))


@lru_cache(maxsize=64)
def _parsed(query: str) -> Any:
    from archive.search.query import parse  # only queries that use it pay for it

    try:
        return parse(query)
    except XemtiepError as error:  # SQLite ends the query and says no more than that a function raised an exception
        click.echo(f"fits: {error}", err=True)
        raise


_STORY = "SELECT story FROM articles WHERE id = ? UNION ALL SELECT story FROM articles WHERE url = ? LIMIT 1"


def _story_of(db: sqlite3.Connection) -> Callable[[object], int | None]:
    def story_of(article: object) -> int | None:
        """The number of the story that an article, named by its number or URL, belongs to."""
        row = db.execute(_STORY, (article, article)).fetchone()
        return row[0] if row else None

    return story_of


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Give a connection the functions fold, host, words, fits and story_of."""
    for function, arguments in ((fold, 1), (host, 1), (words, 1), (fits, 2)):
        conn.create_function(function.__name__, arguments, function, deterministic=True)
    conn.create_function("story_of", 1, _story_of(conn))


_archive = click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
_site = click.option("--site", "sites", multiple=True, help="Only of this site (host and path); repeat for several.")
_host = click.option("--host", "hosts", multiple=True, help="Only reposted from this host or one below it.")


@contextmanager
def _opened(path: Path) -> "Iterator[Archive]":
    """An archive that is there; what goes wrong with it is told in a sentence."""
    from archive import Archive  # only these commands pay for it

    try:
        with Archive.open(path, create=False) as archive:
            yield archive
    except XemtiepError as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(error.exit_code) from error


def _print(rows: Iterable[Any]) -> None:
    """Print rows as sqlite-utils does: an array, a row a line."""
    before = "["
    for row in rows:
        click.echo(before + json.dumps(row, ensure_ascii=False), nl=False)
        before = ",\n "
    click.echo("]" if before != "[" else "[]")


@click.command("xemtiep-search")
@_archive
@click.argument("query")
@_site
@_host
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=20, show_default=True, help="Most hits to show.")
def search_command(path: Path, *, query: str, sites: tuple[str, ...], hosts: tuple[str, ...], limit: int) -> None:
    """Search an archive's articles and posts, with or without Vietnamese diacritics."""
    from dataclasses import asdict

    from archive.filters import Filters
    from archive.naming import named
    from archive.search import search

    with _opened(path) as archive:
        filters = named(archive, Filters(sites=sites, hosts=hosts))
        _print(asdict(hit) for hit in search(archive, query, limit=limit, filters=filters))


@click.command("xemtiep-export")
@_archive
@click.option("--format", "format_", default="jsonl", show_default=True, help="txt, md, jsonl, csv, parquet ...")
@click.option("-o", "--output", help="A file; a folder/ for one file per article  [default: standard output].")
@_site
@_host
@click.option("--one-per-story", is_flag=True, help="Of articles that carry the same text, only the first to appear.")
def export_command(  # noqa: PLR0913 # one argument an option
    path: Path, *, format_: str, output: str | None, sites: tuple[str, ...], hosts: tuple[str, ...], one_per_story: bool
) -> None:
    """Export an archive's clean articles."""
    from archive.export import FORMATS, Choice, export
    from archive.filters import Filters
    from archive.naming import named

    if format_ not in FORMATS:
        raise click.BadParameter(f"there is no format {format_!r}: {', '.join(FORMATS)}", param_hint="--format")
    with _opened(path) as archive:
        choice = Choice(filters=named(archive, Filters(sites=sites, hosts=hosts)), one_per_story=one_per_story)
        export(archive, format_, output, choice=choice)


@click.command("xemtiep-stories")
@_archive
@_site
@click.option("--least", type=click.IntRange(min=1), default=2, show_default=True, help="Fewest articles of a story.")
def stories_command(path: Path, *, sites: tuple[str, ...], least: int) -> None:
    """List the texts that several articles of an archive carry, the farthest spread first."""
    from archive.filters import Filters
    from archive.naming import named
    from archive.stories.listing import listed

    with _opened(path) as archive:
        sites = tuple(named(archive, Filters(sites=sites)).sites)
        _print(story._asdict() for story in listed(archive, sites=sites, least=least))


@hookimpl
def register_commands(cli: click.Group) -> None:
    """Add the commands on any archive."""
    for command in (search_command, export_command, stories_command):
        cli.add_command(command)
