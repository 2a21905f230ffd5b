"""The commands that work on saved pages and texts, and the embedded forum: read, clean, forums, demo."""

import sys
from pathlib import Path

import click

from crawler.commands.options import archive_option, json_option, print_json


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--url", help="Address that the page was saved from [default: its canonical or base link].")
@click.option("--text", is_flag=True, help="Print only the clean text of all posts.")
def read(*, files: tuple[Path, ...], url: str | None, text: bool) -> None:
    """Read saved forum pages: one JSON object a line."""
    from crawler import offline

    for file in files:
        page = offline.read_file(file, url=url)
        if text:
            click.echo("\n\n".join(post.text for post in page.posts if post.text))
        else:
            print_json(offline.as_json(page, str(file)))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@json_option
@click.option("--explain", is_flag=True, help="Show every block with its label and the rule that gave it.")
def clean(*, file: Path, as_json: bool, explain: bool) -> None:
    """Clean one post or a flattened page (text without markup); - reads standard input."""
    from crawler import show
    from crawler.cleaning import clean as clean_text
    from crawler.offline import read_text

    cleaned = clean_text(read_text(file))
    if as_json:
        print_json(show.cleaned_json(cleaned, explain=explain))
    else:
        click.echo(show.explained(cleaned.blocks) if explain else cleaned.text)


@click.command()
@json_option
def forums(*, as_json: bool) -> None:
    """List the forum software that xemtiep reads."""
    from crawler.forums import FORUMS

    for forum in FORUMS:
        if as_json:
            print_json({"software": forum.name, "example": forum.example})
        else:
            click.echo(f"{forum.name:<14}{forum.example}")


@click.command()
@archive_option
@click.pass_context
def demo(ctx: click.Context, *, archive: Path | None) -> None:
    """Crawl the embedded sample forum on this machine and show what comes out; needs no network."""
    from crawler.demo.show import demo as run

    ctx.exit(run(archive or Path("demo.db"), click.echo, progress=sys.stderr.isatty()))
