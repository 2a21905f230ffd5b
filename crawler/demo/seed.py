"""Fills the sample forum: two boards, sixty threads, the same every time for the same seed."""

from datetime import UTC, datetime, timedelta
from random import Random

from crawler.demo.content import Board, Forum, Member, Part, PartKind, Post, Thread, slug
from crawler.demo.prose import WORDS, Story, facts, reply, story

UNTIL = datetime(2024, 7, 1, tzinfo=UTC)
BOARDS = {
    "vi": Board(id=2, title="Tin tức", about="Tin trong ngày từ các báo", category="Đại sảnh"),
    "en": Board(id=5, title="World news", about="News from elsewhere, in English", category="Other languages"),
}
BOTS = {"vi": "PV Đưa Tin", "en": "NewsWire"}
REPLIES = {5: 44, 20: 22, 43: 41}  # threads of several pages, by their number; the others have up to six replies
STICKY, LOCKED, MEMBERS_ONLY, DELETED = 0, 9, 14, 27
FIRST, REPEATED = 10, 35  # the same article, from two feeds
MEMBERS = (
    ("PV Đưa Tin", "Big Daddy", "⚔VIP⚔", 122685, 326, ""),
    ("NewsWire", "Feed reader", "Robot", 48210, 12, ""),
    ("Lan Khuê", "Thành viên", "", 1482, 40, "Đi một ngày đàng, học một sàng khôn"),
    ("Bảo Bình", "Cao thủ", "Mod", 20311, 5120, ""),
    ("hai_lúa", "Thành viên mới", "", 12, 1, ""),
    ("Đức Còi", "Tay ngang", "", 3050, 77, "Mua bán xe đạp cũ, nhắn riêng\nKhông trả lời bình luận"),
    ("Mai Sáng", "Thành viên", "", 640, 18, ""),
    ("Old Tom", "Well-known member", "", 5903, None, "Measure twice, cut once."),
    ("quietriver", "Active member", "", 311, None, ""),
    ("Beatrix P.", "Member", "Supporter", 97, 9, "Sent from a slow train"),
    ("mk_lindow", "New member", "", 4, None, ""),
)
LOCALS = {
    "vi": ("Lan Khuê", "Bảo Bình", "hai_lúa", "Đức Còi", "Mai Sáng"),
    "en": ("Old Tom", "quietriver", "Beatrix P.", "mk_lindow"),
}
QUOTING = 0.3  # this share of the replies quotes a post before it
CODE = "for day in range(1, 8):\n    if rain[day] < 5:\n        print(day, 'open')"


def sample_forum(*, seed: int = 7, threads: int = 60, until: datetime = UNTIL) -> Forum:
    """The sample forum: its latest activity is shortly before `until`, a thread was begun every day before that."""
    rng = Random(seed)  # noqa: S311 # texts, not secrets
    forum = Forum(now=until)
    forum.boards = {board.id: board for board in BOARDS.values()}
    for number, (name, title, banner, messages, coins, signature) in enumerate(MEMBERS, 11):
        forum.members[name] = Member(
            id=number,
            name=name,
            title=title,
            banner=banner,
            messages=messages,
            coins=coins,
            signature=signature,
            joined=f"Mar {number}, 2019",
        )
    for number in range(min(threads, 60)):
        begun = until - timedelta(days=60 - number, hours=rng.randint(4, 12))
        add(forum, rng, begun, "en" if number % 5 in (1, 3) else "vi", REPLIES.get(number, rng.randint(0, 6)))
    mark(forum)
    grow(forum, threads)
    return forum


def grow(forum: Forum, threads: int) -> None:
    """Add articles older than all others, an hour between them, until there are so many threads."""
    rng = Random(len(forum.threads))  # noqa: S311 # texts, not secrets
    oldest = min((thread.posts[0].posted_at for thread in forum.threads.values()), default=forum.now)
    for number in range(threads - len(forum.threads)):
        begun = oldest - timedelta(days=3, hours=number)
        add(forum, rng, begun, "en" if number % 5 in (1, 3) else "vi", rng.randint(0, 3))


