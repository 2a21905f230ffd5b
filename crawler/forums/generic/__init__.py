"""Pages of a software that no family claims: schema.org markup first, else the page's repeated structure.

A page whose posts are not sure enough is one text: kind UNKNOWN with that text as its only post. So it is counted and
can be read, and no thread is made of it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from archive.records import Author, Board, Kind, Page, Post, Thread
from crawler.forums.generic import lists, marks, pager, rows, schema, structure, titles
from crawler.forums.generic.outline import Outline, outline
from crawler.forums.generic.structure import Block
from crawler.reading import content, dates, urls, walls
from crawler.reading.document import Document
from crawler.reading.numbers import digits
from crawler.reading.select import words

SURE = 0.5  # below that, a page is one text
_RUNS = 2  # of posts in other markup than most: the answers' comments, the question
_SURELY = 0.95  # a second run of posts must be that sure
_SECOND = 0.04  # and weigh that much beside the first
_AS_MUCH = 0.8  # of the structure's text that schema.org's words hold where they tell it all
_START = 200  # characters of a page's text within which a wall says what it is
_LEAST = 80  # characters of prose in an opening text
_PLACES = 100  # posts on a page: a number up to that is a post's place in its thread
_PATH = re.compile("/")
_DASH = re.compile(r"\s+[-–—|·:•»]+\s")


def read(doc: Document, *, known: bool = False) -> Page:
    """What the page seems to be; `Page.sure` says how sure that is.

    `known`: of a software whose posts have ids of their own, though its reader did not find them.
    """
    frame = walls.outside(doc)
    if doc.page is None or frame.kind is Kind.CHALLENGE:
        return frame
    page = outline(doc)
    found = _best(page, structure.search(page), structure.alone(page))
    told = schema.read(doc.tree)
    posts = found if found is not None and found.sure >= SURE and not _is_wall(page, found) else None
    is_list = posts is not None and lists.is_list(page, posts.blocks)
    if posts is not None and not is_list:
        blocks = _complete(page, posts)
        if not _tells_more(page, told, blocks):
            return _thread(doc, _framed(doc, frame), tuple(_posts(doc, page, blocks)), posts.sure, known=known)
    if told:
        return _thread(doc, _framed(doc, frame), tuple(_told_posts(doc, told)), 1.0, known=known)
    # among the words of a list are "closed" and "error"; a page that only says so lists nothing
    listed = rows.search(page) if frame.kind in (Kind.UNKNOWN, Kind.ERROR) else ()
    if listed and (is_list or sum(len(row.title) for row in listed) >= page.net(structure.single(page) or 0)):
        return _list(page, _framed(doc, frame), listed)
    if frame.kind is Kind.UNKNOWN and not listed and (few := rows.few(page)):
        return _list(page, _framed(doc, frame), few)
    text = _text(doc, page, frame)
    return frame if text is None else replace(_framed(doc, frame), kind=Kind.UNKNOWN, posts=(text,), sure=0.0)


def _is_wall(page: Outline, found: structure.Found) -> bool:
    """Whether the only post is a notice to the reader ("You must be logged in to post")."""
    text = words(page.nodes[found.blocks[0].bodies[0]])
    return len(found.blocks) == 1 and len(text) <= _START and walls.kind_of(text) is not None


def _list(page: Outline, frame: Page, listed: tuple[rows.Row, ...]) -> Page:
    threads, boards = tuple(rows.threads(page, listed)), tuple(rows.boards(listed))
    if not threads:
        return replace(frame, kind=Kind.INDEX, boards=boards, sure=SURE, message="")
    url = pager.first_page(page.doc)
    board = Board(id=pager.thread_id(url), url=url, title=frame.title)
    return replace(frame, kind=Kind.BOARD, board=board, threads=threads, boards=boards, sure=SURE, message="")


def _best(page: Outline, run: structure.Found | None, one: structure.Found | None) -> structure.Found | None:
    """The run of posts, unless it is one of the pieces of the page's only post."""
    if run is None or one is None:
        return run or one
    return one if run.sure < SURE or structure.is_of(page, run, one) else run


