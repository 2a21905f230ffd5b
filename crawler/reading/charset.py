"""Bytes of a page -> text or tree, whatever charset they are in and whatever the page says they are.

Order: byte order mark; strict UTF-8, whatever is declared (boards moved to UTF-8 and kept the old declaration); UTF-8
with a few stray cp1252 bytes (old posts after such a move); the charset of the header, then of the page, in the
WHATWG meaning (https://encoding.spec.whatwg.org/#names-and-labels); a guess. Vietnamese written by font (TCVN3) is
converted where the text cannot be anything else. Apart from windows-1258, whose tones are combining marks, text is
not normalised here: whoever takes text out of the tree makes it NFC.
"""

import codecs
import re
import unicodedata
from functools import cache

from lxml import etree
from lxml.etree import HTMLParser  # not lxml.html's: its elements are looked up in Python, one by one

from crawler.reading.tcvn import from_tcvn3

# Python's name of a codec -> the codec that browsers use for it. What is not listed is no charset of a page
# ("rot13", "unicode_escape" and "idna" are codecs for Python, too).
_MEANING = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "euc_kr": "cp949",
    "cp949": "cp949",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "utf-8": "utf-8",
} | {
    name: name
    for name in (
        *(f"cp{number}" for number in (866, 874, *range(1250, 1259))),
        *(f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
        *("euc_jp", "iso2022_jp", "koi8-r", "koi8-u", "mac-cyrillic", "mac-roman"),
    )
}
# Labels of the WHATWG table that Python does not know.
_LABELS = {
    "x-gbk": "gbk",
    "x-sjis": "cp932",
    "windows-874": "cp874",
    "windows-949": "cp949",
    "x-euc-jp": "euc_jp",
    "x-x-big5": "big5",
    "cn-big5": "big5",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "iso-8859-8-i": "iso8859-8",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "unicode-1-1-utf-8": "utf-8",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_META_WITHIN = 4096  # bytes; the standard says 1024, boards with long comments on top put it later
_GUESSES = ["utf_8", "gb18030", "big5", "cp932", "euc_jp", "cp949", "koi8_r", *(f"cp{n}" for n in range(1250, 1259))]
# What undeclared pages in a language were written in (as the standard's table of defaults has it), strictest first.
_BY_LANGUAGE = {
    **dict.fromkeys(("ja", "jp"), ("euc_jp", "cp932")),
    **dict.fromkeys(("cs", "hr", "hu", "pl", "sk", "sl"), ("cp1250",)),
    **dict.fromkeys(("da", "de", "es", "fi", "fr", "it", "nl", "no", "pt", "sv"), ("cp1252",)),
    "tr": ("cp1254",),
    "th": ("cp874",),
    "ko": ("cp949",),
}
_LANGUAGE = re.compile(rb"""<html\b[^>]*?\blang\s*=\s*["']?([a-z]{2})""", re.IGNORECASE)
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>|\s+", re.IGNORECASE | re.DOTALL)
_FEW = 24  # high bytes that are too few to guess a charset from: quotes and accents of an English page
_SAMPLE = 20_000  # bytes of text that the guess looks at

_ESCAPED = re.compile("[\udc80-\udcff]")
_ESCAPED_RUN = re.compile("[\udc80-\udcff]+")
_CUT_LETTER = re.compile(rb"[\xe1-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2}|\xe0[\xa0-\xbf]")
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/>]*)[^>]*>")
_VOID = {
    b"area",
    b"base",
    b"br",
    b"col",
    b"embed",
    b"hr",
    b"img",
    b"input",
    b"link",
    b"meta",
    b"param",
    b"source",
    b"wbr",
}
_DEPTH = 1500
_START = 16_384  # bytes that tell most pages that are not UTF-8

_PARSER = HTMLParser(encoding="utf-8", huge_tree=True, collect_ids=False)


def decode(body: bytes, charset: str | None = None) -> str:
    """The text of `body`; `charset` is the HTTP header's. Always text: what no charset explains becomes U+FFFD."""
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(codec, "replace")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = _decode_legacy(body, charset)
    else:
        if "\x1b$" in text and "iso2022_jp" in _declared(body, charset):  # all ASCII, but not in meaning
            return body.decode("iso2022_jp", "replace")
        if "\0" in text and (utf16 := wide(body)):
            return body.decode(utf16, "replace")
    return from_tcvn3(text)


def parse(body: bytes, charset: str | None = None) -> etree._Element:
    """The page as a tree; `charset` is the HTTP header's. Never raises: bytes without markup give an empty tree.

    NUL bytes, which may end a parse, are dropped; size and depth are unlimited (tags beyond a depth of 1,500 are left
    out, their text is kept); nothing is fetched, and no entity but HTML's own is expanded.
    """
    root = _tree(body) if _is_plain(body) else None
    if root is None or _PARSER.error_log.filter_types([etree.ErrorTypes.ERR_INVALID_ENCODING]):
        body = decode(body, charset).replace("\0", "").encode("utf-8", "replace")
        root = _tree(body)
    last = _PARSER.error_log.last_error
    if last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:  # libxml2 drops the rest of the page
        root = _tree(_shallow(body))
    return etree.fromstring(b"<html><body></body></html>", _PARSER) if root is None else root


