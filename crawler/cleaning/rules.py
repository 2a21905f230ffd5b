"""The ordered rules that label what markup alone cannot: whole lines of known phrases, and where they stand.

Each rule takes the pieces of one post and returns them, relabelled or split at line ends; none drops a word. A rule
works on HTML posts and flat texts alike, so that clean text cleans to itself.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from archive.records import Label
from crawler.cleaning.blocks import Piece
from crawler.cleaning.phrases import LONGEST, Phrase, key, phrases

Rule = Callable[[list[Piece]], list[Piece]]
Mark = tuple[Label, str]  # what a line is, and why
_LINES = frozenset({Label.BODY, Label.HEADING, Label.CAPTION})  # labels whose lines a phrase may overrule
_TAIL_LABELS: dict[str, Label] = {
    "readon": Label.READON,
    "source": Label.SOURCE,
    "signature": Label.SIGNATURE,
    "edit": Label.EDIT,
    "reaction": Label.REACTION,
    "button": Label.BUTTON,
    "expand": Label.QUOTE,
}
_TAIL = 24  # lines; what stands below a post is not longer
_SIMILAR = 80  # lines that may follow a "similar threads" heading
_ROW = 120  # characters of a row in such a list
_SENTENCE = 60  # a line that ends like a sentence and is longer is one
_CAPTION = 200  # characters
_SIGNATURE = (1000, 15)  # characters and pieces below a "____" line that are still a signature
_RULER = re.compile(r"_{5,}|-{10,}|—{5,}")
_ENDS = (".", "!", "?", "…", "。")
_NAME_WORDS = 6  # of a source line without a colon: "Theo TTXVN"
_THEO = re.compile(r"\w+ (?=\S)(?P<name>\S[^.!?]*)")


def lines_backwards(pieces: list[Piece]) -> Iterator[tuple[int, int, str]]:
    """(piece, line, text) of the own lines from the last to the first; lists, code and tables end it."""
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        if piece.label in _LINES:
            lines = piece.text.split("\n")
            for number in range(len(lines) - 1, -1, -1):
                yield at, number, lines[number]
        elif piece.label in (Label.LIST, Label.CODE, Label.TABLE, Label.SPOILER):
            return


def relabel(pieces: list[Piece], marks: dict[tuple[int, int], Mark]) -> list[Piece]:
    """Split the marked lines off their pieces, as pieces of their own."""
    if not marks:
        return pieces
    touched = {at for at, _ in marks}
    done: list[Piece] = []
    for at, piece in enumerate(pieces):
        if at in touched:
            done += _split(piece, {line: mark for (where, line), mark in marks.items() if where == at})
        else:
            done.append(piece)
    return done


def _split(piece: Piece, marks: dict[int, Mark]) -> list[Piece]:
    done: list[Piece] = []
    kept: list[str] = []
    for number, line in enumerate(piece.text.split("\n")):
        if number not in marks:
            kept.append(line)
            continue
        if kept:
            done.append(replace(piece, text="\n".join(kept)))
            kept = []
        label, rule = marks[number]
        links = [link for link in piece.links if link[1] and link[1] in line] or piece.links
        done.append(replace(piece, text=line, label=label, rule=rule, links=links, group=0))
    if kept:
        done.append(replace(piece, text="\n".join(kept)))
    return done


def attributions(pieces: list[Piece]) -> list[Piece]:
    """The line "X said:" above a quote belongs to it; "Code:" above code is a button's."""
    for at in range(len(pieces) - 1):
        above, below = pieces[at], pieces[at + 1]
        if below.label is Label.QUOTE and above.group != below.group:
            if above.header or (above.label is Label.BODY and _announces(above.text)):
                above.label, above.group, above.rule = Label.QUOTE, below.group, above.rule or "line above a quote"
        elif below.label is Label.TABLE and above.label is Label.BODY:
            _quote_table(pieces, at)
        elif below.label is Label.CODE and above.label is Label.BODY and phrases("codehead").find(above.text):
            above.label, above.rule = Label.BUTTON, "heading of a code box"
    return pieces