def _tells_more(page: Outline, told: list[schema.Told], blocks: tuple[Block, ...]) -> bool:
    """Whether schema.org's words hold posts that the structure does not; often they are the first post, or excerpts."""
    shown = sum(len(words(page.nodes[at])) for block in blocks for at in block.bodies)
    return len(told) > len(blocks) and sum(len(words(post.body)) for post in told) >= _AS_MUCH * shown


def _text(doc: Document, page: Outline, frame: Page) -> Post | None:
    """The page's main text; None for a page without one, and for a wall whose text says that it is one."""
    at = structure.single(page)
    if at is None or (
        frame.kind is not Kind.UNKNOWN and (page.net(at) < _LEAST or walls.kind_of(words(page.nodes[at])[:_START]))
    ):
        return None
    node = _unfolded(page.nodes[at])
    return Post(id="1", author=Author(name=""), url=urls.clean(doc.url), images=content.images(doc, node), body=node)


def _thread(doc: Document, frame: Page, posts: tuple[Post, ...], sure: float, *, known: bool) -> Page:
    """The page as a thread's; posts without an id of their own are named by thread, page and place."""
    url = pager.first_page(doc)
    thread = Thread(id=pager.thread_id(url), url=url, title=frame.title, board=rows.board_above(doc))
    ids = Counter(post.id for post in posts)
    named = tuple(
        replace(
            post,
            id=_id(thread, frame, post.id if ids[post.id] == 1 else "", place, known=known),
            url=_address(doc, frame, post.url),
        )
        for place, post in enumerate(posts, 1)
    )
    return replace(frame, kind=Kind.THREAD, posts=named, thread=thread, sure=sure, message="")


def _id(thread: Thread, frame: Page, own: str, place: int, *, known: bool) -> str:
    """A post's id, which no post of another thread may have: they would become one post."""
    if not own:
        own = f"{frame.page}-{place}"
    elif known or (own != thread.id and int(own) > _PLACES * frame.page):
        return own
    return f"{thread.id}-{own}" if thread.id else own


def _address(doc: Document, frame: Page, url: str | None) -> str | None:
    """A post's address; on a page without one of its own, an anchor leads nowhere."""
    if url and url.startswith("#"):
        return f"{frame.url}{url}" if frame.url else None
    return doc.link(url)


def _framed(doc: Document, page: Page) -> Page:
    number, last, following = pager.read(doc)
    url = urls.clean(doc.url)
    return replace(
        page,
        url=url,
        title=titles.read(doc),
        page=number,
        last_page=last,
        next=following,
        site=urls.site(url, _PATH),
    )


def _complete(page: Outline, found: structure.Found) -> tuple[Block, ...]:
    """The posts with those in other markup: the comments between them, the opening text above them."""
    runs = [marks.real(page, found.blocks)]
    for _ in range(_RUNS):
        page.used |= marks.told(page, runs[-1])
        more = structure.search(page, tuple(block for run in runs for block in run))
        if more is None or more.sure < _SURELY or more.weight < _SECOND * found.weight:
            break
        runs.append(tuple(block for block in more.blocks if _is_among(page, block, runs[0])))
    blocks = sorted((block for run in runs for block in run), key=lambda block: block.inside.start)
    opening = _opening(page, blocks[0])
    return (opening, *blocks) if opening else tuple(blocks)


def _is_among(page: Outline, block: Block, posts: tuple[Block, ...]) -> bool:
    """Whether a block stands between the first and the last post: below are other threads and news."""
    return posts[0].inside.start < block.inside.start < page.last[posts[-1].unit]


def _opening(page: Outline, post: Block) -> Block | None:
    """The text above the first post, when it has a date or an author of its own: a question, a story, an article."""
    start = min(leaves.start for leaves in (*post.around, post.inside) if leaves)
    at = structure.single(page, min(start, page.first[post.unit]))
    if at is None or page.net(at) < _LEAST:
        return None
    first = page.first[at]
    above = first if marks.is_heading(page, first) else page.heading(first)  # nothing above the title is its own
    around = (range(above, page.first[at]), range(page.last[at], start))
    opening = Block(bodies=(at,), unit=at, around=around, inside=range(page.first[at], page.last[at]))
    return opening if _is_signed(page, opening, post) else None