def _is_plain(body: bytes) -> bool:
    """Whether the bytes can be parsed as UTF-8 as they are, as nearly all pages can, unless libxml2 objects.

    Decoding the whole page to find out would cost a tenth of its parse, and so would looking for pairs of bytes.
    """
    try:
        codecs.utf_8_decode(body[:_START], "strict", False)  # noqa: FBT003 # not final: a letter may be cut in two
    except UnicodeDecodeError:
        return False
    if body.startswith(codecs.BOM_UTF8) or b"\0" in body or (b"\x1b" in body and b"\x1b$" in body):
        return False
    if b"\xae" not in body:
        return True
    latin = {rest[:1] for rest in body.split(b"\xc2")[1:]}  # U+0080 to U+00BF
    return not (b"\xae" in latin and latin & {b"\xad", b"\xab"})  # may be TCVN3


def _tree(page: bytes) -> etree._Element | None:
    """The tree of UTF-8 bytes; None for no bytes, or nothing but comments."""
    try:
        return etree.fromstring(page, _PARSER)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _shallow(page: bytes) -> bytes:
    """The page without the tags beyond the depth that libxml2 bears (2,048 in version 2.14)."""
    depth = 0

    def keep(found: re.Match[bytes]) -> bytes:
        nonlocal depth
        if found[1]:
            depth = max(depth - 1, 0)
            return found[0] if depth < _DEPTH else b""
        depth += found[2].lower() not in _VOID
        return found[0] if depth <= _DEPTH else b""

    return _TAG.sub(keep, page)


def _decode_legacy(body: bytes, charset: str | None) -> str:
    """Text of bytes that are not UTF-8 as a whole."""
    if codec := wide(body):
        return body.decode(codec, "replace")
    high = sum(map(len, _HIGH_RUN.findall(body)))
    if (mixed := _mostly_utf8(body, high)) is not None:
        return mixed
    for codec in _declared(body, charset):
        text = _decode_as(body, codec)
        if codec != "utf-8" and text.count("\ufffd") * 50 <= high:  # damaged characters, not another charset
            return text
    latin = _decode_as(body, "cp1252")
    if high <= _FEW or from_tcvn3(latin) is not latin:
        return latin
    return _decode_as(body, _guess(body))


def _decode_as(body: bytes, codec: str) -> str:
    text = body.decode(codec, "xemtiep.controls")
    return unicodedata.normalize("NFC", text) if codec == "cp1258" else text


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """Decoding as browsers do: an undefined byte of windows-125x is the control character of its number."""
    assert isinstance(error, UnicodeDecodeError)
    byte = error.object[error.start]
    return (chr(byte) if error.encoding == "charmap" and byte < 0xA0 else "\ufffd"), error.end  # noqa: PLR2004 # where the printable half begins


codecs.register_error("xemtiep.controls", _as_control)


def wide(body: bytes) -> str | None:
    """UTF-16 without a mark: a page starts with "<", maybe after white space."""
    start = body[:2]
    if len(start) == 2 and b"\0" in start and start.strip(b"\0") in b"< \t\r\n" and start != b"\0\0":  # noqa: PLR2004 # bytes of a UTF-16 letter
        return "utf-16-be" if start[0] == 0 else "utf-16-le"
    return None


def _mostly_utf8(body: bytes, high: int) -> str | None:
    """UTF-8 with stray bytes: each is the cp1252 character that it was; of a letter cut in two nothing is known."""
    text = body.decode("utf-8", "surrogateescape")
    if len(_ESCAPED.findall(text)) * 3 > high:
        return None
    return _ESCAPED_RUN.sub(_repair, text)


def _repair(found: re.Match[str]) -> str:
    stray = found[0].encode("utf-8", "surrogateescape")
    return "\ufffd" if _CUT_LETTER.fullmatch(stray) else _decode_as(stray, "cp1252")


def _declared(body: bytes, charset: str | None) -> list[str]:
    """The codecs that the header and the page name, in this order, where they name one that exists."""
    labels = [charset] if charset else []
    labels += [label.decode("ascii") for label in _META.findall(body, 0, _META_WITHIN)]
    return [codec for codec in dict.fromkeys(map(_codec, labels)) if codec]


@cache
def _codec(label: str) -> str | None:
    label = label.strip(" \t\"';").lower()
    try:
        return _MEANING.get(codecs.lookup(_LABELS.get(label, label)).name)
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None


def _guess(body: bytes) -> str:
    """A codec for bytes that nothing explains; cp1252 where the guess is none."""
    language = _LANGUAGE.search(body, 0, _META_WITHIN)
    for codec in _BY_LANGUAGE.get(language[1].decode().lower(), ()) if language else ():
        if "\ufffd" not in _decode_as(body, codec):
            return codec
    from charset_normalizer import from_bytes  # slow to import, seldom needed

    text = _MARKUP.sub(b" ", body)
    best = from_bytes(text[:_SAMPLE], cp_isolation=_GUESSES).best()
    return best.encoding if best else "cp1252"
