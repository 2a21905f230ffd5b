"""What `xemtiep history` prints: versions, vanished posts, runs, as text for people."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from crawler.counting import counted
from crawler.show.terminal import coloured

if TYPE_CHECKING:
    from archive.history.of_runs import RunHistory
    from archive.history.versions import PostHistory, ThreadHistory, Version
    from archive.history.wording import Piece

_KEPT = 8  # unchanged words that are shown on each side of a change
_SIGNS = {"-": ("[-", "-]"), "+": ("{+", "+}")}  # as `git diff --word-diff` marks them
_COLOURS = {"-": "31;9", "+": "32"}  # ANSI: red and crossed out, green


def diff_text(pieces: Iterable["Piece"], *, colored: bool) -> str:
    """Show what was cut and added, in colours or between signs; of what stayed, only the words around it."""
    pieces = list(pieces)
    parts = []
    for number, (sign, text) in enumerate(pieces):
        if sign == "=":
            parts.append(_around(text, start=number == 0, end=number == len(pieces) - 1))
        elif colored:
            parts.append(coloured(text, _COLOURS[sign]))
        else:
            parts.append(text.join(_SIGNS[sign]))
    return " ".join(parts)


def _around(text: str, *, start: bool, end: bool) -> str:
    words = text.split(" ")
    if len(words) <= (1 if start or end else 2) * _KEPT + 2:
        return text
    head = "" if start else " ".join(words[:_KEPT]) + " "
    tail = "" if end else " " + " ".join(words[-_KEPT:])
    return f"{head}…{tail}"


def post_lines(post: "PostHistory", *, colored: bool, whole: bool = False) -> Iterator[str]:
    """Show a post and each of its versions: the first one `whole`, the others by what changed."""
    yield f"{post.thread_title} · #{post.position} · {post.author} · {(post.posted_at or '')[:10]}".rstrip(" ·")
    yield f"  {post.url}"
    for version in post.versions:
        yield from _version_lines(version, colored=colored, whole=whole)
    if post.gone_at:
        yield f"  gone: missing since {post.gone_at}, last there {post.last_seen}"


def _version_lines(version: "Version", *, colored: bool, whole: bool) -> Iterator[str]:
    edited = f", edited {version.edited_at}" if version.edited_at else ""
    yield f"  version {version.number}: seen {version.seen_at}{edited}"
    if whole and version.number == 1:
        yield from _indented(f"{version.title}\n{version.text}" if version.title else version.text)
    for name, pieces in version.changes.items():
        label = "" if name == "text" else f"{'taken off' if name == 'removed' else name}: "
        yield from _indented(label + diff_text(pieces, colored=colored))


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.splitlines() if line.strip())


def thread_lines(thread: "ThreadHistory", *, colored: bool) -> Iterator[str]:
    """Show a thread, and its posts that changed."""
    yield thread.title
    yield f"  {thread.url}"
    counts = f"{counted(thread.posts, 'post')}, {len(thread.changed)} of them edited or gone"
    yield f"  seen since {thread.first_seen}; {counts}"
    if thread.gone_at:
        yield f"  gone: missing since {thread.gone_at}, last there {thread.last_seen}"
    for post in thread.changed:
        yield ""
        yield from post_lines(post, colored=colored)


def run_line(run: Mapping[str, Any]) -> str:
    """Show a run on one line."""
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in run["counts"].items() if count)
    done = run["outcome"] or "running"
    return f"run {run['id']}  {run['started_at']}  {run['command']} {run['detail']}  {done}  {counts}".rstrip()


def run_lines(run: "RunHistory", *, colored: bool) -> Iterator[str]:
    """Show what a run changed."""
    end = f"to {run.ended_at}, {run.outcome}" if run.ended_at else run.outcome or "running"
    yield f"run {run.id}: {run.command} {run.detail}, {run.started_at} {end}"
    new = sum(grown.posts for grown in run.grown)
    yield f"{counted(new, 'new post')} in {counted(len(run.grown), 'thread')}"
    for grown in run.grown:
        yield f"  {'new  ' if grown.new else '     '}{grown.posts:>5}  {grown.title}  {grown.url}"
    yield f"{counted(len(run.edited), 'post')} edited"
    for post in run.edited:
        yield from (f"  {line}" for line in post_lines(post, colored=colored))
    yield from gone_lines(run.vanished_threads, run.vanished_posts)


def gone_lines(threads: Iterable["ThreadHistory"], posts: Iterable["PostHistory"]) -> Iterator[str]:
    """Show what vanished, a line each."""
    lost = [f"  {item.gone_at}  {item.title}  {item.url}" for item in threads]
    yield f"{counted(len(lost), 'thread')} gone"
    yield from lost
    lost = [f"  {item.gone_at}  {item.thread_title} · #{item.position} · {item.author}  {item.url}" for item in posts]
    yield f"{counted(len(lost), 'post')} gone"
    yield from lost
