"""robots.txt, the sitemap and the boards' RSS feeds."""

from html import escape

from crawler.demo.content import Board, Forum
from crawler.demo.parts import http_date

FORBIDDEN = ("/account/", "/login/", "/register/", "/search/", "/whats-new/")
ITEMS = 20  # in a feed, newest first


def robots(forum: Forum, base: str) -> str:
    """The rules for crawlers. Member, reply and report links are allowed: a crawler must know them by itself."""
    if forum.robots == "disallow":
        return "User-agent: *\nDisallow: /\n"
    rules = "".join(f"Disallow: {path}\n" for path in [*FORBIDDEN, *forum.forbids])
    delay = "" if forum.crawl_delay is None else f"Crawl-delay: {forum.crawl_delay:g}\n"
    return f"User-agent: *\n{delay}{rules}Allow: /\n\nSitemap: {base}/sitemap.xml\n"


def sitemap(forum: Forum, base: str) -> str:
    """Every thread with the time of its last post."""
    urls = "".join(
        f"<url><loc>{base}{thread.path}</loc><lastmod>{thread.last_at:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>\n"
        for thread in forum.threads.values()
        if not thread.members_only and not thread.deleted
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )


def rss(forum: Forum, boards: list[Board], base: str) -> str:
    """The latest threads of some boards."""
    threads = [
        thread
        for board in boards
        for thread in forum.listed(board.id)
        if not thread.members_only and not thread.deleted
    ]
    threads.sort(key=lambda thread: thread.last_at, reverse=True)
    items = "".join(
        f"<item><title>{escape(thread.title)}</title><pubDate>{http_date(thread.last_at)}</pubDate>"
        f"<link>{base}{thread.path}</link><guid>{base}{thread.path}</guid>"
        f"<author>{escape(thread.posts[0].author.name)}</author>"
        f"<slash:comments>{len(thread.posts) - 1}</slash:comments></item>\n"
        for thread in threads[:ITEMS]
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" '
        'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel>\n'
        f"<title>{escape(forum.title)}</title><link>{base}/</link>\n{items}</channel></rss>\n"
    )
