"""Which posts carry a reposted text, and what its title is."""

import re
from collections.abc import Iterable, Mapping

from archive.records import OWN, Article, Block, Label, Source, Thread

_ENOUGH = 15  # words; a read-on link below fewer is a link post, not a text
_LONG = 120  # words of a first post that count as an article without any sign of a source
_REST = 160  # characters that a cut title may have lost
_COPY = re.compile(r"\s*\[(?:复制链接|複製鏈接)\]\s*$")
_CUT = ("...", "…")


def article_of(blocks: Iterable[Block], source: Source | None, thread: Thread | None, *, first: bool) -> Article | None:
    """Why a post is an article, with its title; None when nothing says so. `first`: it opens its thread."""
    own = [block for block in blocks if block.label in OWN]
    words = sum(len(block.text.split()) for block in own)
    if thread is None or words < _ENOUGH:
        return None
    rules = {block.label: block.rule for block in blocks}
    reason = _reason(rules, source, long=words >= _LONG, first=first)
    return Article(title=title_of(thread, own), reason=reason) if reason else None


def _reason(rules: Mapping[Label, str], source: Source | None, *, long: bool, first: bool) -> str | None:
    if Label.READON in rules:
        return "read-on link"
    if source and not rules[Label.SOURCE].startswith("container"):
        return "source line"
    if source and (first or long):  # a card below a short reply is just a link
        return "link card"
    return "long first post" if first and long else None


def title_of(thread: Thread, own: Iterable[Block]) -> str:
    """The thread's title without prefix labels; one that the forum cut is completed from the text's first line."""
    title = _without(_COPY.sub("", " ".join(thread.title.split())), thread.prefixes)
    if not title.endswith(_CUT):
        return title
    stem = title.removesuffix("...").removesuffix("…").rstrip()
    first = next((b.text.partition("\n")[0] for b in own if b.label in (Label.BODY, Label.HEADING)), "")
    whole = stem and first.casefold().startswith(stem.casefold()) and len(first) <= len(stem) + _REST
    return first if whole else title


def _without(title: str, prefixes: Iterable[str]) -> str:
    for prefix in prefixes:
        rest = title.removeprefix(prefix).lstrip(" -–|:")
        title = rest or title
    return title
