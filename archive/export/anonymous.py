"""Pseudonyms: who wrote is replaced, everywhere the same way in one archive, and nobody can reckon back.

A pseudonym is a keyed hash (BLAKE2) of the site and the member's id there, or the name where no id is known; the key
is made once and stays in the archive, which holds the names anyway. Mentions (@name), the lines "name said:" of
quotes, and links to members' pages get the same pseudonym as the member's own posts.
"""

import re
import sqlite3
from base64 import b32encode
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import unquote

from archive.export.names import slug
from archive.text import stored

_LONGEST = 60  # characters of a name after an @
_ATTRIBUTION = 160  # characters of the first line of a quote that may say whose words follow
_MENTION = re.compile(r"(?<![\w.])[@＠](?=\w)")
_WORD = re.compile(r"\w+(?:[.-]\w+)*")
_PIECE = re.compile(r"\w+|[^\w\s]")  # names end where one of these does
_URL = re.compile(r"https?://[^\s<>\"']+")
_MEMBER = re.compile(  # a member's page: /members/anna.12/, /u/anna, profile.php?id=12, member.php?u=12
    r"/(?:members?|users?|u|profiles?|author)/(?P<segment>[^/?#]+)"
    r"|/[^?]*(?:member|user|profile|space)[^?]*\?(?:.*[&;])?(?:u|id|uid|userid|user_id|mode=viewprofile&u)=(?P<id>\d+)",
    re.IGNORECASE,
)


def prepare(db: sqlite3.Connection) -> None:
    """Gives SQL the functions that hide names, and a table of all names to find them in texts."""
    key = _key(db)
    db.execute("DROP TABLE IF EXISTS temp.member_names")
    db.execute(  # on disk, not in memory: there may be more members than articles
        "CREATE TEMP TABLE member_names (site TEXT, name TEXT, author_id TEXT, PRIMARY KEY (site, name)) WITHOUT ROWID"
    )
    members = db.execute("SELECT sites.site, name, author_id FROM authors JOIN sites ON sites.id = authors.site")
    named = ((site, _folded(name), number) for site, name, number in members)
    db.executemany("INSERT OR IGNORE INTO member_names VALUES (?, ?, ?)", named)
    hidden = _Hidden(db, key)
    for name, function in _functions(hidden).items():
        db.create_function(f"anonymous_{name}", -1, function, deterministic=True)


def _key(db: sqlite3.Connection) -> bytes:
    asked = "SELECT value FROM secrets WHERE name = 'pseudonyms'"
    if db.execute(asked).fetchone() is None:  # an archive that cannot be written may have its key already
        db.execute("INSERT OR IGNORE INTO secrets VALUES ('pseudonyms', lower(hex(randomblob(32))))")
    return bytes.fromhex(db.execute(asked).fetchone()[0])


def _functions(hidden: "_Hidden") -> dict[str, Callable[..., str | None]]:
    return {"member": hidden.member, "text": hidden.text, "quote": hidden.quote, "url": hidden.url}


def _folded(name: str) -> str:
    return stored(stored(name).casefold())


