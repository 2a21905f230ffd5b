"""`xemtiep crawl`."""

import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from crawler.commands.options import Span, archive_option, config_option, json_option
from crawler.config import load


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@archive_option
@config_option
@click.option("--delay", type=click.FloatRange(min=0), help="Seconds between two requests to a host [default: 1].")
@click.option("--since", type=click.DateTime(), help="Leave out threads that are quiet since before this date (UTC).")
@click.option("--refresh", type=click.IntRange(min=0), help="Re-read threads active in so many days [default: 0].")
@click.option("--full", is_flag=True, help="Read everything again, not only what is new.")
@click.option("--max-time", type=Span(), help="Stop after a time such as 50m; the next run goes on.")
@click.option("--max-requests", type=click.IntRange(min=0), help="Stop after so many pages; the next run goes on.")
@click.option("--min-items", type=click.IntRange(min=0), help="Exit with 3 when there are fewer new posts.")
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
    since: datetime | None,
    refresh: int | None,
    full: bool,
    max_time: timedelta | None,
    max_requests: int | None,
    min_items: int | None,
    verbose: bool,
    as_json: bool,
) -> None:
    """Crawl threads, boards or whole forums into the archive.

    Stopped or killed at any moment, the next run goes on where this one was. Exit codes: 0 done, 1 failed, 2 usage,
    3 done with errors, 4 shut out, 75 another run holds the archive, 130 interrupted.
    """
    from crawler import crawl as crawling
    from crawler.show import summary_json, summary_text

    settings = load(
        config,
        archive=archive,
        delay=delay,
        refresh=refresh,
        max_time=max_time,
        max_requests=max_requests,
        min_items=min_items,
    )
    starts = [crawling.start_of(url, settings, since=since, full=full) for url in urls]
    summary = crawling.crawl(starts, settings, progress=sys.stderr.isatty() and not verbose, verbose=verbose)
    click.echo(summary_json(summary) if as_json else summary_text(summary, settings.archive))
    if summary.error:
        click.echo(f"xemtiep: {summary.error}", err=True)
    ctx.exit(summary.exit)
