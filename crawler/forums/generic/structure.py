"""The repeated structure of a page of unknown software: which blocks are its posts.

Elements that share a class, a numbered id, a property or a path are a group. The group that holds the most prose and
the least of what surrounds prose is that of the posts' bodies, provided that a date or an author stands with each;
what stands between two bodies with neither is a piece of the same post (older softwares cut a post at its quotes).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from crawler.forums.generic.outline import Outline
from crawler.forums.generic.wording import AUTHOR, CHROME, DATE, LINK, QUOTE, is_text

_DIGITS = re.compile(r"\d+")
_NAMED = ("itemprop", "component", "data-role", "data-testid", "role", "property")
_CANDIDATES = 40  # groups that are looked at closely, the heaviest first
_ALONE = 0.7  # how sure a single post is
_LEAST = 15  # characters of prose in a single post of which no class says that it is one
_LITTLE = 10  # characters of prose in most posts; with less in each it may be anything that has a date
_POST_ID = re.compile(
    r"(?:\w+[-_])*(?:post|p|pid|msg|message|comment|topic|thread|discussion|question|answer|reply)[-_]?([1-9]\d*)$",
    re.IGNORECASE,
)
_POST_CLASS = re.compile(r"(?:^|[\s_-])(?:post|comment|message)(?=[\s_-]|$)", re.IGNORECASE)
_MOST = 0.6  # of a group's members: what so many have, all posts have


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One post: the elements that hold its text, the greatest element around them that holds no other post."""

    bodies: tuple[int, ...]
    unit: int
    around: tuple[range, ...]  # leaves beside the bodies, nearest container first
    inside: range  # leaves of the bodies


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The posts of a page, how sure that is (0 to 1), and their weight: prose less junk in characters, less doubts."""

    blocks: tuple[Block, ...]
    sure: float
    weight: float
    key: str


def search(page: Outline, taken: tuple[Block, ...] = ()) -> Found | None:
    """The best run of posts among the elements that do not overlap the bodies of `taken`."""
    ranked = []
    for key, members in groups(page, frozenset(at for block in taken for at in block.bodies)).items():
        worth = _worth(page, members)
        if worth > 0:
            ranked.append((-worth, key, members))
    judged = (_judge(page, key, members) for _, key, members in sorted(ranked)[:_CANDIDATES])
    return max(filter(None, judged), key=lambda found: found.weight, default=None)


def single(page: Outline, last: int | None = None) -> int | None:
    """The element with the most prose for its junk, among those that end before leaf `last`."""
    end = len(page.leaves) if last is None else last
    nodes = (at for at in range(len(page.nodes)) if page.last[at] <= end)
    best = max(nodes, key=page.net, default=None)
    return best if best is not None and page.net(best) > 0 else None


def alone(page: Outline) -> Found | None:
    """The page's only post: of the elements that are marked as a post and hold a date the best."""
    best: Found | None = None
    for unit in _marked(page):
        at = _whole(page, max(range(unit, page.end[unit]), key=page.net), unit)
        weight = page.net(at)
        if weight <= _LEAST:
            at, weight = next(((text, 1) for text in range(unit, page.end[unit]) if _is_short(page, text)), (at, 0))
        around = (range(page.first[unit], page.first[at]), range(page.last[at], page.last[unit]))
        block = Block(bodies=(at,), unit=unit, around=around, inside=range(page.first[at], page.last[at]))
        if weight > (best.weight if best else 0) and _has(page, block, DATE):
            best = Found(blocks=(block,), sure=_ALONE, weight=weight, key="alone")
    return best


def _is_short(page: Outline, at: int) -> bool:
    """Whether an element's class says that it is a post's text, which may be one word or a picture."""
    node = page.nodes[at]
    return is_text(node.get("class") or "") and (page.first[at] < page.last[at] or node.find(".//img") is not None)


def _whole(page: Outline, at: int, unit: int) -> int:
    """The greatest element around a text that adds nothing but text, quotes and links to it."""
    while at != unit:
        parent = page.parent[at]
        beside = (*range(page.first[parent], page.first[at]), *range(page.last[at], page.last[parent]))
        if any(page.kinds[leaf] & ~(LINK | QUOTE) for leaf in beside):
            break
        at = parent
    return at


def is_of(page: Outline, run: Found, one: Found) -> bool:
    """Whether a run's members are pieces of the marked post, or the page around it."""
    unit, body = one.blocks[0].unit, one.blocks[0].bodies[0]
    firsts = [block.bodies[0] for block in run.blocks]
    around = any(at <= unit < page.end[at] and at != body for at in firsts)
    return around or sum(unit <= at < page.end[unit] for at in firsts) > 1


