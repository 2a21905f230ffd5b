"""What stands around the posts of an unknown software: which leaf is a post's date, which its author, what is its id.

One post alone tells little; all of them together do: what every post has in the same place is what it seems to be.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise, takewhile
from typing import Any

from crawler.forums.generic.outline import Outline
from crawler.forums.generic.structure import Block
from crawler.forums.generic.wording import AUTHOR, CHROME, DATE, LINK, subject

_DIGITS = re.compile(r"\d+")
_FOREIGN = re.compile(r"user|author|member|avatar|attach|ima?g|smil|quote|profile|board|forum", re.IGNORECASE)
_FRAGMENT = re.compile(r"#([a-z_-]*\d+)$", re.IGNORECASE)
_POST = re.compile(r"[ _-](?:p|pid|post|msg|message|comment)[_-]?0$|^data-(?:pid|pk|post)")
_NAMING = frozenset(("a", "b", "strong", "cite", "h2", "h3", "h4", "h5", "h6", "dt"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NAME = 40  # characters
_SUBJECT = 12  # characters of a title
_LABEL = 0.34  # of the posts: texts at one place that are fewer than that are a label, no text
_OFTEN = 0.6


def dates(page: Outline, blocks: tuple[Block, ...]) -> list[int | None]:
    """The leaf with each post's date: in the place that most posts have, and where the dates come in order.

    Members' cards tell when they joined: in no order, and mostly without a time of day.
    """
    found = _fitting(blocks, lambda leaf: page.kinds[leaf] == DATE)

    def weight(leaves: list[int]) -> float:
        moments = [moment for leaf in leaves if (moment := page.moment_at(leaf)[0])]
        steps = [one < two for one, two in pairwise(moments) if one != two]  # all joined on the day it was founded
        ordered = 1 + abs(2 * sum(steps) / len(steps) - 1) if steps else 1
        exact = sum(bool(moment.hour or moment.minute) for moment in moments) / len(leaves)
        return ordered + 0.5 * exact + 0.2 * len(moments) / len(leaves)

    return _consistent(page, found, weight)


def authors(page: Outline, blocks: tuple[Block, ...]) -> list[int | None]:
    """The leaf with each post's author; where no markup says so, what is printed strong in the same place of all."""
    found = _fitting(blocks, lambda leaf: page.kinds[leaf] == AUTHOR and not _is_count(page.leaves[leaf]))
    found = _no_buttons(page, found)

    def weight(leaves: list[int]) -> float:
        names = [page.leaves[leaf] for leaf in leaves]
        linked = sum(bool(page.flags[page.owner[leaf]] & LINK) for leaf in leaves) / len(leaves)
        alike = len(set(names)) == 1 and min(len(names) - 1, 2) / 2  # "Profile", "Send message"
        initials = sum(len(name) == 1 and name.isascii() for name in names) / len(leaves)  # in place of a picture
        return 1 + 0.4 * linked - 0.8 * alike - 0.6 * initials

    if any(found):
        return _consistent(page, found, weight)
    said = [{page.leaves[leaf] for leaves in (*block.around, block.inside) for leaf in leaves} for block in blocks]
    buttons = set[str]().union(*said[:1]).intersection(*said)
    fitting = _fitting(blocks, lambda leaf: _may_name(page, leaf) and page.leaves[leaf] not in buttons)
    named = _consistent(page, fitting, weight)
    places = {page.place(leaf) for leaf in named[1:] if leaf is not None}
    if len(places) == 1 and named[0] is not None and page.place(named[0]) not in places:
        named[0] = None  # the opening post, in other markup, is not signed like that
    names = {page.leaves[leaf] for leaf in named if leaf is not None}
    enough = len(names) > 1 and None not in named[1:]  # one text in every post is a label
    return named if enough else [None] * len(blocks)


