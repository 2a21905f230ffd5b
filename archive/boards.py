"""Boards that need not be asked for: their index shows them as it did when they were last walked to their end."""

import json
import sqlite3
from collections.abc import Mapping

from archive.frontier import Link, Walk

# Nothing may be open there: a thread that was never read to its end, that failed in another walk or is queued in one of
# an earlier run, waits for its board to name it. `read_since`: threads older than that were left out, and this walk may
# want them.
_UNCHANGED = """
SELECT boards.url FROM json_each(:shown) AS shown JOIN boards ON boards.url = shown.key AND boards.state = shown.value
WHERE shown.value <> '' AND (boards.read_since IS NULL OR :since >= boards.read_since)
AND NOT EXISTS (SELECT 1 FROM threads WHERE board = boards.id AND settled IS NULL AND gone_at IS NULL)
AND NOT EXISTS (
    SELECT 1 FROM frontier JOIN threads ON threads.id = frontier.thread
    WHERE frontier.state <> 'done' AND threads.board = boards.id AND (frontier.outcome = 'failed'
        OR (frontier.state = 'queued' AND coalesce(frontier.walk, frontier.id) NOT IN (SELECT start FROM begun)))
)
"""


def onward(db: sqlite3.Connection, shown: Mapping[str, str], walk: Walk) -> list[Link]:
    """The links to the boards that a page shows, by their URLs in what state.

    In place of one that is unchanged, to those that only its own page lists: what is shown of it may leave them out.
    """
    same = set() if walk.full else _unchanged(db, shown, walk.since)
    links = [Link(url=url, role="board", signature=state) for url, state in shown.items() if url not in same]
    below = dict.fromkeys(url for board in same for url in _below(db, board) if url not in shown)
    return links + [Link(url=url, role="board") for url in below]


def _unchanged(db: sqlite3.Connection, shown: Mapping[str, str], since: str | None) -> set[str]:
    rows = db.execute(_UNCHANGED, {"shown": json.dumps(dict(shown)), "since": since})
    return {url for (url,) in rows}


def _below(db: sqlite3.Connection, url: str) -> list[str]:
    """The boards that a board's first page listed."""
    row = db.execute("SELECT leads FROM frontier WHERE url = ?", (url,)).fetchone()
    leads = json.loads(row[0]) if row and row[0] else []
    return [url for role, url, *_ in leads if role == "board"]


def walked(db: sqlite3.Connection, board: int, walk: Walk) -> None:
    """Remembers what the index showed of a board whose walk came to its end; nothing if no index led there."""
    if walk.signature is not None:
        db.execute("UPDATE boards SET state = ? WHERE id = ? AND state <> ?", (walk.signature, board, walk.signature))
