"""Where a post says its text comes from: the read-on link, a source line, the card at its end."""

import re
from dataclasses import replace

from archive.records import Label, Source
from crawler.cleaning.blocks import Piece, own
from crawler.cleaning.lines import Mark, Place, reaches, relabel
from crawler.cleaning.phrases import key
from crawler.cleaning.redirectors import host_of, unwrap

_SAYING = frozenset({Label.READON, Label.SOURCE})
_THEO = re.compile(r"(?:Theo|Via|Vía|Source|Nguồn) (?P<name>\S.*)")
_CUT = ("...", "…")
_DATE = re.compile(r"(?=.*\d)(?=.*(?:\d{4}|\d{1,2}:\d{2})).{6,40}")
TITLE_LINK = "the title as a link above the text"
# in the rule of a line like “The post {x} appeared first on {x}”
_TWO_SLOTS = re.compile(r"\{x\}([^{}]+)\{x\}([^{}”]*)”$")
_COMMENTS = "[comments]"  # Reddit's feed: “[link] [comments]”
_NAME = 60  # characters of a publisher's name
_SCHEME = len("https://")
_LONG = 600  # characters of a text below which a bare address is its source
_STOPS = " .。"
_AFTER = ".,;)]"  # an address in a text
_HTTP = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def find_source(pieces: list[Piece], base: str) -> Source | None:
    """What the labelled pieces say of the text's origin, the surest sign first; None when they say nothing."""
    if _SAYING.isdisjoint(piece.label for piece in pieces):
        return _bare_link(pieces, base)
    readon = [piece for piece in pieces if piece.label is Label.READON]
    lines = [piece for piece in pieces if _is_line(piece)]
    said = [_of_line(piece, base) for piece in lines]
    signs = (*(_of_link(piece, base) for piece in reversed(readon)), *reversed(said))
    found = next((source for source in signs if source.url), None) or _last_card(pieces, base)
    named = next((source for source in reversed(said) if source.name), None)
    if found and named and found.name is None and not (named.url and host_of(named.url) != host_of(found.url)):
        return replace(found, name=named.name)
    return found or named or next(iter((*said, *signs)), None) or _bare_link(pieces, base)


def title_links(pieces: list[Piece], title: str, base: str) -> list[Piece]:
    """The thread's title as a link above the text, with a date below it: how SMF's feed mod names the source."""
    first = next((at for at, piece in enumerate(pieces) if own(piece)), None)
    if first is None or not title or not pieces[first].links:
        return pieces
    lines = pieces[first].text.split("\n")
    href, words = pieces[first].links[0]
    cut = key(title).rstrip(" .…")
    if words != lines[0] or not (key(words) == cut or (title.endswith(_CUT) and key(words).startswith(cut))):
        return pieces
    url = unwrap(href, base)
    if not url or not _abroad(url, base):
        return pieces
    marks: dict[Place, Mark] = {(first, 0): (Label.SOURCE, TITLE_LINK, 0)}
    at, number = (first, 1) if len(lines) > 1 else (first + 1, 0)
    if at < len(pieces) and own(pieces[at]) and _DATE.fullmatch(pieces[at].text.split("\n")[number]):
        marks[at, number] = Label.NOTICE, "date below the linked title", 0
    return relabel(pieces, marks)


def _is_line(piece: Piece) -> bool:
    return piece.label is Label.SOURCE and not piece.group and not piece.rule.startswith("phrase byline")


def _of_link(piece: Piece, base: str) -> Source:
    urls = ((unwrap(href, base), words) for href, words in reversed(piece.links))
    bare = _HTTP.search(piece.text)
    said = Source(url=unwrap(bare[0].rstrip(_AFTER)) if bare else None, words=piece.text)
    return next((Source(url=url, words=words) for url, words in urls if url), said)


def _of_line(piece: Piece, base: str) -> Source:
    """“Nguồn: NAME”, “Theo NAME”, “Source: URL”, “The post TITLE appeared first on NAME”."""
    links = [(url, words) for href, words in piece.links if words != _COMMENTS and (url := unwrap(href, base))]
    between = _TWO_SLOTS.search(piece.rule)
    if between:  # WordPress: the article's title, then the blog's name, which leads to its front page
        url, words = links[0] if links else (None, piece.text)
        shown = piece.text.rstrip(_STOPS).removesuffix(between[2])
        return Source(url=url, words=words, name=_name(shown.rpartition(between[1].strip())[2]))
    name = None if piece.rule == TITLE_LINK or piece.text.endswith(_COMMENTS) else _name(piece.text)
    if links:
        return Source(url=links[-1][0], words=links[-1][1], name=name)
    bare = _HTTP.search(piece.text)
    if bare:
        return Source(url=unwrap(bare[0].rstrip(_AFTER)), words=piece.text, name=name)
    return Source(url=None, words=piece.text, name=name)


def _name(text: str) -> str | None:
    """The publisher that a source line names; None for an address, or a sentence that only holds a link."""
    if _HTTP.search(text):
        return None
    text = text.strip(" ()[]")
    _, colon, rest = text.partition(":") if ":" in text else text.partition("：")
    weak = _THEO.fullmatch(text)
    name = rest if colon else weak["name"] if weak else text
    name = name.strip(' ."“”')
    return name if name and len(name) <= _NAME else None


def _abroad(url: str, base: str) -> bool:
    """A card of one of the forum's own threads is no source."""
    return host_of(url) != host_of(base)


def _last_card(pieces: list[Piece], base: str) -> Source | None:
    """The link card that ends the post: every piece after it is foreign too."""
    for piece in reversed(pieces):
        if piece.label is Label.SOURCE and piece.group:
            urls = [(unwrap(href, base), words) for href, words in piece.links]
            return next((Source(url=url, words=words) for url, words in urls if url and _abroad(url, base)), None)
        if piece.label not in (Label.SIGNATURE, Label.ATTACHMENT, Label.EDIT, Label.REACTION, Label.BUTTON):
            return None
    return None


def _bare_link(pieces: list[Piece], base: str) -> Source | None:
    """An address that stands alone as the last line of a long text; it stays in the text, for nothing says more."""
    last = next((piece for piece in reversed(pieces) if own(piece)), None)
    line = last.text.rpartition("\n")[2] if last else ""
    if not last or not line[:_SCHEME].lower().startswith(("http://", "https://")) or " " in line:
        return None
    if not reaches(pieces, _LONG):
        return None
    url = unwrap(last.links[-1][0] if last.links else line, base)
    return Source(url=url, words=line) if url and _abroad(url, base) else None
