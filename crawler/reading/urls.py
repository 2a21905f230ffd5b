"""One page has one URL: what every forum's links carry that does not belong to the page is taken off here."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from archive.frontier import PORTS

# Session ids and tracking arguments: they name the visitor or the way here, never the page.
_NOISE = re.compile(
    r"(?:sid|s|phpsessid|jsessionid|osCsid|session_?id|zenid|utm_\w+|fbclid|gclid|msclkid|mc_cid|mc_eid|ref_src|highlight|hilit|_ga)",
    re.IGNORECASE,
)
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?#]*", re.IGNORECASE)
_PLAIN = re.compile("[!-$&-~]*")  # ASCII without spaces, control characters and "%"
_ESCAPE = re.compile("%[0-9a-fA-F]{2}")


@lru_cache(maxsize=4096)  # breadcrumbs and menus repeat on every page
def clean(url: str, *, keep: tuple[str, ...] | None = None) -> str:
    """`url` without fragment, session and tracking arguments; scheme and host in lower case, no default port.

    Spaces and letters beyond ASCII are percent-encoded, since one slug is linked both ways.
    With `keep`, only those query arguments stay, in that order: they are the ones that make a page of the software.
    """
    try:
        parts = urlsplit(url.partition("#")[0].strip())
    except ValueError:  # "http://[broken": kept as it is, the crawler reports that it cannot be fetched
        return url
    host = parts.netloc.lower().removesuffix(PORTS.get(parts.scheme.lower(), ""))
    path = _PATH_SESSION.sub("", parts.path) or ("/" if host else "")
    return urlunsplit((parts.scheme.lower(), host, _encoded(path), _encoded(_query(parts.query, keep)), ""))


def _encoded(part: str) -> str:
    if _PLAIN.fullmatch(part):
        return part
    upper = _ESCAPE.sub(lambda found: found[0].upper(), part)
    return quote(upper, safe="%/:=&?~+!$,;'@()*[]|", errors="replace")


def _query(query: str, keep: tuple[str, ...] | None) -> str:
    if not query:
        return ""
    if keep is None:
        # Not re-encoded: "?threads/a.1/" and "?topic=1.0" are paths in all but name, and order can carry meaning.
        return "&".join(part for part in re.split("[&;]", query) if not _NOISE.fullmatch(part.partition("=")[0]))
    values = dict(reversed(parse_qsl(query.replace(";", "&"), keep_blank_values=True)))
    return urlencode([(name, values[name]) for name in keep if name in values], safe=",./")


def site(url: str, own: re.Pattern[str]) -> str:
    """Host and path prefix of the forum: what comes before `own`, the part of the path that its software makes."""
    bare = re.sub(r"^[a-z]+://", "", clean(url))
    found = own.search(bare)
    return (bare[: found.start()] if found else bare.partition("?")[0].rpartition("/")[0] or bare).rstrip("/")


def is_web(url: str) -> bool:
    """Whether an address is one that can be asked for over http or https."""
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
