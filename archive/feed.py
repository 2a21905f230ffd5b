"""Feeds and sitemaps: which of the threads that they name are new or have news."""

import json
import sqlite3
import time

from archive import vain
from archive.frontier import Link, Walk, queue
from archive.listing import signature
from archive.records import Page, Saved, ThreadRow
from archive.text import stored, utc

_KNOWN = """
SELECT thread_id, id, last_page_url, settled, max((SELECT max(posted_at) FROM posts WHERE thread = threads.id), ''),
    (SELECT count(*) FROM posts WHERE thread = threads.id),
    EXISTS (SELECT 1 FROM frontier WHERE thread = threads.id AND state <> 'done' AND not_before > :now)
FROM threads WHERE site = :site AND thread_id IN (SELECT value FROM json_each(:ids))
"""


def save_feed(db: sqlite3.Connection, site: int, page: Page, walk: Walk, now: str) -> Saved:
    """Queues the threads of a feed that are new or have later or more posts than are known; further feeds too.

    A feed changes nothing that is known of a thread: it may shorten titles, and its date may be that of the first post.
    `unchanged` are the threads without news. A feed in which none is unchanged may leave out others.
    """
    rows = {row.id: row for row in reversed(page.threads)}
    found = db.execute(_KNOWN, {"now": time.time(), "site": site, "ids": json.dumps(list(rows))})
    known = {key: rest for key, *rest in found}
    new = [row for key, row in reversed(rows.items()) if key not in known]
    links = [_insert(db, site, row, now) for row in new]
    for key, (number, last_page, settled, posted, posts, waits) in known.items():
        row = rows[key]
        said = _said(row, now)
        later = (utc(row.last_post_at) or "") > (posted or "") or (row.replies or 0) + 1 > posts
        if later and _is_news(settled, said, waits=bool(waits)):
            links.append(Link(url=last_page or row.url, role="thread", thread=number, signature=said))
    unchanged = len(rows) - len(links)
    links += [Link(url=board.url, role="feed") for board in page.boards]
    return Saved(threads=len(new), queued=queue(db, walk, links, now), unchanged=unchanged)


def _said(row: ThreadRow, now: str) -> str:
    """Marked, so that no feed's word settles a thread for its board: that looks at it once more, and then on."""
    return vain.FEED + signature(row, now)


def _is_news(settled: str | None, said: str, *, waits: bool) -> bool:
    """Whether a feed says something else than before; of a thread that was asked for in vain, as a board does."""
    known, vainly = vain.said(settled), vain.times(settled)
    if not vainly:
        return said != known
    return vainly == 1 or not waits or (said != known and (known or "").startswith(vain.FEED))


def _insert(db: sqlite3.Connection, site: int, row: ThreadRow, now: str) -> Link:
    cursor = db.execute(
        "INSERT INTO threads (site, thread_id, url, title, first_seen) VALUES (?, ?, ?, ?, ?)",
        (site, row.id, row.url, stored(row.title), now),
    )
    return Link(url=row.url, role="thread", thread=cursor.lastrowid, signature=_said(row, now))
