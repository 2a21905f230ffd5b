"""The whole crawl (fetch, read, clean, save) against Scrapy with its default settings and an empty callback.

    python benchmarks/crawl.py [--pages 300] [--runs 5]
    python benchmarks/crawl.py --memory 10000

Both fetch the same thread pages (20 posts, 239 kB, an element every 100 bytes) from a server in another process; runs
of both sides alternate, and a run over one page is taken off each, so that the start of Python does not count. Printed
are CPU milliseconds a page and the median of the ratios of runs that stood side by side: goal at most 4.5.

`--memory` crawls so many pages of 20 short posts once and prints the memory that the crawl held after each tenth.
"""

import argparse
import multiprocessing
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from crawler.demo import sample_forum
from crawler.demo.content import Forum, Thread
from crawler.demo.routes import answer

COMMAND = Path(sys.executable).parent / "xemtiep"
SIZE, POSTS, ROWS = 239_000, 20, 20
# Menus and a script as XenForo's own pages carry them. Thirteen saved pages of 140 kB and more hold an element every 75
# to 233 bytes, the median every 107; with fewer bytes an element the parse would weigh more than it does out there.
FILLING = """<div class="menu menu--structural" data-menu="menu" aria-hidden="true"><div class="menu-content">
<h4 class="menu-header">Forum list</h4><a href="https://forum.example/whats-new/posts/?skip=1" rel="nofollow"
class="menu-linkRow u-indentDepth0 js-offCanvasCopy" data-nav-id="newPosts">New posts</a><a class="menu-linkRow"
href="https://forum.example/search/?type=post" data-xf-click="overlay" data-nav-id="searchForums">Search forums</a>
</div></div><script>XF.extend({visitorCounts: {conversations: "0", alerts: "0", total: "0"}, cookie: {path: "/",
domain: "", prefix: "xf_", secure: true}, enableRtnProtect: true, enableFormSubmitSticky: true, uploadMaxFilesize: 1342,
short_date_x_minutes: "{minutes}m", short_date_x_hours: "{hours}h", short_date_x_days: "{days}d"})</script>
"""
BASELINE = """
import scrapy, sys
from scrapy.crawler import CrawlerProcess
class Empty(scrapy.Spider):
    name = "empty"
    async def start(self):
        for number in range(1, {pages} + 1):
            yield scrapy.Request(f"{url}threads/a.{{number}}/")
    def parse(self, response):
        pass
process = CrawlerProcess({{"LOG_LEVEL": "ERROR", "REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False}})
process.crawl(Empty)
process.start()
"""


def template(*, size: int) -> tuple[bytes, bytes]:
    """A thread page of 20 posts, and a board page of 20 rows; the numbers in them are put in on request."""
    forum = sample_forum()
    thread = max(forum.threads.values(), key=lambda found: len(found.posts))
    thread.posts = thread.posts[:POSTS]
    page = body(forum, thread.path)
    page = page.replace(thread.path, "/threads/a.{thread}/").replace(f'thread-{thread.id}"', 'thread-{thread}"')
    page = re.sub(r'<link rel="next"[^>]*>|<div class="block-outer-main">.*?</div>', "", page)
    for number, post in enumerate(thread.posts):
        page = page.replace(str(post.id), f"{{thread}}{number:02}")
    missing = max(size - len(page.encode()), 0) // len(FILLING)
    page = page.replace("</body>", FILLING * missing + "</body>")
    listing = body(forum, forum.boards[thread.board_id].path)
    return page.encode(), rowless(listing, forum)


def body(forum: Forum, path: str) -> str:
    """A page of the embedded forum."""
    return answer(forum, path, "http://127.0.0.1").body


def rowless(listing: str, forum: Forum) -> bytes:
    """A board page with one row left, to be repeated."""
    head, *rows = re.split(r'(?=<div class="structItem structItem--thread)', listing)
    row = next(row for row in rows if "sticky" not in row)
    thread: Thread = next(found for found in forum.threads.values() if found.path in row)
    row = row.replace(thread.path, "/threads/a.{thread}/")
    row = row.replace(f"js-threadListItem-{thread.id}", "js-threadListItem-{thread}")
    head = re.sub(r'<link rel="next"[^>]*>', "", head.split('<div class="structItemContainer-group')[0])
    return f"{head}<!--row-->{row}<!--/row--></div></div></body></html>".encode()


