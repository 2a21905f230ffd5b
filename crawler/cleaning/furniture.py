"""What an article carries along when it is reposted whole: links to other articles, repeated captions, a date line."""

import re
from dataclasses import replace

from archive.records import Label
from crawler.cleaning.blocks import Piece, own
from crawler.cleaning.lines import Mark, Place, own_lines, parted, reaches, relabel
from crawler.cleaning.phrases import announces, phrases
from crawler.cleaning.tail import ARTICLE

_CAPTION = 200  # characters
_CREDIT = re.compile(  # a caption without a picture before it: "... Ảnh: NAME", "(Photo: NAME)"
    r"(?:.*[.\s(])?(?:Ảnh|Ảnh minh họa|Nguồn ảnh|Photo|Photo credit|Image|Foto|Fotos|Crédit photo|Фото|写真|사진|图|圖)"
    r"(?: by)?\s?[:：]\s?[^.:]{1,60}\)?\.?"
)
_HEADING = 60  # characters of a line above a list of links
_COMMENT = 200  # characters beside a quoted article
_ANSWER = re.compile(
    r"(?:(?:re|aw|antw|sv|vs|odp|res|rif|ynt|отв|ответ|回复|回覆)(?:\[\d+\])?[:：]\s*)+", re.IGNORECASE
)
QUOTED = "article in a quote without a name"
_LEAD = 80  # characters; shorter paragraphs are repeated for effect, as in verses
_LEADING = 4  # paragraphs from the top; further down a list may name a thing twice
_NOTHING = re.compile(r"[\W\d_]*")  # what may stand between links that fill a line: bullets, numbers, dates
# An alternative text that ends in the picture's number, glued to the caption: "... Hàn Quốc ảnh 1Đoàn xe ..."
_GLUED = re.compile(r"(?P<alt>\S.{15,200}? [-–]? ?[Ảả]nh \d{1,2})(?P<caption>[^\W\d_].*)")
_DATELINE = re.compile(  # a full date with a time of day and nothing else but a weekday, a zone, or "PV"
    r"\(?(?:P\.?V\s?[•·|-]\s?)?(?:[^\W\d]+(?: [^\W\d]+)?\s?[,-]\s?)?(?:ngày )?"
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{4}[\s,|-]{1,4}\d{1,2}[:h]\d{2}(?::\d{2})?"
    r"|\d{1,2}[:h]\d{2},? (?:ngày )?\d{1,2}[./-]\d{1,2}[./-]\d{4})\s?(?:\(?GMT ?\+?\d{1,2}\)?)?\)?",
    re.IGNORECASE,
)


def related(pieces: list[Piece]) -> list[Piece]:
    """Links to other articles in the midst of one: a heading above lines that are nothing but links, or before one."""
    if not any(piece.links for piece in pieces if own(piece)) or not reaches(pieces, ARTICLE):
        return pieces
    marks: dict[Place, Mark] = {}
    heading: tuple[Place, Mark] | None = None
    for place, line in own_lines(pieces):
        piece = pieces[place[0]]
        found = phrases("similar").find(line) if len(line) <= _HEADING else None
        if found:
            heading = place, (Label.SIMILAR, str(found), 0)
        elif heading and _is_links(line, piece):
            marks |= dict([heading])
            marks[place] = Label.SIMILAR, "only links below a list's heading", 0
        else:
            heading = None
            if _leads_to_links(line, piece):
                marks[place] = Label.SIMILAR, "link to another article", 0
    return relabel(pieces, marks)


def _is_links(line: str, piece: Piece) -> bool:
    if any(words == line for _, words in piece.links):
        return True
    for _, words in piece.links:
        if words:
            line = line.replace(words, "", 1)
    return bool(piece.links) and _NOTHING.fullmatch(line) is not None


def _leads_to_links(line: str, piece: Piece) -> bool:
    head, rest = parted(line)
    if not rest or not piece.links or len(head) > _HEADING:
        return False
    return phrases("similar").find(head) is not None and _is_links(rest, piece)


def adverts(pieces: list[Piece]) -> list[Piece]:
    """The word that stood above or below an advertisement in the midst of an article."""
    if not reaches(pieces, ARTICLE):
        return pieces
    marks: dict[Place, Mark] = {}
    for place, line in own_lines(pieces):
        found = phrases("advert").find(line) if len(line) <= _HEADING else None
        if found:
            marks[place] = Label.NOTICE, str(found), 0
    return relabel(pieces, marks)


