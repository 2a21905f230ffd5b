"""Something Awful: vBulletin 2, rewritten by the site; the classes are its own, the URLs those of version 2."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from archive.records import Label, Page, Post, Thread
from crawler.forums.base import Forum
from crawler.forums.vbulletin import mark
from crawler.reading.document import Document
from crawler.reading.select import Part, every, first, words

_PAGE = r"(?:(?=(?:.*&)?pagenumber=(?!0*1(?:&|$))(\d+))|)"  # the argument, wherever it stands; page 1 has none
_EDITED = re.compile(r"\bat (\w+ +\d+, \d{4})(?: around)? (\d+:\d+)$")


class SomethingAwful(Forum):
    """forums.somethingawful.com; a page shows 40 posts unless the reader's settings say otherwise."""

    name = "somethingawful"
    example = "https://forums.somethingawful.com/showthread.php?threadid=1"
    signals = r"^something_awful$"
    anchor = "table.post td.postbody"

    posts = "table.post"
    post_mark = b'<table class="post'
    body = "td.postbody"
    author = "dt.author"
    author_id = "td.userinfo@class"
    author_title = "dd.title"
    posted = "./descendant::td[@class='postdate']/text()[normalize-space()][last()]"
    order = "mdy"
    edited = "p.editedby"
    title = "a.bclast | div.breadcrumbs b"
    crumbs = "div.breadcrumbs a"

    board = "table#forum"
    rows = "tr.thread"
    row_id = "@id"
    row_link = "a.thread_title"
    row_replies = "td.replies"
    row_last = "td.lastpost div.date"
    row_sticky = "td.title_sticky"
    row_locked = "&.closed"
    boards = "table#forums a.forum, table#forums div.subforums a, table#subforums td.title a"

    next = "div.pages a[title='Next page']@href"
    page = "div.pages@data-current-page | div.pages option[selected]"
    last_page = "div.pages@data-total-pages | div.pages option"

    notice = "div.standard div.inner | div.standard"
    login = "div#content form[action*='account.php'] input[type=password]"

    rewrites = (
        (rf"(showthread\.php)\?(?=(?:.*&)?(threadid=\d+)){_PAGE}.*$", r"\1?\2&pagenumber=\3"),
        (rf"(forumdisplay\.php)\?(?=(?:.*&)?(forumid=\d+)){_PAGE}.*$", r"\1?\2&pagenumber=\3"),
        (r"&pagenumber=$", ""),
        (r"/index\.php(?:\?.*)?$", "/"),
    )
    page_part = r"&pagenumber=\d+$"
    thread_url = r"showthread\.php\?(?:.*&)?threadid=(\d+)"
    board_url = r"forumdisplay\.php\?(?:.*&)?forumid=(\d+)"
    traps = (
        r"/(?:newreply|newthread|editpost|member|private|search|query|modalert|report|supportmail|account|banlist|usercp"
        r"|stats|dictionary|postings|bookmarkthreads|misc|attachment|announcement|online)\.php"
        r"|[?&]action=|[?&](?:posticon|userid)=[1-9]"
    )

    containers: ClassVar = {"editedby": Label.EDIT, "bbc-spoiler": Label.SPOILER}

    def read_thread(self, doc: Document, page: Page) -> Thread:
        """As in the base, with the id that the page's body carries."""
        thread = super().read_thread(doc, page)
        return replace(thread, id=first(doc.tree, "/html/body/@data-thread") or thread.id)

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base; a box of code is a quote's box with one more class."""
        boxes = every(part, "div.bbc-block.code, div.bbc-block.php")
        mark(boxes, "bbcode_code")
        mark([head for box in boxes for head in box.iterchildren("h5")], "bbcode_description")
        return super().read_post(doc, part)

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The page with the post's anchor."""
        return f"{doc.url}#post{id_}"

    def when(self, doc: Document, node: Any) -> tuple[datetime | None, str]:
        """An edit note ends in its date: "NAME changed this message at Sep 20, 2012 around 15:09"."""
        if not isinstance(node, str) and node is not None and node.tag == "p":
            found = _EDITED.search(words(node))
            node = " ".join(found.groups()) if found else ""
        return super().when(doc, node)
