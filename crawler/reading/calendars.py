"""Days of the calendars that forums print: ours, the Iranian and the Thai."""

from datetime import date

_BUDDHIST = range(2500, 2600)  # years of the Thai calendar, 543 ahead
_JALALI = range(1340, 1431)  # years of the Iranian calendar; the Islamic one is in its 1400s, too
_JALALI_ZERO = 356_033  # days from the count below to date.toordinal(): 1400-01-01 is 2021-03-21


def century(year: int) -> int:
    """The year that two digits mean."""
    return year + (1900 if year >= 90 else 2000)  # noqa: PLR2004 # forums are younger than 1990


def valid(year: int, month: int, day: int, language: str | None) -> tuple[int, int, int] | None:
    """The day in our calendar, if there is such a day; a year 0 is checked when it is known."""
    if year in _JALALI and language in {"fa", None}:
        return _from_jalali(year, month, day)
    if year in _BUDDHIST and language in {"th", None}:
        year -= 543
    try:
        date(year or 2000, month, day)
    except ValueError:
        return None
    return year, month, day


def _from_jalali(year: int, month: int, day: int) -> tuple[int, int, int] | None:
    """A day of the Iranian calendar: 33 years of 365 days hold 8 leap days (right for the years 1178 to 1633)."""
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):  # noqa: PLR2004 # months of 31 and 30 days
        return None
    year += 1595
    before = 31 * (month - 1) if month <= 6 else 30 * (month - 7) + 186  # noqa: PLR2004 # six months of 31 days, then of 30
    days = 365 * year + year // 33 * 8 + (year % 33 + 3) // 4 + before + day
    converted = date.fromordinal(days - _JALALI_ZERO)
    return converted.year, converted.month, converted.day
