"""`xemtiep clean`: one flattened text, or many as JSON Lines."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from archive.errors import UnreadableError
from crawler.commands.options import FILE, FILE_OR_DASH, echo, json_option, print_json, write_text

if TYPE_CHECKING:
    from crawler.cleaning import Cleaned
    from crawler.corpus import Answer


@click.command()
@click.argument("file", type=FILE_OR_DASH)
@json_option
@click.option("--explain", is_flag=True, help="Show every block with its label and the rule that gave it.")
@click.option("--html", type=FILE, help="Write a page that shows the text coloured by label.")
@click.option("--jsonl", is_flag=True, help='Many texts, as JSON Lines in and out: {"text": ..., "url": ...}.')
@click.option(
    "--processes", type=click.IntRange(min=1), help="Processes that share the work of --jsonl [default: one a core]."
)
@click.pass_context
def clean(
    ctx: click.Context,
    *,
    file: Path,
    as_json: bool,
    explain: bool,
    html: Path | None,
    jsonl: bool,
    processes: int | None,
) -> None:
    """Clean one post or a flattened page: text without markup.

    - reads standard input.
    """
    from crawler.cleaning import clean as clean_text
    from crawler.offline import read_text
    from crawler.show.explain import as_html, parts_of

    if jsonl and html:
        raise click.UsageError("--html shows one text: leave it out, or leave out --jsonl")
    if jsonl:
        ctx.exit(_clean_lines(file, processes or os.cpu_count() or 1, explain=explain))
    cleaned = clean_text(read_text(file))
    if html:
        write_text(html, as_html(cleaned.title or str(file), parts_of(cleaned)))
    _show(cleaned, as_json=as_json, explain=explain)


def _show(cleaned: "Cleaned", *, as_json: bool, explain: bool) -> None:
    from crawler.show.explain import cleaned_json, explained

    if as_json:
        print_json(cleaned_json(cleaned, explain=explain))
    else:
        echo(explained(cleaned.blocks) if explain else cleaned.text)


def _clean_lines(file: Path, processes: int, *, explain: bool) -> int:
    """Clean JSON Lines; returns the exit code: 3 when some lines were no documents."""
    from crawler.corpus import clean_lines
    from crawler.counting import counted
    from crawler.show.terminal import shown

    refused = 0
    try:
        opened = click.open_file(str(file), "rb")
    except OSError as error:
        raise UnreadableError(f"{file} cannot be read: {error.strerror}") from error
    with opened as lines:
        for answer in _followed(clean_lines(lines, processes=processes, explain=explain), lines):
            refused += not answer.good
            sys.stdout.write(shown(f"{answer.line}\n", sys.stdout))
    if refused:
        said = f"{counted(refused, 'line')} {'is no document' if refused == 1 else 'are no documents'}"
        click.echo(f"xemtiep: {said}; each has its error in the output", err=True)
    return 3 if refused else 0


def _followed(answers: "Iterable[Answer]", lines: IO[bytes]) -> "Iterator[Answer]":
    """Show on a terminal how many documents are done, and how far the file is read."""
    if not sys.stderr.isatty():
        yield from answers
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.fields[done]} documents"), BarColumn(), TimeElapsedColumn())
    size = os.fstat(lines.fileno()).st_size if lines.seekable() else None
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=size or None, done=0)
        for done, answer in enumerate(answers, 1):
            bar.update(task, done=done, completed=lines.tell() if size else 0)
            yield answer
