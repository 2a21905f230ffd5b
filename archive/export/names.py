"""Names for files that every file system takes."""

import re
import unicodedata

_SLUG = 60  # characters; with id and suffix well under the 143 bytes of the strictest file systems


def slug(text: str) -> str:
    """The words of a text in small letters a-z and digits, joined with hyphens; empty where there are none."""
    plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")


def file_name(number: int, title: str, suffix: str) -> str:
    """The name of an article's file: unique by the article's id, sorted like it, readable by its title.

    Small ASCII letters, digits and hyphens only: the same name where case does not count, in every Unicode form and
    encoding; with the id in front none is a device of Windows (con, nul).
    """
    return f"{number:08d}-{slug(title)[:_SLUG].rstrip('-') or 'article'}.{suffix}"


def number_of(name: str, suffix: str) -> int | None:
    """The article that a file of such a name is of; None if it is no such name."""
    found = re.fullmatch(rf"(\d{{8,}})-[a-z0-9-]+\.{re.escape(suffix)}", name)
    return int(found[1]) if found else None
