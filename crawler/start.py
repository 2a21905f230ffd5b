"""Where a crawl begins, and how much it reads again."""

from dataclasses import dataclass
from datetime import datetime

from archive.errors import ConfigError
from crawler import values


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """Where a crawl begins: a thread, a board or a forum; or, in the role "feed", a file that names threads.

    `since` leaves out threads that are quiet since before it; `refresh` reads threads once more, for edits and
    deletions, that were active in so many days; `full` reads everything once more. Without `begins` only what waits of
    its last walk is fetched.
    """

    url: str
    role: str = "start"
    since: datetime | None = None
    refresh: float = 0.0
    full: bool = False
    begins: bool = True


def checked(url: str) -> str:
    """Accept a web address, with or without its scheme.

    Raises:
        ConfigError: it is no http(s) address.
    """
    try:
        return values.page_url(url)
    except ValueError as error:
        if "@" in url:  # a password may stand in it
            raise ConfigError(f"the address {url.rpartition('@')[2]!r} cannot be crawled as given: {error}") from None
        raise ConfigError(f"{url!r} is not a web address: give one such as https://forum.example/threads/1/") from None


def spelt_out(url: str) -> Start:
    """Begin at a URL of `-a url=...`, which is kept as it is given.

    Raises:
        ConfigError: it is no http(s) address.
    """
    if "://" not in url:
        raise ConfigError(f"{url!r} does not say how it is asked for: give https://{url} or http://{url}")
    return Start(url=checked(url))
