"""An lxml tree or a flat text -> pieces: paragraphs, lists, tables ... with what their markup says.

One walk, no recursion, constant work for each node: 10,000 nested tags cost what 10,000 flat ones cost.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from lxml import etree

from archive.records import OWN, Label
from crawler.cleaning.markup import CODE_TITLES, QUOTE_HEADS, Markup

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"  # zero-width characters and the soft hyphen
_EDGES = INVISIBLE + " \t\n\r\f\v\xa0"


def _tags(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SKIPPED = _tags("""
    script style head title template noscript iframe object embed video audio canvas svg map datalist meta link""")
_PARAGRAPHS = _tags("""
    address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form
    header hr hgroup legend li main menu nav ol option p pre section select summary table tbody td tfoot th thead tr
    caption ul h1 h2 h3 h4 h5 h6 ignore_js_op""")
_INLINE = _tags("b i u s em strong font small big sup sub strike del ins tt abbr wbr code")  # with no attribute
_CLOSED = _PARAGRAPHS | {"a", "cite"}
_LABELS: dict[str, Label] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Label.HEADING),
    "ul": Label.LIST,
    "ol": Label.LIST,
    "table": Label.TABLE,
    "pre": Label.CODE,
    "blockquote": Label.QUOTE,
    "figcaption": Label.CAPTION,
    "details": Label.SPOILER,
    "summary": Label.BUTTON,
    "button": Label.BUTTON,
    "select": Label.BUTTON,
}
_SMILIES = ("smil", "emoji", "emoticon", "inlineimg")  # in a class or an address
_ADDRESS = 200  # characters of an address that are looked at: a data: URL holds the whole picture
_PRESSED = frozenset({"button", "submit"})
_HEAD = 60  # characters before a button
_UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_STRUCTURES = frozenset({Label.HEADING, Label.LIST, Label.TABLE, Label.CAPTION})
_INSIDE_STRUCTURES = frozenset(Label) - OWN | {Label.CODE, Label.SPOILER}


@dataclass(slots=True)
class Piece:
    """A paragraph before the rules have seen it. Pieces of one container share a `group` (0: none)."""

    label: Label
    text: str
    rule: str
    group: int = 0
    links: list[tuple[str, str]] = field(default_factory=list)
    cell: tuple[int, int] = (0, 0)
    after_image: bool = False
    header: bool = False


@dataclass(slots=True)
class _Frame:
    """What held before an element was entered, to be restored when it is left."""

    node: Any
    label: Label
    rule: str
    group: int
    pre: bool
    header: bool


def _is_unseen(node: Any) -> bool:
    style = node.get("style")
    return ("display" in style and _UNSEEN.search(style) is not None) if style else node.get("hidden") is not None


def own(piece: Piece) -> bool:
    """Whether the piece still counts as the post's own words."""
    return piece.label in OWN


