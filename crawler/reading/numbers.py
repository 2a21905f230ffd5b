"""Numbers as forums print them."""

import re

_THOUSANDS = re.compile(r"\d{1,3}(?:[.,'’\s]\d{3})+")
_SHORT = re.compile(r"(\d+(?:[.,]\d+)?)\s?([KMkm])")
_FACTOR = {"k": 1_000, "m": 1_000_000}
_DIGITS = re.compile(r"[0-9]+")


def number(shown: str) -> int | None:
    """The count that `shown` is: "122,685", "1.158", "-55", "36K", "11.4K"; None for anything else, such as a date."""
    shown = shown.strip()
    if shown.isdecimal():
        return int(shown)
    sign = -1 if shown.startswith(("-", "−")) else 1
    shown = shown.lstrip("-−")
    if not shown[:1].isdecimal():  # most values of a card are words
        return None
    if shown.isdecimal():
        return sign * int(shown)
    if _THOUSANDS.fullmatch(shown):
        return sign * int(re.sub(r"\D", "", shown))
    short = _SHORT.fullmatch(shown)
    return sign * round(float(short[1].replace(",", ".")) * _FACTOR[short[2].lower()]) if short else None


def digits(shown: str) -> str:
    """The last run of digits in an id, a number or a URL ("js-post-123" -> "123"), else ""."""
    found = _DIGITS.findall(shown)
    return found[-1] if found else ""
