"""Addresses: what a link really leads to (redirectors undone, offline), and its host.

Only http and https count: a base64 parameter may as well hold javascript.
"""

import base64
import binascii
import re
from itertools import chain
from urllib.parse import unquote, urljoin, urlsplit

_WHOLE = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
# Path of a redirector -> the parameters that hold the target. Paths, because the hosts are the forums' own.
_REDIRECTORS = tuple(
    (re.compile(path), names)
    for path, names in (
        (r"(?:^|/)goto/link-confirmation/?$", ("url",)),  # XenForo add-on: base64, on some boards plain
        (r"^(?:/[^/]+)?/redirect/?$", ("to",)),  # XenForo link proxy (base64), Invision plugin (plain)
        (r"^/yonlendirme/?$", ("to",)),  # XenGenTr
        (r"^(?:/[^/]+)?/redirect-to/?$", ("redirect",)),  # vBSEO, DragonByte SEO
        (r"^(?:/[^/]+){0,2}/home/leaving/?$", ("target", "Target")),  # Vanilla
        (r"/outgoing/?$", ("url",)),  # NodeBB
        (r"/proxy\.php$", ("link", "image")),  # XenForo's own link and image proxy
        (r"/clicks/track$", ("url",)),  # Discourse
        (r"^/linkfilter/?$", ("u", "url")),  # Steam
    )
)
# Carriers outside the forums, met in feeds and in pasted links: host, path, parameters.
_CARRIERS = tuple(
    (re.compile(host), re.compile(path), names)
    for host, path, names in (
        (r"(?:www\.)?google\.[a-z.]{2,6}$", r"^/url$", ("q", "url")),
        (r"(?:[lm]|lm|www)\.facebook\.com$", r"^/(?:l|flx/warn/?)(?:\.php)?$", ("u",)),
        (r"l\.(?:instagram\.com|threads\.(?:net|com))$", r"^/", ("u",)),
        (r"(?:www\.)?youtube\.com$", r"^/redirect$", ("q",)),
        (r"(?:www\.|m\.)?vk\.com$", r"^/away(?:\.php)?$", ("to",)),
        (r"link\.zhihu\.com$|link\.juejin\.cn$", r"^/?$", ("target",)),
        (r"slack-redir\.net$", r"^/link$", ("url",)),
        (r"disq\.us$", r"^/(?:url|p/.*)?$", ("url",)),
    )
)
_AMP = re.compile(
    r"https?://(?:[\w-]+\.cdn\.ampproject\.org/[a-z]|(?:www\.)?google\.[a-z.]+/amp)/(?:s/)?(?P<rest>[\w.-]+\.\w+/.*)"
)
_DISQUS_TAIL = re.compile(r":[\w-]{20,}$")  # a checksum behind the target
_UNQUOTES = 3  # plain targets come percent-encoded up to twice


def unwrap(href: str, base: str = "") -> str | None:
    """The real http(s) URL behind a link, absolute against `base`; None when it is no such URL."""
    try:
        url = urljoin(base, href.strip().replace("&amp;", "&"))
        parts = urlsplit(url)
    except ValueError:  # "http://[1" is no address
        return None
    if parts.query:
        names = _names(parts.hostname or "", parts.path)
        target = _target(parts.query, names) if names else None
        if target:
            return _DISQUS_TAIL.sub("", target) if parts.hostname == "disq.us" else target
    amp = _AMP.fullmatch(url) if "amp" in url else None
    return f"https://{amp['rest']}" if amp else _web(url)


def _names(host: str, path: str) -> tuple[str, ...]:
    """The parameters that may hold the target of a redirector."""
    carriers = (names for at, on, names in _CARRIERS if at.match(host) and on.search(path))
    forums = (names for pattern, names in _REDIRECTORS if pattern.search(path))
    return next(chain(carriers, forums), ())


def _web(url: str) -> str | None:
    return url if _WHOLE.fullmatch(url) and host_of(url) else None


def _target(query: str, names: tuple[str, ...]) -> str | None:
    for part in query.split("&"):  # parse_qs would turn a literal "+" of the target into a space
        name, _, value = part.partition("=")
        if name in names and value:
            found = _base64(value) or _plain(value)
            if found:
                return found
    return None


def _base64(value: str) -> str | None:
    text = unquote(value).replace("-", "+").replace("_", "/").replace(" ", "+").rstrip("=")
    try:
        return _web(base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8"))
    except (binascii.Error, ValueError):  # not base64, or not text inside
        return None


def _plain(value: str) -> str | None:
    for _ in range(_UNQUOTES):
        if value.lower().startswith(("http://", "https://")):
            return _web(value)
        value = unquote(value)
    return _web(value)


def host_of(url: str | None) -> str | None:
    """The host of a URL without "www.", or None."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:  # "http://[1" is no address
        return None
    return host.removeprefix("www.") if host else None
