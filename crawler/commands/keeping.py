"""The commands that look after archives: merge."""

from pathlib import Path

import click

from crawler.commands.options import json_option, print_json


@click.command()
@click.argument("archives", nargs=-1, required=True, metavar="ARCHIVE...", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The archive to make.")
@json_option
def merge(*, archives: tuple[Path, ...], output: Path, as_json: bool) -> None:
    """Merge several archives into a new one, as if they had been crawled together; they are only read.

    Of what several hold, what was read last counts; other texts of a post become its earlier versions.
    """
    from archive.merging import merge as run
    from crawler.show import ProgressBar

    merged = run(archives, output, follow=ProgressBar("rows"))
    if as_json:
        print_json(merged._asdict())
    else:
        click.echo(
            "{posts} posts of {threads} threads on {sites} sites, {articles} articles;"
            " {shared} posts were in more than one archive".format(**merged._asdict())
        )
