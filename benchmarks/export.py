"""How fast articles leave the archive, as a ratio of a bare scan of the same rows, and with how much memory.

    python benchmarks/export.py [--articles 100000] [--runs 3] [--formats jsonl,csv,...]

The baseline reads every column of every article with sqlite3 and does nothing with it. Both sides in one process, in
CPU time; the JSONL export is to reach at least 0.4 of the rows a second. Memory: the most that a process of the command
held (RSS), for a tenth of the articles and for all; it must not grow with them.
"""

import argparse
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from save import text, thread_page

from archive import Archive
from archive.export import FORMATS, export

TEXTS = 1000  # different ones; more would only make the making slow


def fill(path: Path, count: int) -> None:
    """An archive of so many articles of 450 words: half from before, half from 2025 on for a filter to find."""
    rng = random.Random(1)
    bodies = ["\n\n".join(text(rng, 90) for _ in range(5)) for _ in range(TEXTS)]
    with Archive.open(path) as archive:
        archive.save_page(thread_page(1))
        article = archive.db.execute("SELECT * FROM articles").fetchone()
        row = archive.db.execute("SELECT * FROM posts WHERE kind = 'article'").fetchone()
        archive.db.execute("BEGIN")
        for number in range(1000, 1000 + count - 1):
            archive.db.execute(
                f"INSERT INTO posts VALUES ({', '.join('?' * len(row))})",
                (number, *row[1:4], f"a{number}", row[5], number, *row[7:]),
            )
            year = "2025" if number % 10 else "2024"
            values = (
                number,
                f"Tin {number}",
                f"{bodies[number % TEXTS]} {number}",
                *article[3:11],
                f"{year}-01-01T00:00:00Z",
            )
            values += article[12:]
            archive.db.execute(f"INSERT INTO articles VALUES ({', '.join('?' * len(values))})", values)
        archive.db.execute("COMMIT")


def scan(path: Path) -> float:
    """Seconds to read every row."""
    with closing(sqlite3.connect(path)) as db:
        begin = time.process_time()
        for _ in db.execute("SELECT * FROM articles ORDER BY id"):
            pass
        return time.process_time() - begin


def ours(path: Path, format_: str, target: Path) -> float:
    """Seconds to export them."""
    with Archive.open(path) as archive:
        begin = time.process_time()
        export(archive, format_, target)
        return time.process_time() - begin


CHILD = """
import resource, sys
from archive import Archive
from archive.export import Choice, export
from archive.filters import Filters
with Archive.open(sys.argv[1]) as archive:
    export(archive, sys.argv[2], sys.argv[3], choice=Choice(filters=Filters(until=sys.argv[4])))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def memory(path: Path, format_: str, target: Path, until: str) -> int:
    """The most megabytes that an export held."""
    command = [sys.executable, "-c", CHILD, path, format_, target, until]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--formats", default=",".join(FORMATS))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder, "archive.db"), Path(folder, "export.x")
        fill(path, args.articles)
        scan(path)  # into the page cache
        for format_ in args.formats.split(","):
            pairs = [(scan(path), ours(path, format_, target)) for _ in range(args.runs)]
            ratio = statistics.median(bare / mine for bare, mine in pairs)
            rate = args.articles / statistics.median(mine for _, mine in pairs)
            size = target.stat().st_size / args.articles
            few, all_ = (memory(path, format_, target, until) for until in ("2025", "2026"))
            goal = " (goal 0.40)" if format_ == "jsonl" else ""
            print(
                f"{format_:8} {ratio:.2f} of a bare scan{goal}, {rate:>9,.0f} articles/s, {size:,.0f} bytes each,"
                f" {few} MB for a tenth, {all_} MB for all"
            )


if __name__ == "__main__":
    main()
