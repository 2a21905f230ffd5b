"""The words of dates.toml, folded and ready to look up."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

# Arabic and Persian digits; full-width ones are folded by NFKD.
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)
_THAI = frozenset(map(chr, range(0xE31, 0xE4F)))  # Thai vowels are marks, and tell months apart
_SHORT = 2  # letters; so short a word counts in its own language only
_Forms = Callable[[list[str]], Iterator[tuple[int, str]]]
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What each folded word or phrase means: `month` from 1, `weekday` from Monday 0, `day` days before today.

    `unit` is its number of seconds, 0 for months and years, which have no fixed length; `half` is 0 for am, 12 for pm.
    """

    month: dict[str, int] = field(default_factory=dict)
    jalali: dict[str, int] = field(default_factory=dict)
    weekday: dict[str, int] = field(default_factory=dict)
    day: dict[str, int] = field(default_factory=dict)
    unit: dict[str, int] = field(default_factory=dict)
    half: dict[str, int] = field(default_factory=dict)
    ago: frozenset[str] = frozenset()
    now: frozenset[str] = frozenset()
    one: frozenset[str] = frozenset()
    filler: frozenset[str] = frozenset()
    phrases: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()
    unspaced: re.Pattern[str] = re.compile("(?!)")


def fold(text: str) -> str:
    """Lower case, without marks, with ASCII digits: the form in which words are compared."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in decomposed if unicodedata.category(char) not in {"Mn", "Cf"} or char in _THAI)
    return unicodedata.normalize("NFC", bare).translate(_DIGITS)


@cache
def words(language: str | None) -> Words:
    """The words for a page in `language` ("vi"): its own, then those of all languages on which all agree.

    A page in a language that is not in the table is read in English only: "lip" is July in Polish, June in Croatian.
    """
    table = _table()
    if language and language not in known_languages():
        table = {name: {code: text for code, text in part.items() if code == "en"} for name, part in table.items()}
        table["words"] = _table()["words"]
    numbers = {
        "month": _merged(table["months"], language, range(1, 13), _month_forms),
        "jalali": _merged(table["jalali"], language, range(1, 13), _month_forms),
        "weekday": _merged(table["weekdays"], language, range(7), _forms),
        "day": _merged(table["days"], language, range(3), _forms),
        "unit": _merged(table["units"], language, (1, 60, 3600, 86_400, 604_800, 0, 0), _forms),
        "half": _merged(table["halves"], language, (0, 12), _forms),
    }
    plain = {name: frozenset(_split(text, ",")) for name, text in table["words"].items()}
    everything = [word for known in (*numbers.values(), *plain.values()) for word in known]
    phrases = frozenset(word for word in everything if " " in word)
    unspaced = sorted(filter(_UNSPACED.match, everything), key=len, reverse=True)
    fields: dict[str, Any] = numbers | plain
    return Words(
        **fields,
        phrases=phrases,
        starts=frozenset(phrase.split()[0] for phrase in phrases),
        unspaced=re.compile("|".join(map(re.escape, unspaced))),
    )


def known_languages() -> frozenset[str]:
    """Languages whose dates the table covers."""
    return frozenset(_table()["months"]) | frozenset(_table()["days"])


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("dates.toml").read_text(encoding="utf-8"))


def _split(text: str, mark: str) -> list[str]:
    return [fold(" ".join(part.split())) for part in text.split(mark)]


def _forms(entries: list[str]) -> Iterator[tuple[int, str]]:
    for number, entry in enumerate(entries):
        yield from ((number, form) for form in entry.split("|") if form)


def _month_forms(entries: list[str]) -> Iterator[tuple[int, str]]:
    """Each name, and its beginnings of three letters and more that begin no other month of the language.

    After "=" a name stands for itself only.
    """
    begun: dict[str, set[int]] = {}
    for number, form in _forms(entries):
        if form.startswith("="):
            yield number, form[1:]
            continue
        yield number, form
        for end in range(3, len(form)):
            begun.setdefault(form[:end], set()).add(number)
    full = {form.lstrip("=") for _, form in _forms(entries)}
    yield from ((min(numbers), begin) for begin, numbers in begun.items() if len(numbers) == 1 and begin not in full)


def _merged(section: dict[str, str], language: str | None, values: Sequence[int], forms: _Forms) -> dict[str, int]:
    own: dict[str, int] = {}
    common: dict[str, set[int]] = {}
    for code, text in section.items():
        for number, form in forms(_split(text, ",")):
            if code == language:
                own[form] = values[number]
            if len(form) > _SHORT or code == "en" or _UNSPACED.match(form):
                common.setdefault(form, set()).add(values[number])
    return {form: next(iter(found)) for form, found in common.items() if len(found) == 1} | own