def _no_buttons(page: Outline, found: list[list[int]]) -> list[list[int]]:
    """One text with another address in nearly every post is what can be done with a post ("Forward"), no name."""
    links: dict[str, list[str]] = {}
    for leaves in found:
        for leaf in leaves:
            node = page.nodes[page.owner[leaf]]
            link = next((at.get("href") for at in (node, *node.iterancestors("a")) if at.get("href")), None)
            if link:
                links.setdefault(page.leaves[leaf], []).append(link)
    most = max(3, _OFTEN * len(found))
    buttons = {text for text, those in links.items() if len(those) >= most and len(set(those)) > _OFTEN * len(those)}
    return [[leaf for leaf in leaves if page.leaves[leaf] not in buttons] for leaves in found]


def real(page: Outline, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Without the heads and feet of the list, which look like posts but say nothing, and have a date elsewhere."""
    dated = dates(page, blocks)
    heaviest = max(range(len(blocks)), key=lambda at: sum(map(page.net, blocks[at].bodies)))
    own = dated[heaviest]
    place = None if own is None else page.place(own)
    kept = []
    for block, leaf in zip(blocks, dated, strict=True):
        shows = any(page.says(at) or page.nodes[at].find(".//img") is not None for at in block.bodies)
        if shows or place is None or (leaf is not None and page.place(leaf) == place):
            kept.append(block)
    return tuple(kept)


def told(page: Outline, blocks: tuple[Block, ...]) -> set[int]:
    """All dates and authors of the page that stand where these posts have one: they tell of no other post."""
    places: Counter[str] = Counter()
    for block in blocks:
        places.update(
            {page.place(leaf) for leaves in block.around for leaf in leaves if page.kinds[leaf] & (DATE | AUTHOR)}
        )
    chosen = {page.place(leaf) for leaf in (*dates(page, blocks), *authors(page, blocks)) if leaf is not None}
    often = {place for place, count in places.items() if count >= _OFTEN * len(blocks)} | chosen
    return {leaf for leaf, kind in enumerate(page.kinds) if kind & (DATE | AUTHOR) and page.place(leaf) in often}


def _is_count(text: str) -> bool:
    return not any(map(str.isalpha, text))


def _may_name(page: Outline, leaf: int) -> bool:
    text, owner = page.leaves[leaf], page.owner[leaf]
    named = page.nodes[owner].tag in _NAMING or page.nodes[max(page.parent[owner], 0)].tag in _NAMING
    fits = page.kinds[leaf] != DATE and len(text) <= _NAME and not _is_count(text) and not text.endswith(":")
    return named and fits and not _is_subject(page, leaf)


def _fitting(blocks: tuple[Block, ...], fits: Callable[[int], bool]) -> list[list[int]]:
    """The leaves of each block that fit, in order: those around the body, else those in it."""
    found = []
    for block in blocks:
        around = sorted({leaf for leaves in block.around for leaf in leaves if fits(leaf)})
        found.append(around or [leaf for leaf in block.inside if fits(leaf)])
    return found


def _consistent(page: Outline, found: list[list[int]], weight: Callable[[list[int]], float]) -> list[int | None]:
    """Of each block's leaves the one in the weightiest place; a place weighs as many posts as have it."""
    firsts: dict[str, list[int]] = {}
    for leaves in found:
        for place, leaf in {page.place(leaf): leaf for leaf in reversed(leaves)}.items():
            firsts.setdefault(place, []).append(leaf)
    weights = {place: len(leaves) * weight(leaves) for place, leaves in firsts.items()}
    return [max(leaves, key=lambda leaf: (weights[page.place(leaf)], -leaf)) if leaves else None for leaves in found]


def ids(page: Outline, blocks: tuple[Block, ...]) -> list[tuple[str, str] | None]:
    """Each post's own id with its anchor, from the ids, names and permalinks that every post has in its own form."""
    found = [dict(_anchors(page, at)) for at in _regions(page, blocks)]
    values: dict[str, list[str]] = {}
    for anchors in found:
        for key, anchor in anchors.items():
            values.setdefault(key, []).append(anchor)
    own = [key for key, those in values.items() if len(those) >= _OFTEN * len(blocks) and len(set(those)) == len(those)]
    # "p194" rather than "reply-form-1", the longer number rather than the post's place on the page
    best = max(own, key=lambda key: (len(values[key]), _is_post_id(key), len(max(values[key], key=len))), default="")
    return [_id(anchors, best, set(values[best])) if best else None for anchors in found]


def _is_post_id(key: str) -> bool:
    return bool(_POST.search(key))


def _id(anchors: dict[str, str], key: str, taken: set[str]) -> tuple[str, str] | None:
    """The id of a post by its key; the opening post may have one of another form."""
    other = next(
        (value for name, value in reversed(anchors.items()) if name.startswith("id ") and value not in taken), None
    )
    anchor = anchors.get(key, other)
    return (_DIGITS.findall(anchor)[-1], anchor) if anchor else None


def _regions(page: Outline, blocks: tuple[Block, ...]) -> Iterator[range]:
    """The elements of each post: from the end of the one before to its own end, when it has no element to itself."""
    last = 0
    for block in blocks:
        alone = len(block.around) > 2  # noqa: PLR2004 # what it lacks is looked for in the gap beside it
        yield range((last or _above(page, block.unit)) if alone else block.unit, page.end[block.unit])
        last = page.end[block.bodies[-1]]


def _above(page: Outline, unit: int) -> int:
    """The first element beside the first post; beside its row, where its columns are apart."""
    around = page.parent[unit]
    return (page.parent[around] if around > 0 and page.nodes[around].tag == "tr" else around) + 1


def _anchors(page: Outline, nodes: range) -> Iterator[tuple[str, str]]:
    """Key and value of what may be an id, the last key wins: so the first element's stand at the end."""
    for at in reversed(nodes):
        node = page.nodes[at]
        for name, value in node.attrib.items():
            if not value or not _is_anchor(node.tag, name, value):
                continue
            link = _FRAGMENT.search(value) if name == "href" else None
            anchor = link[1] if link else value
            yield f"{name} {_DIGITS.sub('0', anchor)}", anchor


def _is_anchor(tag: Any, name: str, value: str) -> bool:
    if name in ("id", "name"):
        return bool(_DIGITS.search(value)) and not _FOREIGN.search(value) and (name == "id" or tag == "a")
    if name == "href":
        return bool(_FRAGMENT.search(value)) and not _FOREIGN.search(value.rpartition("#")[2])
    named = name.startswith("data-") and ("id" in name or name == "data-pk") and not _FOREIGN.search(name)
    return named and value.isdecimal()


def head(page: Outline, block: Block) -> set[int]:
    """The title and what tells of it, date and author, where the element of a text begins with them."""
    if not block.inside or not is_heading(page, block.inside.start):
        return set()
    return set(takewhile(lambda leaf: page.kinds[leaf] in (DATE, AUTHOR) or is_heading(page, leaf), block.inside))


def is_heading(page: Outline, leaf: int) -> bool:
    """Whether a leaf is a heading that repeats the page's title."""
    return not _HEADINGS.isdisjoint(page.tags(leaf)) and _is_subject(page, leaf)


def _is_subject(page: Outline, leaf: int) -> bool:
    return len(page.leaves[leaf]) >= _SUBJECT and subject(page.leaves[leaf]) in page.title


def labels(page: Outline, blocks: tuple[Block, ...]) -> set[int]:
    """Leaves inside the bodies that repeat in every block: buttons, labels, the date and author lines of a card."""
    if len(blocks) < 3:  # noqa: PLR2004 # two equal lines are no rule
        return set()
    places: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for number, block in enumerate(blocks):
        for leaf in block.inside:
            places.setdefault((page.place(leaf), page.kinds[leaf]), []).append((number, leaf))
    found: set[int] = set()
    for leaves in places.values():
        texts = {_DIGITS.sub("0", page.leaves[leaf]) for _, leaf in leaves}
        everywhere = len({number for number, _ in leaves}) >= _OFTEN * len(blocks)
        foreign = page.kinds[leaves[0][1]] in (DATE, AUTHOR, CHROME)
        if everywhere and (foreign or len(texts) <= _LABEL * len(leaves)):
            found.update(leaf for _, leaf in leaves)
    return found
