"""Feeds and sitemaps: read in every form, and what they save a crawl."""

import gzip
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Run

from archive.records import Kind
from crawler import feeds
from crawler.demo import Forum, Served, sample_forum, serve
from crawler.demo import feeds as demo_feeds

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>F</title>
<item><title>One &amp; only</title><link>https://f.example/threads/one.1/</link>
<pubDate>Mon, 01 Jul 2024 10:00:00 +0700</pubDate><slash:comments>4</slash:comments></item>
<item><title>Two</title><link>https://f.example/threads/two.2/unread</link></item>
<item><title>Two again</title><link>https://f.example/threads/two.2/page-3</link></item>
<item><title>Elsewhere</title><link>https://other.example/threads/three.3/</link></item>
<item><title>No thread</title><link>https://f.example/members/four.4/</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>News</title>
<link href="https://f.example/viewtopic.php?p=9&amp;t=7#p9"/><updated>2024-07-01T03:00:00Z</updated></entry></feed>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://f.example/threads/one.1/</loc><lastmod>2024-07-01</lastmod></url></urlset>"""
MAPS = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://f.example/sitemap-1.xml</loc></sitemap>
<sitemap><loc>https://other.example/sitemap-2.xml</loc></sitemap></sitemapindex>"""


def test_rss_names_each_thread_once() -> None:
    page = feeds.read(RSS.encode(), "https://f.example/index.rss")
    assert page.kind is Kind.BOARD
    assert [(row.id, row.url, row.title, row.replies) for row in page.threads] == [
        ("1", "https://f.example/threads/one.1/", "One & only", 4),
        ("2", "https://f.example/threads/two.2/", "Two", None),
    ]
    assert page.threads[0].last_post_at == datetime(2024, 7, 1, 3, tzinfo=UTC)
    assert (page.software, page.site) == ("xenforo2", "f.example")


@pytest.mark.parametrize(
    ("item", "ids"),
    [
        ("<guid>https://f.example/community/a/b/</guid>", ["b"]),
        ('<guid isPermaLink="true">https://f.example/community/a/b/</guid>', ["b"]),
        ('<guid isPermaLink="false">https://f.example/community/a/b/</guid>', []),
        ("<guid>post-17</guid>", []),
        ("<link></link>", []),
        ("<link>https://f.example/community/?feed=rss2</link>", []),
        ("<link>https://f.example/</link>", []),
        ("<title>Nothing else</title>", []),
    ],
)
def test_an_item_without_a_link_is_its_guid_or_nothing(item: str, ids: list[str]) -> None:
    feed = f'<rss version="2.0"><channel><item>{item}</item></channel></rss>'
    page = feeds.read(feed.encode(), "https://f.example/community/?feed=rss2", "wpforo")
    assert ([row.id for row in page.threads], page.site.partition("/")[0]) == (ids, "f.example")


def test_atom_of_phpbb_leads_to_the_topic() -> None:
    (row,) = feeds.read(ATOM.encode(), "https://f.example/feed.php", "phpbb3").threads
    assert (row.id, row.last_post_at) == ("7", datetime(2024, 7, 1, 3, tzinfo=UTC))
    assert row.url == "https://f.example/viewtopic.php?t=7"


@pytest.mark.parametrize("body", [SITEMAP.encode(), gzip.compress(SITEMAP.encode())], ids=["plain", "packed"])
def test_sitemaps_name_threads(body: bytes) -> None:
    (row,) = feeds.read(body, "https://f.example/sitemap.xml").threads
    assert (row.id, row.last_post_at) == ("1", datetime(2024, 7, 1, tzinfo=UTC))


def test_an_index_of_sitemaps_leads_to_those_of_the_host() -> None:
    page = feeds.read(MAPS.encode(), "https://f.example/sitemap.xml")
    assert [board.url for board in page.boards] == ["https://f.example/sitemap-1.xml"]


def test_threads_under_the_forums_www_are_its_own() -> None:
    body = RSS.replace("https://f.example/threads/one", "https://www.f.example/threads/one")
    assert [row.id for row in feeds.read(body.encode(), "https://f.example/index.rss").threads] == ["1", "2"]


@pytest.mark.parametrize("body", [b"", b"<html><p>hello</p></html>", b'{"a": 1}', b"\x1f\x8bbroken", b"\x00\x01"])
def test_what_is_no_feed_is_said_to_be_none(body: bytes) -> None:
    assert feeds.read(body, "https://f.example/index.rss").kind is Kind.ERROR


def test_a_feed_names_no_file_to_be_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("treasure")
    bomb = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>' + RSS.partition("?>")[2].replace("Two", "&x;")
    assert "treasure" not in repr(feeds.read(bomb.encode(), "https://f.example/index.rss"))


