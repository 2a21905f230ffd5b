"""Two posts side by side: what the one cut of the other, and what it added."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.database import explained
from archive.history import targets, versions
from archive.history.wording import Piece, compare

if TYPE_CHECKING:
    from archive.asking import Asking


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of the posts; `title` is the article's, or the thread's if the post is no article."""

    id: int
    title: str
    url: str
    site: str
    author: str
    posted_at: str | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What became of the words of `one` in `other`; `kept`, `cut` and `added` are numbers of words of the text."""

    one: Side
    other: Side
    title: Sequence[Piece]
    text: Sequence[Piece]
    kept: int
    cut: int
    added: int


def difference(archive: "Asking", one: str | int, other: str | int) -> Difference:
    """Compares two posts, each named by its number or a URL (see `archive.history.targets`), word by word.

    Raises:
        ArchiveError: there is no such post.
    """
    with explained(archive.path):
        sides = [_side(archive, str(name)) for name in (one, other)]
    pieces = compare(sides[0].text, sides[1].text)
    kept, cut, added = (sum(len(text.split()) for sign, text in pieces if sign == of) for of in "=-+")
    return Difference(
        one=sides[0],
        other=sides[1],
        title=compare(sides[0].title, sides[1].title),
        text=pieces,
        kept=kept,
        cut=cut,
        added=added,
    )


def _side(archive: "Asking", name: str) -> Side:
    post = versions.post_history(archive.db, targets.find_post(archive.db, name))
    last = post.versions[-1]
    return Side(
        id=post.id,
        title=last.title or post.thread_title,
        url=post.url,
        site=post.site,
        author=post.author,
        posted_at=post.posted_at,
        text=last.text,
    )
