"""Saving a page (upsert, index, frontier, commit) against raw `executemany` of the same rows: goal at least 0.6.

    python benchmarks/save.py [--pages 200] [--runs 5] [--sizes 0,2000]

The baseline writes the posts, articles, markup, full-text rows and marks of stories that saving the same pages gave,
into the same tables with the same pragmas, a commit a page; it looks nothing up and has no frontier, authors or threads
to keep. Runs of both sides alternate; `--sizes` are the pages that the archive holds before. Prints rows a second and
their ratio.
"""

import argparse
import gc
import random
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive import Archive
from archive.records import Article, Author, Block, Board, Kind, Label, Page, Post, Source, Thread, ThreadRow

SITE, POSTS = "forum.example", 20
START = datetime(2024, 1, 1, tzinfo=UTC)
TABLES = {"posts": "id", "articles": "id", "post_html": "post", "story_texts": "article", "story_marks": "article"}
ONSETS = re.findall(r"\w+", "b c ch d đ g h kh l m n ng nh ph qu r s t th tr v x")
RIMES = re.findall(r"\w+", "a à ả ã á ạ an ằng ấm ẹ ế iên ình o ồng ộ ơ ớp u ừng uyết ươi ương y")
WORDS = [onset + rime for onset in ONSETS for rime in RIMES]


def text(rng: random.Random, words: int) -> str:
    """Made-up text with the letters of Vietnamese; rare words are as rare as in real text."""
    return " ".join(rng.choices(WORDS, cum_weights=CUMULATIVE, k=words))


CUMULATIVE = [sum(1 / (rank + 5) for rank in range(end + 1)) for end in range(len(WORDS))]


def thread_page(number: int) -> Page:
    """A thread of 20 posts, the first one an article of 450 words."""
    rng = random.Random(number)
    board = Board(id="1", url=f"https://{SITE}/b/1", title="Tin")
    url = f"https://{SITE}/t/{number}"
    posts = tuple(post(rng, number * POSTS + i, i, url) for i in range(POSTS))
    thread = Thread(id=str(number), url=url, title=text(rng, 10), board=board)
    return Page(kind=Kind.THREAD, url=url, site=SITE, thread=thread, board=board, posts=posts)


def post(rng: random.Random, number: int, index: int, url: str) -> Post:
    """A post: 450 words and a source link if it is the first, else 150 words under a quote."""
    body = text(rng, 150 if index else 450)
    blocks = (Block(label=Label.QUOTE, text=text(rng, 20)), Block(label=Label.BODY, text=body))
    author = rng.randrange(2000)
    return Post(
        id=str(number),
        author=Author(
            id=str(author), name=f"member {author}", counts={"Bài viết": author}, raw={"Bài viết": str(author)}
        ),
        url=f"{url}#p{number}",
        posted_at=START + timedelta(minutes=number),
        posted_raw="hôm qua",
        position=index + 1,
        html=f"<div>{body}</div>",
        blocks=blocks,
        source=None if index else Source(url=f"https://news.example/{number}", words="Xem tiếp..."),
        article=None if index else Article(title=text(rng, 10), reason="readon", language="vi"),
    )


def board_page(first: int, count: int) -> Page:
    """The board page that lists the threads, so that each has a frontier row to be done."""
    rows = tuple(
        ThreadRow(id=str(n), url=f"https://{SITE}/t/{n}", title=f"thread {n}", replies=POSTS - 1)
        for n in range(first, first + count)
    )
    return Page(
        kind=Kind.BOARD, url=f"https://{SITE}/b/1", site=SITE, board=Board(id="1", url="", title="Tin"), threads=rows
    )


def ours(path: Path, first: int, pages: list[Page]) -> float:
    """Seconds to save the pages through the frontier."""
    with Archive.open(path) as archive:
        archive.seed(f"https://{SITE}/{first}", "start")
        archive.save_page(board_page(first, len(pages)), request=archive.take())
        requests = [archive.take() for _ in pages]
        gc.collect()
        gc.freeze()  # the pages at hand are the benchmark's, a crawl holds one
        begin = time.process_time()
        for page, request in zip(pages, requests, strict=True):
            archive.save_page(page, request=request)
        return time.process_time() - begin


