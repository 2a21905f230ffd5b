"""The command that shows what changed: versions of posts, what vanished, what a run did."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.commands.options import archive_option, config_option, echo_each, json_option, opened, print_json
from crawler.config import load

if TYPE_CHECKING:
    from archive import Archive
    from archive.history.of_runs import RunHistory
    from archive.history.versions import PostHistory, ThreadHistory


@click.command()
@click.argument("target", metavar="[POST|THREAD]", required=False)
@archive_option
@config_option
@click.option("--thread", is_flag=True, help="The number is the forum's own id of a thread.")
@click.option("--run", type=click.IntRange(min=1), help="Show what the run with this number changed.")
@click.option("--gone", is_flag=True, help="List the threads and posts that are gone.")
@json_option
def history(
    *,
    target: str | None,
    archive: Path | None,
    config: Path | None,
    thread: bool,
    run: int | None,
    gone: bool,
    as_json: bool,
) -> None:
    """Show what posts said before, and what a thread or run changed.

    Without any of them, list the runs.

    A post or thread is named by its URL or by a number: the id that search and the table articles show, else the
    forum's own. Words that were cut stand in [-...-], added ones in {+...+}.
    """
    if sum((target is not None, run is not None, gone)) > 1:
        raise click.UsageError("a post or thread, --run and --gone: one of them at a time")
    with opened(load(config, archive=archive)) as found:
        if target is not None:
            _show(found.history(target, thread=thread), as_json=as_json)
        elif run is not None:
            _show(found.run_history(run), as_json=as_json)
        elif gone:
            _show_gone(found, as_json=as_json)
        else:
            _show_runs(found, as_json=as_json)


def _show(found: "PostHistory | ThreadHistory | RunHistory", *, as_json: bool) -> None:
    from archive.history.of_runs import RunHistory
    from archive.history.versions import PostHistory
    from crawler.show import history as history_text
    from crawler.show.terminal import in_colours

    colored = in_colours()
    lines: Iterable[str]
    if as_json:
        print_json(asdict(found))
        return
    if isinstance(found, PostHistory):
        lines = history_text.post_lines(found, colored=colored, whole=True)
    elif isinstance(found, RunHistory):
        lines = history_text.run_lines(found, colored=colored)
    else:
        lines = history_text.thread_lines(found, colored=colored)
    echo_each(lines)


def _show_gone(archive: "Archive", *, as_json: bool) -> None:
    from crawler.show import history as history_text

    threads, posts = archive.gone()
    if as_json:
        print_json({"threads": [asdict(thread) for thread in threads], "posts": [asdict(post) for post in posts]})
    else:
        echo_each(history_text.gone_lines(threads, posts))


def _show_runs(archive: "Archive", *, as_json: bool) -> None:
    from crawler.show import history as history_text

    runs = archive.runs()
    if as_json:
        print_json(runs)
    else:
        echo_each(map(history_text.run_line, runs))
