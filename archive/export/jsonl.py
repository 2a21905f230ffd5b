"""JSON Lines: one article a line, with the columns of the table `articles`."""

import json

from archive.store import ArticleRow


def render(article: ArticleRow) -> str:
    """One article as a line of JSON."""
    return json.dumps(article._asdict(), ensure_ascii=False) + "\n"