def rows_of(path: Path, first: int, pages: int) -> Iterator[list[tuple[str, list[tuple[object, ...]]]]]:
    """What was saved, page by page, as statements and their rows."""
    db = sqlite3.connect(path)
    for number in range(first, first + pages):
        where = "IN (SELECT posts.id FROM posts JOIN threads ON threads.id = posts.thread WHERE thread_id = ?)"
        batches = []
        for table, key in TABLES.items():
            rows = db.execute(f"SELECT * FROM {table} WHERE {key} {where} ORDER BY {key}", (str(number),)).fetchall()
            batches.append((f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows))
        posts, articles = batches[0][1], batches[1][1]
        fts = [(row[0], row[11], row[17]) for row in posts]
        batches.append(("INSERT INTO posts_fts (rowid, text, folded) VALUES (?, ?, ?)", fts))
        fts = [(*row[:3], row[17]) for row in articles]
        batches.append(("INSERT INTO articles_fts (rowid, title, body, folded) VALUES (?, ?, ?, ?)", fts))
        yield batches
    db.close()


def raw(path: Path, batches: list[list[tuple[str, list[tuple[object, ...]]]]]) -> float:
    """Seconds to write the same rows with executemany, a transaction a page."""
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32768;")
    gc.collect()
    begin = time.process_time()
    for page in batches:
        db.execute("BEGIN IMMEDIATE")
        for sql, rows in page:
            db.executemany(sql, rows)
        db.execute("COMMIT")
    seconds = time.process_time() - begin
    db.close()
    return seconds


def copy(source: Path, target: Path) -> None:
    """A fresh copy of an archive, its write-ahead log included."""
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = WAL")
    old.close()
    new.close()


def measure(folder: Path, size: int, count: int, runs: int) -> tuple[float, float]:
    """Seconds a page of ours and of the baseline, on an archive that holds `size` pages."""
    base, saved, path = folder / f"base-{size}.db", folder / f"saved-{size}.db", folder / "run.db"
    ours(base, 1, [thread_page(n) for n in range(1, size + 1)])
    pages = [thread_page(n) for n in range(size + 1, size + 1 + count)]
    copy(base, saved)
    ours(saved, size + 1, pages)
    batches = list(rows_of(saved, size + 1, count))
    bare = folder / f"bare-{size}.db"  # so that its foreign keys hold
    copy(base, bare)
    prepare(bare, saved)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for side in (0, 1):
            for name in folder.glob("run.db*"):
                name.unlink()
            copy((base, bare)[side], path)
            times[side].append((ours(path, size + 1, pages) if side == 0 else raw(path, batches)) / count)
    print(f"archive of {size:>6} pages:", " ".join(f"{b / a:.2f}" for a, b in zip(*times, strict=True)), end="  ")
    return statistics.median(times[0]), statistics.median(times[1])


def prepare(bare: Path, saved: Path) -> None:
    """Gives the baseline the threads and authors that its rows point to."""
    db = sqlite3.connect(bare, isolation_level=None)
    db.execute("ATTACH ? AS saved", (str(saved),))
    for table in ("sites", "boards", "authors", "threads"):
        db.execute(f"INSERT OR IGNORE INTO {table} SELECT * FROM saved.{table}")
    db.close()


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sizes", default="0,2000")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, args.sizes.split(",")):
            mine, bare = measure(Path(folder), size, args.pages, args.runs)
            rows = f"{POSTS / mine:,.0f} posts/s against {POSTS / bare:,.0f}"
            print(f"median {bare / mine:.2f} (goal 0.60), {rows}, {mine * 1000:.2f} ms a page")


if __name__ == "__main__":
    main()
