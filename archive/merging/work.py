"""The frontier, the runs and the habits of several archives."""

import sqlite3
from collections.abc import Sequence

from archive.merging.keys import Found, Merge, latest, least

_OPEN = ("queued", "taken")
_RANK = {"queued": 2, "taken": 2, "done": 1, "failed": 0}  # asking once too often costs a request, never asking a page


def merged_request(merge: Merge, new: int, found: Sequence[Found]) -> None:
    """A URL: still to fetch if it is so in any of the archives, else as it was fetched last."""
    source, row = latest(found, lambda _, row: (_RANK[row["state"]], row["fetched_at"] or ""))
    _, fetched = latest(found, lambda _, row: row["fetched_at"] or "")
    merge.insert(
        "frontier",
        row
        | {name: fetched[name] for name in ("etag", "last_modified", "leads", "fetched_at")}
        | {
            "id": new,
            "state": "queued" if row["state"] in _OPEN else row["state"],
            "round": max(row["round"] for _, row in found),
            "walk": merge.new("frontier", source, row["walk"]),
            "thread": merge.new("threads", source, row["thread"]),
            "added_at": least((row for _, row in found), "added_at"),
        },
    )


def renew_rounds(db: sqlite3.Connection) -> None:
    """Walks that were left unfinished go on as new ones: what one archive has read, another may know to be newer."""
    db.execute(
        "CREATE TEMP TABLE walks AS SELECT start, max(round) AS round, max(state = 'queued') AS open FROM"
        " (SELECT coalesce(walk, id) AS start, round, state FROM frontier) GROUP BY start"
    )
    db.execute("CREATE UNIQUE INDEX temp.walks_start ON walks (start)")
    db.execute(
        "UPDATE frontier SET round = (SELECT round + open FROM walks WHERE start = coalesce(walk, id))"
        " WHERE walk IS NULL OR state = 'queued'"
    )


_DECIDED = {"found": 0, "accepted": 1, "rejected": 2}  # where the archives disagree, no line is taken off


def merged_habit(merge: Merge, new: int, found: Sequence[Found]) -> None:
    """A habit, as decided in any of the archives; `xemtiep habits` counts it again."""
    source, row = latest(found, lambda _, row: (_DECIDED[row["state"]], row["of_posts"]))
    site, author = merge.new("sites", source, row["site"]), merge.new("authors", source, row["author"])
    merge.insert("habits", row | {"id": new, "site": site, "author": author})


def merged_run(merge: Merge, new: int, found: Sequence[Found]) -> None:
    """A run; copies of one archive have it in common. What it added is told by its time: numbers are new ones."""
    merge.insert("runs", found[0][1] | {"id": new, "last_post": None, "last_version": None})


def keep_secrets(merge: Merge) -> None:
    """Keeps the key of pseudonyms, so that exports go on with the same ones; of several keys, always the same."""
    rows = [row for source in merge.sources for row in source.rows("SELECT * FROM secrets")]
    for name in sorted({row["name"] for row in rows}):
        merge.insert("secrets", {"name": name, "value": min(row["value"] for row in rows if row["name"] == name)})
