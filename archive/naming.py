"""The sites and boards that somebody names: as they are written, or without regard to case and diacritics."""

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from archive.database import explained
from archive.errors import FilterError
from archive.filters import Filters
from archive.text import stored

if TYPE_CHECKING:
    from archive.asking import Asking

_SHOWN = 8  # names that an error lists
_SITES = "SELECT site FROM sites ORDER BY site"
_BOARDS = (
    "SELECT DISTINCT title FROM boards JOIN sites ON sites.id = boards.site"
    " WHERE title <> '' AND (:sites = '[]' OR sites.site IN (SELECT value FROM json_each(:sites))) ORDER BY title"
)


def named(archive: "Asking", filters: Filters) -> Filters:
    """The filters with sites and boards as the archive calls them; boards are looked for on those sites.

    Raises:
        FilterError: there is no such site or board, or what is named may be several.
    """
    if not filters.sites and not filters.boards:
        return filters
    with explained(archive.path):
        known = [site for (site,) in archive.db.execute(_SITES)] if filters.sites else []
        sites = [_one("site", site, known, _address) for site in filters.sites]
        rows = archive.db.execute(_BOARDS, {"sites": json.dumps(sites)}) if filters.boards else ()
        known = [title for (title,) in rows]
    return replace(filters, sites=sites, boards=[_one("board", board, known, _plain) for board in filters.boards])


def _one(kind: str, name: str, known: Sequence[str], alike: Callable[[str], str]) -> str:
    if (name := stored(name)) in known:
        return name
    found = [each for each in known if alike(each) == alike(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise FilterError(f"{name!r} may be one of several {kind}s: {_listed(found)}; write it as it stands there")
    near = get_close_matches(name, known, n=_SHOWN, cutoff=0)
    more = f" and {len(known) - len(near)} more" if len(known) > len(near) else ""
    raise FilterError(f"no {kind} is called {name!r}; there {'are: ' + _listed(near) + more if near else 'is none'}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def _address(site: str) -> str:
    return re.sub(r"^https?://", "", _plain(site)).rstrip("/")
