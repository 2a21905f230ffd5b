"""The commands that read the whole archive: export, status."""

from pathlib import Path

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


@click.command()
@archive_option
@config_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["txt", "md", "jsonl", "csv", "parquet", "mbox", "sqlite"]),
    default="jsonl",
    show_default=True,
    help="Text, Markdown with front matter, JSON Lines, CSV, Parquet, mail, or SQLite with full-text search.",
)
@click.option("-o", "--output", help="A file; a folder/ for one file per article; - for stdout  [default: -].")
@filter_options
@click.option("--one-per-story", is_flag=True, help="Of articles that carry the same text, only the first to appear.")
@click.option("--with-replies", is_flag=True, help="With each article the posts that answer it.")
@click.option("--anonymous", is_flag=True, help="Put pseudonyms for names, in mentions and quotes too.")
@click.option("--since-last", metavar="NAME", help="Only what is new or changed since the last export with this NAME.")
def export(
    *,
    archive: Path | None,
    config: Path | None,
    format_: str,
    output: str | None,
    filters: Filters,
    one_per_story: bool,
    with_replies: bool,
    anonymous: bool,
    since_last: str | None,
) -> None:
    """Export the clean articles: one file, a file for each, or stdout.

    A file or folder gets its name when the export is whole, never before. The columns are described in
    docs/export-schema.md.
    """
    from archive.export import Choice
    from archive.export import export as write
    from archive.naming import named
    from crawler.counting import counted
    from crawler.show import ProgressBar

    with opened(load(config, archive=archive)) as found:
        choice = Choice(
            filters=named(found, filters),
            one_per_story=one_per_story,
            with_replies=with_replies,
            anonymous=anonymous,
            since_last=since_last,
        )
        target = None if output == "-" else output
        count = write(found, format_, target, choice=choice, follow=ProgressBar("articles"))
    if target:
        click.echo(f"{counted(count, 'article')} in {output}", err=True)


@click.command()
@archive_option
@config_option
@json_option
def status(*, archive: Path | None, config: Path | None, as_json: bool) -> None:
    """Show what the archive holds, what waits and how runs ended.

    Also when each configured site is due.
    """
    from crawler import show, sites

    settings = load(config, archive=archive)
    with opened(settings) as archived:
        others = sites.unconfigured(settings, archived)
        found = archived.status(starts=sites.starts(settings) or None) | {"unconfigured": others}
        standings = sites.standings_in(settings, archived)
    if as_json:
        print_json(found | {"schedule": [sites.as_json(standing) for standing in standings]})
    else:
        echo("\n".join([show.status_text(found), *map(sites.as_text, standings)]))
