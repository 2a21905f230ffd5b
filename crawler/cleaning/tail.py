"""The run of foreign lines that ends a text: read-on, source, byline, app footer, edit note, reactions, buttons."""

import re
from dataclasses import replace
from functools import cache
from itertools import islice

from archive.records import Label
from crawler.cleaning.blocks import Piece
from crawler.cleaning.lines import Mark, Place, lines_backwards, parted, reaches, relabel
from crawler.cleaning.phrases import LONGEST, Phrase, Phrases, key, phrases

_LABELS: dict[str, Label] = {
    "readon": Label.READON,
    "source": Label.SOURCE,
    "byline": Label.SOURCE,
    "follow": Label.NOTICE,
    "signature": Label.SIGNATURE,
    "edit": Label.EDIT,
    "attachment": Label.ATTACHMENT,
    "reaction": Label.REACTION,
    "button": Label.BUTTON,
    "expand": Label.QUOTE,
    "similar": Label.SIMILAR,
}
_ROLES = tuple(role for role in _LABELS if role != "similar")
_OF_ARTICLES = frozenset({"byline", "follow", "similar"})  # below a short reply they are its writer's own words
ARTICLE = 600  # characters
_TAIL = 24  # lines; what stands below a post is not longer
_CAPITAL = re.compile(r"[A-Z\d]")
_NAME_WORDS = 6  # of a source line without a colon: "Theo TTXVN"
_BYLINE_WORDS = 8
_THEO = re.compile(r"\w+ (?=\S)(?P<name>\S[^.!?]*)")
_APP = re.compile(r"\d|\w\.\w|[a-z][A-Z]")  # in the name of a phone or an app: "Voz.OS 6.9", "iPhone"
_FILE = re.compile(
    r"[^\s/:]{1,80}\.(?:jpe?g|png|gif|webp|bmp|pdf|docx?|xlsx?|pptx?|zip|rar|7z|txt|mp[34])(?: ?\(\d[^()]*\))?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\s:：–-]*https?://\S+$", re.IGNORECASE)
_AT = (
    " at {x}",
    " on {x}",
    " auf {x}",
    " bei {x}",
    " sur {x}",
    " en {x}",
    " em {x}",
    " su {x}",
    " op {x}",
    " di {x}",
    " tại {x}",
)
_HTTP = re.compile(r"https?://\S+", re.IGNORECASE)
_DOTS = ("...", "…")
_ARROWS = ("→", "»", "›", ">>")
_FILE_NAME = Phrase(role="attachment", language="any", text="file name", weak=True)
_SENTENCE = (".", "!", "?", "…", "。")
# A weak phrase at the upper end of the run stays text unless one of these roles stands in the run with a strong one.
_SUPPORT = {
    "button": frozenset({"button", "reaction"}),
    "reaction": frozenset({"button", "reaction"}),
    "follow": frozenset({"follow", "source", "readon"}),
    "attachment": frozenset[str](),
}


def tail(pieces: list[Piece]) -> list[Piece]:
    """Label the footer lines that end the text, up to the first line that is none."""
    pieces = _inline_readon(pieces)
    run: list[tuple[Place, Phrase]] = []
    alone = True
    lines = list(islice(lines_backwards(pieces), _TAIL + 1))
    label: Phrase | None = None  # of the line above an address
    for at, (place, line) in enumerate(lines):
        found = label or (_footer(pieces, place[0], line) if len(run) < _TAIL else None)
        above = lines[at + 1][1] if at + 1 < len(lines) else ""
        label = None if found else _below(above, line)
        found = found or label
        if not found or not _fits(found, run):
            alone = False
            break
        heads = found.role == "button" and line.endswith((":", "：")) and bool(run) and run[-1][1].role == "button"
        lists = found.role == "follow" and "," in line  # nobody writes tags below a text but the site
        run.append((place, replace(found, weak=False) if heads or lists else found))
    if not run:
        return pieces
    if alone:  # nothing else was written: a post that says just that, unless an app or an importer's bare link says it
        run = [(at, found) for at, found in run if found.role == "signature" or _is_bare_link(pieces[at[0]], found)]
    strong = {found.role for _, found in run if not found.weak}
    while run and (top := run[-1][1]).weak and top.role in _SUPPORT and not strong & _SUPPORT[top.role]:
        run.pop()  # nothing above or below says that this is not the text's last word
    marks: dict[Place, Mark] = {place: (_LABELS[found.role], str(found), 0) for place, found in run}
    return relabel(pieces, marks)