class _Walk:
    """The state of one walk over one post."""

    def __init__(self, markup: Markup) -> None:
        self.pieces: list[Piece] = []
        self.parts: list[str] = []  # the open line
        self._lines: list[str] = []  # the open paragraph's finished lines
        self._links: list[tuple[str, str]] = []
        self._anchor: tuple[str, int, int] | None = None
        self._frames: list[_Frame] = []
        self.top: Any = None  # the element whose frame is the last
        self._label, self._rule, self._group, self._pre, self._header = Label.BODY, "", 0, False, False
        self._groups = self._row = self._cell = self._line = 0
        self._image = False
        self._read = markup.read

    def open(self, node: Any, tag: str) -> bool:
        """Enter an element; False when nothing inside it is text on the screen, or its text was taken already."""
        if tag in _PARAGRAPHS or (tag == "cite" and self._label is Label.QUOTE):
            self.flush()  # every software draws the name above a quote as a line of its own
        names = node.keys()  # few elements of a text have attributes, and each question costs
        classes = node.get("class") if "class" in names else None
        role = self._read(tag, classes) if classes else None
        if not role and "data-testid" in names:  # sites whose classes are made by a machine name their parts there
            role = self._read(tag, node.get("data-testid"))
        label = role[0] if role else _LABELS.get(tag)
        if "data-cfemail" in names and (address := _address(node.get("data-cfemail"))):
            self.parts.append(address)
            return False
        if role and not label:
            return False
        if ("style" in names or "hidden" in names) and Label.SPOILER not in (label, self._label) and _is_unseen(node):
            return False  # a spoiler's text is unseen until its button is pressed, and is still the writer's
        if label and label is not Label.BODY:
            rule = f"container {role[1]}" if role else f"tag {tag}"
            self._enter(node, label, rule, header=role is not None and role[1] in QUOTE_HEADS)
        elif self._label is Label.CODE and (tag in CODE_TITLES or classes in CODE_TITLES):
            self._enter(node, Label.BUTTON, "heading of a code box")
        if tag in _OPENERS:
            _OPENERS[tag](self, node)
        return True

    def _enter(self, node: Any, label: Label, rule: str, *, header: bool = False) -> None:
        if self._label not in OWN or (self._label is Label.CODE and label in OWN):
            return  # the outermost foreign container decides
        if self._label in _STRUCTURES and label not in _INSIDE_STRUCTURES:
            return
        self.flush()
        self._frames.append(_Frame(node, self._label, self._rule, self._group, self._pre, self._header))
        self._groups += 1
        self.top, self._links = node, []  # a picture's link before a container is none of the container's
        self._label, self._rule, self._group, self._header = label, rule, self._groups, header
        self._pre = label is Label.CODE

    def close(self, node: Any, tag: str) -> None:
        """Leave a paragraph, a link, or the element that was entered last."""
        if tag == "a":
            self._close_link()
        elif tag != "cite" or self._label is Label.QUOTE:
            self.flush()
        if node is self.top:
            self.flush()
            frame = self._frames.pop()
            self.top = self._frames[-1].node if self._frames else None
            self._label, self._rule, self._group = frame.label, frame.rule, frame.group
            self._pre, self._header = frame.pre, frame.header

    def end_line(self) -> None:
        """A `<br>` ends a line; a second one in a row ends the paragraph."""
        if self._pre:
            self.parts.append(_BREAK)
        elif not self._end_line():
            self.flush()

    def open_image(self, node: Any) -> None:
        """The text that follows a picture may be its caption; smilies are no pictures."""
        names = f"{node.get('class')} {(node.get('src') or '')[:_ADDRESS]}".lower()
        if not any(smilie in names for smilie in _SMILIES):
            self._image = not "".join(self.parts).strip()

    def open_link(self, node: Any) -> None:
        """Remember where a link's words begin."""
        href = node.get("href")
        self._anchor = (href, self._line, len(self.parts)) if href else None

    def open_input(self, node: Any) -> None:
        """The words before a button ("Spoiler: [Show]") are its label: nobody writes a button."""
        parts = self.parts[:]
        shown = (node.get("type") or "").lower() in _PRESSED and 0 < len("".join(parts).strip()) <= _HEAD
        if shown and self._label in (Label.BODY, Label.SPOILER):
            self.parts.clear()
            self.flush()
            self.parts += parts
            label, rule, self._label, self._rule = self._label, self._rule, Label.BUTTON, "words before a button"
            self.flush()
            self._label, self._rule = label, rule

    def open_row(self, _: Any) -> None:
        """Number the rows of tables."""
        self._row += 1

    def open_cell(self, _: Any) -> None:
        """Number the cells of tables."""
        self._cell += 1

    def _close_link(self) -> None:
        if self._anchor:
            href, line, start = self._anchor
            words = "".join(self.parts[start if line == self._line else 0 :])
            self._links.append((href, " ".join(words.split())))
            self._anchor = None

    def _end_line(self) -> bool:
        line = " ".join("".join(self.parts).split()).strip(_EDGES)
        self.parts.clear()
        self._line += 1
        if line:
            self._lines.append(line)
        return bool(line)

    def flush(self) -> None:
        """End the open paragraph."""
        if not self.parts and not self._lines:
            return
        if self._pre:
            text = _code_text("".join(self.parts))
            self.parts.clear()
        else:
            self._end_line()
            text = "\n".join(self._lines)
        self._lines.clear()
        if not text:
            return
        text = text if text.isascii() else normalize("NFC", text)
        cell = self._row, self._cell
        piece = Piece(self._label, text, self._rule, self._group, self._links, cell, self._image, self._header)
        self.pieces.append(piece)
        self._links, self._image = [], False


_OPENERS: dict[str, Callable[[_Walk, Any], None]] = {
    "img": _Walk.open_image,
    "input": _Walk.open_input,
    "a": _Walk.open_link,
    "tr": _Walk.open_row,
    "td": _Walk.open_cell,
    "th": _Walk.open_cell,
}


def _address(hidden: str) -> str:
    """What Cloudflare hides from robots behind "[email protected]": each byte is XORed with the first one.

    Source: /cdn-cgi/scripts/.../email-decode.min.js, which puts it back in a browser. Empty when it is nothing of that.
    """
    try:
        key, *rest = bytes.fromhex(hidden)
        return bytes(byte ^ key for byte in rest).decode()
    except ValueError:
        return ""


_BREAK = "\0"  # a <br> in code; lxml's trees hold no NUL
_LINE_END = re.compile(r"[^\S\n]+\n")


def _code_text(text: str) -> str:
    # Some softwares end each line of code with "<br>" and a line feed: that is one line end.
    text = text.replace(_BREAK + "\n", "\n").replace(_BREAK, "\n").replace("\r", "").replace("\xa0", " ")
    return _LINE_END.sub("\n", text + "\n").strip("\n").rstrip()


def pieces_of_tree(root: Any, markup: Markup) -> list[Piece]:
    """Walk a post's body. The root's own tag and classes count for nothing: what it is the reader knows."""
    walk = _Walk(markup)
    events = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    next(events)
    if root.text:
        walk.parts.append(root.text)
    parts = walk.parts
    for event, node in events:
        tag = node.tag
        if event == "start":
            if tag == "br":
                walk.end_line()
            elif tag in _SKIPPED or not ((tag in _INLINE and not node.keys()) or walk.open(node, tag)):
                events.skip_subtree()
            elif (text := node.text) and (parts or not text.isspace()):
                parts.append(text)
            continue
        if node is root:
            break
        if tag in _CLOSED or node is walk.top:
            walk.close(node, tag)
        if (text := node.tail) and (parts or not text.isspace()):
            parts.append(text)
    walk.flush()
    return walk.pieces