def _announces(text: str) -> bool:
    if "\n" in text or len(text) > LONGEST:
        return False
    found = phrases("quote").find(text)
    return bool(found) and (text.rstrip(" ↑").endswith((":", "：")) or "{x}" not in str(found))


def _quote_table(pieces: list[Piece], at: int) -> None:
    """Older softwares (vBulletin 3, phpBB 2) draw a quote as a table below the word "Quote:"."""
    if not _announces(pieces[at].text):
        return
    group = pieces[at + 1].group
    pieces[at].label, pieces[at].group, pieces[at].rule = Label.QUOTE, group, "line above a quote"
    for piece in pieces[at + 1 :]:
        if piece.group != group:
            break
        piece.label, piece.rule = Label.QUOTE, "table below the line that announces a quote"


def layout_tables(pieces: list[Piece]) -> list[Piece]:
    """A table of one cell is a frame around text."""
    cells: dict[int, set[tuple[int, int]]] = {}
    for piece in pieces:
        if piece.label is Label.TABLE:
            cells.setdefault(piece.group, set()).add(piece.cell)
    for piece in pieces:
        if piece.label is Label.TABLE and len(cells[piece.group]) == 1:
            piece.label, piece.group, piece.rule = Label.BODY, 0, "table of one cell"
    return pieces


def rulers(pieces: list[Piece]) -> list[Piece]:
    """Softwares without a signature container put a line of underscores above it."""
    for back, piece in enumerate(reversed(pieces), 1):
        head = piece.text.partition("\n")[0] if piece.label is Label.BODY else ""
        if head.startswith("_____") and _RULER.fullmatch(head.strip()):
            return _sign(pieces, len(pieces) - back)
        if back > _SIGNATURE[1]:
            break
    return pieces


def _sign(pieces: list[Piece], start: int) -> list[Piece]:
    if sum(len(piece.text) for piece in pieces[start:]) <= _SIGNATURE[0]:
        for piece in pieces[start:]:
            if piece.label in _LINES:
                piece.label, piece.rule, piece.group = Label.SIGNATURE, "below a line of underscores", -1
    return pieces


def anywhere(pieces: list[Piece]) -> list[Piece]:
    """Lines that nobody writes: gates for guests, and quotes of a flattened page between header and expand button."""
    marks: dict[tuple[int, int], Mark] = {}
    opened: list[tuple[int, int]] = []
    for at, piece in enumerate(pieces):
        if piece.label is not Label.BODY:
            continue
        for number, line in enumerate(piece.text.split("\n")):
            if len(line) > LONGEST:
                continue
            folded = key(line)
            found = phrases("gate").look(folded)
            if found:
                marks[at, number] = Label.GATE, str(found)
            elif line.endswith(":") and phrases("quote").look(folded):
                opened.append((at, number))
            elif opened and phrases("expand").look(folded):
                _mark_between(pieces, marks, opened.pop(), (at, number))
    return relabel(pieces, marks)


def _mark_between(
    pieces: list[Piece], marks: dict[tuple[int, int], Mark], first: tuple[int, int], last: tuple[int, int]
) -> None:
    for at in range(first[0], last[0] + 1):
        for number in range(pieces[at].text.count("\n") + 1):
            if first <= (at, number) <= last and pieces[at].label in _LINES:
                marks[at, number] = Label.QUOTE, "between “X said:” and the expand button"


def similar_lists(pieces: list[Piece]) -> list[Piece]:
    """A "similar threads" heading from which only short lines lead to the end; the buttons among them stay buttons."""
    marks: dict[tuple[int, int], Mark] = {}
    for at, number, line in lines_backwards(pieces):
        if len(marks) > _SIMILAR or not _is_row(line):
            return pieces
        folded = key(line)
        button = phrases("button").look(folded)
        marks[at, number] = (Label.BUTTON, str(button)) if button else (Label.SIMILAR, "below a list's heading")
        heading = phrases("similar").look(folded)
        if heading and (at, number) > (0, 0):
            marks[at, number] = Label.SIMILAR, str(heading)
            return relabel(pieces, marks)
    return pieces


