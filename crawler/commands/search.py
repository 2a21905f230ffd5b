"""The command that asks the archive's full-text index."""

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.filters import Filters
from crawler.commands.options import (
    archive_option,
    config_option,
    echo,
    filter_options,
    json_option,
    opened,
    print_json,
)
from crawler.config import load

if TYPE_CHECKING:
    from archive import Archive

_LEFT_OUT = re.compile(r'-[\w"(]')
_LIGHT = "1;33"  # ANSI: bold yellow, on a terminal


class _Searching(click.Command):
    """Takes `-word` for a word to leave out, not for an option: the only one of a single letter is -h."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write `-word` as `NOT word`; what belongs to an option or stands after -- stays."""
        valued = {
            name for each in self.params if isinstance(each, click.Option) and not each.is_flag for name in each.opts
        }
        end = args.index("--") if "--" in args else len(args)
        typed = [
            f"NOT {arg[1:]}" if _LEFT_OUT.match(arg) and arg != "-h" and before not in valued else arg
            for before, arg in pairwise(["", *args[:end]])
        ]
        return super().parse_args(ctx, typed + args[end:])


@click.command(cls=_Searching)
@click.argument("words", metavar="QUERY...", nargs=-1, required=True)
@archive_option
@config_option
@filter_options
@click.option("--kind", type=click.Choice(["article", "post"]), help="Only articles, or only the other posts.")
@click.option(
    "--limit", type=click.IntRange(min=1, max=1_000_000), default=20, show_default=True, help="Most hits to show."
)
@click.option(
    "--facets", "counting", is_flag=True, help="Count the hits by site, board, author, host, year ... instead."
)
@json_option
def search(
    *,
    words: tuple[str, ...],
    archive: Path | None,
    config: Path | None,
    filters: Filters,
    kind: str | None,
    limit: int,
    counting: bool,
    as_json: bool,
) -> None:
    """Search articles and posts, with or without diacritics.

    A query without diacritics finds text with them; one with them finds only itself.

    All words must occur. "a phrase", a prefix*, OR, NOT (or -word) and (parentheses) work; operators are in capitals.
    """
    from archive.naming import named

    query = " ".join(words)
    with opened(load(config, archive=archive)) as found:
        filters = named(found, filters)
        if counting:
            _count(found, query, kind, filters, as_json=as_json)
        else:
            _show(found, query, kind, filters, limit, as_json=as_json)


def _show(archive: "Archive", query: str, kind: str | None, filters: Filters, limit: int, *, as_json: bool) -> None:
    from archive.search import search as find
    from crawler import show
    from crawler.show.terminal import colours, in_colours

    marks = colours(_LIGHT) if in_colours() and not as_json else ("[", "]")
    count = 0
    for count, hit in enumerate(find(archive, query, limit=limit, kind=kind, filters=filters, marks=marks), 1):
        echo(show.hit_json(hit) if as_json else ("\n" if count > 1 else "") + show.hit_text(hit))
    if not count:
        click.echo(f"no hits for {query!r}", err=True)


def _count(archive: "Archive", query: str, kind: str | None, filters: Filters, *, as_json: bool) -> None:
    from dataclasses import asdict

    from archive.search import facets
    from crawler import show

    found = facets(archive, query, kind=kind, filters=filters)
    if as_json:
        print_json(asdict(found))
    else:
        echo(show.facets_text(found))
