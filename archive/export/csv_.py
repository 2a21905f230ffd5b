"""CSV (RFC 4180, UTF-8) that no spreadsheet takes for formulas, and that can be read back exactly.

A text that a spreadsheet would reckon with (it begins with = + - @, their wide forms, a tab or a line break) gets an
apostrophe in front, as OWASP advises; so does one that begins with an apostrophe, so that taking one away is always
right. https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from archive.export.entries import Choice, columns, entry

_ACTIVE = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")


@contextmanager
def writing(stream: BinaryIO, choice: Choice) -> Iterator[Callable[[bytes], object]]:
    """Takes articles; replies are a cell of JSON."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    rows = csv.writer(text)
    rows.writerow(columns(choice))
    try:
        yield lambda line: rows.writerow(map(cell, entry(line).values()))
        text.flush()
    finally:
        text.detach()


def cell(value: Any) -> Any:
    """A value as a cell; nothing known is an empty one."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_ACTIVE):
        return f"'{value}"
    return value
