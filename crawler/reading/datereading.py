"""A printed date -> what it says: the text becomes a row of signs, one a word or number, and patterns match the row."""

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Literal

from crawler.reading.calendars import century, valid
from crawler.reading.datewords import Words, fold, words

Order = Literal["dmy", "mdy", "ymd"]

_MONTH_FIRST = {"en", "en-us"}
_YEAR_FIRST = {"ja", "zh", "ko", "hu"}

_ZONE = re.compile(
    r"\(?\b(?:gmt|utc|[ecmp][sd]t)\s*([+-]\d{1,2})(?::?(\d\d))?(?!\d)|(?<=:\d\d)\s?([+-]\d\d):?(\d\d)(?!\d)|\b(?:gmt|utc)\b"
)
_CJK_DAY = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]?")
_CJK_TIME = re.compile(r"(\d{1,2})\s*[时時點点시]\s*(\d{1,2})\s*[分분](?:\s*(\d{1,2})\s*[秒초])?")
_HALF_HOUR = re.compile("半小[时時]")
# "14h20", "klo 10.20", "19.10 Uhr": times that are not written with a colon.
_OTHER_TIME = re.compile(r"\b(\d\d?)h(\d\d)\b|\b(?:klo|kl|pukul|jam)\.? (\d\d?)\.(\d\d)\b|\b(\d\d?)\.(\d\d)(?= uhr)")
_YEAR_LAST = re.compile(r"\b([a-z]{3} \d\d?) (\d\d?:\d\d:\d\d) (\d{4})\b")  # "Wed Jan 27 09:48:05 2016", as C prints it
# A name like "dan66" is one token, so that its number is no day; "thg8" is a month.
_TOKEN = re.compile(
    r"(?!th(?:an)?g\d)[a-z]+\d\w*|['’]?\d+|(?:[^\W\d_]|[\u0e31-\u0e4e])+(?:['’.-](?:[^\W\d_]|[\u0e31-\u0e4e])+)*|(?<=\d)[-/.:](?=\d)"
)

# What most pages print, "Tue Aug 13, 2024 10:20 am" or "13-08-2024, 10:20": read at once, at a fifth of the cost.
_CLOCK = r"(\d\d?):(\d\d)(?::(\d\d))?(?: ?(am|pm))?"
_PLAIN = re.compile(rf"(?:posted: )?(?:[a-z]{{3,9}},? )?([a-z]{{3,9}}) (\d\d?),? (\d{{4}}),?(?: at)? {_CLOCK}")
_PLAIN_NUMBERS = re.compile(rf"(\d\d?)([-/.])(\d\d?)(\2)(\d{{4}}),? {_CLOCK}")