class _Hidden:
    """The functions that SQL calls; `site` is always the site's name."""

    def __init__(self, db: sqlite3.Connection, key: bytes) -> None:
        self.db = db
        self.key = key
        self.known = lru_cache(10_000)(self._known)
        self.begins = lru_cache(100_000)(self._begins)

    def member(self, site: str, author_id: str | None, name: str) -> str:
        """The pseudonym of a member; of a guest, that of the name."""
        who = f"{site}\0id\0{author_id}" if author_id is not None else f"{site}\0name\0{_folded(name)}"
        digest = blake2b(who.encode(), key=self.key, digest_size=10).digest()
        return f"member-{b32encode(digest).decode().lower()[:12]}"

    def named(self, site: str, name: str) -> str:
        """The pseudonym of whoever has a name, known or not."""
        return self.known(site, _folded(name)) or self.member(site, None, name)

    def _known(self, site: str, name: str) -> str | None:
        row = self.db.execute("SELECT author_id FROM member_names WHERE (site, name) = (?, ?)", (site, name)).fetchone()
        return self.member(site, row[0], name) if row else None

    def text(self, site: str, text: str | None) -> str | None:
        """A text without its mentions and its links to members."""
        if text is None or ("@" not in text and "＠" not in text and "://" not in text):
            return text
        return self._mentions(site, _URL.sub(lambda url: self._link(site, url[0]), text))[0]

    def quote(self, site: str, text: str) -> str | None:
        """A quote; its first line may say whose words follow."""
        line, end, rest = text.partition("\n")
        if len(line) <= _ATTRIBUTION:
            line = self._said(site, line)
        return self.text(site, line + end + rest)

    def url(self, site: str, url: str | None, title: str, author: str) -> str | None:
        """A URL in which neither the author nor who is mentioned in the title can be read."""
        if url is None:
            return None
        url = self._link(site, url)
        names = {slug(name): self.named(site, name) for name in (author, *self._mentions(site, title)[1])}
        for name, pseudonym in names.items():
            if name and name in url.lower():
                url = re.sub(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", pseudonym, url, flags=re.IGNORECASE)
        return url

    def _link(self, site: str, url: str) -> str:
        scheme, _, rest = url.partition("://")
        host = re.split(r"[/?#]", rest, maxsplit=1)[0]  # not urlsplit, which refuses addresses that people mistyped
        found = _MEMBER.search(rest.removeprefix(host))
        if not found or host.lower() != site.partition("/")[0].lower():
            return url
        return f"{scheme}://{host}/members/{self._whose(site, found)}"

    def _whose(self, site: str, found: re.Match[str]) -> str:
        segment = unquote(found["segment"] or "")
        number = found["id"] or (re.search(r"(?:^|[.-])(\d+)$", segment) or [None, None])[1]
        if number:
            return self.member(site, number, "")
        return self.named(site, segment.replace("+", " "))

    def _mentions(self, site: str, text: str) -> tuple[str, list[str]]:
        """The text with its mentions replaced, and the names that were."""
        parts, names, end = [], [], 0
        for mark in _MENTION.finditer(text):
            if mark.start() < end:
                continue
            name = self._name_at(site, text[mark.end() : mark.end() + _LONGEST + 1])
            parts += [text[end : mark.end()], self.named(site, name)]
            names.append(name)
            end = mark.end() + len(name)
        return "".join((*parts, text[end:])), names

    def _name_at(self, site: str, text: str) -> str:
        """The longest known name at the start of a text, else its first word."""
        known = self._longest(site, text.partition("\n")[0])
        word = _WORD.match(text)
        return known or (word[0] if word else text[:1])

    def _longest(self, site: str, text: str) -> str | None:
        """The longest known name that a text begins with."""
        first = _PIECE.match(text)
        if not first or not self.begins(site, _folded(first[0])):
            return None
        ends = [piece.end() for piece in _PIECE.finditer(text, 0, _LONGEST + 1)]
        return next((text[:end] for end in reversed(ends) if self.known(site, _folded(text[:end]))), None)

    def _begins(self, site: str, piece: str) -> bool:
        """Whether any name begins with a word or sign."""
        asked = "SELECT 1 FROM member_names WHERE site = ? AND name >= ? AND name < ? LIMIT 1"
        return self.db.execute(asked, (site, piece, piece + chr(0x10FFFF))).fetchone() is not None

    def _said(self, site: str, line: str) -> str:
        """A line that may name who is quoted; one that names nobody known and ends like "name said:" is replaced."""
        for start in (word.start() for word in _PIECE.finditer(line)):
            name = self._longest(site, line[start:])
            if name:
                return line[:start] + self.named(site, name) + line[start + len(name) :]
        return f"{self.member(site, None, line)}:" if line.rstrip(" ↑\u200b\u200e").endswith((":", "：")) else line
