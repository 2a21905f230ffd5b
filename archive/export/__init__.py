"""Clean articles out of the archive: one file a format, streamed, and never half-written under the final name."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from archive.errors import ArchiveError
from archive.export import entries, outputs
from archive.export.entries import Choice, Line
from archive.export.formats import FORMATS
from archive.export.names import file_name, number_of
from archive.export.placing import placed_folder
from archive.export.targets import Target
from archive.store import Archive

__all__ = ["FORMATS", "Choice", "export", "file_name"]

Follow = Callable[[Iterable[Line], int], Iterable[Line]]


def export(
    archive: Archive,
    format_: str,
    output: str | Path | None = None,
    *,
    choice: Choice = Choice(),  # noqa: B008 # Choice is frozen: no call can change it for the next
    follow: Follow | None = None,
) -> int:
    """Write the chosen articles in `format_` and return how many; `follow` may watch them pass (a progress bar).

    `output` is a file, or a folder for one file per article: an existing folder, or a name without a suffix or with
    a slash at its end. None means standard output; pipes and devices are written as they are. A file or folder of
    that name is replaced only when the export is whole, and keeps its rights; files in the folder that are of no
    article stay. Memory does not grow with the number of articles.

    Raises:
        ArchiveError: the output cannot be written, or has to stay: it is an archive, or the folder of this one or of
            the program; there is no such format, or a package for it is missing.
    """
    if format_ not in FORMATS:
        raise ArchiveError(f"there is no format {format_!r}: {', '.join(FORMATS)}")
    target = Path(output) if output is not None else None
    folder = target is not None and outputs.is_folder(str(output))
    if target:
        outputs.refuse(archive.path, str(output))
    known = Target(archive, choice.since_last) if choice.since_last is not None else None
    with closing(entries.lines(archive, choice)) as lines:
        rows: Iterator[Line] = iter(follow(lines, entries.count(archive, choice))) if follow else lines
        chosen = known.news(rows) if known else rows
        with _explained(archive, output):
            if target and folder:
                with placed_folder(target.resolve(), _keeps(archive, format_, known)) as part:
                    written = _write_each(chosen, format_, choice, part)
            else:
                with outputs.opened(target) as stream:
                    written = _write(chosen, format_, choice, stream)
    if known:
        known.advance()
    return written


@contextmanager
def _explained(archive: Archive, output: str | Path | None) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or error
        raise ArchiveError(f"{output or 'standard output'} cannot be written: {reason}") from error
    except ValueError as error:  # bytes that are no text, a date or JSON that is none
        raise ArchiveError(f"{archive.path}: something in it cannot be read ({error}): run `xemtiep doctor`") from error


def _write(rows: Iterable[Line], format_: str, choice: Choice, stream: BinaryIO) -> int:
    written = 0
    with FORMATS[format_](stream, choice) as write:
        for written, (_, line) in enumerate(rows, 1):  # noqa: B007 # the number of the last one is the result
            write(line)
    return written


def _write_each(rows: Iterable[Line], format_: str, choice: Choice, folder: Path) -> int:
    written = 0
    for written, (number, line) in enumerate(rows, 1):  # noqa: B007 # the number of the last one is the result
        name = file_name(number, entries.entry(line)["title"], format_)
        with (folder / name).open("xb") as stream, FORMATS[format_](stream, choice) as write:
            write(line)
    return written


def _keeps(archive: Archive, format_: str, known: Target | None) -> Callable[[str], bool]:
    """Which files of a folder stay: none of an article that is written anew, under whatever title it was before."""

    def keep(name: str) -> bool:
        number = number_of(name, format_)
        if number is None:
            return True
        return not known.gives(number) if known else not archive.has_post(number)

    return keep
