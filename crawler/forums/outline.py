"""A page as one line of text leaves in reading order, each with what it most likely is: prose, junk, a date, an author.

This is what the generic reader counts on: any element is a range of leaves, so that prose and junk inside it are known
at once. Nothing here knows a forum software; the words are those that web pages in general use for classes.
"""

import re
from collections import Counter
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any

from lxml import etree

from crawler.forums import dates
from crawler.forums.document import Document

_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "svg",
        "iframe",
        "object",
        "embed",
        "video",
        "audio",
        "canvas",
        "map",
        "datalist",
        "select",
        "option",
        "textarea",
    ]
)
_CHROME_TAGS = frozenset(["nav", "footer", "button", "label", "aside", "menu", "dt"])
_UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# The last word of a class says what the thing is ("user-info", "post-actions"); these first words say it, too.
_CHROME = re.compile(
    r"(?:^|\s)(?:(?!has|no|with|is|js)\w*[_-])*(?:nav\w*|menu\w*|breadcrumbs?|sidebar\w*|footer\w*|toolbar|pagination|pager|pages"
    r"|share|sharing|social|related|similar|recommend\w*|advert\w*|ads?|promo\w*|banner|cookies?|newsletter|login|signup"
    r"|signin|register|search\w*|widgets?|buttons?|btn|actions?|controls?|\w*signatures?|sig|tags?|votes?|voting|badges?"
    r"|avatar|reputation|rank|\w*profile|meta|stats|statistics|info|userinfo|tooltip|dropdown|modal|popup|copyright"
    r"|screen-reader-text|sr-only|hidden|links?)(?=\s|$)"
    r"|(?:^|\s)(?:nav|menu|sidebar|footer|breadcrumbs?|pagination|pagenav|share|social)[_-]",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:\w*author|user|\w*users?-?name|poster|nick(?:name)?|member|byline|commenter|handle|creator|name)(?=\s|$)",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"/(?:members?|users?|profiles?|people|persons?|authors?|u|participants?|gebruikers?|benutzer|utilisateurs?|usuarios?)/[^/?#]"
    r"|/(?:user|member|profile|space-(?:uid|username))[-.]\w|/@\w|/~\w|[?&](?:u|uid|user|user_?id|userid|username|author|member)="
    r"|action=profile|showuser=|/(?:member|profile|memberlist|user|userinfo)\.\w+\?",
    re.IGNORECASE,
)
_DEED = re.compile(
    r"find|search|private|login|register|logout|report|send|message|mail|compose|do=add|edit|feed", re.IGNORECASE
)
_QUOTE = re.compile(r"(?:^|[\s_-])(?:quote|quoted|citation|quotebox|blockquote)(?=\s|$)", re.IGNORECASE)
_TIME = re.compile(
    r"(?:^|[\s_-])(?:(?:post|create|publish)?(?:ed)?date(?:line)?|(?:date|post|created)?time(?:stamp|ago)?|ago|age|published|created(?:-at)?)"
    r"(?=\s|$)",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\d+\s?\w{0,8}\s(?:ago|trước|назад|temu|geleden|siden|sedan|önce|atrás|fa|lalu)$|\d\s?(?:年|个月|ヶ月|天|日|小时|時間|分钟|分|秒)钟?前"
    r"|^(?:vor|il y a|hace|há)\s\d|^(?:an?|one|last)\s\w+\sago$",
    re.IGNORECASE,
)
_SHAPE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d")
_DATED = ("datetime", "data-time", "data-timestamp", "data-date", "data-utc")
_SHORT = 60  # characters of a name or a date
_LINE = 100  # characters of a line that tells author and date
_EMPTY = 500  # characters of a page that a script fills in
_TITLE = 12  # characters of a title that is no single word
_LONE = 25  # characters of a paragraph
_LESS = 0.3  # what a character of a lone short line counts
_ENDS = (".", "!", "?", "…", "。", "！", "？")
_INLINE = frozenset(["a", "b", "i", "u", "s", "em", "strong", "font", "small", "big", "span", "sub", "sup", "code", "tt", "abbr", "mark", "ins", "del", "img"])
_REPLY = re.compile(r"^(?:re|aw|sv|ynt|odp|ответ|trả lời|回复|回覆)\s?[:：]\s*", re.IGNORECASE)
_RUN = 10  # leaves side by side: a text with an element around each word, and no row of labels
_SHARE = 0.4  # of the page's text: what holds more is the page, whatever its class says
COST = 1.5  # what a character of junk weighs against one of prose
LINK, QUOTE, CHROME, DATE, AUTHOR, TIME = 1, 2, 4, 8, 16, 32


