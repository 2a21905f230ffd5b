from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from update import PAGES, folders, saved

from archive.errors import ConfigError
from archive.records import Kind, Label
from crawler.cleaning import clean_page
from crawler.forums import FORUMS, read
from crawler.forums.base import Forum
from crawler.forums.xenforo import XenForo2
from crawler.reading import charset
from crawler.reading.document import document
from crawler.reading.numbers import digits, number
from crawler.reading.rescue import soup_tree
from crawler.reading.select import every, first
from crawler.reading.walls import kind_of

THREAD = (PAGES / "xenforo2" / "thread" / "page.html").read_bytes()
SITE = "https://forum.example"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("122,685", 122685),
        ("1.158", 1158),
        ("1 046", 1046),
        ("36K", 36000),
        ("11.4K", 11400),
        ("1,2M", 1200000),
        ("-55", -55),
        ("0", 0),
        ("May 9, 2020", None),
        ("3.5", None),
        ("–", None),
        ("", None),
    ],
)
def test_counts_are_numbers_and_anything_else_is_none(shown: str, expected: int | None) -> None:
    assert expected == number(shown)


def test_digits_are_the_last_of_an_id() -> None:
    assert [digits(text) for text in ("js-post-123", "members/x2.7/", "none")] == ["123", "7", ""]


def test_an_empty_attribute_names_no_theme() -> None:
    body = (PAGES / "bbpress" / "thread" / "page.html").read_bytes()
    posts = read(body.replace(b"<body ", b'<body id="" '), SITE).posts
    assert posts
    assert [post.id for post in posts] == [post.id for post in read(body, SITE).posts]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/threads/a-slug.1", "/threads/a-slug.1/"),
        ("/threads/a-slug.1/page-2?order=reaction_score#post-9", "/threads/a-slug.1/page-2"),
        ("/threads/a-slug.1/page-1", "/threads/a-slug.1/"),
        ("/threads/a-slug.1/unread", "/threads/a-slug.1/"),
        ("/threads/a-slug.1/post-99", "/threads/a-slug.1/"),
        ("/threads/a-slug.1/latest?s=0123456789abcdef", "/threads/a-slug.1/"),
        ("/t/1/page-12", "/t/1/page-12"),
        ("/index.php?threads/a-slug.1/page-3&order=x", "/index.php?threads/a-slug.1/page-3"),
        ("/forums/news.12/page-2?prefix_id=3", "/forums/news.12/page-2"),
        ("/forums/news.12/?utm_source=x", "/forums/news.12/"),
    ],
)
def test_one_xenforo_page_has_one_url(url: str, expected: str) -> None:
    assert SITE + expected == XenForo2.canonical(SITE + url)


@pytest.mark.parametrize(
    "url",
    [
        "/threads/a.1/reply?quote=3",
        "/posts/3/report",
        "/posts/3/react?reaction_id=1",
        "/forums/news.12/?order=title&direction=asc",
        "/forums/news.12/post-thread",
        "/members/orla.7/",
        "/login/",
        "/whats-new/posts/1/mark-read",
        "/index.php?members/orla.7/",
    ],
)
def test_xenforo_links_that_lead_nowhere_new_are_traps(url: str) -> None:
    assert XenForo2.is_trap(SITE + url)


@pytest.mark.parametrize(
    "url", ["/threads/how-to-reply.1/page-2", "/forums/members-only.4/", "/t/report-of-the-day.5/", "/"]
)
def test_threads_and_boards_are_no_traps(url: str) -> None:
    assert not XenForo2.is_trap(SITE + url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://forum.example/threads/a.1/page-2", "forum.example"),
        ("https://example.org/community/index.php?threads/a.1/", "example.org/community"),
        ("https://example.org/forum/", "example.org/forum"),
        ("http://EXAMPLE.org:80", "example.org"),
    ],
)
def test_site_is_host_and_path_of_the_forum(url: str, expected: str) -> None:
    assert expected == XenForo2.site(url)


@given(st.text())
@example(" ?")
def test_canonical_urls_stay_as_they_are(slug: str) -> None:
    for forum in FORUMS:
        for url in (f"{SITE}/{slug}", f"{SITE}/threads/{slug}.1/page-2", f"{SITE}/viewtopic.php?t=1&{slug}"):
            assert forum.canonical(forum.canonical(url)) == forum.canonical(url)


