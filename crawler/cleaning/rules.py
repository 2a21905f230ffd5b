"""The ordered rules that label what markup alone cannot: whole lines of known phrases, and where they stand.

Each rule takes the pieces of one post and returns them, relabelled or split at line ends; none drops a word. A rule
works on HTML posts and flat texts alike, so that clean text cleans to itself.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from archive.records import OWN, Label
from crawler.cleaning.blocks import Piece
from crawler.cleaning.furniture import adverts, captions, datelines, related, repeats, reposted_quotes
from crawler.cleaning.lines import Mark, Place, join, lines_backwards, own_lines, relabel
from crawler.cleaning.mails import answered, mails
from crawler.cleaning.phrases import LONGEST, announces, key, phrases
from crawler.cleaning.tail import tail

Rule = Callable[[list[Piece]], list[Piece]]
_SIMILAR = 80  # lines that may follow a "similar threads" heading
_ROW = 120  # characters of a row in such a list
_SENTENCE = 60  # a line that ends like a sentence and is longer is one
_SIGNATURE = 1000  # characters below a "____" line that are still a signature
_SIGNATURE_LINES = 15
_DASHES = "--"
_NAMES = 5  # lines below two dashes
_CARD = 240  # characters
_BRACKETS = re.compile(r"\[[^\[\]\n]{10,158}\]")
_RULER = re.compile("_{5,}")
_NAME = 8  # words of a line that names who is quoted
_BOXES = frozenset({"QUOTE:", "CODE:"})  # headings of Discuz's boxes, copied as text
_CLOSED = frozenset({"[/quote]", "[/spoiler]"})
_ATTACHED = re.compile(  # XenForo's and vBulletin's, phpBB's: what an import or a deletion left of a file
    r"(?:\[attach(?:ment)?(?:[= ][^\[\]]*)?\][^\[\]]+\[/attach(?:ment)?(?::\w+)?\]\s*)+", re.IGNORECASE
)
_PADLOCK = "\U0001f512"  # drawn by NodeBB before its gates
_ENDS = (".", "!", "?", "…", "。")


def attributions(pieces: list[Piece]) -> list[Piece]:
    """The line "X said:" above a quote belongs to it; "Code:" above code is a button's."""
    for at in range(len(pieces) - 1):
        above, below = pieces[at], pieces[at + 1]
        if above.header and phrases("spoiler").find(above.text):
            _spoil(pieces, at)
        elif below.label is Label.QUOTE and above.group != below.group:
            if above.header or (
                above.label in (Label.BODY, Label.TABLE) and (announces(above.text) or _names(above.text))
            ):
                above.rule = above.rule if above.header else "line above a quote"
                above.label, above.group = Label.QUOTE, below.group
        elif below.label is Label.TABLE and above.label is Label.BODY:
            _quote_table(pieces, at)
        elif below.label is Label.CODE and above.label is Label.BODY and phrases("codehead").find(above.text):
            above.label, above.rule = Label.BUTTON, "heading of a code box"
    return pieces


def _names(line: str) -> bool:
    """“Originally Posted by NAME” needs no colon above a quote."""
    found = phrases("quote").find(line) if len(line.split()) <= _NAME and not line.endswith(_ENDS) else None
    return found is not None and found.text.endswith(" {x}") and found.text.count(" ") > 1


def _spoil(pieces: list[Piece], at: int) -> None:
    """Boards without a spoiler tag build it from the quote's boxes, with another title."""
    group = pieces[at + 1].group
    pieces[at].label = Label.BUTTON
    for piece in pieces[at + 1 :]:
        if not group or piece.group != group:
            break
        piece.label, piece.rule = Label.SPOILER, "quote box with the title of a spoiler"


def _quote_table(pieces: list[Piece], at: int) -> None:
    """Older softwares (vBulletin 3, phpBB 2) draw a quote as a table below the word "Quote:"."""
    if not announces(pieces[at].text):
        return
    group = pieces[at + 1].group
    pieces[at].label, pieces[at].group, pieces[at].rule = Label.QUOTE, group, "line above a quote"
    for piece in pieces[at + 1 :]:
        if piece.group != group:
            break
        piece.label, piece.rule = Label.QUOTE, "table below the line that announces a quote"


def layout_tables(pieces: list[Piece]) -> list[Piece]:
    """A table of one cell is a frame around text."""
    tables = [piece for piece in pieces if piece.label is Label.TABLE]
    cells: dict[int, set[tuple[int, int]]] = {}
    for piece in tables:
        cells.setdefault(piece.group, set()).add(piece.cell)
    for piece in tables:
        if len(cells[piece.group]) == 1:
            piece.label, piece.group, piece.rule = Label.BODY, 0, "table of one cell"
    return pieces


def rulers(pieces: list[Piece]) -> list[Piece]:
    """Softwares without a signature container put a line of underscores above it; mails have two dashes there."""
    if not any("_____" in piece.text or "--" in piece.text for piece in pieces):
        return pieces
    marks: dict[Place, Mark] = {}
    size = 0
    for place, line in lines_backwards(pieces):
        size += len(line)
        if size > _SIGNATURE or len(marks) > _SIGNATURE_LINES:
            break
        if line == _DASHES and 0 < len(marks) <= _NAMES and size <= _CARD:
            marks[place] = Label.SIGNATURE, "below two dashes", -1
            return relabel(pieces, dict.fromkeys(marks, marks[place]))
        marks[place] = Label.SIGNATURE, "below a line of underscores", -1
        if line.startswith("___") and _RULER.fullmatch(line.strip()):
            return relabel(pieces, marks)
    return pieces


