"""How values look in the file: text in NFC, times as ISO 8601 with Z, lists as JSON a person can read."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from json.encoder import encode_basestring

# What a terminal obeys, from the escape of a sequence to the signs that turn the direction of a line
COMMANDS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)")

Json = str | int | Sequence["Json"] | Mapping[str, "Json"]


def storable(text: str) -> str:
    """The text as SQLite can hold it and its functions can read it: NUL and lone surrogates become U+FFFD."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "\ufffd") if "\0" in text else text


def stored(text: str) -> str:
    """Text as it is stored: storable, and in NFC, so that one spelling is one string."""
    return storable(text if text.isascii() else unicodedata.normalize("NFC", text))


def folded(text: str) -> str:
    """The words of a stored text that contain đ, each once, written with d: what the index needs beside the text.

    unicode61 never folds đ, which has no decomposition. Words are cut at spaces: where a line ends without one, the
    word beyond comes along, which costs nothing and is faster than looking at every word.
    """
    text = text.replace("Đ", "đ")
    words: dict[str, None] = {}
    end = 0
    at = text.find("đ")
    while at >= 0:
        start = text.rfind(" ", end, at) + 1 or end
        end = text.find(" ", at)
        if end < 0:
            end = len(text)
        words[text[start:end]] = None
        at = text.find("đ", end)
    return " ".join(words).replace("đ", "d")


def utc(moment: datetime | None) -> str | None:
    """A moment as `2026-08-11T10:20:30Z`; one without a zone is taken as UTC."""
    if moment is None:
        return None
    if moment.tzinfo is not None and moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="seconds")[:19] + "Z"


def to_json(value: Json) -> str:
    """JSON on one line with its letters as they are, so that plain SQL can search it.

    Half the time of json.dumps, which counts: a page has a hundred small values.
    """
    return stored(_json(value))


def _json(value: Json) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join([_json(item) for item in value]) + "]" if value else "[]"
    if isinstance(value, dict):  # before Mapping, which is ten times slower to ask for
        return "{" + ", ".join([f"{encode_basestring(key)}: {_json(item)}" for key, item in value.items()]) + "}"
    return _json(dict(value) if isinstance(value, Mapping) else list(value))
