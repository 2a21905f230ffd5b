import http.client
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from re import search
from time import monotonic
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from lxml import html

from archive.records import Kind, Page
from crawler.cleaning import clean_page
from crawler.demo import Forum, Part, Served, sample_forum, serve
from crawler.demo.routes import Answer, answer
from crawler.forums import read

BASE = "http://quan.example"
WALLED = r"/(members|whats-new|attachments|posts/\d+/\w+)|/(reply|watch|preview)\b"


@pytest.fixture(scope="module")
def forum() -> Forum:
    """The sample forum, for tests that do not write to it."""
    return sample_forum()


def page_at(forum: Forum, path: str) -> Page:
    return clean_page(read(answer(forum, path, BASE).body.encode(), BASE + path))


def walk(forum: Forum, path: str) -> list[Page]:
    pages = [page_at(forum, path)]
    while pages[-1].next:
        pages.append(page_at(forum, pages[-1].next.removeprefix(BASE)))
    return pages


def archived(forum: Forum) -> list[dict[str, object]]:
    """What a reader that only knows XenForo makes of all thread pages, in the form of `Forum.truth`."""
    threads = []
    for thread in forum.threads.values():
        if thread.members_only or thread.deleted:
            continue
        pages = walk(forum, thread.path)
        posts = [
            {
                "id": int(post.id),
                "author": post.author.name,
                "text": post.text,
                "source_url": post.source.url if post.source else None,
                "posted_at": post.posted_at,
            }
            for page in pages
            for post in page.posts
        ]
        threads.append({"thread_id": thread.id, "title": pages[0].title, "posts": posts})
    return threads


def get(served: Served, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=10)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read().decode()
    finally:
        connection.close()


def test_what_is_read_and_cleaned_is_what_was_posted(forum: Forum) -> None:
    assert archived(forum) == forum.truth()


def test_contents_are_those_of_a_news_board(forum: Forum) -> None:
    posts = [post for thread in forum.truth() for post in thread["posts"]]
    words = " ".join(post["text"] for post in posts)
    kinds = {part.kind for post in forum.posts.values() for part in post.parts}
    assert len(forum.threads) == 60
    assert len(forum.truth()) == 58
    assert {"tín dụng", "lãnh đạo", "Đảng"} <= {word for word in ("tín dụng", "lãnh đạo", "Đảng") if word in words}
    assert kinds == {"text", "lead", "heading", "photo", "list", "code", "spoiler", "quote", "readon", "goto"}
    assert sum(thread.sticky for thread in forum.threads.values()) == 1
    assert sum(thread.locked for thread in forum.threads.values()) == 1
    assert sum(bool(thread.prefix) for thread in forum.threads.values()) == 2
    assert any(post.attachment for post in forum.posts.values())
    assert any(post.reactions for post in forum.posts.values())
    assert any(post.edited_at for post in forum.posts.values())


def test_no_two_paragraphs_of_an_article_are_alike(forum: Forum) -> None:
    for thread in forum.threads.values():
        texts = [part.text for part in thread.posts[0].parts]
        assert len(texts) == len(set(texts))


def test_every_time_the_same_forum() -> None:
    assert sample_forum().truth() == sample_forum().truth()
    assert sample_forum().truth() != sample_forum(seed=8).truth()
    path = next(iter(sample_forum().threads.values())).path
    assert answer(sample_forum(), path, BASE) == answer(sample_forum(), path, BASE)


def test_activity_can_be_recent() -> None:
    until = datetime(2031, 5, 6, 12, tzinfo=UTC)
    forum = sample_forum(until=until)
    newest = max(post.posted_at for post in forum.posts.values())
    assert until - timedelta(days=2) < newest <= until


def test_author_card(forum: Forum) -> None:
    author = page_at(forum, forum.threads[1001].path).posts[0].author
    assert author.name == "PV Đưa Tin"
    assert author.title == "Big Daddy"
    assert author.banners == ("⚔VIP⚔",)
    assert (author.counts["Bài viết"], author.raw["Bài viết"], author.counts["Xu"]) == (122685, "122,685", 326)


