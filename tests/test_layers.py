"""Imports point one way: archive knows nothing of the crawler, readers and cleaner know nothing of Scrapy."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
# folder -> what no file in it may import
FORBIDDEN = {
    "archive": ("scrapy", "crawler", "twisted"),
    "crawler/reading": (
        "scrapy",
        "twisted",
        "crawler.cleaning",
        "crawler.forums",
        "archive.store",
        "sqlite3",
        "sqlite_utils",
    ),
    "crawler/forums": ("scrapy", "twisted", "crawler.cleaning", "archive.store", "sqlite3", "sqlite_utils"),
    "crawler/cleaning": (
        "scrapy",
        "twisted",
        "crawler.forums",
        "crawler.reading",
        "archive.store",
        "sqlite3",
        "sqlite_utils",
    ),
    "crawler": ("sqlite3", "sqlite_utils"),
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def crossings(folder: str) -> list[str]:
    return [
        f"{path.relative_to(TOP)} imports {name}"
        for path in sorted((TOP / folder).rglob("*.py"))
        for name in imports(path)
        if any(name == bad or name.startswith(f"{bad}.") for bad in FORBIDDEN[folder])
    ]


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_point_one_way(folder: str) -> None:
    assert not crossings(folder)


def test_the_check_sees_an_import(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("import os\nfrom scrapy import Request\n")
    assert list(imports(module)) == ["os", "scrapy", "scrapy.Request"]


def test_only_the_archive_speaks_sql() -> None:
    spoken = ("select ", "insert into", "update ", "delete from", "create table")
    found = [
        path.relative_to(TOP)
        for path in (TOP / "crawler").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.startswith("execute")
        for argument in node.args
        if isinstance(argument, ast.Constant) and str(argument.value).lower().lstrip().startswith(spoken)
    ]
    assert not found
