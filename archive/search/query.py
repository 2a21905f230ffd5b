"""What a search query means: candidates from the index, and a test of the text itself.

    query = and ("OR" and)*        and = not ("AND"? not)*        not = ("NOT" | "-")? (word | "phrase" | "(" query ")")

Operators are written in capitals. Where one has nothing to work on ("a OR"), it says nothing; a parenthesis that is
not closed is refused.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from archive.errors import QueryError
from archive.search.terms import WORD, Term, term

_MOST = 64  # words of one query: far above any use, far below the depth at which FTS5 gives up
_DEEPEST = 16  # parentheses inside each other
_PART = re.compile(
    r'(?P<open>\()|(?P<close>\))|(?P<minus>-(?=["\w(]))|"(?P<phrase>[^"]*)"?|(?P<word>[^\s"()]+(?:\([^\s"()]*\)[^\s"()]*)*)'
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """`how` the parts hold: all, any or not (one part); a leaf has a term instead."""

    how: str
    parts: Sequence["Node"] = ()
    term: Term | None = None

    def matches(self, holds: Callable[[Term], object]) -> bool:
        """Whether a text fits of which `holds` says whether it has a term."""
        if self.term:
            return bool(holds(self.term))
        found = (part.matches(holds) for part in self.parts)
        return any(found) if self.how == "any" else not any(found) if self.how == "not" else all(found)

    @property
    def candidates(self) -> str | None:
        """FTS5's expression for all texts that may fit; None where the index cannot narrow them down.

        NOT is left to the text: the index cannot tell đang from đảng and would drop texts that fit.
        """
        if self.term:
            return self.term.index
        found = [part.candidates for part in self.parts]
        if self.how == "all":
            return _joined(" AND ", [part for part in found if part])
        return None if self.how == "not" or None in found else _joined(" OR ", [part for part in found if part])

    def wanted(self) -> Iterator[Term]:
        """The terms that are looked for, those under NOT left out."""
        if self.term:
            yield self.term
        elif self.how != "not":
            for part in self.parts:
                yield from part.wanted()


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What must hold, the index expression that no fitting text escapes, and the terms that make a text rank high.

    `terms` are the words as typed, `together` the phrases that plain words beside each other make: Vietnamese words
    have spaces inside. `wanted` finds any term.
    """

    root: Node
    candidates: str
    terms: Sequence[Term]
    together: Sequence[Term]
    wanted: re.Pattern[str]


def parse(text: str) -> Query:
    """Understands a query, in any Unicode form.

    Raises:
        QueryError: there is nothing to look for, or too much, or a parenthesis has no partner.
    """
    root = _Parser(text).read()
    terms = list({term.test.pattern: term for term in root.wanted()}.values()) if root else []
    candidates = root.candidates if root else None
    if root and not candidates:
        raise QueryError(f"{text!r} says only what must not be there: add a word to look for (on both sides of OR)")
    if not root or not candidates:
        raise QueryError(f"{text!r} says nothing to look for: give at least one word of letters or digits")
    if len(WORD.findall(candidates)) > _MOST * 4 or sum(len(found.words) for found in root.wanted()) > _MOST:
        raise QueryError(f"a query of more than {_MOST} words: look for a part of it")
    wanted = re.compile("|".join(found.test.pattern for found in terms))
    return Query(root=root, candidates=candidates, terms=terms, together=list(_together(root)), wanted=wanted)


def _joined(sign: str, parts: list[str]) -> str | None:
    return f"({sign.join(parts)})" if len(parts) > 1 else parts[0] if parts else None


def _together(node: Node) -> Iterator[Term]:
    if node.how == "all":
        for single, run in groupby(node.parts, lambda part: part.term is not None and len(part.term.words) == 1):
            words = [part.term.words[0] for part in run if part.term] if single else []
            if len(words) > 1:
                yield term(words)
    for part in node.parts if node.how != "not" else ():
        yield from _together(part)


@dataclass
class _Parser:
    """Reads a query from left to right; each method gives None where there is nothing to look for."""

    text: str
    at: int = 0
    depth: int = 0
    parts: list[re.Match[str]] = field(default_factory=list)

    def read(self) -> Node | None:
        self.parts = list(_PART.finditer(unicodedata.normalize("NFC", self.text)))
        found = self.any()
        if self.at < len(self.parts):
            raise QueryError(f"{self.text!r} closes a parenthesis that it never opens; {_QUOTE}")
        return found

    def any(self) -> Node | None:
        found = [self.all()]
        while self.next("word") == "OR":
            self.at += 1
            found.append(self.all())
        return _node("any", found)

    def all(self) -> Node | None:
        found = []
        while not self.ends():
            found.append(self.one())
        return _node("all", found)

    def one(self) -> Node | None:
        negated = False
        while self.next("minus") or self.next("word") == "NOT":
            negated = True
            self.at += 1
        found = None if self.ends() else self.operand()
        return Node(how="not", parts=[found]) if found and negated else found

    def operand(self) -> Node | None:
        part = self.parts[self.at]
        self.at += 1
        if part["open"]:
            return self.group()
        words = WORD.findall(part["word"] or part["phrase"] or "")
        if not words or part["word"] == "AND":
            return None
        return Node(how="term", term=term(words, prefix=(part["word"] or "").endswith("*")))

    def group(self) -> Node | None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise QueryError(f"a query of more than {_DEEPEST} parentheses inside each other: look for a part of it")
        found = self.any()
        if self.at == len(self.parts):
            raise QueryError(f"{self.text!r} opens a parenthesis that it never closes; {_QUOTE}")
        self.at += 1
        self.depth -= 1
        return found

    def ends(self) -> bool:
        return self.at == len(self.parts) or self.next("word") == "OR" or self.next("close") is not None

    def next(self, kind: str) -> str | None:
        return self.parts[self.at][kind] if self.at < len(self.parts) else None


_QUOTE = 'put text that is to be found as it stands between "quotes"'


def _node(how: str, parts: Sequence[Node | None]) -> Node | None:
    found = [part for part in parts if part]
    return Node(how=how, parts=found) if len(found) > 1 else found[0] if found else None
