"""What an open archive can be asked: search, articles, stories, history, export."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from archive.database import explained, is_writable
from archive.filters import Filters, where
from archive.history import of_runs, targets, versions
from archive.history.difference import Difference, difference
from archive.history.of_runs import RunHistory
from archive.history.versions import PostHistory, ThreadHistory
from archive.locking import held
from archive.search import Facets, Hit, Marks, facets, search
from archive.stories.listing import Appearance, Story, listed, story_of

if TYPE_CHECKING:
    from archive.export import Choice


class ArticleRow(NamedTuple):
    """A row of the table `articles`, as exports give it."""

    id: int
    title: str
    body: str
    source_url: str | None
    source_host: str | None
    source_name: str | None
    author: str
    site: str
    board: str | None
    thread_url: str
    url: str
    posted_at: str | None
    first_seen: str
    language: str | None
    words: int
    story: int | None


class Asking:
    """The questions to an archive. Every method may raise ArchiveError: the file is damaged or the disk failed.

    None of them takes the lock: they answer while a crawl writes. What an iterator gives is the archive as it was when
    it was first asked.
    """

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self.db = db

    def _unended(self) -> str | None:
        """What a run without an end is: none yet while the archive is held, killed when it is not."""
        return None if held(self.path) else "killed"

    def is_writable(self) -> bool:
        """Whether anything can be written to it: not on a read-only medium."""
        with explained(self.path):
            return is_writable(self.db)

    def search(
        self,
        query: str,
        *,
        limit: int = 20,
        kind: str | None = None,
        filters: Filters | None = None,
        marks: Marks = ("[", "]"),
    ) -> Iterator[Hit]:
        """The best hits for a query, best first, as `archive.search.search` describes.

        Raises:
            QueryError: the query cannot be understood, or has no word to look for.
        """
        return search(self, query, limit=limit, kind=kind, filters=filters, marks=marks)

    def facets(self, query: str, *, kind: str | None = None, filters: Filters | None = None) -> Facets:
        """How the hits for a query spread over sites, boards, authors, hosts, years, languages and stories.

        Raises:
            QueryError: as `search`.
        """
        return facets(self, query, kind=kind, filters=filters)

    def articles(self, filters: Filters | None = None) -> Iterator[ArticleRow]:
        """All articles that the filters let through, in the order they came."""
        condition, values = where(filters or Filters())
        sql = f"SELECT {', '.join(ArticleRow._fields)} FROM articles WHERE {condition} ORDER BY id"
        with explained(self.path):
            yield from map(ArticleRow._make, self.db.execute(sql, values))

    def history(self, name: str | int, *, thread: bool = False) -> PostHistory | ThreadHistory:
        """All versions of a post, or what changed in a thread, by URL or id (see `archive.history.targets.find`).

        Raises:
            ArchiveError: the archive has no such post or thread, or the id may mean several.
        """
        with explained(self.path):
            found = targets.find(self.db, str(name), thread=thread)
            of = versions.post_history if found.kind == "post" else versions.thread_history
            return of(self.db, found.id)

    def gone(self) -> tuple[list[ThreadHistory], list[PostHistory]]:
        """The threads that are gone, and the posts that are gone from threads which are still there."""
        with explained(self.path):
            return versions.gone(self.db)

    def stories(self, *, sites: Sequence[str] = (), since: str | None = None, least: int = 2) -> Iterator[Story]:
        """The texts that several articles carry, as `archive.stories.listing.listed` describes."""
        return listed(self, sites=sites, since=since, least=least)

    def story(self, name: str | int) -> list[Appearance]:
        """All appearances of a text, the earliest first, by the number or URL of any article that carries it.

        Raises:
            ArchiveError: the archive has no such article.
        """
        return story_of(self, name)

    def difference(self, one: str | int, other: str | int) -> Difference:
        """What a second post cut of a first and what it added, each by number or URL.

        Raises:
            ArchiveError: the archive has no such post.
        """
        return difference(self, one, other)

    def runs(self) -> list[dict[str, Any]]:
        """All runs, the latest first."""
        with explained(self.path):
            return list(of_runs.listed(self.db, self._unended()))

    def run_history(self, run: int) -> RunHistory:
        """What a run changed, by its number.

        Raises:
            ArchiveError: there is no such run, or it is too old for that to be known.
        """
        with explained(self.path):
            return of_runs.run_history(self.db, run, self._unended())

    def export(self, format_: str, output: str | Path | None = None, *, choice: "Choice | None" = None) -> int:
        """Writes the chosen articles to a file, a folder/ or standard output; returns how many.

        `format_` and the rest as `archive.export.export` describes. Only a choice with `since_last` or
        `anonymous` writes to the archive: what its target was given, the key of the pseudonyms.

        Raises:
            ArchiveError: the output cannot be written, or is the archive itself; a package for the format is missing.
        """
        from archive.export import Choice, export  # it imports the archive itself
        from archive.store import Archive

        assert isinstance(self, Archive)
        return export(self, format_, output, choice=choice or Choice())