def gates(pieces: list[Piece]) -> list[Piece]:
    """A gate in brackets in the midst of a line: vBulletin puts one in the place of every link."""
    done: list[Piece] = []
    for piece in pieces:
        if done and piece.label in OWN and piece.text.startswith("]"):
            _close(done[-1], piece)
        done += _split_gates(piece) if piece.label in OWN and "[" in piece.text else (piece,)
    return [piece for piece in done if piece.text]


def _close(opened: Piece, piece: Piece) -> None:
    """A bracket that the words before a button opened and the text after it closes is theirs."""
    if opened.label is Label.BUTTON and opened.text.startswith("[") and "]" not in opened.text:
        opened.text, piece.text = f"{opened.text} ]", piece.text[1:].lstrip()


def _split_gates(piece: Piece) -> list[Piece]:
    parts: list[Piece] = []
    start = 0
    for run in _BRACKETS.finditer(piece.text):
        found = phrases("gate").find(run[0])
        if found and not found.weak:
            parts.append(replace(piece, text=piece.text[start : run.start()].strip()))
            parts.append(replace(piece, text=run[0], label=Label.GATE, rule=str(found), group=0, links=[]))
            start = run.end()
    parts.append(replace(piece, text=piece.text[start:].strip()) if parts else piece)
    return [part for part in parts if part.text]


def anywhere(pieces: list[Piece]) -> list[Piece]:
    """Lines that nobody writes: gates for guests, and quotes of a flattened page between header and expand button."""
    marks: dict[Place, Mark] = {}
    opened: list[Place] = []
    regions: list[tuple[Place, Place]] = []
    for place, line in own_lines(pieces):
        if len(line) > LONGEST:
            continue
        folded = key(line)
        found = phrases("gate", "expand").look(folded)
        if found and found.role == "gate":
            if found.weak and _PADLOCK not in line:
                continue
            marks[place] = Label.GATE, str(found), 0
        elif found and opened:
            regions.append((opened.pop(), place))
        elif line.endswith((":", "↑")) and phrases("quote").look(folded):
            opened.append(place)
        if line in _BOXES:
            marks[place] = Label.BUTTON, "heading of a box that is not there", 0
    return relabel(pieces, {**marks, **_quoted(pieces, regions)})


def _quoted(pieces: list[Piece], regions: list[tuple[Place, Place]]) -> dict[Place, Mark]:
    marks: dict[Place, Mark] = {}
    done = (-1, -1)
    for first, last in sorted(regions):
        if last <= done:
            continue  # a quote inside a quote
        done = last
        for at in range(first[0], last[0] + 1):
            for number in range(pieces[at].text.count("\n") + 1 if pieces[at].label in OWN else 0):
                if first <= (at, number) <= last:
                    marks[at, number] = Label.QUOTE, "between “X said:” and the expand button", -2 - first[0]
    return marks


def tags(pieces: list[Piece]) -> list[Piece]:
    """Lines that are nothing but tags of which no software made anything; in code they are what they are."""
    if not any("[/" in piece.text for piece in pieces):
        return pieces
    marks: dict[Place, Mark] = {}
    for place, line in own_lines(pieces):
        if not line.startswith("[") or pieces[place[0]].label is Label.CODE:
            continue
        if _ATTACHED.fullmatch(line):
            marks[place] = Label.ATTACHMENT, "tag of a file that is not there", 0
        elif line.casefold() in _CLOSED:
            marks[place] = Label.BUTTON, "end of a box that is not there", 0
    return relabel(pieces, marks)


def similar_lists(pieces: list[Piece]) -> list[Piece]:
    """A "similar threads" heading from which only short lines lead to the end; the buttons among them stay buttons."""
    marks: dict[Place, Mark] = {}
    for place, line in lines_backwards(pieces):
        if len(marks) > _SIMILAR or not _is_row(line):
            break
        found = phrases("similar", "button").find(line)
        if found and found.role == "similar" and not found.weak:
            marks[place] = Label.SIMILAR, str(found), 0
            return relabel(pieces, marks) if place > (0, 0) else pieces
        button = found and found.role == "button"
        marks[place] = (Label.BUTTON, str(found), 0) if button else (Label.SIMILAR, "below a list's heading", 0)
    return pieces


def _is_row(line: str) -> bool:
    return len(line) <= _ROW and not (len(line) > _SENTENCE and line.endswith(_ENDS))


def notices(pieces: list[Piece]) -> list[Piece]:
    """A post whose only line says that it was deleted or is hidden."""
    if len(pieces) == 1 and pieces[0].label in OWN:
        found = phrases("notice").find(pieces[0].text)
        if found:
            pieces[0].label, pieces[0].rule = Label.NOTICE, str(found)
    return pieces


RULES: tuple[Rule, ...] = (
    attributions,
    layout_tables,
    join,
    notices,
    mails,
    answered,
    rulers,
    gates,
    anywhere,
    tags,
    repeats,
    related,
    adverts,
    similar_lists,
    tail,
    reposted_quotes,
    datelines,
    captions,
    join,
)
