"""Markdown with YAML front matter, as Obsidian and Hugo read it; shown, every word is the article's own.

No key is one that Hugo takes for an order (`url` would move the page): https://gohugo.io/content-management/front-matter/
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from archive.export.entries import Choice, Entry, entry
from archive.export.txt import quoted

_FIELDS = {
    "title": "title",
    "author": "author",
    "date": "posted_at",
    "site": "site",
    "board": "board",
    "thread": "thread_url",
    "link": "url",
    "source": "source_url",
    "publisher": "source_name",
    "language": "language",
    "words": "words",
    "story": "story",
    "article": "id",
}
# What Markdown (CommonMark and GitHub's tables, strikes, Obsidian's marks, tags, formulas and comments, Hugo's
# shortcodes, entities of HTML) would read as markup inside a line or at its start
_MARKUP = re.compile(
    r"(?=[\\`*\[\]<>~|$_#&{=%^])"  # most letters are none of them: one look, not ten
    r"(?:[\\`*\[\]<>~|$]|(?<![^\W_])_|_(?![^\W_])|#(?=\w)|&(?=#?\w+;)|(?<=\{)\{|[=%^]{2,}|\^(?=\w))"
)
_START = re.compile(r"(?:#{1,6}|[-+]|=+|-+)(?=[ \t]|$)|(?P<number>\d+)(?=[.)](?:[ \t]|$))")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


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
    """One article with its record as front matter."""
    known = {name: value for name, column in _FIELDS.items() if (value := article[column]) is not None}
    front = "\n".join(f"{name}: {value if _is_moment(name, value) else _yaml(value)}" for name, value in known.items())
    parts = [f"---\n{front}\n---", f"# {_plain(' '.join(article['title'].split()))}", _plain(article["body"])]
    for reply in article.get("replies", ()):
        heading = " · ".join(filter(None, (_plain(reply["author"]), reply["posted_at"])))
        parts += [f"## {heading}", quoted(_plain(reply["quotes"])), _plain(reply["text"])]
    return "\n\n".join(filter(None, parts)) + "\n"


def _is_moment(name: str, value: Any) -> bool:
    """Whether it is a moment, which is written bare: in quotes it would be a text."""
    return name == "date" and _MOMENT.fullmatch(value) is not None


def _yaml(value: Any) -> str:
    """A value as YAML: a JSON string is one, so that none can break out of its line."""
    return _UNPRINTABLE.sub(lambda letter: f"\\u{ord(letter[0]):04x}", json.dumps(value, ensure_ascii=False))


def _plain(text: str) -> str:
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    line = line.lstrip(" \t")  # an indented line would be a block of code
    start = _START.match(line)
    if not start:
        return _MARKUP.sub(_escaped, line)
    mark = f"{start[0]}\\" if start["number"] else f"\\{start[0]}"  # 1\. and \-
    return mark + _MARKUP.sub(_escaped, line[start.end() :])


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\{mark}" for mark in found[0])
