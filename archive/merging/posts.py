"""Posts of several archives: what all of them saw of a post makes one timeline."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from archive.history import PASSING
from archive.merging.keys import Found, Merge, Row, Source, latest, least, plain
from archive.merging.places import gone
from archive.records import Label


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a post said from a moment on; `html` and `found` are known of what an archive saw last."""

    since: str
    title: str | None
    text: str
    removed: str
    edited_at: str | None
    html: str | None = None
    found: tuple[Source, Row, Row | None] | None = None

    def order(self) -> tuple[object, ...]:
        """When it was seen; at the same moment, what is stored as said last comes last."""
        return (
            self.since,
            self.found is not None,
            self.html is not None,
            len(self.removed),
            self.text,
            self.title or "",
            self.removed,
            self.edited_at or "",
            plain(self.found[1]) if self.found else "",
        )


def save_post(merge: Merge, new: int, found: Sequence[Found]) -> None:
    """Stores a post: what it said last, what it said before as versions, and since when it is gone."""
    kept = [one for one in found if one[1]["kind"] != "deleted"] or list(found)  # a stub tells nothing but its time
    stubs = [row["first_seen"] for _, row in found if row["kind"] == "deleted"] if len(kept) < len(found) else []
    each = [list(_said(source, row)) for source, row in kept]
    said = each[0] if len(each) == 1 else _timeline([one for of_one in each for one in of_one])
    assert said[-1].found  # the last of all was the last of its archive
    source, row, article = said[-1].found
    alive = [row["last_seen"] if row["gone_at"] else one[-1].since for (_, row), one in zip(kept, each, strict=True)]
    at, place = latest(kept, lambda source, row: source.thread_seen(row["thread"]))
    thread = merge.new("threads", at, place["thread"])
    changed = {
        "id": new,
        "site": merge.new("sites", source, row["site"]),
        "thread": thread,
        "author": merge.new("authors", source, row["author"]),
        "position": _position(merge.db, new, thread, place["position"]),
        "first_seen": least((row for _, row in found), "first_seen"),
    }
    merge.insert("posts", row | gone([row["gone_at"] for _, row in kept] + stubs, alive) | changed)
    if said[-1].html is not None:
        merge.insert("post_html", {"post": new, "html": said[-1].html})
    for image in source.rows("SELECT * FROM images WHERE post = ?", row["id"]):
        merge.insert("images", image | {"post": new})
    _save_versions(merge, new, said)
    if article:
        first = min(one[-1].found[2]["first_seen"] for one in each if one[-1].found and one[-1].found[2])
        changed = _repeated(merge.db, new) | {"id": new, "story": None, "first_seen": first}
        merge.insert("articles", article | changed)


def _said(source: Source, row: Row) -> Iterator[Said]:
    since = row["first_seen"]
    for version in source.rows("SELECT * FROM post_versions WHERE post = ? ORDER BY id", row["id"]):
        yield Said(since=since, **{name: version[name] for name in ("title", "text", "removed", "edited_at")})
        since = version["replaced_at"]
    articles = source.rows("SELECT * FROM articles WHERE id = ?", row["id"])
    html = source.rows("SELECT html FROM post_html WHERE post = ?", row["id"])
    article = articles[0] if articles else None
    yield Said(
        since=since,
        title=article["title"] if article else None,
        text=article["body"] if article else row["text"] or "",
        removed=row["removed"],
        edited_at=row["edited_at"],
        html=html[0]["html"] if html else None,
        found=(source, row, article),
    )


def _timeline(said: list[Said]) -> list[Said]:
    """What was said one after another; the same thing seen again is nothing new."""
    ordered: list[Said] = []
    for one in sorted(said, key=Said.order):
        if ordered and _same(ordered[-1], one):
            ordered[-1] = replace(max(ordered[-1], one, key=_knows), since=ordered[-1].since)
        else:
            ordered.append(one)
    return ordered


def _same(one: Said, other: Said) -> bool:
    """Whether two archives have the same text, perhaps cleaned by other rules, or with other things around it."""
    return (one.html is not None and one.html == other.html) or _essence(one) == _essence(other)


def _essence(said: Said) -> tuple[object, ...]:
    return said.title, said.text, [part for part in json.loads(said.removed) if part[0] not in PASSING]


def _knows(said: Said) -> tuple[object, ...]:
    """Of the same text, the row that has it last, with its markup, and with what was found to be habit taken off."""
    return said.found is not None, said.html is not None, f'["{Label.HABIT}"' in said.removed, said.order()


def _position(db: sqlite3.Connection, new: int, thread: int | None, position: int) -> int:
    """The position if it is free; else, until all are known, a place below all of them."""
    taken = db.execute("SELECT 1 FROM posts WHERE thread = ? AND position = ?", (thread, position)).fetchone()
    return -new if taken else position


def place_late(db: sqlite3.Connection) -> None:
    """Gives posts whose position another one had a place after the last of their thread."""
    for new, thread in db.execute("SELECT id, thread FROM posts WHERE position < 0 ORDER BY id").fetchall():
        last = db.execute("SELECT max(position) FROM posts WHERE thread = ?", (thread,)).fetchone()[0]
        db.execute("UPDATE posts SET position = ? WHERE id = ?", (max(last, 0) + 1, new))


def _save_versions(merge: Merge, new: int, said: Sequence[Said]) -> None:
    for one, after in pairwise(said):
        version = {name: getattr(one, name) for name in ("title", "text", "removed", "edited_at")}
        merge.insert("post_versions", version | {"post": new, "replaced_at": after.since})


_REPEATED = """
SELECT authors.name AS author, sites.site, boards.title AS board, threads.url AS thread_url
FROM posts JOIN authors ON authors.id = posts.author JOIN sites ON sites.id = posts.site
JOIN threads ON threads.id = posts.thread LEFT JOIN boards ON boards.id = threads.board WHERE posts.id = ?
"""


def _repeated(db: sqlite3.Connection, post: int) -> Row:
    """What an article's row repeats of what its post belongs to."""
    names = ("author", "site", "board", "thread_url")
    return dict(zip(names, db.execute(_REPEATED, (post,)).fetchone(), strict=True))