def outline(doc: Document) -> "Outline":
    """The page's outline; what stands for browsers without scripts counts where the page is nothing else."""
    page = Outline(doc)
    return page if page.lengths[-1] > _EMPTY else Outline(doc, _SKIPPED - {"noscript"})


class Outline:
    """Elements in document order with the ranges of their descendants and leaves."""

    def __init__(self, doc: Document, skipped: frozenset[str] = _SKIPPED) -> None:
        self.doc = doc
        self._skipped = skipped
        self._moments: dict[str, datetime | None] = {}
        self.nodes: list[Any] = []
        self.parent: list[int] = []
        self.end: list[int] = []  # index after the last descendant
        self.first: list[int] = []  # range of leaves
        self.last: list[int] = []
        self.leaves: list[str] = []
        self.owner: list[int] = []
        self._walk()
        self.flags = self._flags()
        self.kinds = self._kinds()
        self.prose, self.junk = self._weights()
        self.used: set[int] = set()  # dates and authors that belong to a post already

    def _walk(self) -> None:
        stack: list[int] = []
        events = etree.iterwalk(self.doc.tree, events=("start", "end", "comment", "pi"))
        for event, node in events:
            if event == "start":
                if node.tag in self._skipped or _is_hidden(node):
                    events.skip_subtree()
                    continue
                self.parent.append(stack[-1] if stack else -1)
                stack.append(len(self.nodes))
                self.nodes.append(node)
                self.first.append(len(self.leaves))
                self.last.append(0)
                self.end.append(0)
                self._leaf(node.text, stack[-1], always=_is_dated(node))
                continue
            if event == "end" and stack and self.nodes[stack[-1]] is node:
                at = stack.pop()
                self.end[at] = len(self.nodes)
                self.last[at] = len(self.leaves)
            if stack:
                self._leaf(node.tail, stack[-1])

    def _leaf(self, text: str | None, owner: int, *, always: bool = False) -> None:
        text = " ".join(text.split()) if text else ""
        if text or always:
            self.leaves.append(text)
            self.owner.append(owner)

    @cached_property
    def lengths(self) -> list[int]:
        """Characters before each leaf."""
        return [0, *accumulate(map(_length, self.leaves))]

    def size(self, at: int) -> int:
        """Characters inside an element."""
        return self.lengths[self.last[at]] - self.lengths[self.first[at]]

    def moment_at(self, leaf: int) -> tuple[datetime | None, str]:
        """The date at a leaf and as shown: an attribute of its elements, else its text."""
        at, shown, doc = self.owner[leaf], self.leaves[leaf], self.doc
        for _ in range(3):
            node = self.nodes[at]
            for name in (*_DATED, "title", "content"):
                value = node.get(name)
                moment = value and (dates.iso(value, zone=doc.zone) or self._parsed(value))
                if moment:
                    return moment, shown or value
            at = max(self.parent[at], 0)
        return self._parsed(shown), shown

    def _parsed(self, text: str) -> datetime | None:
        if text not in self._moments:
            doc = self.doc
            moment = dates.parse(text, language=doc.language, zone=doc.zone, now=doc.now, order=doc.order)
            self._moments[text] = moment
        return self._moments[text]

    def place(self, leaf: int) -> str:
        """Where a leaf stands: its element and that around it, by tag and class, without numbers."""
        owner = self.owner[leaf]
        return self._places[owner]

    @cached_property
    def _places(self) -> list[str]:
        own = [_NUMBER.sub("0", self._name(at)) for at in range(len(self.nodes))]
        return [f"{own[self.parent[at]] if at else ''} > {name}" for at, name in enumerate(own)]

    def heading(self, before: int) -> int:
        """The leaf of the last heading of the first two ranks before a leaf, 0 without one."""
        leaves = range(before - 1, -1, -1)
        return next((leaf for leaf in leaves if self.nodes[self.owner[leaf]].tag in ("h1", "h2")), 0)

    def says(self, at: int) -> bool:
        """Whether there is any prose inside an element."""
        return self.prose[self.last[at]] > self.prose[self.first[at]]

    def net(self, at: int, cost: float = COST) -> float:
        """Prose inside an element less `cost` times the junk."""
        first, last = self.first[at], self.last[at]
        return self.prose[last] - self.prose[first] - cost * (self.junk[last] - self.junk[first])

    def _flags(self) -> list[int]:
        """What an element's markup says of the text inside, down to its leaves."""
        flags: list[int] = []
        own = [self._own(node) for node in self.nodes]
        held: Counter[str] = Counter()  # "message-info" around every post is no frame: it holds the page's text
        for at, said in enumerate(own):
            if said & (CHROME | QUOTE):
                held[self._name(at)] += self.size(at)
        most = _SHARE * self.lengths[-1]
        for at, said in enumerate(own):
            if said & (CHROME | QUOTE) and held[self._name(at)] > most:
                said &= ~(CHROME | QUOTE)
            if said & (DATE | AUTHOR | TIME) and self.size(at) > _SHORT:
                said &= ~(DATE | AUTHOR | TIME)
            flags.append(said | (flags[self.parent[at]] if at else 0))
        return flags

    def _name(self, at: int) -> str:
        return f"{self.nodes[at].tag} {self.nodes[at].get('class')}"

    def _own(self, node: Any) -> int:
        tag = node.tag
        said = CHROME if tag in _CHROME_TAGS else QUOTE if tag == "blockquote" else 0
        classes = node.get("class")
        if classes:
            said |= _meaning(classes)
        if tag == "a":
            href = node.get("href")
            if href:
                said |= LINK | (AUTHOR if _PROFILE.search(href) and not _DEED.search(href) else 0)
            if node.get("rel") == "author":
                said |= AUTHOR
        if _is_dated(node):
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
        looks = len(text) <= _SHORT and (_SHAPE.search(text) or _AGO.search(text))
        return bool(looks or self._parsed(text))

    def _kinds(self) -> list[int]:
        """Of each leaf: DATE, AUTHOR, CHROME, LINK, QUOTE or 0 for prose, the first that holds."""
        kinds = []
        seen = Counter(self.leaves)
        beside = Counter(self.parent[owner] for owner in self.owner)
        for text, owner in zip(self.leaves, self.owner, strict=True):
            flags = self.flags[owner]
            if flags & QUOTE:
                kinds.append(QUOTE)
            elif flags & DATE or self.moment(text) or (flags & TIME and any(map(str.isdigit, text))):
                kinds.append(DATE)
            elif flags & AUTHOR and text and any(map(str.isalnum, text)):
                kinds.append(AUTHOR)
            elif (
                flags & CHROME
                or self._is_title(text, seen[text])
                or (
                    len(text) <= _SHORT and (seen[text] > 1 or text.endswith(":")) and beside[self.parent[owner]] < _RUN
                )
            ):
                kinds.append(CHROME)
            else:
                kinds.append(flags & LINK)
        return kinds

    def _is_title(self, text: str, times: int) -> bool:
        """Whether a line repeats the page's title, as the subject of each post does; some titles repeat the post."""
        shown = _REPLY.sub("", text).casefold()
        if not _TITLE <= len(shown) <= 2 * _LINE or shown not in self._title:
            return False
        return times > 1 or len(shown) < len(text) or self._title.startswith(shown)

    @cached_property
    def _title(self) -> str:
        named = [" ".join((node.text or "").split()) for node in self.doc.tree.iter("title")]
        return "\n".join(named[:1]).casefold()

    def _is_lone(self, owner: int) -> bool:
        """Whether an element's paragraph is so short that it says nothing: a rank, a place, a label."""
        while self.nodes[owner].tag in _INLINE and owner:
            owner = self.parent[owner]
        return self.size(owner) < _LONE

    def _weights(self) -> tuple[list[float], list[float]]:
        """Prose and junk before each leaf, in characters."""
        prose, junk = [0.0], [0.0]
        for text, kind, owner in zip(self.leaves, self.kinds, self.owner, strict=True):
            own, foreign = _SCALE[kind]
            if own == 1 and text[-1:] not in _ENDS and self._is_lone(owner):
                own = _LESS
            length = _length(text)
            prose.append(prose[-1] + own * length)
            junk.append(junk[-1] + foreign * length)
        return prose, junk


_SCALE = {0: (1, 0), LINK: (0.2, 0.3), QUOTE: (0.5, 0), CHROME: (0, 1), DATE: (0, 1), AUTHOR: (0, 1)}


def _is_dated(node: Any) -> bool:
    """Whether an element's attributes say a date, which a script may have to show."""
    return node.tag == "time" or any(node.get(name) for name in _DATED) or bool(_ISO.match(node.get("title") or ""))


def _length(text: str) -> int:
    """Characters; one of Chinese, Japanese or Korean says as much as three letters."""
    return len(text) if text.isascii() else len(text) + 2 * len(_DENSE.findall(text))


def _is_hidden(node: Any) -> bool:
    style = node.get("style")
    return node.get("hidden") is not None or bool(style and _UNSEEN.search(style))


@lru_cache(maxsize=4096)
def _meaning(classes: str) -> int:
    words = _HUMP.sub("-", classes)
    kinds = (_CHROME, CHROME), (_AUTHOR, AUTHOR), (_QUOTE, QUOTE), (_TIME, TIME)
    return sum(kind for pattern, kind in kinds if pattern.search(words))
