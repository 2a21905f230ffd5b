"""Pages made by hand for the archive's tests: an invented forum, no parser needed."""

from datetime import UTC, datetime
from typing import Any

from archive import Archive
from archive.records import Article, Author, Block, Board, Kind, Label, Page, Post, Request, Source, Thread, ThreadRow

SITE = "forum.example"
BOARD = Board(id="7", url=f"https://{SITE}/b/7", title="Tin tức")
HOME = f"https://{SITE}/"
DAY = datetime(2024, 3, 1, 8, tzinfo=UTC)


def post(number: int, text: str = "lời đáp", *, title: str | None = None, **more: Any) -> Post:
    """A post; with a title it is an article that names its source."""
    article = {
        "article": Article(title=title, reason="readon", language="vi"),
        "source": Source(url=f"https://news.example/{number}", words="Xem tiếp...", name="Báo"),
    }
    blocks = (Block(label=Label.BODY, text=text), Block(label=Label.QUOTE, text=f"quote {number}"))
    author = Author(id=str(number % 3), name=f"người {number % 3}", counts={"Bài viết": 5}, raw={"Bài viết": "5"})
    values = {
        "author": author,
        "blocks": blocks,
        "posted_at": DAY,
        "html": f"<p>{text}</p>",
        "images": ("https://i/1",),
    }
    return Post(id=str(number), **{**values, **(article if title is not None else {}), **more})


def thread(*posts: Post, number: str = "10", page: int = 1, last: int = 1, **more: Any) -> Page:
    """One page of a thread; pages before the last have a next one."""
    first = f"https://{SITE}/t/{number}"
    urls = [first, *(f"{first}/page-{n}" for n in range(2, last + 1))]
    values: dict[str, Any] = {
        "url": urls[page - 1],
        "thread": Thread(id=number, url=first, title=f"Chủ đề {number}", board=BOARD),
        "next": urls[page] if page < last else None,
    }
    return Page(kind=Kind.THREAD, site=SITE, posts=posts, page=page, last_page=last, **{**values, **more})


def row(number: str = "10", replies: int | None = 1, **more: Any) -> ThreadRow:
    """A thread as its board lists it."""
    return ThreadRow(id=number, url=f"https://{SITE}/t/{number}", title=f"Chủ đề {number}", replies=replies, **more)


def board(*rows: ThreadRow, following: str | None = None, **more: Any) -> Page:
    """A page of the board."""
    values: dict[str, Any] = {"kind": Kind.BOARD, "url": BOARD.url, "board": BOARD, "threads": rows, "next": following}
    return Page(site=SITE, **{**values, **more})


def take(archive: Archive) -> Request:
    """The next request; there has to be one."""
    request = archive.take()
    assert request is not None
    return request


def crawl(archive: Archive, pages: dict[str, Page], start: str = BOARD.url) -> list[str]:
    """Walks from `start` through pages by URL; a URL without a page is missing. Returns what was asked for."""
    archive.seed(start, "start")
    asked = []
    while request := archive.take():
        asked.append(request.url)
        if request.url in pages:
            archive.save_page(pages[request.url], request=request)
        else:
            archive.finish(request, outcome="missing", reason="HTTP 404")
    return asked


def rows(archive: Archive, table: str = "posts_full") -> list[tuple[Any, ...]]:
    """A table's rows as they are."""
    return archive.db.execute(f"SELECT * FROM {table}").fetchall()


TABLES = (
    "sites",
    "boards",
    "threads",
    "authors",
    "posts",
    "articles",
    "post_html",
    "images",
    "post_versions",
    "frontier",
)


def everything(archive: Archive) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, the words in the full-text indexes included."""
    contents = {table: rows(archive, table) for table in TABLES}
    for table in ("articles_fts_data", "posts_fts_data"):
        contents[table] = rows(archive, table)
    return contents


def sound(archive: Archive) -> bool:
    """Whether the file, its keys and its full-text indexes are as they should be; a bad index raises."""
    for table in ("articles_fts", "posts_fts"):  # rank 1: the index is held against the tables as well
        archive.db.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
    keys = archive.db.execute("PRAGMA foreign_key_check").fetchall()
    return archive.db.execute("PRAGMA integrity_check").fetchone() == ("ok",) and not keys
