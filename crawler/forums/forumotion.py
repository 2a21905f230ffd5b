"""Forumotion (forumactif, foroactivo, forumvi): one hosted forum in the clothes of phpBB 2 and 3, PunBB and Invision.

Its templates, two of its own among them, keep the class names of those forums; a post is `.post--N` in all of them, and
the URLs are its own.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Label
from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.lines import lines, pairs
from crawler.reading.select import Part, every, words

_COUNT = re.compile(r"\s*\[\d+\]$")  # PunBB's clothes: a board's heading ends in its number of topics
_PAGES = "./descendant::*[contains(@class, 'pagination') or contains(@class, 'paging')]"
_THIS_PAGE = f"{_PAGES}/descendant::*[self::strong or self::b][. > 0]"


class Forumotion(Forum):
    """All of its templates."""

    name = "forumotion"
    example = "https://example.org/t1-slug"
    signals = r"(?:illiweb\.com|2img\.net|hitskin\.com)/(?:rs\w?\d*|fa|i)/|(?:^|/)\d+-(?:ltr|rtl)\.css$"
    anchor = "tr.post[class*=post--], div.signature_div[id^=sig], div.postprofile[id^=profile]"

    posts = (
        "div.post[class*=post--], tr.post[class*=post--], div.post-wrap[class*=post--]"
        " | tr.post | div.post[id^=p] | div.post"
    )
    post_id = (
        "./@id[starts-with(., 'p') and substring(., 2) > 0] | ./descendant::a[@name > 0]/@name"
        " | div.posthead@id | @class"
    )
    body = (
        "./self::tr/descendant::div[contains(@class, 'postbody')]"
        " | div.content | div.entry-content | div.post-content | div.post-entry | div.postbody"
    )
    extras = "div.signature_div, div.sig-content, .edited-message, span.gensmall"
    author = (
        "span.name strong | .username | p.author a[href*='/u'] | p.author strong | span.post-author-name"
        " | div.postprofile-name"
    )
    author_id = (
        "span.name a[href*='/u']@href | .username a[href*='/u']@href | p.author a[href*='/u']@href"
        " | span.post-author-name a[href*='/u']@href | div.postprofile-name a[href*='/u']@href"
    )
    author_title = (
        "div.rank-title | div.postprofile-rank | span.post-author-title"
        " | ./descendant::span[contains(@class, 'poster-profile')]/text()[normalize-space()][1]"
    )
    card = "span.poster-profile | div.user-info | dd.field-info | dl.post-author-details | div.postprofile dd"
    posted = (
        "./descendant::p[contains(@class, 'author')]/text()[normalize-space()][last()]"
        " | ./descendant::div[contains(@class, 'posthead') or contains(@class, 'postbody-head')]"
        "/*[self::h2 or self::h3]/text()[normalize-space()][last()]"
        " | ./td[2]/descendant::span[@class='postdetails']/text()[normalize-space()][last()]"
        " | div.topic-date | span.post-date"
    )
    edited = ".edited-message | span.gensmall"
    title = "h1.page-title | h1.cattitle | div.maintitle h1 | p.crumbs strong | h1"
    locked = "img.i_reply[src*=lock], img[src*=topic_lock]"
    crumbs = "a.nav | .crumbs a | .breadcrumbs a | ul#navstrip a | .nav a"

    rows = (
        "./descendant::a[contains(@class, 'topictitle')]"
        "/ancestor::*[self::tr or self::li or contains(@class, 'forum-block-inner')][1]"
    )
    row_link = "a.topictitle"
    row_replies = (
        "./descendant::td[descendant::a[contains(@class, 'topictitle')]]/following-sibling::td[. >= 0][1]"
        " | dd.posts | div.posts span.number | td.tc2"
    )
    row_last = "dd.lastpost | td.tcr | td.lastaction | div.forum-lastpost | ./td[last()]"
    row_sticky = "img[src*=sticky], img[src*=announce], dl[style*=sticky], dl[style*=announce]"
    row_locked = "img[src*=lock], dl[style*=lock]"
    boards = "a.forumlink, a.forumtitle, .forumlink a, .hierarchy a"

    next = f"link[rel=next]@href | {_THIS_PAGE}/following-sibling::a[1]/@href"
    page = _THIS_PAGE
    last_page = f"{_PAGES}/descendant::a"

    notice = (
        "./descendant::div[@id='message_body'] | table.forumline span.gen | div.panel p | div.main-content p.message"
    )
    login = "form[action*=login] input[type=password]"

    own = "/"
    rewrites = (
        (r"(/[tfc]\d+(?:p\d+)?(?:-[^/?#]*)?)\?.*$", r"\1"),
        (r"(/[tfc]\d+)p0(?=-|$)", r"\1"),
    )
    thread_url = r"//[^/]+/t(\d+)(?:p\d+)?(?:-|$)"
    board_url = r"//[^/]+/f(\d+)(?:p\d+)?(?:-|$)"
    traps = (
        r"//[^/]+/(?:u\d+|g\d+|profile|login|register|post|search|memberlist|groups|privmsg|faq|statistics|calendar|gallery"
        r"|abuse|viewonline|modcp|report_abuse|msg|chatbox|rss|feed|topic_watch|latest|spa|admin)(?:[/?.\-]|\w*$)"
        r"|[?&](?:view=(?:next|previous)|mode=|watch=|unwatch=|vote=|p_vote=|eval=|mark=|sort=)"
    )

    containers: ClassVar = {
        "signature_div": Label.SIGNATURE,
        "sig-content": Label.SIGNATURE,
        "post-signature": Label.SIGNATURE,
        "edited-message": Label.EDIT,
        "vote": Label.BUTTON,
        "fa_like_div": Label.REACTION,
        "gensmall": Label.EDIT,
    }

    @classmethod
    def first_url(cls, url: str) -> str:
        """The number of a later page stands behind the id: "/t1p15-slug"."""
        return re.sub(r"(//[^/]+/[tfc]\d+)p\d+", r"\1", cls.canonical(url))

    def read_title(self, doc: Document) -> str:
        """As in the base, without a count."""
        return _COUNT.sub("", super().read_title(doc))

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Lines of text: "Posts : 56"."""
        for card in every(part, self.card):
            yield from pairs(card)

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The page with the post's anchor, which is its bare number."""
        return f"{doc.url}#{id_}"

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """The line that is a date; an edit note has one behind the name and before "; edited 2 times"."""
        shown = [node.strip("»•·-–| \t\n\r\xa0")] if isinstance(node, str) else list(lines(node))
        for said in (line.partition(";")[0].split() for line in shown):
            for start in range(min(len(said), 12)):
                moment, raw = super().when(doc, " ".join(said[start:]))
                if moment:
                    return moment, raw
        return None, words(node)
