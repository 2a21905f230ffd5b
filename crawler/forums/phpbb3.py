"""phpBB 3: prosilver and what derives from it, subsilver2, and Tapatalk's groups."""

import re
from typing import ClassVar

from archive.records import Label
from crawler.forums.phpbb import PhpBB
from crawler.reading.document import Document
from crawler.reading.numbers import number
from crawler.reading.select import Part, every, first, text, words

_HEADING = "h2.topic-title | h2.forum-title | div#page-body h2 | h2 > a[href*=viewtopic] | ol.breadcrumb li.active"
_COUNT = re.compile(r"\d[\d.,\s]*")


class Prosilver(PhpBB):
    """phpBB 3.0 to 3.3. 3.0 has no `time` elements, and "Page 1 of 2" in place of a list of pages."""

    name = "phpbb3"

    # Styles that are no longer prosilver's keep the ids of the posts and the class of their text
    posts = (
        "div.post[id^=p]"
        " | ./descendant::div[starts-with(@id, 'p') and substring(@id, 2) > 0][descendant::div[@class='content']]"
    )
    post_mark = b'class="postprofile"'
    body = "div.content"
    extras = "dl.attachbox, div.notice, div.signature"
    author = (
        "p.author [class^=username] | dl.postprofile [class^=username] | p.author strong | dl.postprofile dt"
        " | a[class^=username], span[class^=username]"
    )
    profile = (
        "p.author a[class^=username]@href | dl.postprofile a[href*='u=']@href | p.author a[href*='u=']@href"
        " | a[class^=username]@href"
    )
    author_title = "dd.profile-rank | dl.postprofile > dd:not(:has(strong))"
    card = "dl.postprofile > dd:not(.profile-contact) > strong:first-child"
    posted = (
        "p.author time | ./descendant::p[@class='author']/text()[normalize-space()][last()]"
        " | ./descendant::*[contains(@class, 'date')][not(descendant::*[contains(@class, 'date')])]"
        " | ./descendant::i[contains(@class, 'time') or contains(@class, 'clock')]/following-sibling::text()[1]"
    )
    edited = "div.notice"
    title = f"{_HEADING} | div#site-description h1"
    locked = "div.action-bar i.fa-lock | a.locked-icon, div.locked-icon"
    crumbs = (
        "span.crumb a | li.icon-home a | ul.navlinks a | div.breadcrumbs a | ol.breadcrumb a"
        " | ./descendant::*[contains(@itemtype, 'BreadcrumbList')]/descendant::a"
    )
    own_link = (
        "link[rel=canonical]@href | h2.topic-title a@href | h2.forum-title a@href | div#page-body h2 a@href"
        " | h2 > a[href*=viewtopic]@href"
    )

    # A board that guests may not read has its heading and a login form, and is a wall
    board = (
        "/html/body[contains(@class, 'section-viewforum')]"
        "/descendant::*[@id='page-body'][not(descendant::input[@type='password'])]/h2"
    )
    rows = (  # of lists; of tables
        "./descendant::a[contains(@class, 'topictitle')]/ancestor::li[1]"
        " | ./descendant::a[contains(@class, 'topictitle')]/ancestor::tr[1]"
    )
    row_link = "a.topictitle"
    row_replies = (
        "./descendant::dd[contains(@class, 'posts')]/text()[normalize-space()][1] | dd.posts a"
        " | ./td[descendant::a[contains(@class, 'topictitle')]]"
        "/following-sibling::td[substring(normalize-space(), 1, 1) >= 0][1]"
    )
    row_last = (
        "dd.lastpost time | dd.lastpost span.timespan@title"
        " | ./descendant::dd[@class='lastpost']/descendant::text()[translate(., '0123456789', '') != .][last()]"
        " | dd.lastpost a@title | ./td[last()]/descendant::text()[normalize-space()][last()]"
    )
    row_sticky = (
        "./self::*[contains(@class, 'sticky') or contains(@class, 'announce')] | i.icon-sticky"
        " | ./td[1]/img[contains(@src, 'sticky') or contains(@src, 'announce')]"
    )
    row_locked = (
        "./dl[contains(@class, '_locked') or contains(@style, '_locked')] | i.icon-locked"
        " | ./td[1]/*[contains(@src, '_locked') or contains(@style, '_locked')]"
    )
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
        " | ./descendant::a[contains(@onclick, 'jumpto')]/following::strong[1]/following-sibling::a[1]/@href"
    )
    # 3.0: "25 posts • Page 1 of 2 • 1, 2", of which a style may leave out each
    page = (
        "div.action-bar div.pagination li.active | div.topic-actions div.pagination strong"
        " | a[onclick*=jumpto] strong | div.pagination li.active | div.pagination strong"
    )
    last_page = (
        "div.action-bar div.pagination li"
        " | div.topic-actions div.pagination strong, div.topic-actions div.pagination span > a"
        " | a[onclick*=jumpto] strong | div.pagination li, div.pagination a.button"
        " | div.pagination strong, div.pagination span > a"
    )

    notice = "div#message p | form#login h2 | div.panel > div.inner > strong"
    login = "form#login input[type=password] | div#page-body input[type=password] | .login_container"

    def read_title(self, doc: Document) -> str:
        """As in the base; in a style without headings a board's name is in its breadcrumbs."""
        board = self.board_id(doc.url)
        if board and first(doc.page, _HEADING) is None:
            links = every(doc.page, self.crumbs)
            own = [link for link in links if self.board_at(doc.link(link.get("href")) or "") == board]
            return words(own[-1]) if own else super().read_title(doc)
        return super().read_title(doc)

    def read_replies(self, row: Part) -> int | None:
        """The number in "16 Replies"."""
        found = _COUNT.match(text(row, self.row_replies))
        return number(found[0]) if found else None


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
