"""The commands about texts that several articles carry: stories, diff."""

from dataclasses import asdict
from itertools import islice
from pathlib import Path

import click

from crawler.commands.options import (
    FILE_OR_DASH,
    Date,
    archive_option,
    config_option,
    echo_each,
    json_option,
    opened,
    print_json,
    write_text,
)
from crawler.config import load


@click.command()
@click.argument("target", metavar="[STORY|ARTICLE]", required=False)
@archive_option
@config_option
@click.option("--site", "sites", multiple=True, help="Only those that appeared on this site; repeat for several.")
@click.option("--since", type=Date(), help="Only those that appeared from this year, month, day or moment on (UTC).")
@click.option(
    "--least", type=click.IntRange(min=2), default=2, show_default=True, help="Only those of so many articles or more."
)
@click.option(
    "--limit", type=click.IntRange(min=1, max=1_000_000), default=50, show_default=True, help="Most stories to show."
)
@json_option
def stories(
    *,
    target: str | None,
    archive: Path | None,
    config: Path | None,
    sites: tuple[str, ...],
    since: str | None,
    least: int,
    limit: int,
    as_json: bool,
) -> None:
    """List the texts that several articles carry, or show one of them.

    Those on the most sites come first; of one, where and when it appeared.

    A story is named by its number, or by the number or URL of any of its articles. Articles are in one story if one
    copies, edits, excerpts or contains the text of the other.
    """
    from archive.filters import Filters
    from archive.naming import named
    from archive.stories.listing import listed, story_of
    from crawler.show import stories as story_text

    with opened(load(config, archive=archive)) as found:
        if target is not None:
            appearances = story_of(found, target)
            if as_json:
                print_json([one._asdict() for one in appearances])
            else:
                echo_each(story_text.appearance_lines(appearances))
            return
        rows = list(
            islice(listed(found, sites=named(found, Filters(sites=sites)).sites, since=since, least=least), limit)
        )
    for story in rows:
        if as_json:
            print_json(story._asdict())
        else:
            echo_each(story_text.story_lines(story))
    if not rows:
        click.echo(f"no such stories: no text that is asked for appeared {least} times or more", err=True)


@click.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@archive_option
@config_option
@click.option("--html", type=FILE_OR_DASH, help="Write a page instead; - is stdout.")
@json_option
def diff(*, one: str, other: str, archive: Path | None, config: Path | None, html: Path | None, as_json: bool) -> None:
    """Show what article B cut of A and what it added, word by word.

    Each is named by its number or its URL; the URL of a thread means its article. Words that were cut stand in
    [-...-], added ones in {+...+}.
    """
    from archive.history.difference import difference
    from crawler.show import difference_page
    from crawler.show import stories as story_text
    from crawler.show.terminal import in_colours

    with opened(load(config, archive=archive)) as archived:
        found = difference(archived, one, other)
    if html:
        write_text(html, difference_page.as_html(found))
    elif as_json:
        print_json(asdict(found))
    else:
        echo_each(story_text.difference_lines(found, colored=in_colours()))
