"""The archive: one SQLite file that holds clean posts and articles, and answers questions about them."""

from archive.store import Archive

__all__ = ["Archive"]
