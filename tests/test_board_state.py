"""Boards that their index shows unchanged are not asked for: what counts as their state, and when it may be trusted."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from made import BOARD, DAY, HOME, SITE, board, post, row, take, thread

from archive import Archive, schema
from archive.migrations import migrations
from archive.records import Board, Kind, Page
from crawler.forums import read

NOW = datetime(2024, 6, 15, 12, tzinfo=UTC)
BELOW = Board(id="8", url=f"https://{SITE}/b/8", title="Bên trong")


# ---------------------------------------------------------------- what an index shows


def states(stats: str, last: str) -> list[str]:
    """The states of the only board of an index of XenForo 2."""
    index = f"""<html id="XF" lang="en"><body><div class="node node--forum"><h3 class="node-title">
        <a href="/forums/news.2/">News</a></h3><div class="node-stats"><dl><dt>Threads</dt>{stats}</dl></div>
        <div class="node-extra">{last}</div></div></body></html>"""
    return [found.state for found in read(index.encode(), "https://forum.example/", now=NOW).boards]


TIME = '<time class="node-extra-date" datetime="2024-06-15T13:55:00+0200">5 minutes ago</time>'


@pytest.mark.parametrize(
    ("stats", "last", "expected"),
    [
        ("<dd>1,204</dd><dd>36 011</dd>", TIME, "1204 36011 2024-06-15T11:55:00Z"),
        ("<dd>60</dd><dd>213</dd>", "<time>5 minutes ago</time>", "60 213"),
        ("<dd>Posts: 204<br>Topics: 61</dd>", "", "204 61"),
        ("<dd>36K</dd><dd>1.2M</dd>", TIME, "2024-06-15T11:55:00Z"),
        ("<dd>36K</dd><dd>1.2M</dd>", "<time>Yesterday at 1:55 PM</time>", ""),
        ("<dd>60</dd><dd>5 minutes ago</dd>", "", ""),
        ("<dd>60</dd>", "<time>Saturday at 1:55 PM</time>", ""),
        ("<dd>60</dd>", '<time title="2024-06-15">today</time>', ""),
        ("<dd>-</dd>", "None", ""),
        ("", "", ""),
    ],
)
def test_exact_counts_and_machine_times_are_a_state_and_nothing_else(stats: str, last: str, expected: str) -> None:
    assert states(stats, last) == [expected]


def test_the_address_of_the_last_post_counts_without_its_session() -> None:
    def of(post_id: int, session: str) -> list[str]:
        link = f"viewtopic.php?pid={post_id}&amp;sid={session}#p{post_id}"
        index = f"""<html><body><div id="punindex"><div id="brdmain"><div id="idx1" class="blocktable"><table><tr>
            <td class="tcl"><h3><a href="viewforum.php?id=1">News</a></h3></td><td class="tc2">60</td>
            <td class="tc3">200</td><td class="tcr"><a href="{link}">Today 10:20:00</a></td></tr>
            </table></div></div></div></body></html>"""
        page = read(index.encode(), "https://forum.example/", software="fluxbb", now=NOW)
        return [found.state for found in page.boards]

    assert of(7, "0" * 32) == of(7, "1" * 32) == ["60 200 https://forum.example/viewtopic.php?pid=7"]
    assert of(8, "0" * 32) != of(7, "0" * 32)


INDEXES = {
    "xenforo1": """<li class="node"><div class="nodeInfo"><h3 class="nodeTitle"><a href="forums/news.2/">News</a></h3>
        <div class="nodeStats pairsInline"><dl><dt>Discussions:</dt> <dd>1,204</dd></dl><dl><dt>Messages:</dt>
        <dd>36,011</dd></dl></div><div class="nodeLastPost"><abbr class="DateTime" data-time="1718452500">Today at
        1:55 PM</abbr></div></div></li>""",
    "phpbb3": """<ul class="topiclist forums"><li class="row"><dl><dt><a class="forumtitle"
        href="viewforum.php?f=2">News</a></dt><dd class="topics">1204 <dfn>Topics</dfn></dd>
        <dd class="posts">36011 <dfn>Posts</dfn></dd>
        <dd class="lastpost"><time datetime="2024-06-15T11:55:00+00:00">5 minutes ago</time></dd></dl></li></ul>""",
    "smf": """<div id="board_1" class="up_contain"><a class="subject" href="index.php?board=1.0">News</a>
        <div class="board_stats"><p>Posts: 1,204<br>Topics: 36,011</p></div><div class="lastpost"><p>Today at 01:55 PM
        <a href="index.php?topic=6.msg7#new">Re: 12 boats</a></p></div></div>""",
    "mybb": """<table class="tborder"><tr><td class="trow1"></td><td class="trow1"><strong>
        <a href="forumdisplay.php?fid=2">News</a></strong></td><td class="trow1">1,204</td><td class="trow1">36,011</td>
        <td class="trow1"><a href="showthread.php?tid=6&amp;action=lastpost">Re: 12 boats</a> 5 minutes ago
        </td></tr></table>""",
    "bbpress": """<div id="bbpress-forums"><ul id="bbp-forum-4" class="forum"><li class="bbp-forum-info">
        <a class="bbp-forum-title" href="/forums/forum/news/">News</a></li><li class="bbp-forum-topic-count">1,204</li>
        <li class="bbp-forum-reply-count">36,011</li><li class="bbp-forum-freshness"><a href="/forums/topic/b/">5
        minutes ago</a></li></ul></div>""",
    "nodebb": """<ul><li component="categories/category" data-cid="2"><h2><a href="/category/2/news">News</a></h2>
        <div class="meta stats"><span title="1204">1.2k</span><span title="36011">36k</span></div>
        <a class="permalink timeago" href="/topic/6/b/3" title="2024-06-15T11:55:00.000Z"></a></li></ul>""",
    "vbulletin": """<ol><li class="forumbit_post"><div class="forumrow"><h2 class="forumtitle">
        <a href="forumdisplay.php?f=2">News</a></h2><ul class="forumstats"><li>Threads: 1,204</li><li>Posts: 36,011</li>
        </ul><div class="forumlastpost">Today <a href="showthread.php?t=6#post7">01:55 PM</a></div></div></li></ol>""",
}


@pytest.mark.parametrize("software", INDEXES)
def test_families_find_what_their_index_shows(software: str) -> None:
    body = f"<html><body>{INDEXES[software]}</body></html>".encode()
    [found] = read(body, "https://forum.example/", software=software, now=NOW).boards
    assert found.state.split(" ")[:2] == ["1204", "36011"]
    assert "ago" not in found.state
    assert "Today" not in found.state
    later = body.replace(b"36,011", b"36,012").replace(b"36011", b"36012")
    [changed] = read(later, "https://forum.example/", software=software, now=NOW + timedelta(days=3)).boards
    assert changed.state == found.state.replace("36011", "36012")


# ---------------------------------------------------------------- when it may be trusted


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "a.db") as opened:
        yield opened


def index(state: str = "1 2", *more: Board) -> Page:
    shown = Board(id=BOARD.id, url=BOARD.url, title=BOARD.title, state=state)
    return Page(kind=Kind.INDEX, url=HOME, site=SITE, boards=(shown, *more))


PAGES = {
    BOARD.url: board(row("10", replies=1)),
    BELOW.url: board(board=BELOW, url=BELOW.url),
    f"https://{SITE}/t/10": thread(post(1), post(2)),
}


def crawl(archive: Archive, shown: Page, *, pages: dict[str, Page] | None = None, **scope: object) -> list[str]:
    """One crawl from the index to the end; what was asked for below it."""
    archive.seed(HOME, **scope)  # type: ignore[arg-type] # since, refresh and full as seed takes them
    known, asked = {HOME: shown, **PAGES, **(pages or {})}, []
    while request := archive.take():
        asked.append(request.url)
        archive.save_page(known[request.url], request=request)
    return asked[1:]


def test_an_unchanged_board_is_not_asked_for_again(archive: Archive) -> None:
    assert crawl(archive, index()) == [BOARD.url, f"https://{SITE}/t/10"]
    assert crawl(archive, index()) == []
    assert crawl(archive, index("1 3")) == [BOARD.url]
    assert crawl(archive, index("1 3")) == []


@pytest.mark.parametrize("scope", [{"full": True}, {"refresh": DAY - timedelta(days=1)}])
def test_it_is_when_its_threads_are_to_be_read_again(archive: Archive, scope: dict[str, object]) -> None:
    crawl(archive, index())
    assert BOARD.url in crawl(archive, index(), **scope)
    assert crawl(archive, index()) == []


def test_a_board_of_which_nothing_is_shown_is_always_asked_for(archive: Archive) -> None:
    crawl(archive, index(""))
    assert crawl(archive, index("")) == [BOARD.url]


def test_boards_that_only_an_unchanged_board_lists_are_asked_for(archive: Archive) -> None:
    pages = {BOARD.url: board(row("10", replies=1), boards=(BELOW,))}
    assert BELOW.url in crawl(archive, index(), pages=pages)
    assert crawl(archive, index(), pages=pages) == [BELOW.url]
    assert crawl(archive, index("1 2", BELOW), pages=pages) == [BELOW.url]


def test_a_state_counts_only_when_the_walk_of_the_board_came_to_its_end(archive: Archive) -> None:
    second = f"{BOARD.url}/page-2"
    archive.seed(HOME)
    archive.save_page(index(), request=take(archive))
    archive.save_page(board(row("10", replies=1), following=second), request=take(archive))
    assert archive.db.execute("SELECT state FROM boards").fetchall() == [("",)]
    archive.save_page(PAGES[f"https://{SITE}/t/10"], request=take(archive))
    last = take(archive)
    assert last.url == second
    archive.save_page(board(row("11", replies=0), url=second, page=2), request=last)
    assert archive.db.execute("SELECT state FROM boards").fetchall() == [("1 2",)]


def test_a_board_with_a_thread_that_could_not_be_read_is_asked_for(archive: Archive) -> None:
    crawl(archive, index())
    archive.seed(BOARD.url)
    news = board(row("10", replies=2))
    archive.save_page(news, request=take(archive))
    archive.finish(take(archive), outcome="failed", reason="HTTP 500")
    assert crawl(archive, index(), pages={BOARD.url: news}) == [BOARD.url, f"https://{SITE}/t/10"]
    assert crawl(archive, index()) == []


def test_a_board_read_since_a_day_is_asked_for_by_a_walk_that_wants_more(archive: Archive) -> None:
    old = row("9", replies=3, last_post_at=DAY - timedelta(days=90))
    pages = {
        BOARD.url: board(row("10", replies=1, last_post_at=DAY), old),
        f"https://{SITE}/t/9": thread(post(7), number="9"),
    }
    crawl(archive, index(), pages=pages, since=DAY - timedelta(days=9))
    assert crawl(archive, index(), pages=pages, since=DAY - timedelta(days=8)) == []
    assert crawl(archive, index(), pages=pages) == [BOARD.url, f"https://{SITE}/t/9"]
    assert crawl(archive, index(), pages=pages) == []


def test_an_index_and_a_board_that_are_not_modified_keep_their_states(archive: Archive) -> None:
    crawl(archive, index())
    archive.seed(HOME)
    archive.finish(take(archive), outcome="done")  # 304
    assert archive.take() is None
    crawl(archive, index("1 3"))
    archive.seed(HOME)
    archive.save_page(index("1 4"), request=take(archive))
    archive.finish(take(archive), outcome="done")
    assert crawl(archive, index("1 4")) == []


def test_an_archive_of_the_version_before_learns_of_states(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db") as archive:
        crawl(archive, index())
    with sqlite3.connect(tmp_path / "a.db") as db:
        db.execute("ALTER TABLE boards DROP COLUMN state")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm003_board_state'")
        db.execute("UPDATE frontier SET leads = json_array(json_array('board', ?)) WHERE url = ?", (BOARD.url, HOME))
        db.execute("PRAGMA user_version = 2")
    db.close()
    with Archive.open(tmp_path / "a.db") as archive:
        assert len(migrations._migrations) == schema.VERSION  # noqa: SLF001 # sqlite-utils has no public count
        archive.seed(HOME)
        archive.finish(take(archive), outcome="done")
        assert take(archive).url == BOARD.url
