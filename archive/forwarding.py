"""sqlite-utils on an archive: its path is filled in, and the plugin is there."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import click
import sqlite_utils
from sqlite_utils.cli import cli
from sqlite_utils.plugins import pm

from archive import Archive, plugin
from archive.database import explained, is_failing
from archive.errors import ArchiveError

_PATHS = {"path", "db_path"}  # what sqlite-utils' commands call the file that they work on
_STEPS = 100_000  # of SQLite between two looks at whether Ctrl-C was pressed: some milliseconds


@sqlite_utils.hookimpl
def _prepare_connection(conn: sqlite3.Connection) -> None:
    """Lets Python see a Ctrl-C while SQLite works: what it then raises in this handler stops the statement."""
    conn.set_progress_handler(lambda: 0, _STEPS)


_interruptible = SimpleNamespace(prepare_connection=_prepare_connection)


def forward(path: Path, arguments: Sequence[str]) -> None:
    """Runs a command of sqlite-utils on the archive at `path`; without a command's name it is a query.

    Raises:
        ArchiveError: there is no such archive, it is none, or it cannot be read; KeyboardInterrupt: it was stopped.
        click.ClickException: sqlite-utils cannot do it; click.exceptions.Exit: it said so itself.
    """
    if not pm.is_registered(plugin):  # where xemtiep runs without being installed, sqlite-utils cannot know it
        pm.register(plugin)
        plugin.register_commands(cli)
    if not pm.is_registered(_interruptible):
        pm.register(_interruptible)
    filled = _filled(path, list(arguments))
    if arguments and len(filled) > len(arguments):
        _check(path)
    try:
        code = cli.main(filled, prog_name="sqlite-utils", standalone_mode=False)
    except click.ClickException as error:
        if _is_interrupted(error.__context__):
            raise KeyboardInterrupt from error
        raise
    except sqlite3.Error as error:
        _explain(path, error)
    if isinstance(code, int) and code:
        raise click.exceptions.Exit(code)


def _check(path: Path) -> None:
    """The archive is there, up to date, and readable as sqlite-utils opens it: that cannot read it without writing."""
    Archive.open(path, create=False).close()
    with explained(path), closing(sqlite3.connect(path)) as db:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _is_interrupted(error: BaseException | None) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT


def _explain(path: Path, error: sqlite3.Error) -> NoReturn:
    """Says in a line what sqlite-utils would show as a traceback."""
    if _is_interrupted(error):
        raise KeyboardInterrupt from error
    if is_failing(error):
        with explained(path):
            raise error
    raise ArchiveError(f"{path}: {error}") from error


def _filled(path: Path, arguments: list[str]) -> list[str]:
    """Puts the archive behind the name of a command that works on a file."""
    if not arguments or arguments[0] in {"--help", "-h", "--version"}:
        return arguments or ["--help"]
    name, rest = (arguments[0], arguments[1:]) if arguments[0] in cli.commands else ("query", arguments)
    wanted = next((param.name for param in cli.commands[name].params if isinstance(param, click.Argument)), None)
    if wanted not in _PATHS or rest[:1] in (["--help"], ["-h"]):
        return [name, *rest]
    return [name, str(path), *rest]
