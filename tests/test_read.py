"""Saved pages of every forum software, written for these tests, against what must be read of them."""

import json
from datetime import UTC
from pathlib import Path

import pytest
from update import PAGES, folders, result, saved

from crawler.forums import FORUMS
from crawler.reading.document import document

NAMES = [str(folder.relative_to(PAGES)) for folder in folders()]


@pytest.mark.parametrize("name", NAMES)
def test_page_reads_as_expected(name: str) -> None:
    expected = json.loads(Path(PAGES, name, "expected.json").read_text("utf-8"))
    assert expected == result(PAGES / name)


@pytest.mark.parametrize("name", NAMES)
def test_page_is_claimed_by_at_most_one_software(name: str) -> None:
    body, arguments = saved(PAGES / name)
    doc = document(body, arguments["url"], charset=None, zone=UTC, now=arguments["now"])
    claiming = [type(forum) for forum in FORUMS if forum.claims(doc)]
    # a version's class stands before the class of its family and may share the family's marks
    families = [one for one in claiming if not any(other is not one and issubclass(other, one) for other in claiming)]
    assert len(families) <= 1, families
