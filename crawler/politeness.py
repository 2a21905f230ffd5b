"""How long to wait: what the server says first, then growing waits of our own."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 3600.0  # a server that asks for more is asked again in the next run


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds to wait, from a number or a date; None if it is neither."""
    if not header:
        return None
    text = header.strip()
    if text.isdecimal():
        return min(float(text), LONGEST)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max((when - (now or datetime.now(UTC))).total_seconds(), 0.0), LONGEST)


def backoff(tries: int, delay: float) -> float:
    """Seconds to wait after the `tries`-th failure: 2, 4, 8, 16... times the crawl's delay (at least half a second)."""
    return min(2.0**tries * max(delay, 0.5), LONGEST)
