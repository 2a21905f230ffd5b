"""Stories: which articles carry the same text, where it appeared first, and where it spread."""

from archive.stories.joining import describe, join, join_all, leave

__all__ = ["describe", "join", "join_all", "leave"]
