"""Where a crawl begins: the addresses that can be given, and where they may lead."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from conftest import Run

from crawler.demo import Forum, Served, sample_forum, serve
from crawler.demo.server import Handler, Server

# ---------------------------------------------------------------- IPv6


class Server6(Server):
    address_family = socket.AF_INET6


@contextmanager
def serve_ipv6(forum: Forum) -> Iterator[Served]:
    try:
        server = Server6(("::1", 0), Handler)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with server:
        server.served = Served(url=f"http://[::1]:{server.server_port}/", forum=forum)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server.served
        finally:
            server.shutdown()


def test_an_ipv6_address_in_brackets_is_crawled(run: Run, tmp_path: Path) -> None:
    with serve_ipv6(sample_forum(threads=6)) as served:
        done = run("crawl", served.url, "--archive", tmp_path / "a.db", "--delay", 0)
    assert done.returncode == 0, done.stderr
    assert "6 new threads" in done.stdout


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize(
    ("limit", "threads"), [(("--max-requests", 1), "4 new threads"), (("--max-time", "1s"), "0 new threads")]
)
def test_a_limit_between_a_redirect_and_its_page_breaks_nothing_off(
    run: Run, tmp_path: Path, limit: tuple[object, ...], threads: str
) -> None:
    delay = 0.3 if limit[0] == "--max-requests" else 3
    with serve(sample_forum(threads=6)) as served:
        command = ("crawl", f"{served.url}forums/2/", "--archive", tmp_path / "a.db")
        done = run(*command, "--delay", delay, *limit)
        assert (done.returncode, done.stdout.partition(":")[0]) == (0, "stopped at its limit"), done.stderr
        assert threads in done.stdout
        assert run(*command, "--delay", 0).returncode == 0
