"""Runs: one row per execution of crawl or reclean, and the demo's mark; and what `xemtiep status` shows."""

import json
import sqlite3
from collections.abc import Collection, Mapping
from typing import Any


def start(db: sqlite3.Connection, command: str, detail: str, now: str) -> int:
    """Records that a run began; returns its number."""
    cursor = db.execute(
        "INSERT INTO runs (command, detail, started_at, last_post, last_version)"
        " SELECT ?, ?, ?, (SELECT coalesce(max(id), 0) FROM posts), (SELECT coalesce(max(id), 0) FROM post_versions)",
        (command, detail, now),
    )
    return cursor.lastrowid or 0


def end(db: sqlite3.Connection, run: int, outcome: str, counts: Mapping[str, int], now: str) -> None:
    """Records how a run ended and what it counted."""
    db.execute(
        "UPDATE runs SET ended_at = ?, outcome = ?, counts = ? WHERE id = ?",
        (now, outcome, json.dumps(dict(counts)), run),
    )


def bury(db: sqlite3.Connection, outcome: str = "killed", ended_at: str | None = None) -> None:
    """Marks the runs that never came to their end; whoever holds the lock knows that none is under way."""
    db.execute("UPDATE runs SET outcome = ?, ended_at = ? WHERE outcome IS NULL", (outcome, ended_at))


def latest(db: sqlite3.Connection, unended: str | None) -> list[dict[str, Any]]:
    """The last crawl of each thing that was crawled (a configured site, or what was named on the command line).

    `succeeded_at` is when the last one ended that was done without errors; `unended` the outcome of one without an end.
    """
    rows = db.execute(
        "SELECT detail, started_at, ended_at, coalesce(outcome, ?), counts, (SELECT max(ended_at) FROM runs AS good"
        " WHERE good.command = 'crawl' AND good.detail = runs.detail AND good.outcome = 'done')"
        " FROM runs WHERE id IN (SELECT max(id) FROM runs WHERE command = 'crawl' GROUP BY detail) ORDER BY id",
        (unended,),
    )
    names = ("detail", "started_at", "ended_at", "outcome", "counts", "succeeded_at")
    return [dict(zip(names, row, strict=True)) | {"counts": json.loads(row[4])} for row in rows]


_BY_START = "FROM frontier AS page JOIN frontier AS start ON start.id = coalesce(page.walk, page.id)"


def waiting(db: sqlite3.Connection) -> dict[str, int]:
    """How many requests wait, by the URL where their walk began."""
    sql = f"SELECT start.url, count(*) {_BY_START} WHERE page.state = 'queued' GROUP BY start.id"
    return dict(db.execute(sql).fetchall())


def errors(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """How many pages could not be had, by the URL where their walk began and kind: wall, missing, failed, ..."""
    found: dict[str, dict[str, int]] = {}
    sql = f"SELECT start.url, page.outcome, count(*) {_BY_START} WHERE page.state = 'failed' GROUP BY start.id, 2"
    for url, outcome, count in db.execute(sql):
        found.setdefault(url, {})[outcome] = count
    return found


def due(db: sqlite3.Connection, starts: Collection[str] | None) -> float | None:
    """When the earliest request is due of the walks from `starts` (None: of all), in seconds since 1970."""
    these = "start.url IN (SELECT value FROM json_each(:starts))" if starts is not None else "true"
    sql = f"SELECT min(page.not_before) {_BY_START} WHERE page.state = 'queued' AND {these}"
    row = db.execute(sql, {"starts": json.dumps(list(starts or ()))}).fetchone()
    return None if row[0] is None else float(row[0])


def has_posts(db: sqlite3.Connection, host: str) -> bool:
    """Whether the archive holds a post of a host's forums."""
    sql = "SELECT 1 FROM sites JOIN posts ON posts.site = sites.id WHERE substr(sites.site || '/', 1, ?) = ? LIMIT 1"
    return db.execute(sql, (len(host) + 1, f"{host}/")).fetchone() is not None


def shut_since(db: sqlite3.Connection, host: str) -> str | None:
    """A page of a host that was read before and is a wall now; None without one."""
    row = db.execute(
        "SELECT url FROM frontier WHERE state <> 'done' AND state = 'failed' AND outcome = 'wall' AND host = ?"
        " AND fetched_at IS NOT NULL ORDER BY priority DESC, id LIMIT 1",
        (host,),
    ).fetchone()
    return row[0] if row else None


def sites(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """What is known of each site: its software, and how many boards and threads."""
    rows = db.execute(
        "SELECT site, software, (SELECT count(*) FROM boards WHERE site = sites.id),"
        " (SELECT count(*) FROM threads WHERE site = sites.id) FROM sites ORDER BY id"
    )
    return [dict(zip(("site", "software", "boards", "threads"), row, strict=True)) for row in rows]


def status(db: sqlite3.Connection, unended: str | None) -> dict[str, Any]:
    """What the archive holds, what is still to fetch, the last ten runs, and what went wrong how often.

    `unended` is the outcome of a run without an end.
    """
    tables = ("sites", "boards", "threads", "posts", "articles")
    counts = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
    frontier = dict(db.execute("SELECT state, count(*) FROM frontier GROUP BY state ORDER BY state").fetchall())
    errors = db.execute(
        "SELECT outcome, reason, count(*) FROM frontier WHERE state = 'failed'"
        " GROUP BY outcome, reason ORDER BY count(*) DESC, outcome, reason LIMIT 50"
    )
    runs = db.execute(
        "SELECT id, command, detail, started_at, ended_at, coalesce(outcome, ?), counts FROM runs"
        " ORDER BY id DESC LIMIT 10",
        (unended,),
    )
    names = ("id", "command", "detail", "started_at", "ended_at", "outcome", "counts")
    return {
        **counts,
        "frontier": frontier,
        "errors": [{"outcome": outcome, "reason": reason, "count": count} for outcome, reason, count in errors],
        "runs": [dict(zip(names, (*run[:-1], json.loads(run[-1])), strict=True)) for run in runs],
    }
