"""The phrases that forums and feed importers put around a text, by role, in every language: data in `phrases/*.toml`.

A phrase matches a whole line by its key: NFC, case-folded, invisible characters and outer punctuation off, tone marks
of Vietnamese on the first vowel ("uỷ" and "ủy" are one word in two spellings). `{x}` stands for any words. Position
is the rules' business: most phrases are also normal lines of somebody's article.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from unicodedata import normalize

from crawler.cleaning.blocks import INVISIBLE

LONGEST = 160  # characters; no phrase with its filled-in names is longer, and longer lines are never looked up
_TRIM = " .…»«›→←↑↓:：。、,;*|–—-•[]()【】（）\"'“”‘’\U0001f512"
_ERASE = str.maketrans({**dict.fromkeys(INVISIBLE), "\xa0": " ", "\u3000": " ", "：": ":"})
_NEW_TONES = {
    new: old
    for plain, olds, news in (
        ("oa", "òóỏõọ", "àáảãạ"),
        ("oe", "òóỏõọ", "èéẻẽẹ"),
        ("uy", "ùúủũụ", "ỳýỷỹỵ"),
    )
    for old_vowel, new_vowel in zip(olds, news, strict=True)
    for new, old in ((plain[0] + new_vowel, old_vowel + plain[1]),)
}
_TONES = re.compile("|".join(_NEW_TONES))


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """A phrase as it stands in its file. A weak one counts only beside a stronger sign (see the role's file)."""

    role: str
    language: str
    text: str
    weak: bool = False

    def __str__(self) -> str:
        return f"phrase {self.role}/{self.language} “{self.text}”"


def key(line: str) -> str:
    """What two spellings of one interface phrase have in common."""
    folded = normalize("NFC", line).translate(_ERASE).casefold()
    return _TONES.sub(lambda found: _NEW_TONES[found[0]], " ".join(folded.split()).strip(_TRIM))


class Phrases:
    """All phrases of one role, ready to be looked up."""

    def __init__(self, role: str, entries: list[Phrase]) -> None:
        self.role = role
        self._plain = {key(entry.text): entry for entry in reversed(entries) if "{x}" not in entry.text}
        self._open = [entry for entry in entries if "{x}" in entry.text]
        self._pattern = re.compile("|".join(f"({_pattern(entry.text)})" for entry in self._open) or "(?!)")

    def find(self, line: str) -> Phrase | None:
        """The phrase that the whole line is, or None."""
        return self.look(key(line)) if len(line) <= LONGEST else None

    def look(self, folded: str) -> Phrase | None:
        """The same for a line that is a `key` already."""
        found = self._plain.get(folded)
        if found or not self._open:
            return found
        match = self._pattern.fullmatch(folded)
        return self._open[match.lastindex - 1] if match and match.lastindex else None


def _pattern(text: str) -> str:
    folded = key(text.replace("{x}", "\0"))
    literal = re.escape(folded).replace(r"\ ", " ").replace(": \0", r"\s*:\s*" + "\0")
    return literal.replace("\0", rf"[^\n]{{1,{LONGEST}}}?")


@cache
def phrases(role: str) -> Phrases:
    """The phrases of `phrases/ROLE.toml`: a list for each language, and `[weak]` with the same."""
    source = files("crawler.cleaning").joinpath("phrases", f"{role}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    weak = table.pop("weak", {})
    return Phrases(
        role,
        [Phrase(role=role, language=lang, text=text) for lang, texts in table.items() for text in texts]
        + [Phrase(role=role, language=lang, text=text, weak=True) for lang, texts in weak.items() for text in texts],
    )
