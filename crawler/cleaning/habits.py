"""Lines that an author or a whole site puts at the start or the end of most posts: found by counting, nothing else.

A signature without a container, the footer of a bot in any language. A line counts at the very edge of a post only, or
next to a line that is such a habit itself; never the only line of a post, never a long one, never one seen a few times.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from archive.records import OWN, Block, Label
from crawler.cleaning.phrases import key

START, END = "start", "end"
LONGEST = 120  # characters of a line that may be a habit
_FEWEST = 6  # posts that a habit is seen in
_VOICES = 3  # authors that a site's habit has
_DEPTH = 3  # lines from the edge
_DIGITS = re.compile(r"\d+")

Owner = tuple[int, int | None]  # a site, and one of its authors or None: all of them
Edge = tuple[str, str]  # START or END, and a line's `habit_key`


@dataclass(frozen=True, kw_only=True, slots=True)
class Habit:
    """A line at the same edge of `posts` of its owner's `of` posts that have more than one line."""

    owner: Owner
    place: str
    line: str
    example: str
    posts: int
    of: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PostText:
    """A post's own words with whose they are."""

    site: int
    author: int
    text: str


def habit_key(line: str) -> str:
    """What the same footer has in common in two posts: its phrase key, numbers made equal."""
    return _DIGITS.sub("0", key(line))


def learn(posts: Callable[[], Iterable[PostText]]) -> list[Habit]:
    """Count the lines at the edges of all posts; `posts` gives them anew for each line from the edge inwards."""
    found: list[Habit] = []
    for place in (START, END):
        peeled: dict[Owner, set[str]] = {}
        for _ in range(_DEPTH):
            habits = _layer(posts(), place, peeled)
            for habit in habits:
                peeled.setdefault(habit.owner, set()).add(habit.line)
            found += habits
            if not habits:
                break
    return found


def _layer(posts: Iterable[PostText], place: str, peeled: Mapping[Owner, set[str]]) -> list[Habit]:
    counts: Counter[tuple[Owner, str]] = Counter()
    totals: Counter[Owner] = Counter()
    voices: dict[tuple[Owner, str], set[int]] = {}
    examples: dict[tuple[Owner, str], str] = {}
    for post in posts:
        owners: tuple[Owner, Owner] = ((post.site, post.author), (post.site, None))
        known = peeled.get(owners[0], set()) | peeled.get(owners[1], set())
        line = _edge_line(post.text, place, known)
        if line is None:
            continue
        folded = habit_key(line) if len(line) <= LONGEST else ""
        for owner in owners:
            totals[owner] += 1
            if folded:
                counts[owner, folded] += 1
                examples.setdefault((owner, folded), line)
        if folded and len(heard := voices.setdefault((owners[1], folded), set())) < _VOICES:
            heard.add(post.author)
    return [
        Habit(owner=owner, place=place, line=line, example=examples[owner, line], posts=count, of=totals[owner])
        for (owner, line), count in sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
        if count >= _FEWEST and count * 2 > totals[owner] and _is_shared(owner, voices.get((owner, line)))
    ]


def _is_shared(owner: Owner, voices: set[int] | None) -> bool:
    """A site's habit is that of several authors; what one author does is that author's."""
    return owner[1] is not None or (voices is not None and len(voices) >= _VOICES)


def _edge_line(text: str, place: str, known: set[str]) -> str | None:
    """The line at the edge of a text once known habits are peeled off; None when it is all that is left."""
    lines = [line for line in text.split("\n") if line.strip()]
    step = 0 if place == START else -1
    while len(lines) > 1 and len(lines[step]) <= LONGEST and habit_key(lines[step]) in known:
        lines.pop(step)
    return lines[step] if len(lines) > 1 else None


def label_habits(blocks: Iterable[Block], habits: Mapping[Edge, str]) -> tuple[Block, ...]:
    """Label the lines at the edges of a post that are habits (edge -> what to say of it), from the edges inwards.

    The last line that is left stays, whatever it is.
    """
    done = list(blocks)
    for place, step in ((START, 1), (END, -1)):
        for _ in range(_DEPTH):
            at = _outermost(done, step)
            if at is None or not _peel(done, at, place, habits):
                break
    return tuple(done)


def _outermost(blocks: list[Block], step: int) -> int | None:
    places = range(len(blocks))
    return next((at for at in (places if step > 0 else reversed(places)) if blocks[at].label in OWN), None)


def _peel(blocks: list[Block], at: int, place: str, habits: Mapping[Edge, str]) -> bool:
    lines = blocks[at].text.split("\n")
    line = lines[0] if place == START else lines[-1]
    rule = habits.get((place, habit_key(line))) if len(line) <= LONGEST else None
    others = len(lines) > 1 or any(block.label in OWN for number, block in enumerate(blocks) if number != at)
    if rule is None or not others:
        return False
    rest = "\n".join(lines[1:] if place == START else lines[:-1]).strip("\n")
    habit = Block(label=Label.HABIT, text=line.strip(), rule=rule)
    kept = [Block(label=blocks[at].label, text=rest, rule=blocks[at].rule)] if rest else []
    blocks[at : at + 1] = [habit, *kept] if place == START else [*kept, habit]
    return True
