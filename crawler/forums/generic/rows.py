"""The lists of an unknown software: rows of links with dates and counts, that lead to threads or to boards."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.records import Board, ThreadRow
from crawler.forums.generic import pager, structure
from crawler.forums.generic.outline import Outline
from crawler.forums.generic.wording import AUTHOR, CHROME, DATE, LINK, length, subject
from crawler.reading import urls
from crawler.reading.numbers import number

_LEAST = 3  # rows
_MOST = 0.6  # of the rows have what makes a row: a date, a count
_TITLE = 4  # characters
_WORDS = 15  # characters of most titles
_CANDIDATES = 30
_LINKS = 12  # of a row that are looked at
_LABELS = 12  # leaves before a row's title
_REPLIES = re.compile(r"repl|answer|comment|respuesta|antwort|trả lời|回复|回覆", re.IGNORECASE)
_HEADING = re.compile(r"^h[1-6] |title|topic|subject|headline", re.IGNORECASE)
_BOARD_URL = re.compile(
    r"/(?:forums?|boards?|categor(?:y|ies)|f|c)[/-]|viewforum|forumdisplay|[?&](?:fid|f|board|forum|cat)=\d",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row: its element, its longest link that leads elsewhere on the site, the leaf with its date."""

    at: int
    link: int
    url: str
    title: str
    date: int | None


class _Links:
    """The links that lead to other pages of the site: their elements in order, the URL and words of each."""

    def __init__(self, page: Outline) -> None:
        self.told = dict(_links(page))
        self.order = list(self.told)

    def within(self, start: int, end: int) -> list[int]:
        """The first links among the elements from `start` to `end`."""
        at = bisect_left(self.order, start)
        return [one for one in self.order[at : at + _LINKS] if one < end]


def search(page: Outline) -> tuple[Row, ...]:
    """The best run of rows, () where there is none."""
    links = _Links(page)
    found: list[tuple[int, str, tuple[Row, ...]]] = []
    for key, members in structure.groups(page).items():
        if len(members) >= _LEAST:
            rows = tuple(row for at in members if (row := _row(page, at, links)))
            found.append((-sum(len(row.title) for row in rows), key, rows))
    judged = (rows for _, _, rows in sorted(found, key=lambda one: one[:2])[:_CANDIDATES])
    return next((rows for rows in judged if _is_run(page, rows)), ())


def is_list(page: Outline, blocks: tuple[structure.Block, ...]) -> bool:
    """Whether blocks that look like posts are a list: each under a title that links elsewhere, or all links."""
    leaves = [leaf for block in blocks for leaf in block.inside]
    linked = sum(length(page.leaves[leaf]) for leaf in leaves if page.kinds[leaf] == LINK)
    if linked > _MOST * sum(length(page.leaves[leaf]) for leaf in leaves):
        return True
    links = _Links(page)
    headed = [row for block in blocks if (row := _row(page, block.unit, links)) and _leads(page, row.at, row.link)]
    enough = max(_MOST * len(blocks), 2)
    titles = {subject(row.title) for row in headed}
    long_ = sum(map(length, titles)) >= _WORDS * len(titles)  # members' names are shorter
    return long_ and min(len({row.url for row in headed}), len(titles)) >= enough


def _leads(page: Outline, at: int, link: int) -> bool:
    """Whether a link comes before all text, dates and authors of a row; labels may stand before it."""
    leaves = range(page.first[at], min(page.first[link], page.first[at] + _LABELS))
    return all(page.kinds[leaf] == CHROME for leaf in leaves) or _is_heading(page, link)


def _is_heading(page: Outline, at: int) -> bool:
    near = (at, page.parent[at])
    names = (f"{page.nodes[one].tag} {page.nodes[one].get('class') or ''}" for one in near)
    return any(_HEADING.search(name) for name in names)


def _links(page: Outline) -> Iterator[tuple[int, tuple[str, str]]]:
    """URL and words of the links that lead to other pages of the site."""
    here, host = pager.first_url(urls.clean(page.doc.url)), _host(page.doc.base)
    for at, node in enumerate(page.nodes):
        if node.tag != "a" or page.flags[at] & (AUTHOR | CHROME):
            continue
        target = page.doc.link(node.get("href"))
        title = " ".join("".join(node.itertext()).split())
        if target and len(title) >= _TITLE and _host(target) == host and not page.moment(title):
            url = pager.first_url(urls.clean(target))
            if url != here and any(map(str.isalpha, title)):
                yield at, (url, title)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:  # "http://[": no address
        return ""


def _row(page: Outline, at: int, links: _Links) -> Row | None:
    inside = links.within(at, page.end[at])
    if not inside:
        return None
    link = max(inside, key=lambda one: (_leads(page, at, one), len(links.told[one][1]), -one))
    url, title = links.told[link]
    dated = [leaf for leaf in range(page.first[at], page.last[at]) if page.kinds[leaf] == DATE]
    return Row(at=at, link=link, url=url, title=title, date=dated[-1] if dated else None)


def _is_run(page: Outline, rows: tuple[Row, ...]) -> bool:
    told = sum(row.date is not None or any(_counts(page, row)) for row in rows)
    apart = len({row.url for row in rows}) == len(rows)
    return len(rows) >= _LEAST and apart and told >= _MOST * len(rows)


def _counts(page: Outline, row: Row) -> Iterator[tuple[str, int]]:
    """The numbers of a row, with the words around each that may say what it counts."""
    for leaf in range(page.first[row.at], page.last[row.at]):
        count = number(page.leaves[leaf])
        if count is not None:
            beside = page.leaves[leaf + 1] if leaf + 1 < page.last[row.at] else ""
            yield f"{page.place(leaf)} {beside}", count


def threads(page: Outline, rows: tuple[Row, ...]) -> Iterator[ThreadRow]:
    """The rows that lead to threads."""
    for row in rows:
        if not _BOARD_URL.search(row.url):
            at, raw = page.moment_at(row.date) if row.date is not None else (None, "")
            replies = next((count for said, count in _counts(page, row) if _REPLIES.search(said)), None)
            id_ = pager.thread_id(row.url)
            yield ThreadRow(id=id_, url=row.url, title=row.title, replies=replies, last_post_at=at, last_post_raw=raw)


def boards(rows: tuple[Row, ...]) -> Iterator[Board]:
    """The rows that lead to boards."""
    yield from (
        Board(id=pager.thread_id(row.url), url=row.url, title=row.title) for row in rows if _BOARD_URL.search(row.url)
    )
