"""Read + clean a page against a bare lxml parse of the same bytes and against trafilatura's default extraction.

    python benchmarks/read_clean.py [PAGE.html ...] [--runs 7]

Without files: a 20-post page of the embedded forum, once as it is and once of 239 kB, as `crawl.py` has it. The sides
take turns; printed are the medians of the ratios of runs that stood side by side, in CPU time. Needs the extra `bench`.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import trafilatura
from crawl import SIZE, template
from lxml import html

from crawler.cleaning import clean_page
from crawler.demo import sample_forum
from crawler.demo.routes import answer
from crawler.forums import read

Work = Callable[[bytes], object]
ROUND = 0.2  # seconds that one side works before the other takes its turn


def ours(body: bytes) -> object:
    """What a crawl does with a page between the network and the archive."""
    return clean_page(read(body, "https://forum.example/threads/a.1/"))


def theirs(body: bytes) -> object:
    """What trafilatura does by default."""
    return trafilatura.extract(body)


def per_call(work: Work, body: bytes, share: float = 1.0) -> float:
    """CPU seconds of one call, over a round of calls."""
    calls, started = 0, time.process_time()
    while time.process_time() - started < ROUND * share:
        work(body)
        calls += 1
    return (time.process_time() - started) / calls


def ratios(work: Work, base: Work, body: bytes, runs: int) -> Iterator[float]:
    """The cost of `work` in units of `base`, one number per run."""
    for _ in range(runs):
        yield per_call(work, body) / per_call(base, body)


def main() -> None:
    """Print one line per page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()
    pages = {str(file): file.read_bytes() for file in args.files} or {
        "embedded forum": embedded(),
        "the same in a larger frame": template(size=SIZE)[0].replace(b"{thread}", b"1"),
    }
    for name, body in pages.items():
        found = clean_page(read(body, "https://forum.example/threads/a.1/"))
        parse = statistics.median(ratios(ours, html.fromstring, body, args.runs))
        faster = 1 / statistics.median(ratios(ours, theirs, body, max(args.runs // 2, 1)))
        size = f"{len(found.posts)} posts, {len(body) // 1024} kB"
        print(f"{name} ({size}): {parse:.2f} times a bare lxml parse, {faster:.0f} times faster than trafilatura")


def embedded() -> bytes:
    """The embedded forum's thread page with the most posts."""
    forum = sample_forum()
    longest = max(forum.truth(), key=lambda thread: len(thread["posts"]))
    path = f"/threads/{longest['thread_id']}/"
    reply = answer(forum, path, "https://forum.example")
    if reply.status in {301, 302}:
        reply = answer(forum, reply.headers["Location"].removeprefix("https://forum.example"), "https://forum.example")
    return reply.body.encode()


if __name__ == "__main__":
    main()
