"""Which page a path leads to: the forum's answers, without a socket."""

from dataclasses import dataclass, field
from datetime import datetime
from re import compile as regex
from urllib.parse import parse_qs, urlsplit

from crawler.demo import feeds
from crawler.demo.content import PER_PAGE, Board, Forum, Post, Thread
from crawler.demo.listing import board_page, index_page
from crawler.demo.parts import fill, page_path
from crawler.demo.shell import error_page, login_page, plain_page
from crawler.demo.threads import last_page, place_of, thread_page

BOARD = regex(r"/forums/(?:[^/.]*\.)?(\d+)/(?:page-(\d+))?$")
THREAD = regex(r"/threads/(?:[^/.]*\.)?(\d+)/(?:page-(\d+)|post-(\d+)|(latest|unread)|(reply|watch|preview))?$")
POST = regex(r"/posts/(\d+)/(\w*)$")
FEED = regex(r"/forums/(?:[^/.]*\.(\d+)|-)/index\.rss$")
OPEN = ("/login", "/register", "/lost-password", "/search", "/help", "/misc", "/account/", "/css.php", "/js", "/data")
GUESTLESS = ("/members", "/whats-new", "/attachments")  # what this forum shows to members only
GONE = {
    "forum": "The requested forum could not be found.",
    "thread": "The requested thread could not be found.",
    "post": "The requested post could not be found.",
    "page": "The requested page could not be found.",
}


@dataclass(slots=True, kw_only=True)
class Answer:
    """What the server sends; `changed` is when the page's content last changed, if it is known."""

    body: str
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    changed: datetime | None = None


def answer(forum: Forum, target: str, base: str, *, member: bool = False) -> Answer:
    """The answer to a GET of a path with its query; `base` is scheme and host."""
    path = urlsplit(target).path
    if path == "/robots.txt":
        return robots(forum, base)
    if forum.challenged:
        page = fill("challenge", host=urlsplit(base).netloc)
        return Answer(body=page, status=403, headers={"cf-mitigated": "challenge", "Server": "cloudflare"})
    if (forum.walled(target) and not member) or path.startswith(GUESTLESS):
        return wall(forum, base)
    if found := BOARD.match(path):
        return board(forum, base, path, int(found[1]), int(found[2] or 1))
    if found := THREAD.match(path):
        return thread(forum, base, path, found.groups(), member=member)
    return other(forum, base, target)


def other(forum: Forum, base: str, target: str) -> Answer:
    """Everything that is neither board nor thread."""
    parts = urlsplit(target)
    if found := FEED.match(parts.path):
        return feed(forum, base, found[1])
    if found := POST.match(parts.path):
        return wall(forum, base) if found[2] else to_post(forum, base, found[1])
    match parts.path:
        case "/":
            reply = Answer(body=index_page(forum, base))
        case "/sitemap.xml":
            reply = Answer(body=feeds.sitemap(forum, base), kind="application/xml; charset=utf-8")
        case "/goto/post":
            reply = to_post(forum, base, parse_qs(parts.query).get("id", ["0"])[0])
        case "/goto/link-confirmation":
            reply = Answer(body=plain_page(forum, base, "Leaving this site", "Do you want to follow this link?"))
        case "/login/":
            reply = Answer(body=login_page(forum, base, "Log in to go on."))
        case path if path.startswith(OPEN):
            reply = Answer(body=plain_page(forum, base, forum.title, "Nothing to see here."))
        case _:
            reply = missing(forum, base, "page")
    return reply


def robots(forum: Forum, base: str) -> Answer:
    """robots.txt, or the trouble with it."""
    text = "text/plain; charset=utf-8"
    if forum.robots == "error":
        return Answer(body="Service unavailable\n", status=503, kind=text)
    if forum.robots == "missing":
        return missing(forum, base, "page")
    return Answer(body=feeds.robots(forum, base), kind=text)


def wall(forum: Forum, base: str) -> Answer:
    """What a guest is shown where only members may look."""
    return Answer(body=login_page(forum, base), status=forum.wall_status)


def missing(forum: Forum, base: str, what: str) -> Answer:
    """XenForo's 404."""
    return Answer(body=error_page(forum, base, GONE[what]), status=404)


def redirect(to: str, status: int = 302) -> Answer:
    """A redirect to a path of the forum."""
    return Answer(body="", status=status, headers={"Location": to})


def feed(forum: Forum, base: str, board_id: str | None) -> Answer:
    """The RSS feed of one board or of all."""
    boards = [board for board in forum.boards.values() if not board_id or board.id == int(board_id)]
    return Answer(body=feeds.rss(forum, boards, base), kind="application/rss+xml; charset=utf-8")


def board(forum: Forum, base: str, path: str, board_id: int, page: int) -> Answer:
    """A board page; an old or short address leads to the canonical one, a page too far to the last."""
    here: Board | None = forum.boards.get(board_id)
    if here is None:
        return missing(forum, base, "forum")
    threads = forum.listed(board_id)
    last = max(1, -(-sum(not thread.sticky for thread in threads) // PER_PAGE))
    right = page_path(here.path, min(page, last))
    if path != right:
        return redirect(right, 301)
    changed = threads[0].last_at if threads else None
    return Answer(body=board_page(forum, here, threads, (page, last), base), changed=changed)


def thread(forum: Forum, base: str, path: str, found: tuple[str | None, ...], *, member: bool) -> Answer:
    """A thread page, or where an address inside the thread leads."""
    thread_id, page, post_id, jump, action = found
    here: Thread | None = forum.threads.get(int(thread_id or 0))
    if here is None or here.deleted:
        return missing(forum, base, "thread")
    if (here.members_only and not member) or action:
        return wall(forum, base)
    if post_id:
        return to_post(forum, base, post_id)
    if jump:
        return redirect(place_of(here, here.posts[-1]))
    number = min(int(page or 1), last_page(here))
    right = page_path(here.path, number)
    if path != right:
        return redirect(right, 301)
    changed = max(max(post.posted_at, post.edited_at or post.posted_at) for post in here.posts)
    return Answer(body=thread_page(forum, here, number, base), changed=changed)


def to_post(forum: Forum, base: str, post_id: str) -> Answer:
    """A redirect to the page that holds a post."""
    post: Post | None = forum.posts.get(int(post_id)) if post_id.isdecimal() else None
    if post is None:
        return missing(forum, base, "post")
    return redirect(place_of(forum.threads[post.thread_id], post))
