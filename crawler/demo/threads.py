"""Thread pages: posts with their author cards, similar threads, page numbers."""

from html import escape

from crawler.demo.body import body, lines
from crawler.demo.content import PER_PAGE, Forum, Post, Thread, slug
from crawler.demo.listing import member_path, row
from crawler.demo.parts import fill, page_nav, page_path, time_tag, when
from crawler.demo.shell import board_steps, shell

PAIR = '\t\t\t<dl class="pairs pairs--justified">\n\t\t\t\t<dt>{}</dt>\n\t\t\t\t<dd>{}</dd>\n\t\t\t</dl>\n'
LOCKED = """		<dl class="blockStatus">
			<dt>Status</dt>
			<dd class="blockStatus-message blockStatus-message--locked">
				Not open for further replies.
			</dd>
		</dl>
"""
ATTACHED = """			<section class="message-attachments">
				<h4 class="block-textHeader">Attachments</h4>
				<ul class="attachmentList">
					<li class="file file--linked">
						<a class="u-anchorTarget" id="attachment-{id}"></a>
						<a class="file-preview" href="/attachments/{slug}.{id}/" target="_blank"><span \
class="file-typeIcon"><i aria-hidden="true"></i></span></a>
						<div class="file-content"><div class="file-info">
							<span class="file-name" title="{name}">{name}</span>
							<div class="file-meta">120.5 KB &middot; Views: 14</div>
						</div></div>
					</li>
				</ul>
			</section>
"""
REACTED = """			<ul class="reactionSummary"><li><span class="reaction reaction--small reaction--1" \
data-reaction-id="1"><i aria-hidden="true"></i><img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAA\
LAAAAAABAAEAAAIBRAA7" class="reaction-sprite js-reaction" alt="Like" title="Like" /></span></li></ul>
			<span class="u-srOnly">Reactions:</span>
			<a class="reactionsBar-link" href="/posts/{id}/reactions" data-xf-click="overlay" data-cache="false" \
rel="nofollow">{names}</a>
"""


