"""phpBB 2 in subSilver and the styles that derive from it."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from archive.records import Label, Post
from crawler.forums.phpbb import PhpBB
from crawler.reading.document import Document
from crawler.reading.select import Part, every, first, words

_RULER = re.compile(r"\s*_{10,}\s*")
_LONG = 1000  # characters; no signature is longer, so that a line of underscores in the text is none


class PhpBB2(PhpBB):
    """phpBB 2: a post is a table row, and quotes cut its text into several `.postbody` in one cell."""

    name = "phpbb2"
    anchor = "table.forumline"
    never = rf"{PhpBB.never}|/templates/default/styles/"  # JForum's, which looks like subSilver

    posts = (
        "./descendant::*[@class='name']/a[@name > 0]/ancestor::tr[1]"
        " | ./descendant::a[@name > 0]/ancestor::tr[descendant::*[@class='postbody']][1]"
    )
    post_id = "./descendant::a[@name > 0]/@name"
    post_mark = b'<span class="name"><a name='
    body = "./descendant::*[@class='postbody']/ancestor::td[1]"
    author = "span.name | .name | td > b"
    profile = "./following-sibling::tr[1]/descendant::a[contains(@href, 'u=')]/@href | a[href*='mode=viewprofile']@href"
    author_title = "./td[1]/*[@class='postdetails']/text()[not(preceding-sibling::*)]"
    posted = ".postdetails:has(.gen) | ./td[2]/descendant::*[@class='postdetails']"
    edited = "span.gensmall:not(:empty)"
    title = "a.maintitle | td.maintitle a | .maintitle"
    locked = ".nav img[src*='reply-locked']"
    crumbs = "a.nav | .nav a"
    own_link = "a.maintitle@href | td.maintitle a@href"

    board = "a.maintitle[href*=viewforum], td.maintitle a[href*=viewforum]"
    rows = "./descendant::a[@class='topictitle']/ancestor::tr[1]"
    row_link = "a.topictitle"
    row_replies = "./td[descendant::a[@class='topictitle']]/following-sibling::td[1]"
    row_last = "./td[last()]/descendant::text()[normalize-space()][1]"
    row_sticky = "./td[1]/descendant::img[contains(@src, 'sticky') or contains(@src, 'announce')]"
    row_locked = "./td[1]/descendant::img[contains(@src, 'lock')]"
    boards = "a.forumlink, .forumlink a"

    next = "./descendant::b[. > 0]/following-sibling::a[1][contains(@href, 'start=')]/@href"
    page = ".nav b:not(:has(*))"
    last_page = "./descendant::*[@class='nav']/descendant::*[self::b or self::a[contains(@href, 'start=')]][. > 0]"

    notice = (
        "form[action*='login.php'] th | ./descendant::table[@class='forumline']/descendant::span[@class='gen']"
        " | table.forumline th"
    )
    login = "form[action*='login.php'] input[type=password]"

    containers: ClassVar = {
        "attachheader": Label.ATTACHMENT,
        "attachrow": Label.ATTACHMENT,
        "gensmall": Label.EDIT,
        "quotehead": Label.QUOTE,
        "codehead": Label.BUTTON,
    }

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base; what only the structure tells is first written into the classes of the body."""
        body = first(part, self.body)
        if body is not None:
            _name_heads(body)
            _wrap_signature(body)
        return super().read_post(doc, part)

    def card_pairs(self, part: Part) -> Iterator[tuple[str, str]]:
        """Label and value of each line of the author card: bare text, "Joined: 11 Nov 2002"."""
        for line in every(part, "./td[1]/descendant::*[@class='postdetails']/text()"):
            label, colon, value = words(line).partition(":")
            if colon:
                yield label.strip(), value.strip()


def _name_heads(body: Any) -> None:
    """Give the row above a quote or code ("X wrote:", "Code:") a class of its own: it has only a font's."""
    for cell in body.iter("td"):
        row = cell.getparent()
        if cell.get("class") in ("quote", "code") and row is not None and row.getprevious() is not None:
            row.getprevious().set("class", f"{cell.get('class')}head")


def _wrap_signature(body: Any) -> None:
    """Put the signature, which follows the text after a line of underscores, into an element of its own."""
    ruler = next((line for line in reversed(list(body.iter("br"))) if _RULER.fullmatch(line.tail or "")), None)
    if (
        ruler is None
        or len(words(" ".join(ruler.xpath("following-sibling::node()/descendant-or-self::text()")))) > _LONG
    ):
        return
    signature = body.makeelement("div", {"class": "signature"})
    signature.text, ruler.tail = ruler.tail, None
    signature.extend(list(ruler.itersiblings()))
    ruler.addnext(signature)