def selectors(forum: type[Forum]) -> list[str]:
    names = (
        "anchor",
        "title",
        "prefixes",
        "posts",
        "rows",
        "boards",
        "crumbs",
        "next",
        "page",
        "last_page",
        "author",
        "card",
        "extras",
    )
    return [getattr(forum, name) for name in names]


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: str(folder.relative_to(PAGES)))
def test_the_index_finds_what_xpath_finds(folder) -> None:  # noqa: ANN001 # a path
    body, arguments = saved(folder)
    doc = document(body, arguments["url"], charset=None, zone=UTC, now=arguments["now"])
    for forum in FORUMS if doc.page else ():
        for selector in selectors(type(forum)):
            assert every(doc.page, selector) == every(doc.tree, selector), selector
            assert first(doc.page, selector) == first(doc.tree, selector), selector


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", "/page-2"),
        ('345/page-2">2<', '9/page-2">2<', None),  # another thread's
        ('345/page-2">2<', '345/page-2/report">2<', None),
        ("pageNav-page--current", "", None),  # then this may be any of the pages
        ('pageNav-page--current "><a href="/threads/bridge-reopens-after-forty-years.345/">1<', '">3<', None),
    ],
)
def test_without_an_arrow_the_next_number_leads_on(old: str, new: str, expected: str | None) -> None:
    bare = THREAD.decode().replace("pageNav-jump--next", "").replace('rel="next"', "")
    found = read(bare.replace(old, new).encode(), "")
    assert (found.next or found.url).removeprefix(found.url.rstrip("/")) == (expected or "/")


def test_numbers_lead_where_arrows_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [saved(folder) for folder in folders()]
    arrows = [read(body, **arguments).next for body, arguments in pages]
    for each in {skin for forum in FORUMS for skin in (type(forum), *forum.skins)}:
        monkeypatch.setattr(each, "next", "")
    numbers = [read(body, **arguments).next for body, arguments in pages]
    assert all(number in {arrow, None} for number, arrow in zip(numbers, arrows, strict=True))
    assert sum(number is not None for number in numbers) > 40


def test_a_named_software_is_not_asked_for_its_marks() -> None:
    anonymous = THREAD.replace(b'id="XF"', b"").replace(b"<article class", b"<article data-class")
    assert read(anonymous, "", software="xenforo2").software == "xenforo2"


def test_an_unknown_software_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="xenforo2"):
        read(THREAD, "", software="xenphoro")


def test_lxml_alone_loses_posts_of_the_broken_page() -> None:
    body = (PAGES / "xenforo2" / "broken-markup" / "page.html").read_bytes()
    anchors = "article[id^=js-post-]"
    assert (len(every(charset.parse(body), anchors)), len(every(soup_tree(body.decode()), anchors))) == (1, 3)


@pytest.mark.parametrize("depth", [300, 5000])
def test_nesting_loses_no_post(depth: int) -> None:
    body = THREAD.replace(b"<b>The bridge", b"<div>" * depth + b"<b>The bridge")
    assert [post.id for post in read(body, "").posts] == ["9001", "9002", "9003"]