def test_boards_list_every_thread_once_and_the_sticky_first(forum: Forum) -> None:
    index = page_at(forum, "/")
    assert index.kind is Kind.INDEX
    assert [board.title for board in index.boards] == ["Tin tức", "World news"]
    rows = [row for board in index.boards for page in walk(forum, board.url.removeprefix(BASE)) for row in page.threads]
    assert sorted(int(row.id) for row in rows) == sorted(forum.threads)
    assert (rows[0].id, rows[0].sticky) == ("1001", True)
    assert [row.id for row in rows if row.locked] == ["1010"]
    assert all(row.title == forum.threads[int(row.id)].title for row in rows)
    assert all(row.last_post_at == forum.threads[int(row.id)].last_at for row in rows)
    assert all(row.replies == len(forum.threads[int(row.id)].posts) - 1 for row in rows)


def test_every_link_of_every_page_leads_somewhere(forum: Forum) -> None:
    seen, queue, statuses = {"/"}, ["/"], {}
    while queue:
        path = queue.pop()
        reply: Answer = answer(forum, path, BASE)
        statuses[path] = reply.status
        links = [reply.headers["Location"]] if "Location" in reply.headers else hrefs(reply)
        for link in links:
            to = urldefrag(urljoin(BASE + path, link)).url
            if to.startswith(BASE) and to not in seen and not search(WALLED, to):
                seen.add(to)
                queue.append(to.removeprefix(BASE))
    refused = {path: status for path, status in statuses.items() if status >= 400}
    assert len(statuses) > 400
    assert set(refused.values()) == {403, 404}
    assert {search(r"\.(\d+)/", path)[1] for path in refused} == {"1015", "1028"}  # type: ignore[index] # all match


def hrefs(reply: Answer) -> list[str]:
    if not reply.kind.startswith("text/html") or not reply.body:
        return []
    return [str(link) for link in html.fromstring(reply.body).xpath("//a/@href | //link[@rel!='stylesheet']/@href")]


@pytest.mark.parametrize(
    "path", ["/members/lan-khue.13/", "/threads/x.1001/reply?quote=50001", "/posts/50001/report", "/threads/x.1015/"]
)
def test_what_guests_may_not_do_is_a_login_wall(forum: Forum, path: str) -> None:
    assert answer(forum, path, BASE).status == 403
    page = page_at(forum, path)
    assert page.kind is Kind.LOGIN
    assert page.message == "You must be logged-in to do that."


def test_a_deleted_thread_is_404_in_xenforos_words(forum: Forum) -> None:
    reply = answer(forum, "/threads/x.1028/", BASE)
    assert reply.status == 404
    assert "The requested thread could not be found." in reply.body
    assert 'data-template="error"' in reply.body


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/threads/an-old-name.1006/page-2", "{thread}page-2"),
        ("/threads/1006/", "{thread}"),
        ("{thread}page-1", "{thread}"),
        ("{thread}page-99", "{thread}page-3"),
        ("{thread}latest", "{thread}page-3#post-{last}"),
        ("{thread}post-{first}", "{thread}#post-{first}"),
        ("/posts/{last}/", "{thread}page-3#post-{last}"),
        ("/goto/post?id={last}", "{thread}page-3#post-{last}"),
        ("/forums/tin-tuc.2/page-9", "/forums/tin-tuc.2/page-2"),
    ],
)
def test_other_addresses_lead_to_the_canonical_one(forum: Forum, path: str, to: str) -> None:
    thread = forum.threads[1006]
    names = {"thread": thread.path, "first": thread.posts[0].id, "last": thread.posts[-1].id}
    reply = answer(forum, path.format(**names), BASE)
    assert reply.status in {301, 302}
    assert reply.headers["Location"] == to.format(**names)


def test_replies_edits_deletions_moves_and_merges_show() -> None:
    forum = sample_forum()
    first, second = forum.threads[1002], forum.threads[1003]
    said = forum.reply(1002, "Một câu.\n\nHai câu <b>&amp; ký tự</b>.", author="Người mới")
    forum.edit(first.posts[0].id, [Part("text", "Đã sửa lại."), Part("readon", "Xem tiếp...", "https://bao.example/a")])
    forum.delete(forum.threads[1006].posts[3].id)
    forum.delete(second.posts[0].id)
    added = forum.add_thread("Chủ đề mới", "Chữ đầu tiên.", board_id=5, locked=True)
    forum.merge(1004, 1005)
    forum.delete_thread(1007)
    forum.threads[1008].title = "Tên khác"
    forum.threads[1008].board_id = 5
    assert archived(forum) == forum.truth()
    page = page_at(forum, first.path)
    assert page.posts[-1].text == said.text
    assert page.posts[0].edited_at is not None
    assert page_at(forum, "/forums/world-news.5/").threads[0].id == str(added.id)
    assert [answer(forum, f"/threads/{gone}/", BASE).status for gone in (1003, 1004, 1007)] == [404, 404, 404]


