"""Habits in the archive: lines at the edge of most posts of an author or a site, and what was decided of them."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from archive.database import explained, transaction
from archive.errors import ArchiveError
from archive.records import Label
from archive.store import Archive


class HabitRow(NamedTuple):
    """A habit as it is listed. `author` is None where it is the whole site's; `state`: found, accepted or rejected."""

    id: int
    site: str
    author: str | None
    place: str
    example: str
    posts: int
    of: int
    state: str


class Found(NamedTuple):
    """A habit that counting found, by our ids of its site and author."""

    site: int
    author: int | None
    place: str
    line: str
    example: str
    posts: int
    of: int


class PostText(NamedTuple):
    """A post's own words, whose they are, and the lines that were taken off as habits."""

    site: int
    author: int
    text: str
    habits: tuple[str, ...]


class Accepted(NamedTuple):
    """A habit that `reclean` labels."""

    id: int
    site: int
    author: int | None
    place: str
    line: str


def texts(archive: Archive) -> Iterator[PostText]:
    """The own words of every post."""
    with explained(archive.path):
        rows = archive.db.execute(
            "SELECT posts.site, posts.author, coalesce(articles.body, posts.text), posts.removed FROM posts"
            " LEFT JOIN articles ON articles.id = posts.id WHERE posts.kind <> 'deleted' ORDER BY posts.id"
        )
        for site, author, text, removed in rows:
            labelled = json.loads(removed) if Label.HABIT in removed else ()
            habits = tuple(line for label, line in labelled if label == Label.HABIT)
            yield PostText(site, author, text or "", habits)


def store(archive: Archive, found: Iterable[Found]) -> None:
    """Stores what was found; what was decided stays, what is not found any more goes unless it was decided."""
    with transaction(archive.db, archive.path):
        archive.db.execute("DELETE FROM habits WHERE state = 'found'")
        archive.db.executemany(
            "INSERT INTO habits (site, author, place, line, example, posts, of_posts) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET posts = excluded.posts, of_posts = excluded.of_posts",
            found,
        )


def listed(archive: Archive) -> list[HabitRow]:
    """All habits, those of most posts first."""
    with explained(archive.path):
        rows = archive.db.execute(
            "SELECT habits.id, sites.site, authors.name, place, example, posts, of_posts, state FROM habits"
            " JOIN sites ON sites.id = habits.site LEFT JOIN authors ON authors.id = habits.author"
            " ORDER BY posts DESC, habits.id"
        )
        return [HabitRow._make(row) for row in rows]


def decide(archive: Archive, ids: Iterable[int], *, accept: bool) -> int:
    """Accepts habits, which the next `reclean` labels, or rejects them; returns how many.

    Raises:
        ArchiveError: there is no habit of that number; then none is decided.
    """
    count = 0
    with transaction(archive.db, archive.path):
        for number in ids:
            row = ("accepted" if accept else "rejected", number)
            if not archive.db.execute("UPDATE habits SET state = ? WHERE id = ?", row).rowcount:
                raise ArchiveError(f"there is no habit {number}: `xemtiep habits` lists them")
            count += 1
    return count


def accepted(archive: Archive) -> list[Accepted]:
    """The habits that `reclean` labels."""
    with explained(archive.path):
        rows = archive.db.execute("SELECT id, site, author, place, line FROM habits WHERE state = 'accepted'")
        return [Accepted._make(row) for row in rows]
