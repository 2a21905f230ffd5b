"""The formats by name: each opens a stream of bytes for articles, and takes them one by one."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import BinaryIO

from archive.export import csv_, jsonl, mbox, md, parquet, sqlite, txt
from archive.export.entries import Choice

Write = Callable[[bytes], object]
Opened = Callable[[BinaryIO, Choice], AbstractContextManager[Write]]

FORMATS: Mapping[str, Opened] = {
    "txt": txt.writing,
    "md": md.writing,
    "jsonl": jsonl.writing,
    "csv": csv_.writing,
    "parquet": parquet.writing,
    "mbox": mbox.writing,
    "sqlite": sqlite.writing,
}
