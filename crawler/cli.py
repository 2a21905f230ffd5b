"""The command `xemtiep`: thin. Every command calls one function that a program can call too.

stdout carries results, stderr logs and progress. Heavy modules are imported by the command that needs them, so that
`xemtiep --help` answers at once.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from archive.errors import XemtiepError
from crawler.config import Config, load

DEFAULTS = {"auto_envvar_prefix": "XEMTIEP", "help_option_names": ["-h", "--help"], "max_content_width": 100}


class Group(click.Group):
    """Turns every error of ours into one line on stderr and its exit code; a closed pipe ends quietly."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except XemtiepError as error:
            click.echo(f"xemtiep: {error}", err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            sys.stderr.close()  # or Python complains about the same pipe once more at exit
            ctx.exit(0)


archive_option = click.option(
    "--archive", type=click.Path(path_type=Path), help="The archive file [default: from xemtiep.toml, else archive.db]."
)
config_option = click.option(
    "--config", type=click.Path(path_type=Path), help="Configuration file [default: xemtiep.toml, if it is there]."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@click.group(cls=Group, context_settings=DEFAULTS)
@click.version_option(package_name="xemtiep", prog_name="xemtiep")
def main() -> None:
    """Archive what forums repost: crawl threads, keep each post's own words, store clean articles in SQLite."""


@main.command()
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
    from crawler import crawl as crawling  # noqa: PLC0415 - see the module's docstring
    from crawler.show import summary_json, summary_text  # noqa: PLC0415 - as above

    settings = load(config, archive=archive, delay=delay)
    summary = crawling.crawl(urls, settings, progress=sys.stderr.isatty() and not verbose, verbose=verbose)
    click.echo(summary_json(summary) if as_json else summary_text(summary, settings.archive))
    if summary.error:
        click.echo(f"xemtiep: {summary.error}", err=True)
    ctx.exit(summary.exit)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--url", help="Address that the page was saved from [default: its canonical or base link].")
@click.option("--text", is_flag=True, help="Print only the clean text of all posts.")
def read(*, files: tuple[Path, ...], url: str | None, text: bool) -> None:
    """Read saved forum pages: one JSON object a line."""
    from crawler import offline  # noqa: PLC0415 - as above

    for file in files:
        page = offline.read_file(file, url=url)
        if text:
            click.echo("\n\n".join(post.text for post in page.posts if post.text))
        else:
            _print_json(offline.as_json(page, str(file)))


@main.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@json_option
@click.option("--explain", is_flag=True, help="Show every block with its label and the rule that gave it.")
def clean(*, file: Path, as_json: bool, explain: bool) -> None:
    """Clean one post or a flattened page (text without markup); - reads standard input."""
    from crawler import show  # noqa: PLC0415 - as above
    from crawler.cleaning import clean as clean_text  # noqa: PLC0415 - as above
    from crawler.offline import read_text  # noqa: PLC0415 - as above

    cleaned = clean_text(read_text(file))
    if as_json:
        _print_json(show.cleaned_json(cleaned, explain=explain))
    else:
        click.echo(show.explained(cleaned.blocks) if explain else cleaned.text)


@main.command()
@click.argument("query")
@archive_option
@config_option
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Most hits to show.")
@json_option
def search(*, query: str, archive: Path | None, config: Path | None, limit: int, as_json: bool) -> None:
    """Search articles and posts; a query without diacritics finds text with them."""
    from archive.search import search as find  # noqa: PLC0415 - as above
    from crawler import show  # noqa: PLC0415 - as above

    with _opened(load(config, archive=archive)) as opened:
        hits = find(opened, query, limit=limit)
        _echo_each(show.hit_json(hit) if as_json else show.hit_text(hit) for hit in hits)


@main.command()
@archive_option
@config_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["txt", "md", "jsonl"]),
    default="jsonl",
    show_default=True,
    help="Text, Markdown with front matter, or JSON Lines.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file, or a folder for one file per article.")
def export(*, archive: Path | None, config: Path | None, format_: str, output: Path | None) -> None:
    """Export the clean articles to stdout, a file, or a folder with one file per article."""
    from archive.export import export as write  # noqa: PLC0415 - as above
    from crawler.show import ProgressBar  # noqa: PLC0415 - as above

    with _opened(load(config, archive=archive)) as opened:
        count = write(opened, format_, output, follow=ProgressBar("articles"))
    if output:
        click.echo(f"{count} articles in {output}", err=True)


@main.command()
@archive_option
@config_option
@json_option
def status(*, archive: Path | None, config: Path | None, as_json: bool) -> None:
    """Show what the archive holds, what waits, and how the last runs ended."""
    from crawler import show  # noqa: PLC0415 - as above

    with _opened(load(config, archive=archive)) as opened:
        found = opened.status()
    if as_json:
        _print_json(found)
    else:
        click.echo(show.status_text(found))


@main.command()
@json_option
def forums(*, as_json: bool) -> None:
    """List the forum software that xemtiep reads."""
    from crawler.forums import FORUMS  # noqa: PLC0415 - as above

    for forum in FORUMS:
        if as_json:
            _print_json({"software": forum.name, "example": forum.example})
        else:
            click.echo(f"{forum.name:<14}{forum.example}")


@main.command()
@archive_option
@click.pass_context
def demo(ctx: click.Context, *, archive: Path | None) -> None:
    """Crawl the embedded sample forum on this machine and show what comes out; needs no network."""
    from crawler.demo.show import demo as run  # noqa: PLC0415 - as above

    ctx.exit(run(archive or Path("demo.db"), click.echo, progress=sys.stderr.isatty()))


def _opened(config: Config) -> Any:
    from archive import Archive  # noqa: PLC0415 - as above

    return Archive.open(config.archive, create=False)


def _echo_each(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))
