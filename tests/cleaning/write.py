"""Writes tests/cleaning/NAME/expected.json from its post.html or post.txt: read the result before committing it.

python tests/cleaning/write.py NAME...
"""

import json
import sys
from pathlib import Path
from typing import Any

import lxml.html

from crawler.cleaning import clean

HERE = Path(__file__).parent


def outcome(folder: Path) -> dict[str, Any]:
    """What cleaning says of a sample: every block as [label, text, rule], the source, and a flattened page's head."""
    html = folder / "post.html"
    if html.exists():
        body = lxml.html.fromstring(html.read_text(encoding="utf-8"))
    else:
        body = (folder / "post.txt").read_text(encoding="utf-8")
    cleaned = clean(body, url="https://forum.example/threads/mau.1/")
    source = cleaned.source
    return {
        "title": cleaned.title,
        "author": cleaned.author,
        "source": [source.url, source.words, source.name] if source else None,
        "blocks": [[block.label.value, block.text, block.rule] for block in cleaned.blocks],
    }


if __name__ == "__main__":
    for name in sys.argv[1:]:
        text = json.dumps(outcome(HERE / name), ensure_ascii=False, indent=1)
        (HERE / name / "expected.json").write_text(text + "\n", encoding="utf-8")