def test_growing_keeps_what_was_there() -> None:
    forum = sample_forum()
    before = forum.truth()
    forum.grow(2000)
    assert len(forum.threads) == 2000
    assert forum.truth()[: len(before)] == before
    assert len(walk(forum, "/forums/tin-tuc.2/")) > 50


def test_serves_and_logs_many_clients_at_once() -> None:
    with serve() as served:
        paths = [thread.path for thread in served.forum.threads.values()]
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda path: get(served, path)[0], paths))
        assert sorted(hit.path for hit in served.requests) == sorted(paths)
        assert sorted(hit.status for hit in served.requests) == sorted(statuses)
        assert {hit.method for hit in served.requests} == {"GET"}
        served.clear()
        assert served.requests == []


def test_failures_are_given_as_often_as_told() -> None:
    with serve() as served:
        served.forum.fail("/forums/", status=503, times=2, retry_after=7)
        assert get(served, "/")[0] == 200
        status, headers, _ = get(served, "/forums/tin-tuc.2/")
        assert (status, headers["Retry-After"]) == (503, "7")
        assert [get(served, "/forums/tin-tuc.2/")[0] for _ in range(2)] == [503, 200]
        served.forum.fail("/", status=0)
        with pytest.raises(http.client.RemoteDisconnected):
            get(served, "/")
        assert served.requests[-1].status == 0


def test_slowness_walls_and_challenges_come_and_go() -> None:
    with serve() as served:
        served.forum.slow(0.1, "/robots")
        started = monotonic()
        get(served, "/robots.txt")
        assert monotonic() - started >= 0.1
        served.forum.wall("/forums/")
        served.forum.wall_status = 200
        status, _, body = get(served, "/forums/tin-tuc.2/")
        assert (status, read(body.encode(), served.url).kind) == (200, Kind.LOGIN)
        served.forum.challenge()
        status, headers, body = get(served, "/")
        assert (status, headers["cf-mitigated"]) == (403, "challenge")
        assert "<title>Just a moment...</title>" in body
        assert "/cdn-cgi/challenge-platform/" in body
        served.forum.recover()
        assert [get(served, path)[0] for path in ("/", "/forums/tin-tuc.2/")] == [200, 200]


def test_etags_and_dates_answer_304_until_the_page_changes() -> None:
    forum = sample_forum()
    forum.etag = True
    path = forum.threads[1002].path
    with serve(forum) as served:
        _, headers, _ = get(served, path)
        assert get(served, path, If_None_Match=headers["ETag"])[::2] == (304, "")
        forum.reply(1002, "Thêm một câu.")
        assert get(served, path, If_None_Match=headers["ETag"])[0] == 200
        forum.etag, forum.modified = False, "change"
        _, headers, _ = get(served, path)
        assert "ETag" not in headers
        assert get(served, path, If_Modified_Since=headers["Last-Modified"])[0] == 304
        forum.edit(forum.threads[1002].posts[0].id, "Sửa.")
        assert get(served, path, If_Modified_Since=headers["Last-Modified"])[0] == 200


def test_robots_feeds_and_sitemap() -> None:
    forum = sample_forum()
    assert "Disallow: /search/" in answer(forum, "/robots.txt", BASE).body
    forum.crawl_delay = 2.5
    assert "Crawl-delay: 2.5\n" in answer(forum, "/robots.txt", BASE).body
    for variant, status in (("missing", 404), ("error", 503), ("disallow", 200)):
        forum.robots = variant
        assert answer(forum, "/robots.txt", BASE).status == status
    feed = html.fromstring(answer(forum, "/forums/tin-tuc.2/index.rss", BASE).body.encode())
    assert len(feed.xpath("//item")) == 20
    sitemap = answer(forum, "/sitemap.xml", BASE).body
    assert sitemap.count("<loc>") == 58
    assert f"<loc>{BASE}{forum.threads[1001].path}</loc>" in sitemap


def test_session_ids_are_put_into_links_and_ignored_in_requests() -> None:
    forum = sample_forum()
    forum.sessions = True
    with serve(forum) as served:
        _, _, body = get(served, "/forums/tin-tuc.2/")
        links = html.fromstring(body).xpath("//div[@class='structItem-title']/a/@href")
        assert all("?s=" in link for link in links)
        assert get(served, links[0])[0] == 200
        assert "?s=" in body
        assert "??" not in body
