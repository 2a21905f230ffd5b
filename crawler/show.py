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
    return "\n".join([f"hits: {found.hits}{some}", *(_section(name, value) for name, value in found.counts.items())])


def status_text(found: Mapping[str, Any]) -> str:
    """Show what `Archive.status` gives, a section a key; what is empty is left out."""
    return "\n".join(_section(name, value) for name, value in found.items() if value not in (None, [], {}))


def _section(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join([name, *(f"  {key}: {count}" for key, count in value.items())])
    if isinstance(value, list):
        return "\n".join([name, *(f"  {_line(item)}" for item in value)])
    return f"{name}: {value}"


def _line(item: Any) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    shown = {key: _line(value) if isinstance(value, Mapping) else value for key, value in item.items()}
    return ", ".join(f"{key} {value}" for key, value in shown.items() if value not in (None, "", 0))


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
