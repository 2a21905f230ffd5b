"""RSS, Atom and sitemaps: files that name a forum's threads, read as if they were a list of them.

Elements are known by their local names, since feeds of all ages differ in namespaces only.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from archive.frontier import host_of
from archive.records import Board, Kind, Page, ThreadRow
from crawler.config import on_one_host
from crawler.forums import FORUMS
from crawler.forums.base import Forum

LARGEST = 64 * 1024 * 1024  # bytes of an unpacked sitemap; 50 MiB are allowed (sitemaps.org)
_ENTRIES = {"item", "entry", "url"}
# Slips in the words of a feed, or after its end, that take nothing else with them; whatever else is wrong may.
_SLIPS = {
    "ERR_NAME_REQUIRED",  # "Law & order"
    "ERR_ENTITYREF_SEMICOL_MISSING",  # "?t=1&p=2"
    "ERR_UNDECLARED_ENTITY",
    "ERR_INVALID_CHAR",
    "ERR_INVALID_ENCODING",
    "ERR_UNSUPPORTED_ENCODING",
    "ERR_MISPLACED_CDATA_END",
    "ERR_DOCUMENT_END",
}


def read(body: bytes, url: str, software: str | None = None) -> Page:
    """What a feed or sitemap names: threads, and further sitemaps as boards. ERROR with a message if it is none.

    Of broken XML, what can be read of it, and the message says so. `software` is the forum's; without it the first one
    counts whose thread addresses these are.
    """
    root, fault = _parse(_unpacked(body))
    if root is None or _name(root) not in {"rss", "RDF", "feed", "urlset", "sitemapindex"}:
        return Page(kind=Kind.ERROR, url=url, message="neither RSS nor Atom nor a sitemap")
    forums = [forum for forum in FORUMS if software in {None, forum.name}]
    entries = [{_name(part): part for part in reversed(entry)} for entry in root.iter() if _name(entry) in _ENTRIES]
    maps = [_text(part.find("{*}loc")) for part in root.iter("{*}sitemap")]
    if fault:  # the last address may be the beginning of one
        del entries[-1:], maps[-1:]
    links = [_link(entry, url) for entry in entries]
    forum = next((each for each in forums if any(each.thread_id(each.canonical(link)) for link in links)), None)
    rows = list(_rows(zip(links, entries, strict=True), url, forum)) if forum else []
    return Page(
        kind=Kind.BOARD,
        url=url,
        software=forum.name if forum else software or "unknown",
        site=forum.site(rows[0].url) if forum and rows else host_of(url),
        threads=tuple(rows),
        boards=tuple(Board(id=at, url=at, title="") for at in maps if on_one_host(at, url)),
        message=fault,
    )


def _rows(entries: Iterable[tuple[str, dict[str, Any]]], url: str, forum: Forum) -> Iterator[ThreadRow]:
    """One row a thread of this host: the first that names it, which in feeds is the latest."""
    seen = set()
    for link, entry in entries:
        id_ = forum.thread_id(forum.canonical(link))
        if id_ and id_ not in seen and on_one_host(link, url):
            seen.add(id_)
            yield _row(id_, entry, link, forum)


def _row(id_: str, entry: dict[str, Any], link: str, forum: Forum) -> ThreadRow:
    said = _text(entry.get("comments"))
    dates = (_moment(_text(entry.get(name))) for name in ("updated", "pubDate", "date", "published", "lastmod"))
    return ThreadRow(
        id=id_,
        url=forum.first_url(link),
        title=_text(entry.get("title")),
        replies=int(said) if said.isdecimal() else None,
        last_post_at=next(filter(None, dates), None),
    )


def _link(entry: dict[str, Any], url: str) -> str:
    """Where an entry leads; "" for one that does not say, or leads to the feed itself or the front page."""
    link = entry.get("link")
    href: str | None = None if link is None else link.get("href")
    said = href or _text(link) or _text(entry.get("loc")) or _permalink(entry.get("guid"))
    found = urljoin(url, said) if said else ""
    return "" if found == url or (urlsplit(found).path in {"", "/"} and not urlsplit(found).query) else found


def _permalink(guid: Any) -> str:
    """The guid of RSS where it is an address, which it is unless it says `isPermaLink="false"` (RSS 2.0)."""
    said = _text(guid)
    is_address = guid is not None and guid.get("isPermaLink") != "false" and said.startswith(("http://", "https://"))
    return said if is_address else ""


def _moment(text: str) -> datetime | None:
    """A date as RSS writes it (RFC 5322), or as Atom and sitemaps do (W3C); None for neither."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = parse(text)
        except ValueError:
            continue
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _parse(body: bytes) -> tuple[Any, str]:
    """The root, and what is broken about the rest; None for what is no XML at all."""
    # What a feed may not do: name entities or files to be fetched.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(body.strip(), parser)
    except etree.XMLSyntaxError:
        return None, ""
    faults = parser.error_log.filter_from_fatals()
    fault = next((each for each in faults if each.type_name not in _SLIPS), None)
    if fault:
        return root, f"its XML is broken in line {fault.line}: {fault.message}"
    if faults and root is not None and not _ends(body, root):  # which libxml2 does not say beside a slip
        return root, f"its XML is broken in line {faults[-1].line} or below: it ends without </{_name(root)}>"
    return root, ""


def _ends(body: bytes, root: Any) -> bool:
    """Whether the root's end tag is there; without the zeros of UTF-16."""
    return re.search(rb"</(?:[\w.-]+:)?%s\s*>" % _name(root).encode(), body.replace(b"\0", b"")) is not None


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, LARGEST)
    except zlib.error:
        return b""


def _name(node: Any) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _text(node: Any) -> str:
    return " ".join("".join(node.itertext()).split()) if node is not None else ""
