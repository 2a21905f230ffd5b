"""Two posts compared, as a page that needs nothing else."""

from html import escape
from typing import TYPE_CHECKING

from crawler.show.stories import counts_line, where_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive.history.difference import Difference, Side
    from archive.history.wording import Piece

_TAGS = {"=": "span", "-": "del", "+": "ins"}
_STYLE = """
body{font:16px/1.6 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
.text{white-space:pre-line}
small{color:#666}
del{background:#fdd}
ins{background:#dfd;text-decoration:none}
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}small{color:#aaa}a{color:#8cf}
del{background:#622}ins{background:#263}}
""".strip()


def as_html(found: "Difference") -> str:
    """The page: what the second post cut of the first is crossed out, what it added has another colour."""
    title = f"{found.one.title} / {found.other.title}"
    return (
        f'<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<h1>{_pieces(found.title)}</h1>\n"
        f'<div class="sides">{_side("A", found.one)}{_side("B", found.other)}</div>\n'
        f"<p>{escape(counts_line(found))}</p>\n"
        f'<div class="text">{_pieces(found.text)}</div>\n</body>\n</html>\n'
    )


def _side(name: str, side: "Side") -> str:
    safe = side.url.startswith(("http://", "https://"))  # an address of another kind could run a script
    link = f'<a href="{escape(side.url)}">{escape(side.url)}</a>' if safe else escape(side.url)
    return f"<p><b>{name}</b> {escape(side.title)}<br><small>{escape(where_line(side))}<br>{link}</small></p>"


def _pieces(pieces: "Iterable[Piece]") -> str:
    return " ".join(f"<{_TAGS[sign]}>{escape(text)}</{_TAGS[sign]}>" for sign, text in pieces)
