"""Whether bytes are a text in any charset, or something else: a picture, a program, a compressed file."""

import codecs

from crawler.reading.charset import wide

# Formats that begin with bytes of their own and may be too short, or begin too plainly, for counting.
_FORMATS = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"SQLite format 3\0")
# Control characters that no text needs (https://mimesniff.spec.whatwg.org/#binary-data-byte).
_NO_TEXT = bytes({*range(0x20)} - {*b"\t\n\f\r\x1b"})
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
