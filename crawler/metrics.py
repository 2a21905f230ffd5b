"""What a crawl tells its watchers: a file for Prometheus' node exporter, and addresses to ask for."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import LockedError, XemtiepError
from archive.frontier import host_of
from crawler.config import Config
from crawler.files import write_whole
from crawler.sites import Standing, standings_in

if TYPE_CHECKING:
    from crawler.summary import Summary

TIMEOUT = 10  # seconds; a watcher that does not answer must not hold up the crawl
COUNTED = ("new", "changed", "vanished", "requests", "wall", "missing", "failed")


def watched(config: Config, run: Callable[[Callable[[], None]], "Summary"], say: Callable[[str], Any]) -> "Summary":
    """Run a crawl and tell its watchers; trouble with them is said (`say`) and changes nothing else.

    `run` is given what to call once the archive is its own.

    A run that finds the archive locked is none: nobody is told.
    """
    try:
        summary = run(lambda: ping(config.ping.start, say))
    except LockedError:
        raise
    except XemtiepError:
        ping(config.ping.failure, say)
        raise
    if config.metrics:
        try:
            write(config.metrics, config)
        except (OSError, XemtiepError) as error:
            say(f"{config.metrics} cannot be written: {getattr(error, 'strerror', None) or error}")
    ping(config.ping.failure if summary.exit else config.ping.success, say)
    return summary


def ping(url: str | None, say: Callable[[str], Any]) -> None:
    """Ask for an address, if there is one."""
    if url is None:
        return
    from urllib.request import Request, urlopen  # only who is watched pays for it

    try:
        with urlopen(Request(url, headers={"User-Agent": "xemtiep"}), timeout=TIMEOUT):  # noqa: S310 # http(s), checked when the file was read
            pass
    except OSError as error:  # also every HTTP error
        say(f"the ping of {host_of(url)} failed: {error}")  # the rest of the address is often its password


def write(path: Path, config: Config) -> None:
    """Write the metrics of the archive, whole or not at all: the exporter may read at any moment.

    Raises:
        OSError: the file cannot be written.
        ArchiveError: the archive cannot be read.
    """
    from archive import Archive

    with Archive.open(config.archive, create=False) as archive:
        text = "".join(lines(standings_in(config, archive), archive.status()))
    write_whole(path, text)


def lines(standings: list[Standing], status: dict[str, Any]) -> Iterator[str]:
    """The metrics in Prometheus' text format."""
    yield from _family(
        "archive_rows", "Rows in the archive.", [({"table": t}, status[t]) for t in ("threads", "posts", "articles")]
    )
    runs = [(standing.site.url, standing.last) for standing in standings if standing.last]
    yield from _family(
        "last_run_timestamp_seconds",
        "When the last crawl began.",
        [({"site": s}, _unix(r["started_at"])) for s, r in runs],
    )
    yield from _family(
        "last_success_timestamp_seconds",
        "When a crawl was last done without errors.",
        [({"site": site}, _unix(run["succeeded_at"])) for site, run in runs if run["succeeded_at"]],
    )
    yield from _family(
        "last_run_ok",
        "1 if the last crawl was done without errors.",
        [({"site": s}, int(r["outcome"] == "done")) for s, r in runs],
    )
    counts = [({"site": s, "kind": kind}, r["counts"].get(kind, 0)) for s, r in runs for kind in COUNTED]
    yield from _family("last_run_count", "What the last crawl counted.", counts)
    yield from _family("waiting", "Requests in the frontier.", [({"site": s.site.url}, s.waiting) for s in standings])


def _family(name: str, about: str, samples: list[tuple[dict[str, str], float]]) -> Iterator[str]:
    if samples:
        yield f"# HELP xemtiep_{name} {about}\n# TYPE xemtiep_{name} gauge\n"
    for labels, value in samples:
        said = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"xemtiep_{name}{{{said}}} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _unix(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
