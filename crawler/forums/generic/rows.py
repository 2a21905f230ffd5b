"""The lists of an unknown software: rows of links with dates and counts, that lead to threads or to boards."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from archive.records import Board, ThreadRow
from crawler.forums.generic import pager, structure
from crawler.forums.generic.links import Links, is_headline, leads
from crawler.forums.generic.outline import Outline
from crawler.forums.generic.wording import DATE, subject
from crawler.reading import urls
from crawler.reading.document import Document
from crawler.reading.numbers import number
from crawler.reading.select import every, words

_LEAST = 3  # rows
_MOST = 0.6  # of the rows have what makes a row: a date, a count
_CANDIDATES = 30
_REPLIES = re.compile(r"repl|answer|comment|respuesta|antwort|trả lời|回复|回覆", re.IGNORECASE)
_BOARD_URL = re.compile(
    r"/(?:forums?|boards?|categor(?:y|ies)|f|c)[/-]|viewforum|forumdisplay|[?&;](?:fid|f|cat)=\d|[?&;](?:board|forum)=\w",
    re.IGNORECASE,
)
_THREAD_URL = re.compile(  # a thread's address may tell its board, too: /boards/1/topics/77, ?f=3&t=77
    r"/(?:topics?|threads?|discussions?|questions?|posts?|messages?)[/-]\w|(?:view|show)(?:topic|thread)"
    r"|[?&;](?:t|p|tid|pid|topic|thread|post)(?:_?id)?=\d",
    re.IGNORECASE,
)

_PERMALINK = re.compile(r"/(?:posts?|p|comments?)/")  # to a last post
_CRUMBS = (
    "ul[class*=crumb] a[href], ol[class*=crumb] a[href], div[class*=crumb] a[href], nav[class*=crumb] a[href]"
    ", nav[aria-label*=readcrumb] a[href]"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row: its element, its longest link that leads elsewhere on the site, the leaf with its date."""

    at: int
    link: int
    url: str
    title: str
    date: int | None


def search(page: Outline) -> tuple[Row, ...]:
    """The best run of rows, () where there is none."""
    links = Links(page)
    found: list[tuple[int, str, tuple[Row, ...]]] = []
    for key, members in structure.groups(page).items():
        if len(members) >= _LEAST:
            rows = tuple(row for at in members if (row := _row(page, at, links)))
            found.append((-sum(len(subject(row.title)) for row in rows), key, rows))
    ranked = [rows for _, _, rows in sorted(found, key=lambda one: one[:2])[:_CANDIDATES]]
    best = next((rows for rows in ranked if _is_run(page, rows)), ())
    # the last posts of an index's boards are cells of its rows
    around = [rows for rows in ranked if best and _holds(page, rows, best) and _is_run(page, rows)]
    return max(around, key=lambda rows: page.end[rows[0].at] - rows[0].at, default=best)


def _holds(page: Outline, rows: tuple[Row, ...], cells: tuple[Row, ...]) -> bool:
    """Whether most rows have a cell each; a board without posts has no last one."""
    if not len(cells) <= len(rows) < len(cells) / _MOST:
        return False
    starts = [row.at for row in rows]
    around = {bisect_left(starts, cell.at) - 1 for cell in cells}  # the last row that begins before it
    return len(around) == len(cells) and all(
        at >= 0 and cell.at < page.end[starts[at]] for at, cell in zip(sorted(around), cells, strict=True)
    )


def few(page: Outline) -> tuple[Row, ...]:
    """The rows of a board of one or two threads, or an index of so few boards, by their addresses: nothing repeats."""
    here, links = pager.first_page(page.doc), Links(page)
    in_board = is_board(here)
    own: dict[str, int] = {}
    for at, (url, _) in links.told.items() if here else ():
        is_thread = in_board and pager.names_thread(url) and not is_board(url) and not _PERMALINK.search(url)
        if is_thread or (not in_board and is_board(url) and url.startswith(here)):
            own.setdefault(url, at)
    if len(own) >= _LEAST:
        return ()
    apart = (*own.values(), *(at for at, node in enumerate(page.nodes) if node.tag == "h1"))
    found = [_row(page, _widest(page, at, apart), links) for at in own.values()]
    rows = tuple(row for row in found if row and row.url in own)
    return rows if len(rows) == len(own) and _is_told(page, rows) else ()


