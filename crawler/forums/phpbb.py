"""phpBB 3 (prosilver and what derives from it, subsilver2, Tapatalk's groups), and the URLs it shares with phpBB 2."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Author, Label, Page
from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.select import Part, every, first, words

_MEMBER = re.compile(r"[?&@]u=(\d+)")
_DATE_LABEL = re.compile(r"^[^\d:]{2,30}:\s+")  # "Posted: Mon Feb 10, 2003 12:09 am"


class PhpBB(Forum):
    """What all versions share: their URLs, and that the page itself tells which page of which thread it is."""

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
    # Mirrors keep the query in the name of the file: "viewtopic.php@t=10&start=15.html"
    thread_url = r"(?:viewtopic\.php(?:[?@]|%3F)(?:.*&)?t=|-t(?=\d+(?:-s?\d+)?\.html))(\d+)"
    board_url = r"(?:viewforum\.php(?:[?@]|%3F)(?:.*&)?f=|-f(?=\d+(?:-s?\d+)?(?:\.html|/|$)))(\d+)"
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


class Prosilver(PhpBB):
    """phpBB 3.0 to 3.3. 3.0 has no `time` elements, and "Page 1 of 2" in place of a list of pages."""

    name = "phpbb3"

    posts = "div.post[id^=p]"
    post_mark = b'class="postprofile"'
    body = "div.content"
    extras = "dl.attachbox, div.notice, div.signature"
    author = "p.author [class^=username] | dl.postprofile [class^=username] | p.author strong | dl.postprofile dt"
    profile = "p.author a[class^=username]@href | dl.postprofile a[href*='u=']@href | p.author a[href*='u=']@href"
    author_title = "dd.profile-rank | dl.postprofile > dd:not(:has(strong))"
    card = "dl.postprofile > dd:not(.profile-contact) > strong:first-child"
    posted = "p.author time | ./descendant::p[@class='author']/text()[normalize-space()][last()]"
    edited = "div.notice"
    title = "h2.topic-title | h2.forum-title | div#page-body h2 | div#site-description h1"
    locked = "div.action-bar i.fa-lock | a.locked-icon, div.locked-icon"
    crumbs = "span.crumb a | li.icon-home a | ul.navlinks a"
    own_link = "link[rel=canonical]@href | h2.topic-title a@href | h2.forum-title a@href | div#page-body h2 a@href"

    # A board that guests may not read has its heading and a login form, and is a wall
    board = (
        "/html/body[contains(@class, 'section-viewforum')]"
        "/descendant::*[@id='page-body'][not(descendant::input[@type='password'])]/h2"
    )
    rows = "./descendant::a[contains(@class, 'topictitle')]/ancestor::li[1]"
    row_link = "a.topictitle"
    row_replies = "./descendant::dd[contains(@class, 'posts')]/text()[normalize-space()][1]"
    row_last = (
        "dd.lastpost time | dd.lastpost span.timespan@title"
        " | ./descendant::dd[@class='lastpost']/descendant::text()[normalize-space()][last()]"
    )
    row_sticky = "./self::*[contains(@class, 'sticky') or contains(@class, 'announce')] | i.icon-sticky"
    row_locked = "./dl[contains(@class, '_locked') or contains(@style, '_locked')] | i.icon-locked"
    # A board that is a link to another site has no threads here
    boards = (
        "./descendant::a[contains(@class, 'forumtitle') or contains(@class, 'subforum')]"
        "[not(ancestor::dl[contains(@class, 'forum_link')])]"
    )
    board_row = "ul.forums li.row | li.row"
    board_state = "dd.topics, dd.posts, dd.lastpost time, dd.lastpost a[href*='#p']"

    next = (
        "li.next a@href | div.pagination > a[rel=next]@href | a.arrow[rel=next]@href"
        " | ./descendant::div[@class='pagination']/span/strong/following-sibling::a[1]/@href"
    )
    page = (
        "div.action-bar div.pagination li.active | div.topic-actions div.pagination strong | div.pagination li.active"
    )
    last_page = (
        "div.action-bar div.pagination li | div.topic-actions div.pagination strong"
        " | div.pagination li, div.pagination a.button"
    )

    notice = "div#message p | form#login h2 | div.panel > div.inner > strong"
    login = "form#login input[type=password] | div#page-body input[type=password] | .login_container"


class PhpBB3Tapatalk(Prosilver):
    """The groups of tapatalk.com: phpBB 3.2 behind a skin of its own; its own body ends in a hidden `i.hide`."""

    anchor = "div.viewtopic_wrapper | div.postbody[id^=post_container]"

    posts = "./descendant::div[@class='postbody' and starts-with(@id, 'post_container')]/.."
    post_id = "div.postbody@id"
    post_mark = b'id="post_container'
    author = ".avatar-username .username, .avatar-username .username-coloured | a[itemprop=name] | .username"
    profile = "dl a[href*='u=']@href | a[href*='u=']@href"
    posted = "time"
    position = "p.author a span"
    title = "h1[itemprop=headline] | h2.topic-title | h2"

    containers: ClassVar = {"hide": "hidden"}


class PhpBB3Subsilver(PhpBB):
    """subsilver2, the table layout of phpBB 3.0 and 3.1: one table a post; a signature is a second `.postbody`."""

    name = "phpbb3"
    anchor = "table.tablebg"

    posts = "./descendant::*[@class='postauthor']/ancestor::table[contains(@class, 'tablebg')][1]"
    post_id = "./descendant::a[starts-with(@name, 'p') and substring(@name, 2) > 0]/@name"
    post_mark = b'class="postauthor"'
    body = "div.postbody"
    extras = "./descendant::div[@class='postbody'][1]/following-sibling::*[@class]"
    author = ".postauthor"
    profile = "a[href*='mode=viewprofile']@href"
    author_title = "td.profile td.postdetails"
    card = "td.profile span.postdetails > b"
    posted = "./descendant::td[@class='gensmall']/div[last()]/b/following-sibling::text()[1]"
    edited = "./descendant::span[@class='gensmall'][not(ancestor::*[@class='postbody'])]"
    title = "a.titles | div#pageheader h2 | div#logodesc h1"
    locked = "a > img[src*='_topic_locked'] | .imageset.button_topic_locked"
    crumbs = "p.breadcrumbs a"
    own_link = "link[rel=canonical]@href | a.titles@href"

    board = (
        "/html/body[not(descendant::*[@id='pagecontent']/descendant::input[@type='password'])]"
        "/descendant::a[@class='titles'][contains(@href, 'viewforum')]"
    )
    rows = "./descendant::a[@class='topictitle']/ancestor::tr[1]"
    row_link = "a.topictitle"
    row_replies = "./td[descendant::a[@class='topictitle']]/following-sibling::td[2]"
    row_last = "./td[last()]/p[1]"
    # 3.0 has an `img`, 3.1 a `span` whose class is the picture's name
    row_sticky = (
        "./td[1]/*[contains(@src, 'sticky') or contains(@src, 'announce')]"
        " | ./td[1]/*[contains(@class, 'sticky') or contains(@class, 'announce')]"
    )
    row_locked = "./td[1]/*[contains(@src, '_locked') or contains(@class, '_locked')]"
    boards = "a.forumlink, a.subforum"

    next = "./descendant::td[@class='gensmall']/b/strong/following-sibling::a[1]/@href"
    page = "td.nav > strong"
    last_page = "td.nav > strong"

    notice = (
        "table.tablebg p.gen | table.tablebg td.row1 > span.gen | table.tablebg td.row3 > span.gensmall"
        " | table.tablebg th"
    )
    login = "form[action*='mode=login'] input[type=password]"

    containers: ClassVar = {
        "codetitle": Label.BUTTON,
        "codecontent": Label.CODE,
        "attachtitle": Label.ATTACHMENT,
        "attachcontent": Label.ATTACHMENT,
        "tablebg": Label.ATTACHMENT,
        "gensmall": Label.EDIT,
    }


class PhpBB3(Prosilver):
    """phpBB 3 in any style that does not say otherwise."""

    signals = r"^phpbb$|/styles/prosilver/|^section-view(?:topic|forum)\b"
    anchor = "dl.postprofile, a.forumtitle, table.tablebg, div.viewtopic_wrapper"
    skins = (PhpBB3Tapatalk, PhpBB3Subsilver)