def _fits(found: Phrase, run: list[tuple[Place, Phrase]]) -> bool:
    """The heading of a list of files has a list below it."""
    heading = found.role == "attachment" and not found.weak and "{" not in found.text
    return not heading or (bool(run) and run[-1][1].role == "attachment")


def _is_bare_link(piece: Piece, found: Phrase) -> bool:
    return found.role == "readon" and bool(piece.links)


def _footer(pieces: list[Piece], at: int, line: str) -> Phrase | None:
    if len(line) > LONGEST:
        return None
    folded = key(line)
    found = _phrases().look(folded)
    if found is None or (found.role == "readon" and found.weak):
        found = _addressed(line) or found or _related(line)
    if found is None:
        return _FILE_NAME if _FILE.fullmatch(line) else None
    if (found.role in _OF_ARTICLES or (found.weak and _ADDRESS.search(line))) and not reaches(pieces, ARTICLE):
        return None
    if found.role == "source" and found.text.endswith(": {x}") and _is_sentence(line):
        return None
    return found if not found.weak or _is_sure(found, pieces, at, line) else None


@cache
def _phrases() -> Phrases:
    return phrases(*_ROLES)


def _addressed(line: str) -> Phrase | None:
    """“Read more at: https://...”: the words of a read-on link before its address."""
    address = _ADDRESS.search(line)
    found = phrases("readon").find(line[: address.start()]) if address else None
    return found if found and "{x}" not in found.text else None


def _below(above: str, line: str) -> Phrase | None:
    """An address below a line that is only “Source:”."""
    if not _HTTP.fullmatch(line) or not above.endswith((":", "：")):
        return None
    return phrases("source").find(f"{above} {line}")


def _is_sentence(line: str) -> bool:
    """Whether what follows the colon is no name: “Source: a spring that never ran dry in all these years.”."""
    _, rest = parted(line)
    return rest[:1].islower() and rest.endswith(_SENTENCE) and len(rest.split()) > _NAME_WORDS


def _related(line: str) -> Phrase | None:
    """“Xem thêm: the title of another article”."""
    head, rest = parted(line)
    return phrases("similar").find(head) if rest and not line.endswith(_SENTENCE) else None


def _is_sure(found: Phrase, pieces: list[Piece], at: int, line: str) -> bool:
    """What a weak phrase needs besides standing at the end."""
    if found.role == "readon":
        links = pieces[at].links
        linked = bool(links) and key(links[-1][1]) == key(line)
        arrow = line.endswith(_ARROWS) and "«" not in line
        arrow = arrow or (line.endswith(_DOTS) and "{x}" not in found.text and reaches(pieces, ARTICLE))
        return linked or arrow or _addressed(line) is not None or _is_at(found, line)
    if found.role == "source":
        name = _THEO.fullmatch(line.strip("()[] "))
        return name is not None and name["name"][0].isupper() and len(line.split()) <= _NAME_WORDS
    if found.role == "signature":
        app = line.split()[2:]
        return 0 < len(app) <= _NAME_WORDS and all(map(_CAPITAL.search, app)) and _APP.search(" ".join(app)) is not None
    if found.role == "byline":
        return (
            len(line.split()) <= _BYLINE_WORDS and not line.lstrip("(（")[:1].islower() and not line.endswith(_SENTENCE)
        )
    return True


def _is_at(found: Phrase, line: str) -> bool:
    """“Read more at NAME”: what follows is a publisher's name or host."""
    name = line.strip("()[] ")[len(found.text.partition("{x}")[0]) :].split()
    short = 0 < len(name) <= _NAME_WORDS and found.text.endswith(_AT) and not line.endswith(_SENTENCE)
    return short and (name[0][0].isupper() or "." in name[0])


def _inline_readon(pieces: list[Piece]) -> list[Piece]:
    """A read-on link that ends the last line, behind the text's own words."""
    (at, _), line = next(lines_backwards(pieces), ((0, 0), ""))
    if not line or not pieces[at].links:
        return pieces
    words = pieces[at].links[-1][1]
    start = line.rfind(words) if words else 0
    if start <= 0 or line[start - 1].isalnum() or not key(line[:start]):
        return pieces
    if not phrases("readon").find(words) or key(line[start:]) != key(words):
        return pieces
    piece = pieces[at]
    cut = len(piece.text) - len(line) + start
    before = replace(piece, text=piece.text[:cut].rstrip(), links=piece.links[:-1])
    after = replace(piece, text=piece.text[cut:], links=piece.links[-1:], group=0)
    return [*pieces[:at], before, after, *pieces[at + 1 :]] if before.text else pieces
