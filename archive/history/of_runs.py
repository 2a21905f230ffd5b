"""What a run changed: new threads and posts, edits, and what it found missing."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from archive.errors import ArchiveError
from archive.history.versions import PostHistory, ThreadHistory, posts, threads


class Grown(NamedTuple):
    """A thread that got new posts; `new`: none of it was known before."""

    title: str
    url: str
    posts: int
    new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RunHistory:
    """A run and what it changed; `edited` posts have the versions that it found, beside the one before."""

    id: int
    command: str
    detail: str
    started_at: str
    ended_at: str | None
    outcome: str | None
    counts: dict[str, int]
    grown: Sequence[Grown]
    edited: Sequence[PostHistory]
    vanished_posts: Sequence[PostHistory]
    vanished_threads: Sequence[ThreadHistory]


class _Span(NamedTuple):
    """The ids above which and up to which a run added, and its time."""

    post: tuple[int, int]
    version: tuple[int, int]
    time: tuple[str, str]


_RUN = ("id", "command", "detail", "started_at", "ended_at", "outcome", "counts")
_END = 1 << 62
_GONE = "{0}.gone_at BETWEEN ? AND ? ORDER BY {0}.id"


def listed(db: sqlite3.Connection, unended: str | None) -> Iterator[dict[str, Any]]:
    """All runs, the latest first; `unended` is the outcome of one without an end."""
    for row in db.execute(f"SELECT {', '.join(_RUN)} FROM runs ORDER BY id DESC"):
        run = dict(zip(_RUN, row, strict=True))
        yield run | {"counts": json.loads(run["counts"]), "outcome": run["outcome"] or unended}


def run_history(db: sqlite3.Connection, number: int, unended: str | None) -> RunHistory:
    """What a run changed, by its number; `unended` is the outcome of one without an end.

    Raises:
        ArchiveError: there is no such run, or it is older than the marks from which this is known.
    """
    run = next((run for run in listed(db, unended) if run["id"] == number), None)
    if run is None:
        raise ArchiveError(f"there is no run {number}: `xemtiep history` lists them")
    span = _span(db, run)
    return RunHistory(
        **run,
        grown=list(_grown(db, span)),
        edited=list(_edited(db, span)),
        vanished_posts=list(posts(db, _GONE.format("posts"), span.time)),
        vanished_threads=list(threads(db, _GONE.format("threads"), span.time)),
    )


def _span(db: sqlite3.Connection, run: dict[str, Any]) -> _Span:
    marks = "SELECT last_post, last_version, started_at FROM runs WHERE last_post IS NOT NULL AND"
    here = db.execute(f"{marks} id = ?", (run["id"],)).fetchone()
    if here is None:
        raise ArchiveError(f"run {run['id']}: made by a version of xemtiep that did not record what a run added")
    after = db.execute(f"{marks} id > ? ORDER BY id LIMIT 1", (run["id"],)).fetchone() or (_END, _END, "9999")
    post, version, began = zip(here, after, strict=True)
    return _Span(post, version, (began[0], run["ended_at"] or began[1]))


def _grown(db: sqlite3.Connection, span: _Span) -> Iterator[Grown]:
    rows = db.execute(
        "SELECT title, threads.url, count(*), (SELECT min(id) FROM posts WHERE thread = threads.id) > ? FROM posts"
        " JOIN threads ON threads.id = thread WHERE posts.id > ? AND posts.id <= ? GROUP BY threads.id",
        (span.post[0], *span.post),
    )
    for title, url, count, new in rows:
        yield Grown(title, url, count, bool(new))


def _edited(db: sqlite3.Connection, span: _Span) -> Iterator[PostHistory]:
    low, high = span.version
    rows = db.execute(
        "SELECT post, sum(id <= ?), count(*) FROM post_versions WHERE id <= ? AND post IN"
        " (SELECT post FROM post_versions WHERE id > ? AND id <= ?) GROUP BY post ORDER BY max(id)",
        (low, high, low, high),
    )
    for post, before, after in rows.fetchall():
        history = next(posts(db, "posts.id = ?", (post,)))
        yield replace(history, versions=history.versions[before : after + 1])
