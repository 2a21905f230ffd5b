"""From the bytes of a forum page to a `Page`: which software made it, and what it says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from archive.errors import ConfigError
from archive.records import Page
from crawler.forums import generic, skins
from crawler.forums.askbot import Askbot
from crawler.forums.base import Forum
from crawler.forums.bbpress import BBPress
from crawler.forums.discourse import Discourse
from crawler.forums.discuz import Discuz
from crawler.forums.discuz5 import Discuz5
from crawler.forums.discuztouch import DiscuzTouch
from crawler.forums.flarum import Flarum
from crawler.forums.fluxbb import FluxBB, PunBB
from crawler.forums.forumotion import Forumotion
from crawler.forums.invision import Invision
from crawler.forums.invision3 import Invision2, Invision3
from crawler.forums.mybb import MyBB, MyBBArchive
from crawler.forums.nodebb import NodeBB
from crawler.forums.phpbb2 import PhpBB2
from crawler.forums.phpbb3 import PhpBB3
from crawler.forums.proboards import ProBoards
from crawler.forums.smf import SMF
from crawler.forums.somethingawful import SomethingAwful
from crawler.forums.stackexchange import StackExchange
from crawler.forums.vanilla import Vanilla
from crawler.forums.vbulletin3 import VBulletin3
from crawler.forums.vbulletin5 import VBulletin5
from crawler.forums.woltlab import WoltLab
from crawler.forums.wpforo import WpForo
from crawler.forums.xenforo import XenForo1, XenForo2
from crawler.reading import charset as charsets
from crawler.reading import rescue
from crawler.reading.document import Document, document, whole

Discuz.skins = (DiscuzTouch,)  # it builds on the class, so it can only be named after it

# Asked in this order; the first that claims a page reads it.
FORUMS: tuple[Forum, ...] = (
    XenForo2(),
    XenForo1(),
    SomethingAwful(),
    VBulletin5(),
    VBulletin3(),
    ProBoards(),
    Forumotion(),
    Discuz5(),
    Discuz(),
    PhpBB2(),
    PhpBB3(),
    Invision(),
    Invision2(),
    Invision3(),
    WoltLab(),
    Vanilla(),
    WpForo(),
    NodeBB(),
    Discourse(),
    Flarum(),
    Askbot(),
    StackExchange(),
    SMF(),
    MyBBArchive(),
    MyBB(),
    FluxBB(),
    PunBB(),
    BBPress(),
)


def read(  # noqa: PLR0913 # one page and what is known of it; all but two are optional
    body: bytes,
    url: str,
    *,
    charset: str | None = None,
    software: str | None = None,
    likely: str | None = None,
    language: str | None = None,
    selectors: Mapping[str, str] | None = None,
    zone: tzinfo = UTC,
    now: datetime | None = None,
) -> Page:
    """What the page at `url` is and holds. Never raises: bytes that are no page come back as ERROR with a message.

    `charset` is that of the HTTP header, `software` the name of a family to use without asking, `likely` of the one to
    ask first, as it made the site's other pages, `language` the code of the one that the page is in whatever it says
    ("vi"), `selectors` go before the family's own on a skin that differs (by the names in
    `crawler.forums.skins.SELECTORS`), `zone` the site's time zone, `now` the moment of the capture, which relative
    dates ("5 minutes ago") count from. Without `url` the page's own canonical link counts.
    """
    doc = document(body, url, charset=charset, zone=zone, now=now or datetime.now(UTC))
    forum = named(software, doc) if software else detect(doc, likely)
    if forum is None:
        return generic.read(doc)
    forum = skins.adjusted(forum, selectors or {})
    doc = replace(doc, url=forum.canonical(doc.url), given=language)
    page = forum.read(doc)
    if doc.page is not None and rescue.has_lost(forum.post_mark, body, len(page.posts)):
        again = forum.read(replace(doc, page=whole(rescue.soup_tree(charsets.decode(body, charset)))))
        page = max(page, again, key=lambda found: len(found.posts))
    return skins.rescued(forum, doc, page)


def detect(doc: Document, likely: str | None = None) -> Forum | None:
    """The software that made the page, in the version or skin that reads it; `likely` is asked first."""
    asked = sorted(FORUMS, key=lambda forum: forum.name != likely) if likely else FORUMS
    return next((_skin(forum, doc) for forum in asked if forum.claims(doc)), None)


def named(software: str, doc: Document) -> Forum:
    """The family of that name, in the skin that the page has.

    Raises:
        ConfigError: no family has the name.
    """
    for forum in FORUMS:
        if forum.name == software:
            return _skin(forum, doc)
    known = ", ".join(sorted({forum.name for forum in FORUMS}))
    raise ConfigError(f"no forum software is called {software!r}; known are {known}")


def _skin(forum: Forum, doc: Document) -> Forum:
    return next((skin() for skin in forum.skins if skin.claims(doc)), forum)
