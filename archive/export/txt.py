"""Plain text: the title, a blank line, the body."""

from archive.store import ArticleRow


def render(article: ArticleRow) -> str:
    """One article as text."""
    return f"{article.title}\n\n{article.body}\n"
