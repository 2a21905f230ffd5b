"""The commands that read the whole archive: export, status."""

from pathlib import Path

import click

from crawler.commands.options import archive_option, config_option, json_option, opened, print_json
from crawler.config import load


@click.command()
@archive_option
@config_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["txt", "md", "jsonl"]),
    default="jsonl",
    show_default=True,
    help="Text, Markdown with front matter, or JSON Lines.",
)
@click.option("-o", "--output", help="A file; a folder/ for one file per article; - for stdout  [default: -].")
def export(*, archive: Path | None, config: Path | None, format_: str, output: str | None) -> None:
    """Export the clean articles to stdout, a file, or a folder with one file per article."""
    from archive.export import export as write
    from crawler.show import ProgressBar

    with opened(load(config, archive=archive)) as found:
        target = None if output == "-" else output
        count = write(found, format_, target, follow=ProgressBar("articles"))
    if target:
        click.echo(f"{count} articles in {output}", err=True)


@click.command()
@archive_option
@config_option
@json_option
def status(*, archive: Path | None, config: Path | None, as_json: bool) -> None:
    """Show what the archive holds, what waits, how the last runs ended, and when each configured site is due."""
    from crawler import show, sites

    settings = load(config, archive=archive)
    with opened(settings) as archived:
        found = archived.status()
        standings = sites.standings_in(settings, archived)
    if as_json:
        print_json(found | {"schedule": [sites.as_json(standing) for standing in standings]})
    else:
        click.echo("\n".join([show.status_text(found), *map(sites.as_text, standings)]))
