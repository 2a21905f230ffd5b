"""The command line as a user types it: results on stdout, the rest on stderr, exit codes, no traceback ever."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from conftest import COMMAND, Run

from archive import Archive
from archive.errors import ArchiveError
from archive.forwarding import forward
from archive.search import search
from crawler.cli import main
from crawler.demo import Served, sample_forum, serve
from crawler.show import counted

# ---------------------------------------------------------------- help and documentation


def test_help_needs_no_heavy_import() -> None:
    code = "import sys, crawler.cli; print([m for m in ('scrapy', 'lxml', 'rich', 'sqlite_utils') if m in sys.modules])"
    done = subprocess.run([COMMAND.with_name("python"), "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_lists_the_commands(run: Run) -> None:
    shown = run("--help").stdout
    for name in ("crawl", "read", "clean", "search", "export", "status", "forums", "demo"):
        assert re.search(rf"^  {name} ", shown, re.MULTILINE), name


# ---------------------------------------------------------------- clean

POST = """An Khê mở thêm lớp học

Bot Tin

Tin tức
Bài viết
12,345
Tỉnh An Khê vừa mở thêm mười lớp học cho trẻ em vùng cao trong năm học mới, theo thông báo của sở.

Các lớp học được xây từ nguồn vốn do người dân đóng góp và sẽ đón học sinh vào tháng tới.