def last_page(thread: Thread) -> int:
    """How many pages the thread has."""
    return max(1, -(-len(thread.posts) // PER_PAGE))


def place_of(thread: Thread, post: Post) -> str:
    """The path of the thread page that holds a post, with its anchor."""
    return page_path(thread.path, thread.posts.index(post) // PER_PAGE + 1) + f"#post-{post.id}"


def thread_page(forum: Forum, thread: Thread, page: int, base: str) -> str:
    """One page of a thread."""
    first = (page - 1) * PER_PAGE
    posts = thread.posts[first : first + PER_PAGE]
    nav = page_nav(thread.path, page, last_page(thread))
    shown = "".join(post_block(forum, post, thread, number, base) for number, post in enumerate(posts, first + 1))
    outer = f'\t<div class="block-outer"><div class="block-outer-main">{nav}</div></div>\n' if nav else ""
    content = (
        '<div class="block block--messages" data-xf-init="" data-type="post" data-href="/inline-mod/" '
        'data-search-target="*">\n\t<span class="u-anchorTarget" id="posts"></span>\n'
        f'{outer}\t<div class="block-outer js-threadStatusField">{LOCKED if thread.locked else ""}</div>\n'
        '\t<div class="block-container lbContainer" data-xf-init="lightbox select-to-quote" '
        f'data-message-selector=".js-post" data-lb-id="thread-{thread.id}">\n'
        f'\t\t<div class="block-body js-replyNewMessageContainer">\n{shown}\t\t</div>\n\t</div>\n{outer}</div>\n'
        f"{similar(forum, thread)}"
    )
    label = f'<span class="label label--primary" dir="auto">{escape(thread.prefix)}</span>'
    prefix = f'{label}<span class="label-append">&nbsp;</span>' if thread.prefix else ""
    return shell(
        forum,
        base,
        template="thread_view",
        title=thread.title,
        heading=prefix + escape(thread.title),
        path=thread.path,
        page=(page, last_page(thread)),
        keys=(f"node-{thread.board_id}", f"thread-{thread.id}"),
        steps=board_steps(forum, thread.board_id, itself=True),
        description=started(forum, thread),
        content=content,
    )


def started(forum: Forum, thread: Thread) -> str:
    """Who began the thread and when, under the heading."""
    starter = thread.posts[0].author
    return (
        '<div class="p-description">\n\t<ul class="listInline listInline--bullet">\n'
        '\t\t<li><i class="fa--xf far fa-user" aria-hidden="true" title="Thread starter"></i> '
        f'<span class="u-srOnly">Thread starter</span> <a href="{member_path(starter)}" class="username  u-concealed" '
        f'dir="auto" data-user-id="{starter.id}">{escape(starter.name)}</a></li>\n'
        '\t\t<li><i class="fa--xf far fa-clock" aria-hidden="true" title="Start date"></i> '
        f'<span class="u-srOnly">Start date</span> <a href="{thread.path}" class="u-concealed">'
        f"{time_tag(thread.posts[0].posted_at, forum.now)}</a></li>\n\t</ul>\n</div>"
    )


def post_block(forum: Forum, post: Post, thread: Thread, position: int, base: str) -> str:
    """One post with its author card and all that stands around its text."""
    author = post.author
    banner = (
        f'\t\t\t<div class="userBanner userBanner userBanner--primary message-userBanner" itemprop="jobTitle">'
        f'<span class="userBanner-before"></span><strong>{escape(author.banner)}</strong>'
        '<span class="userBanner-after"></span></div>\n'
    )
    extras = PAIR.format("Tham gia", author.joined) + PAIR.format("Bài viết", f"{author.messages:,}")
    edited = (
        f'\t<div class="message-lastEdit">\n\t\tLast edited: {time_tag(post.edited_at, forum.now)}\n\t</div>\n'
        if post.edited_at
        else ""
    )
    signature = (
        '\t<aside class="message-signature">\n\t\t<div class="bbWrapper">' + lines(author.signature) + "</div>\n"
        "\t</aside>\n"
    )
    names = " and ".join(f"<bdi>{escape(name)}</bdi>" for name in post.reactions)
    return fill(
        "post",
        id=post.id,
        base=base,
        author=escape(author.name),
        member=member_path(author),
        member_id=author.id,
        initial=escape(author.name[0]),
        user_title=escape(author.title),
        banner=banner if author.banner else "",
        extras=extras + (PAIR.format("Xu", f"{author.coins:,}") if author.coins is not None else ""),
        thread=thread.path,
        time=time_tag(post.posted_at, forum.now, prop=' itemprop="datePublished"'),
        when=when(post.posted_at),
        position=position,
        body=body(post.parts),
        attachments=attached(post) if post.attachment else "",
        edited=edited,
        signature=signature if author.signature else "",
        reacted="is-active" if names else "",
        reactions=REACTED.format(id=post.id, names=names) if names else "",
    )


def attached(post: Post) -> str:
    """The list of attached files under a text."""
    return ATTACHED.format(id=post.id, slug=slug(post.attachment), name=escape(post.attachment))


def similar(forum: Forum, thread: Thread) -> str:
    """The block of similar threads: rows as on a board, inside a thread page."""
    nearby = [thread.id + step for step in (-2, -1, 1, 2)]
    others = [forum.threads[number] for number in nearby if number in forum.threads]
    rows = "".join(row(forum, other) for other in others if not other.deleted)
    if not rows:
        return ""
    return (
        '<div class="block" data-widget-id="9" data-widget-key="xfes_thread_view_below_quick_reply_similar_threads" '
        'data-widget-definition="xfes_similar_threads">\n\t<div class="block-container">\n'
        '\t\t<h3 class="block-minorHeader">Chủ đề tương tự</h3>\n'
        f'\t\t<div class="block-body"><div class="structItemContainer">\n{rows}\t\t</div></div>\n\t</div>\n</div>'
    )