def _widest(page: Outline, at: int, apart: tuple[int, ...]) -> int:
    """The greatest element around a link, below the page's body, with no other of the elements `apart`."""
    own = {one for one in apart if at <= one < page.end[at]}
    around = page.parent[at]
    while around > 0 and page.nodes[around].tag != "body":
        if any(around <= one < page.end[around] and one not in own for one in apart):
            break
        at, around = around, page.parent[around]
    return at


def _row(page: Outline, at: int, links: Links) -> Row | None:
    inside = links.within(at, page.end[at])
    if not inside:
        return None
    here = pager.first_url(urls.clean(page.doc.url))

    def worth(link: int) -> tuple[bool, bool, bool, int, int]:
        # the last topic of a board leads, too, where its class says that it is a title; a label leads to this board
        url, title = links.told[link]
        first = leads(page, at, link)
        boards = first and is_board(url) and not (is_board(here) and _path(url) == _path(here))
        return first, boards, is_headline(page, link), len(title), -link

    link = max(inside, key=worth)
    url, title = links.told[link]
    dated = [leaf for leaf in range(page.first[at], page.last[at]) if page.kinds[leaf] == DATE]
    return Row(at=at, link=link, url=url, title=title, date=dated[-1] if dated else None)


def _path(url: str) -> str:
    return url.partition("?")[0]


def _is_run(page: Outline, rows: tuple[Row, ...]) -> bool:
    apart = len({row.url for row in rows}) == len(rows)
    return len(rows) >= _LEAST and apart and _is_told(page, rows)


def _is_told(page: Outline, rows: tuple[Row, ...]) -> bool:
    told = sum(row.date is not None or any(_counts(page, row)) for row in rows)
    return told >= _MOST * len(rows)


def _counts(page: Outline, row: Row) -> Iterator[tuple[str, int]]:
    """The numbers of a row, with the words around each that may say what it counts."""
    for leaf in range(page.first[row.at], page.last[row.at]):
        count = number(page.leaves[leaf])
        if count is not None:
            beside = page.leaves[leaf + 1] if leaf + 1 < page.last[row.at] else ""
            yield f"{page.place(leaf)} {beside}", count


def is_board(url: str) -> bool:
    """Whether an address seems to be a board's: /forum/boats/topic/lost-oar-12 is a thread in one."""
    *_, last = ["", *_BOARD_URL.split(url)]
    return last != url and not pager.names_thread(last) and not _THREAD_URL.search(url)


def threads(page: Outline, rows: tuple[Row, ...]) -> Iterator[ThreadRow]:
    """The rows that lead to threads."""
    for row in rows:
        if not is_board(row.url):
            at, raw = page.moment_at(row.date) if row.date is not None else (None, "")
            replies = next((count for said, count in _counts(page, row) if _REPLIES.search(said)), None)
            id_ = pager.thread_id(row.url)
            yield ThreadRow(id=id_, url=row.url, title=row.title, replies=replies, last_post_at=at, last_post_raw=raw)


def boards(rows: tuple[Row, ...]) -> Iterator[Board]:
    """The rows that lead to boards."""
    yield from (Board(id=pager.thread_id(row.url), url=row.url, title=row.title) for row in rows if is_board(row.url))


def board_above(doc: Document) -> Board | None:
    """The last board of the breadcrumbs; the forum's index may have such an address, too, but nothing after it."""
    for link in reversed(every(doc.tree, _CRUMBS)):
        url = pager.first_url(urls.clean(doc.link(link.get("href")) or ""))
        title = words(link)
        for icon in every(link, "i[class*=icon], span[class*=icon]"):  # of fonts that draw a word as a picture
            title = title.removeprefix(words(icon)).lstrip()
        if is_board(url) and _BOARD_URL.split(url)[-1].strip("/") and title:
            return Board(id=pager.thread_id(url), url=url, title=title)
    return None
