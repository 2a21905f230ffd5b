"""Parquet: typed columns, compressed, a group of rows at a time. Needs the extra `parquet`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from archive.errors import ArchiveError
from archive.export.entries import REPLY, SCHEMA, Choice, Entry, columns, entry

if TYPE_CHECKING:
    import pyarrow as pa

_GROUP = 8 * 2**20  # bytes of JSON: large enough to compress and scan well, small beside the memory of any machine
_NUMBERS = frozenset({"schema", "id", "words", "story", "position"})
_TIMES = frozenset({"posted_at", "first_seen"})
_MAYBE = frozenset({"source_url", "source_host", "source_name", "board", "posted_at", "language", "story"})


@contextmanager
def writing(stream: BinaryIO, choice: Choice) -> Iterator[Callable[[bytes], object]]:
    """Takes articles and keeps a group of them at most.

    Raises:
        ArchiveError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # half a second and an extra, which other formats do without
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ArchiveError("Parquet needs pyarrow: install it with `pip install 'xemtiep[parquet]'`") from error
    schema = _schema(pa, choice)
    rows: list[Entry] = []
    size = 0
    with pq.ParquetWriter(stream, schema, compression="zstd") as file:

        def write(line: bytes) -> None:
            nonlocal size
            rows.append(_typed(entry(line)))
            size += len(line)
            if size >= _GROUP:
                flush()

        def flush() -> None:
            nonlocal size
            file.write_table(pa.Table.from_pylist(rows, schema=schema))
            rows.clear()
            size = 0

        yield write
        flush()


def _schema(pa: Any, choice: Choice) -> "pa.Schema":
    fields = [_field(pa, name) for name in columns(choice) if name != "replies"]
    if choice.with_replies:
        reply = pa.struct([_field(pa, name) for name in REPLY])
        fields.append(pa.field("replies", pa.list_(reply), nullable=False))
    return pa.schema(fields, metadata={"xemtiep.schema": str(SCHEMA)})


def _field(pa: Any, name: str) -> "pa.Field":
    kind = pa.int64() if name in _NUMBERS else pa.timestamp("ms", "UTC") if name in _TIMES else pa.string()
    return pa.field(name, kind, nullable=name in _MAYBE)


def _typed(article: Entry) -> Entry:
    """Its times as moments, those of its replies too."""
    for name in _TIMES & article.keys():
        article[name] = datetime.fromisoformat(article[name]) if article[name] else None
    for reply in article.get("replies", ()):
        _typed(reply)
    return article
