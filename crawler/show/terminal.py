"""What a terminal gets: our own colours, and nothing of a page that it would obey."""

import os
import sys
from typing import TextIO

from archive.text import COMMANDS

_KEY = os.urandom(8).hex()  # stands in our own sequences until they are printed: no page knows it
_OWN = f"\x1b{_KEY}["


def in_colours() -> bool:
    """Whether stdout shows colours: a terminal does, unless its user wants none (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def colours(code: str) -> tuple[str, str]:
    """What turns a colour on and off, by its ANSI code ("1;33"), for texts that are `shown`."""
    return f"{_OWN}{code}m", f"{_OWN}0m"


def coloured(text: str, code: str) -> str:
    """The text in a colour."""
    return text.join(colours(code))


def shown(text: str, stream: TextIO) -> str:
    """The text as that stream gets it: a file or pipe as it is, a terminal without what would command it."""
    if not stream.isatty():
        return text
    return "\x1b[".join(COMMANDS.sub("\ufffd", part) for part in text.split(_OWN))
