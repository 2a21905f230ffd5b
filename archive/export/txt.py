"""Plain text: the title, a blank line, the body; then each reply under who wrote it and when."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from archive.export.entries import Choice, Entry, entry


@contextmanager
def writing(stream: BinaryIO, _: Choice) -> Iterator[Callable[[bytes], object]]:
    """Takes articles; two blank lines lie between them."""
    between = b""

    def write(line: bytes) -> None:
        nonlocal between
        stream.write(between + render(entry(line)).encode())
        between = b"\n\n"

    yield write


def render(article: Entry) -> str:
    """One article as text."""
    parts = [article["title"], article["body"]]
    for reply in article.get("replies", ()):
        parts.append(" · ".join(filter(None, ("—", reply["author"], reply["posted_at"]))))
        parts += [quoted(reply["quotes"]), reply["text"]]
    return "\n\n".join(filter(None, parts)) + "\n"


def quoted(text: str) -> str:
    """A text with a mark before each line."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n")) if text else ""
