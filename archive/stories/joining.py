"""Which story an article belongs to, kept up to date as articles are saved, edited and cleaned again.

Two articles that carry the same text (`archive.stories.texts.same`) are in one story, and so are all that a chain of
such pairs connects: that does not depend on the order in which they came. A story has the number of the first of its
articles that the archive had. All functions run inside a transaction.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from archive.stories.texts import Text, identity, marks, same, text_of, version

_COMMON = 200  # articles; a mark of more stands in stock phrases and tells nothing, unless a text has no other marks
_SHARED = 0.1  # of the marks of the shorter text; where a tenth of the words was changed, a few are left
_TRIES = 30  # texts that may turn out to be others; two that carry the same text are among the first to be compared


def join(db: sqlite3.Connection, number: int, title: str, body: str) -> None:
    """Finds the story of an article that was just stored, whatever stands in its row."""
    db.execute("UPDATE articles SET story = id WHERE id = ? AND story IS NOT id", (number,))
    text = text_of(title, body)
    key, words = identity(text), version(text)
    twin = _twin(db, number, words, key)
    own = [] if twin else marks(text)
    found = [_story(db, twin)] if twin else list(_stories_of(db, number, text, own))
    db.execute("INSERT INTO story_texts VALUES (?, ?, ?, ?)", (number, key, words, len(own)))
    _mark(db, number, own)
    if len(found) == 1 and found[0] < number:
        _add(db, found[0], number, new=twin is None and not _has(db, found[0], words))
    elif found:
        _unite(db, {number, *found})


def join_all(db: sqlite3.Connection) -> None:
    """Finds the stories of the articles that have none: an earlier version saved them."""
    sql = "SELECT id, title, body FROM articles WHERE story IS NULL ORDER BY id LIMIT 200"
    while rows := db.execute(sql).fetchall():
        for row in rows:
            join(db, *row)


def leave(db: sqlite3.Connection, number: int) -> None:
    """Takes an article out of its story before its text changes or goes; the story may fall apart without it."""
    row = db.execute(
        "SELECT title, body, story, version, text, marks FROM articles JOIN story_texts ON article = id WHERE id = ?",
        (number,),
    ).fetchone()
    if row is None:
        return
    title, body, story, words, key, marked = row
    twin = _twin(db, number, words, key)
    db.execute("DELETE FROM story_texts WHERE article = ?", (number,))
    if marked:
        own = marks(text_of(title, body))
        db.executemany("DELETE FROM story_marks WHERE mark = ? AND article = ?", [(mark, number) for mark in own])
        if twin:
            db.execute("UPDATE story_texts SET marks = ? WHERE article = ?", (len(own), twin))
            _mark(db, twin, own)
    others = db.execute("SELECT id FROM articles WHERE story = ? AND id <> ? ORDER BY id", (story, number))
    rest = [row[0] for row in others]
    db.execute("UPDATE articles SET story = id WHERE story = ?", (story,))
    db.execute("DELETE FROM stories WHERE id = ?", (story,))
    if rest:
        _rejoin(db, rest, whole=twin is not None)


def _rejoin(db: sqlite3.Connection, members: list[int], *, whole: bool) -> None:
    """Finds the stories of what was one story; `whole`: it still is. Most are the same as the first of them."""
    first, text = members[0], _text(db, members[0])
    together = [other for other in members if whole or other == first or same(text, _text(db, other))]
    db.executemany("UPDATE articles SET story = ? WHERE id = ?", [(first, other) for other in together])
    describe(db, first)
    for other in sorted(set(members).difference(together)):
        text = _text(db, other)
        twin = _twin(db, other, version(text), identity(text))
        found = {_story(db, other), *_stories_of(db, other, text, marks(text))}
        _unite(db, found | {_story(db, twin)} if twin else found)


def _twin(db: sqlite3.Connection, number: int, words: int, key: int | None) -> int | None:
    """Another article of the same title and words; one of them has the marks of all."""
    sql = "SELECT article FROM story_texts WHERE version = ? AND text = ? AND article <> ? LIMIT 1"
    row = db.execute(sql, (words, key, number)).fetchone()
    return row[0] if row else None


def _has(db: sqlite3.Connection, story: int, words: int) -> bool:
    """Whether an article of the story has just these words."""
    sql = "SELECT 1 FROM story_texts JOIN articles ON id = article WHERE version = ? AND text NOT NULL AND story = ?"
    return db.execute(f"{sql} LIMIT 1", (words, story)).fetchone() is not None


def _story(db: sqlite3.Connection, number: int) -> int:
    return int(db.execute("SELECT story FROM articles WHERE id = ?", (number,)).fetchone()[0])


def _text(db: sqlite3.Connection, number: int) -> Text:
    return text_of(*db.execute("SELECT title, body FROM articles WHERE id = ?", (number,)).fetchone())


def _mark(db: sqlite3.Connection, number: int, own: list[int]) -> None:
    db.executemany("INSERT INTO story_marks VALUES (?, ?, ?)", [(mark, number, len(own)) for mark in own])


def _stories_of(db: sqlite3.Connection, number: int, text: Text, own: list[int]) -> Iterator[int]:
    """The stories that have an article with the same text; one is enough, so the likeliest are looked at first."""
    likely = _candidates(db, number, own)
    if not likely:
        return
    sql = "SELECT id, story FROM articles WHERE id IN (SELECT value FROM json_each(?))"
    stories = dict(db.execute(sql, (json.dumps(likely),)).fetchall())
    found: set[int] = set()
    failed = 0
    for candidate in likely:
        if stories[candidate] in found:
            continue
        if same(text, _text(db, candidate)):
            found.add(stories[candidate])
            yield stories[candidate]
        elif (failed := failed + 1) == _TRIES:
            return


def _candidates(db: sqlite3.Connection, number: int, own: list[int]) -> list[int]:
    """The articles that share enough marks, those first that share the rarest."""
    known = "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM story_marks WHERE mark = value)"
    # one by one: a mark of a stock phrase may have a million articles, of which only the first are looked at
    rows_of = "SELECT article, of FROM story_marks WHERE mark = ? LIMIT ?"
    marked = db.execute(known, (json.dumps(own),)).fetchall() if own else ()
    found = [db.execute(rows_of, (mark, _COMMON + 1)).fetchall() for (mark,) in marked]
    telling = [rows for rows in found if len(rows) <= _COMMON]
    most = len(own) - (len(found) - len(telling) if telling else 0)  # of its marks that can tell something
    counts = Counter(row for rows in telling or found for row in rows if row[0] != number)
    parts = {article: count * len(own) / (most * min(of, len(own))) for (article, of), count in counts.items()}
    rarity: dict[int, float] = defaultdict(float)
    for rows in telling or found:
        for article, _ in rows:
            rarity[article] += 1 / len(rows)
    return sorted((article for article, part in parts.items() if part >= _SHARED), key=lambda a: (-rarity[a], a))


_ADD = """
UPDATE stories SET articles = stories.articles + 1, versions = versions + :new,
    sites = sites + NOT EXISTS (SELECT 1 FROM articles WHERE story = stories.id AND site = added.site),
    first_at = min(first_at, added.at), last_at = max(last_at, added.at),
    (first, title) = (
        SELECT id, articles.title FROM articles WHERE id IN (first, :number)
        ORDER BY coalesce(posted_at, first_seen), site, url, id LIMIT 1
    )
