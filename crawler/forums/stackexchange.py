"""Stack Exchange: a question and its answers are the posts of a thread.

Comments are left out: they are notes on a post, numbered in a series of their own whose ids posts have as well.
"""

from archive.records import Post
from crawler.forums.base import Forum
from crawler.reading.document import Document
from crawler.reading.select import Part, first


class StackExchange(Forum):
    """Stack Overflow and its sisters. There are no boards, only tags."""

    name = "stackexchange"
    example = "https://example.stackexchange.com/questions/1/a-slug"
    signals = r"//cdn\.sstatic\.net/"
    anchor = "div.question#question"

    posts = "div.question, div.answer"
    post_id = "./@data-questionid | ./@data-answerid | ./@id"
    body = "div.js-post-body | div.post-text"
    author = (
        ".user-details[itemprop=author] a | .user-details[itemprop=author] [itemprop=name]@content"
        " | .user-details[itemprop=author] | .owner .user-details a | .user-details a"
    )
    author_id = ".user-details[itemprop=author] a@href | .owner .user-details a@href | .user-details a@href"
    posted = (
        "./descendant::div[contains(@class, 'user-action-time')][not(a[contains(@href, '/revisions')])]/span"
        " | time[itemprop=dateCreated]"
    )
    edited = ".user-action-time a[href*='/revisions'] span"
    title = "#question-header h1 a | #question-header h1"

    board = "#questions"
    rows = "div.s-post-summary, div.question-summary"
    row_link = "h3 a"
    # votes, answers, views; no class tells the answers of a question that has none
    row_replies = "div.s-post-summary--stats-item:nth-child(2) .s-post-summary--stats-item-number | .status strong"
    row_last = ".relativetime"

    page = ".s-pagination .is-selected"
    last_page = ".s-pagination .s-pagination--item"

    notice = "#content .s-empty-state | #mainbar-full h1"
    login = "#login-form input[type=password]"

    own = r"/(?:questions|q|a|users|tags|posts)(?:/|$)"
    keep = ("page",)
    rewrites = (
        (r"/q/(\d+)(?:/\d+)?$", r"/questions/\1"),
        (r"(/questions/\d+/[^/?]+)/\d+", r"\1"),  # the id of an answer
        (r"\?page=1$", ""),
    )
    page_part = r"\?page=\d+$"
    thread_url = r"/questions/(\d+)(?:[/?]|$)"
    traps = (
        r"^[a-z]+://[^/]+/(?:users|tags|a|posts|review|help|tour|badges|jobs|companies|election|search|feeds|revisions|collectives)(?:/|$)"
        r"|^[a-z]+://[^/]+/questions/(?:ask|feed)(?:/|$)"
    )

    def read_post(self, doc: Document, part: Part) -> Post | None:
        """As in the base; a question of a page whose attributes were stripped off has the id of the page's address."""
        if part.element.get("id") == "question" and first(part, "./@data-questionid") is None:
            part.element.set("data-questionid", self.thread_id(doc.url) or "")
        return super().read_post(doc, part)

    def post_url(self, doc: Document, id_: str) -> str | None:
        """The short address that leads to the post on whatever page it is by now."""
        scheme, mark, _ = doc.url.partition("://")
        kind = "q" if id_ == self.thread_id(doc.url) else "a"
        return f"{scheme}://{self.site(doc.url)}/{kind}/{id_}" if mark else None
