"""What the commands print: results as text for people and as JSON for programs."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.counting import counted
from crawler.show.history import run_line

if TYPE_CHECKING:
    from archive.search import Facets, Hit
    from crawler.summary import Summary


def waiting_text(count: int) -> str:
    """How many pages are still to be fetched."""
    return f"{counted(count, 'page')} {'waits' if count == 1 else 'wait'} in the frontier"


def summary_json(summary: "Summary") -> str:
    """Give a crawl's summary as one line of JSON."""
    return json.dumps(asdict(summary), ensure_ascii=False)


def summary_text(summary: "Summary", archive: Path) -> str:
    """Tell how a crawl went, in a few lines."""
    counts = summary.counts
    found = (("threads", "new thread"), ("new", "new post"), ("articles", "article"))
    changed = counted(counts["changed"], "post")
    lines = [
        f"{summary.outcome}: {counted(counts['requests'], 'request')} in {summary.seconds:.1f} s",
        "  " + ", ".join(counted(counts[name], what) for name, what in found),
        f"  {changed} changed, {counts['vanished']} vanished, {counts['unchanged']} seen unchanged",
    ]
    names = ("missing", "wall", "refused", "failed", "changed_skin")
    troubles = {name.replace("_", " "): counts[name] for name in names if counts[name]}
    if troubles:
        lines.append("  " + ", ".join(f"{count} {name}" for name, count in troubles.items()))
        lines += [f"    {count} x {reason}" for reason, count in list(summary.reasons.items())[:5]]
    if summary.error and not summary.exit:  # nothing is amiss, but it says what was left out: quiet hours, a limit
        lines.append(f"  {summary.error}")
    if summary.waiting:
        lines.append(f"  {waiting_text(summary.waiting)}; run the same command again to go on")
    if summary.others:
        lines.append(f"  {counted(summary.others, 'page')} of other crawls left to them")
    if archive.exists():  # a crawl that nobody answered leaves none
        lines.append(f"  archive: {archive}")
    return "\n".join(lines)


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
    parts = [", ".join(counted(found[f"{name}s"], name) for name in ("site", "board", "thread", "post", "article"))]
    others = found["unconfigured"]
    waiting = sum(found["frontier"].get(state, 0) for state in ("queued", "taken")) - sum(others.values())
    if waiting:
        parts.append(waiting_text(waiting))
    if others:
        lines = [f"  {count:,} of {host}" for host, count in others.items()]
        parts.append("\n".join(["pages of crawls that are not configured wait until one begins there again:", *lines]))
    if found["errors"]:
        lines = [f"  {error['count']:,} x {error['outcome']}: {error['reason']}" for error in found["errors"]]
        parts.append("\n".join(["could not be had:", *lines]))
    if found["runs"]:
        parts.append("\n".join(["runs, the last first:", *(f"  {run_line(run)}" for run in found["runs"])]))
    return "\n".join(parts)


class ProgressBar:
    """A bar on stderr over rows that pass, only on a terminal."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __call__(self, rows: Iterable[Any], total: int) -> Iterator[Any]:
        """Pass the rows on, counting."""
        if not sys.stderr.isatty():
            yield from rows
            return
        from rich.console import Console  # only a terminal pays for it
        from rich.progress import track

        yield from track(rows, description=self.what, total=total, console=Console(stderr=True))
