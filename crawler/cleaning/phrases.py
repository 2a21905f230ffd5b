"""The phrases that forums and feed importers put around a text, by role, in every language: data in `phrases/*.toml`.

A phrase matches a whole line by its key: NFC, case-folded, invisible characters and outer punctuation off, tone marks
of Vietnamese on the first vowel ("uỷ" and "ủy" are one word in two spellings). `{x}` stands for any words, `{n}` for a
number. Position is the rules' business: most phrases are also normal lines of somebody's article.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from unicodedata import normalize

from crawler.cleaning.blocks import INVISIBLE

LONGEST = 160  # characters; no phrase with its filled-in names is longer, and longer lines are never looked up
_START = 3  # characters by which open phrases are found
_TRIM = " .…»«›→←↑↓:：。、,;*|–—-•[]()【】（）<>\"'“”‘’\U0001f512"
_TRIM += "👉👇➡⬇▶►➤➜☞⇒🔗📌📎📰🗞📖📝🌐🔥✅💬📲🔔📷📸🎥📺ℹ\ufe0f"  # what bots put before a line
_FOLDS = {  # what is written where a key has something else
    **dict.fromkeys(INVISIBLE, ""),
    "：": ":",
    **{
        plain[0] + new: old + plain[1]
        for plain, olds, news in (("oa", "òóỏõọ", "àáảãạ"), ("oe", "òóỏõọ", "èéẻẽẹ"), ("uy", "ùúủũụ", "ỳýỷỹỵ"))
        for old, new in zip(olds, news, strict=True)
    },
}
_FOLD = re.compile("|".join(_FOLDS))
_SLOT = re.compile("[\0\1]")  # where {x} and {n} stood; no text holds these characters
_DIGIT = re.compile(r"\d")
_NUMBER = r"\d[\d.,\s]*"


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """A phrase as it stands in its file. A weak one counts only beside a stronger sign (see the role's file)."""

    role: str
    language: str
    text: str
    weak: bool = False

    def __str__(self) -> str:
        return f"phrase {self.role}/{self.language} “{self.text}”"


@lru_cache(maxsize=4096)  # several rules ask for the key of one line
def key(line: str) -> str:
    """What two spellings of one interface phrase have in common."""
    if line.isascii():
        folded = line.casefold()
    else:
        folded = _FOLD.sub(lambda found: _FOLDS[found[0]], normalize("NFC", line).casefold())
    return " ".join(folded.split()).replace(" :", ":").strip(_TRIM)


class Phrases:
    """The phrases of one or more roles, ready to be looked up: a line costs one `key` and a few dictionary reads."""

    def __init__(self, entries: Iterable[Phrase]) -> None:
        self._plain: dict[str, Phrase] = {}
        self._by_start: dict[str, list[tuple[str, str, Phrase]]] = {}
        self._by_part: list[tuple[str, str, Phrase]] = []
        self._by_number: list[tuple[str, str, Phrase]] = []
        for entry in sorted(entries, key=lambda entry: entry.weak):
            folded = key(entry.text.replace("{x}", "\0").replace("{n}", "\1"))
            start, *parts = _SLOT.split(folded)
            if not parts:
                self._plain.setdefault(start, entry)
                continue
            longest = max((start, *parts), key=len).rstrip(": ")
            others = self._by_number if "\1" in folded else self._by_part
            found = self._by_start.setdefault(start[:_START], []) if len(start) >= _START else others
            found.append((longest, folded, entry))

    def find(self, line: str) -> Phrase | None:
        """The phrase that the whole line is, or None."""
        return self.look(key(line)) if len(line) <= LONGEST else None

    def look(self, folded: str) -> Phrase | None:
        """The same for a line that is a `key` already."""
        found = self._plain.get(folded)
        if found:
            return found
        numbered = self._by_number if self._by_number and _DIGIT.search(folded) else ()
        for group in (self._by_start.get(folded[:_START]), numbered, self._by_part):
            if group and (found := _matching(group, folded)):
                return found
        return None


def _matching(group: Iterable[tuple[str, str, Phrase]], folded: str) -> Phrase | None:
    for part, phrase, entry in group:
        if part in folded and _pattern(phrase).fullmatch(folded):
            return entry
    return None


@cache  # when it is first needed: most of them never are
def _pattern(folded: str) -> re.Pattern[str]:
    text = re.escape(folded).replace("\0", rf"[^\n]{{1,{LONGEST}}}?").replace("\1", _NUMBER)
    return re.compile(text.replace(r":\ ", r"\s*:\s*"))


@cache
def phrases(*roles: str) -> Phrases:
    """The phrases of `phrases/ROLE.toml`, a list for each language and `[weak]` with the same; earlier roles win."""
    return Phrases(entry for role in roles for entry in _load(role))


def announces(line: str) -> bool:
    """Whether a line says whose words follow: “X said:”. Without a colon only a phrase that needs no name counts."""
    if "\n" in line or len(line) > LONGEST:
        return False
    found = phrases("quote").find(line)
    return found is not None and (line.rstrip(" ↑").endswith((":", "：")) or "{x}" not in found.text)


@cache
def _load(role: str) -> tuple[Phrase, ...]:
    source = files("crawler.cleaning").joinpath("phrases", f"{role}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    weak = table.pop("weak", {})
    return tuple(
        Phrase(role=role, language=language, text=text, weak=texts_are_weak)
        for texts_are_weak, group in ((False, table), (True, weak))
        for language, texts in group.items()
        for text in texts
    )
