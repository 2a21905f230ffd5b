"""mbox: each article a message, its replies In-Reply-To it, so that mail programs show threads (RFC 4155, RFC 5322)."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime
from typing import BinaryIO

from archive.export.entries import Choice, Entry, entry
from archive.export.txt import quoted


@contextmanager
def writing(stream: BinaryIO, _: Choice) -> Iterator[Callable[[bytes], object]]:
    """Takes articles."""
    yield lambda line: stream.writelines(_messages(entry(line)))


def _messages(article: Entry) -> Iterator[bytes]:
    host = re.sub(r"[^a-z0-9.-]", "-", article["site"].partition("/")[0].lower()) or "forum"
    first = f"<article-{article['id']}@{host}.invalid>"  # .invalid: nobody can be written to there (RFC 2606)
    known = {"X-Source": article["source_url"], "X-Board": article["board"], "X-Language": article["language"]}
    subject = article["title"]
    yield _message(article, host, first, {"Subject": subject, **known}, article["body"])
    for reply in article.get("replies", ()):
        number = f"<post-{reply['id']}@{host}.invalid>"
        names = {"Subject": f"Re: {subject}", "In-Reply-To": first, "References": first}
        text = "\n\n".join(filter(None, (quoted(reply["quotes"]), reply["text"])))
        yield _message(reply | {"first_seen": article["first_seen"]}, host, number, names, text)


def _message(post: Entry, host: str, number: str, names: Mapping[str, str | None], text: str) -> bytes:
    moment = datetime.fromisoformat(post["posted_at"] or post["first_seen"]).astimezone(UTC)
    headers = {
        "From": f"{_encoded(post['author'], always=True)} <member@{host}.invalid>",
        "Date": format_datetime(moment),
        "Message-ID": number,
        "Archived-At": f"<{_encoded(post['url'])}>",
        **{name: value if value == number else _encoded(value) for name, value in names.items() if value},
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "base64",  # no line is too long, and none begins with "From "
    }
    top = f"From member@{host}.invalid {moment:%a %b %d %H:%M:%S %Y}\n"  # day and month in English: the C locale
    lines = "".join(f"{name}: {value}\n" for name, value in headers.items())
    return f"{top}{lines}\n{base64.encodebytes(text.encode()).decode()}\n".encode()


def _encoded(value: str, *, always: bool = False) -> str:
    """A value as a header can hold it: on one line, or folded, in ASCII."""
    line = " ".join(value.split())
    if not always and line.isascii() and line.isprintable() and len(line) < 900:  # noqa: PLR2004 # RFC 5322 allows 998 characters a line
        return line
    return Header(line, "utf-8").encode()
