"""Where a crawl begins, and how much it reads again."""

from dataclasses import dataclass
from datetime import datetime


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
