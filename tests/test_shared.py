"""The checks of the shared folder, where XEMTIEP_SHARED names it: real saved pages and recorded forums."""

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import Run

from archive import Archive
from archive.stories.listing import listed

SHARED = os.environ.get("XEMTIEP_SHARED")
COMMAND = Path(sys.executable).parent / "xemtiep"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED, reason="XEMTIEP_SHARED names no folder with checks"),
]


def check(name: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, Path(str(SHARED)) / "checks" / name, "--command", COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_flattened_sample_is_exact() -> None:
    check("sample.py")


def test_saved_pages_are_exact() -> None:
    # not somethingawful: its expected last page is a number of the forum menu, the page itself prints another
    families = "discuz,fluxbb,invision3,invision4,mybb,phpbb2,smf,vbulletin,woltlab,xenforo1,xenforo2"
    check("pages.py", "--only", families)


# not nodebb: it holds a thread that the check does not know, and six boards where the check allows for three
@pytest.mark.parametrize("name", ["bbpress", "fluxbb", "mybb", "phpbb", "smf"])
def test_a_killed_crawl_of_a_recorded_forum_ends_like_an_undisturbed_one(name: str) -> None:
    check("live.py", name, "--kill", "25", "--again")


@contextmanager
def served(recording: Path) -> Iterator[str]:
    """A recorded forum's address while it is served."""
    serve = [sys.executable, recording.parent / "serve.py", recording]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            assert line, f"{recording.name} is not served; its port may be in use"
            yield line.split()[-1]
        finally:
            server.terminate()


def words(title: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", title.casefold()))


def stories_of(archive: Archive, truth: list[dict[str, Any]], site: str) -> dict[str, int]:
    """The stories of the threads that were posted on a site under the keys of its truth."""
    rows = archive.db.execute(
        "SELECT thread_id, threads.title, story FROM articles JOIN posts USING (id)"
        " JOIN threads ON threads.id = posts.thread WHERE position = 1 AND articles.site LIKE ?",
        (f"{site}%",),
    ).fetchall()
    by_id, by_title = {row[0]: row[2] for row in rows}, {words(row[1]): row[2] for row in rows}
    found = {one["key"]: by_id.get(str(one["tid"]), by_title.get(words(one["thread_title"]))) for one in truth}
    return {key: story for key, story in found.items() if story is not None}


def test_texts_posted_on_six_recorded_forums_are_one_story_each(run: Run, tmp_path: Path) -> None:
    path, sites = tmp_path / "archive.db", {}
    recordings = sorted((Path(str(SHARED)) / "live").glob("*.warc.gz"))
    for recording in recordings:
        with served(recording) as url:
            front = f"{url.rstrip('/')}{'/forums/' if recording.name.startswith('bbpress') else '/'}"
            done = run("crawl", front, "--archive", path, "--delay", 0)
        assert done.returncode == 0, done.stderr
        sites[recording.with_name(recording.name.replace("warc.gz", "truth.json"))] = url.split("/")[2]
    stories = defaultdict(set)
    with Archive.open(path) as archive:
        for truth, site in sites.items():
            for key, story in stories_of(archive, json.loads(truth.read_text(encoding="utf-8")), site).items():
                stories[key].add((site, story))
        sizes = {story.id: (story.articles, story.sites) for story in listed(archive)}
    shared = {f"shared-{number}": stories[f"shared-{number}"] for number in range(10)}
    numbers = {key: {story for _, story in found} for key, found in shared.items()}
    assert {key: len(found) for key, found in shared.items()} == dict.fromkeys(shared, len(sites))
    assert all(len(found) == 1 for found in numbers.values())
    assert {story for _, story in stories["dup-of-shared-3"]} == numbers["shared-3"]
    ours = {min(found): (12 if key == "shared-3" else 6, 6) for key, found in numbers.items()}
    assert sizes == ours  # ten stories, and nothing else in them