# The signs: d, y, o a number of 1-2, 4, other digits; M month, W weekday, R today or yesterday, a and p halves of the
# day, t what was read as the time, x a word that says nothing; and - / . : between digits.
_TIME = re.compile(r"(?<![:/.-])(?:[ap]?d:d(?::d)?[ap]?|d[ap])(?![:/-])")
_DAY = re.compile(
    r"(?<![-/.:dyo])(?:(?P<ymd>y([-/.])d\2d)|(?P<num>d([-/.])d\4[yd])|(?P<mdy>Mdy)|(?P<dmy>dMy)|(?P<spelt>yMd)|(?P<md>Md)|(?P<dm>dM))"
    r"(?![-/.:dyo])"
)
_TWICE = re.compile(r"(?<!d)M(?=d?M)")
# In a relative date: n a number or "a", U a unit, G "ago".
_AGO = re.compile(r"((?:nU)+)G|G((?:nU)+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a text says, before zone and time of the capture: a `day` whose year is 0 where none is said, and so on."""

    day: tuple[int, int, int] | None = None
    clock: time | None = None
    offset: timedelta | None = None
    back: int | None = None
    weekday: int | None = None
    ago: timedelta | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text:
    """A text as its tokens, the row of their signs, and the words to look them up in."""

    tokens: list[str] = field(default_factory=list)
    signs: str = ""
    known: Words
    language: str | None
    order: Order | None  # what the caller knows
    usual: Order | None  # in the language


@lru_cache(maxsize=4096)
def read(text: str, language: str | None, order: Order | None) -> Reading | None:
    """What `text` says on a page in `language` (lower case); None where it says no date, or says it unclearly."""
    base = language.partition("-")[0] if language else None
    known = words(base)
    usual = _usual(language, base)
    folded = fold(text)
    plain = _PLAIN.fullmatch(folded) or _PLAIN_NUMBERS.fullmatch(folded)
    if plain and (found := _plain(plain, _Text(known=known, language=base, order=order, usual=usual))):
        return found
    folded, offset = _without_zone(folded)
    if not folded.isascii():
        folded = _CJK_TIME.sub(r" \1:\2:\3 ", _CJK_DAY.sub(r" \1-\2-\3 ", folded)).replace(": ", " ")
        folded = known.unspaced.sub(r" \g<0> ", _HALF_HOUR.sub("30 分钟", folded))
    folded = _OTHER_TIME.sub(lambda found: ":".join(filter(None, found.groups())), folded)
    folded = _YEAR_LAST.sub(r"\1 \3 \2", folded)
    tokens = _phrases(_TOKEN.findall(folded), known)
    if spoken := _ago(tokens, known):
        return _relative(*spoken, known)
    kept, signs = _signs(tokens, known)
    said = _Text(tokens=kept, signs=signs, known=known, language=base, order=order, usual=usual)
    return _absolute(said, offset)


def _plain(found: re.Match[str], said: _Text) -> Reading | None:
    *said_day, hour, minute, second, half = found.groups()
    if len(said_day) == 5:  # noqa: PLR2004 # three numbers and what parts them
        day = _numeric(said, said_day, timed=True)
    else:
        month = said.known.month.get(said_day[0])
        day = valid(int(said_day[2]), month, int(said_day[1]), said.language) if month else None
    clock = _time(int(hour), int(minute), int(second or 0), {"am": 0, "pm": 12}.get(half))
    return Reading(day=day, clock=clock) if day and clock else None


def _without_zone(folded: str) -> tuple[str, timedelta | None]:
    if not any(sign in folded for sign in ("gmt", "utc", "+", "-0", "-1")):  # cheaper than the search
        return folded, None
    found = _ZONE.search(folded)
    if not found:
        return folded, None
    hours, minutes = found[1] or found[3] or "+0", int(found[2] or found[4] or 0)
    offset = timedelta(hours=int(hours), minutes=-minutes if hours[0] == "-" else minutes)
    return f"{folded[: found.start()]} {folded[found.end() :]}", offset if abs(offset) < timedelta(days=1) else None


def _usual(language: str | None, base: str | None) -> Order | None:
    if language in _MONTH_FIRST:
        return "mdy"
    if base in _YEAR_FIRST:
        return "ymd"
    return "dmy" if base else None


def _phrases(tokens: list[str], known: Words) -> list[str]:
    """Tokens with the phrases of the table ("hom qua", "il y a") as one; "tháng 8" becomes "#8"."""
    joined: list[str] = []
    at = 0
    while at < len(tokens):
        token, size = tokens[at], 1
        if token in known.starts:
            size = next((size for size in (5, 4, 3, 2) if " ".join(tokens[at : at + size]) in known.phrases), 1)
            token = " ".join(tokens[at : at + size])
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in {"thang", "thg"} and following.isdecimal() and 1 <= int(following) <= 12:  # noqa: PLR2004 # months
            token, size = f"#{int(following)}", 2
        joined.append(token)
        at += size
    return joined


def _signs(tokens: list[str], known: Words) -> tuple[list[str], str]:
    kept, signs = [], []
    for token in tokens:
        sign = _sign(token, known)
        if sign:
            kept.append(token)
            signs.append(sign)
    # "Mar Fév 22", "Mar 22 Fév": of two months the first is the weekday that is spelt like it.
    row = "".join(signs)
    twice = _TWICE.search(row)
    if twice and kept[twice.start()] in known.weekday:
        row = f"{row[: twice.start()]}W{row[twice.end() :]}"
    return kept, row


def _sign(token: str, known: Words) -> str:  # noqa: PLR0911 # one return a kind of token
    if token.isdecimal():
        return {1: "d", 2: "d", 4: "y"}.get(len(token), "o")
    if not token[0].isalpha():
        return {"#": "M", "'": "o", "’": "o"}.get(token[0], token)  # the year of "Feb '12" is no day
    if token in known.month or token in known.jalali:
        return "M"
    if token in known.weekday:
        return "W"
    if token in known.day:
        return "R"
    if token in known.half:
        return "p" if known.half[token] else "a"
    return "" if token in known.filler or token in known.unit else "x"


def _absolute(said: _Text, offset: timedelta | None) -> Reading | None:
    signs = said.signs
    times = [found.span() for found in _TIME.finditer(signs)]
    for start, end in times:
        signs = f"{signs[:start]}{'t' * (end - start)}{signs[end:]}"
    days = list(_DAY.finditer(signs))
    if len(days) > 1 or len(times) > 1:
        return None
    clock = _clock(said, *times[0]) if times else None
    if times and clock is None:
        return None
    if days:
        day = _day(said, days[0], timed=bool(times))
        return Reading(day=day, clock=clock, offset=offset) if day else None
    if signs.count("R") == 1:
        return Reading(back=said.known.day[said.tokens[signs.index("R")]], clock=clock, offset=offset)
    if signs.count("W") == 1 and clock:
        return Reading(weekday=said.known.weekday[said.tokens[signs.index("W")]], clock=clock, offset=offset)
    return None


def _clock(said: _Text, start: int, end: int) -> time | None:
    tokens = said.tokens[start:end]
    hour, minute, second = [*(int(token) for token in tokens if token.isdecimal()), 0, 0][:3]
    half = next((said.known.half[token] for token in tokens if token in said.known.half), None)
    return _time(hour, minute, second, half)


def _time(hour: int, minute: int, second: int, half: int | None) -> time | None:
    if half is not None and hour <= 12:  # noqa: PLR2004 # "23:22:11 PM" is printed too
        hour = hour % 12 + half
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None  # noqa: PLR2004 # a clock


def _day(said: _Text, found: re.Match[str], *, timed: bool) -> tuple[int, int, int] | None:
    tokens = said.tokens[found.start() : found.end()]
    form = found.lastgroup
    if form == "num":
        return _numeric(said, tokens, timed=timed)
    if form == "ymd":
        return valid(int(tokens[0]), int(tokens[2]), int(tokens[4]), said.language)
    name = tokens["yMdM".index("M") if form == "spelt" else found[0].index("M")]
    numbers = [int(token) for token in tokens if token.isdecimal()]
    year = 0 if len(numbers) == 1 else max(numbers)
    if not year and ("y" in said.signs or "o" in said.signs):
        return None  # "2013 elections: January 17"
    month = said.known.month.get(name) or said.known.jalali.get(name) or int(name[1:])
    return valid(year, month, min(numbers), said.language)


def _numeric(said: _Text, tokens: list[str], *, timed: bool) -> tuple[int, int, int] | None:
    """A date of three numbers whose year does not come first, or may come first: 24-08-13."""
    first, second, third = int(tokens[0]), int(tokens[2]), int(tokens[4])
    dotted, digits = tokens[1] == ".", len(tokens[4])
    if dotted and digits < 4 and not timed:  # noqa: PLR2004 # a version number as well
        return None
    usual: Order | None = "dmy" if dotted and said.usual != "ymd" else said.usual
    order = said.order or usual
    if digits < 4 and order == "ymd":  # noqa: PLR2004 # four digits at the end are the year, whatever the order
        return valid(century(first), second, third, said.language) if len(tokens[0]) == 2 else None  # noqa: PLR2004 # digits of a year
    if digits == 1:
        return None
    year = century(third) if digits == 2 else third  # noqa: PLR2004 # a year without its century
    as_dmy = valid(year, second, first, said.language)
    as_mdy = valid(year, first, second, said.language)
    if as_dmy and as_mdy and as_dmy != as_mdy:
        by_weekday = _fitting(said, as_dmy, as_mdy)
        return by_weekday or {"dmy": as_dmy, "mdy": as_mdy}.get(order or "")
    return as_dmy or as_mdy


def _fitting(said: _Text, *days: tuple[int, int, int]) -> tuple[int, int, int] | None:
    """The one of two days that falls on the weekday beside it."""
    at = said.signs.find("W")
    if at < 0:
        return None
    fitting = [day for day in days if date(*day).weekday() == said.known.weekday[said.tokens[at]]]
    return fitting[0] if len(fitting) == 1 else None


def _ago(tokens: list[str], known: Words) -> tuple[list[str], list[str]] | None:
    """The numbers and units of "5 minutes ago" or "il y a 2 heures", none for "just now"; None for anything else."""
    if not known.now.isdisjoint(tokens):
        return [], []
    if known.ago.isdisjoint(tokens):
        return None
    signed = [(sign, token) for token in tokens if (sign := _ago_sign(token, known))]
    found = _AGO.search("".join(sign for sign, _ in signed))
    if not found:
        return None
    start, end = found.span(1 if found[1] else 2)
    said = [token for _, token in signed[start:end]]
    return said[::2], said[1::2]


def _relative(numbers: list[str], units: list[str], known: Words) -> Reading | None:
    """What was so long ago; nothing for months and years, which are no length, nor for many of the others."""
    seconds = 0
    for number, unit in zip(numbers, units, strict=True):
        if not known.unit[unit] or (number.isdecimal() and len(number) > 4):  # noqa: PLR2004 # digits
            return None
        seconds += (int(number) if number.isdecimal() else 1) * known.unit[unit]
    return Reading(ago=timedelta(seconds=seconds))


def _ago_sign(token: str, known: Words) -> str:
    if token.isdecimal():
        return "n"
    if token in known.unit:
        return "U"
    if token in known.ago:
        return "G"
    return "n" if token in known.one else "x" if token not in known.filler else ""
