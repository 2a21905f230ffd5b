"""What phpBB 2 and 3 share: their URLs, and that the page itself tells which page of which thread it is."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Author, Page
from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.select import Part, every, first, words

_MEMBER = re.compile(r"[?&@]u=(\d+)")
_FILE = r"(?:\.php|[\da-f]{4}\.(?:html|php))"
_DATE_LABEL = re.compile(r"^[^\d:]{2,30}:\s+")  # "Posted: Mon Feb 10, 2003 12:09 am"


class PhpBB(Forum):
    """The URLs, and the words around dates."""

    example = "https://example.org/viewtopic.php?t=1"
    never = r"illiweb\.com|2img\.net|hitskin\.com|(?:^|/)\d+-(?:ltr|rtl)\.css$"  # Forumotion's
    # "/viewtopic.php?t=1"; with the URL extensions of many boards, and on Tapatalk, "/a-slug-t1.html", "-t1-s20.html"
    own = r"/(?:[^/]*\.php|[^/]*-[tf]\d+(?:-s?\d+)?(?:\.html|/|$))"
    keep = ("f", "t", "p", "start")
    rewrites = (
        (r"(viewtopic\.php\?)f=\d+&(?=[tp]=)", r"\1"),
        (r"(viewtopic\.php\?t=\d+)&p=\d+", r"\1"),
        (r"[?&]start=0$", ""),
        (r"/index\.php(?:\?.*)?$", "/"),
    )
    page_part = r"[?&]start=\d+(?=&|\.html$|$)|-s?\d+(?=\.html$)"
    # Mirrors keep the query in the name of the file, "viewtopic.php@t=10&start=15.html", or a hash of it (HTTrack)
    thread_url = rf"(?:viewtopic{_FILE}(?:[?@]|%3F)(?:.*&)?t=|-t(?=\d+(?:-s?\d+)?\.html))(\d+)"
    board_url = rf"(?:viewforum{_FILE}(?:[?@]|%3F)(?:.*&)?f=|-f(?=\d+(?:-s?\d+)?(?:\.html|/|$)))(\d+)"
    traps = (
        r"/(?:posting|ucp|mcp|memberlist|search|report|feed|faq|cron|privmsg|profile|login|groupcp|modcp|viewonline)\.php"
        r"|/app\.php/|/adm/|/download/file\.php"
        r"|[?&@](?:view=(?:print|next|previous)|mark|(?:un)?watch|bookmark|vote|hash|mode)\b"
    )
    own_link: ClassVar[str] = ""  # the page's link to itself
    profile: ClassVar[str] = ""  # the author's profile link

    def frame(self, doc: Document) -> Page:
        """As in the base; a page asked for by a post ("?p=9", "?t=1&p=9") says itself where in its thread it is."""
        page = super().frame(doc)
        own = self.canonical(doc.link(first(doc.page, self.own_link)) or "")
        known = self.thread_id(page.url) or self.board_id(page.url)
        found = self.thread_id(own) or self.board_id(own)
        # Some forums name page 1 as canonical on every page: only a link with a page number corrects a URL with an id
        if found and (
            not known or (re.search(self.page_part, own) and self.first_url(own) == self.first_url(page.url))
        ):
            return replace(page, url=own)
        return page

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The address by which phpBB finds the post on whatever page it is by now."""
        path = doc.url.find("/", doc.url.find("://") + 3)
        found = re.compile(self.own).search(doc.url, path) if "://" in doc.url else None
        return f"{doc.url[: found.start()]}/viewtopic.php?p={id_}#p{id_}" if found else None

    def read_author(self, part: Part) -> Author:
        """As in the base; the id is what follows "u=", since a session id may stand behind it."""
        found = _MEMBER.search(first(part, self.profile) or "")
        return replace(super().read_author(part), id=found[1] if found else None)

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Label and value of each line of the author card; `card` finds the bold labels, a value is the text after."""
        for label in every(part, self.card):
            value = [label.tail or ""]
            for sibling in label.itersiblings():
                if sibling.tag == label.tag:
                    break
                value += words(sibling), sibling.tail or ""
            yield words(label).rstrip(": "), words(" ".join(value))

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """As in the base, for what has more around its date: "» DATE", "Posted: DATE", "Edited by NAME on DATE"."""
        if isinstance(node, str):
            node = _DATE_LABEL.sub("", node.strip("»•·-–| \t\n\r\xa0"))
        elif node is not None and node.get("class") == "notice":
            editor = first(node, "[class^=username]")  # whose name may look like a part of the date
            node = words(node) if editor is None else editor.tail or ""
        elif node is not None and node.get("class") == "postdetails":
            node = _DATE_LABEL.sub("", words(node.text))  # the post's subject follows
        return super().when(doc, node)
