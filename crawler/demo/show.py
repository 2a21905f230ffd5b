"""`xemtiep demo`: crawl the embedded forum, then show what came out and what to try next."""

import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from shutil import which
from typing import Any
from urllib.request import urlopen

from lxml import html

from archive import Archive
from archive.errors import ArchiveError
from archive.locking import locked
from archive.search import search
from crawler.config import Config
from crawler.crawl import crawl
from crawler.demo.server import serve
from crawler.reading.select import first
from crawler.show import hit_text, summary_text

QUERY = "tin dung chinh sach"
WIDTH = 110  # of a line shown
MARK = "demo"  # the first run of an archive that a demo made


def demo(archive: Path, say: Callable[[str], Any], *, progress: bool) -> int:
    """Serve the sample forum on a free loopback port, crawl it without delay, show the results; returns the exit code.

    The archive is made anew: the forum's port, and with it its address, changes from one demo to the next.

    Raises:
        ArchiveError: the file is there and not the archive of a former demo, or cannot be replaced.
        LockedError: a run works on it.
    """
    with serve() as served:
        _begin(archive, served.url)
        say(f"The embedded forum is served at {served.url}; crawling it:\n")
        summary = crawl([served.url], Config(archive=archive, delay=0), progress=progress)
        say(summary_text(summary, archive))
        if summary.exit:  # such as Ctrl-C: there may be nothing to show
            return summary.exit
        with Archive.open(archive, create=False) as opened:
            _show_article(opened, say)
            say(_heading(f"Search without diacritics: {QUERY}"))
            say("\n\n".join(hit_text(hit) for hit in islice(search(opened, QUERY, limit=3), 3)))
    say(_heading(f"The archive is {archive.resolve()}. Next, try"))
    say(f"{_command('xemtiep')} search 'lãnh đạo' --archive {archive}")
    say(f"{_command('sqlite-utils')} rows {archive} articles --limit 3 -c title -c source_url -c words --table")
    say(f"{_command('xemtiep')} export --archive {archive} --format md -o articles/")
    return summary.exit


def _begin(archive: Path, url: str) -> None:
    """Make an archive with the mark of a demo, in the place of a former demo's and of nothing else."""
    if not archive.exists():
        _mark(archive, url)
        return
    if not _is_former(archive):
        raise ArchiveError(
            f"{archive}: this is not the archive of a former demo and stays as it is: "
            "name a new file with --archive, or move this one away"
        )
    try:
        with locked(archive):
            for suffix in ("", "-wal", "-shm"):
                Path(f"{archive}{suffix}").unlink(missing_ok=True)
            _mark(archive, url)
    except OSError as error:
        raise ArchiveError(
            f"{archive} cannot be replaced: {error.strerror}; name one that may be written with --archive"
        ) from error


def _mark(archive: Path, url: str) -> None:
    with Archive.open(archive) as made:
        made.end_run(made.start_run(MARK, url), outcome="done", counts={})


def _is_former(archive: Path) -> bool:
    """Whether a demo made it and nobody crawled into it since, or nothing is in it: a demo was ended as it began."""
    if not archive.is_file():
        return False
    try:
        with Archive.open(archive, create=False) as opened:
            runs = [run["command"] for run in reversed(opened.runs())]
            return (runs[:1] == [MARK] and runs.count("crawl") <= 1) or not (runs or opened.sites())
    except ArchiveError:
        return False


def _show_article(archive: Archive, say: Callable[[str], Any]) -> None:
    """Show the longest Vietnamese repost as its page shows it, and as the archive keeps it."""
    reposts = (row for row in archive.articles() if row.source_url and row.language != "en")
    article = max(reposts, key=lambda row: row.words)
    say(_heading("A feed bot's post as the forum shows it"))
    say("\n".join(map(_shortened, _lines(article.thread_url))))
    say(_heading("The same post as the archive keeps it"))
    say(f"title        {article.title}\nsource_url   {article.source_url}\nwords        {article.words}\n")
    say("\n\n".join(map(_shortened, article.body.split("\n\n"))))


def _command(name: str) -> str:
    """Name a command as this shell can run it: with its folder when that is not on the PATH."""
    return name if which(name) else str(Path(sys.argv[0]).with_name(name))


def _lines(url: str) -> list[str]:
    with urlopen(url) as response:  # noqa: S310 # the forum that this process serves
        tree = html.fromstring(response.read())
    post = first(tree, "article.message--post")
    return [line for text in post.itertext() if (line := " ".join(text.split()))]


def _shortened(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."


def _heading(text: str) -> str:
    return f"\n── {text} " + "─" * max(0, 90 - len(text)) + "\n"