def mark(forum: Forum) -> None:
    """Make the special threads special, where they exist."""
    threads = list(forum.threads.values())
    marks: list[tuple[int, str, object]] = [
        (STICKY, "sticky", True),
        (LOCKED, "locked", True),
        (MEMBERS_ONLY, "members_only", True),
        (DELETED, "deleted", True),  # still listed, as if deleted while the list lay in a cache: a crawl meets a 404
        (4, "prefix", "Tin nóng"),
        (11, "prefix", "Opinion"),
    ]
    for number, name, value in marks:
        if number < len(threads):
            setattr(threads[number], name, value)
    if len(threads) > REPEATED:
        first, again = threads[FIRST], threads[REPEATED]
        again.title = first.title
        again.posts[0].parts = [*first.posts[0].parts]


def add(forum: Forum, rng: Random, begun: datetime, language: str, replies: int) -> None:
    """A thread that a feed bot began with an article or, every seventh, a member with a question."""
    number, article = len(forum.threads), story(rng, language)
    by_bot = number % 7 != 6  # noqa: PLR2004 # see the docstring
    thread = forum.add_thread(
        article.title,
        repost(rng, article, language, number) if by_bot else said(rng, language),
        board_id=BOARDS[language].id,
        author=BOTS[language] if by_bot else rng.choice(LOCALS[language]),
        posted_at=begun,
        views=rng.randint(20, 41000),
    )
    for position in range(replies):
        begun += timedelta(minutes=rng.randint(2, 40))
        post = forum.reply(
            thread.id, answer(rng, thread, language), author=rng.choice(LOCALS[language]), posted_at=begun
        )
        adorn(rng, post, position)


def repost(rng: Random, article: Story, language: str, number: int) -> list[Part]:
    """An article as a feed importer posts it: text, a photo with its caption, and the read-on link at the end."""
    words = WORDS[language]
    url = words.source.format(title=slug(article.title), n=41000 + number, year=2024)
    parts = [Part("text", paragraph) for paragraph in article.paragraphs]
    if number % 3 == 0:
        parts[0].kind = "lead"
    if number % 6 == 1:
        parts[1].extra = words.source.format(title=f"chu-de/{article.topic}", n=1, year=2023)  # a link inside the text
    if number % 4 != 3:  # noqa: PLR2004 # a quarter has no photo
        parts.insert(3, Part("photo", article.caption, article.photo))
    if number % 8 == 5:  # noqa: PLR2004 # some have a heading
        parts.insert(2, Part("heading", article.topic.replace("-", " ").title()))
    kind: PartKind = "goto" if number % 4 == 1 else "readon"  # a quarter goes through a redirector
    return [*parts, Part(kind, rng.choice(words.readon), url)]


def said(rng: Random, language: str) -> list[Part]:
    """A member's own words."""
    return [Part("text", paragraph) for paragraph in reply(rng, language)]


def answer(rng: Random, thread: Thread, language: str) -> list[Part]:
    """A reply, now and then with a quote, a list, code or a spoiler."""
    words, parts = WORDS[language], said(rng, language)
    if rng.random() < QUOTING:
        quoted = rng.choice(thread.posts[-5:])
        own = next(part.text for part in quoted.parts if part.kind in {"text", "lead"})
        parts.insert(0, Part("quote", own, f"{quoted.author.name}|{quoted.id}"))
    match rng.randrange(14):
        case 0:
            parts.append(Part("list", rng.choice(words.lists)))
        case 1:
            parts.append(Part("code", CODE))
        case 2:
            parts.append(Part("spoiler", words.spoiler.format(**facts(rng, language))))
    return parts


def adorn(rng: Random, post: Post, position: int) -> None:
    """What a reply gets afterwards: an edit, an attachment, reactions."""
    match position % 6:
        case 2:
            post.edited_at = post.posted_at + timedelta(minutes=rng.randint(1, 50))
        case 3:
            post.attachment = f"ban-do-{post.id}.pdf"
        case 4:
            post.reactions = ("Mai Sáng", "Old Tom")
