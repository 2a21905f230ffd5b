"""One page has one URL: what every forum's links carry that does not belong to the page is taken off here."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

# Session ids and tracking arguments: they name the visitor or the way here, never the page.
_NOISE = re.compile(
    r"(?:sid|s|phpsessid|jsessionid|osCsid|session_?id|zenid|utm_\w+|fbclid|gclid|msclkid|mc_cid|mc_eid|ref_src|highlight|hilit|_ga)",
    re.IGNORECASE,
)
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?#]*", re.IGNORECASE)
_PORTS = {"http": ":80", "https": ":443"}


def clean(url: str, *, keep: Sequence[str] | None = None) -> str:
    """`url` without fragment, session and tracking arguments; scheme and host in lower case, no default port.

    With `keep`, only those query arguments stay, in that order: they are the ones that make a page of the software.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # "http://[broken": kept as it is, the crawler reports that it cannot be fetched
        return url
    host = parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme.lower(), ""))
    path = _PATH_SESSION.sub("", parts.path) or ("/" if host else "")
    return urlunsplit((parts.scheme.lower(), host, path, _query(parts.query, keep), ""))


def _query(query: str, keep: Sequence[str] | None) -> str:
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