FROM (SELECT site, coalesce(posted_at, first_seen) AS at FROM articles WHERE id = :number) AS added
WHERE stories.id = :story
"""


def _add(db: sqlite3.Connection, story: int, number: int, *, new: bool) -> None:
    """Puts an article that stands alone into a story; `new`: its version is none that the story has.

    The story's other articles are not looked at: a text that is posted every day has thousands.
    """
    known = db.execute(_ADD, {"story": story, "number": number, "new": new}).rowcount
    db.execute("UPDATE articles SET story = ? WHERE id = ?", (story, number))
    if not known:
        describe(db, story)


def _unite(db: sqlite3.Connection, stories: Collection[int]) -> None:
    """Makes stories one."""
    first, *others = sorted(stories)
    for other in others:
        db.execute("UPDATE articles SET story = ? WHERE story = ?", (first, other))
        db.execute("DELETE FROM stories WHERE id = ?", (other,))
    describe(db, first)


_DESCRIBE = """
INSERT OR REPLACE INTO stories (id, title, first, articles, versions, sites, first_at, last_at)
SELECT story, articles.title, articles.id, spread.articles, spread.versions, spread.sites, first_at, last_at
FROM (
    SELECT count(*) AS articles, count(DISTINCT version) AS versions, count(DISTINCT site) AS sites,
        min(coalesce(posted_at, first_seen)) AS first_at, max(coalesce(posted_at, first_seen)) AS last_at
    FROM articles JOIN story_texts ON article = id WHERE story = :story
) AS spread JOIN articles ON story = :story
WHERE spread.articles > 1 ORDER BY coalesce(posted_at, first_seen), site, url, articles.id LIMIT 1
"""


def describe(db: sqlite3.Connection, story: int | None) -> None:
    """Writes the row of a story; an article alone has none."""
    db.execute(_DESCRIBE, {"story": story})
