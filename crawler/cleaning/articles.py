"""Which posts carry a reposted text, and what its title is."""

import re
from collections.abc import Iterable

from archive.records import OWN, Article, Label, Post, Thread

_ENOUGH = 15  # words; a read-on link below fewer is a link post, not a text
_LONG = 120  # words of a first post that count as an article without any sign of a source
_COPY = re.compile(r"\s*\[(?:复制链接|複製鏈接)\]\s*$")
_CUT = ("...", "…")


def article_of(post: Post, thread: Thread, *, first: bool) -> Article | None:
    """Why the post is an article, with its title; None when nothing says so."""
    words = sum(len(block.text.split()) for block in post.blocks if block.label in OWN)
    if post.deleted or words < _ENOUGH:
        return None
    reason = _reason(post, words, first=first)
    return Article(title=title_of(thread, post), reason=reason) if reason else None


def _reason(post: Post, words: int, *, first: bool) -> str | None:
    labels = {block.label for block in post.blocks}
    if Label.READON in labels:
        return "read-on link"
    if post.source:
        return (
            "link card"
            if any(b.label is Label.SOURCE and "container" in b.rule for b in post.blocks)
            else "source line"
        )
    return "long first post" if first and words >= _LONG else None


def title_of(thread: Thread, post: Post) -> str:
    """The thread's title without prefix labels; one that the forum cut is completed from the text's first line."""
    title = _without(_COPY.sub("", " ".join(thread.title.split())), thread.prefixes)
    first = next((b.text.partition("\n")[0] for b in post.blocks if b.label in (Label.BODY, Label.HEADING)), "")
    stem = title.removesuffix("...").removesuffix("…").rstrip()
    whole = title.endswith(_CUT) and stem and first.casefold().startswith(stem.casefold())
    return first if whole and len(first) <= 2 * len(stem) + 80 else title


def _without(title: str, prefixes: Iterable[str]) -> str:
    for prefix in prefixes:
        rest = title.removeprefix(prefix).lstrip(" -–|:")
        title = rest or title
    return title
