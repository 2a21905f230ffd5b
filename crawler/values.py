"""What the values of xemtiep.toml mean: each reader takes one as TOML gives it, and says in words what it must be."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECRET = frozenset({"login", "headers", "proxy"})  # keys whose values no message repeats
LONGEST = 36_500  # days that can be asked for, back or ahead: no forum is as old, and dates end not much further on
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"(?:\d+(?:\.\d+)?\s*[smhdw]\s*)+")
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
_HOURS = re.compile(r"(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """The names of the environment variables that hold user and password: the words themselves stay out of the file."""

    user: str
    password: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ping:
    """Addresses that are asked for when a crawl starts, and when it ends well or badly."""

    start: str | None = None
    success: str | None = None
    failure: str | None = None


def text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise ValueError("it must be a text")  # noqa: TRY004 # every reader says what is wrong with a ValueError
    return value


def line(value: Any) -> str:
    """A text of one line, as an HTTP header takes it."""
    if not text(value).isprintable():
        raise ValueError("it must be one line")
    return text(value)


def path(value: Any) -> Path:
    """A file."""
    if not text(value):
        raise ValueError("it must be the name of a file")
    try:
        return Path(text(value)).expanduser()
    except RuntimeError as error:  # "~nobody/news.db"
        raise ValueError("it begins with the home folder of a user who has none") from error


def number(value: Any) -> float:
    """A number from 0 on."""
    try:
        found = float(value) if type(value) in {int, float} else -1.0
    except OverflowError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise ValueError("it must be a number, 0 or more")
    return found


def typed(text: str) -> int | float | str:
    """A number that was given as text, by a flag or the environment; what is none stays as it is."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def whole(value: Any) -> int:
    """A whole number from 0 on."""
    if type(value) is not int or not 0 <= value < 10**18:
        raise ValueError("it must be a whole number, 0 or more")
    return value


def days(value: Any) -> int:
    """A whole number of days, a century at most."""
    found = whole(value)
    if found > LONGEST:
        raise ValueError(f"it must be at most {LONGEST} days")
    return found


def span(value: Any) -> timedelta:
    """A time span: "6h", "90m", "1d 12h"."""
    if not isinstance(value, str) or not _SPAN.fullmatch(value.strip()):
        raise ValueError('it must be a time such as "6h", "30m" or "1d"')
    found = timedelta()
    try:
        for count, unit in _PART.findall(value):
            found += timedelta(**{_UNITS[unit]: float(count)})
    except OverflowError:
        found = timedelta.max
    if found > timedelta(days=LONGEST):
        raise ValueError("it must be a shorter time")
    return found


def zone(value: Any) -> tzinfo:
    """A time zone by its name in the tz database."""
    try:
        return ZoneInfo(text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder, "Asia"
        raise ValueError('it must be the name of a time zone such as "Asia/Ho_Chi_Minh"') from None


def quiet(value: Any) -> tuple[time, time]:
    """Hours of the day: "08:00-18:30"; they may go over midnight."""
    found = _HOURS.fullmatch(text(value).strip())
    try:
        start_hour, start_minute, end_hour, end_minute = map(int, found.groups() if found else ())
        start, end = time(start_hour, start_minute), time(end_hour % 24, end_minute)
    except ValueError:
        raise ValueError('it must be hours of the day such as "08:00-18:30"') from None
    if start == end:
        raise ValueError('its two times must differ, as in "08:00-18:30": are none meant, or the whole day?')
    return start, end


def language(value: Any) -> str:
    """A language in which dates can be read, by its code: "vi", "pt-BR"."""
    from crawler.reading.datewords import known_languages  # a table, which most configurations do without

    base = text(value).replace("_", "-").partition("-")[0].lower()
    if base not in known_languages():
        from dateparser.data.languages_info import language_order  # takes a second; seldom needed

        if base not in language_order:
            raise ValueError('it must be the code of a language whose dates can be read, such as "vi", "en" or "pt-BR"')
    return text(value)


def url(value: Any) -> str:
    """A web address, with or without its scheme (https then)."""
    full = text(value) if "://" in text(value) else f"https://{text(value)}"
    try:
        parts = urlsplit(full)
        host = parts.hostname or ""
        known = full == value or "." in host or ":" in parts.netloc or host == "localhost"  # a bare word is none
        fine = parts.scheme in {"http", "https"} and bool(host) and known and " " not in full and parts.port != 0
    except ValueError:  # "http://[", or a port that is no number
        fine = False
    if not fine:
        raise ValueError("it must be a web address such as https://forum.example/threads/1/")
    return full


def page_url(value: Any) -> str:
    """A web address to crawl: it is kept and shown, so no password may stand in it."""
    full = url(value)
    if "@" in urlsplit(full).netloc:
        raise ValueError(
            "no user and password may stand in it: a site's `login` or `cookies` lets a member in, "
            "`headers = { Authorization = ... }` answers a server that asks for a password"
        )
    return full


def urls(value: Any) -> tuple[str, ...]:
    """A list of web addresses."""
    if not isinstance(value, list):
        raise ValueError("it must be a list of web addresses")  # noqa: TRY004 # every reader says what is wrong with a ValueError
    return tuple(map(page_url, value))


def shown(name: str, value: Any) -> str:
    """What a message says of a value that cannot be used: nothing that may hold a password."""
    if name in SECRET or "@" in str(value):
        return f"{name} cannot be used"
    return f"{name} is {value!r}"


def headers(value: Any) -> dict[str, str]:
    """A table of texts: HTTP headers."""
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError('it must be a table of texts such as { Accept-Language = "vi" }')
    for number, (name, item) in enumerate(value.items(), 1):
        if re.search(r"[\r\n]", name + item):
            raise ValueError("a header must be one line")
        if not _HEADER.fullmatch(name):  # which is not repeated: a password may have slipped in
            raise ValueError(
                f"the name of header {number} may have ASCII letters, digits and signs such as -, no space"
            )
    return value


def selectors(value: Any) -> dict[str, str]:
    """A table of selectors, by the names that a forum software has them under."""
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError('it must be a table of selectors such as { posts = "article.message" }')
    from crawler.forums.skins import SELECTORS
    from crawler.reading import select  # lxml and all families; most configurations do without

    for name, selector in value.items():
        if name not in SELECTORS:
            raise ValueError(f"unknown name {name!r}; {meant(name, SELECTORS)}")
        try:
            select.check(selector)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return value


def meant(name: str, known: Iterable[str]) -> str:
    """The nearest of the known names, or all of them."""
    close = get_close_matches(name, known := list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"


def login(value: Any) -> Login:
    """The names of two environment variables."""
    if not isinstance(value, dict) or set(value) != {"user", "password"} or not all(map(_is_name, value.values())):
        raise ValueError(
            'it must name two environment variables, { user = "FORUM_USER", password = "FORUM_PASSWORD" }; '
            "never write a password here"
        )
    return Login(**value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value) is not None


def ping(value: Any) -> Ping:
    """Web addresses for the start and the two ends of a crawl."""
    if not isinstance(value, dict) or not set(value) <= {"start", "success", "failure"}:
        raise ValueError('it must be a table of start, success and failure, such as { success = "https://..." }')
    return Ping(**{name: url(item) for name, item in value.items()})
