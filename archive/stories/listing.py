"""What the archive knows of its stories: how far each spread, and every appearance of one."""

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from archive.database import explained
from archive.errors import ArchiveError

if TYPE_CHECKING:
    from archive.store import Archive


class Story(NamedTuple):
    """A text that several articles carry, as a row of the table `stories`; `first` is the article posted first."""

    id: int
    title: str
    first: int
    articles: int
    versions: int
    sites: int
    first_at: str
    last_at: str


class Appearance(NamedTuple):
    """An article of a story. Equal `version` numbers mean the same words; they count from 1, the first one's.

    `at` is when it was posted, or first seen if no date is known.
    """

    id: int
    version: int
    at: str
    site: str
    board: str | None
    author: str
    title: str
    url: str
    words: int
    gone_at: str | None


def listed(archive: "Archive", *, site: str | None = None, since: str | None = None, least: int = 2) -> Iterator[Story]:
    """The stories of at least `least` articles, on the most sites first, then those of the most articles.

    Only those with an article on `site`, and with one posted from `since` (ISO 8601, UTC) on.
    """
    sql = (
        f"SELECT {', '.join(Story._fields)} FROM stories"  # noqa: S608 - the names stand above
        " WHERE articles >= :least AND (:since IS NULL OR last_at >= :since) AND (:site IS NULL OR EXISTS"
        " (SELECT 1 FROM articles WHERE story = stories.id AND site = :site))"
        " ORDER BY sites DESC, stories.articles DESC, id"
    )
    with explained(archive.path):
        yield from map(Story._make, archive.db.execute(sql, {"site": site, "since": since, "least": least}))


_APPEARANCES = """
SELECT articles.id, version, coalesce(articles.posted_at, articles.first_seen) AS at, site, board, author, title,
    articles.url, words, gone_at
FROM articles JOIN story_texts ON article = articles.id JOIN (SELECT id AS post, gone_at FROM posts)
    ON post = articles.id
WHERE story = ? ORDER BY at, site, articles.url, articles.id
"""


def story_of(archive: "Archive", number: int) -> list[Appearance]:
    """All appearances of the text that an article (or a story's number) stands for, the earliest first.

    An article whose text appeared only once gives one.

    Raises:
        ArchiveError: there is no such article.
    """
    with explained(archive.path):
        row = archive.db.execute("SELECT story FROM articles WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise ArchiveError(f"{archive.path}: there is no article {number}; `xemtiep stories` lists the stories")
        found = archive.db.execute(_APPEARANCES, row).fetchall()
    numbers = {version: count for count, version in enumerate(dict.fromkeys(row[1] for row in found), 1)}
    return [Appearance(number, numbers[version], *more) for number, version, *more in found]


def article_at(archive: "Archive", place: str) -> int:
    """The number of a post that is named by its number or its URL; the URL of a thread names its first article.

    Raises:
        ArchiveError: there is none.
    """
    with explained(archive.path):
        found = _by_url(archive.db, place) if not place.isdecimal() else _by_number(archive.db, int(place))
    if found is None:
        raise ArchiveError(f"{archive.path}: there is no article {place}: name one by its number or its URL")
    return found


def _by_number(db: sqlite3.Connection, number: int) -> int | None:
    row = db.execute("SELECT id FROM posts WHERE id = ?", (number,)).fetchone() if number < 1 << 63 else None
    return row[0] if row else None


def _by_url(db: sqlite3.Connection, url: str) -> int | None:
    row = db.execute(
        "SELECT id FROM posts WHERE url = :url UNION ALL SELECT id FROM (SELECT posts.id FROM threads JOIN posts"
        " ON posts.thread = threads.id WHERE threads.url = :url ORDER BY kind <> 'article', position) LIMIT 1",
        {"url": url},
    ).fetchone()
    return row[0] if row else None
