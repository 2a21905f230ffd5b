"""What is around every page: head, navigation, breadcrumbs, footer; and the pages that refuse."""

from html import escape

from crawler.demo.content import Forum, slug
from crawler.demo.parts import breadcrumbs, fill, page_path


def shell(  # noqa: PLR0913 # the slots of one template
    forum: Forum,
    base: str,
    *,
    template: str,
    title: str,
    heading: str,
    content: str,
    path: str = "",
    page: tuple[int, int] = (1, 1),
    keys: tuple[str, str] = ("", ""),
    steps: list[tuple[str, str]] | None = None,
    description: str = "",
) -> str:
    """A whole page. `page` is its number and the last one; `heading`, `description` and `content` are HTML."""
    number, last = page
    links = f'\t<link rel="canonical" href="{base}{page_path(path, number)}" />\n' if path else ""
    if number > 1:
        links += f'\t<link rel="prev" href="{page_path(path, number - 1)}" />\n'
    if number < last:
        links += f'\t<link rel="next" href="{page_path(path, number + 1)}" />\n'
    if template in {"forum_list", "forum_view"}:
        feed = f"{path}index.rss" if keys[0] else "/forums/-/index.rss"
        links += f'\t<link rel="alternate" type="application/rss+xml" href="{feed}" />\n'
    named = f"{title} | Page {number}" if number > 1 else title
    return fill(
        "page",
        template=template,
        container_key=keys[0],
        content_key=keys[1],
        head_title=escape(f"{named} | {forum.title}" if title else forum.title),
        site=escape(forum.title),
        links=links,
        base=base,
        breadcrumbs=breadcrumbs(steps or []),
        heading=heading,
        description=description,
        content=content,
    )


def board_steps(forum: Forum, board_id: int, *, itself: bool = False) -> list[tuple[str, str]]:
    """The breadcrumbs down to a board, or to the threads in it."""
    board = forum.boards[board_id]
    categories = list(dict.fromkeys(other.category for other in forum.boards.values()))
    number = categories.index(board.category) + 101
    steps = [("/", "Diễn đàn"), (f"/#{slug(board.category)}.{number}", board.category)]
    return [*steps, (board.path, board.title)] if itself else steps


def login_page(forum: Forum, base: str, message: str = "You must be logged-in to do that.") -> str:
    """The wall that a guest meets: what is refused, and a login form."""
    return shell(
        forum,
        base,
        template="login",
        title="Log in",
        heading="Log in",
        content=fill("login", message=escape(message)),
    )


def error_page(forum: Forum, base: str, message: str) -> str:
    """XenForo's error page."""
    words = "Oops! We ran into some problems."
    content = f'<div class="blockMessage">\n\t{escape(message)}\n</div>'
    return shell(forum, base, template="error", title=words, heading=words, content=content)


def plain_page(forum: Forum, base: str, title: str, message: str) -> str:
    """A page that says one thing: help, a link confirmation, search."""
    content = (
        f'<div class="block"><div class="block-container"><div class="block-body block-row">{message}</div></div></div>'
    )
    return shell(forum, base, template="message_page", title=title, heading=escape(title), content=content)
