"""Several archives into one, with the rows that they would have if they had been crawled together.

Rows are the same if the forum's own ids say so. What was read last counts; of a post, the texts of all archives make
one timeline (unless an edit was taken back: that a post still says what it said is written down nowhere). The result
depends on what the archives hold, not on their order. Stories and full-text indexes are made anew; what an export
remembers of itself (`--since-last`) speaks of one archive's numbers and is left behind.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from archive import stories
from archive.database import explained, read_only
from archive.errors import ArchiveError
from archive.export.placing import placed_database
from archive.merging.keys import KINDS, Merge, Source, groups, number
from archive.merging.places import merged_author, merged_board, merged_site, merged_thread
from archive.merging.posts import place_late, save_post
from archive.merging.work import keep_secrets, merged_habit, merged_request, merged_run, renew_rounds
from archive.store import Archive

Follow = Callable[[Iterable[int], int], Iterable[int]]

_ROWS: dict[str, Callable[..., object]] = {
    "sites": merged_site,
    "boards": merged_board,
    "authors": merged_author,
    "threads": merged_thread,
    "posts": save_post,
    "frontier": merged_request,
    "habits": merged_habit,
    "runs": merged_run,
}


class Merged(NamedTuple):
    """How many rows the new archive has of each; `shared` posts were in more than one of the archives."""

    sites: int
    threads: int
    posts: int
    articles: int
    shared: int


def merge(paths: Sequence[Path], target: Path, *, follow: Follow | None = None) -> Merged:
    """Merges archives into a new one at `target`, which appears only when it is whole; they are only read.

    `follow` may watch the rows pass (a progress bar).

    Raises:
        ArchiveError: one of them cannot be read or is of another version, the target is there already, or the disk is
            full.
    """
    _refuse(paths, target)
    with ExitStack() as stack:
        sources = [_source(stack, position, path) for position, path in enumerate(paths)]
        part = stack.enter_context(_placed(target))
        with Archive.open(part) as archive, explained(target):
            _fill(Merge(db=archive.db, sources=sources), follow)
            merged = _count(archive.db)
            archive.db.execute("PRAGMA journal_mode = WAL")
        _refuse(paths, target)
    return merged


def _refuse(paths: Sequence[Path], target: Path) -> None:
    if target.exists():
        raise ArchiveError(
            f"{target}: there is a file already, and it stays as it is: give the merged archive a new name"
        )
    if len({path.resolve() for path in paths}) < len(paths):
        raise ArchiveError("the same archive is named twice: name each once")


@contextmanager
def _placed(target: Path) -> Iterator[Path]:
    """The file that becomes the archive; errors name the archive that was asked for, not this hidden file."""
    part = target
    try:
        with placed_database(target) as part:
            yield part
    except ArchiveError as error:
        raise ArchiveError(str(error).replace(str(part), str(target))) from error
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror or error}") from error


def _source(stack: ExitStack, position: int, path: Path) -> Source:
    db = stack.enter_context(closing(read_only(path)))
    with explained(path):
        db.execute("BEGIN")  # what a crawl writes meanwhile is not in the picture
        return Source.of(position, path, db)


def _fill(merge: Merge, follow: Follow | None) -> None:
    db = merge.db
    db.execute("PRAGMA journal_mode = OFF")  # a file that is thrown away unless it is whole
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA foreign_keys = OFF")  # threads and requests point at each other; checked at the end
    db.execute("BEGIN")
    for kind in KINDS:
        number(merge, kind)
    total = sum(db.execute(f"SELECT count(*) FROM {kind}_ids").fetchone()[0] for kind in KINDS)
    rows = _written(merge)
    for _ in follow(rows, total) if follow else rows:
        pass
    place_late(db)
    renew_rounds(db)
    keep_secrets(merge)
    for index in ("articles_fts", "posts_fts"):
        db.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
    stories.join_all(db)
    broken = db.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise ArchiveError(
            f"rows point to rows that are not there ({broken[0][0]}): run `xemtiep doctor` on each archive"
        )
    db.execute("COMMIT")


def _written(merge: Merge) -> Iterator[int]:
    for kind in KINDS:
        for new, found in groups(merge, kind):
            _ROWS[kind](merge, new, found)
            yield from (source.number for source, _ in found)


def _count(db: sqlite3.Connection) -> Merged:
    def count(what: str) -> int:
        return int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])

    return Merged(
        sites=count("sites"),
        threads=count("threads"),
        posts=count("posts"),
        articles=count("articles"),
        shared=count("(SELECT new FROM posts_ids GROUP BY new HAVING count(*) > 1)"),
    )
