"""Clean the stored posts again: better rules and accepted habits reach what was saved long ago, without a request."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import islice

from lxml import html

from archive import Archive, habits
from archive.recleaning import StoredPost, count, put_back, stored_posts
from archive.records import Kind, Label, Page, Post
from crawler.cleaning import clean_page
from crawler.cleaning.habits import START, Edge, PostText, habit_key, learn
from crawler.forums import FORUMS

_BATCH = 200  # posts in one transaction
COUNTS = ("posts", "changed", "articles", "habits")

Follow = Callable[[Iterable[StoredPost], int], Iterable[StoredPost]]
Habits = Mapping[tuple[int, int | None], Mapping[Edge, str]]


def find_habits(archive: Archive) -> None:
    """Count the lines at the edges of all posts, and store what most posts of an author or a site share."""
    above = {habit.line for habit in habits.accepted(archive) if habit.place == START}

    def posts() -> Iterator[PostText]:
        for post in habits.texts(archive):
            starts = [line for line in post.habits if habit_key(line) in above]
            ends = [line for line in post.habits if habit_key(line) not in above]
            yield PostText(site=post.site, author=post.author, text="\n".join([*starts, post.text, *ends]))

    found = learn(posts)
    habits.store(
        archive, [habits.Found(*one.owner, one.place, one.line, one.example, one.posts, one.of) for one in found]
    )


def reclean(archive: Archive, *, follow: Follow | None = None) -> dict[str, int]:
    """Clean every post whose markup is stored; a run under the archive's lock. `follow` sees the posts pass.

    Returns the numbers of posts, of those that changed, of articles, and of posts with a habit.

    Raises:
        LockedError: another run holds the archive.
    """
    with archive.lock():
        run = archive.start_run("reclean", "")
        counts = dict.fromkeys(COUNTS, 0)
        outcome = "failed"
        try:
            _clean_all(archive, counts, follow)
            outcome = "done"
        except KeyboardInterrupt:
            outcome = "interrupted"
            raise
        finally:
            archive.end_run(run, outcome=outcome, counts=counts)
    return counts


def _clean_all(archive: Archive, counts: dict[str, int], follow: Follow | None) -> None:
    known = _habits(archive)
    posts: Iterable[StoredPost] = stored_posts(archive)
    if follow:
        posts = follow(posts, count(archive))
    rest = iter(posts)
    while batch := list(islice(rest, _BATCH)):
        pairs = [(old, cleaned_again(old, known)) for old in batch]
        counts["changed"] += put_back(archive, pairs)
        counts["posts"] += len(pairs)
        counts["articles"] += sum(post.article is not None for _, post in pairs)
        counts["habits"] += sum(any(block.label is Label.HABIT for block in post.blocks) for _, post in pairs)


def cleaned_again(old: StoredPost, known: Habits) -> Post:
    """Clean a stored post by the rules of today and the accepted habits."""
    edges = {**known.get((old.site, None), {}), **known.get((old.site, old.author), {})}
    post = replace(old.post, body=html.fromstring(old.post.html))
    page = Page(
        kind=Kind.THREAD,
        url=old.thread.url,
        software=old.software,
        thread=old.thread,
        posts=(post,),
        containers=_containers(old.software),
    )
    return clean_page(page, habits=edges).posts[0]


@cache
def _containers(software: str) -> Mapping[str, str]:
    """The class tokens that the family's readers name, in any of its versions."""
    readers = (reader for forum in FORUMS if forum.name == software for reader in (type(forum), *forum.skins))
    return {token: label for reader in readers for token, label in reader.containers.items()}


def _habits(archive: Archive) -> Habits:
    found: dict[tuple[int, int | None], dict[Edge, str]] = {}
    for habit in habits.accepted(archive):
        owner = "of its author" if habit.author else "of the site"
        edges = found.setdefault((habit.site, habit.author), {})
        edges[habit.place, habit.line] = f"habit {habit.id} {owner}"
    return found
