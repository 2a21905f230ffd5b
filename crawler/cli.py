"""The command `xemtiep`: thin. Its commands stand in crawler/commands/; stdout carries results, stderr logs."""

import io
import os
import sys
from typing import Any

import click

from archive.errors import XemtiepError
from crawler.__main__ import INTERRUPTED
from crawler.commands import archive, clean, crawl, db, history, keeping, read, reclean, search, sites, stories
from crawler.commands.options import complain

DEFAULTS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Group(click.Group):
    """Turns every error of ours into one line on stderr and its exit code; a closed pipe ends quietly."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            _open_closed()
            for stream in (sys.stdout, sys.stderr):
                if isinstance(stream, io.TextIOWrapper):  # not where it is closed
                    stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # whatever the locale says
            return super().invoke(ctx)
        except XemtiepError as error:
            complain(error)
            _let_go()
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            click.echo("xemtiep: interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            sys.stderr.close()  # or Python complains about the same pipe once more at exit
            ctx.exit(0)
        except OSError as error:
            click.echo(f"xemtiep: {error.filename or 'standard output'}: {error.strerror or error}", err=True)
            _let_go()
            ctx.exit(1)


def _open_closed() -> None:
    """Streams that the caller closed (`>&-`): no file may get their place, and what is printed is an error."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def _let_go() -> None:
    """Give up a stdout that takes nothing more, or Python complains about it once more at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Group, context_settings=DEFAULTS)
@click.version_option(package_name="xemtiep", prog_name="xemtiep")
def main() -> None:
    """Archive what forums repost: crawl threads, keep each post's own words, store clean articles in SQLite."""


for command in (
    crawl.crawl,
    sites.sites,
    sites.check,
    archive.status,
    search.search,
    stories.stories,
    stories.diff,
    history.history,
    archive.export,
    db.db,
    keeping.merge,
    keeping.doctor,
    read.read,
    clean.clean,
    reclean.habits,
    reclean.reclean,
    read.forums,
    read.demo,
):
    main.add_command(command)
