"""The sqlite-utils plugin and `xemtiep db`."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st

from archive import plugin
from crawler.demo import Served

TOP = Path(__file__).parent.parent
Crawled = tuple[Path, Served]


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("fold('Tín dụng ĐẢNG bộ')", "tin dung dang bo"),
        ("fold(NULL)", None),
        ("host('https://www.Bao.example:8080/a?b')", "bao.example"),
        ("host('https://[::1/a')", None),
        ("host('nowhere')", None),
        ("host(5)", None),
        ("host(x'ff')", None),
        ("words(' một  hai\nba ')", 3),
        ("fits('Đảng bộ xã đã họp', 'dang bo')", 1),
        ("fits('Đảng bộ xã đã họp', 'đang')", 0),
        ("fits('Đảng bộ xã đã họp', 'họp NOT huyện')", 1),
        ("fits(NULL, 'họp')", None),
    ],
)
def test_functions(sql: str, value: object) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        plugin.prepare_connection(db)
        assert db.execute(f"SELECT {sql}").fetchone() == (value,)


@pytest.mark.parametrize("query", ["(họp", "họp)", "", "NOT họp"])
def test_a_query_that_cannot_be_understood_is_explained(run: Run, crawled: Crawled, query: str) -> None:
    done = run("db", "--archive", crawled[0], f"select count(*) from articles where fits(title, '{query}')")
    searched = run("search", query, "--archive", crawled[0])
    assert (done.returncode, done.stdout, searched.returncode) == (1, "", 2)
    assert done.stderr.splitlines()[0] == searched.stderr.strip().replace("xemtiep:", "fits:")


@given(text=st.text(alphabet="aăâáạàđĐDd eêệ\u0301x", max_size=20))
def test_folded_text_folds_to_itself(text: str) -> None:
    once = plugin.fold(text)
    assert plugin.fold(once) == once
    assert "đ" not in (once or "")


def test_sqlite_utils_is_told_of_the_plugin() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["sqlite_utils"] == {"xemtiep": plugin.__name__}


def test_loading_is_light() -> None:
    """sqlite-utils loads plugins whatever it is asked: this one may not cost more than it does itself."""
    code = (
        "import sys, time, sqlite_utils.cli; start = time.process_time(); import archive.plugin;"
        "print(time.process_time() - start);"
        "print([m for m in sys.modules if m.split('.')[0] in {'scrapy', 'twisted', 'lxml', 'crawler', 'rich'}])"
    )
    done = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(3)]
    seconds, heavy = zip(*(one.stdout.splitlines() for one in done), strict=True)
    assert set(heavy) == {"[]"}
    assert min(map(float, seconds)) < 0.03


def test_a_story_is_found_by_number_and_url(run: Run, crawled: Crawled) -> None:
    sql = "select story, story_of(id) as by_id, story_of(url) as by_url, story_of('x') as none from articles"
    done = run("db", "--archive", crawled[0], sql)
    rows = json.loads(done.stdout)
    assert rows
    assert all(row["story"] == row["by_id"] == row["by_url"] for row in rows)
    assert {row["none"] for row in rows} == {None}


def test_the_archive_is_filled_in(run: Run, crawled: Crawled, tmp_path: Path) -> None:
    (tmp_path / "xemtiep.toml").write_text(f'archive = "{crawled[0]}"\n', encoding="utf-8")

    def ask(*arguments: str) -> str:
        done = run("db", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    assert json.loads(ask("query", "select count(*) as n from sites")) == [{"n": 1}]
    assert "articles" in ask("tables", "--csv")
    assert "tín dụng" in ask("search", "articles", "tín dụng", "-c", "body", "--limit", "1").lower()
    assert ask("rows", "articles", "-c", "source_host", "--limit", "1", "--csv").startswith("source_host\n")
    assert "CREATE TABLE" in ask("schema", "sites")
    assert "Usage: sqlite-utils search" in ask("search", "--help")
    assert "xemtiep-search" in ask()
    assert json.loads(ask("memory", "select 1 as one")) == [{"one": 1}]


def test_what_cannot_be_done_is_said(run: Run, crawled: Crawled, tmp_path: Path) -> None:
    done = run("db", "--archive", tmp_path / "nowhere.db", "tables")
    assert (done.returncode, "there is no such archive" in done.stderr) == (1, True)
    assert not (tmp_path / "nowhere.db").exists()
    done = run("db", "--archive", crawled[0], "select nonsense")
    assert (done.returncode, done.stderr) == (1, "Error: no such column: nonsense\n")
    done = run("db", "--archive", crawled[0], "xemtiep-search", '""')
    assert (done.returncode, done.stderr.startswith("Error: ")) == (2, True)


def test_commands_on_any_archive(run: Run, crawled: Crawled, tmp_path: Path) -> None:
    def ask(*arguments: object) -> str:
        done = run("db", "--archive", crawled[0], *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    hits = json.loads(ask("xemtiep-search", "tin dung", "--limit", 2, "--host", "bao.example"))
    assert [hit["source_host"] for hit in hits] == ["bao.example"] * 2
    assert json.loads(ask("xemtiep-search", "khongcogi")) == []
    assert [story["articles"] for story in json.loads(ask("xemtiep-stories"))] == [2]
    every = ask("xemtiep-export").splitlines()
    assert len(ask("xemtiep-export", "--one-per-story").splitlines()) == len(every) - 1
    ask("xemtiep-export", "--format", "csv", "-o", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").stat().st_size > 10_000


def test_commands_say_what_is_wrong(tmp_path: Path) -> None:
    done = CliRunner().invoke(plugin.search_command, [str(tmp_path / "nowhere.db"), "x"])
    assert (done.exit_code, "there is no such archive" in done.output) == (1, True)
    done = CliRunner().invoke(plugin.export_command, ["a.db", "--format", "nope"])
    assert (done.exit_code, "there is no format 'nope'" in done.output) == (2, True)


def test_db_without_arguments_lists_the_commands_even_without_an_archive(run: Run, tmp_path: Path) -> None:
    done = run("db", "--archive", tmp_path / "none.db")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Commands:" in done.stdout


def test_a_damaged_archive_is_explained(run: Run, crawled: Crawled, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    with closing(sqlite3.connect(crawled[0])) as source, closing(sqlite3.connect(damaged)) as target:
        source.backup(target)
    with damaged.open("r+b") as file:
        file.seek(4096)  # behind the first page, where the names of the tables are
        file.write(b"\xff" * (damaged.stat().st_size - 4096))
    for arguments in (["tables", "--counts"], ["select * from posts"]):
        done = run("db", "--archive", damaged, *arguments)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert "the file is damaged" in done.stderr


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_query_that_never_ends_can_be_interrupted(crawled: Crawled, sent: signal.Signals) -> None:
    endless = "with recursive t(x) as (select 1 union all select x + 1 from t) select count(*) from t"
    begun = "from archive import forwarding as f; f._check = lambda _: print('on', flush=True)"
    script = f"{begun}; from crawler.__main__ import run; run()"
    command = [sys.executable, "-c", script, "db", "--archive", str(crawled[0]), endless]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        time.sleep(0.3)
        process.send_signal(sent)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "xemtiep: interrupted\n")
