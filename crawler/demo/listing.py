"""Board pages and the start page."""

from html import escape

from crawler.demo.content import PER_PAGE, Board, Forum, Member, Thread, slug
from crawler.demo.parts import fill, page_nav, page_path, short, time_tag
from crawler.demo.shell import board_steps, shell

STATUS = """				<li>
					<i class="structItem-status structItem-status--{kind}" aria-hidden="true" title="{words}"></i>
					<span class="u-srOnly">{words}</span>
				</li>
"""
EMPTY = (
    '\t\t\t<div class="structItem js-emptyThreadList"><div class="structItem-cell">'
    "There are no threads in this forum.</div></div>\n"
)


def member_path(member: Member) -> str:
    """The path of a profile, which guests may not see."""
    return f"/members/{slug(member.name)}.{member.id}/"


def row(forum: Forum, thread: Thread) -> str:
    """A thread as a board lists it."""
    first, last = thread.posts[0], thread.posts[-1]
    kinds = [("sticky", "Sticky")] * thread.sticky + [("locked", "Locked")] * thread.locked
    statuses = "".join(STATUS.format(kind=kind, words=words) for kind, words in kinds)
    label = (
        f'\t\t\t\t<a href="{forum.boards[thread.board_id].path}?prefix_id=1" class="labelLink" rel="nofollow">'
        f'<span class="label label--primary" dir="auto">{escape(thread.prefix)}</span></a>\n'
    )
    return fill(
        "row",
        id=thread.id,
        prefixed=" is-prefix1" if thread.prefix else "",
        author=escape(first.author.name),
        member=member_path(first.author),
        member_id=first.author.id,
        initial=escape(first.author.name[0]),
        statuses=f'\t\t\t<ul class="structItem-statuses">\n{statuses}\t\t\t</ul>\n' if statuses else "",
        label=label if thread.prefix else "",
        thread=thread.path,
        title=escape(thread.title),
        started=time_tag(first.posted_at, forum.now),
        jump=jump(thread),
        replies=short(len(thread.posts) - 1),
        views=short(thread.views),
        latest=time_tag(last.posted_at, forum.now, extra="structItem-latestDate "),
        last_member=member_path(last.author),
        last_id=last.author.id,
        last_author=escape(last.author.name),
        last_initial=escape(last.author.name[0]),
    )


def jump(thread: Thread) -> str:
    """Links to a long thread's last pages, beside its title."""
    pages = -(-len(thread.posts) // PER_PAGE)
    links = "".join(
        f'\t\t\t\t\t<a href="{page_path(thread.path, page)}">{page}</a>\n'
        for page in range(max(2, pages - 2), pages + 1)
    )
    return f'\t\t\t\t<span class="structItem-pageJump">\n{links}\t\t\t\t</span>\n' if links else ""


def board_page(forum: Forum, board: Board, threads: list[Thread], page: tuple[int, int], base: str) -> str:
    """One page of a board, given its threads, the page's number and the last: sticky threads on the first only."""
    number, last = page
    plain = [thread for thread in threads if not thread.sticky]
    sticky = "".join(row(forum, thread) for thread in threads if thread.sticky) if number == 1 else ""
    rows = "".join(row(forum, thread) for thread in plain[(number - 1) * PER_PAGE : number * PER_PAGE])
    top = f'\t\t<div class="structItemContainer-group structItemContainer-group--sticky">\n{sticky}\t\t</div>\n'
    nav = page_nav(board.path, number, last)
    outer = f'\t<div class="block-outer"><div class="block-outer-main">{nav}</div></div>\n' if nav else ""
    content = (
        '<div class="block" data-xf-init="" data-type="thread" data-href="/inline-mod/">\n'
        f'{outer}\t<div class="block-container">\n\t<div class="block-filterBar"><div class="filterBar">'
        '<a class="filterBar-menuTrigger" data-xf-click="menu" role="button" tabindex="0">Filters</a> '
        f'<a href="{board.path}?order=reply_count&amp;direction=desc" class="filterBar-filterToggle" rel="nofollow">'
        'Most replies</a></div></div>\n\t\t<div class="block-body">\n\t\t<div class="structItemContainer">\n'
        f"{top if sticky else ''}"
        f'\t\t<div class="structItemContainer-group js-threadList">\n{rows or EMPTY}\t\t</div>\n'
        f"\t\t</div>\n\t\t</div>\n\t</div>\n{outer}</div>"
    )
    return shell(
        forum,
        base,
        template="forum_view",
        title=board.title,
        heading=escape(board.title),
        path=board.path,
        page=page,
        keys=(f"node-{board.id}", f"forum-{board.id}"),
        steps=board_steps(forum, board.id),
        description=f'<div class="p-description">{escape(board.about)}</div>',
        content=content,
    )


def index_page(forum: Forum, base: str) -> str:
    """The start page: categories with their boards."""
    categories: dict[str, list[Board]] = {}
    for board in forum.boards.values():
        categories.setdefault(board.category, []).append(board)
    blocks = "".join(
        f'<div class="block block--category block--category{number}">\n'
        f'\t<span class="u-anchorTarget" id="{slug(name)}.{number}"></span>\n\t<div class="block-container">\n'
        f'\t\t<h2 class="block-header"><a href="/#{slug(name)}.{number}">{escape(name)}</a></h2>\n'
        f'\t\t<div class="block-body">\n{"".join(node(forum, board) for board in boards)}\t\t</div>\n\t</div>\n</div>\n'
        for number, (name, boards) in enumerate(categories.items(), 101)
    )
    return shell(
        forum,
        base,
        template="forum_list",
        title="",
        heading=escape(forum.title),
        path="/",
        content=blocks,
    )


def node(forum: Forum, board: Board) -> str:
    """A board as the start page lists it."""
    threads = forum.listed(board.id)
    extra = '\t\t\t\t<span class="node-extra-placeholder">None</span>\n'
    if threads:
        last = threads[0].posts[-1]
        extra = (
            f'\t\t\t\t<div class="node-extra-row"><a href="{threads[0].path}post-{last.id}" class="node-extra-title" '
            f'title="{escape(threads[0].title)}">{escape(threads[0].title)}</a></div>\n'
            '\t\t\t\t<div class="node-extra-row"><ul class="listInline listInline--bullet"><li>'
            f'{time_tag(last.posted_at, forum.now, extra="node-extra-date ")}</li><li class="node-extra-user">'
            f'<a href="{member_path(last.author)}" class="username " dir="auto" data-user-id="{last.author.id}">'
            f"{escape(last.author.name)}</a></li></ul></div>\n"
        )
    return fill(
        "node",
        id=board.id,
        board=board.path,
        title=escape(board.title),
        about=escape(board.about),
        threads=short(len(threads)),
        messages=short(sum(len(thread.posts) for thread in threads)),
        extra=extra,
    )
