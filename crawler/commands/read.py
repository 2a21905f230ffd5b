"""The commands that work on saved pages, and the embedded forum: read, forums, demo."""

import sys
from pathlib import Path

import click

from archive.errors import UnreadableError
from crawler.commands.options import (
    FILE,
    FILE_OR_DASH,
    WebAddress,
    complain,
    config_option,
    echo,
    json_option,
    print_json,
    write_text,
)
from crawler.config import load


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=FILE_OR_DASH)
@click.option(
    "--url", type=WebAddress(), help="Address that the page was saved from [default: its canonical or base link]."
)
@config_option
@click.option("--text", is_flag=True, help="Print only the clean text of all posts.")
@click.option("--explain", is_flag=True, help="Show every block of every post, with its label and what decided it.")
@click.option("--html", type=FILE, help="Write a page that shows the posts coloured by label.")
def read(
    *, files: tuple[Path, ...], url: str | None, config: Path | None, text: bool, explain: bool, html: Path | None
) -> None:
    """Read saved forum pages: one JSON object a line.

    - is standard input. A file that cannot be read gives exit code 1.
    """
    from crawler import offline
    from crawler.show.explain import as_html, explained, parts_of

    settings = load(config)
    pages, failed = [], False
    for file in files:
        try:
            page = offline.read_file(file, url=url, config=settings)
        except UnreadableError as error:
            complain(error)
            failed = True
            continue
        pages += parts_of(page) if html else []
        if explain:
            for part in parts_of(page):
                echo(f"{part.heading}\n{explained(part.blocks)}\n")
        elif text:
            echo("\n\n".join(post.text for post in page.posts if post.text))
        else:
            print_json(offline.as_json(page, str(file)))
    if html and pages:
        write_text(html, as_html(", ".join(map(str, files)), pages))
    if failed:
        click.get_current_context().exit(1)


@click.command()
@json_option
def forums(*, as_json: bool) -> None:
    """List the forum software that xemtiep reads."""
    from crawler.forums import FORUMS

    width = max(len(forum.name) for forum in FORUMS) + 2
    for forum in FORUMS:
        if as_json:
            print_json({"software": forum.name, "example": forum.example})
        else:
            click.echo(f"{forum.name:<{width}}{forum.example}")


@click.command()
@click.option(
    "--archive",
    type=FILE,
    default=Path("demo.db"),
    show_default=True,
    help="The archive file; one that is there is replaced only if a former demo made it.",
)
@click.pass_context
def demo(ctx: click.Context, *, archive: Path) -> None:
    """Crawl the embedded sample forum and show what comes out.

    It is served on this machine; no network is needed.
    """
    from crawler.demo.show import demo as run

    ctx.exit(run(archive, click.echo, progress=sys.stderr.isatty()))