def _is_row(line: str) -> bool:
    return len(line) <= _ROW and not (len(line) > _SENTENCE and line.endswith(_ENDS))


def tail(pieces: list[Piece]) -> list[Piece]:
    """The run of footer lines that ends the text: read-on, source, app footer, edit note, reactions, buttons."""
    pieces = _inline_readon(pieces)
    run: list[tuple[int, int, str, Phrase]] = []
    for at, number, line in lines_backwards(pieces):
        found = _footer(pieces[at], line) if len(run) < _TAIL else None
        if not found:
            break
        run.append((at, number, line, found))
    strong = [found for *_, found in run if not found.weak or found.role != "button"]
    if not any(found.role in ("button", "reaction") for found in strong):
        while run and run[-1][3].weak and run[-1][3].role == "button":
            run.pop()  # nothing above or below says that this is not the text's last word
    return relabel(pieces, {(at, no): (_TAIL_LABELS[f.role], str(f)) for at, no, line, f in _not_alone(pieces, run)})


def _not_alone(pieces: list[Piece], run: list[tuple[int, int, str, Phrase]]) -> list[tuple[int, int, str, Phrase]]:
    """A text of nothing but footer lines is a post that says just that, unless it is an importer's bare link."""
    if not run or any(piece.label in _LINES for piece in pieces[: run[-1][0]]) or run[-1][1] > 0:
        return run
    if any(piece.label in (Label.LIST, Label.CODE, Label.TABLE, Label.SPOILER) for piece in pieces):
        return run
    return [step for step in run if step[3].role == "signature" or (step[3].role == "readon" and pieces[step[0]].links)]


def _footer(piece: Piece, line: str) -> Phrase | None:
    if len(line) > LONGEST:
        return None
    folded = key(line)
    found = phrases(*_TAIL_LABELS).look(folded)
    return found if found and (not found.weak or _is_sure(found, piece, line, folded)) else None


def _is_sure(found: Phrase, piece: Piece, line: str, folded: str) -> bool:
    """What a weak phrase needs besides standing at the end."""
    if found.role == "readon":
        return bool(piece.links) and key(piece.links[-1][1]) == folded
    if found.role == "source":
        name = _THEO.fullmatch(line)
        return name is not None and name["name"][0].isupper() and len(line.split()) <= _NAME_WORDS
    return True


def _inline_readon(pieces: list[Piece]) -> list[Piece]:
    """A read-on link that ends the last line, behind the text's own words."""
    at, _, line = next(lines_backwards(pieces), (0, 0, ""))
    if not line or not pieces[at].links:
        return pieces
    words = pieces[at].links[-1][1]
    start = line.rfind(words) if words else 0
    if start <= 0 or not phrases("readon").find(words) or key(line[start:]) != key(words):
        return pieces
    piece = pieces[at]
    cut = len(piece.text) - len(line) + start
    before = replace(piece, text=piece.text[:cut].rstrip(), links=piece.links[:-1])
    after = replace(piece, text=piece.text[cut:], links=piece.links[-1:], group=0)
    return [*pieces[:at], before, after, *pieces[at + 1 :]] if before.text else pieces


def notices(pieces: list[Piece]) -> list[Piece]:
    """A post whose only line says that it was deleted or is hidden."""
    if len(pieces) == 1 and pieces[0].label is Label.BODY:
        found = phrases("notice").find(pieces[0].text)
        if found:
            pieces[0].label, pieces[0].rule = Label.NOTICE, str(found)
    return pieces


def captions(pieces: list[Piece]) -> list[Piece]:
    """A short line right after a picture."""
    for piece in pieces:
        if piece.after_image and piece.label is Label.BODY and len(piece.text) <= _CAPTION and "\n" not in piece.text:
            piece.label, piece.rule = Label.CAPTION, "short line after a picture"
    return pieces


RULES: tuple[Rule, ...] = (
    attributions,
    layout_tables,
    notices,
    rulers,
    anywhere,
    similar_lists,
    tail,
    captions,
)
