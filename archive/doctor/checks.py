"""What is checked: each check lists what is wrong, and knows what to do about it.

An archive of ours keeps all this by itself; but other programs write to the file as well, disks fail, and so do we.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive import stories
from archive.database import is_damaged
from archive.doctor import tables
from archive.frontier import host_of
from archive.text import folded


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """`find` names what is wrong, `repair` puts it right; where there is none, `advice` says what to do.

    Where a check that is `final` finds something, nothing else can be told, and nothing may be repaired.
    """

    name: str
    what: str
    find: Callable[[sqlite3.Connection], list[str]]
    repair: Callable[[sqlite3.Connection], None] | None = None
    advice: str = ""
    final: bool = False
    writes: bool = False  # it cannot look without writing to the file


def _listed(sql: str) -> Callable[[sqlite3.Connection], list[str]]:
    return lambda db: [str(row[0]) for row in db.execute(sql)]


def _run(*statements: str) -> Callable[[sqlite3.Connection], None]:
    def repair(db: sqlite3.Connection) -> None:
        for sql in statements:
            db.execute(sql)

    return repair


def _integrity(db: sqlite3.Connection) -> list[str]:
    try:
        return [line for (line,) in db.execute("PRAGMA integrity_check") if line != "ok"]
    except sqlite3.DatabaseError as error:
        if not is_damaged(error):
            raise
        return [str(error)]


def _damaged(db: sqlite3.Connection) -> list[str]:
    return [line for line in _integrity(db) if "index" not in line]


def _bad_indexes(db: sqlite3.Connection) -> list[str]:
    return [line for line in _integrity(db) if "index" in line]


# What hangs on a post and says nothing without it. A request without its thread is only asked once more.
_PARTS = ("articles", "post_html", "images", "post_versions", "story_texts")
# Their rows have no number of their own, so that `foreign_key_check` does not say which they are
_IMAGES = "SELECT 'images: ' || url || ' has no posts' FROM images WHERE post NOT IN (SELECT id FROM posts)"


def _orphans(db: sqlite3.Connection) -> list[str]:
    return [
        f"{table}: row {row} has no {parent}"
        for table, row, parent, _ in db.execute("PRAGMA foreign_key_check")
        if table in {*_PARTS, "frontier", "habits"} and row is not None
    ] + _listed(_IMAGES)(db)


def _broken_keys(db: sqlite3.Connection) -> list[str]:
    broken = db.execute("PRAGMA foreign_key_check").fetchall()
    return [
        f"{table}: row {row} has no {parent}"
        for table, row, parent, _ in broken
        if table not in {*_PARTS, "frontier", "habits"}
    ]


def _take_orphans(db: sqlite3.Connection) -> None:
    for table in _PARTS:
        key = "id" if table == "articles" else "article" if table == "story_texts" else "post"
        db.execute(f"DELETE FROM {table} WHERE {key} NOT IN (SELECT id FROM posts)")
    db.execute("UPDATE frontier SET thread = NULL WHERE thread NOT IN (SELECT id FROM threads)")
    db.execute("DELETE FROM habits WHERE site NOT IN (SELECT id FROM sites) OR author NOT IN (SELECT id FROM authors)")


_REPEATED = """
FROM articles JOIN posts ON posts.id = articles.id JOIN authors ON authors.id = posts.author
JOIN sites ON sites.id = posts.site JOIN threads ON threads.id = posts.thread
LEFT JOIN boards ON boards.id = threads.board
WHERE (articles.author, articles.site, articles.board, articles.thread_url, articles.source_url)
    IS NOT (authors.name, sites.site, boards.title, threads.url, posts.source_url)
"""
_REPEAT = f"""
UPDATE articles SET (author, site, board, thread_url, source_url) = (
    SELECT authors.name, sites.site, boards.title, threads.url, posts.source_url FROM posts
    JOIN authors ON authors.id = posts.author JOIN sites ON sites.id = posts.site
    JOIN threads ON threads.id = posts.thread LEFT JOIN boards ON boards.id = threads.board
    WHERE posts.id = articles.id)
