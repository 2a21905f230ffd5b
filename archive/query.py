"""What a search query means: candidates from the index, and a test of the text itself."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from archive.errors import QueryError

_MOST = 64  # words of one query: far above any use, far below the depth at which FTS5 gives up
_MARKS = "\u0300-\u036f"
_LETTER = rf"[^\W_{_MARKS}]"  # what unicode61 takes for a part of a word; marks belong to the letter before them
_WORD = re.compile(rf"(?:{_LETTER}[{_MARKS}]*)+")
_START, _END, _GAP = rf"(?<!{_LETTER})", r"(?![^\W_])", r"[\W_]+"
_PART = re.compile(r'(?P<minus>-(?=["\w]))?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook, dot below: the five written tones


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A word, a prefix or a phrase: `index` asks FTS5 for every text that might hold it, `test` finds it in a text."""

    index: str
    pattern: str
    test: re.Pattern[str]
    negated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """Alternatives (OR), each a list of terms that must all hold; `wanted` finds any term that is looked for."""

    alternatives: Sequence[Sequence[Term]]
    candidates: str
    wanted: re.Pattern[str]

    def matches(self, text: str) -> bool:
        """Whether a text (NFC) fits the query as typed."""
        return any(
            all((term.test.search(text) is None) == term.negated for term in terms) for terms in self.alternatives
        )


def parse(text: str) -> Query:
    """Understands a query, in any Unicode form.

    Raises:
        QueryError: there is nothing to look for, or too much.
    """
    alternatives: list[list[Term]] = [[]]
    negated = False
    for part in _PART.finditer(unicodedata.normalize("NFC", text)):
        if part["word"] in {"OR", "NOT", "AND"} and not part["minus"]:
            if part["word"] == "OR":
                alternatives.append([])
            negated = part["word"] == "NOT"
            continue
        raw = part["word"] if part["phrase"] is None else part["phrase"]
        words = _WORD.findall(raw)
        if words:
            prefix = part["phrase"] is None and raw.endswith("*")
            alternatives[-1].append(_term(words, prefix=prefix, negated=negated or bool(part["minus"])))
        negated = False
    return _query(text, [terms for terms in alternatives if terms])


def _query(text: str, alternatives: list[list[Term]]) -> Query:
    wanted = [[term for term in terms if not term.negated] for terms in alternatives]
    if not wanted or not all(wanted):
        raise QueryError(
            f"{text!r} says nothing to look for: give at least one word of letters or digits (on both sides of OR, too)"
        )
    if sum(len(_WORD.findall(term.index)) for terms in wanted for term in terms) > _MOST:
        raise QueryError(f"a query of more than {_MOST} words: look for a part of it")
    # NOT is left to the text: the index cannot tell đang from đảng and would drop texts that fit.
    candidates = " OR ".join("(" + " AND ".join(term.index for term in terms) + ")" for terms in wanted)
    patterns = dict.fromkeys(term.pattern for terms in wanted for term in terms)
    return Query(alternatives=alternatives, candidates=candidates, wanted=re.compile("|".join(patterns), re.IGNORECASE))


def _term(words: list[str], *, prefix: bool, negated: bool) -> Term:
    pattern = _START + _GAP.join(map(_spellings, words))
    pattern += rf"(?:{_LETTER}|[{_MARKS}])*" if prefix else rf"[{_MARKS}]*{_END}"
    star = "*" if prefix else ""
    # A word with a plain d may stand in `folded`, where no phrase can be found: its words are asked for one by one.
    apart = any("d" in word.lower() for word in words)
    index = " AND ".join(f'"{word}"' for word in words) if apart else f'"{" ".join(words)}"'
    index = index + star if len(words) == 1 or not apart else index
    return Term(index=f"({index})", pattern=pattern, test=re.compile(pattern, re.IGNORECASE), negated=negated)


def _spellings(word: str) -> str:
    """A pattern for a word: with diacritics itself (the tone on either vowel: hòa, hoà), without them any form."""
    decomposed = unicodedata.normalize("NFD", word)
    if "đ" not in word.lower() and not any(unicodedata.combining(letter) for letter in decomposed):
        return "".join(f"{_variants().get(letter, re.escape(letter))}[{_MARKS}]*" for letter in word.lower())
    tones = [letter for letter in decomposed if letter in _TONES]
    if len(tones) != 1:
        return re.escape(word)
    bare = unicodedata.normalize("NFC", decomposed.replace(tones[0], ""))
    forms = {unicodedata.normalize("NFC", bare[:i] + tones[0] + bare[i:]) for i in range(1, len(bare) + 1)}
    spelled = sorted(form for form in forms if len(form) == len(bare))
    return f"(?:{'|'.join(map(re.escape, spelled))})"


@cache
def _variants() -> dict[str, str]:
    """For each plain Latin letter a class of that letter with any diacritics; d has đ too."""
    letters: dict[str, str] = {"d": "dđ"}
    for code in range(0xC0, 0x1F00):
        letter = chr(code)
        plain = unicodedata.normalize("NFD", letter)[0]
        if plain.isascii() and plain.islower() and letter.islower():
            letters[plain] = letters.get(plain, plain) + letter
    return {plain: f"[{variants}]" for plain, variants in letters.items()}
