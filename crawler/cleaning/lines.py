"""Pieces seen as lines: walked from the end, split where a rule marks a line, joined where they are one block."""

import re
from collections.abc import Iterator
from dataclasses import replace

from archive.records import OWN, Label
from crawler.cleaning.blocks import Piece

_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
Place = tuple[int, int]  # piece and line
Mark = tuple[Label, str, int]  # what a line is, why, and which lines are one block (0: it alone)


def parted(line: str) -> tuple[str, str]:
    """What stands before the first colon and after it; ("", "") without one."""
    head, colon, rest = line.replace("：", ":").partition(":")
    return (head, rest.strip()) if colon else ("", "")


def own_lines(pieces: list[Piece]) -> Iterator[tuple[Place, str]]:
    """The own lines that are not blank, in their order."""
    for at, piece in enumerate(pieces):
        if piece.label in OWN:
            for number, line in enumerate(piece.text.split("\n")):
                if line:
                    yield (at, number), line


def reaches(pieces: list[Piece], size: int) -> bool:
    """Whether the post's own words have so many characters; a sign of Chinese, Japanese or Korean counts as three."""
    texts = [piece.text for piece in pieces if piece.label in OWN]
    found = sum(map(len, texts))
    if found >= size or 3 * found < size:
        return found >= size
    return found + 2 * sum(len(_DENSE.findall(text)) for text in texts if not text.isascii()) >= size


def lines_backwards(pieces: list[Piece]) -> Iterator[tuple[Place, str]]:
    """The own lines that are not blank, from the last to the first."""
    for at in range(len(pieces) - 1, -1, -1):
        if pieces[at].label in OWN:
            lines = pieces[at].text.split("\n")
            for number in range(len(lines) - 1, -1, -1):
                if lines[number]:
                    yield (at, number), lines[number]


def relabel(pieces: list[Piece], marks: dict[Place, Mark]) -> list[Piece]:
    """Split the marked lines off their pieces, as pieces of their own."""
    if not marks:
        return pieces
    by_piece: dict[int, dict[int, Mark]] = {}
    for (at, number), mark in marks.items():
        by_piece.setdefault(at, {})[number] = mark
    done: list[Piece] = []
    for at, piece in enumerate(pieces):
        done += _split(piece, by_piece[at]) if at in by_piece else (piece,)
    return done


def _split(piece: Piece, marks: dict[int, Mark]) -> Iterator[Piece]:
    kept: list[str] = []
    for number, line in enumerate(piece.text.split("\n")):
        if number not in marks:
            kept.append(line)
            continue
        if any(kept):
            yield _part(piece, kept)
        kept = []
        label, rule, group = marks[number]
        # Only these are asked for their links, and there are few of them: a gate may stand in a thousand lines.
        asked = label in (Label.READON, Label.SOURCE)
        links = [link for link in piece.links if link[1] and link[1] in line] or piece.links if asked else ()
        yield replace(piece, text=line.strip(), label=label, rule=rule, links=list(links), group=group)
    if any(kept):
        yield _part(piece, kept)


def _part(piece: Piece, lines: list[str]) -> Piece:
    return replace(piece, text="\n".join(lines).strip("\n"), links=list(piece.links))


def join(pieces: list[Piece]) -> list[Piece]:
    """Neighbours of one container become one piece."""
    done: list[Piece] = []
    texts: list[str] = []
    last: Piece | None = None
    for piece in pieces:
        if last and piece.group and (piece.group, piece.label) == (last.group, last.label):
            texts += (_joint(last, piece), piece.text.replace("\n", " ") if piece.label is Label.TABLE else piece.text)
            done[-1].links += piece.links
        else:
            if len(texts) > 1:
                done[-1].text = "".join(texts)
            texts = [piece.text]
            done.append(piece)
        last = piece
    if len(texts) > 1:
        done[-1].text = "".join(texts)
    return done


def _joint(last: Piece, piece: Piece) -> str:
    if piece.label is Label.TABLE and piece.cell[0] == last.cell[0]:
        return " " if piece.cell == last.cell else " | "
    return "\n" if piece.group < 0 or piece.label in (Label.LIST, Label.CODE, Label.TABLE) else "\n\n"
