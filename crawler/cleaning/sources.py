"""Where a post says its text comes from: the read-on link, a source line, the card at its end; redirectors undone.

Everything is decoded offline, and only http and https URLs count: a base64 parameter may as well hold javascript.
"""

import base64
import binascii
import re
from urllib.parse import unquote, urljoin, urlsplit

from archive.records import Label, Source
from crawler.cleaning.blocks import Piece

_HTTP = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_WHOLE = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
# Path of a redirector -> the parameters that hold the target. Paths, because the hosts are the forums' own.
_REDIRECTORS = tuple(
    (re.compile(path), names)
    for path, names in (
        (r"(?:^|/)goto/link-confirmation/?$", ("url",)),  # XenForo add-on: base64, on some boards plain
        (r"^(?:/[^/]+)?/redirect/?$", ("to",)),  # XenForo link proxy (base64), Invision plugin (plain)
        (r"^/yonlendirme/?$", ("to",)),  # XenGenTr
        (r"^(?:/[^/]+)?/redirect-to/?$", ("redirect",)),  # vBSEO, DragonByte SEO
        (r"^(?:/[^/]+){0,2}/home/leaving/?$", ("target", "Target")),  # Vanilla
        (r"/outgoing/?$", ("url",)),  # NodeBB
        (r"/proxy\.php$", ("link", "image")),  # XenForo's own link and image proxy
        (r"/clicks/track$", ("url",)),  # Discourse
    )
)
_UNQUOTES = 3  # plain targets come percent-encoded up to twice


def unwrap(href: str, base: str = "") -> str | None:
    """The real http(s) URL behind a link, absolute against `base`; None when it is no such URL."""
    try:
        url = urljoin(base, href.strip().replace("&amp;", "&"))
        parts = urlsplit(url)
    except ValueError:  # "http://[1" is no address
        return None
    if parts.query:
        for path, names in _REDIRECTORS:
            if path.search(parts.path):
                return _target(parts.query, names) or _web(url)
    return _web(url)


def _web(url: str) -> str | None:
    return url if _WHOLE.fullmatch(url) else None


def _target(query: str, names: tuple[str, ...]) -> str | None:
    for part in query.split("&"):  # parse_qs would turn a literal "+" of the target into a space
        name, _, value = part.partition("=")
        if name in names and value:
            found = _base64(value) or _plain(value)
            if found:
                return found
    return None


def _base64(value: str) -> str | None:
    text = unquote(value).replace("-", "+").replace("_", "/").replace(" ", "+").rstrip("=")
    try:
        return _web(base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8"))
    except (binascii.Error, ValueError):  # not base64, or not text inside
        return None


def _plain(value: str) -> str | None:
    for _ in range(_UNQUOTES):
        if value.lower().startswith(("http://", "https://")):
            return _web(value)
        value = unquote(value)
    return _web(value)


def host_of(url: str | None) -> str | None:
    """The host of a URL without "www.", or None."""
    host = urlsplit(url).hostname if url else None
    return host.removeprefix("www.") if host else None


def find_source(pieces: list[Piece], base: str) -> Source | None:
    """What the labelled pieces say of the text's origin, the surest sign first; None when they say nothing."""
    readon = [piece for piece in pieces if piece.label is Label.READON]
    lines = [piece for piece in pieces if piece.label is Label.SOURCE and not piece.group]
    for piece in (*reversed(readon), *reversed(lines)):
        source = _of_piece(piece, base)
        if source.url:
            return source
    card = _last_card(pieces, base)
    if card:
        return card
    for piece in (*lines, *readon):
        return _of_piece(piece, base)
    return None


def _of_piece(piece: Piece, base: str) -> Source:
    named = piece.label is Label.SOURCE
    label, _, said = piece.text.partition(":") if named else ("", "", "")
    said = "" if label.endswith(("http", "https")) else said.strip()
    for href, words in reversed(piece.links):
        url = unwrap(href, base)
        if url:
            name = said if said and not _HTTP.search(said) else None
            return Source(url=url, words=words, name=name)
    bare = _HTTP.search(piece.text)
    if bare:
        return Source(url=unwrap(bare[0].rstrip(".,;)]")), words=piece.text)
    return Source(url=None, words=piece.text, name=said or None)


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