WHERE id IN (SELECT articles.id {_REPEATED})
"""


def _unfolded(db: sqlite3.Connection) -> list[tuple[str, int, str]]:
    found = []
    for table, text in (("posts", "coalesce(text, '')"), ("articles", "title || ' ' || body")):
        for number, words, said in db.execute(f"SELECT id, {text}, folded FROM {table}"):
            if folded(words) != said:
                found.append((table, number, folded(words)))
    return found


def _fold(db: sqlite3.Connection) -> None:
    for table, number, words in _unfolded(db):
        db.execute(f"UPDATE {table} SET folded = ? WHERE id = ?", (words, number))


_INDEXES = ("articles_fts", "posts_fts")


def _out_of_step(db: sqlite3.Connection) -> list[str]:
    found = []
    for index in _INDEXES:
        try:  # rank 1: the index is held against the table as well
            db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            if not is_damaged(error):
                raise
            found.append(index)
    return found


def _join_anew(db: sqlite3.Connection) -> None:
    for table in ("story_marks", "story_texts", "stories"):
        db.execute(f"DELETE FROM {table}")
    db.execute("UPDATE articles SET story = NULL")
    stories.join_all(db)


def _wrong_hosts(db: sqlite3.Connection) -> list[str]:
    return [url for url, host in db.execute("SELECT url, host FROM frontier") if host_of(url) != host]


def _right_hosts(db: sqlite3.Connection) -> None:
    wrong = [(host_of(url), url) for url in _wrong_hosts(db)]
    db.executemany("UPDATE frontier SET host = ? WHERE url = ?", wrong)


_LOST_WALKS = "FROM {table} WHERE walk IS NOT NULL AND walk NOT IN (SELECT id FROM frontier)"

CHECKS: Sequence[Check] = (
    Check(
        name="file",
        what="pages of the file are damaged",
        find=_damaged,
        advice="keep a copy of the file, and restore a backup or try `sqlite3 FILE .recover`",
    ),
    Check(
        name="table-indexes",
        what="indexes of tables are not in step with their tables",
        find=_bad_indexes,
        repair=_run("REINDEX"),
    ),
    Check(
        name="lost",
        what="tables are gone, with all that was in them",
        find=tables.lost,
        advice="nothing is repaired, which would take away what belongs to them",
        final=True,
    ),
    Check(
        name="tables",
        what="tables, indexes or views are missing",
        find=tables.missing,
        repair=tables.make_missing,
    ),
    Check(
        name="columns",
        what="columns are missing",
        find=tables.lost_columns,
        advice="restore a backup, or export what is left with `sqlite-utils rows`",
    ),
    Check(
        name="texts",
        what="texts cannot be read: they are no UTF-8",
        find=tables.unreadable,
        repair=tables.make_readable,
    ),
    Check(
        name="values",
        what="dates or lists were written by another program, and mean nothing",
        find=_listed(
            "SELECT 'posts: row ' || id FROM posts WHERE (posted_at IS NOT NULL AND datetime(posted_at) IS NULL)"
            " OR NOT json_valid(removed)"
            " UNION ALL SELECT 'articles: row ' || id FROM articles"
            " WHERE posted_at IS NOT NULL AND datetime(posted_at) IS NULL"
        ),
        advice="restore a backup, or put right what was written: dates as 2024-03-31T18:30:00Z, lists as JSON",
    ),
    Check(
        name="keys",
        what="rows point to rows that are not there",
        find=_broken_keys,
        advice="restore a backup and crawl again: the forum says what is missing",
    ),
    Check(name="orphans", what="parts of posts and threads that are not there", find=_orphans, repair=_take_orphans),
    Check(
        name="articles",
        what="posts and articles do not agree on where the text stands",
        find=_listed(
            "SELECT posts.site || ' post ' || post_id FROM posts LEFT JOIN articles ON articles.id = posts.id"
            " WHERE (posts.kind = 'article') <> (articles.id IS NOT NULL) OR (posts.text IS NULL) <> (kind = 'article')"
        ),
        advice="`xemtiep reclean` makes posts and articles anew from the stored markup",
    ),
    Check(
        name="repeated",
        what="articles do not repeat the names and addresses of their site, board, thread and author",
        find=_listed(f"SELECT articles.url {_REPEATED}"),
        repair=_run(_REPEAT),
    ),
    Check(
        name="folded",
        what="words with đ are not written with d for the index",
        find=lambda db: [f"{table}: row {number}" for table, number, _ in _unfolded(db)],
        repair=_fold,
    ),
    Check(
        name="full-text",
        what="full-text indexes are not in step with the texts",
        find=_out_of_step,
        writes=True,
        repair=_run(*(f"INSERT INTO {index} ({index}) VALUES ('rebuild')" for index in _INDEXES)),
    ),
    Check(
        name="stories",
        what="stories do not count their articles",
        find=_listed(
            "SELECT 'article ' || id FROM articles WHERE story IS NULL"
            " OR NOT EXISTS (SELECT 1 FROM story_texts WHERE article = articles.id)"
            " UNION ALL SELECT 'article ' || article FROM story_texts WHERE article NOT IN (SELECT id FROM articles)"
            " UNION ALL SELECT 'story ' || id FROM stories"
            " WHERE articles <> (SELECT count(*) FROM articles WHERE story = stories.id)"
            " UNION ALL SELECT 'story ' || story FROM articles WHERE story NOT IN (SELECT id FROM stories)"
            " GROUP BY story HAVING count(*) > 1"
        ),
        repair=_join_anew,
    ),
    Check(
        name="taken",
        what="requests are under way, and no run is",
        find=_listed("SELECT url FROM frontier WHERE state = 'taken'"),
        repair=_run("UPDATE frontier SET state = 'queued' WHERE state = 'taken'"),
    ),
    Check(
        name="walks",
        what="requests and threads belong to walks that are not there",
        find=_listed(
            f"SELECT url {_LOST_WALKS.format(table='frontier')} UNION ALL"
            f" SELECT url {_LOST_WALKS.format(table='threads')}"
        ),
        repair=_run(
            # a run takes from the walks of its starts only: a request that belongs to none would wait for ever
            "WITH starts AS MATERIALIZED (SELECT host, min(id) AS id FROM frontier"
            " WHERE walk IS NULL AND role IN ('start', 'feed') GROUP BY host)"
            " UPDATE frontier SET walk = (SELECT id FROM starts WHERE starts.host = frontier.host)"
            " WHERE walk NOT IN (SELECT id FROM frontier)",
            "UPDATE threads SET walk = NULL WHERE walk NOT IN (SELECT id FROM frontier)",
        ),
    ),
    Check(name="hosts", what="requests wait for another host than their own", find=_wrong_hosts, repair=_right_hosts),
)
