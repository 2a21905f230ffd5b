"""An archive of N articles: search, story lookup, saving, export and size, against the goals of a large archive.

    python benchmarks/million.py [--articles 1000000] [--folder FOLDER]

The text is made up: words of one to three syllables with the letters of Vietnamese, as frequent as words are (Zipf),
articles of 20 to 800 such words, each with a short reply. Pages are saved by the archive's own code, many to a
transaction, and leave the file as a crawl does, which has one for each. Every figure is measured on the small
archive (1,000 articles) and the large one in the same run.
"""

import argparse
import random
import re
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

from archive import Archive
from archive.database import transaction
from archive.records import Article, Author, Block, Board, Kind, Label, Page, Post, Source, Thread
from archive.saving import Answer, save
from archive.stories.listing import story_of

SMALL, BATCH, SAVES, ROUNDS = 1_000, 500, 300, 5
START = datetime(2015, 1, 1, tzinfo=UTC)
ONSETS = re.findall(r"\w+", "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x")
RIMES = re.findall(
    r"\w+",
    "a à ả á ạ an ản án ang àng áng ao ào áo ay ây ấy ăn ằng ấm ập e ẻ ê ề ể ế ên ến iên iện iết i í ì ị in ình inh ính"
    " o ó ò ỏ ô ố ộ ông ồng ộng ơ ở ới ơn u ủ ú ụ ung ùng ụng úng ư ử ự ưng ừng uyên uyết ươi ường ương ước y ỷ ý",
)
KNOWN = {"đang": 15, "Đảng": 90, "lãnh đạo": 160, "xây dựng": 200, "tín dụng": 900, "chính sách": 300}
QUERIES = (
    "tin dung",
    "tín dụng",
    "lãnh đạo",
    "lanh dao",
    "đang",
    "dang",
    '"tín dụng chính sách"',
    '"xay dung"',
    "lãnh đạo OR tín dụng",
    "xây dựng -đảng",
    "chinh*",
    "dự án 2019",
)


def lexicon(rng: random.Random) -> tuple[list[str], list[float]]:
    """Words, the most frequent first, and their cumulative weights; one in ten is rare: a name, a number."""
    syllables = [onset + rime for onset in ONSETS for rime in RIMES]
    rng.shuffle(syllables)
    weights = list(accumulate(1 / (rank + 8) for rank in range(len(syllables))))
    words = [" ".join(rng.choices(syllables, cum_weights=weights, k=rng.choice((1, 2, 2, 2, 3)))) for _ in range(40000)]
    words[1000::10] = [f"{rng.choice(words).title()} {number}" for number in range(len(words[1000::10]))]
    for word, rank in KNOWN.items():
        words[rank] = word
    return words, list(accumulate(1 / (rank + 3) for rank in range(len(words))))


WORDS, WEIGHTS = lexicon(random.Random(1))
DRAWN = random.Random(2).choices(WORDS, cum_weights=WEIGHTS, k=1 << 20)  # to draw from these takes a third of the time


def text(rng: random.Random, words: int) -> str:
    """Paragraphs of 60 words in sentences of 12."""
    chosen = rng.choices(DRAWN, k=words)
    chosen[11::12] = [f"{word}." for word in chosen[11::12]]
    return "\n\n".join(" ".join(chosen[start : start + 60]) for start in range(0, words, 60))


def pages(first: int = 0) -> Iterator[Page]:
    """Threads of one article and one reply, without end, the same for the same number."""
    for number in range(first, 1 << 40):
        rng = random.Random(number)
        site = f"forum{number % 5}.example"
        board = Board(id=str(rng.randrange(12)), url=f"https://{site}/b", title=f"Mục {number % 12}")
        url = f"https://{site}/t/{number}"
        posts = tuple(post(rng, number, part, url) for part in (0, 1))
        thread = Thread(id=str(number), url=url, title=text(rng, 7), board=board)
        yield Page(kind=Kind.THREAD, url=url, site=site, thread=thread, board=board, posts=posts, language="vi")


def post(rng: random.Random, number: int, part: int, url: str) -> Post:
    """An article with its source, or the short reply to it."""
    body = text(rng, 25 if part else min(800, max(20, int(rng.lognormvariate(5.2, 0.6)))))
    author = rng.randrange(5000)
    publisher = f"news{min(int(rng.paretovariate(1)), 300)}.example"
    return Post(
        id=str(2 * number + part),
        author=Author(id=str(author), name=f"member {author}"),
        url=f"{url}#p{part}",
        posted_at=START + timedelta(minutes=5 * number + part),
        position=part + 1,
        html="".join(f"<p>{line}</p>" for line in body.split("\n\n")),
        blocks=(Block(label=Label.BODY, text=body),),
        source=None if part else Source(url=f"https://{publisher}/{number}", words="Xem tiếp..."),
        article=None if part else Article(title=text(rng, 7), reason="readon", language="vi"),
    )


