"""What the commands print: results as text for people and as JSON for programs."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.search import Facets, Hit
    from crawler.summary import Summary


def summary_json(summary: "Summary") -> str:
    """Give a crawl's summary as one line of JSON."""
    return json.dumps(asdict(summary), ensure_ascii=False)


def summary_text(summary: "Summary", archive: Path) -> str:
    """Tell how a crawl went, in a few lines."""
    counts = summary.counts
    lines = [
        f"{summary.outcome}: {counts['requests']} requests in {summary.seconds:.1f} s",
        f"  {counts['threads']} new threads, {counts['new']} new posts, {counts['articles']} articles",
        f"  {counts['changed']} posts changed, {counts['vanished']} vanished, {counts['unchanged']} seen unchanged",
    ]
    names = ("missing", "wall", "refused", "failed", "changed_skin")
    troubles = {name.replace("_", " "): counts[name] for name in names if counts[name]}
    if troubles:
        lines.append("  " + ", ".join(f"{count} {name}" for name, count in troubles.items()))
        lines += [f"    {count} x {reason}" for reason, count in list(summary.reasons.items())[:5]]
    if summary.waiting:
        lines.append(f"  {summary.waiting} pages wait in the frontier; run the same command again to go on")
    return "\n".join([*lines, f"  archive: {archive}"])


def hit_json(hit: "Hit") -> str:
    """Give a hit as one line of JSON."""
    return json.dumps(asdict(hit), ensure_ascii=False)


def hit_text(hit: "Hit") -> str:
    """Show a hit: title, snippet, where it stands."""
    where = " · ".join(filter(None, (hit.site, hit.board, hit.author, (hit.posted_at or "")[:10], hit.source_host)))
    return f"{hit.title}\n    {hit.snippet}\n    {where}\n    {hit.url}"


def facets_text(found: "Facets") -> str:
    """Show how hits spread, a field a section."""
    some = "" if found.complete else " among the newest texts that hold the words"
    lines = [
        "\n".join([name, *(f"  {key}: {count}" for key, count in each.items())]) for name, each in found.counts.items()
    ]
    return "\n".join([f"hits: {found.hits}{some}", *lines])


def status_text(found: Mapping[str, Any]) -> str:
    """Show what `Archive.status` gives: what is there, what waits, what could not be had, the last runs."""
    parts = [
        ", ".join(
            f"{found[name]:,} {name if found[name] != 1 else name[:-1]}"
            for name in ("sites", "boards", "threads", "posts", "articles")
        )
    ]
    waiting = sum(found["frontier"].get(state, 0) for state in ("queued", "taken"))
    if waiting:
        parts.append(f"{waiting:,} pages wait in the frontier")
    if found["errors"]:
        lines = [f"  {error['count']:,} x {error['outcome']}: {error['reason']}" for error in found["errors"]]
        parts.append("\n".join(["could not be had:", *lines]))
    if found["runs"]:
        parts.append("\n".join(["runs, the last first:", *map(_run_text, found["runs"])]))
    return "\n".join(parts)


def _run_text(run: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in run["counts"].items() if count)
    outcome = run["outcome"] or "under way"
    head = f"  {run['id']}  {run['started_at']}  {' '.join(filter(None, (run['command'], run['detail'])))}: {outcome}"
    return f"{head}\n     {counts}" if counts else head


class ProgressBar:
    """A bar on stderr over rows that pass, only on a terminal."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __call__(self, rows: Iterable[Any], total: int) -> Iterator[Any]:
        """Pass the rows on, counting."""
        if not sys.stderr.isatty():
            yield from rows
            return
        from rich.console import Console  # noqa: PLC0415 - only a terminal pays for it
        from rich.progress import track  # noqa: PLC0415 - as above

        yield from track(rows, description=self.what, total=total, console=Console(stderr=True))
