"""Whether bytes are no page: no text in any charset (a picture, a program, a compressed file), or a feed."""

import codecs
import re

from crawler.reading.charset import wide

# Formats that begin with bytes of their own and may be too short, or begin too plainly, for counting.
_FORMATS = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"SQLite format 3\0")
# Control characters that no text needs (https://mimesniff.spec.whatwg.org/#binary-data-byte).
_NO_TEXT = bytes({*range(0x20)} - {*b"\t\n\f\r\x1b"})
_FEED = re.compile(  # what may stand before the root element is taken as it comes, or a long prologue takes for ever
    rb"(?>\xef\xbb\xbf|\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*+<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]",
    re.DOTALL,
)
_START = 4096  # bytes that are looked at
_FEW = 8  # stray ones that even a short text may have
_MANY = 0.05  # of random bytes a tenth are such; a page has a stray one, VISCII writes rare letters with some of them


def is_binary(body: bytes) -> bool:
    """Whether `body` is no text in any charset that forums use; no bytes at all are none."""
    start = body[:_START]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or wide(start):
        return False
    stray = len(start) - len(start.translate(None, _NO_TEXT))
    return stray > max(_FEW, _MANY * len(start)) or start.startswith(_FORMATS)


def is_feed(body: bytes) -> bool:
    """Whether `body` is RSS, Atom or a sitemap: it names pages, and is none."""
    return _FEED.match(body[:_START]) is not None
