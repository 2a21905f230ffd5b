"""The archive: one SQLite file that holds clean posts and articles, and answers questions about them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.filters import Filters
    from archive.store import Archive

__all__ = ["Archive", "Filters"]


def __getattr__(name: str) -> Any:
    # `xemtiep --help` imports archive.errors and must not pay for the rest
    if name == "Archive":
        from archive.store import Archive

        return Archive
    if name == "Filters":
        from archive.filters import Filters

        return Filters
    raise AttributeError(f"module 'archive' has no attribute {name!r}")
