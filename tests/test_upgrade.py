"""Archives of earlier versions: brought up to date in one transaction, a copy kept, and the same answers as before."""

import os
import resource
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from made import sound

from archive import Archive, schema
from archive.errors import ArchiveError, LockedError
from archive.export import export
from archive.locking import locked
from archive.migrations import migrations
from archive.search import search

sys.path.append(str(Path(__file__).parent / "archives"))
from write import fill, load

EARLIER = range(1, schema.VERSION)
FILLED = {"story"}  # columns that a later version gave values of its own


def old(folder: Path, version: int = 1) -> Path:
    path = folder / "archive.db"
    load(version, path)
    return path


def contents(path: Path, columns: dict[str, list[str]] | None = None) -> dict[str, list[Any]]:
    """All rows of all tables that are no index's own, with the columns named or all."""
    with closing(sqlite3.connect(path)) as db:
        names = [row[1] for row in db.execute("PRAGMA table_list") if row[2] == "table" and row[0] == "main"]
        columns = columns or {
            name: [f'"{row[1]}"' for row in db.execute(f"PRAGMA table_info({name})") if row[1] not in FILLED]
            for name in names
            if not name.startswith(("sqlite_", "_sqlite"))
        }
        return {name: db.execute(f"SELECT {', '.join(of)} FROM {name}").fetchall() for name, of in columns.items()}


def columns_of(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as db:
        return {
            name: [f'"{row[1]}"' for row in db.execute(f"PRAGMA table_info({name})") if row[1] not in FILLED]
            for name in contents(path)
        }


def answers(archive: Archive) -> dict[str, Any]:
    """What people ask an archive, but for the moment at which they do."""
    status = {name: value for name, value in archive.status().items() if name != "time"}
    jsonl = archive.path.with_suffix(".jsonl")
    export(archive, "jsonl", jsonl)
    queries = ("tin dung", '"lãnh đạo"', "dang bo", "cam on", "sai OR dap")
    return {
        "status": status,
        "search": {query: list(search(archive, query)) for query in queries},
        "posts": archive.db.execute("SELECT * FROM posts_full ORDER BY site, thread_id, position").fetchall(),
        "export": jsonl.read_text(encoding="utf-8"),
        "sites": archive.sites(),
    }


def test_there_is_an_archive_of_every_version() -> None:
    """After a change of the tables: `python tests/archives/write.py`, before the version is released."""
    dumps = {path.name for path in (Path(__file__).parent / "archives").glob("*.sql")}
    assert dumps == {f"v{version}.sql" for version in range(1, schema.VERSION + 1)}


@pytest.mark.parametrize("version", EARLIER)
def test_an_earlier_archive_keeps_every_row_and_answers_as_a_new_one(version: int, tmp_path: Path) -> None:
    path = old(tmp_path, version)
    before, columns = contents(path), columns_of(path)
    with Archive.open(path, create=False) as archive, Archive.open(tmp_path / "new.db") as new:
        fill(new)
        assert archive.db.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION
        assert answers(archive) == answers(new)
        assert sound(archive)
        assert schema_of(archive) == schema_of(new)
    assert contents(path, columns) == before


def schema_of(archive: Archive) -> list[tuple[str, ...]]:
    return archive.db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name").fetchall()


@pytest.mark.parametrize("version", EARLIER)
def test_the_copy_is_the_archive_as_it_was(version: int, tmp_path: Path) -> None:
    path = old(tmp_path, version)
    before = contents(path)
    Archive.open(path, create=False).close()
    copy = tmp_path / f"archive.db.v{version}-backup"
    assert contents(copy) == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["archive.db", "archive.db.lock", copy.name]
    shutil.copy(copy, path)
    Archive.open(path, create=False).close()  # the copy is an archive, and a second one does not replace the first
    assert contents(copy) == contents(tmp_path / f"{copy.name}-2") == before


def test_the_command_says_where_the_copy_is(run: Run, tmp_path: Path) -> None:
    path = old(tmp_path)
    done = run("search", "tin dung", "--archive", path)
    assert done.stdout.startswith("Tín dụng về xã")
    assert done.stderr.splitlines() == [
        f"{path} was made by an older version of xemtiep: bringing it up to date",
        f"as it was before, the archive is kept in {path}.v1-backup",
    ]
    assert not run("search", "tin dung", "--archive", path).stderr


def untouched(path: Path, before: dict[str, list[Any]]) -> bool:
    names = {file.name for file in path.parent.iterdir()} - {f"{path.name}{end}" for end in ("-wal", "-shm", ".lock")}
    return names == {path.name} and contents(path) == before


def no_file_beyond(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("room", [20_000, 80_000])
def test_a_full_disk_changes_nothing(room: int, run: Run, tmp_path: Path) -> None:
    path = old(tmp_path)
    before = contents(path)
    done = run("status", "--archive", path, preexec_fn=lambda: no_file_beyond(room))
    assert done.returncode == 1
    assert "run the same command again" in done.stderr
    assert "Traceback" not in done.stderr
    assert untouched(path, before)
    assert run("status", "--archive", path).returncode == 0


def test_a_step_that_fails_undoes_the_steps_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old(tmp_path)
    before = contents(path)

    def fails(db: Any) -> None:
        db.execute("CREATE TABLE half (x)")
        raise sqlite3.OperationalError("it does not work")

    step = type(migrations)._Migration("m999_fails", fails)  # noqa: SLF001 # the class has no public name
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "_migrations", [*migrations._migrations, step])  # noqa: SLF001 # the class has no public name
        with pytest.raises(ArchiveError, match="does not work"):
            Archive.open(path, create=False)
    assert untouched(path, before)
    Archive.open(path, create=False).close()


def test_an_archive_that_a_run_works_on_is_left_alone(tmp_path: Path) -> None:
    path = old(tmp_path)
    before = contents(path)
    with locked(path), pytest.raises(LockedError, match="another run works on this archive"):
        Archive.open(path, create=False)
    assert untouched(path, before)


def test_what_only_the_wal_file_holds_is_in_the_copy(tmp_path: Path) -> None:
    path = old(tmp_path)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("UPDATE sites SET software = 'smf'")
        writer.commit()
        Archive.open(path, create=False).close()
        with closing(sqlite3.connect(f"{path}.v1-backup")) as copy:
            assert copy.execute("SELECT DISTINCT software FROM sites").fetchall() == [("smf",)]


@pytest.mark.parametrize("files", [0o444, 0o666])
def test_an_older_archive_that_cannot_be_written_says_what_to_do(files: int) -> None:
    folder = Path(tempfile.mkdtemp())  # not tmp_path: other users may not look into pytest's folders
    path = old(folder)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("SELECT count(*) FROM sites").fetchone()  # makes the -wal and -shm files
        with (
            without_rights(folder, files),
            pytest.raises(ArchiveError, match="copy it to a folder that can be written"),
        ):
            Archive.open(path, create=False)
    shutil.rmtree(folder)


@contextmanager
def without_rights(folder: Path, files: int) -> Iterator[None]:
    """Nothing can be made in the folder; root, whom rights do not bind, becomes somebody else."""
    for path in folder.iterdir():
        path.chmod(files)
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o755)
