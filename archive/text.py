"""How values look in the file: text in NFC, times as ISO 8601 with Z, lists as JSON a person can read."""

import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

# unicode61 never folds đ (it has no decomposition), so words that contain it are indexed a second time with d.
_D = str.maketrans({"đ": "d", "Đ": "D"})


def stored(text: str) -> str:
    """The text as it is stored: NFC, so that one spelling is one string.

    NUL and lone surrogates become U+FFFD: SQLite's own functions stop at the one and cannot hold the other.
    """
    if text.isascii():
        return text if "\0" not in text else text.replace("\0", "\ufffd")
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "\ufffd")


def folded(text: str) -> str:
    """The words of a stored text that contain đ, each once, written with d: what the index needs beside the text."""
    if "đ" not in text and "Đ" not in text:
        return ""
    return " ".join(dict.fromkeys(word for word in text.split() if "đ" in word or "Đ" in word)).translate(_D)


def utc(moment: datetime | None) -> str | None:
    """A moment as `2026-08-11T10:20:30Z`; one without a zone is taken as UTC."""
    if moment is None:
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds") + "Z"


def to_json(value: Any) -> str:
    """JSON on one line with its letters as they are, so that plain SQL can search it."""
    return stored(json.dumps(value, ensure_ascii=False)) if value else json.dumps(value)
