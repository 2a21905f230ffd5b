"""Clean articles out of the archive: one file a format, streamed, and never half-written under the final name."""

import contextlib
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from archive.errors import ArchiveError
from archive.export import jsonl, md, txt
from archive.store import Archive, ArticleRow

Follow = Callable[[Iterable[ArticleRow], int], Iterable[ArticleRow]]

FORMATS: Mapping[str, Callable[[ArticleRow], str]] = {"txt": txt.render, "md": md.render, "jsonl": jsonl.render}
_BETWEEN = {"txt": "\n\n", "md": "\n\n", "jsonl": ""}
_SLUG = 60  # characters; with id and suffix well under the 143 bytes of the strictest file systems


def export(archive: Archive, format_: str, output: str | Path | None = None, *, follow: Follow | None = None) -> int:
    """Write every article in `format_` and return how many; `follow` may watch them pass (a progress bar).

    `output` is a file, or a folder for one file per article: an existing folder, or a name without a suffix or with
    a slash at its end. None means standard output.

    Raises:
        ArchiveError: the output cannot be written, or is the archive itself.
    """
    target = Path(output) if output is not None else None
    folder = target is not None and (str(output).endswith("/") or target.is_dir() or not target.suffix)
    if target:
        _refuse(archive, target, folder=folder)
    rows: Iterable[ArticleRow] = archive.articles()
    if follow:
        rows = follow(rows, archive.count_articles())
    try:
        if target is None:
            return _write_all(rows, format_, sys.stdout)
        if folder:
            return _write_each(rows, format_, target)
        with _replacing(target) as stream:
            return _write_all(rows, format_, stream)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ArchiveError(f"{output or 'standard output'} cannot be written: {error.strerror}") from error


def _refuse(archive: Archive, target: Path, *, folder: bool) -> None:
    own = {Path(f"{archive.path}{suffix}").resolve() for suffix in ("", "-wal", "-shm", "-journal", ".lock")}
    if target.resolve() in own:
        raise ArchiveError(f"{target} is the archive itself: give the export another name")
    if folder and target.exists() and not target.is_dir():
        raise ArchiveError(f"{target} is there and no folder: name another, or a file with a suffix such as .jsonl")


def file_name(article: ArticleRow, format_: str) -> str:
    """A name that every file system takes, unique by the article's id and sorted like it."""
    plain = unicodedata.normalize("NFKD", article.title.replace("đ", "d").replace("Đ", "D"))
    slug = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")
    return f"{article.id:08d}-{slug[:_SLUG].rstrip('-') or 'article'}.{format_}"


def _write_all(rows: Iterable[ArticleRow], format_: str, stream: IO[str]) -> int:
    render, count = FORMATS[format_], 0
    for row in rows:
        stream.write((_BETWEEN[format_] if count else "") + render(row))
        count += 1
    stream.flush()
    return count


def _write_each(rows: Iterable[ArticleRow], format_: str, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for row in rows:
        with _replacing(folder / file_name(row, format_)) as stream:
            stream.write(FORMATS[format_](row))
        count += 1
    return count


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[IO[str]]:
    """Open a neighbour of `path` for writing that takes its name only when everything was written."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
