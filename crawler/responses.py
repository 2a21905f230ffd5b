"""What a response is: the page that it was read as, what its status means, and what it says of changes."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scrapy.http import Response
from w3lib.encoding import http_content_type_encoding

from archive.records import Kind, Page, Request
from crawler import feeds
from crawler.config import Site
from crawler.forums import read as read_page
from crawler.forums.skins import misread
from crawler.politeness import trusted

OVERLOADED = frozenset({429, 502, 503, 504, 520, 521, 522, 523, 524})  # the whole host is to be left alone for a while
RETRIED = frozenset({408, 425, 500})  # may be the page's own trouble
REFUSED = frozenset({401, 403, 451})
GONE = frozenset({404, 410})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
SUCCESS, FAILURE = 300, 400  # below the one, from the other on
OF_THREADS = frozenset({"thread", "next", "refresh"})  # roles of a thread's pages
READ = frozenset({Kind.THREAD, Kind.BOARD, Kind.INDEX})


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A page as read, the frontier row it answers, and what the server said about changes."""

    page: Page
    request: Request
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None


def read(row: Request, response: Response, site: Site, *, likely: str | None, now: datetime) -> Page:
    """The page that answers a frontier row, read as its site's configuration says; `likely` is the host's software."""
    if row.role == "feed":
        return feeds.read(response.body, response.url, site.software)
    page = read_page(
        response.body,
        response.url,
        charset=http_content_type_encoding(header(response, "Content-Type")),
        software=site.software,
        likely=likely,
        language=site.language,
        selectors=site.selectors,
        zone=site.zone or UTC,
        now=now,
    )
    is_list = page.kind in {Kind.BOARD, Kind.INDEX} and page.software != "unknown"
    if is_list and row.role in OF_THREADS and response.url == row.url:  # a deleted thread may lead to its board
        page = misread(page)
    if page.changed_skin and fails(response):  # the page of an error has no posts to look for
        return replace(page, kind=Kind.UNKNOWN, message="", changed_skin=False)
    return page


def fetched(row: Request, page: Page, response: Response, now: datetime) -> Fetched:
    """A page that is to be saved."""
    return Fetched(
        page=page,
        request=row,
        fetched_at=now,
        etag=header(response, "ETag"),
        last_modified=trusted(header(response, "Last-Modified"), header(response, "Date"), now),
    )


def said(page: Page, response: Response) -> str:
    """What a page that is not to be saved says of itself: the status if that is no success, and the page's message."""
    if response.status < SUCCESS:
        packed = header(response, "Content-Encoding")  # is kept where it is not understood
        if packed in {None, "identity"} or page.kind not in {Kind.UNKNOWN, Kind.ERROR}:
            return page.message
        return f"the answer is compressed as {packed!r}, which xemtiep does not know"
    words = "" if page.kind is Kind.UNKNOWN else page.message  # whose page an error is on says nothing about it
    if response.status in REDIRECTS:  # Scrapy follows those that lead to a web address
        to = header(response, "Location")
        words = f"redirects to {to}, which is no web address" if to else "redirects to nowhere"
    return f"HTTP {response.status}: {words}" if words else f"HTTP {response.status}"


def fails(response: Response) -> bool:
    """Whether the status says that what was asked for is not what came: where such a page leads is not followed."""
    return int(response.status) >= FAILURE


def header(response: Response, name: str) -> str | None:
    """A header's value; None without it."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
