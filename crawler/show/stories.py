"""What `xemtiep stories` and `xemtiep diff` print, as text for people."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from crawler.counting import counted
from crawler.show.history import diff_text

if TYPE_CHECKING:
    from archive.history.difference import Difference, Side
    from archive.stories.listing import Appearance, Story


def story_lines(story: "Story") -> Iterator[str]:
    """Show how far a story spread."""
    yield f"{story.id:>8}  {story.title}"
    when = (
        story.first_at[:10]
        if story.first_at[:10] == story.last_at[:10]
        else f"{story.first_at[:10]} to {story.last_at[:10]}"
    )
    spread = f"{counted(story.articles, 'article')} on {counted(story.sites, 'site')}"
    yield f"{'':>10}{spread}, {counted(story.versions, 'version')}, {when}"


def appearance_lines(found: Iterable["Appearance"]) -> Iterator[str]:
    """Show where and when a text appeared, the first time first."""
    found = list(found)
    many = [f"{len(found)} articles" if len(found) > 1 else "appeared once"]
    many += [counted(len({one.site for one in found}), "site"), counted(max(one.version for one in found), "version")]
    yield f"{found[0].title}"
    yield f"  {', '.join(many)}"
    for one in found:
        where = " · ".join(filter(None, (one.site, one.board, one.author)))
        gone = f", gone {one.gone_at}" if one.gone_at else ""
        yield f"  {one.at}  {one.id:>8}  version {one.version}, {counted(one.words, 'word')}{gone}  {where}"
        title = "" if one.title == found[0].title else f"  {one.title}"
        yield f"    {one.url}{title}"


def difference_lines(found: "Difference", *, colored: bool) -> Iterator[str]:
    """Show two posts, and what the second cut of the first and added to it."""
    yield _side_line("A", found.one)
    yield _side_line("B", found.other)
    yield counts_line(found)
    if any(sign != "=" for sign, _ in found.title):
        yield f"title: {diff_text(found.title, colored=colored)}"
    if found.cut or found.added:
        yield ""
        yield diff_text(found.text, colored=colored)


def counts_line(found: "Difference") -> str:
    """Say how many words stayed."""
    if not (found.cut or found.added):
        return f"the same {counted(found.kept, 'word')}"
    return f"{counted(found.kept, 'word')} kept, {found.cut} cut, {found.added} added"


def where_line(side: "Side") -> str:
    """Say where and when a post was posted."""
    return " · ".join(filter(None, (side.site, side.author, side.posted_at)))


def _side_line(name: str, side: "Side") -> str:
    return f"{name}  {side.id:>8}  {side.title}\n             {where_line(side)}\n             {side.url}"
