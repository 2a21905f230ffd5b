"""Posts that are mails, as mailing lists print them, and those of boards that grew out of telnet (KBS, Firebird).

Source: mailed posts as these softwares print them on the web: "发信人: id (name), 信区: board", the subject, "发信站:
host (date)"; "【 在 id (name) 的大作中提到: 】" above quoted lines that start with ": "; "--" above the signature and
"※ 来源:·host·[FROM: address]".
"""

import re

from archive.records import OWN, Label
from crawler.cleaning.blocks import Piece
from crawler.cleaning.lines import Mark, Place, own_lines, relabel
from crawler.cleaning.phrases import announces

_FROM = re.compile(r"\s*(?:发信人|發信人|寄信人)\s*[:：]")
_MORE = re.compile(r"\s*(?:发信站|發信站|标\s*题|標\s*題)\s*[:：]")  # the reader of a page takes the line with the date
_HEAD = 5  # lines
_QUOTES = re.compile(r"【 ?在 .{1,80} 的(?:大作|文章|来信|來信)中提到[:：] ?】")
_ORIGIN = re.compile(r"※ ?(?:来源|來源|修改|转载|轉載)[:：]")


def mails(pieces: list[Piece]) -> list[Piece]:
    """Label what a telnet board prints around a text, in posts that start with its header."""
    first = next((piece for piece in pieces if piece.label in OWN), None)
    if first is None or not _FROM.match(first.text):
        return pieces
    lines = list(own_lines(pieces))
    last = max((at for at, (_, line) in enumerate(lines[:_HEAD]) if _MORE.match(line)), default=None)
    if last is None:
        return pieces
    marks: dict[Place, Mark] = {place: (Label.NOTICE, "header of a mail", -2) for place, _ in lines[: last + 1]}
    rest = lines[last + 1 :]
    end = _signature(rest)
    marks |= {place: (Label.SIGNATURE, "below the text of a mail", -3) for place, _ in rest[end:]}
    return relabel(pieces, marks | _quotes(rest[:end]))


def answered(pieces: list[Piece]) -> list[Piece]:
    """The lines that a mail answers: those that start with ">", below the line that says who wrote them."""
    if not any(">" in piece.text for piece in pieces):
        return pieces
    marks: dict[Place, Mark] = {}
    mark: Mark | None = None  # of the lines of an open quote
    lines = list(own_lines(pieces))
    for number, (place, line) in enumerate(lines):
        below = lines[number + 1][1] if number + 1 < len(lines) else ""
        if mark and line.startswith(">"):
            marks[place] = mark
        elif below.startswith(">") and line.endswith((":", "：")) and announces(line):
            mark = marks[place] = Label.QUOTE, "lines of a mail that is answered", -5 - place[0]
        else:
            mark = None
    return relabel(pieces, marks)


def _signature(lines: list[tuple[Place, str]]) -> int:
    """Where the signature starts: at the last "--", or at the line that says where the post came from."""
    origin = next((at for at, (_, line) in enumerate(lines) if _ORIGIN.match(line)), len(lines))
    return next((at for at in range(origin - 1, -1, -1) if lines[at][1].strip() == "--"), origin)


def _quotes(lines: list[tuple[Place, str]]) -> dict[Place, Mark]:
    """The lines of a quote, and between them the ends of lines that were too long and wrapped."""
    start = next((at for at, (_, line) in enumerate(lines) if _QUOTES.match(line)), None)
    if start is None:
        return {}
    said = [at for at in range(start + 1, len(lines)) if lines[at][1][:2].strip() == ":"]  # ":)" is none
    marked, kept = set(said), [start]
    for at in range(start + 1, said[-1] + 1 if said else 0):
        if at in marked or (kept[-1] == at - 1 and lines[at][0][0] == lines[at - 1][0][0]):
            kept.append(at)
    return {lines[at][0]: (Label.QUOTE, "lines of a mail that is answered", -4) for at in kept}
