"""xemtiep.toml, environment and flags become one frozen Config; what is not known is refused by name."""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from archive.errors import ConfigError

FILE = Path("xemtiep.toml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """What a run needs to know. `delay` is in seconds between two requests to one host; 0 also ends throttling.

    `contact` is an address or URL that the user agent names, so that a forum's owner can reach you.
    """

    archive: Path = field(default=Path("archive.db"))
    contact: str = ""
    delay: float = 1.0

    @property
    def user_agent(self) -> str:
        """The name that requests carry."""
        from importlib.metadata import version  # noqa: PLC0415 - half of the start-up time of `xemtiep --help`

        about = self.contact or "no contact configured"
        return f"xemtiep/{version('xemtiep')} (forum archiver; {about})"


def load(file: Path | None = None, **given: Any) -> Config:
    """Read the configuration: flags (`given`, None where absent) before the file, the file before the defaults.

    Without `file`, xemtiep.toml of the current folder counts if it is there. Paths in the file are relative to it.

    Raises:
        ConfigError: the file is missing or no TOML, a key is unknown, or a value has the wrong type.
    """
    path = file or FILE
    if file is None and not path.exists():
        values: dict[str, Any] = {}
    else:
        values = _read(path)
    if "archive" in values:
        values["archive"] = path.parent / Path(values["archive"]).expanduser()
    values |= {key: value for key, value in given.items() if value is not None}
    config = Config(**values)
    if config.delay < 0:
        raise ConfigError(f"delay is {config.delay}: give seconds, 0 or more")
    return config


def _read(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    known = {item.name: item.type for item in fields(Config)}
    for key, value in values.items():
        if key not in known:
            raise ConfigError(f"{path}: unknown key {key!r}; known are {', '.join(known)}")
        wanted, name = ((int, float), "a number") if known[key] is float else ((str,), "a text")
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise ConfigError(f"{path}: {key} is {value!r}; it must be {name}")
    return values