def _marked(page: Outline) -> Iterator[int]:
    """The outermost elements of each post's id; none that hold several."""
    marked = [(at, number) for at, node in enumerate(page.nodes) if (number := _post_number(node))]
    others: list[tuple[int, int]] = []  # each with the next element of another post
    other, after = len(page.nodes), ""
    for at, number in reversed(marked):
        other = others[-1][0] if after not in {number, ""} else other
        others.append((at, other))
        after = number
    last = -1
    for unit, other in reversed(others):
        if unit >= last and other >= page.end[unit]:
            last = page.end[unit]
            yield unit


def is_marked(page: Outline, at: int, last: int) -> bool:
    """Whether an element is, or stands in, what is marked as an article or a post and ends before leaf `last`."""
    while at >= 0 and page.last[at] <= last:
        if page.nodes[at].tag == "article" or _post_number(page.nodes[at]):
            return True
        at = page.parent[at]
    return False


def _post_number(node: Any) -> str | None:
    """The number in an element's id as a post, None for any other element."""
    id_ = node.get("id") or ""
    if id_.isdecimal() and _POST_CLASS.search(node.get("class") or ""):
        return id_
    found = _POST_ID.match(id_)
    return found[1] if found else node.get("data-pid") or node.get("data-pk")


def groups(page: Outline, taken: frozenset[int] = frozenset()) -> dict[str, list[int]]:
    """Elements by each of their keys; of nested ones the outermost."""
    found: dict[str, list[int]] = defaultdict(list)
    paths: list[int] = []
    known: dict[tuple[int, str], int] = {}
    columns: Counter[int] = Counter()
    barred = _overlapping(page, taken)
    for at, node in enumerate(page.nodes):
        parent, tag = page.parent[at], node.tag
        if tag == "td":
            columns[parent] += 1
            tag = f"td{columns[parent]}"
        step = (paths[parent] if at else -1, tag)
        paths.append(known.setdefault(step, len(known)))
        for key in () if at in barred or page.flags[at] & (QUOTE | CHROME) else (*_keys(node), f"path {paths[at]}"):
            members = found[key]
            if not members or at >= page.end[members[-1]]:
                members.append(at)
    return {key: kept for key, members in found.items() if len(kept := _alike(page, members, paths)) > 1}


def _alike(page: Outline, members: list[int], paths: list[int]) -> list[int]:
    """Without those that say nothing and stand elsewhere than the others: heads and feet of the list."""
    own = {paths[at] for at in members if page.says(at)} or {paths[at] for at in members}
    return [at for at in members if paths[at] in own] if len(members) > 1 else members


def _overlapping(page: Outline, taken: frozenset[int]) -> set[int]:
    """What is around or inside the elements `taken`."""
    barred: set[int] = set()
    for at in taken:
        barred.update(range(at, page.end[at]))
        parent = page.parent[at]
        while parent >= 0 and parent not in barred:
            barred.add(parent)
            parent = page.parent[parent]
    return barred


def _keys(node: Any) -> Iterator[str]:
    tag = node.tag
    id_ = node.get("id")
    if id_ and _DIGITS.search(id_):
        yield f"{tag}#{_DIGITS.sub('0', id_)}"
    classes = node.get("class")
    if classes:
        tokens = _DIGITS.sub("0", classes).split()
        yield from (f"{tag}.{token}" for token in dict.fromkeys(tokens))
        if len(tokens) > 1:
            yield f"{tag}.{'.'.join(sorted(tokens))}"
    for name in _NAMED:
        value = node.get(name)
        if value:
            yield f"{tag}[{name}={_DIGITS.sub('0', value)}]"
    if tag == "article" or "-" in tag:
        yield tag


def _worth(page: Outline, members: list[int]) -> float:
    return sum(page.net(at) for at in members)


def _judge(page: Outline, key: str, members: list[int]) -> Found | None:
    """The group as posts: merged where nothing stands between, weighed by the dates and authors that it explains."""
    blocks = _blocks(page, members)
    dated = [_has(page, block, DATE) for block in blocks]
    signed = [_has(page, block, AUTHOR) for block in blocks]
    both = [date or author for date, author in zip(dated, signed, strict=True)]
    most = _MOST * len(blocks)
    proven = dated if sum(dated) >= most else signed if sum(signed) >= most else both
    whole: list[Block] = []
    marks = 0
    for block, is_post, date, author in zip(blocks, proven, dated, signed, strict=True):
        if is_post:
            whole.append(block)
            marks += date + author
        elif whole and page.parent[block.unit] == page.parent[whole[-1].unit] and not (date or author):
            whole[-1] = _joined(whole[-1], block)
    if len(whole) < 2:  # noqa: PLR2004 # one is no repetition
        return None
    sure = 0.1 + 0.45 * marks / len(whole)
    written = sum(page.net(at) > 0 for at in members)
    if len(whole) == 2 and key.startswith("path") and (sure < 1 or written < 2):  # noqa: PLR2004 # the cells of one post
        return None
    inner = max(_posts_inside(page, block.inside) for block in whole)  # a member that is a list of posts
    pieces = 0.6 + 0.4 * min(1, len(whole) / max(1, written))  # paragraphs weigh as much as the element around them
    worth = _worth(page, [at for block in whole for at in block.bodies])
    return Found(
        blocks=tuple(whole), sure=sure * _said(page, whole), weight=worth * sure * pieces / max(1, inner), key=key
    )


