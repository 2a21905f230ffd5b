"""What a page without posts, threads and boards really is, whatever its status code says.

Structure decides first (the page of an anti-bot service, a login form that is the page's content), then the words of
the message box by the phrases of walls.toml, in the languages there. Pages that hold posts never come here.
"""

import re
import tomllib
import unicodedata
from dataclasses import replace
from functools import cache
from importlib.resources import files

from archive.records import Kind, Page
from crawler.reading.binary import is_feed
from crawler.reading.document import Document
from crawler.reading.select import every, first, words

_ASKED = (Kind.MISSING, Kind.LOGIN, Kind.DENIED, Kind.ERROR)
_MESSAGE = 2_000  # characters; a longer page is no bare message, and a phrase in it can mean anything
_SHOWN = 300
_STATUS = {"401": Kind.LOGIN, "403": Kind.DENIED, "404": Kind.MISSING, "410": Kind.MISSING}
_STATUS_TITLE = re.compile(r"(?:error |http |erreur |fehler |ошибка )?\b([45]\d\d)\b")
_GATEWAY_TITLE = re.compile(r"\| 5\d\d: ")  # "forum.example | 522: Connection timed out", marked like a challenge
_CHROME = "script, style, noscript, template, nav, header, footer, form"


def recognise(doc: Document, page: Page, *, notice: str = "", login: str = "") -> Page:
    """`page`, which holds nothing, with its kind and what it says.

    `notice` selects the message box of the software, `login` the login form where that is the page's content.
    """
    message = words(first(doc.page, notice))
    title = words(first(doc.tree, "title"))
    if _GATEWAY_TITLE.search(title):
        return replace(page, kind=Kind.ERROR, message=title)
    if _is_challenge(doc):
        return replace(page, kind=Kind.CHALLENGE, message=message or page.title or "an anti-bot challenge")
    said = kind_of(message)
    has_form = first(doc.page, login) is not None
    if said in (Kind.MISSING, Kind.LOGIN) or (said and not has_form):
        return replace(page, kind=said, message=message)
    if has_form:
        return replace(page, kind=Kind.LOGIN, message=message)
    if message:
        return replace(page, kind=Kind.ERROR, message=message)
    return _bare(doc, page)


def outside(doc: Document) -> Page:
    """A page of no known software: a challenge, a bare error, no page at all, or UNKNOWN."""
    if doc.page is None:
        what = "an empty answer" if not doc.body.strip() else "no HTML page"
        if is_feed(doc.body):
            what = "a feed or sitemap: give the forum's address, and this one among the `feeds` of its site"
        return Page(kind=Kind.UNKNOWN if doc.data is not None else Kind.ERROR, url=doc.url, message=what)
    page = Page(kind=Kind.UNKNOWN, url=doc.url, title=words(first(doc.tree, "title")), language=doc.language)
    found = recognise(doc, page)
    return found if found.message else replace(page, message="no forum software that xemtiep knows")


def kind_of(message: str) -> Kind | None:
    """What a message means, None where no phrase is known."""
    said = unicodedata.normalize("NFC", message).casefold().replace("’", "'")
    return next((kind for kind in _ASKED if any(phrase in said for phrase in _phrases()[kind])), None) if said else None


def _bare(doc: Document, page: Page) -> Page:
    """A page without a message box: its title's status code, or its few words."""
    title = words(first(doc.tree, "title"))
    status = _STATUS_TITLE.match(title.casefold())
    if status:
        return replace(page, kind=_STATUS.get(status[1], Kind.ERROR), message=title)
    text = _text(doc)
    said = kind_of(text) if len(text) <= _MESSAGE else None
    return replace(page, kind=said, message=text[:_SHOWN]) if said else page


def _text(doc: Document) -> str:
    """The page's words apart from its frame."""
    body = first(doc.tree, "body")
    frame = {part for outer in every(body, _CHROME) for part in outer.iter()}
    pieces = [] if body is None else [part for part in body.iter() if part not in frame and isinstance(part.tag, str)]
    tails = [part.tail or "" for part in every(body, _CHROME)]
    return words(" ".join([*(f"{part.text or ''} {part.tail or ''}" for part in pieces), *tails]))


def _is_challenge(doc: Document) -> bool:
    title = words(first(doc.tree, "title")).casefold().replace("’", "'")
    marks, riders, titles = _challenge()
    return (
        title.startswith(titles)
        or any(mark in doc.body for mark in marks)
        or (any(mark in doc.body for mark in riders) and first(doc.page, "a[href] | form") is None)
    )


@cache
def _phrases() -> dict[Kind, tuple[str, ...]]:
    data = tomllib.loads(files(__package__).joinpath("walls.toml").read_text("utf-8"))
    return {kind: tuple(phrase for language in data[kind].values() for phrase in language) for kind in _ASKED}


@cache
def _challenge() -> tuple[tuple[bytes, ...], tuple[bytes, ...], tuple[str, ...]]:
    data = tomllib.loads(files(__package__).joinpath("walls.toml").read_text("utf-8"))["challenge"]
    marks, riders = (tuple(mark.encode() for mark in data[kind]) for kind in ("marks", "riders"))
    return marks, riders, tuple(data["titles"])
