"""Forums whose API answers in JSON: what its readers share."""

from dataclasses import replace
from typing import Any

from archive.records import Kind, Page
from crawler.forums.base import Forum
from crawler.reading.content import fragment
from crawler.reading.document import Document
from crawler.reading.select import words

_OTHER_SHAPE = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class AnswerForum(Forum):
    """A forum that answers in JSON too: `read_answer` reads that; put it before the class that reads the pages."""

    def read(self, doc: Document) -> Page:
        """A page as ever; an answer of another shape than the software gives is an ERROR that says so."""
        if doc.data is None:
            return super().read(doc)
        page = Page(
            kind=Kind.UNKNOWN, url=doc.url, software=self.name, site=self.site(doc.url), containers=self.containers
        )
        try:
            return self.read_answer(doc, doc.data, page)
        except _OTHER_SHAPE as error:
            return replace(page, kind=Kind.ERROR, message=f"{self.name} gives no such JSON: {error!r}")

    def read_answer(self, doc: Document, data: Any, page: Page) -> Page:
        """`page` filled from the answer. May raise what comes of keys that are missing or hold other types."""
        raise NotImplementedError


def plain(markup: Any) -> str:
    """The words of a title or name, in which an API may leave entities and tags."""
    markup = markup or ""
    return words(fragment(markup)) if "<" in markup or "&" in markup else words(markup)
