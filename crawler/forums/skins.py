"""A skin or a site that differs: selectors from the configuration take the place of its family's own."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from archive.records import Kind, Page
from crawler.forums import generic
from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.select import text

_DETECTION = {"name", "example", "signals", "anchor", "never"}  # texts of a family that are no part of its reading
_WHAT = "changed skin: the selectors of {} find nothing here, give this site its own in xemtiep.toml"
SELECTORS = tuple(
    name for name in Forum.__annotations__ if isinstance(vars(Forum)[name], str) and name not in _DETECTION
)


def adjusted(forum: Forum, selectors: Mapping[str, str]) -> Forum:
    """The family with these selectors (names of `SELECTORS`) instead of its own."""
    if not selectors:
        return forum
    return _adjusted(type(forum), tuple(sorted(selectors.items())))  # type: ignore[arg-type] # mypy takes a class's __hash__ for its instances'


@cache
def _adjusted(family: type[Forum], selectors: tuple[tuple[str, str], ...]) -> Forum:
    made: Forum = type(f"{family.__name__}Adjusted", (family,), dict(selectors))()
    return made


def rescued(forum: Forum, doc: Document, page: Page) -> Page:
    """A page that its family found nothing in, read as one of unknown software if it should hold posts or threads.

    Then the skin is not the one that the family knows (`Page.changed_skin`), and the message says so. It is a thread
    page only if every post has an id of its own in the markup: made-up ones would double the posts that are known.
    """
    if page.kind is not Kind.UNKNOWN or page.instead or doc.page is None:
        return page
    if doc.url and not (forum.thread_id(doc.url) or forum.board_id(doc.url)):
        return page  # a profile, a search form: nothing to be found
    found = generic.read(doc, known=True)
    is_thread = found.kind is Kind.THREAD and all(post.url for post in found.posts) and not forum.board_id(doc.url)
    if not doc.url and not is_thread:
        return page
    if not found.posts and page.page == 1 and forum.is_thread(doc.url) and doc.url != forum.first_url(doc.url):
        return replace(page, kind=Kind.MISSING, message="an empty page after the thread's last one")
    return replace(
        page,
        kind=Kind.THREAD if is_thread else Kind.UNKNOWN,
        title=text(doc.page, forum.title) or found.title,
        next=page.next or found.next,
        thread=forum.read_thread(doc, page) if is_thread else None,
        posts=found.posts,
        containers={**page.containers, **found.containers},
        message=_WHAT.format(forum.name),
        sure=found.sure,
        changed_skin=True,
    )


def misread(page: Page) -> Page:
    """The page of a thread that was taken for a list, as what it is: one whose posts are not found."""
    message = _WHAT.format(page.software)
    return replace(
        page, kind=Kind.UNKNOWN, threads=(), boards=(), board=None, next=None, message=message, changed_skin=True
    )
