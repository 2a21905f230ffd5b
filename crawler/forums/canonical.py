"""The URL of a page that was reached through a link to one of its posts."""

from dataclasses import replace

from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.select import first


def at_own_url(forum: type[Forum] | Forum, doc: Document) -> Document:
    """`doc` at the URL that the page itself gives, where its own names the thread or board but no page of it.

    A link to a post does not say which page of the thread it leads to; the page does.
    """
    own = forum.canonical(doc.link(first(doc.page, "link[rel=canonical]@href")) or "")
    return replace(doc, url=own) if forum.first_url(own) == doc.url else doc
