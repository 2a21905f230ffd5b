"""`xemtiep sites add`: look at a forum once, politely, and write its entry into xemtiep.toml."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from archive.errors import ConfigError, ShutOutError, UnreadableError
from archive.frontier import host_of
from archive.records import WALLS, Board, Kind, Page, Request
from crawler.config import FILE, Config, is_same, on_one_host, understood
from crawler.files import write_whole
from crawler.reading.urls import clean

if TYPE_CHECKING:
    from http.client import HTTPResponse

TIMEOUT = 30  # seconds
LARGEST = 16 * 1024 * 1024  # bytes
FEEDS = "application/rss+xml", "application/atom+xml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a look at a forum tells: its address, software and boards, the boards that the URL meant, its feeds."""

    url: str
    software: str
    boards: tuple[Board, ...] = ()
    only: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()


def add(url: str, config: Config, file: Path | None = None) -> tuple[Path, str]:
    """Look at the forum and append its entry to the configuration; returns the file and the entry.

    The file keeps every character that it has. Without one, xemtiep.toml is made.

    Raises:
        ConfigError: the site is there already, or the file cannot be written, or not be read with the entry in it.
        UnreadableError: the address is no forum that xemtiep can read.
        ShutOutError: it shows nothing to a guest, or robots.txt forbids it.
    """
    path = file or config.file or FILE
    found = look(url, config)
    if any(is_same(site.url, found.url) for site in config.sites):
        raise ConfigError(f"{path}: {found.url} is there already")
    entry = written(found)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    text = f"{before.rstrip()}\n\n{entry}" if before.strip() else entry
    _check_whole(text, path)
    try:
        write_whole(path, text)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from error
    return path, entry


def _check_whole(text: str, path: Path) -> None:
    """Read the file as it would be: nothing is written that no command could load."""
    try:
        understood(text, path)
    except ConfigError as error:
        raise ConfigError(
            f"{error}: so it would be with the new entry, and nothing is written; every site must be a table [[sites]]"
            " of its own, none in a list such as sites = [{ url = ... }]"
        ) from error


def look(url: str, config: Config) -> Found:
    """Fetch robots.txt and the page at `url`, and say what forum it is.

    Raises:
        UnreadableError: it cannot be had, or it is no forum that xemtiep can read.
        ShutOutError: robots.txt forbids it, or it shows nothing to a guest.
    """
    from crawler.forums import read  # lxml; the command's help does without
    from crawler.landing import strays

    _ask_robots(url, config)
    at, body = _fetch(url, config)
    if host_of(at) != host_of(url):
        _ask_robots(at, config)
    page = read(body, at)
    if page.kind in WALLS:
        raise ShutOutError(
            f"{at} shows guests only {page.message or page.kind.value!r}: write its entry by hand, with a login"
        )
    if page.kind not in {Kind.INDEX, Kind.BOARD, Kind.THREAD}:
        raise UnreadableError(f"{at}: {page.message or 'not a page of a forum that xemtiep can read'}")
    away = strays(Request(id=0, url=clean(url), role="start"), page, ()) if clean(at) != clean(url) else ""
    if away:
        raise UnreadableError(f"{url}: {away}")
    return Found(
        url=_root(page, at),
        software=page.software,
        boards=page.boards,
        only=_meant(page, at),
        feeds=tuple(feed for feed in dict.fromkeys(feeds_in(body, at)) if on_one_host(feed, at)),
    )


def feeds_in(body: bytes, url: str) -> list[str]:
    """The RSS and Atom files that a page names as its own."""
    from lxml import html

    links = html.fromstring(body).iter("link") if body.strip() else ()
    named = [link for link in links if "alternate" in (link.get("rel") or "").split() and link.get("type") in FEEDS]
    return [urljoin(url, link.get("href")) for link in named if link.get("href")]


def written(found: Found) -> str:
    """The entry as TOML: values that a person would choose, the rest as comments to be filled in."""
    lines = ["[[sites]]", f"url = {_quoted(found.url)}"]
    if found.software != "unknown":
        lines.append(f"software = {_quoted(found.software)}")
    lines += ['every = "6h"', "refresh = 7  # days: threads active since then are read again for edits and deletions"]
    lines.append('# zone = "Asia/Ho_Chi_Minh"  # of dates that name none; else they count as UTC')
    if found.only:
        lines.append(f"boards = {_list(found.only)}")
    elif found.boards:
        lines.append("# boards = [  # all are crawled; take the # off to crawl only some")
        lines += [f"#   {_quoted(board.url)},  # {' '.join(board.title.split())}" for board in found.boards]
        lines.append("# ]")
    if found.feeds:
        lines.append(f"feeds = {_list(found.feeds)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: tuple[str, ...]) -> str:
    return "[\n" + "".join(f"  {_quoted(text)},\n" for text in texts) + "]"


def _root(page: Page, at: str) -> str:
    return f"{urlsplit(at).scheme}://{page.site or urlsplit(at).netloc}/"


def _meant(page: Page, at: str) -> tuple[str, ...]:
    """The board that the URL is of; nothing for a whole forum."""
    if page.kind is Kind.THREAD:
        return (page.thread.board.url,) if page.thread and page.thread.board else (at,)
    return (page.board.url,) if page.kind is Kind.BOARD and page.board else ()


def _ask_robots(url: str, config: Config) -> None:
    from protego import Protego

    parts = urlsplit(url)
    try:
        _, body = _fetch(f"{parts.scheme}://{parts.netloc}/robots.txt", config)
    except FileNotFoundError:
        return
    if not Protego.parse(body.decode("utf-8", "replace")).can_fetch(url, "xemtiep"):
        raise ShutOutError(f"{url} is forbidden by the site's robots.txt")


def _fetch(url: str, config: Config) -> tuple[str, bytes]:
    """The final address and the body; FileNotFoundError for a robots.txt that is not there."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import ProxyHandler, Request, build_opener

    from w3lib.url import safe_url_string

    # An address is shown as it is read, and asked for in ASCII.
    request = Request(safe_url_string(url), headers={"User-Agent": config.user_agent, "Accept": "text/html, */*;q=0.5"})  # noqa: S310 # http(s), checked before
    proxies = dict.fromkeys(("http", "https"), config.proxy) if config.proxy else None  # None: the environment's
    try:
        response: HTTPResponse
        with build_opener(ProxyHandler(proxies)).open(request, timeout=TIMEOUT) as response:
            return response.geturl(), response.read(LARGEST)
    except HTTPError as error:
        if url.endswith("/robots.txt") and error.code < 500 and error.code != 429:  # noqa: PLR2004 # as RFC 9309 has it
            raise FileNotFoundError from error
        return url, error.read()
    except (OSError, HTTPException) as error:
        why = getattr(error, "reason", error) or "the answer is no HTTP"
        through = f" (through the proxy {host_of(config.proxy)})" if config.proxy else ""
        raise UnreadableError(f"{url} cannot be fetched: {why}{through}") from error
