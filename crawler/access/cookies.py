"""A member's cookies, as people have them: a Netscape file, the JSON of a browser extension, or a pasted header."""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.errors import ConfigError

_HELP = (
    "give a cookies.txt in Netscape format (tabs between seven fields), the JSON of a cookie extension, "
    'or one line "name=value; name=value"'
)
_FIELDS = 7  # of a line: domain, subdomains too, path, secure, expires, name, value
_PAIR = re.compile(r"[!#$%&'*+.^_`|~\w-]+=[^;\s]*")
_HEADER = re.compile(r"^(?:set-)?cookie:\s*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cookie:
    """One cookie; without `domain` it belongs to the file's site. `expires` is in seconds since 1970."""

    name: str
    value: str
    domain: str = ""
    path: str = "/"
    secure: bool = False
    expires: float = 0.0

    def fits(self, host: str) -> bool:
        """Whether it is sent to a host (no port): its own domain or one below it."""
        domain = self.domain.lstrip(".").lower()
        return not domain or host == domain or host.endswith(f".{domain}")


def load(path: Path, host: str, now: float | None = None) -> list[Cookie]:
    """The cookies in a file that are meant for a host and not expired.

    Raises:
        ConfigError: the file cannot be read or understood, or holds no cookie for the host that is still good.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ConfigError(f"{path} holds no text: {_HELP}") from None
    meant = [cookie for cookie in parse(text, str(path)) if cookie.fits(urlsplit(f"//{host}").hostname or "")]
    if not meant:
        raise ConfigError(f"{path} holds no cookie for {host}: save them while the forum is open in the browser")
    good = [cookie for cookie in meant if not cookie.expires or cookie.expires > (now or time.time())]
    if not good:
        raise ConfigError(f"{path}: all cookies for {host} have expired; log in with the browser and save them again")
    return good


def parse(text: str, name: str) -> list[Cookie]:
    """The cookies of a text in any of the three forms; `name` is what messages call it.

    Raises:
        ConfigError: it is none of them.
    """
    text = text.strip()
    if text.startswith(("[", "{")):
        return _json(text, name)
    lines = [line for line in text.splitlines() if line.strip()]
    rows = [line for line in lines if not line.startswith("#") or line.startswith("#HttpOnly_")]
    if rows and all(line.count("\t") == _FIELDS - 1 for line in rows):
        return [_netscape(line, name) for line in rows]
    pasted = _HEADER.sub("", " ".join(rows)).strip().rstrip(";")
    pairs = [pair.strip() for pair in pasted.split(";")]
    if pasted and all(_PAIR.fullmatch(pair) for pair in pairs):
        return [Cookie(name=key, value=value) for key, _, value in (pair.partition("=") for pair in pairs)]
    if any("\t" not in line and len(line.split()) == _FIELDS for line in rows):
        raise ConfigError(
            f"{name}: the tabs between the fields have become spaces; save the file again, do not paste it"
        )
    raise ConfigError(f"{name} holds no cookies: {_HELP}")


def _netscape(line: str, name: str) -> Cookie:
    domain, _, path, secure, expires, key, value = line.removeprefix("#HttpOnly_").split("\t")
    try:
        until = float(expires or 0)
    except ValueError:
        raise ConfigError(f"{name}: {expires!r} is no time at which the cookie {key!r} expires: {_HELP}") from None
    return Cookie(name=key, value=value, domain=domain, path=path, secure=secure.upper() == "TRUE", expires=until)


def _json(text: str, name: str) -> list[Cookie]:
    """A list of objects as extensions and browsers' tools export them, or one object of names and values."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigError(f"{name} is broken JSON: {_HELP}") from None
    if isinstance(data, dict) and isinstance(data.get("cookies"), list):
        data = data["cookies"]  # as browser automation saves its state
    if isinstance(data, dict) and data and all(isinstance(value, str) for value in data.values()):
        return [Cookie(name=key, value=value) for key, value in data.items()]
    if isinstance(data, list) and data and all(isinstance(item, dict) and "name" in item for item in data):
        return [_from_object(item) for item in data]
    raise ConfigError(f"{name} is JSON, but no list of cookies: {_HELP}")


def _from_object(item: dict[str, Any]) -> Cookie:
    expires = item.get("expirationDate", item.get("expires"))
    return Cookie(
        name=str(item["name"]),
        value=str(item.get("value", "")),
        domain=str(item.get("domain") or ""),
        path=str(item.get("path") or "/"),
        secure=bool(item.get("secure")),
        expires=max(float(expires), 0.0) if isinstance(expires, int | float) else 0.0,
    )
