"""Pages from files through the same two functions as a crawl, `read` and `clean_page`, without any network."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.errors import UnreadableError
from archive.records import Page, Post, ThreadRow
from crawler.cleaning import clean_page
from crawler.config import Config
from crawler.forums import read
from crawler.reading.binary import is_binary
from crawler.reading.charset import decode


def read_file(path: Path, *, url: str | None = None, config: Config | None = None) -> Page:
    """Read and clean one saved page ("-": from standard input); relative dates count from the file's own time.

    Without `url`, the page's canonical or base link counts. `config` says what is special about the page's site.

    Raises:
        UnreadableError: the file is missing, cannot be read, or is neither a page nor a text.
    """
    try:
        body = _bytes(path)
        saved_at = datetime.now(UTC) if str(path) == "-" else datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except IsADirectoryError as error:
        raise UnreadableError(f"{path} is a folder: give the pages in it, such as {path}/*.html") from error
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error
    _refuse_binary(path, body)
    at = url or (read(body, "", now=saved_at).url if config and config.sites else "")
    site = (config or Config()).site_of(at)
    page = read(
        body,
        at,
        software=site.software,
        language=site.language,
        selectors=site.selectors,
        zone=site.zone or UTC,
        now=saved_at,
    )
    return clean_page(page)


def page_text(html: bytes, url: str) -> str:
    """Give the clean text of all posts of a page, in order, a blank line between."""
    page = clean_page(read(html, url))
    return "\n\n".join(post.text for post in page.posts if post.text)


def as_json(page: Page, file: str) -> dict[str, Any]:
    """Turn a page into the object that `xemtiep read` prints."""
    return {
        "file": file,
        "url": page.url or None,
        "software": page.software,
        "kind": page.kind.value,
        "title": page.title,
        "page": page.page,
        "last_page": page.last_page,
        "next": page.next,
        "message": page.message,
        "instead": page.instead,
        "posts": [_post(post) for post in page.posts],
        "threads": [_row(row) for row in page.threads],
        "boards": [{"id": board.id, "url": board.url, "title": board.title} for board in page.boards],
    }


def read_text(path: Path) -> str:
    """Read a text file, "-" meaning standard input, in whatever charset it is.

    Raises:
        UnreadableError: the file is missing, cannot be read, or is no text.
    """
    try:
        body = _bytes(path)
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error
    _refuse_binary(path, body)
    return decode(body)


def _refuse_binary(path: Path, body: bytes) -> None:
    if is_binary(body):
        name = "standard input" if str(path) == "-" else path
        raise UnreadableError(f"{name} is neither a page nor a text but other data, such as a picture")


def _bytes(path: Path) -> bytes:
    if str(path) != "-":
        return path.read_bytes()
    if sys.stdin is None:
        raise UnreadableError("standard input is closed: name a file, or pipe a text into the command")
    return sys.stdin.buffer.read()


def time(moment: datetime | None) -> str | None:
    """Write a moment as ISO 8601 with Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _post(post: Post) -> dict[str, Any]:
    author = post.author
    return {
        "id": post.id,
        "author": author.name,
        "card": {"title": author.title, "banners": list(author.banners), "counts": dict(author.counts)},
        "posted_at": time(post.posted_at),
        "posted_raw": post.posted_raw,
        "edited_at": time(post.edited_at),
        "position": post.position,
        "url": post.url,
        "text": post.text,
        "blocks": [[block.label.value, block.text] for block in post.blocks],
        "source_url": post.source.url if post.source else None,
    }


def _row(row: ThreadRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": row.url,
        "title": row.title,
        "replies": row.replies,
        "last_post_at": time(row.last_post_at),
        "sticky": row.sticky,
        "locked": row.locked,
    }
