"""How an archive comes to its present tables, step by step; `sqlite-utils migrate` can run it too."""

import sqlite3

from sqlite_utils import Database, Migrations

from archive import schema

migrations = Migrations("archive")


@migrations()
def m001_first_tables(db: Database) -> None:
    """Everything that the first version stores."""
    for sql in (schema.PLACES, schema.POSTS, schema.INDEX, schema.WORK):
        run(db, sql)
    db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")


@migrations()
def m002_habits(db: Database) -> None:
    """Lines that an author or a site puts at the edge of most posts."""
    run(db, schema.HABITS)
    db.execute("PRAGMA user_version = 2")


@migrations()
def m003_board_state(db: Database) -> None:
    """What tells a board without news from the others."""
    run(db, schema.BOARD_STATE)
    db.execute("PRAGMA user_version = 3")


@migrations()
def m004_exports(db: Database) -> None:
    """What exports were given to whom, and the key of pseudonyms."""
    run(db, schema.EXPORTS)
    db.execute("PRAGMA user_version = 4")


@migrations()
def m005_run_marks(db: Database) -> None:
    """What a run added to the archive."""
    run(db, schema.RUN_MARKS)
    db.execute("PRAGMA user_version = 5")


@migrations()
def m006_stories(db: Database) -> None:
    """Which articles carry the same text; `archive.upgrade` finds it for those that are there."""
    run(db, schema.STORIES)
    db.execute("UPDATE articles SET story = NULL WHERE story IS NOT NULL")
    db.execute("PRAGMA user_version = 6")


@migrations()
def m007_merges(db: Database) -> None:
    """How the full-text indexes are kept in order as they grow."""
    run(db, schema.MERGES)
    db.execute("PRAGMA user_version = 7")


@migrations()
def m008_marks(db: Database) -> None:
    """Other marks of texts; `archive.upgrade` finds the stories anew."""
    run(db, schema.MARKS)
    db.execute("PRAGMA user_version = 8")


@migrations()
def m009_queues(db: Database) -> None:
    """A queue for each walk."""
    run(db, schema.QUEUES)
    db.execute("PRAGMA user_version = 9")


def run(db: Database, sql: str) -> None:
    """Executes statements one by one: `executescript` would commit the migration's transaction first."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement.strip())
            statement = ""
