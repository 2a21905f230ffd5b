"""What `crawler.forums.read` makes of the saved pages in tests/pages, as JSON; writes it down when asked to.

    python tests/update.py tests/pages/xenforo2/thread tests/pages/xenforo2/board

A folder holds `page.html` (or `page.json`), what is read of it in `expected.json`, and, where the page alone does not
say enough, `request.json` with any of url, charset, software and now. Read the difference before you commit it.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.forums import read
from crawler.reading.select import words

PAGES = Path(__file__).parent / "pages"
NOW = datetime(2024, 6, 15, 12, tzinfo=UTC)


def folders() -> list[Path]:
    """Every folder of tests/pages that holds a page."""
    return sorted({path.parent for path in PAGES.glob("*/*/page.*")})


def saved(folder: Path) -> tuple[bytes, dict[str, Any]]:
    """The bytes of a folder's page and the arguments to read them with."""
    path = next(folder.glob("page.*"))
    request = folder / "request.json"
    arguments = {"url": "", "now": NOW.isoformat()}
    arguments |= json.loads(request.read_text("utf-8")) if request.exists() else {}
    return path.read_bytes(), arguments | {"now": datetime.fromisoformat(arguments["now"])}


def result(folder: Path) -> Any:
    """What is read of a folder's page."""
    body, arguments = saved(folder)
    return shown(read(body, **arguments))


def shown(value: Any) -> Any:
    """A record as JSON without what is empty: times in UTC, a post's body as its words."""
    if is_dataclass(value):
        pairs = {field.name: getattr(value, field.name) for field in fields(value) if field.name != "containers"}
        return {name: shown(part) for name, part in pairs.items() if not _is_empty(part)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return [shown(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return words(value) if hasattr(value, "itertext") else value


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", (), {})


def main() -> None:
    """Write `expected.json` into the folders that the command line names."""
    if len(sys.argv) == 1:
        sys.exit(__doc__)
    for name in sys.argv[1:]:
        text = json.dumps(result(Path(name)), ensure_ascii=False, indent=1)
        Path(name, "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