def build(path: Path, count: int) -> None:
    """Fills an archive, many pages to a transaction."""
    answer = Answer(request=None, now="2026-01-01T00:00:00Z", etag=None, last_modified=None)
    begin, source = time.perf_counter(), pages()
    with Archive.open(path) as archive, parted_by_page(archive):
        archive.db.execute("PRAGMA synchronous = OFF")
        archive.db.execute("PRAGMA cache_size = -500000")
        for done in range(0, count, BATCH):
            with transaction(archive.db, path):
                for page in islice(source, min(BATCH, count - done)):
                    save(archive.db, page, answer)
            if done % 50_000 == 0:
                print(f"  {done:,} articles after {time.perf_counter() - begin:.0f} s", flush=True)


@contextmanager
def parted_by_page(archive: Archive) -> Iterator[None]:
    """Writes a part of the full-text indexes for each row, as a crawl does, not for each transaction of many.

    Of parts of another size, whoever saves next has other merges to do than in an archive that was crawled.
    """
    size = "INSERT INTO {0} ({0}, rank) VALUES ('hashsize', {1})"  # bytes in memory after which a part is written
    for index in ("articles_fts", "posts_fts"):
        archive.db.execute(size.format(index, 1))
    yield
    for index in ("articles_fts", "posts_fts"):
        archive.db.execute(size.format(index, 1 << 20))  # FTS5's default


def p95(times: Sequence[float]) -> float:
    """The 95th percentile, in milliseconds."""
    return 1000 * statistics.quantiles(times, n=20)[-1]


def timed(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def measure_search(archive: Archive) -> None:
    """The first page of hits for each common query: the first time reads the disk; then on the clock, and of it CPU."""
    clock, cpu = [], []
    for query in QUERIES:
        list(archive.search(query))
        begin = time.process_time()
        times = [timed(lambda: list(archive.search(query))) for _ in range(ROUNDS)]  # noqa: B023 # the lambda is called at once, in the same turn of the loop
        cpu.append((time.process_time() - begin) / ROUNDS)
        clock += times
        print(f"  {query:24} {1000 * statistics.median(times):6.1f} ms, processor {1000 * cpu[-1]:6.1f} ms")
    print(f"search p95: {p95(clock):.1f} ms on the clock (goal 50), {p95(cpu):.1f} ms of processor time")
    print(f"facets of {QUERIES[0]!r}: {1000 * timed(lambda: archive.facets(QUERIES[0])):.0f} ms")


def measure_stories(archive: Archive) -> None:
    """The story of each of some articles, far apart."""
    (last,) = archive.db.execute("SELECT max(id) FROM articles").fetchone()
    found = [row[0] for row in archive.db.execute("SELECT id FROM articles WHERE id % 7919 = 1 OR id = ?", (last,))]
    times = [timed(lambda: story_of(archive, number)) for number in found * 5]  # noqa: B023 # the lambda is called at once, in the same turn of the loop
    print(f"story lookup p95: {p95(times):.2f} ms")


def measure_export(archive: Archive, folder: Path, count: int) -> None:
    """Articles a second into each format, against a bare scan of the rows."""
    bare = count / timed(lambda: deque(archive.db.execute("SELECT * FROM articles"), maxlen=0))
    print(f"bare scan: {bare:,.0f} articles/s")
    for format_ in ("jsonl", "csv", "txt", "md", "mbox", "parquet"):
        file = folder / f"export.{format_}"
        rate = count / timed(lambda: archive.export(format_, file))  # noqa: B023 # the lambda is called at once, in the same turn of the loop
        print(f"export {format_}: {rate:,.0f} articles/s, {rate / bare:.2f} of the scan")
        file.unlink()


def measure_saves(archive: Archive, first: int) -> tuple[float, float]:
    """Milliseconds a page, each in its own transaction: of processor time, and on the clock."""
    new = list(islice(pages(first), SAVES))
    cpu, clock = time.process_time(), time.perf_counter()
    for page in new:
        archive.save_page(page)
    return 1000 * (time.process_time() - cpu) / SAVES, 1000 * (time.perf_counter() - clock) / SAVES


def compare_saves(small: Archive, large: Archive, count: int) -> None:
    """The same kind of pages into both, in turns.

    While large parts of a full-text index are merged, about one page in ten, a page costs up to twice as much. Whether
    that is so at just this many articles is chance: measure again after some ten thousand more pages.
    """
    turns = [(measure_saves(small, SMALL + n * SAVES), measure_saves(large, count + n * SAVES)) for n in range(ROUNDS)]
    for what, part in (("processor time", 0), ("on the clock", 1)):
        few, many = (statistics.median(turn[side][part] for turn in turns) for side in (0, 1))
        print(
            f"saving a page, {what}: {few:.2f} ms at {SMALL:,}, {many:.2f} at {count:,}: {many / few:.2f} (goal 1.33)"
        )


def main() -> None:
    """Builds, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the archives go; what is there is used again, and stays")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = args.folder or Path(made)
        paths = [folder / f"{count}.db" for count in (SMALL, args.articles)]
        for path, count in zip(paths, (SMALL, args.articles), strict=True):
            if not path.exists():
                build(path, count)
        with Archive.open(paths[0]) as small, Archive.open(paths[1]) as large:
            size = large.db.execute(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            ).fetchone()[0]
            print(f"file: {size / 1e9:.2f} GB, {size / args.articles:,.0f} bytes an article with its reply and markup")
            measure_search(large)
            measure_stories(large)
            measure_export(large, folder, args.articles)
            compare_saves(small, large, args.articles)


if __name__ == "__main__":
    main()