def reposted_quotes(pieces: list[Piece]) -> list[Piece]:
    """A quote without a name, below the first words of a text that says where it comes from: it is the article's."""
    signs = (piece for piece in pieces if piece.label in (Label.READON, Label.SOURCE) and not piece.group)
    if all(piece.rule.startswith("phrase byline") for piece in signs) or not reaches(pieces, ARTICLE):
        return pieces
    begun = False
    for piece in pieces:
        if piece.label is Label.QUOTE and begun and not _has_name(piece):
            piece.label, piece.rule, piece.group = Label.BODY, "quote without a name in a reposted text", 0
        begun = begun or own(piece)
    return pieces


def _has_name(quote: Piece) -> bool:
    is_box = quote.rule.startswith(("tag ", "container "))
    return not is_box or quote.header or announces(quote.text.partition("\n")[0])


def repeats(pieces: list[Piece]) -> list[Piece]:
    """A caption or a lead that stands twice in a row, and an alternative text that is glued to its caption."""
    done: list[Piece] = []
    last: Piece | None = None
    above = 0
    for piece in pieces:
        if last and own(piece) and own(last) and _repeats(last, piece, leads=above < _LEADING):
            piece.label, piece.rule, piece.group = Label.NOTICE, "repeats the block above", 0
        elif "nh " in piece.text and piece.label is Label.BODY and (glued := _GLUED.fullmatch(piece.text)):
            if glued["caption"][0].isupper():
                done.append(replace(piece, text=glued["alt"], label=Label.NOTICE, rule="alternative text", links=[]))
                piece.text, piece.label, piece.rule = glued["caption"], Label.CAPTION, "caption behind such a text"
        else:
            last = piece
        done.append(piece)
        above += own(piece)
    return done


def _repeats(last: Piece, piece: Piece, *, leads: bool) -> bool:
    captions = piece.label is Label.CAPTION or piece.after_image or last.after_image
    return last.text == piece.text and (captions or (leads and len(piece.text) >= _LEAD))


def subject(pieces: list[Piece], title: str) -> list[Piece]:
    """The line "Re: TITLE" that boards with a subject for each post left above the text, or moved there later."""
    first = next((at for at, piece in enumerate(pieces) if own(piece)), None)
    if first is None or not title:
        return pieces
    line = pieces[first].text.split("\n", 1)[0]
    answer = _ANSWER.match(line)
    said = line[answer.end() :].casefold().split() if answer else []
    if said and said == title.casefold().split():
        return relabel(pieces, {(first, 0): (Label.NOTICE, "subject: the thread's title", 0)})
    return pieces


def quoted(pieces: list[Piece]) -> list[Piece]:
    """A whole article that was pasted into one quote which names nobody: it is what the post brings, not an answer."""
    quotes = [piece for piece in pieces if piece.label is Label.QUOTE]
    if not quotes or sum(len(piece.text) for piece in quotes) < ARTICLE or any(piece.header for piece in pieces):
        return pieces
    rest = [piece for piece in pieces if own(piece)]
    if len({piece.group for piece in quotes}) > 1 or reaches(pieces, _COMMENT + 1):
        return pieces
    if any(announces(piece.text) for piece in (quotes[0], *rest)):
        return pieces
    for piece in quotes:
        piece.label, piece.rule, piece.group = Label.BODY, QUOTED, 0
    return pieces


def datelines(pieces: list[Piece]) -> list[Piece]:
    """The line above an article that is only the day and the time of its publication."""
    first = next((piece for piece in pieces if own(piece)), None)
    if first and first.text[:1] in _DATE_STARTS and _DATELINE.fullmatch(first.text) and reaches(pieces, ARTICLE):
        first.label, first.rule = Label.NOTICE, "date and time above an article"
    return pieces


_DATE_STARTS = frozenset("(0123456789PpTtCcNnMWFSDLJVSЧПСВ周星")  # a digit, "PV", or a weekday's first letter


def captions(pieces: list[Piece]) -> list[Piece]:
    """A short line right after a picture, or one that ends with the photographer's name."""
    for piece in pieces:
        if piece.label is not Label.BODY or len(piece.text) > _CAPTION or "\n" in piece.text:
            continue
        if piece.after_image:
            piece.label, piece.rule = Label.CAPTION, "short line after a picture"
        elif (":" in piece.text or "：" in piece.text) and _CREDIT.fullmatch(piece.text):
            piece.label, piece.rule = Label.CAPTION, "names who took the picture"
    return pieces
