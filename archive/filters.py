"""Which articles and posts are asked for: one record for search, export and Python, and the SQL that it means."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.text import stored, utc

_PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """Everything given must hold, each by one of its values; what is empty or None asks for nothing.

    `hosts` are hosts of the source, with all below them: `news.example` is `www.news.example` too. `languages` have
    their regions: `zh` is `zh-TW` too. `since` (included) and `until` (not) are moments as they are stored, in UTC,
    and mean the time of posting; what was posted at an unknown time is in no range.
    """

    sites: Sequence[str] = ()
    boards: Sequence[str] = ()
    authors: Sequence[str] = ()
    hosts: Sequence[str] = ()
    since: str | None = None
    until: str | None = None
    languages: Sequence[str] = ()
    stories: Sequence[int] = ()


# Where the filtered values stand: in a row of `articles`, or in posts joined with what they belong to (an article's
# post has its own row in `articles`; of any other post language and story are not known)
ARTICLES: Mapping[str, str] = {
    "sites": "articles.site",
    "boards": "articles.board",
    "authors": "articles.author",
    "hosts": "articles.source_host",
    "posted": "articles.posted_at",
    "languages": "articles.language",
    "stories": "articles.story",
}
POSTS: Mapping[str, str] = {
    "sites": "sites.site",
    "boards": "boards.title",
    "authors": "authors.name",
    "hosts": "NULL",
    "posted": "posts.posted_at",
    "languages": "NULL",
    "stories": "NULL",
}


def where(filters: Filters, columns: Mapping[str, str] = ARTICLES) -> tuple[str, list[object]]:
    """A condition for SQL and its values, `1` where nothing is filtered; `columns` says where each value stands."""
    tests: list[tuple[str, list[object]]] = [
        _any(columns[name], getattr(filters, name), test) for name, test in _TESTS.items() if getattr(filters, name)
    ]
    tests += [
        (f"{columns['posted']} {sign} ?", [moment])
        for sign, moment in ((">=", filters.since), ("<", filters.until))
        if moment is not None
    ]
    condition = " AND ".join(test for test, _ in tests) or "1"
    return condition, [value for _, values in tests for value in values]


_Test = Callable[[str, object], tuple[str, list[object]]]


def _any(column: str, values: Sequence[str | int], test: _Test) -> tuple[str, list[object]]:
    tests = [test(column, stored(value) if isinstance(value, str) else bound(value)) for value in values]
    return f"({' OR '.join(sql for sql, _ in tests)})", [value for _, found in tests for value in found]


def bound(number: int) -> int:
    """A number as SQLite can hold it: of larger ones there is none in any table."""
    return max(-(2**63), min(number, 2**63 - 1))


def _is(column: str, value: object) -> tuple[str, list[object]]:
    return f"{column} = ?", [value]


def _is_below(column: str, host: object) -> tuple[str, list[object]]:
    """A host, also as part of a URL, or any below it; compared by its end, not by LIKE, for which `_` is any letter."""
    name = str(host).lower().rpartition("//")[2].partition("/")[0].strip(".")
    return f"({column} = ? OR substr({column}, -?) = ?)", [name, len(name) + 1, f".{name}"]


def _is_part(column: str, language: object) -> tuple[str, list[object]]:
    """A language or any of its regions."""
    name = str(language).lower()
    start = f"{name}-"
    return f"(lower({column}) = ? OR substr(lower({column}), 1, ?) = ?)", [name, len(start), start]


_TESTS: Mapping[str, _Test] = {
    "sites": _is,
    "boards": _is,
    "authors": _is,
    "hosts": _is_below,
    "languages": _is_part,
    "stories": _is,
}


def period(text: str) -> tuple[str, str]:
    """The first moment of a year, month, day or time (UTC), and the first one after it: what `since` and `until` take.

    Raises:
        ValueError: it is none of them.
    """
    try:
        start, end = _days(text) or _second(text)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no date: write 2024, 2024-03, 2024-03-31 or 2024-03-31T18:30 (UTC)") from None
    return utc(start) or "", utc(end) or ""


def _days(text: str) -> tuple[datetime, datetime] | None:
    found = _PERIOD.fullmatch(text)
    if not found:
        return None
    year, month, day = int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)
    start = datetime(year, month, day, tzinfo=UTC)
    if found["day"]:
        return start, start + timedelta(days=1)
    if found["month"]:
        return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return start, datetime(year + 1, 1, 1, tzinfo=UTC)


def _second(text: str) -> tuple[datetime, datetime]:
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    return moment, moment + timedelta(seconds=1)