def _said(page: Outline, blocks: list[Block]) -> float:
    """How much posts say, 0 to 1: pictures are enough, and few words where most posts have any."""
    worth = [sum(page.net(at) for at in block.bodies) for block in blocks]
    shown = [any(page.nodes[at].find(".//img") is not None for at in block.bodies) for block in blocks]
    speak = sum(prose > 0 or picture for prose, picture in zip(worth, shown, strict=True))
    if 2 * speak < len(blocks):
        return 0
    return 1 if sum(shown) >= _MOST * len(blocks) else min(1, sum(worth) / len(blocks) / _LITTLE)


def _blocks(page: Outline, members: list[int]) -> list[Block]:
    """Each member in the greatest element that holds no other; what is missing there may stand in the gap beside it."""
    last = len(members) - 1
    units = [_unit(page, at, members[max(i - 1, 0)], members[min(i + 1, last)]) for i, at in enumerate(members)]
    inner = [
        Block(
            bodies=(at,),
            unit=unit,
            around=(range(page.first[unit], page.first[at]), range(page.last[at], page.last[unit])),
            inside=range(page.first[at], page.last[at]),
        )
        for at, unit in zip(members, units, strict=True)
    ]
    lacking = [sum(kind for kind in (DATE, AUTHOR) if not _has(page, block, kind)) for block in inner]
    if not any(lacking):
        return inner
    before, after = _gaps(page, units)
    above = sum(_holds(page, gap, kind) for gap, kind in zip(before, lacking, strict=True))
    below = sum(_holds(page, gap, kind) for gap, kind in zip(after, lacking, strict=True))
    gaps = before if above + 1 >= below else after  # the last gap may reach into what follows the posts
    if not any(lacking[1:]):  # a question in other markup than its answers
        return [replace(inner[0], around=(*inner[0].around, before[0], after[0])), *inner[1:]]
    return [
        replace(block, around=(*block.around, gap)) if kind else block
        for block, gap, kind in zip(inner, gaps, lacking, strict=True)
    ]


def _gaps(page: Outline, units: list[int]) -> tuple[list[range], list[range]]:
    """The leaves between a unit and the one before it, and the one after it."""
    around = max(page.parent[units[0]], 0)
    if page.nodes[around].tag == "tr" and around:  # two columns of a post: its head is the row above
        around = page.parent[around]
    start, end = page.first[around], page.last[max(page.parent[units[-1]], 0)]
    ends = [start, *(page.last[unit] for unit in units[:-1])]
    starts = [*(page.first[unit] for unit in units[1:]), end]
    before = [range(end, page.first[unit]) for end, unit in zip(ends, units, strict=True)]
    after = [range(page.last[unit], start) for unit, start in zip(units, starts, strict=True)]
    return before, after


def _unit(page: Outline, at: int, before: int, after: int) -> int:
    """The greatest element around `at` that holds neither of its neighbours, which are `at` itself at the ends."""
    inside = at
    while True:
        parent = page.parent[at]
        if parent < 0 or (parent <= before < inside) or (inside < after < page.end[parent]):
            return at
        at = parent


def _has(page: Outline, block: Block, kind: int) -> bool:
    return any(_holds(page, leaves, kind) for leaves in (*block.around, block.inside))


def _posts_inside(page: Outline, leaves: range) -> int:
    kinds = page.kinds[leaves.start : leaves.stop]
    return min(kinds.count(DATE), kinds.count(AUTHOR))


def _holds(page: Outline, leaves: range, kind: int) -> bool:
    return any(page.kinds[leaf] & kind and leaf not in page.used for leaf in leaves)


def _joined(one: Block, more: Block) -> Block:
    inside = range(one.inside.start, more.inside.stop)
    return Block(bodies=(*one.bodies, *more.bodies), unit=one.unit, around=one.around, inside=inside)
