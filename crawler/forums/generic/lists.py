"""Whether blocks that look like posts are the rows of a list: of threads, of boards, of members, of a member's posts.

A row has a date and an author, as a post has. But it leads to another page under that page's title, or it says
nothing of its own: counts, labels, links.
"""

import re
from collections import defaultdict
from itertools import takewhile

from crawler.forums.generic import marks, rows, structure
from crawler.forums.generic.links import Links, leads
from crawler.forums.generic.outline import Outline
from crawler.forums.generic.wording import AUTHOR, CHROME, DATE, LINK, QUOTE, length, subject

_MOST = 0.6  # of the blocks have what makes a row
_WORDS = 15  # characters of most titles; members' names are shorter
_FEW = 200  # characters of prose in all posts; other lists on the page may be what it is
_MORE = 4  # times as much in titles
_LABEL = 40  # characters
_NUMBERS = re.compile(r"[\d\W]+")


def is_list(page: Outline, blocks: tuple[structure.Block, ...]) -> bool:
    """Whether the blocks are rows, and no posts of one thread."""
    return _says_nothing(page, blocks) or _leads_elsewhere(page, blocks) or _is_beside(page, blocks)


def _is_beside(page: Outline, blocks: tuple[structure.Block, ...]) -> bool:
    """Whether few words in few blocks stand beside a list that says much more: the rules below a board."""
    said = sum(page.net(at) for block in blocks for at in block.bodies)
    return said < _FEW and sum(length(row.title) for row in rows.search(page)) > _MORE * said


def _says_nothing(page: Outline, blocks: tuple[structure.Block, ...]) -> bool:
    """Whether the blocks hold links for the most part, or one text that differs in its numbers ("12 replies")."""
    leaves = [leaf for block in blocks for leaf in block.inside]
    linked = sum(length(page.leaves[leaf]) for leaf in leaves if page.kinds[leaf] == LINK)
    if linked > _MOST * sum(length(page.leaves[leaf]) for leaf in leaves):
        return True
    texts = [_text(page, block) for block in blocks]
    said = [text for text in texts if text]
    same = bool(said) and len(blocks) > 1 and 2 * len(set(said)) <= len(said)
    return same and max(map(len, said)) <= _LABEL


def _text(page: Outline, block: structure.Block) -> str:
    text = " ".join(page.leaves[leaf] for leaf in block.inside if page.kinds[leaf] not in (DATE, AUTHOR))
    return _NUMBERS.sub(" ", text).strip()


def _leads_elsewhere(page: Outline, blocks: tuple[structure.Block, ...]) -> bool:
    """Whether most blocks have, in the same place, a link to a page of their own under that page's title."""
    crumbs = CHROME * (len(blocks) == 1)  # of one post alone
    links = Links(page, but=AUTHOR | QUOTE | crumbs)
    places: dict[tuple[str, bool], list[tuple[int, str, str]]] = defaultdict(list)
    for number, block in enumerate(blocks):
        for link in links.beside(block):
            url, title = links.told[link]
            is_first = leads(page, block.unit if block.unit <= link < page.end[block.unit] else link, link)
            above = page.first[link] < block.inside.start  # below: who liked it
            if (is_first or above) and subject(title) not in page.title:
                places[page.place(page.first[link]), is_first].append((number, url, subject(title)))
    likely = [(is_first, found) for (_, is_first), found in places.items() if len(found) >= _MOST * len(blocks)]
    said = sum(max(0, page.net(at)) for block in blocks for at in block.bodies)
    authors = {page.leaves[leaf] for leaf in marks.authors(page, blocks) if leaf is not None} if likely else set()
    return any(
        _are_titles(found, len(blocks), said=said, least=1 if is_first else len(authors) + 1)
        for is_first, found in likely
    )


def _are_titles(found: list[tuple[int, str, str]], blocks: int, *, said: float, least: int) -> bool:
    """Whether the links at one place are titles: of another page each, and as long as titles are.

    There are at least so many of them; what each author has one of tells of the author.
    """
    targets: dict[str, set[str]] = defaultdict(set)
    for _, url, title in found:
        targets[title].add(url)
    titles = [title for title, to in targets.items() if len(to) == 1]  # the others are buttons of each post
    if blocks > 1 and least == 1 and len({url for _, url, _ in found if rows.is_board(url)}) >= _MOST * blocks:
        return True
    if len({number for number, _, title in found if title in titles}) < _MOST * blocks:
        return False
    if len(titles) < max(least, min(blocks, 2)):
        return False
    if blocks == 1:
        return least == 1
    same = takewhile(lambda letters: least > 1 and len(set(letters)) == 1, zip(*titles, strict=False))
    label = sum(1 for _ in same)  # "All posts by Orla", "All posts by Piet"
    size = sum(map(length, titles)) - label * len(titles)
    return size >= _WORDS * len(titles) or size > said
