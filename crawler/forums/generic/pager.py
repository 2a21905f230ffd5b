"""The pages of a thread or board of an unknown software: which one this is, the last one, the next one."""

import re
from collections import defaultdict
from itertools import islice
from typing import Any

from lxml import etree

from crawler.reading import urls
from crawler.reading.document import Document
from crawler.reading.select import every, first, words

_ARGUMENT = re.compile(r"(?:page|pg|paged|pagenr|seite|pagina|sayfa|trang|start|offset|st)=\d+")
_PAGE = re.compile(r"/(?:page|pagina|seite|trang)[-/]?\d+(?=/|$)|[-_]page[-_]?\d+")
_NUMBER = re.compile(
    r"(?:[?&](?:page|pg|paged|pagenr|seite|pagina|sayfa|trang)=|/(?:page|pagina|seite|trang)[-/]?|[-_]page[-_]?)"
    r"(\d{1,5})(?=[/&]|$)"
)
_WORDS = """
    next|next page|next »|next ›|next >|next→|›|»|>|>>|→|older posts|weiter|nächste|nächste seite|vor|suivant|suivante
    |page suivante|siguiente|próxima|próximo|seguinte|avanti|successiva|volgende|dalej|następna|sonraki|далее|следующая
    |вперёд|вперед|tiếp|tiếp theo|trang sau|sau|下一页|下一頁|下页|次へ|다음|التالي"""
_NEXT = frozenset(map(str.strip, _WORDS.split("|")))
_CURRENT = re.compile(r"current|active|selected|curr\b|\bon\b|this", re.IGNORECASE)
_PATH_PAGE = re.compile(r"(.*/[^/]*\d[^/]*/)(\d{1,5})(/?)")
_SECOND = 2  # the page before it has no number
_MOST = 6  # digits
_NEAR = 300  # elements of a row of page numbers


_ARGUMENT_ID = re.compile(r"[?&](?:t|tid|topic|topic_?id|thread|thread_?id|threads?|id|qid)=([\w.-]+)")
_THREAD = re.compile(  # and what follows: an id, a title, an id with a title
    r"/(?:topics?|threads?|t|discussions?|d|questions?|q|posts?|p|s|articles?|comments?)/(?=[^/?#]*\d|[^/?#]+/\d)([^/?#]+)(?:/(\d+)(?=[/?]|$))?"
)
_BEFORE = re.compile(r"(\d+)(?=[.-]|$)")
_AFTER = re.compile(r"[.-](\d+)(?:\.[a-z]{3,5})?$")


def first_url(url: str) -> str:
    """The URL of the first page."""
    path, _, query = url.partition("?")
    kept = [_PAGE.sub("", part) for part in query.split("&") if part and not _ARGUMENT.fullmatch(part)]
    return _PAGE.sub("", path) + ("?" + "&".join(kept) if kept else "")


def names_thread(url: str) -> bool:
    """Whether an address, or its end, has a thread's id."""
    return bool(_ARGUMENT_ID.search(url) or _THREAD.search(url if url.startswith("/") else f"/{url}"))


def thread_id(url: str) -> str:
    """The thread's id in its URL; without one, the URL's path.

    Titles have numbers, too: the id stands before the title or after it, and both together where a number stands at
    either end.
    """
    argument = _ARGUMENT_ID.search(url)
    if argument:
        return argument[1]
    found = _THREAD.search(url)
    if found and found[2] and not found[1].isdecimal():  # topic/10-best-oars/532
        return found[2]
    ends = [end[1] for end in (_BEFORE.match(found[1]), _AFTER.search(found[1])) if end] if found else []
    return "-".join(ends) or re.sub(r"^[a-z]+://[^/]*/?", "", url) or url


def read(doc: Document) -> tuple[int, int, str | None]:
    """This page's number, the last one's, and the next page's URL."""
    number, last, following = _numbered(doc)
    declared = doc.link(first(doc.tree, "link[rel=next]@href | a[rel~=next]@href"))
    here = urls.clean(doc.url)
    if (number, last) == (1, 1):  # no row of numbers: arrows
        start = first_page(doc)
        linked = _linked(doc, start)
        number = _number(here, start)
        last = max([number, *linked])
        following = linked.get(number + 1)
    following = (declared if _is_page_of(here, declared) else None) or following or _by_word(doc)
    following = urls.clean(following) if following else None
    return number, last, None if following == here else following


