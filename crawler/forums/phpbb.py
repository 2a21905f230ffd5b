"""phpBB 3 in its default style "prosilver" and the many styles that derive from it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Author, Label, Page
from crawler.forums.base import Forum
from crawler.forums.document import Document
from crawler.forums.select import every, first, words


class PhpBB(Forum):
    """What all versions share: their URLs, and a card whose labels are printed bold before the values."""

    example = "https://example.org/viewtopic.php?t=1"
    # "/viewtopic.php?t=1", and with the URL extensions that many boards and all Tapatalk groups use "/a-slug-t1.html"
    own = r"/(?:[^/]*\.php|[^/]*-[tf]\d+(?:-s?\d+)?(?:\.html|/|$))"
    keep = ("f", "t", "p", "start")
    rewrites = (
        (r"(viewtopic\.php\?)f=\d+&(?=[tp]=)", r"\1"),
        (r"(viewtopic\.php\?t=\d+)&p=\d+", r"\1"),
        (r"[?&]start=0$", ""),
        (r"/index\.php(?:\?.*)?$", "/"),
    )
    page_part = r"[?&]start=\d+(?=(?:\.html)?$)|-s?\d+(?=\.html$)"
    # Mirrors keep the query in the file's name: "viewtopic.php@t=10&start=15.html"
    thread_url = r"(?:viewtopic\.php(?:[?@]|%3F)(?:.*&)?t=|-t(?=\d+(?:-s?\d+)?\.html))(\d+)"
    board_url = r"(?:viewforum\.php(?:[?@]|%3F)(?:.*&)?f=|-f(?=\d+(?:-s?\d+)?(?:\.html|/|$)))(\d+)"
    own_link: ClassVar[str] = ""  # a link of the page to itself, which tells the thread and the page of "?p=9"
    traps = (
        r"/(?:posting|ucp|mcp|memberlist|search|report|feed|faq|cron|privmsg|profile|login|groupcp|modcp|viewonline|adm/\w*)\.php"
        r"|/app\.php/|/download/file\.php"
        r"|[?&](?:view=(?:print|next|previous)|mark|watch|unwatch|bookmark|vote|sk|sd|st|hash|mode|email)\b"
    )

    @classmethod
    def _id(cls, url: str | None) -> str | None:
        return cls.thread_id(url) or cls.board_id(url)

    def frame(self, doc: Document) -> Page:
        """As in the base; the URL of a page that was asked for by a post ("?p=9") comes from the page itself."""
        page = super().frame(doc)
        if self._id(page.url):
            return page
        own = doc.link(first(doc.tree, self.own_link))
        return replace(page, url=self.canonical(own)) if own and self._id(own) else page

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The address by which phpBB finds the post on whatever page it is by now."""
        scheme = doc.url.partition("://")[0]
        return f"{scheme}://{self.site(doc.url)}/viewtopic.php?p={id_}#p{id_}" if "://" in doc.url else None

    def read_author(self, node: Any) -> Author:
        """As in the base; the id is what follows "u=", since a session id may stand behind it."""
        author = super().read_author(node)
        found = re.search(r"[?&]u=(\d+)", words(first(node, self.author_id)))
        return replace(author, id=found[1] if found else None)

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """As in the base; without a `time` element the date is the text after "by NAME »"."""
        return super().when(doc, node.strip("»•·-–| \t\n\r\xa0") if isinstance(node, str) else node)


class PhpBB3(PhpBB):
    """phpBB 3.0 to 3.3, prosilver. 3.0 has no `time` elements and pages as "Page 1 of 2" instead of a list."""

    name = "phpbb3"
    signals = r"^phpbb$|/styles/prosilver/|^section-view(?:topic|forum)\b"
    anchor = "dl.postprofile, a.topictitle, a.forumtitle"

    posts = "./descendant::div[starts-with(@id, 'p') and substring(@id, 2) > 0 and contains(@class, 'post')]"
    post_mark = rb'<div id="p\d+" class="post'
    body = "div.content"
    extras = "dl.attachbox, div.notice, div.signature"
    author = (
        "p.author .username, p.author .username-coloured"
        " | dl.postprofile .username, dl.postprofile .username-coloured | p.author strong | dl.postprofile dt"
    )
    author_id = "dl.postprofile a[href*='u=']@href | p.author a[href*='u=']@href"
    author_title = "dd.profile-rank | ./descendant::dl[contains(@class, 'postprofile')]/dd[not(strong)][1]"
    card = "dl.postprofile"
    posted = "p.author time | ./descendant::p[contains(@class, 'author')]/text()[normalize-space()][last()]"
    title = "h2.topic-title | h2.forum-title | div#page-body h2 | div#site-description h1"
    locked = "div.action-bar i.fa-lock, div.action-bar .locked-icon, div.topic-actions .locked-icon"
    crumbs = "span.crumb a | li.icon-home a"
    own_link = "link[rel=canonical]@href | div#page-body h2 a@href"

    board = "body.section-viewforum h2.forum-title | body.section-viewforum div#page-body > h2 a[href*='viewforum']"
    rows = "./descendant::li[contains(@class, 'row')][descendant::a[contains(@class, 'topictitle')]]"
    row_link = "a.topictitle"
    row_replies = "./descendant::dd[@class='posts']/text()[1]"
    row_last = "dd.lastpost time | ./descendant::dd[@class='lastpost']/descendant::text()[normalize-space()][last()]"
    row_sticky = "./self::*[contains(@class, 'sticky') or contains(@class, 'announce')]"
    row_locked = "./dl[contains(@class, '_locked') or contains(@style, '_locked')]"
    boards = "a.forumtitle"

    next = "div.pagination li.next a@href | div.pagination a[rel=next]@href | fieldset.display-options a.right-box@href"
    page = "div.action-bar div.pagination li.active | div.topic-actions div.pagination strong"
    last_page = (
        "div.action-bar div.pagination li"
        " | div.topic-actions div.pagination strong, div.topic-actions div.pagination span a"
    )

    notice = "div#message p | form#login h2"
    login = "form#login input[type=password]"

    containers: ClassVar = {
        "signature": Label.SIGNATURE,
        "attachbox": Label.ATTACHMENT,
        "notice": Label.EDIT,
    }

    def card_pairs(self, node: Any) -> Iterator[tuple[str, str]]:
        """Label and value of each line of the author card: "<strong>Posts:</strong> 44"."""
        for line in every(node, "./descendant::dl[contains(@class, 'postprofile')]/dd[strong]"):
            label = words(first(line, "./strong"))
            yield label.rstrip(": "), words(line).removeprefix(label).lstrip(": ")
