"""What each leaf of a page most likely is: prose, junk, a date, an author.

This is what the generic reader counts on: prose and junk inside any element are known at once. Nothing here knows a
forum software; the words are those that web pages in general use for classes.
"""

import re
from bisect import bisect, bisect_left
from collections import Counter
from functools import cached_property
from typing import Any

from crawler.forums.generic.leaves import SKIPPED, Leaves, is_dated, tags
from crawler.forums.generic.wording import (
    AUTHOR,
    CHROME,
    DATE,
    LINK,
    QUOTE,
    TIME,
    is_card,
    is_profile,
    is_text,
    is_title,
    length,
    looks_dated,
    meaning,
    subject,
)
from crawler.reading.document import Document

_CHROME_TAGS = tags("nav footer button label aside menu dt")
_NUMBER = re.compile(r"\d+")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?", re.IGNORECASE)  # apart from its day
_HOUR = re.compile(r"\d\s?[:.hH]\s?\d\d|\d\s?[ap]\.?m\b", re.IGNORECASE)
_SHORT = 60  # characters of a date or a label
_NAME = 45  # characters of a name with what is written beside it
_LINE = 100  # characters of a line that tells author and date
_EMPTY = 500  # characters of a page that a script fills in
_TITLE = 12  # characters of a title that is no single word
_LONG_TITLE = 500  # characters
_LONE = 25  # characters of a paragraph
_DATE = 20  # characters of a date; the rest of its line tells who edited a post
_LESS = 0.3  # what a character of a lone short line counts
_HEADINGS = tags("h1 h2 h3 h4 h5 h6")
_ENDS = (".", "!", "?", "…", "。", "！", "？")
_RUN = 10  # leaves side by side: a text with an element around each word, and no row of labels
_SHARE = 0.4  # of the page's text: what holds more is the page, whatever its class says
_COST = 1.5  # what a character of junk weighs against one of prose


def outline(doc: Document) -> "Outline":
    """The page's outline; what stands for browsers without scripts counts where the page is nothing else."""
    page = Outline(doc)
    return page if page.lengths[-1] > _EMPTY else Outline(doc, SKIPPED - {"noscript"})