def serve(pages: int, size: int, ready: Any) -> None:
    """Answer with thread and board pages, as many as wanted; runs in a process of its own."""
    page, listing = template(size=size)
    head, row, foot = re.split(rb"<!--/?row-->", listing)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            found = re.match(r"/(threads|forums)/a\.(\d+)/(?:page-(\d+))?", self.path)
            data, status = b"", 404
            if found and found[1] == "threads":
                data, status = page.replace(b"{thread}", found[2].encode()), 200
            elif found:
                data, status = board(int(found[3] or 1), self.headers["Host"]), 200
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    def board(number: int, host: str) -> bytes:
        first, last = (number - 1) * ROWS + 1, min(number * ROWS, pages)
        rows = b"".join(row.replace(b"{thread}", str(thread).encode()) for thread in range(first, last + 1))
        link = f'<link rel="next" href="http://{host}/forums/a.2/page-{number + 1}">' if last < pages else ""
        return head.replace(b"</head>", link.encode() + b"</head>") + rows + foot

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ready.put(server.server_port)
    server.serve_forever()


def cpu(command: list[str]) -> float:
    """CPU seconds of a command, its output dropped; it has to succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def theirs(url: str, pages: int) -> float:
    """CPU of Scrapy with default settings and an empty callback."""
    return cpu([sys.executable, "-c", BASELINE.format(pages=pages, url=url)])


def ours(url: str, pages: int) -> float:
    """CPU of `xemtiep crawl`; one page is a thread, several are a board."""
    start = "threads/a.1/" if pages == 1 else "forums/a.2/"
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive.db"
        return cpu([str(COMMAND), "crawl", f"{url}{start}", "--archive", str(archive), "--delay", "0", "--json"])


def compare(url: str, pages: int, runs: int) -> None:
    """Print the CPU of both sides, and their ratio."""
    ratios = []
    for number in range(runs):
        base = (theirs(url, pages) - theirs(url, 1)) / (pages - 1) * 1000
        crawl = (ours(url, pages) - ours(url, 1)) / (pages - 1) * 1000
        ratios.append(crawl / base)
        print(f"run {number + 1}: Scrapy {base:.2f} ms, xemtiep {crawl:.2f} ms a page: {ratios[-1]:.2f} times")
    print(f"median {statistics.median(ratios):.2f} times Scrapy's CPU (goal: at most 4.5)")


def memory(url: str, pages: int) -> None:
    """Print how much memory a crawl holds on its way."""
    with tempfile.TemporaryDirectory() as folder:
        archive, seen = Path(folder) / "archive.db", 0
        command = [str(COMMAND), "crawl", f"{url}forums/a.2/", "--archive", str(archive), "--delay", "0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        while process.poll() is None:
            done = threads_read(archive)
            if done >= seen + pages // 10:
                seen = done
                print(f"{done} pages: {resident(process.pid)} MB", flush=True)
            time.sleep(0.2)
        print(process.communicate()[0])


def threads_read(archive: Path) -> int:
    """How many threads are archived so far."""
    import sqlite3  # only here

    if not archive.exists():
        return 0
    db = sqlite3.connect(f"file:{archive}?mode=ro", uri=True)
    try:
        return int(db.execute("SELECT count(*) FROM frontier WHERE role = 'thread' AND state = 'done'").fetchone()[0])
    except sqlite3.OperationalError:  # its tables are not there yet
        return 0
    finally:
        db.close()


def resident(pid: int) -> int:
    """The megabytes that a process holds in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def main() -> None:
    """Start the server, and run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--memory", type=int, default=0)
    args = parser.parse_args()
    ready: Any = multiprocessing.Queue()
    size = 0 if args.memory else SIZE
    server = multiprocessing.Process(target=serve, args=(args.memory or args.pages, size, ready), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ready.get(timeout=60)}/"
    if args.memory:
        memory(url, args.memory)
    else:
        compare(url, args.pages, args.runs)
    server.terminate()


if __name__ == "__main__":
    main()
