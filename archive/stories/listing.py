"""What the archive knows of its stories: how far each spread, and every appearance of one."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from archive.database import explained
from archive.errors import ArchiveError
from archive.filters import bound
from archive.history import targets

if TYPE_CHECKING:
    from archive.asking import Asking


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


def listed(
    archive: "Asking", *, sites: Sequence[str] = (), since: str | None = None, least: int = 2
) -> Iterator[Story]:
    """The stories of at least `least` articles, on the most sites first, then those of the most articles.

    Only those that appeared on one of `sites`, if any are given, and from `since` (ISO 8601, UTC) on.
    """
    sql = (
        f"SELECT {', '.join(Story._fields)} FROM stories"
        " WHERE articles >= :least AND (:since IS NULL OR last_at >= :since) AND (:sites = '[]' OR EXISTS"
        " (SELECT 1 FROM articles WHERE story = stories.id AND site IN (SELECT value FROM json_each(:sites))))"
        " ORDER BY sites DESC, stories.articles DESC, id"
    )
    values = {"sites": json.dumps(sites), "since": since, "least": bound(least)}
    with explained(archive.path):
        yield from map(Story._make, archive.db.execute(sql, values))


_APPEARANCES = """
SELECT articles.id, version, coalesce(articles.posted_at, articles.first_seen) AS at, site, board, author, title,
    articles.url, words, gone_at
FROM articles JOIN story_texts ON article = articles.id JOIN (SELECT id AS post, gone_at FROM posts)
    ON post = articles.id
WHERE story = ? ORDER BY at, site, articles.url, articles.id
"""


def story_of(archive: "Asking", name: str | int) -> list[Appearance]:
    """All appearances of a text, the earliest first; one if it appeared once.

    `name` is the number of the story or of any of its articles, or a URL of one (see `archive.history.targets`).

    Raises:
        ArchiveError: there is no such article.
    """
    with explained(archive.path):
        number = targets.find_post(archive.db, str(name))
        row = archive.db.execute("SELECT story FROM articles WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise ArchiveError(f"{name} is no article: `xemtiep stories` lists the stories")
        found = archive.db.execute(_APPEARANCES, row).fetchall()
    numbers = {version: count for count, version in enumerate(dict.fromkeys(row[1] for row in found), 1)}
    return [Appearance(number, numbers[version], *more) for number, version, *more in found]
