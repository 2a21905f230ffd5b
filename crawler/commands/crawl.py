"""`xemtiep crawl`."""

import sys
from pathlib import Path

import click

from crawler.commands.options import archive_option, config_option, json_option
from crawler.config import load


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@archive_option
@config_option
@click.option("--delay", type=click.FloatRange(min=0), help="Seconds between two requests to a host [default: 1].")
@click.option("-v", "--verbose", is_flag=True, help="Log every request to stderr.")
@json_option
@click.pass_context
def crawl(  # noqa: PLR0913 - one argument an option
    ctx: click.Context,
    *,
    urls: tuple[str, ...],
    archive: Path | None,
    config: Path | None,
    delay: float | None,
    verbose: bool,
    as_json: bool,
) -> None:
    """Crawl threads, boards or whole forums into the archive.

    Stopped or killed at any moment, the next run goes on where this one was. Exit codes: 0 done, 1 failed, 2 usage,
    3 done with errors, 4 shut out, 75 another run holds the archive, 130 interrupted.
    """
    from crawler import crawl as crawling
    from crawler.show import summary_json, summary_text

    settings = load(config, archive=archive, delay=delay)
    summary = crawling.crawl(urls, settings, progress=sys.stderr.isatty() and not verbose, verbose=verbose)
    click.echo(summary_json(summary) if as_json else summary_text(summary, settings.archive))
    if summary.error:
        click.echo(f"xemtiep: {summary.error}", err=True)
    ctx.exit(summary.exit)
