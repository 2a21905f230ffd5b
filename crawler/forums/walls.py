"""What a page without posts, threads and boards really is, whatever its status code says."""

from dataclasses import replace

from archive.records import Kind, Page
from crawler.forums.document import Document
from crawler.forums.select import first, words


def recognise(doc: Document, page: Page, *, notice: str, login: str) -> Page:
    """`page` with its kind: login form or message box (selectors of the software)."""
    message = words(first(doc.tree, notice))
    if first(doc.tree, login) is not None:
        return replace(page, kind=Kind.LOGIN, message=message)
    return replace(page, kind=Kind.ERROR if message else Kind.UNKNOWN, message=message)


def outside(doc: Document) -> Page:
    """A page of no known software."""
    return Page(kind=Kind.UNKNOWN, url=doc.url, title=words(first(doc.tree, "title")), language=doc.language)