def first_page(doc: Document) -> str:
    """The URL of the first page of the thread or board that the page is of.

    A number that ends an address is a page's where one at either side is declared as next or previous page, and there
    is another number to name the thread or board: t/lost-oar/12/3 after t/lost-oar/12/2, not topic/12 after topic/11.
    """
    here = urls.clean(doc.url)
    found = _PATH_PAGE.fullmatch(here)
    if found is None:
        return first_url(here)
    start, number, slash = found[1], int(found[2]), found[3]
    pages = {f"{start}{step}{slash}" for step in (number - 1, number + 1)} | ({start} if number == _SECOND else set())
    if pages.isdisjoint(_declared(doc)):
        return first_url(here)
    return start if slash else start.rstrip("/")


def _declared(doc: Document) -> set[str]:
    targets = map(doc.link, every(doc.tree, "link[rel=next]@href") + every(doc.tree, "link[rel=prev]@href"))
    return {urls.clean(target) for target in targets if target}


def _number(url: str, start: str) -> int:
    rest = url.removeprefix(start).strip("/")
    found = _NUMBER.search(url)
    return int(rest) if url != start and rest.isdecimal() else int(found[1]) if found else 1


def _linked(doc: Document, start: str) -> dict[int, str]:
    """The pages of the same thread or board that the page links to, by the numbers in their addresses."""
    targets = {urls.clean(target) for link in every(doc.tree, "a[href]") if (target := doc.link(link.get("href")))}
    own = re.compile(re.escape(start.rstrip("/")) + r"/\d{1,5}/?")
    in_path = any(map(own.fullmatch, _declared(doc)))
    found = {target for target in targets if start and first_url(target) == start}
    return {_number(target, start): target for target in found | {t for t in targets if in_path and own.fullmatch(t)}}


def _is_page_of(here: str, target: str | None) -> bool:
    """Whether they differ in a number: phpBB 2 calls the next thread, too, its next page."""
    if not target or first_url(here) == first_url(target) or not here:
        return bool(target)
    same = next((at for at, (one, two) in enumerate(zip(here, target, strict=False)) if one != two), len(here))
    return re.search(r"\d", target[same:]) is not None


def _numbered(doc: Document) -> tuple[int, int, str | None]:
    """From a row of links that are numbers and differ in numbers only."""
    rows: dict[Any, dict[int, str]] = defaultdict(dict)
    for link in every(doc.tree, "a[href]"):
        shown = words(link)
        if shown.isdecimal() and len(shown) < _MOST:
            for around in _around(link):
                rows[around].setdefault(int(shown), link.get("href"))
    for around, links in rows.items():
        current = _current(around, links)
        if current and _is_row(links, current):
            following = doc.link(links.get(current + 1))
            return current, max(current, *links), following
    return 1, 1, None


def _around(link: Any) -> list[Any]:
    parent = link.getparent()
    return [parent] if parent is None or parent.getparent() is None else [parent, parent.getparent()]


def _is_row(links: dict[int, str], current: int) -> bool:
    forms = {re.sub(r"\d+", "0", href) for number, href in links.items() if number != 1}
    return (
        len(forms) <= 1
        and bool({current - 1, current + 1} & set(links))
        and all(str(n) in h or re.search(r"\d", h) for n, h in links.items() if n != 1)
    )


def _current(around: Any, links: dict[int, str]) -> int | None:
    """The number that is no link, or the link that is marked as current."""
    for node in islice(around.iter(etree.Element), _NEAR):
        shown = words(node.text if len(node) else node)
        if not shown.isdecimal() or len(shown) >= _MOST:
            continue
        above = node.getparent()
        classes = f"{node.get('class')} {above.get('class') if above is not None else ''}"
        marked = node.get("aria-current") or _CURRENT.search(classes)
        if marked or (int(shown) not in links and node.tag != "option"):
            return int(shown)
    return None


def _by_word(doc: Document) -> str | None:
    for link in every(doc.tree, "a[href]"):
        said = {words(link).casefold(), (link.get("title") or "").casefold(), (link.get("aria-label") or "").casefold()}
        target = doc.link(link.get("href")) if said & _NEXT else None
        if target and first_url(urls.clean(target)) == first_url(urls.clean(doc.url)):
            return target
    return None
