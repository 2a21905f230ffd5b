"""Which posts carry a reposted text, why, and what its title is."""

import re
from collections.abc import Iterable, Mapping, Sequence

from archive.records import OWN, Article, Author, Block, Label, Source, Thread
from crawler.cleaning.furniture import QUOTED
from crawler.cleaning.language import language_of

_ENOUGH = 15  # words; a read-on link below fewer is a link post, not a text
_LONG = 120  # words of a first post that count as an article without any sign of a source
_BOT = 40  # words of a first post that count as one when a feed bot wrote it
_REST = 160  # characters that a cut title may have lost
_COPY = re.compile(r"\s*\[(?:复制链接|複製鏈接)\]\s*$")
_CUT = ("...", "…")
_FIRST_UNSPACED = "\u0e00"  # Thai; Chinese and Japanese come later
_LONG_WORDS = 12  # characters; in no language that puts spaces between words is that the mean
_ASKING = ("?", "？", "¿")
_BOT_NAME = re.compile(r"\b(?:rss|feed|feeds|bot|newsbot|robot|pv)\b|(?:rss|news|feed)_?-?bot\b", re.IGNORECASE)
_TALK = frozenset(
    {
        "hỏi",
        "thắc mắc",
        "thảo luận",
        "trợ giúp",
        "cần giúp",
        "bình chọn",
        "tâm sự",
        "tư vấn",
        "question",
        "help",
        "poll",
        "discussion",
        "frage",
        "hilfe",
        "umfrage",
        "diskussion",
        "sondage",
        "aide",
        "encuesta",
        "pregunta",
        "ayuda",
        "вопрос",
        "опрос",
        "помощь",
        "求助",
        "讨论",
        "投票",
        "質問",
        "sondaggio",
        "domanda",
        "pytanie",
        "ankieta",
        "soru",
        "anket",
        "dúvida",
        "enquete",
    }
)  # prefixes of threads that ask, vote or discuss


def article_of(
    blocks: Sequence[Block],
    source: Source | None,
    thread: Thread | None,
    *,
    first: bool,
    author: Author | None = None,
) -> Article | None:
    """Why a post is an article, its title and language; None when nothing says so. `first`: it opens its thread."""
    rules = {block.label: block.rule for block in blocks}
    if thread is None or not (first or source or Label.READON in rules):
        return None
    own = [block for block in blocks if block.label in OWN]
    words = sum(_words(block.text) for block in own)
    if words < _ENOUGH:
        return None
    reason = _sign(rules, source, long=words >= _LONG, first=first)
    if not reason and first:
        reason = _shape(own, thread, words, author)
    if not reason:
        return None
    return Article(title=title_of(thread, blocks), reason=reason, language=language_of("\n".join(b.text for b in own)))


def _words(text: str) -> int:
    """Words; of a text that puts no spaces between them, half of its letters."""
    spaced = len(text.split())
    unspaced = len(text) > _LONG_WORDS * spaced and max(text) >= _FIRST_UNSPACED
    return len(text) // 2 if unspaced else spaced


def _sign(rules: Mapping[Label, str], source: Source | None, *, long: bool, first: bool) -> str | None:
    """What the post says of a source."""
    if Label.READON in rules:
        return "read-on link"
    line = rules.get(Label.SOURCE, "")
    if source and line and not line.startswith(("container", "phrase byline")):
        return "source line"
    if source and line.startswith("container") and (first or long):  # a card below a short reply is just a link
        return "link card"
    return "address below the text" if source and first and long else None


def _shape(own: list[Block], thread: Thread, words: int, author: Author | None) -> str | None:
    """What a first post looks like that says nothing of a source."""
    if any(block.rule == QUOTED for block in own):
        return "quoted article"
    if author and words >= _BOT and (_BOT_NAME.search(author.name) or _BOT_NAME.search(author.title or "")):
        return "feed bot"
    asks = thread.title.rstrip().endswith(_ASKING) or own[-1].text.endswith(_ASKING)
    talks = any(prefix.strip(" []()").casefold() in _TALK for prefix in thread.prefixes)
    return "long first post" if words >= _LONG and not asks and not talks else None


def title_of(thread: Thread, blocks: Iterable[Block]) -> str:
    """The thread's title without prefix labels; one that the forum cut is completed from the text or the link card."""
    title = _without(_COPY.sub("", " ".join(thread.title.split())), thread.prefixes)
    if not title.endswith(_CUT):
        return title
    stem = title.removesuffix("...").removesuffix("…").rstrip()
    blocks = list(blocks)
    own = next((b.text for b in blocks if b.label in (Label.BODY, Label.HEADING)), "").split("\n", 1)[:1]
    cards = [line for b in blocks if b.label is Label.SOURCE for line in b.text.split("\n")]
    whole = (line for line in own + cards if stem and line.casefold().startswith(stem.casefold()))
    return next((line for line in whole if len(stem) < len(line) <= len(stem) + _REST), title)


def _without(title: str, prefixes: Iterable[str]) -> str:
    for prefix in prefixes:
        rest = title.removeprefix(prefix).lstrip(" -–|:")
        title = rest or title
    return title
