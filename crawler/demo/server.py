"""Serves a sample forum on the loopback interface with the standard library's threaded HTTP server."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from re import compile as regex
from threading import Lock, Thread
from typing import NamedTuple

from crawler.demo.content import Forum
from crawler.demo.members import VISITOR, Visitor, log_in, seen_by, visitor
from crawler.demo.parts import http_date
from crawler.demo.routes import Answer, answer
from crawler.demo.seed import sample_forum

HREF = regex(r'(<a\s[^>]*?href="/[^"#?]*)(\?)?')
SESSION = "s=5f2d1c0b9a8e7d6c5b4a39281706f5e4"


class Hit(NamedTuple):
    """One request: when it came (Unix time), what it asked for, and the status it got (0: connection closed)."""

    time: float
    method: str
    path: str
    status: int


@dataclass(slots=True, kw_only=True)
class Served:
    """A forum while it is served. `requests` is a copy of the log so far."""

    url: str
    forum: Forum
    log: list[Hit] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def requests(self) -> list[Hit]:
        """All requests so far, in the order they were answered."""
        with self.lock:
            return list(self.log)

    def clear(self) -> None:
        """Forget the requests so far."""
        with self.lock:
            self.log.clear()


@contextmanager
def serve(forum: Forum | None = None, *, port: int = 0) -> Iterator[Served]:
    """Serve a forum (the sample forum if none is given) on 127.0.0.1 until the block ends; port 0 takes a free one.

    Raises OSError if the port is taken.
    """
    server = Server(("127.0.0.1", port), Handler)
    served = Served(url=f"http://127.0.0.1:{server.server_port}/", forum=forum or sample_forum())
    server.served = served
    worker = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    worker.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        worker.join()


class Server(ThreadingHTTPServer):
    """The threaded server, which knows what it serves."""

    daemon_threads = True
    block_on_close = False  # a client that keeps its connection open must not hold up the end
    request_queue_size = 128
    served: Served


class Handler(BaseHTTPRequestHandler):
    """Answers one connection's requests."""

    protocol_version = "HTTP/1.1"
    server_version = "Apache"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one packet
    timeout = 60  # seconds that an idle connection is kept
    server: Server

    def do_GET(self) -> None:
        """Answer with a page, or with the trouble that is set for it."""
        forum = self.server.served.forum
        if delay := forum.delay_of(self.path):
            time.sleep(delay)
        if failure := forum.failure_of(self.path):
            after = {} if failure.retry_after is None else {"Retry-After": failure.retry_after}
            reply = Answer(body="Service unavailable\n", status=failure.status, kind="text/plain", headers=after)
        else:
            with forum.lock:
                who = visitor(forum, self.headers.get("Cookie"))
                reply = self.seen(answer(forum, self.path, self.base(), member=who.member), who)
        self.send(reply)

    do_HEAD = do_GET  # noqa: N815 # the name that http.server asks for

    def do_POST(self) -> None:
        """Answer a login form."""
        form = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/login/login":
            self.send(Answer(body="Method not allowed\n", status=405, kind="text/plain"))
            return
        forum = self.server.served.forum
        who = visitor(forum, self.headers.get("Cookie"))
        status, page, headers = log_in(forum, self.base(), who, form)
        self.send(self.seen(Answer(body=page, status=status, headers=headers), who))

    def seen(self, reply: Answer, who: Visitor) -> Answer:
        """The answer as this visitor sees it; a forum with accounts gives a new one the cookie that its forms need."""
        forum = self.server.served.forum
        if forum.accounts and reply.kind.startswith("text/html"):
            if not who.key:
                who = Visitor(key=f"visitor-{len(self.server.served.log)}", member=who.member)
                reply.headers.setdefault("Set-Cookie", f"{VISITOR}={who.key}; path=/")
            reply.body = seen_by(who, reply.body)
        return reply

    def base(self) -> str:
        """Scheme and host as the client knows them."""
        return "http://" + self.headers.get("Host", f"127.0.0.1:{self.server.server_port}")

    def send(self, reply: Answer) -> None:
        """Write an answer and log it; status 0 closes the connection instead."""
        body = linked_with_session(reply) if self.server.served.forum.sessions else reply.body
        data = body.encode()
        if reply.status == 200:  # noqa: PLR2004 # only whole pages carry validators
            self.validate(reply, data)
        if reply.status == 304:  # noqa: PLR2004 # Not Modified has no body
            data = b""
        served = self.server.served
        with served.lock:
            served.log.append(Hit(time.time(), self.command, self.path, reply.status))
        if not reply.status:
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304:  # noqa: PLR2004 # Not Modified has no body
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def validate(self, reply: Answer, data: bytes) -> None:
        """Send ETag and Last-Modified as the forum is set, and make it a 304 if the client has this page."""
        forum = self.server.served.forum
        if forum.etag:
            tag = f'W/"{sha256(data).hexdigest()[:20]}"'
            reply.headers["ETag"] = tag
            if self.headers.get("If-None-Match") == tag:
                reply.status = 304
        if forum.modified == "request":
            reply.headers["Last-Modified"] = http_date(datetime.now(UTC))
        elif forum.modified == "change" and reply.changed:
            changed = http_date(reply.changed)
            reply.headers["Last-Modified"] = changed
            if not forum.etag and self.headers.get("If-Modified-Since") == changed:
                reply.status = 304

    def version_string(self) -> str:
        """What the Server header says."""
        return self.server_version

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the name that http.server uses
        """Say nothing: `Served.requests` is the log."""


def linked_with_session(reply: Answer) -> str:
    """The page with a session id in its own links, as boards do for clients without cookies."""
    if not reply.kind.startswith("text/html"):
        return reply.body
    return HREF.sub(lambda link: f"{link[1]}?{SESSION}" + ("&amp;" if link[2] else ""), reply.body)