Xem tiếp...
"""


def test_clean_reads_a_text_from_a_file_and_from_stdin(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "post.txt"
    file.write_text(POST, encoding="utf-8")
    from_file, from_stdin = run("clean", file, "--json"), run("clean", "-", "--json", stdin=POST)
    assert from_file.stdout == from_stdin.stdout
    found = json.loads(from_file.stdout)
    assert found["author"] == "Bot Tin"
    assert found["card"]["counts"] == {"Bài viết": 12345}
    assert [paragraph[:4] for paragraph in found["body"]] == ["Tỉnh", "Các "]
    assert found["removed"] == [["readon", "Xem tiếp..."]]


def test_clean_explains_every_block(run: Run) -> None:
    shown = run("clean", "-", "--explain", stdin=POST).stdout
    assert re.search(r"^body\s", shown, re.MULTILINE)
    assert re.search(r"^readon\s+\S.*\n\s+Xem tiếp", shown, re.MULTILINE)


# ---------------------------------------------------------------- what a crawl leaves, queried


def test_search_without_diacritics_finds_text_with_them(run: Run, crawled: tuple[Path, Served]) -> None:
    hits = run("search", '"tin dung"', "--archive", crawled[0], "--json").stdout.splitlines()
    assert hits
    assert all("tín dụng" in json.loads(hit)["snippet"].replace("[", "").replace("]", "").lower() for hit in hits[:3])
    words = [run("search", *query, "--archive", crawled[0]).stdout for query in (("tin", "dung"), ("tin dung",))]
    assert words[0] == words[1] != ""
    assert "only what must not be there" in run("search", "NOT", "tin", "--archive", crawled[0]).stderr


def test_a_word_to_leave_out_may_be_typed_as_it_is(run: Run, crawled: tuple[Path, Served]) -> None:
    def found(*query: str) -> list[str]:
        done = run("search", "--archive", crawled[0], "--json", *query)
        assert done.returncode == 0, done.stderr
        return [json.loads(line)["url"] for line in done.stdout.splitlines()]

    expected = found("tin NOT dung")
    assert 0 < len(expected) < len(found("tin", "--limit", "1000"))
    assert found("tin", "-dung") == found("-dung", "tin") == found("--", "tin", "-dung") == expected
    assert found("tin", '-"tin dung"') == found('tin NOT "tin dung"')
    assert found("tin", "--limit", "1", "-dung") == expected[:1]
    assert "only what must not be there" in run("search", "-tin", "--archive", crawled[0]).stderr
    assert "Usage:" in run("search", "-h").stdout
    assert run("search", "tin", "--limit", "-5", "--archive", crawled[0]).returncode == 2


def test_search_filters_and_counts(run: Run, crawled: tuple[Path, Served]) -> None:
    ask = ("search", "tin dung", "--archive", crawled[0])
    hits = [json.loads(line) for line in run(*ask, "--kind", "article", "--json").stdout.splitlines()]
    counted = json.loads(run(*ask, "--facets", "--json").stdout)
    assert counted["complete"] is True
    assert counted["counts"]["kind"]["article"] == len(hits) > 0
    host = hits[0]["source_host"]
    kept = run(*ask, "--host", host, "--limit", 1000, "--json").stdout.splitlines()
    assert len(kept) == counted["counts"]["host"][host]
    assert f"  {host}: {len(kept)}" in run(*ask, "--facets").stdout.splitlines()
    assert run(*ask, "--host", "other.example").stderr == "no hits for 'tin dung'\n"
    assert run(*ask, "--until", "1999").stdout == ""


def test_search_explains_a_query_that_says_nothing(run: Run, crawled: tuple[Path, Served]) -> None:
    done = run("search", '"', "--archive", crawled[0])
    assert done.returncode == 2
    assert done.stderr.startswith("xemtiep: ")
    assert "Traceback" not in done.stderr


def test_status_counts_what_the_archive_holds(run: Run, crawled: tuple[Path, Served]) -> None:
    archive, served = crawled
    found = json.loads(run("status", "--archive", archive, "--json").stdout)
    assert found["posts"] == sum(len(thread["posts"]) for thread in served.forum.truth())
    assert found["runs"][0]["outcome"] == "done"
    shown = run("status", "--archive", archive).stdout
    assert shown.startswith(f"1 site, {found['boards']} boards, {found['threads']} threads, {found['posts']} posts, ")
    assert f"crawl {served.url}  done  " in shown
    assert "  1 x wall: " in shown


@pytest.mark.parametrize("format_", ["txt", "md", "jsonl"])
def test_export_gives_every_article(run: Run, crawled: tuple[Path, Served], tmp_path: Path, format_: str) -> None:
    archive, _ = crawled
    count = json.loads(run("status", "--archive", archive, "--json").stdout)["articles"]
    run("export", "--archive", archive, "--format", format_, "-o", tmp_path / "articles")
    names = sorted(path.name for path in (tmp_path / "articles").iterdir())
    assert len(names) == count
    assert all(re.fullmatch(rf"\d{{8}}-[a-z0-9-]+\.{format_}", name) for name in names)
    to_file = tmp_path / f"all.{format_}"
    run("export", "--archive", archive, "--format", format_, "-o", to_file)
    assert to_file.read_text(encoding="utf-8") == run("export", "--archive", archive, "--format", format_).stdout
    assert not list(tmp_path.glob(".*.part"))


def test_sqlite_utils_queries_the_archive(crawled: tuple[Path, Served]) -> None:
    def ask(*arguments: object) -> list[dict[str, object]]:
        command = [COMMAND.with_name("sqlite-utils"), *map(str, arguments)]
        return list(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))

    archive, _ = crawled
    assert "tín dụng" in str(ask("search", archive, "articles", "tín dụng", "-c", "body", "--limit", 1)).lower()
    assert ask("rows", archive, "articles", "--limit", 1, "-c", "source_host") == [{"source_host": "bao.example"}]
    assert ask("query", archive, "select count(*) as n from posts_full where text is null") == [{"n": 0}]


@pytest.fixture
def read_only(crawled: tuple[Path, Served]) -> Iterator[Path]:
    """An archive as a user sees it who may write neither the file nor its folder."""
    folder = Path(tempfile.mkdtemp())  # not tmp_path: other users may not look into pytest's folders
    archive = folder / "archive.db"
    with closing(sqlite3.connect(crawled[0])) as source, closing(sqlite3.connect(archive)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = WAL")
    archive.chmod(0o444)
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # rights do not bind root
    yield archive
    os.seteuid(user)
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_an_archive_on_a_read_only_medium_can_be_asked(read_only: Path) -> None:
    with Archive.open(read_only, create=False) as archive:
        assert archive.status()["articles"] > 0
        assert list(search(archive, "tin dung", limit=1))
    with pytest.raises(ArchiveError, match="cannot be"), Archive.open(read_only) as archive:
        archive.seed("https://forum.example/")
    assert [path.name for path in read_only.parent.iterdir()] == [read_only.name]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("doctor", "not checked: full-text\nall is well: file, "),
        ("habits", "these are its habits as they were counted last"),
        ("status", "articles"),
    ],
)
def test_a_read_only_medium_is_looked_after_as_far_as_it_goes(read_only: Path, command: str, said: str) -> None:
    done = CliRunner().invoke(main, [command, "--archive", str(read_only)])
    assert (done.exit_code, said in done.output) == (0, True), done.output
    assert [path.name for path in read_only.parent.iterdir()] == [read_only.name]


def test_what_cannot_be_written_cannot_be_repaired(read_only: Path) -> None:
    done = CliRunner().invoke(main, ["doctor", "--repair", "--archive", str(read_only)])
    assert done.exit_code == 1
    assert "copy it to a folder that can be written" in done.output


@pytest.mark.parametrize("arguments", [["select count(*) from articles"], ["tables", "--counts"]])
def test_sqlite_utils_on_a_read_only_medium_says_what_it_needs(read_only: Path, arguments: list[str]) -> None:
    with pytest.raises(ArchiveError, match=r"archive\.db: it cannot be (written|opened): check"):
        forward(read_only, arguments)


def test_asking_an_empty_file_leaves_it_empty(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "zero.db"
    file.touch()
    for command in (["status"], ["search", "x"], ["export"]):
        done = run(*command, "--archive", file)
        assert (done.returncode, done.stdout) == (1, "")
        assert "empty file" in done.stderr
    assert file.stat().st_size == 0


# ---------------------------------------------------------------- bad input: a sentence, an exit code, no traceback


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("crawl", "ftp://forum.example/"), 2, "not a web address"),
        (("crawl",), 2, "URL"),
        (("crawl", "http://127.0.0.1:9/", "--delay", "-1"), 2, "delay"),
        (("read", "missing.html"), 1, "missing.html"),
        (("clean", "missing.txt"), 1, "missing.txt"),
        (("search", "x", "--archive", "missing.db"), 1, "missing.db"),
        (("status", "--archive", "text.db"), 1, "text.db"),
        (("export", "--archive", "other.db"), 1, "other.db"),
        (("export", "--format", "docx"), 2, "docx"),
        (("search", "x", "--limit", "9" * 20), 2, "--limit"),
        (("crawl", "http://127.0.0.1:9/", "--delay", "nan"), 2, "delay"),
        (("crawl", "http://127.0.0.1:9/", "--delay", "inf"), 2, "delay"),
        (("status", "--config", "bare.toml"), 2, "'nope'"),
        (("status", "--config", "lines.toml"), 2, "one line"),
        (("status", "--config", "bad.toml"), 2, "colour"),
        (("status", "--config", "broken.toml"), 2, "not valid TOML"),
    ],
)
def test_bad_input_gets_a_clear_answer(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    (tmp_path / "text.db").write_text("no database at all, just a text that is long enough to be read")
    (tmp_path / "bad.toml").write_text('colour = "red"\n')
    (tmp_path / "bare.toml").write_text('[[sites]]\nurl = "nope"\n')
    (tmp_path / "lines.toml").write_text('contact = "a@b.example\\nX-Other: 1"\n')
    (tmp_path / "broken.toml").write_text("archive = \n")
    subprocess.run(
        [COMMAND.with_name("sqlite-utils"), "create-table", "other.db", "t", "id", "integer"], cwd=tmp_path, check=True
    )
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_stray_scrapy_project_does_not_take_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = nothing.settings\n")
    done = run("crawl", "http://127.0.0.1:9/", "--delay", 0, cwd=tmp_path)
    assert done.returncode == 1
    assert "refused" in done.stderr


def test_a_closed_pipe_ends_quietly(crawled: tuple[Path, Served]) -> None:
    command = f"{COMMAND} export --archive {crawled[0]} | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("read page.html > /dev/full", 1),
        ("clean post.txt > /dev/full", 1),
        ("export --archive {archive} > /dev/full", 1),
        ("clean - <&-", 1),
        ("read - <&-", 1),
    ],
)
def test_closed_and_full_streams_get_a_line(crawled: tuple[Path, Served], tmp_path: Path, line: str, code: int) -> None:
    (tmp_path / "page.html").write_text("<html><body><p>Một trang</p></body></html>")
    (tmp_path / "post.txt").write_text(POST)
    command = f"{COMMAND} {line.format(archive=crawled[0])}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert re.fullmatch(r"xemtiep: .*standard (in|out)put.*\n", done.stderr)


def test_output_is_utf8_whatever_the_locale(run: Run, crawled: tuple[Path, Served]) -> None:
    arguments = ("export", "--archive", crawled[0])
    ascii_only = run(*arguments, env={**os.environ, "PYTHONIOENCODING": "ascii"}, encoding="utf-8")
    assert ascii_only.returncode == 0
    assert "tín dụng" in ascii_only.stdout


def test_an_unreadable_file_does_not_keep_others_from_being_read(run: Run, tmp_path: Path) -> None:
    page = "<html><body><p>Một trang</p></body></html>"
    (tmp_path / "a.html").write_text(page)
    done = run("read", "a.html", "missing.html", "-", cwd=tmp_path, stdin=page)
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == ["a.html", "-"]
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "missing.html" in done.stderr


def test_a_folder_is_no_page_and_the_message_says_what_to_give(run: Run, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    done = run("read", "saved", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "saved/*.html" in done.stderr


def test_a_search_without_hits_says_so(run: Run, crawled: tuple[Path, Served]) -> None:
    done = run("search", "zzzyyy", "--archive", crawled[0])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no hits for 'zzzyyy'\n")
    assert "letters or digits" in run("search", "😀", "--archive", crawled[0]).stderr
    refused = run("search", "(tin", "--archive", crawled[0])
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "never closes" in refused.stderr


def test_an_export_spares_the_archive_and_knows_folders(run: Run, crawled: tuple[Path, Served], tmp_path: Path) -> None:
    own = tmp_path / "own.db"
    with closing(sqlite3.connect(crawled[0])) as source, closing(sqlite3.connect(own)) as target:
        source.backup(target)
    (tmp_path / "taken").write_text("words to keep")
    for name in (own, f"{own}-wal", f"{own}-shm", tmp_path / "taken"):
        done = run("export", "--archive", own, "-o", name)
        assert (done.returncode, done.stdout) == (1, "")
        assert str(name) in done.stderr
    assert (tmp_path / "taken").read_text() == "words to keep"
    assert run("export", "--archive", own, "-o", "-").stdout == run("export", "--archive", own).stdout != ""
    run("export", "--archive", own, "-o", f"{tmp_path}/v1.0/")
    assert (tmp_path / "v1.0").is_dir()


# ---------------------------------------------------------------- the demo


def test_the_demo_runs_without_a_network(run: Run, tmp_path: Path) -> None:
    done = run("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "tín" in done.stdout
    assert str(tmp_path / "demo.db") in done.stdout
    assert run("demo", cwd=tmp_path).returncode == 0  # its own archive is made anew


@pytest.mark.parametrize("content", ["letters to keep", "", "an archive"])
def test_the_demo_touches_no_file_that_it_did_not_make(run: Run, tmp_path: Path, content: str) -> None:
    file = tmp_path / "mine.db"
    file.write_text(content)
    if content == "an archive":
        file.unlink()
        with Archive.open(file) as archive:
            archive.db.execute("INSERT INTO sites VALUES (1, 'forum.example', 'xenforo', '2024-01-01T00:00:00Z')")
    before = file.read_bytes()
    done = run("demo", "--archive", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert "former demo" in done.stderr
    assert file.read_bytes() == before


def test_the_demo_spares_an_archive_that_somebody_crawled_into(run: Run, tmp_path: Path) -> None:
    own, former = tmp_path / "own.db", tmp_path / "demo.db"
    with serve(sample_forum(threads=3)) as served:
        assert run("crawl", served.url, "--archive", own, "--delay", 0).returncode in (0, 3)
        assert run("demo", "--archive", former).returncode == 0
        assert run("crawl", served.url, "--archive", former, "--delay", 0).returncode in (0, 3)
    for archive in (own, former):
        done = run("demo", "--archive", archive)
        assert (done.returncode, done.stdout) == (1, "")
        assert "former demo" in done.stderr


def test_the_demo_waits_for_no_run_and_takes_nothing_from_it(run: Run, tmp_path: Path) -> None:
    assert run("demo", cwd=tmp_path).returncode == 0
    archive = tmp_path / "demo.db"
    with Archive.open(archive) as opened, opened.lock():
        held = archive.stat().st_ino
        done = run("demo", cwd=tmp_path)
        assert (done.returncode, archive.stat().st_ino) == (75, held)
        assert "another run" in done.stderr


def test_a_demo_that_was_ended_as_it_began_can_be_run_again(run: Run, tmp_path: Path) -> None:
    Archive.open(tmp_path / "demo.db").close()
    assert run("demo", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(("count", "says"), [(0, "0 posts"), (1, "1 post"), (2, "2 posts"), (336_000, "336,000 posts")])
def test_one_is_no_plural(count: int, says: str) -> None:
    assert counted(count, "post") == says


def test_a_file_without_rights_is_refused_by_who_opens_it() -> None:
    """Not by click, as a usage error: then one such file among many would leave all of them unread."""
    seen, commands = [], list(main.commands.values())
    for command in commands:
        commands += command.commands.values() if isinstance(command, click.Group) else ()
        seen += [each.type for each in command.params if isinstance(each.type, click.Path)]
    assert len(seen) > len(main.commands)
    assert not any(each.readable or each.writable or each.exists for each in seen)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_pages_beside_one_without_rights_are_read(run: Run, tmp_path: Path) -> None:
    for name in ("shut.html", "fine.html"):
        (tmp_path / name).write_text("<p>chào")
    (tmp_path / "shut.html").chmod(0)
    done = run("read", "shut.html", "fine.html", cwd=tmp_path)
    assert done.returncode == 1
    assert "shut.html cannot be read: Permission denied" in done.stderr
    assert json.loads(done.stdout)["file"] == "fine.html"
