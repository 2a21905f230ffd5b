"""Pages of a software that no family claims: schema.org markup first, else the page's repeated structure.

A page whose posts are not sure enough is one text: kind UNKNOWN with that text as its only post. So it is counted and
can be read, and no thread is made of it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from archive.records import Author, Kind, Label, Page, Post, Thread
from crawler.forums import content, marks, pager, structure, urls, walls
from crawler.forums.document import Document
from crawler.forums.outline import AUTHOR, DATE, Outline
from crawler.forums.select import every, first, words
from crawler.forums.structure import Block

SURE = 0.5  # below that, a page is one text
_FRAME = "xemtiep-frame"  # class of what repeats in every block of a page
_SECOND = 0.95, 0.04  # how sure a second run of posts must be, and its least weight beside the first
_OPENING = 0.1  # weight of an opening text beside the posts
_LEAST = 120  # characters of a text that is worth calling one
_NOWHERE = re.compile("$^")
_THREAD_ID = re.compile(
    r"[?&](?:t|tid|topic|topic_?id|thread|thread_?id|threads?|id|qid)=([\w.-]+)"
    r"|/(?:topics?|threads?|t|discussions?|d|questions?|q|posts?|p|s|articles?|comments?)/(?:[^/?#]*?[.-])?(\d+)(?=[/?.-]|$)"
)


def read(doc: Document) -> Page:
    """What the page seems to be; `Page.sure` says how sure that is."""
    frame = walls.outside(doc)
    if doc.page is None or frame.kind is Kind.CHALLENGE:
        return frame
    page = Outline(doc)
    found = structure.search(page)
    if found is None or found.sure < SURE:
        return frame if frame.kind is not Kind.UNKNOWN else _one_text(doc, page, _framed(doc, frame), found)
    blocks = _complete(page, found)
    frame = _framed(doc, frame)
    first_url = pager.first_url(frame.url)
    thread = Thread(id=thread_id(first_url), url=first_url, title=frame.title)
    posts = tuple(_posts(doc, page, frame, blocks))
    return replace(frame, kind=Kind.THREAD, posts=posts, thread=thread, sure=found.sure, message="")


def _framed(doc: Document, page: Page) -> Page:
    number, last, following = pager.read(doc)
    url = urls.clean(doc.url)
    return replace(
        page,
        url=url,
        title=read_title(doc),
        page=number,
        last_page=last,
        next=following,
        site=urls.site(url, _NOWHERE),
        containers={_FRAME: Label.BUTTON},
    )


def thread_id(url: str) -> str:
    """The thread's id in its URL; without one, the URL's path."""
    found = _THREAD_ID.search(url)
    return found[1] or found[2] if found else re.sub(r"^[a-z]+://[^/]*/?", "", url) or url


def read_title(doc: Document) -> str:
    """The heading that the page's title repeats, else the first one, else the title."""
    name = words(first(doc.tree, "title"))
    headings = [shown for node in every(doc.tree, "h1") + every(doc.tree, "h2") if (shown := words(node))]
    own = max((shown for shown in headings if shown.casefold() in name.casefold()), key=len, default="")
    return own or words(first(doc.tree, "meta[property='og:title']@content")) or name or (headings or [""])[0]


def _complete(page: Outline, found: structure.Found) -> tuple[Block, ...]:
    """The posts with those in other markup: the comments between them, the opening text above them."""
    runs = [found.blocks]
    for _ in range(2):
        _use_up(page, runs[-1])
        more = structure.search(page, tuple(block for run in runs for block in run))
        if more is None or more.sure < _SECOND[0] or more.weight < _SECOND[1] * found.weight:
            break
        runs.append(more.blocks)
    blocks = sorted((block for run in runs for block in run), key=lambda block: block.inside.start)
    opening = _opening(page, blocks)
    return (opening, *blocks) if opening else tuple(blocks)


def _use_up(page: Outline, blocks: tuple[Block, ...]) -> None:
    """A date belongs to one post: a signature's neighbour is not dated by it once more."""
    told = {leaf for leaf in (*marks.dates(page, blocks), *marks.authors(page, blocks)) if leaf is not None}
    places = {page.place(leaf) for leaf in told}
    page.used.update(
        leaf for leaf, kind in enumerate(page.kinds) if kind & (DATE | AUTHOR) and page.place(leaf) in places
    )


def _opening(page: Outline, blocks: list[Block]) -> Block | None:
    return None


def _posts(doc: Document, page: Outline, frame: Page, blocks: tuple[Block, ...]) -> Iterator[Post]:
    dated, signed, named = marks.dates(page, blocks), marks.authors(page, blocks), marks.ids(page, blocks)
    for leaf in marks.labels(page, blocks):
        _relabel(page, leaf)
    for number, block in enumerate(blocks):
        id_, anchor = named[number] or (f"{frame.page}-{number + 1}", "")
        at, raw = (None, "") if dated[number] is None else page.moment_at(dated[number])
        body = _body(page, block)
        yield Post(
            id=id_,
            author=Author(name=_leaf(page, signed[number])),
            url=f"{frame.url}#{anchor}" if anchor else None,
            posted_at=at,
            posted_raw=raw,
            images=content.images(doc, body),
            body=body,
        )


def _leaf(page: Outline, leaf: int | None) -> str:
    return "" if leaf is None else page.leaves[leaf].strip(" :,@")


def _body(page: Outline, block: Block) -> Any:
    nodes = [page.nodes[at] for at in block.bodies]
    return nodes[0] if len(nodes) == 1 else content.gather(nodes[0], nodes[1:])


def _relabel(page: Outline, leaf: int) -> None:
    """Give the element of a repeated leaf, and those that hold nothing else, a class that says it is no content."""
    node = page.nodes[page.owner[leaf]]
    node.set("class", f"{node.get('class') or ''} {_FRAME}".strip())


def _one_text(doc: Document, page: Outline, frame: Page, found: structure.Found | None) -> Page:
    """The page's main text as its only post."""
    at = structure.single(page)
    if at is None:
        return frame
    node = page.nodes[at]
    post = Post(id="1", author=Author(name=""), url=frame.url, images=content.images(doc, node), body=node)
    return replace(frame, posts=(post,), sure=found.sure if found else 0.0)
