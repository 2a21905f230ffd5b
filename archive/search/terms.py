"""A word, prefix or phrase of a query: what the index is asked for, and the pattern that finds it in a text.

A pattern begins with a letter in both cases, not with the test that a word begins there, and needs no flag: so the
regular expression engine runs over a text five times as fast.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod

_MARKS = "\u0300-\u036f"
_LETTER = rf"[^\W_{_MARKS}]"  # what unicode61 takes for a part of a word; marks belong to the letter before them
WORD = re.compile(rf"(?:{_LETTER}[{_MARKS}]*)+")
_START, _END, _GAP = rf"(?<!{_LETTER}(?s:.))", r"(?![^\W_])", r"[\W_]+"
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook, dot below: the five written tones
_FORMS = 16  # ways to write d as đ in one phrase that the index is asked for


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)  # a key by what it is, not by all that it says
class Term:
    """A word, a prefix or a phrase: `index` asks FTS5 for every text that might hold it, `test` finds it in a text."""

    words: Sequence[str]
    index: str
    test: re.Pattern[str]
    prefix: bool


def term(words: Sequence[str], *, prefix: bool = False) -> Term:
    """Words (NFC) that stand side by side; the last one may be the beginning of a word."""
    pattern = _GAP.join([_pattern(words[0], _START), *map(_pattern, words[1:])])
    pattern += rf"(?:{_LETTER}|[{_MARKS}])*" if prefix else rf"[{_MARKS}]*{_END}"
    return Term(words=words, index=_index(words, "*" if prefix else ""), test=re.compile(pattern), prefix=prefix)


def _index(words: Sequence[str], star: str) -> str:
    """A word with a plain d is also found by its form in `folded`; a phrase is not: it is asked for in every form."""
    if len(words) == 1:
        return f'("{words[0]}"{star})'
    forms = [_with_d(word) for word in words]
    if prod(map(len, forms)) > _FORMS:
        return "(" + " AND ".join(f'"{word}"' for word in words[:-1]) + f' AND "{words[-1]}"{star})'
    return "(" + " OR ".join(f'"{" ".join(form)}"{star}' for form in product(*forms)) + ")"


def _with_d(word: str) -> list[str]:
    """The word with each of its plain d as it is or as đ; one that has diacritics is sure of its d."""
    if not _is_plain(word):
        return [word]
    return ["".join(letters) for letters in product(*(("d", "đ") if letter in "dD" else letter for letter in word))]


def _is_plain(word: str) -> bool:
    decomposed = unicodedata.normalize("NFD", word)
    return "đ" not in word.lower() and not any(unicodedata.combining(letter) for letter in decomposed)


def _pattern(word: str, start: str = "") -> str:
    """A word without diacritics in any form, one with them as it is; `start` is tested behind its first letter."""
    if _is_plain(word):
        first, *rest = [f"{_any_form(letter)}[{_MARKS}]*" for letter in word]
        return first + start + "".join(rest)
    forms = _spellings(word)
    heads = "".join(sorted({case for form in forms for case in _cases(form[0])}))
    tails = sorted(
        (f"(?<={_class(form[0])})" if len(forms) > 1 else "") + "".join(map(_class, form[1:])) for form in forms
    )
    return f"[{re.escape(heads)}]{start}(?:{'|'.join(tails)})"


def _spellings(word: str) -> list[str]:
    """A word with diacritics: the tone of a syllable may stand on either vowel (hòa, hoà)."""
    decomposed = unicodedata.normalize("NFD", word)
    tones = [letter for letter in decomposed if letter in _TONES]
    if len(tones) != 1:
        return [word]
    bare = unicodedata.normalize("NFC", decomposed.replace(tones[0], ""))
    forms = {unicodedata.normalize("NFC", bare[:i] + tones[0] + bare[i:]) for i in range(1, len(bare) + 1)}
    return sorted(form for form in forms if len(form) == len(bare)) or [word]  # no letter has the tone: đ́


def _cases(letter: str) -> set[str]:
    return {form for form in (letter, letter.lower(), letter.upper()) if len(form) == 1}


def _class(letter: str) -> str:
    return f"[{re.escape(''.join(sorted(_cases(letter))))}]"


def _any_form(letter: str) -> str:
    return _variants().get(letter.lower()) or _class(letter)


@cache
def _variants() -> dict[str, str]:
    """For each plain Latin letter a class of that letter in both cases, with any diacritics; d has đ too."""
    letters: dict[str, str] = {"d": "đĐ"}
    for code in range(0xC0, 0x1F00):
        letter = chr(code)
        plain = unicodedata.normalize("NFD", letter)[0].lower()
        if plain.isascii() and plain.isalpha():
            letters[plain] = letters.get(plain, "") + letter
    return {plain: f"[{plain}{plain.upper()}{variants}]" for plain, variants in letters.items()}
