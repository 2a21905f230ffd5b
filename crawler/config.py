"""xemtiep.toml, environment and flags become one frozen Config; what is not known is refused by name."""

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import time, timedelta, tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.errors import ConfigError
from archive.frontier import host_of
from crawler import values
from crawler.values import Login, Ping

FILE = Path("xemtiep.toml")
PREFIX = "XEMTIEP_"  # of environment variables: XEMTIEP_ARCHIVE, XEMTIEP_DELAY, ...


# How each key is read; a record takes those of its own fields. "sites" is a table of its own.
READ: Mapping[str, Callable[[Any], Any]] = {
    "archive": values.path,
    "contact": values.line,
    "delay": values.number,
    "every": values.span,
    "refresh": values.days,
    "max_requests": values.whole,
    "max_time": values.span,
    "min_items": values.whole,
    "quiet": values.quiet,
    "proxy": values.url,
    "metrics": values.path,
    "ping": values.ping,
    "url": values.page_url,
    "boards": values.urls,
    "feeds": values.urls,
    "software": values.text,
    "language": values.language,
    "zone": values.zone,
    "cookies": values.path,
    "login": values.login,
    "headers": values.headers,
    "selectors": values.selectors,
}
_NUMBERS = values.number, values.whole, values.days


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What can be said for all sites at once, and for one. A site's own value goes before the common one.

    `delay` is in seconds between two requests to the host; 0 also ends throttling. `every` says how often it is due
    (None: always), `quiet` in which hours it is left alone, by this machine's clock. Threads active in the last
    `refresh` days are read again for edits and deletions.
    """

    delay: float = 1.0
    every: timedelta | None = None
    refresh: int = 0
    quiet: tuple[time, time] | None = None
    proxy: str | None = None


_LIMITS = tuple(item.name for item in fields(Limits))


@dataclass(frozen=True, kw_only=True, slots=True)
class Site(Limits):
    """A forum to crawl: everything below `url`, or only its `boards`.

    `zone` is that of dates without one, `language` and `software` go before what its pages seem to be, `selectors`
    before those of its software where its skin differs. `cookies` is a file with a member's cookies, `login` names the
    variables that hold user and password, `headers` go with every request, `feeds` are RSS, Atom or sitemap files that
    name its new threads. `max_requests` ends a crawl of it early.
    """

    url: str = ""
    boards: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    max_requests: int | None = None
    software: str | None = None
    language: str | None = None
    zone: tzinfo | None = None
    cookies: Path | None = None
    login: Login | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    selectors: Mapping[str, str] = field(default_factory=dict)

    @property
    def starts(self) -> tuple[str, ...]:
        """Where its crawl begins."""
        return self.boards or (self.url,)

    @property
    def host(self) -> str:
        """Host and port, the unit of politeness."""
        return host_of(self.url)


@dataclass(frozen=True, kw_only=True, slots=True)
class Config(Limits):
    """What a run needs to know.

    `contact` is an address or URL that the user agent names, so that a forum's owner can reach you. `max_requests` and
    `max_time` end a run early; fewer new posts than `min_items` are an error. `metrics` is a file for Prometheus,
    `ping` holds addresses to ask for.
    """

    archive: Path = field(default=Path("archive.db"))
    contact: str = ""
    max_requests: int | None = None
    max_time: timedelta | None = None
    min_items: int = 0
    metrics: Path | None = None
    ping: Ping = field(default=Ping())
    sites: tuple[Site, ...] = ()
    file: Path | None = None  # where the sites came from

    @property
    def user_agent(self) -> str:
        """The name that requests carry."""
        from importlib.metadata import version  # half of the start-up time of `xemtiep --help`

        about = self.contact or "no contact configured"
        return f"xemtiep/{version('xemtiep')} (forum archiver; {about})"

    def site_of(self, url: str) -> Site:
        """The configured site that a URL belongs to (its part of the host before the host's others).

        On a host that is not configured, a site of that address with the common limits.
        """
        return self._configured(url) or Site(url=url, **{name: getattr(self, name) for name in _LIMITS})

    def name_of(self, url: str) -> str:
        """What the runs of a URL's site are recorded under: the site's URL; nothing where none is configured."""
        site = self._configured(url)
        return site.url if site else ""

    def _configured(self, url: str) -> Site | None:
        for site in self.sites:
            if url in site.feeds:  # it may lie anywhere on the host that several sites share
                return site
        host = host_of(url)
        same = [site for site in self.sites if site.host == host]
        same = same or [site for site in self.sites if plain(site.host) == plain(host)]
        inside = [site for site in same if _place(url).startswith(_place(site.url))]
        return max(inside, key=lambda site: len(site.url)) if inside else same[0] if same else None


def plain(host: str) -> str:
    """A host without its www: one forum answers under both names."""
    return host.removeprefix("www.")


def on_one_host(one: str, other: str) -> bool:
    """Whether two addresses lie on the same host, with or without www."""
    return plain(host_of(one)) == plain(host_of(other))


def is_same(one: str, other: str) -> bool:
    """Whether two addresses mean one site: no page belongs more to one than to the other."""
    return (host_of(one), _place(one)) == (host_of(other), _place(other))


def _place(url: str) -> str:
    return urlsplit(url).path.rstrip("/") + "/"


def load(file: Path | None = None, **given: Any) -> Config:
    """Read the configuration: flags (`given`, None where absent), then the environment, the file, the defaults.

    Without `file`, XEMTIEP_CONFIG or else xemtiep.toml of the current folder counts, if it is there. Paths in the file
    are relative to it.

    Raises:
        ConfigError: the file is missing or no TOML, a key is unknown, or a value cannot be used.
    """
    named = file or _variable("config", values.path)
    path = named or FILE
    return understood(_read(path) if named or path.exists() else "", path, **given)


def understood(text: str, path: Path, **given: Any) -> Config:
    """Take a text as what stands in the file `path`, and the rest as `load` does.

    Raises:
        ConfigError: it is no TOML, a key is unknown, or a value cannot be used.
    """
    table = _table(text, path)
    tables = table.pop("sites", [])
    if not isinstance(tables, list) or not all(isinstance(site, dict) for site in tables):
        raise ConfigError(f"{path}: sites must be written as [[sites]], one section a site")
    common = _values(Config, table, path)
    above = _environment() | {name: value for name, value in given.items() if value is not None}
    limits = set(_LIMITS)
    strong = {name: value for name, value in above.items() if name in limits}
    weak = {name: value for name, value in common.items() if name in limits}
    sites = tuple(
        Site(**(weak | _values(Site, site, path, f"site {n}: ") | strong)) for n, site in enumerate(tables, 1)
    )
    for number, site in enumerate(sites, 1):
        _check(site, sites[: number - 1], f"{path}: site {number}")
    config = Config(**(common | above), sites=sites, file=path if table or tables else None)
    for number, site in enumerate(sites, 1):
        if site.url not in (names := [config.name_of(start) for start in site.starts]):
            raise ConfigError(f"{path}: site {number}: its boards are those of {names[0]}: name them there")
    return config


def _check(site: Site, before: Sequence[Site], where: str) -> None:
    if not site.url:
        raise ConfigError(f"{where} has no url")
    for other in before:
        if is_same(site.url, other.url):
            as_other = "" if other.url == site.url else f", also as {other.url}"
            raise ConfigError(f"{where}: {site.url} is there twice{as_other}")
    for board in site.boards:
        if not on_one_host(board, site.url):  # nothing that is said of this site would hold there
            raise ConfigError(f"{where}: the board {board} is not on {site.host}: give it a [[sites]] of its own")
    for feed in site.feeds:
        if not on_one_host(feed, site.url):
            raise ConfigError(
                f"{where}: the feed {feed} is not on {site.host}, so it names no thread of it: take it out"
            )
    if site.login and site.cookies:
        raise ConfigError(f"{where}: give cookies or login, not both")


def _variable(name: str, read: Callable[[Any], Any]) -> Any:
    value = os.environ.get(PREFIX + name.upper())
    if not value:
        return None
    try:
        return read(values.typed(value) if read in _NUMBERS else value)
    except ValueError as error:
        raise ConfigError(f"{values.shown(PREFIX + name.upper(), value)}: {error}") from None


def _environment() -> dict[str, Any]:
    """Every key of one value that an environment variable sets."""
    names = (item.name for item in fields(Config) if item.name in READ and item.name != "ping")
    found = {name: _variable(name, READ[name]) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error


def _table(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))  # some editors begin with a BOM
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error


def _values(record: type[Limits], table: Mapping[str, Any], file: Path, where: str = "") -> dict[str, Any]:
    """The table's values as the record's fields take them, paths relative to the file."""
    readers = {item.name: READ[item.name] for item in fields(record) if item.name in READ}
    known = [item.name for item in fields(record) if item.name in readers or item.name == "sites"]
    found = {}
    for name, value in table.items():
        if name not in readers:
            raise ConfigError(f"{file}: {where}unknown key {name!r}; {values.meant(name, known)}")
        try:
            read = readers[name](value)
        except ValueError as error:
            raise ConfigError(f"{file}: {where}{values.shown(name, value)}: {error}") from None
        found[name] = file.parent / read if isinstance(read, Path) else read
    return found