@pytest.mark.parametrize(
    ("body", "ids", "broken"),
    [
        (RSS.partition("</item>")[0] + "</item><item><link>https://f.example/threads/two.2", ["1"], True),
        (RSS.replace("</title><link>https://f.example/threads/two.2/unread</link>", "<b>"), ["1", "2"], True),
        (SITEMAP.replace("</url>", "</url><url><loc>https://f.example/threads/x.1"), ["1"], True),
        (RSS.partition("</item>")[0] + "</item><item><link>https://f.example/threads/two.2</link>&bad <", ["1"], True),
        (RSS.replace("One", "Law & order").partition("</item>")[0] + "</item><item><title>Tw", ["1"], True),
        (RSS.replace("Two", "Law & order&nbsp;\x0b"), ["1", "2"], False),
        (RSS + "<br /><b>Warning</b>: no cache", ["1", "2"], False),
    ],
    ids=["cut short", "tangled", "sitemap", "cut in a slip", "cut after a slip", "slips in words", "a word after it"],
)
def test_broken_xml_is_read_up_to_the_fault_and_said_to_be_broken(body: str, ids: list[str], *, broken: bool) -> None:
    page = feeds.read(body.encode(), "https://f.example/index.rss")
    assert ([row.id for row in page.threads], page.message.startswith("its XML is broken in line ")) == (ids, broken)


# ---------------------------------------------------------------- crawls


@pytest.fixture
def forum() -> Forum:
    return sample_forum(threads=60, until=datetime.now(UTC))


def set_up(served: Served, folder: Path, feed: str = "forums/-/index.rss") -> None:
    text = f'delay = 0\n[[sites]]\nurl = "{served.url}"\nsoftware = "xenforo2"\nfeeds = ["{served.url}{feed}"]\n'
    (folder / "xemtiep.toml").write_text(text)


def posts(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return {key for (key,) in db.execute("select post_id from posts_full")}


def true_posts(served: Served) -> set[str]:
    return {str(post["id"]) for thread in served.forum.truth() for post in thread["posts"]}


def test_a_feed_finds_news_with_few_requests(run: Run, tmp_path: Path, forum: Forum) -> None:
    with serve(forum) as served:
        set_up(served, tmp_path)
        assert run("crawl", cwd=tmp_path).returncode == 0
        assert posts(tmp_path) == true_posts(served)
        old = next(thread.id for thread in forum.threads.values() if len(thread.posts) > 20)
        forum.advance(hours=1)
        forum.add_thread("A new thread", "Something happened.\n\nSomething else did not.")
        forum.reply(old, "And another thing.")
        served.clear()
        assert run("crawl", cwd=tmp_path).returncode == 0
        asked = [hit.path for hit in served.requests]
        assert posts(tmp_path) == true_posts(served)
        assert len(asked) == 4, asked  # robots.txt, the feed, the new thread, the last page of the old one
        served.clear()
        assert run("crawl", cwd=tmp_path).returncode == 0
        assert [hit.path for hit in served.requests] == ["/robots.txt", "/forums/-/index.rss"]


def test_a_feed_that_holds_only_news_is_not_trusted_alone(run: Run, tmp_path: Path, forum: Forum) -> None:
    with serve(forum) as served:
        set_up(served, tmp_path)
        run("crawl", cwd=tmp_path)
        forum.advance(hours=1)
        for number in range(25):
            forum.advance(minutes=1)
            forum.add_thread(f"New thread {number}", "Something happened.")
        assert run("crawl", cwd=tmp_path).returncode == 0
        assert posts(tmp_path) == true_posts(served)


def test_without_its_feed_the_boards_are_walked(run: Run, tmp_path: Path, forum: Forum) -> None:
    with serve(forum) as served:
        set_up(served, tmp_path, "no/such.rss")
        run("crawl", cwd=tmp_path)
        forum.advance(hours=1)
        forum.add_thread("A new thread", "Something happened.")
        done = run("crawl", "--json", cwd=tmp_path)
        assert posts(tmp_path) == true_posts(served)
    summary = json.loads(done.stdout)
    assert summary["counts"]["missing"] == 2  # its feed, and a thread that its board lists again
    assert [why.startswith(f"{served.url}no/such.rss: ") for why in summary["reasons"]].count(True) == 1


def test_a_broken_feed_is_named_and_the_boards_are_walked(
    run: Run, tmp_path: Path, forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(forum) as served:
        set_up(served, tmp_path)
        run("crawl", cwd=tmp_path)
        forum.advance(hours=1)
        forum.add_thread("A new thread", "Something happened.")
        forum.etag = True
        whole = demo_feeds.rss
        monkeypatch.setattr(demo_feeds, "rss", lambda *given: whole(*given).partition("<item>")[0] + "<item>")
        for _ in range(2):  # no 304 hides it
            done = run("crawl", "--json", cwd=tmp_path)
            summary = json.loads(done.stdout)
            assert (done.returncode, summary["counts"]["failed"], summary["outcome"]) == (3, 1, "done with errors")
            (why,) = (why for why in summary["reasons"] if why.startswith(served.url))
            assert why.startswith(f"{served.url}forums/-/index.rss: its XML is broken in line ")
        assert posts(tmp_path) == true_posts(served)


def test_boards_are_walked_once_a_day(run: Run, tmp_path: Path, forum: Forum) -> None:
    with serve(forum) as served:
        set_up(served, tmp_path)
        run("crawl", cwd=tmp_path)
        yesterday = f"{datetime.now(UTC) - timedelta(hours=25):%Y-%m-%dT%H:%M:%SZ}"
        with closing(sqlite3.connect(tmp_path / "archive.db")) as db, db:
            db.execute("update frontier set fetched_at = ? where role = 'start'", (yesterday,))
        served.clear()
        run("crawl", cwd=tmp_path)
        assert "/" in [hit.path for hit in served.requests]
