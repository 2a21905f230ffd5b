"""The moment that a forum prints as a date, or None: an unknown date is better than a wrong one.

`iso` reads what is written for machines, `parse` what is written for people, in the languages of dates.toml; other
languages are left to dateparser, strictly. All results are aware and in UTC. What says only a day is that day's
start. What names no moment is None: "March 2025", "2 months ago", a weekday that is today's, a relative date without
the time of the capture, 05/06/2024 where neither language nor forum says which number is the month.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from crawler.reading.datereading import Order, Reading, read
from crawler.reading.datewords import fold, known_languages

__all__ = ["Order", "iso", "order_of", "parse"]

_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # forums are younger: an earlier date is a birthday, or a clock at zero
_AHEAD = timedelta(days=2)  # zones and wrong clocks; what is later is no date of a post
_LONGEST = 120  # characters of a text that is a date with its label, not a sentence
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?", re.IGNORECASE
)
_NUMERIC = re.compile(r"(?<![\d/.:-])(\d{1,2})([-/.])(\d{1,2})\2(?:\d{4}|\d\d)(?![\d/.-])")


def iso(text: str | None, *, zone: tzinfo = UTC) -> datetime | None:
    """The UTC moment of an attribute: ISO 8601, epoch seconds or milliseconds, or an RFC 5322 date.

    `zone` is the one of a text that names none.
    """
    text = (text or "").strip()
    if text.isdecimal():
        return _epoch(text)
    moment = _from_iso(text) or _from_mail(text)
    return _checked(moment if moment.tzinfo else moment.replace(tzinfo=zone)) if moment else None


def parse(
    text: str | None,
    *,
    language: str | None = None,
    zone: tzinfo = UTC,
    now: datetime | None = None,
    order: Order | None = None,
) -> datetime | None:
    """The UTC moment that `text` names to a reader of the page, in whose `zone` it is meant.

    `language` is the page's ("vi", "en-GB"); `now` the time of the capture; `order` that of the numbers in
    05/06/2024, where the forum's software or its other dates (`order_of`) are known to say it.
    """
    text = " ".join((text or "").split())
    if not text or len(text) > _LONGEST:
        return None
    if text[10:11] == "T" and (moment := iso(text, zone=zone)):
        return moment
    language = (language or "").replace("_", "-").lower() or None
    reading = read(text, language, order)
    if reading is None:
        return _by_dateparser(text, language, zone, now)
    return _resolve(reading, zone, now)


def order_of(texts: Iterable[str]) -> Order | None:
    """The order of day and month in the dates of one page, by a number above 12; None where nothing decides."""
    found: set[Order] = set()
    for text in texts:
        for numbers in _NUMERIC.finditer(fold(text)):
            first, second = int(numbers[1]), int(numbers[3])
            if first > 12 >= second:  # noqa: PLR2004 # months of a year
                found.add("dmy")
            elif second > 12 >= first:  # noqa: PLR2004 # months of a year
                found.add("mdy")
    return found.pop() if len(found) == 1 else None


def _epoch(text: str) -> datetime | None:
    seconds = int(text[:-3] if len(text) >= 12 else text) if 9 <= len(text) <= 13 else 0  # noqa: PLR2004 # milliseconds
    return _checked(datetime.fromtimestamp(seconds, UTC)) if seconds else None


def _from_iso(text: str) -> datetime | None:
    """ISO 8601 as the standard library reads it, and with the blanks, short hours and fractions that boards write."""
    try:  # nearly always enough, and five times as fast as the pattern
        return datetime.fromisoformat(text)
    except ValueError:
        found = _ISO.fullmatch(text)
    if not found:
        return None
    *numbers, offset = found.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=_offset(offset))
    except ValueError:
        return None


def _from_mail(text: str) -> datetime | None:
    """A date of RFC 5322: Tue, 22 Oct 2019 10:20:00 GMT."""
    if not (text[:3].isalpha() and text[3:4] == ","):
        return None
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    return timezone(int(text[0] + "1") * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _checked(moment: datetime, now: datetime | None = None) -> datetime | None:
    """In UTC, where a post can have that date."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment.replace(microsecond=0) if _OLDEST <= moment <= (now or datetime.now(UTC)) + _AHEAD else None


def _resolve(reading: Reading, zone: tzinfo, now: datetime | None) -> datetime | None:
    """The moment of a reading; None where it needs `now` and there is none."""
    if reading.offset is not None:
        zone = timezone(reading.offset)
    if reading.day and reading.day[0]:
        return _checked(datetime.combine(date(*reading.day), reading.clock or time(), zone), now)
    if now is None:
        return None
    if reading.ago is not None:
        return _checked(now - reading.ago, now)
    today = now.astimezone(zone).date()
    if reading.day:
        day = _latest(reading.day[1], reading.day[2], today)
    elif reading.weekday is not None:  # printed for the last days only; today is printed as "today"
        back = (today.weekday() - reading.weekday) % 7
        day = today - timedelta(days=back) if back else None
    else:
        day = today - timedelta(days=reading.back or 0)
    return _checked(datetime.combine(day, reading.clock or time(), zone), now) if day else None


def _latest(month: int, day: int, today: date) -> date | None:
    """The last such day up to tomorrow (by the forum's zone): "Aug 13" is printed without its year for a year."""
    for year in (today.year + 1, today.year, today.year - 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today + timedelta(days=1):
            return found
    return None


def _by_dateparser(text: str, language: str | None, zone: tzinfo, now: datetime | None) -> datetime | None:
    """A full date in a language that our table does not have."""
    base = language.partition("-")[0] if language else None
    if base is None or base in known_languages() or not any(char.isdecimal() for char in text):
        return None
    import dateparser  # slow to import, seldom needed

    settings = {"STRICT_PARSING": True, "DATE_ORDER": "DMY", "PARSERS": ["absolute-time"]}
    try:
        moment = dateparser.parse(text, languages=[base], settings=settings)
    except (ValueError, OverflowError):  # ValueError: a language that it does not know either
        return None
    return _checked(moment if moment.tzinfo else moment.replace(tzinfo=zone), now) if moment else None
