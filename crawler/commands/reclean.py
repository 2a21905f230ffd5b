"""`xemtiep habits` and `xemtiep reclean`: what most posts share at their edges, and cleaning what is stored again."""

from collections.abc import Mapping
from pathlib import Path

import click

from crawler.commands.options import archive_option, complain, config_option, echo, json_option, opened, print_json
from crawler.config import Config, load


@click.group(invoke_without_command=True)
@archive_option
@config_option
@json_option
@click.pass_context
def habits(ctx: click.Context, *, archive: Path | None, config: Path | None, as_json: bool) -> None:
    """Find lines at the edge of most posts of an author or a site.

    Nothing changes until they are accepted and `xemtiep reclean` has run.
    """
    ctx.obj = load(config, archive=archive)
    if ctx.invoked_subcommand:
        return
    from archive.habits import listed
    from crawler.reclean import find_habits

    with opened(ctx.obj) as found:
        if found.is_writable():
            find_habits(found)
        else:
            complain(f"{found.path} cannot be written: these are its habits as they were counted last")
        rows = listed(found)
    for row in rows:
        if as_json:
            print_json(row._asdict())
        else:
            whose = row.author or "several authors"
            echo(
                f"{row.id:>4} {row.state:<9} {row.posts} of {row.of} posts of {whose} on {row.site}, at the {row.place}"
            )
            echo(f"     {row.example}")
    if not rows and not as_json:
        click.echo("no line stands at the edge of most posts of an author or a site", err=True)


@habits.command()
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
@archive_option
@config_option
@click.pass_obj
def accept(above: Config, *, numbers: tuple[int, ...], archive: Path | None, config: Path | None) -> None:
    """Let `xemtiep reclean` take these lines off, as habits."""
    _decide(load(config, archive=archive) if archive or config else above, numbers, accept=True)


@habits.command()
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
@archive_option
@config_option
@click.pass_obj
def reject(above: Config, *, numbers: tuple[int, ...], archive: Path | None, config: Path | None) -> None:
    """Keep these lines, or have `xemtiep reclean` put them back."""
    _decide(load(config, archive=archive) if archive or config else above, numbers, accept=False)


def _decide(config: Config, numbers: tuple[int, ...], *, accept: bool) -> None:
    from archive.habits import decide

    with opened(config) as found:
        count = decide(found, numbers, accept=accept)
    click.echo(f"{count} {'accepted' if accept else 'rejected'}; `xemtiep reclean` applies it", err=True)


@click.command()
@archive_option
@config_option
@json_option
def reclean(*, archive: Path | None, config: Path | None, as_json: bool) -> None:
    """Clean all stored posts again, without a request.

    By the rules of this version and the accepted habits.
    """
    from crawler.reclean import reclean as run
    from crawler.show import ProgressBar

    with opened(load(config, archive=archive)) as found:
        counts = run(found, follow=ProgressBar("posts"))
    if as_json:
        print_json(counts)
    else:
        click.echo(_summary(counts))


def _summary(counts: Mapping[str, int]) -> str:
    from crawler.counting import counted

    return (
        f"{counted(counts['posts'], 'post')} cleaned again: {counts['changed']} changed,"
        f" {counts['articles']} are articles, {counts['habits']} have a habit"
    )
