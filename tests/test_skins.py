"""Skins that differ: selectors from the configuration, and pages whose skin nobody has configured yet."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import Run
from made import take
from test_crawl import answering

from archive import Archive
from archive.errors import ConfigError
from archive.records import Kind, Page
from crawler.cleaning import clean_page
from crawler.cli import main
from crawler.config import load
from crawler.demo import routes, sample_forum, serve
from crawler.demo.threads import thread_page
from crawler.forums import read
from crawler.forums.skins import SELECTORS, adjusted
from crawler.forums.xenforo import XenForo2

URL = "https://forum.example/threads/canh-dieu.7/"
NOW = datetime(2024, 6, 15, tzinfo=UTC)
TEXTS = (
    "Chiếc diều của tôi bay qua mái đình rồi vướng vào cây gạo đầu làng.",
    "Hôm qua gió lớn quá, cả xóm đứng xem mà không ai dám trèo lên gỡ xuống.",
    "Nếu buộc thêm một đoạn dây dù thì diều sẽ lên thẳng hơn nhiều, bạn thử xem.",
    "Tôi dùng giấy dó phết cậy, nhẹ và bền, mưa nhỏ cũng không sao cả đâu.",
)
SKIN = {
    "posts": "section.khung",
    "post_id": "&@id",
    "body": "div.loi",
    "author": "b.ten",
    "posted": "time",
    "title": "h2.de",
}


def page(texts: tuple[str, ...] = TEXTS, *, ids: bool = True) -> bytes:
    """A thread of XenForo in a skin that has none of its class names."""
    posts = "".join(
        f'<section class="khung"{f" id=post-{40 + n}" if ids else ""}><b class="ten">Thành viên {n % 3}</b>'
        f'<time datetime="2024-03-0{n + 1}T08:00:00Z">0{n + 1}/03/2024</time><div class="loi">{text}</div></section>'
        for n, text in enumerate(texts)
    )
    head = '<html id="XF" lang="vi"><head><title>Cánh diều | Diễn đàn</title></head>'
    return f'{head}<body><h2 class="de">Cánh diều</h2><main>{posts}</main></body></html>'.encode()


def texts(found: Page) -> list[str]:
    return [post.text for post in clean_page(found).posts]


def test_selectors_go_before_those_of_the_family() -> None:
    found = read(page(), URL, selectors=SKIN, now=NOW)
    assert (found.kind, found.software, found.changed_skin) == (Kind.THREAD, "xenforo2", False)
    assert (found.thread and found.thread.id, found.title) == ("7", "Cánh diều")
    assert [post.id for post in found.posts] == ["40", "41", "42", "43"]
    assert found.posts[1].author.name == "Thành viên 1"
    assert texts(found) == list(TEXTS)


def test_an_adjusted_family_is_made_once_and_leaves_the_family_alone() -> None:
    forum = XenForo2()
    assert adjusted(forum, SKIN) is adjusted(XenForo2(), dict(reversed(SKIN.items())))
    assert adjusted(forum, {}) is forum
    assert XenForo2.posts != SKIN["posts"]


@pytest.mark.parametrize("name", ["name", "signals", "anchor", "own", "read", "containers", "post_mark", "order"])
def test_only_selectors_can_be_given(name: str) -> None:
    assert name not in SELECTORS


def test_a_changed_skin_is_read_as_unknown_software_and_named() -> None:
    found = read(page(), URL, now=NOW)
    assert (found.kind, found.software, found.changed_skin) == (Kind.THREAD, "xenforo2", True)
    assert "changed skin" in found.message
    assert found.thread
    assert (found.thread.id, found.thread.url) == ("7", URL)
    assert [post.id for post in found.posts] == ["40", "41", "42", "43"]
    assert texts(found) == list(TEXTS)


def test_posts_without_ids_of_their_own_make_no_thread() -> None:
    found = read(page(ids=False), URL, now=NOW)
    assert (found.kind, found.changed_skin, found.thread) == (Kind.UNKNOWN, True, None)
    assert texts(found) == list(TEXTS)


def test_a_board_without_its_rows_is_a_changed_skin() -> None:
    found = read(page(()), "https://forum.example/forums/lang.3/", now=NOW)
    assert (found.kind, found.changed_skin) == (Kind.UNKNOWN, True)


@pytest.mark.parametrize("path", ["members/gio.5/", "help/terms/", ""])
def test_other_pages_of_the_software_are_no_changed_skin(path: str) -> None:
    found = read(page(), f"https://forum.example/{path}", now=NOW)
    assert (found.kind, found.changed_skin) == (Kind.UNKNOWN, False)


def save(archive: Archive, body: bytes, selectors: dict[str, str] | None = None) -> Any:
    archive.seed(URL)
    found = clean_page(read(body, URL, selectors=selectors, now=NOW))
    return archive.save_page(found, request=take(archive), etag='"1"')


def test_a_changed_skin_changes_nothing_that_is_known(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db") as archive:
        assert save(archive, page(), SKIN).new == 4
        before = archive.db.execute("SELECT * FROM posts ORDER BY id").fetchall()
        settled = archive.db.execute("SELECT settled FROM threads").fetchall()
        other = tuple(f"Chữ khác hẳn lời đã lưu ở bài số {n}, dài thêm một chút cho ra một đoạn văn." for n in range(3))
        saved = save(archive, page(other))
        assert (saved.new, saved.changed, saved.vanished) == (0, 0, 0)
        assert archive.db.execute("SELECT * FROM posts ORDER BY id").fetchall() == before
        assert archive.db.execute("SELECT settled FROM threads").fetchall() == settled
        assert archive.db.execute("SELECT etag FROM frontier").fetchall() == [(None,)]


def test_posts_that_a_changed_skin_brings_are_new_and_their_thread_stays_open(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a.db") as archive:
        assert save(archive, page()).new == 4
        assert archive.db.execute("SELECT settled FROM threads").fetchall() == [(None,)]


@pytest.mark.parametrize("ids", [True, False])
def test_a_crawl_counts_changed_skins_and_says_so(run: Run, tmp_path: Path, *, ids: bool) -> None:
    with answering(page(ids=ids)) as url:
        start = f"{url}threads/canh-dieu.7/"
        done = run("crawl", start, "--archive", tmp_path / "a.db", "--delay", 0, "--json")
        summary = json.loads(done.stdout)
        assert (summary["counts"]["changed_skin"], summary["counts"]["new"]) == (1, 4 if ids else 0)
        assert any("changed skin" in reason for reason in summary["reasons"])
        assert done.returncode == (3 if ids else 1)  # without a single page that can be saved it has failed


SIMILAR = (
    '<div class="structItemContainer"><div class="structItem structItem--thread js-threadListItem-8"><div '
    'class="structItem-title"><a href="/threads/sao-truc.8/">Sáo trúc</a></div></div></div>'
)


def listing(body: str = SIMILAR) -> bytes:
    return f'<html id="XF" lang="vi"><head><title>Cánh diều</title></head><body>{body}</body></html>'.encode()


def test_a_thread_that_shows_only_similar_ones_is_no_board() -> None:
    found = read(listing(), URL, now=NOW)
    assert (found.kind, found.changed_skin, found.threads) == (Kind.UNKNOWN, True, ())
    there = read(listing(), "https://forum.example/forums/lang.3/", now=NOW)
    assert (there.kind, there.changed_skin, len(there.threads)) == (Kind.BOARD, False, 1)


def test_an_empty_page_after_the_last_one_is_missing() -> None:
    assert read(listing(), f"{URL}page-9", now=NOW).kind is Kind.MISSING
    current = '<ul class="pageNav-main"><li class="pageNav-page pageNav-page--current">9</li></ul>'
    assert read(listing(current + SIMILAR), f"{URL}page-9", now=NOW).changed_skin  # it counts itself among the pages


def test_a_thread_of_deleted_posts_is_one() -> None:
    notice = '<div class="messageNotice--deleted">Xóa</div>'
    stub = f'<div class="message message--deleted js-post" id="js-post-4">{notice}</div>'
    found = read(listing(stub + SIMILAR), URL, now=NOW)
    assert (found.kind, found.changed_skin, [post.deleted for post in found.posts]) == (Kind.THREAD, False, [True])


def test_a_message_beside_similar_threads_is_read() -> None:
    gone = '<div class="blockMessage blockMessage--error">The requested thread could not be found.</div>'
    assert read(listing(gone + SIMILAR), URL, now=NOW).kind is Kind.MISSING


RENAMED = [('class="bbWrapper"', 'class="noi-dung"'), ("js-post", "bai-viet")]


@pytest.mark.parametrize(("old", "new"), RENAMED)
def test_a_forum_whose_skin_changes_is_noticed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    archive = tmp_path / "a.db"
    with serve(sample_forum(threads=8)) as served:
        crawl = ("crawl", served.url, "--delay", 0, "--json", "--archive")
        assert run(*crawl, archive).returncode == 0
        before = kept(archive)
        monkeypatch.setattr(routes, "thread_page", lambda *given: thread_page(*given).replace(old, new))
        known, fresh = run(*crawl, archive, "--full"), run(*crawl, tmp_path / "b.db")
        for done in (known, fresh):
            counts = json.loads(done.stdout)["counts"]
            assert (done.returncode, counts["changed"], counts["vanished"]) == (3, 0, 0)
            assert counts["changed_skin"] >= 8 - 2  # one thread is walled, one is missing
        assert kept(archive) == before
        monkeypatch.undo()
        assert run(*crawl, tmp_path / "b.db").returncode == 0
        assert [row[:2] for row in kept(tmp_path / "b.db")] == [row[:2] for row in before]


def kept(archive: Path) -> list[Any]:
    with Archive.open(archive) as found:
        sql = "SELECT thread_id, post_id, text, gone_at FROM posts_full ORDER BY 1, 2"
        return found.db.execute(sql).fetchall()


def test_a_thread_is_no_board_where_addresses_do_not_tell(run: Run, tmp_path: Path) -> None:
    row = '<div class="topic-wrap"><p class="wpforo-topic-title"><a href="/forum/lang/sao-truc/">Sáo trúc</a></p></div>'
    body = f'<html><body class="wpft-topic"><div id="wpforo-wrap">{row}</div></body></html>'
    with answering(body.encode()) as url:
        done = run("crawl", f"{url}forum/lang/", "--archive", tmp_path / "a.db", "--delay", 0, "--json")
    counts = json.loads(done.stdout)["counts"]
    assert (done.returncode, counts["pages"], counts["failed"], counts["changed_skin"]) == (3, 1, 1, 1)


def written(folder: Path, selectors: str) -> Path:
    file = folder / "xemtiep.toml"
    site = f'url = "https://forum.example/"\nsoftware = "xenforo2"\nselectors = {selectors}\n'
    file.write_text(f"[[sites]]\n{site}", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("selectors", "complaint"),
    [
        ('{ post = "li" }', "unknown name 'post'; did you mean 'posts'?"),
        ('{ signals = "XF" }', "unknown name 'signals'"),
        ('{ posts = "li..x" }', "posts: 'li..x' is no selector"),
        ('{ body = "./descendant::p[" }', "body: './descendant::p[' is no selector"),
        ('{ body = "./p/nothing()" }', "body: './p/nothing()' is no selector"),
        ('{ page = "/count(//a)" }', "page: '/count(//a)'"),
        ("{ posts = 3 }", "it must be a table of selectors"),
        ('"li"', "it must be a table of selectors"),
    ],
)
def test_selectors_that_cannot_be_used_are_refused(tmp_path: Path, selectors: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(written(tmp_path, selectors))
    assert complaint in str(error.value)


def test_the_command_reads_a_page_as_its_site_is_configured(tmp_path: Path) -> None:
    table = ", ".join(f"{name} = {json.dumps(value)}" for name, value in SKIN.items())
    config = written(tmp_path, f"{{ {table} }}")
    (tmp_path / "page.html").write_bytes(page(ids=False).replace(b'class="khung"', b'class="khung" id="x-1"', 1))
    arguments = ["read", str(tmp_path / "page.html"), "--config", str(config), "--url"]
    here = CliRunner().invoke(main, [*arguments, URL])
    assert [post["id"] for post in json.loads(here.output)["posts"]] == ["1"]
    elsewhere = CliRunner().invoke(main, [*arguments, URL.replace("forum.example", "other.example")])
    assert "changed skin" in json.loads(elsewhere.output)["message"]
