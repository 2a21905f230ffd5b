"""Vietnamese by font: text whose bytes are TCVN3 letters, and which is read as Western European characters.

Until about 2005 Vietnamese was written with fonts (.VnTime and its family) that draw ă, đ, ộ in the places of ¨, ®, é.
Such a page declares iso-8859-1 or nothing, or was turned into UTF-8 letter by letter. The places are those of TCVN
5712-1:1993, without its capitals with tones and its combining marks, which those fonts did not draw.
"""

import re

_SHOWN = (
    "¡¢£¤¥¦§¨©ª«¬\xad®"  # vowels with hat, horn or breve, and đ
    "µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ"  # vowels with tones, in the order of the alphabet
)
_MEANT = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_TABLE = str.maketrans(_SHOWN, _MEANT)

# A written syllable, after conversion: onset, rhyme, coda. Wide enough for every Vietnamese word, and narrow enough
# that a French, Portuguese or Turkish word hardly ever turns into one.
_TONELESS = str.maketrans(
    "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
    "aaaaaăăăăăâââââeeeeeêêêêêiiiiioooooôôôôôơơơơơuuuuuưưưưưyyyyy",
)
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|tr|th|ph|kh|gh|gi|qu|[bcdđghklmnprstvx])?"
    r"(?:oa|oă|oe|oo|uâ|uê|uơ|uy|ua|uyê|uya|iê|ia|ie|yê|ươ|ưa|uô|[aăâeêioôơuưy])"
    r"(?:ng|nh|ch|[cmnptiouy])?"
)
_TONES = re.compile(r"[àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")
_WORD = re.compile(rf"[A-Za-z{re.escape(_SHOWN)}]+")
_RUN = re.compile(r"[^<>\n]+")  # a stretch of text between tags: one font
# Signs that stand inside words in TCVN3 only.
_SIGN = re.compile(r"[¨©ª«¬\xad®µ¶·¸¹»¼½¾×÷§]")
_BARE_SIGN = re.compile(r"^[©®«»¬·×÷§\xad]$|.[®©]$")  # a sign that stands for itself: "© 2005", "Windows®"
_UNICODE_LETTER = re.compile(r"[ăđơưĂĐƠƯĩũĨŨ\u0300-\u0323\u0370-\ud7ffＡ-ｚ]")
_ENOUGH = 8  # different words that are Vietnamese only when converted


def from_tcvn3(text: str) -> str:
    """`text` with its TCVN3 stretches converted; `text` itself where it cannot be sure that it holds any."""
    # No Vietnamese text of a few sentences lacks đ, and ư or ô: one look each spares ordinary pages the rest.
    if "®" not in text or ("\xad" not in text and "«" not in text):
        return text
    evidence: set[str] = set()
    for run in _RUN.findall(text):
        if _SIGN.search(run) and _is_tcvn3(run):
            evidence.update(word for word in _shown(run) if _SIGN.search(word) and _is_syllable(word))
    return _RUN.sub(_convert_run, text) if len(evidence) >= _ENOUGH else text


def _convert_run(found: re.Match[str]) -> str:
    return _WORD.sub(_convert_word, found[0]) if _is_tcvn3(found[0]) else found[0]


def _convert_word(found: re.Match[str]) -> str:
    word = found[0]
    return word if _BARE_SIGN.search(word) else word.translate(_TABLE)


def _shown(run: str) -> list[str]:
    """The words of a run that would change."""
    return [word for word in _WORD.findall(run) if not word.isascii() and not _BARE_SIGN.search(word)]


def _is_tcvn3(run: str) -> bool:
    """Whether four in five of the words that would change turn into Vietnamese syllables."""
    if _UNICODE_LETTER.search(run):
        return False
    shown = _shown(run)
    return bool(shown) and sum(map(_is_syllable, shown)) * 5 >= len(shown) * 4


def _is_syllable(word: str) -> bool:
    meant = word.translate(_TABLE).lower()
    return len(_TONES.findall(meant)) <= 1 and _SYLLABLE.fullmatch(meant.translate(_TONELESS)) is not None
