"""Markdown with YAML front matter, as Obsidian and Hugo read it."""

import json
import re

from archive.store import ArticleRow

_FIELDS = {
    "author": "author",
    "date": "posted_at",
    "site": "site",
    "board": "board",
    "url": "url",
    "source": "source_url",
    "publisher": "source_name",
    "language": "language",
    "words": "words",
}
# What Markdown would read as markup at the start of a line or inside it; words stay as they were posted
_MARKUP = re.compile(
    r"([\\`*_\[\]<>])|^(\s*)(#{1,6}\s|[-+]\s|={3,}\s*$|-{3,}\s*$|~{3})|^(\s*\d+)([.)]\s)", re.MULTILINE
)


def render(article: ArticleRow) -> str:
    """One article with its record as front matter."""
    known = {name: value for name, column in _FIELDS.items() if (value := getattr(article, column)) is not None}
    # a JSON string is a YAML string: no value can break out of its line
    front = "\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in known.items())
    title = json.dumps(article.title, ensure_ascii=False)
    return f"---\ntitle: {title}\n{front}\n---\n\n# {_plain(article.title)}\n\n{_plain(article.body)}\n"


def _plain(text: str) -> str:
    return _MARKUP.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    if found[1]:
        return "\\" + found[1]
    if found[3]:
        return f"{found[2]}\\{found[3]}"
    return f"{found[4]}\\{found[5]}"
