"""A small SQLite file of its own: the table `articles` with its full-text index, and `replies` where they are wanted.

`sqlite-utils search FILE articles WORDS` works on it as on the archive: without diacritics, đ included.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from archive.export.entries import REPLY, SCHEMA, Choice, Entry, entry
from archive.store import ArticleRow
from archive.text import folded

_NUMBERS = frozenset({"id", "words", "story", "position", "article"})
_REPLIES = (REPLY[0], "article", *REPLY[1:])


@contextmanager
def writing(stream: BinaryIO, choice: Choice) -> Iterator[Callable[[bytes], object]]:
    """Takes articles; a stream that is no file gets a copy of the finished one.

    Raises:
        OSError: the file cannot be written: the disk is full, or fails.
    """
    try:
        with _path(stream) as path:
            yield from _filling(path, choice)
    except sqlite3.OperationalError as error:  # of this file; those of the archive are ArchiveErrors
        raise OSError(str(error)) from error


def _filling(path: Path, choice: Choice) -> Iterator[Callable[[bytes], object]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")  # a file that is not finished is thrown away
        db.execute("PRAGMA synchronous = OFF")
        db.execute(f"PRAGMA user_version = {SCHEMA}")
        tables = {"articles": ArticleRow._fields} | ({"replies": _REPLIES} if choice.with_replies else {})
        for name, columns in tables.items():
            _create(db, name, columns)
        db.execute("BEGIN")
        yield _writer(db, choice)
        for name in tables:
            db.execute(f"INSERT INTO {name}_fts ({name}_fts) VALUES ('rebuild')")
        db.execute("COMMIT")


@contextmanager
def _path(stream: BinaryIO) -> Iterator[Path]:
    if isinstance(stream.name, str) and Path(stream.name).is_file():  # that of stdout is <stdout>
        yield Path(stream.name)
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.db"
        yield path
        with path.open("rb") as finished:
            shutil.copyfileobj(finished, stream)


def _create(db: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> None:
    kinds = {name: "INTEGER" if name in _NUMBERS else "TEXT" for name in columns} | {"folded": "TEXT"}
    kinds["id"] += " PRIMARY KEY"
    if table == "replies":
        kinds["article"] += " REFERENCES articles(id)"
    db.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
    searched = "title, body, folded" if table == "articles" else "text, folded"
    db.execute(
        f'CREATE VIRTUAL TABLE {table}_fts USING fts5({searched}, content="{table}", content_rowid="id",'
        ' tokenize="unicode61 remove_diacritics 2")'
    )


def _writer(db: sqlite3.Connection, choice: Choice) -> Callable[[bytes], object]:
    article_sql = _insert("articles", ArticleRow._fields)
    reply_sql = _insert("replies", _REPLIES)

    def write(line: bytes) -> None:
        article = entry(line)
        words = folded(f"{article['title']} {article['body']}")
        db.execute(article_sql, [article[name] for name in ArticleRow._fields] + [words])
        if choice.with_replies:
            db.executemany(reply_sql, _replies(article))

    return write


def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * (len(columns) + 1))})"


def _replies(article: Entry) -> Iterator[list[object]]:
    for reply in article["replies"]:
        row = reply | {"article": article["id"]}
        yield [row[name] for name in _REPLIES] + [folded(reply["text"])]
