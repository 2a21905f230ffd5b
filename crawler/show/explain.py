"""What cleaning decided and why: as JSON, on a terminal, and as a small HTML page that needs nothing else."""

from collections.abc import Iterable
from dataclasses import asdict
from html import escape
from typing import Any, NamedTuple

from archive.records import OWN, Block, Label, Page
from crawler.cleaning import Cleaned
from crawler.cleaning.language import language_of
from crawler.show.terminal import coloured, in_colours

_COLOUR = {"own": "32", "quote": "36", "readon": "33", "source": "33"}  # ANSI; anything else is dim
_HUES = dict(zip((label for label in Label if label not in OWN), range(0, 360, 28), strict=False))
_STYLE = """
body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}
div{padding:.2rem .6rem;margin:.3rem 0;border-left:4px solid;white-space:pre-wrap}
small{display:block;color:#666;white-space:normal}
.own{border-color:#2a7;background:#f2fbf6}
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}div{color:#111}h2{color:#ddd}}
""".strip()


class Part(NamedTuple):
    """One post as it is explained: what stands above it, and its blocks."""

    heading: str
    blocks: tuple[Block, ...]


def cleaned_json(cleaned: Cleaned, *, explain: bool = False) -> dict[str, Any]:
    """Give a cleaned text as the object that `xemtiep clean --json` prints.

    `posts` stands there for a page of several posts; `explain` adds every block with the rule that gave its label.
    """
    found: dict[str, Any] = {"title": cleaned.title, **_post(cleaned, explain=explain)}
    if cleaned.posts:
        found["posts"] = [_post(post, explain=explain) for post in cleaned.posts]
    return found


def _post(cleaned: Cleaned, *, explain: bool) -> dict[str, Any]:
    source = cleaned.source
    found: dict[str, Any] = {
        "author": cleaned.author,
        "card": asdict(cleaned.card),
        "body": cleaned.body,
        "text": cleaned.text,
        "language": language_of(cleaned.text),
        "source_url": source.url if source else None,
        "source_name": source.name if source else None,
        "removed": [list(pair) for pair in cleaned.removed],
    }
    if explain:
        found["blocks"] = [[block.label.value, block.rule, block.text] for block in cleaned.blocks]
    return found


def explained(blocks: Iterable[Block]) -> str:
    """Show every block with its label and the rule that gave it, coloured on a terminal."""
    colourful = in_colours()
    return "\n".join(_explained(block, colourful=colourful) for block in blocks)


def _explained(block: Block, *, colourful: bool) -> str:
    head = f"{block.label.value:<11}{block.rule}".rstrip()
    if colourful:
        head = coloured(head, _COLOUR.get("own" if block.label in OWN else block.label.value, "2"))
    return f"{head}\n" + "\n".join(f"    {line}" for line in block.text.splitlines())


def parts_of(found: Cleaned | Page) -> list[Part]:
    """What there is to explain: the posts of a page, or of a flattened one."""
    if isinstance(found, Page):
        return [Part(f"{post.author.name} · {post.id}", post.blocks) for post in found.posts]
    return [Part(post.author or "", post.blocks) for post in found.posts or (found,)]


def as_html(title: str, parts: Iterable[Part]) -> str:
    """A page that shows every block in its label's colour, with the rule below it."""
    body = "\n".join(_section(part) for part in parts)
    styles = "\n".join(
        f".{label}{{border-color:hsl({hue} 60% 45%);background:hsl({hue} 60% 95%)}}" for label, hue in _HUES.items()
    )
    return (
        f'<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>\n{_STYLE}\n{styles}\n</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )


def _section(part: Part) -> str:
    heading = f"<h2>{escape(part.heading)}</h2>\n" if part.heading else ""
    return heading + "\n".join(_block(block) for block in part.blocks)


def _block(block: Block) -> str:
    kind = "own" if block.label in OWN else block.label.value
    why = f"{block.label.value}: {block.rule}" if block.rule else block.label.value
    return f'<div class="{kind}">{escape(block.text)}<small>{escape(why)}</small></div>'
