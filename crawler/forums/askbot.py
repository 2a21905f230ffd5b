"""Askbot: a question, its answers and the comments under each, all of which are posts with ids of one series."""

from dataclasses import replace
from typing import Any

from archive.records import Post
from crawler.forums.base import Forum
from crawler.reading import content
from crawler.reading.document import Document
from crawler.reading.select import Part, every


class Askbot(Forum):
    """Questions and lists of questions, up to 0.12. There are no boards, only tags."""

    name = "askbot"
    example = "https://example.org/question/1/a-slug/"
    signals = r"/askbot(?:\.min)?\.(?:js|css)|/m/default/media/"
    anchor = "div.js-question[data-post-id]"

    posts = "div.js-question, div.post.answer, div.js-comment"
    post_id = "./@data-post-id | ./@id"
    body = "& > .comment-content .comment-body | .post-content .post-body"
    # A question has its comments inside: what is asked for must be its own
    author = "& > .comment-content a.author | .post-update-info .user-info a"
    author_id = "& > .comment-content a.author@href | .post-update-info .user-info a@href"
    posted = "& > .comment-content abbr.timeago | .post-update-info abbr.timeago"
    edited = ".post-update-info + .post-update-info abbr.timeago"
    title = ".js-question h1 a | h1 a | h1"

    board = "#question-list"
    rows = "div.short-summary"
    row_link = "h2 a"
    row_replies = ".answers .item-count"
    row_last = "abbr.timeago"

    next = "div.paginator span.next a:not([href*='page=None'])@href"  # the last page's leads there
    page = "div.paginator span.curr"
    last_page = "div.paginator span.page"

    notice = "#ContentFull h1 | h1"

    own = r"/(?:[a-z]{2}(?:-[a-z]{2})?/)?(?:questions?|users?|tags|feeds|account|custom\.css)(?:/|$)"
    keep = ("page",)
    rewrites = ((r"/(?:scope|sort|page-size):[^/?]+", ""), (r"/page:1/?$", "/"), (r"\?page=1$", ""))
    page_part = r"\?page=\d+$|page:\d+/?$"
    thread_url = r"/question/(\d+)(?:/|$)"
    # Counted from the forum's root: a slug may be any of these words
    traps = (
        r"^[a-z]+://[^/]+(?:/(?!questions?/)[^/]+){0,2}/(?:users?|account|feeds|feedback|tags|badges|about|faq|help|search|edit|retag|revisions|close|answer)(?:/|$)"
        r"|/questions/(?:ask/|\d+/)|/(?:tags|author|query):"
    )

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base; who wrote the post and when, read by then, stands inside its body and is taken out."""
        post = super().read_post(doc, part)
        if post is None or post.id == "0":  # the empty comment that its script copies for a new one
            return None
        for card in every(post.body, "div.post-update-info-container"):
            _take_out(card)
        return replace(post, images=content.images(doc, post.body))

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The page with the post's anchor."""
        return f"{doc.url}#post-id-{id_}"


class Askbot13(Askbot):
    """0.13, whose classes are new. Comments stand inside their question or answer here, too."""

    signals = ""
    anchor = "div.js-post[data-post-id] | div.question-summary | h1.js-questions-title"

    posts = "div.js-question, div.js-answer, div.js-comment"
    body = (
        "& > .js-comment-content > .js-comment-body | & > .post-content > .post-body .js-editable-content"
        " | & > .post-content > .post-body"
    )
    author = "& > .js-comment-content a.js-comment-author | .post-update-info a.user-name-link"
    author_id = "& > .js-comment-content a.js-comment-author@href | .post-update-info a.user-name-link@href"
    posted = "& > .js-comment-content abbr.js-timeago | .post-update-info abbr.js-timeago"
    edited = ".post-update-info + .post-update-info abbr.js-timeago"
    title = "h1.js-editable div.js-editable-content | h1"
    locked = "./descendant::h1[contains(., '[closed]')]"

    board = "h1.js-questions-title"
    rows = "div.question-summary"
    row_replies = ".question-answers-count .item-count"
    row_last = "abbr.js-timeago"
    row_locked = "./h2[contains(., '[closed]')]"

    next = "div.paginator a.next-page:not(.js-disabled)@href"
    page = "div.paginator a.current-page"
    last_page = "div.paginator a.page"


Askbot.skins = (Askbot13,)


def _take_out(element: Any) -> None:
    parent, before = element.getparent(), element.getprevious()
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)
