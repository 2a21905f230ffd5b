"""The commands of the cookbook and the README print what is said there."""

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
COOKBOOK = (DOCS / "cookbook.md").read_text(encoding="utf-8")
SCRIPT = runpy.run_path(str(DOCS / "cookbook.py"))
WRITTEN: Callable[..., str] = SCRIPT["written"]
QUESTIONS = re.findall(r"^## .+\n(?:(?!## ).*\n)+", COOKBOOK, re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cookbook")
    SCRIPT["demo"](made)
    return made


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.split("\n")[0][3:40])
def test_the_output_is_real(question: str, folder: Path) -> None:
    assert question.count("\n$ ") == 1
    assert question == WRITTEN(question, folder), "run python docs/cookbook.py"


def test_the_outputs_in_the_readme_are_real(folder: Path) -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert len(SCRIPT["ASKED"].findall(readme)) > 3
    assert readme == WRITTEN(readme, folder, SCRIPT["ASKED"]), "run python docs/cookbook.py"


def test_there_are_twenty_questions() -> None:
    assert [int(question.split()[1][:-1]) for question in QUESTIONS] == list(range(1, 21))


def test_a_command_that_fails_is_no_output(folder: Path) -> None:
    with pytest.raises(SystemExit, match="exit code 1"):
        WRITTEN('```console\n$ xemtiep db "select nothing"\n```\n', folder)
