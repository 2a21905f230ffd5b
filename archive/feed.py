"""Feeds and sitemaps: which of the threads that they name are new or have news."""

import json
import sqlite3

from archive.frontier import Link, Walk, queue
from archive.listing import signature
from archive.records import Page, Saved, ThreadRow
from archive.text import stored, utc

# So that no feed's word settles a thread for its board: that looks at it once more, and re-reads it from then on.
_SAID = "feed "

_KNOWN = """
SELECT thread_id, id, last_page_url, settled, max((SELECT max(posted_at) FROM posts WHERE thread = threads.id), ''),
    (SELECT count(*) FROM posts WHERE thread = threads.id)
FROM threads WHERE site = ? AND thread_id IN (SELECT value FROM json_each(?))
"""


def save_feed(db: sqlite3.Connection, site: int, page: Page, walk: Walk, now: str) -> Saved:
    """Queues the threads of a feed that are new or have later or more posts than are known; further feeds too.

    A feed changes nothing that is known of a thread: it may shorten titles, and its date may be that of the first post.
    `unchanged` are the threads without news. A feed in which none is unchanged may leave out others.
    """
    rows = {row.id: row for row in reversed(page.threads)}
    known = {key: rest for key, *rest in db.execute(_KNOWN, (site, json.dumps(list(rows))))}
    new = [row for key, row in reversed(rows.items()) if key not in known]
    links = [_insert(db, site, row, now) for row in new]
    for key, (number, last_page, settled, posted, posts) in known.items():
        row = rows[key]
        said = _SAID + signature(row, now)
        later = (utc(row.last_post_at) or "") > (posted or "") or (row.replies or 0) + 1 > posts
        if said != settled and later:
            links.append(Link(url=last_page or row.url, role="thread", thread=number, signature=said))
    unchanged = len(rows) - len(links)
    links += [Link(url=board.url, role="feed") for board in page.boards]
    return Saved(threads=len(new), queued=queue(db, walk, links, now), unchanged=unchanged)


def _insert(db: sqlite3.Connection, site: int, row: ThreadRow, now: str) -> Link:
    cursor = db.execute(
        "INSERT INTO threads (site, thread_id, url, title, first_seen) VALUES (?, ?, ?, ?, ?)",
        (site, row.id, row.url, stored(row.title), now),
    )
    return Link(url=row.url, role="thread", thread=cursor.lastrowid, signature=_SAID + signature(row, now))