def test_a_nul_byte_loses_no_post() -> None:
    body = THREAD.replace(b"<b>The bridge", b"<b>The\0 bridge")
    assert [post.id for post in read(body, "").posts] == ["9001", "9002", "9003"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", Kind.ERROR),
        (b"%PDF-1.7 \x93\x94", Kind.ERROR),
        (b"\x89PNG\r\n", Kind.ERROR),
        (b"just words", Kind.UNKNOWN),
        (b'{"not": "a forum"}', Kind.UNKNOWN),
        (b"<title>404 Not Found</title><h1>Not Found</h1>", Kind.MISSING),
        (b"<title>403 Forbidden</title>nginx", Kind.DENIED),
        (b"<title>502 Bad Gateway</title>nginx", Kind.ERROR),
        (b"<title>Just a moment...</title><div id='challenge-error-title'></div>", Kind.CHALLENGE),
        (b"<p>Forum</p><p>We are down for maintenance, be back soon.</p>", Kind.ERROR),
        (b'<script id="anubis_challenge" type="application/json">{}</script>', Kind.CHALLENGE),
        (b"<script src='/_Incapsula_Resource?S=1'></script>", Kind.CHALLENGE),
        (b"<script src='/_Incapsula_Resource?S=1'></script><p>Boats: <a href='/sail'>sail</a>", Kind.UNKNOWN),
        (b"<title>a.example | 522: Connection timed out</title><div id='cf-error-details'>Host</div>", Kind.ERROR),
    ],
)
def test_what_is_no_forum_page_is_said_to_be_that(body: bytes, kind: Kind) -> None:
    page = read(body, SITE)
    assert (kind, True) == (page.kind, bool(page.message))


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("You do not have permission to view this page.", Kind.DENIED),
        ("You must be logged-in to do that.", Kind.LOGIN),
        ("You are not logged in or you do not have permission to access this page.", Kind.LOGIN),
        ("The topic or board you are looking for appears to be either missing, or off limits to you.", Kind.MISSING),
        ("Chủ đề bạn tìm không tồn tại.", Kind.MISSING),
        ("Bạn phải đăng nhập để xem diễn đàn này.", Kind.LOGIN),
        ("Das gewünschte Thema existiert nicht.", Kind.MISSING),
        ("Le sujet n’existe pas.", Kind.MISSING),
        ("У вас нет прав для чтения этого форума.", Kind.DENIED),
        ("抱歉，您没有权限访问该版块", Kind.DENIED),
        ("We could not locate the item you are trying to view.", Kind.MISSING),
        ("Bad request. The link you followed is incorrect or outdated.", Kind.MISSING),
        ("Тема или раздел, которые вы ищете, отсутствуют или недоступны для вас.", Kind.MISSING),
        ("Um diese Seite sehen zu können, müssen Sie sich anmelden.", Kind.LOGIN),
        ("Sorry, but only users granted special access can read topics in this forum.", Kind.DENIED),
        ("The page you are trying to access is not available for your account.", Kind.DENIED),
        ("Der Zugriff auf diese Seite ist Ihnen leider verwehrt.", Kind.DENIED),
        ("Error establishing a database connection", Kind.ERROR),
        ("Sorry, SMF was unable to connect to the database.", Kind.ERROR),
        ("There are no threads in this forum.", None),
    ],
)
def test_messages_are_understood(message: str, kind: Kind | None) -> None:
    assert kind == kind_of(message)


@settings(max_examples=200)
@given(st.binary())
def test_no_bytes_make_reading_raise(body: bytes) -> None:
    read(body, "https://forum.example/threads/x.1/", now=datetime(2024, 6, 15, tzinfo=UTC))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(THREAD)), st.binary(max_size=40))
def test_no_cut_and_no_splice_makes_reading_raise(at: int, noise: bytes) -> None:
    whole = read(THREAD, "")
    cut = read(THREAD[:at] + noise, whole.url)
    if cut.kind is Kind.THREAD:  # what is left of the page's head is one text, labelled unknown
        assert {post.id for post in cut.posts} <= {post.id for post in whole.posts}
    read(THREAD[:at] + noise + THREAD[at:], whole.url)


def test_a_button_with_another_address_in_every_post_is_no_author() -> None:
    names = ("Lan Chi", "Minh Anh", "Quang Huy", "Thu Hà")
    posts = "".join(
        f'<div class="bai"><a href="/chuyen.php?do=1&userid={name}&file=M{at}">Chuyển bài</a> <b>{name}</b>'
        f'<p class="chu">{name} kể chuyện làng cũ của mùa {at}. {"Nước lên rồi lại xuống. " * 8}</p></div>'
        for at, name in enumerate(names)
    )
    page = read(f"<html><body>{posts}</body></html>".encode(), "https://forum.example/thread/1")
    assert [post.author.name for post in page.posts if post.author] == list(names)


def test_title_byline_and_tags_inside_a_post_are_none_of_its_text() -> None:
    body, arguments = saved(PAGES / "bbpress" / "thread-byline")
    post = clean_page(read(body, **arguments)).posts[0]
    assert post.text == "The old rope gave way on Easter Sunday.\n\nWhich flax do you buy?"
    removed = ["Which flax for a bell rope", "LiviaRinger - July 15, 2023", "Flax", "1"]
    assert [text for _, text in post.removed] == removed


def test_that_a_post_was_hidden_is_a_notice_beside_its_signature() -> None:
    body, arguments = saved(PAGES / "discuz" / "thread")
    post = clean_page(read(body, **arguments)).posts[-1]
    assert list(post.removed) == [(Label.NOTICE, "提示: 作者被禁止或删除 内容自动屏蔽"), (Label.SIGNATURE, "全场八折")]


def test_the_likely_software_is_asked_first_and_still_has_to_claim_the_page() -> None:
    both = b'<html id="XF"><body><div id="wpforo-wrap"></div></body></html>'
    assert read(both, "https://forum.example/").software == "xenforo2"
    assert read(both, "https://forum.example/", likely="wpforo").software == "wpforo"
    assert read(both, "https://forum.example/", likely="mybb").software == "xenforo2"