def _is_signed(page: Outline, opening: Block, post: Block) -> bool:
    """Whether a text above the first post has a date and an author of its own; an article may do without the author."""
    (dated,), (signed,) = marks.dates(page, (opening,)), marks.authors(page, (opening,))
    (date,), (author,) = marks.dates(page, (post,)), marks.authors(page, (post,))
    if dated is None or (signed is None and not structure.is_marked(page, opening.unit, page.first[post.unit])):
        return False
    moment = page.moment_at(dated)[0]
    if moment is None:
        own = page.used.isdisjoint((dated, signed))
    else:  # the heads of many themes tell of the first post, and a day is no moment
        own = moment != (None if date is None else page.moment_at(date)[0]) or not (moment.hour or moment.minute)
    return own and (signed is None or author is None or page.leaves[signed] != page.leaves[author])


def _posts(doc: Document, page: Outline, blocks: tuple[Block, ...]) -> Iterator[Post]:
    dated, signed, named = marks.dates(page, blocks), marks.authors(page, blocks), marks.ids(page, blocks)
    above = {leaf for block, leaf in zip(blocks, signed, strict=True) if leaf == block.inside.start}
    for leaf in marks.labels(page, blocks) | above | marks.head(page, blocks[0]):
        _relabel(page, leaf)
    for number, block in enumerate(blocks):
        id_, anchor = named[number] or ("", "")
        date = dated[number]
        at, raw = (None, "") if date is None else page.moment_at(date)
        body = _body(page, block)
        yield Post(
            id=id_,
            author=Author(name=_leaf(page, signed[number])),
            url=f"#{anchor}" if anchor else None,
            posted_at=at,
            posted_raw=raw,
            images=content.images(doc, body),
            body=body,
        )


def _told_posts(doc: Document, told: list[schema.Told]) -> Iterator[Post]:
    for post in told:
        at = dates.iso(post.date, zone=doc.zone) or dates.parse(
            post.date, language=doc.language, zone=doc.zone, now=doc.now, order=doc.order
        )
        yield Post(
            id=digits(post.id) or digits(post.url),
            author=Author(name=post.author),
            url=post.url or (f"#{post.id}" if post.id else None),
            posted_at=at,
            posted_raw=post.date,
            images=content.images(doc, post.body),
            body=post.body,
        )


def _leaf(page: Outline, leaf: int | None) -> str:
    return "" if leaf is None else page.leaves[leaf].strip(" :,@")


def _body(page: Outline, block: Block) -> Any:
    """The element that holds the post's text; of several beside each other, with all that stands between them."""
    nodes = [_unfolded(page.nodes[at]) for at in block.bodies]
    parent, last = nodes[0].getparent(), nodes[-1]
    if len(nodes) == 1 or last.getparent() is not parent:
        return content.gather(nodes[0], nodes[1:])
    whole = parent.makeelement("div")
    last.tail = None
    whole.extend(list(parent)[parent.index(nodes[0]) : parent.index(last) + 1])
    return whole


def _unfolded(node: Any) -> Any:
    """A whole text that is laid out line by line, as mails are: its lines as such, for it is no code."""
    if node.tag != "pre" or len(node):
        return node
    lines = [line.rstrip() for line in (node.text or "").split("\n")]
    node.tag, node.text = "div", lines[0]
    for line in lines[1:]:
        etree.SubElement(node, "br").tail = line
    return node


def _relabel(page: Outline, leaf: int) -> None:
    """Give the element of a repeated leaf, or a new one around it, a class that says it is no content."""
    owner, shown = page.nodes[page.owner[leaf]], page.leaves[leaf]
    if not len(owner) and owner.getparent() is not None:
        owner.set("class", f"{owner.get('class') or ''} {content.FRAME}".strip())
        return
    frame = owner.makeelement("p", {"class": content.FRAME})
    if words(owner.text) == shown:
        frame.text, owner.text = owner.text, None
        owner.insert(0, frame)
        return
    before = next((child for child in owner if words(child.tail) == shown), None)
    if before is not None:
        frame.text, before.tail = before.tail, None
        before.addnext(frame)
