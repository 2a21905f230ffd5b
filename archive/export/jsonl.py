"""JSON Lines: one article a line, as it comes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from archive.export.entries import Choice


@contextmanager
def writing(stream: BinaryIO, _: Choice) -> Iterator[Callable[[bytes], object]]:
    """Takes articles as lines of JSON."""
    yield stream.write
