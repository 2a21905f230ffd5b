"""The documents say what the program does: a command or option that is not documented fails here."""

import json
import re
import runpy
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from conftest import Run

from crawler.cli import main
from crawler.config import Config
from crawler.demo import sample_forum, serve

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text(encoding="utf-8")
REFERENCE = TOP / "docs" / "commands.md"
PAGES = [TOP / "README.md", *sorted(set((TOP / "docs").glob("*.md")) - {REFERENCE})]
PROSE = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)


def commands(group: click.Group = main, name: str = "xemtiep") -> Iterator[tuple[str, click.Command]]:
    for child in group.commands.values():
        if isinstance(child, click.Group):
            yield from commands(child, f"{name} {child.name}")
        else:
            yield f"{name} {child.name}", child


def test_the_reference_is_what_the_commands_say() -> None:
    written = runpy.run_path(str(TOP / "docs" / "commands.py"))["reference"]()
    assert REFERENCE.read_text(encoding="utf-8") == written, "run python docs/commands.py"


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_every_command_is_shown_in_use_and_every_option_has_help(name: str, command: click.Command) -> None:
    assert re.search(rf"\b{name}\b", PROSE)
    assert command.help
    assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []


@pytest.mark.parametrize("path", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_links_lead_somewhere(path: str) -> None:
    assert (TOP / path).exists()


def test_every_key_of_the_configuration_is_documented() -> None:
    assert [name for name in Config.__dataclass_fields__ if not re.search(rf"\b{name}\b", PROSE)] == []


def test_ci_runs_the_test_command_of_the_readme() -> None:
    pattern = re.search(r"grep -m 1 -E '(.+)' README", (TOP / ".ci" / "run").read_text())
    assert pattern
    found = [line for line in README.splitlines() if re.search(pattern[1], line)]
    assert found == ["python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest"]


def test_the_change_log_speaks_of_this_version() -> None:
    version = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["version"]
    headings = re.findall(r"^## (.+)$", (TOP / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased" or headings[0].startswith(version)


def test_the_ci_example_crawls_and_keeps_its_archive_whatever_the_crawl_says(run: Run, tmp_path: Path) -> None:
    (example,) = re.findall(
        r"```yaml\n(.+?)```", (TOP / "docs" / "scheduling.md").read_text(encoding="utf-8"), re.DOTALL
    )
    steps = yaml.safe_load(example)["jobs"]["crawl"]["steps"]
    restored, saved = (step for step in steps if "actions/cache/" in step.get("uses", ""))
    assert saved["if"] == "always()"
    assert (saved["with"]["path"], saved["with"]["key"]) == (restored["with"]["path"], restored["with"]["key"])
    (command,) = (step["run"] for step in steps if step.get("run", "").startswith("xemtiep"))
    assert steps.index(restored) < len(steps) - 2 < steps.index(saved)
    with serve(sample_forum(threads=5)) as served:
        (tmp_path / "xemtiep.toml").write_text(f'delay = 0\n[[sites]]\nurl = "{served.url}"\n')
        new = [json.loads(run(*command.split()[1:], cwd=tmp_path).stdout)["counts"]["new"] for _ in range(2)]
    assert new[0] > new[1] == 0
    assert (tmp_path / saved["with"]["path"]).exists()