class Outline(Leaves):
    """The page's leaves, weighed."""

    def __init__(self, doc: Document, skipped: frozenset[str] = SKIPPED) -> None:
        super().__init__(doc, skipped)
        self.flags = self._flags()
        self.kinds = self._kinds()
        self.prose, self.junk = self._weights()
        self.used: set[int] = set()  # dates and authors that belong to a post already

    def says(self, at: int) -> bool:
        """Whether there is any prose inside an element."""
        return self.prose[self.last[at]] > self.prose[self.first[at]]

    def net(self, at: int) -> float:
        """Prose inside an element less the cost of the junk."""
        first, last = self.first[at], self.last[at]
        return self.prose[last] - self.prose[first] - _COST * (self.junk[last] - self.junk[first])

    def _flags(self) -> list[int]:
        """What an element's markup says of the text inside, down to its leaves."""
        flags: list[int] = []
        own = [self._own(node) for node in self.nodes]
        classes = (node.get("class") or "" for node in self.nodes)
        texts = [at for at, own_class in enumerate(classes) if is_text(own_class) or is_title(own_class)]
        held: Counter[str] = Counter()  # "message-info" around every post is no frame: it holds the page's text
        for at, said in enumerate(own):
            if said & (CHROME | QUOTE):
                held[self.name(at)] += self.size(at)
        most = _SHARE * self.lengths[-1]
        for at, said in enumerate(own):
            frame = held[self.name(at)] > most
            size = self.size(at)
            kept = said & ~((CHROME | QUOTE) * frame | (DATE | TIME) * (size > _SHORT) | AUTHOR * (size > _NAME))
            kept &= ~(CHROME * self._is_around(at, texts))
            flags.append(kept | (flags[self.parent[at]] if at else 0))
        return flags

    def _is_around(self, at: int, texts: list[int]) -> bool:
        """Whether an element that should tell of a post holds the text of one."""
        holds = bisect(texts, at) < bisect_left(texts, self.end[at])
        return holds and is_card(self.nodes[at].get("class") or "")

    def _own(self, node: Any) -> int:
        tag = node.tag
        said = CHROME if tag in _CHROME_TAGS else QUOTE if tag == "blockquote" else 0
        classes = node.get("class")
        if classes:
            said |= meaning(classes)
        id_ = node.get("id")
        if id_:
            said |= meaning(id_) & CHROME
        if tag == "a":
            href = node.get("href")
            if href:
                said |= LINK | (AUTHOR if is_profile(href) else 0)
            if node.get("rel") == "author":
                said |= AUTHOR
        if is_dated(node):
            said |= DATE
        prop = node.get("itemprop")
        if prop in ("author", "creator"):
            said |= AUTHOR
        title = node.get("title")
        if title and len(title) <= _SHORT and self.moment(title):
            said |= DATE
        return said

    def moment(self, text: str) -> bool:
        """Whether a short text is a date."""
        if len(text) > _LINE or not any(map(str.isdigit, text)):
            return False
        if len(text) <= _SHORT and looks_dated(text):
            return True
        # "Today we found 3 of them" is a post
        return self.parsed(text) is not None and bool(_HOUR.search(text) or not self.parsed(_NUMBER.sub("", text)))

    def _kinds(self) -> list[int]:
        """Of each leaf: DATE, AUTHOR, CHROME, LINK, QUOTE or 0 for prose, the first that holds."""
        seen = Counter(
            text for text, owner in zip(self.leaves, self.owner, strict=True) if not self.flags[owner] & QUOTE
        )
        beside = Counter(self.parent[owner] for owner in self.owner)
        return [
            self._kind(
                text, self.nodes[owner].tag, self.flags[owner], times=seen[text], beside=beside[self.parent[owner]]
            )
            for text, owner in zip(self.leaves, self.owner, strict=True)
        ]

    def _kind(self, text: str, tag: str, flags: int, *, times: int, beside: int) -> int:
        if flags & QUOTE:
            return QUOTE
        if flags & DATE or self.moment(text) or (flags & TIME and any(map(str.isdigit, text))):
            return DATE
        if flags & AUTHOR and any(map(str.isalnum, text)):
            return AUTHOR
        repeats = times > 1 and text[-1:] not in _ENDS
        is_label = len(text) <= _SHORT and (repeats or text.endswith(":")) and beside < _RUN
        is_frame = is_label or self._is_title(text, times, heading=tag in _HEADINGS) or _CLOCK.fullmatch(text)
        return CHROME if flags & CHROME or is_frame else flags & LINK

    def _is_title(self, text: str, times: int, *, heading: bool) -> bool:
        """Whether a line repeats the page's title, as the subject of each post does; some titles repeat the post."""
        shown = subject(text)
        if not _TITLE <= len(shown) <= 2 * _LINE or shown not in self.title:
            return False
        ends = heading and self.title.endswith(shown)
        return times > 1 or len(shown) < len(text) or self.title.startswith(shown) or ends

    @cached_property
    def title(self) -> str:
        """The page's title, in small letters."""
        named = [" ".join((node.text or "").split()) for node in self.doc.tree.iter("title")]
        return "".join(named[:1])[:_LONG_TITLE].casefold()

    def _weights(self) -> tuple[list[float], list[float]]:
        """Prose and junk before each leaf, in characters."""
        prose, junk = [0.0], [0.0]
        for text, kind, owner in zip(self.leaves, self.kinds, self.owner, strict=True):
            own, foreign = _SCALE[kind]
            if own == 1 and text[-1:] not in _ENDS and self.size(self.paragraph[owner]) < _LONE:
                own = _LESS  # a rank, a place, a label
            size = length(text)
            prose.append(prose[-1] + own * size)
            junk.append(junk[-1] + foreign * (min(size, _DATE) if kind == DATE else size))
        return prose, junk


_SCALE = {0: (1, 0), LINK: (0.2, 0.3), QUOTE: (0.5, 0), CHROME: (0, 1), DATE: (0, 1), AUTHOR: (0, 1)}
