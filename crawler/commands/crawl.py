"""`xemtiep crawl`."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.commands.options import Date, Seconds, Span, archive_option, complain, config_option, echo, json_option
from crawler.config import load
from crawler.values import LONGEST

if TYPE_CHECKING:
    from crawler.sites import Standing


@click.command()
@click.argument("urls", nargs=-1, metavar="[URL...]")
@archive_option
@config_option
@click.option("--delay", type=Seconds(), help="Seconds between two requests to a host [default: 1].")
@click.option("--since", type=Date(), help="Leave out threads quiet since before this month, day or moment (UTC).")
@click.option("--refresh", type=click.IntRange(0, LONGEST), help="Re-read threads active in so many days [default: 0].")
@click.option("--full", is_flag=True, help="Read everything again, not only what is new.")
@click.option("--max-time", type=Span(), help="Stop after a time such as 50m; the next run goes on.")
@click.option("--max-requests", type=click.IntRange(min=0), help="Stop after so many pages; the next run goes on.")
@click.option("--min-items", type=click.IntRange(min=0), help="Exit with 3 when there are fewer new posts.")
@click.option("--all", "every", is_flag=True, help="Without URL: crawl all configured sites, due or not.")
@click.option("-v", "--verbose", is_flag=True, help="Log every request to stderr.")
@json_option
@click.pass_context
def crawl(
    ctx: click.Context,
    *,
    urls: tuple[str, ...],
    archive: Path | None,
    config: Path | None,
    delay: float | None,
    since: str | None,
    refresh: int | None,
    full: bool,
    max_time: timedelta | None,
    max_requests: int | None,
    min_items: int | None,
    every: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Crawl threads, boards or whole forums into the archive.

    Without URL, the configured sites that are due.

    Stopped or killed at any moment, the next run goes on where this one was. Exit codes: 0 done, 1 failed, 2 usage,
    3 done with errors, 4 shut out, 75 another run holds the archive, 130 interrupted.
    """
    from crawler import crawl as crawling
    from crawler import metrics, sites
    from crawler.show import summary_json, summary_text
    from crawler.summary import nothing_due

    settings = load(
        config,
        archive=archive,
        delay=delay,
        refresh=refresh,
        max_time=max_time,
        max_requests=max_requests,
        min_items=min_items,
    )
    begin = datetime.fromisoformat(since) if since else None
    if urls:
        starts = [crawling.start_of(url, settings, since=begin, full=full) for url in urls]
    else:
        starts = sites.due_starts(settings, every=every, since=begin, full=full)
    if not starts:
        nothing = nothing_due()
        click.echo(summary_json(nothing) if as_json else _next(sites.standings(settings)))
        return
    progress = sys.stderr.isatty() and not verbose
    summary = metrics.watched(
        settings,
        lambda begun: crawling.crawl(starts, settings, progress=progress, verbose=verbose, begun=begun),
        complain,
    )
    echo(summary_json(summary) if as_json else summary_text(summary, settings.archive))
    if summary.error and (summary.exit or as_json):  # else the summary says it
        complain(summary.error)
    ctx.exit(summary.exit)


def _next(standings: "list[Standing]") -> str:
    first = min(standings, key=lambda standing: standing.next_due)
    sooner = "" if first.site.quiet else " (--all: all now)"
    return f"nothing is due; next is {first.site.url} at {first.next_due:%Y-%m-%d %H:%M} UTC{sooner}"
