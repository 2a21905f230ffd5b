"""Forums that answer in JSON, and the question sites: what saved pages alone do not show."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from update import PAGES, result, saved

from archive.records import Kind, Label, Page
from crawler.cleaning import clean_page
from crawler.forums import read
from crawler.forums.askbot import Askbot
from crawler.forums.base import Forum
from crawler.forums.discourse import Discourse
from crawler.forums.flarum import Flarum
from crawler.forums.nodebb import NodeBB
from crawler.forums.stackexchange import StackExchange

SITE = "https://forum.example"

URLS = [
    (NodeBB, "/topic/31/lịch/24", "/topic/31/l%E1%BB%8Bch"),
    (NodeBB, "/topic/31/l%e1%bb%8bch?page=1", "/topic/31/l%E1%BB%8Bch"),
    (NodeBB, "/topic/31/a/24?page=3&sort=most_votes", "/topic/31/a?page=3"),
    (NodeBB, "/api/topic/31?page=2", "/api/topic/31?page=2"),
    (Discourse, "/t/a-slug/57/22", "/t/a-slug/57"),
    (Discourse, "/t/57/last", "/t/57"),
    (Discourse, "/t/a-slug/57?page=1&u=x", "/t/a-slug/57"),
    (Discourse, "/t/a-slug/57/print", "/t/a-slug/57"),
    (Discourse, "/c/travel/boats/8/l/latest?page=0", "/c/travel/boats/8"),
    (Discourse, "/c/travel/8/none?page=2", "/c/travel/8?page=2"),
    (Flarum, "/d/15-a-slug/7", "/d/15-a-slug"),
    (Flarum, "/d/15-a-slug?page=2", "/d/15-a-slug?page=2"),
    (Flarum, "/t/boats?sort=top&page=2", "/t/boats?page=2"),
    (Flarum, "/t/boats?sort=top", "/t/boats"),
    (Askbot, "/en/question/88/a/?answer=90&sort=votes", "/en/question/88/a/"),
    (Askbot, "/questions/scope:all/sort:votes-desc/page:2/", "/questions/page:2/"),
    (StackExchange, "/questions/88/a/90?noredirect=1", "/questions/88/a"),
    (StackExchange, "/q/88/5", "/questions/88"),
    (StackExchange, "/questions?tab=newest&page=2", "/questions?page=2"),
]


@pytest.mark.parametrize(("forum", "url", "expected"), URLS)
def test_one_page_has_one_url(forum: type[Forum], url: str, expected: str) -> None:
    assert forum.canonical(SITE + url) == SITE + expected


@pytest.mark.parametrize(
    ("forum", "url", "id_"),
    [
        (NodeBB, "/topic/31/search", "31"),
        (NodeBB, "/topic/0b7c5a52-5f2c-4a3e-9d0b-2f9a1c3d4e5f/a", "0b7c5a52-5f2c-4a3e-9d0b-2f9a1c3d4e5f"),
        (Discourse, "/t/search/57", "57"),
        (Discourse, "/t/57/3", "57"),
        (Discourse, "/t/2024-in-boats/57?page=2", "57"),
        (Flarum, "/d/15-login", "15"),
        (Askbot, "/en/question/88/help/", "88"),
        (StackExchange, "/questions/88/help", "88"),
    ],
)
def test_a_slug_that_is_a_word_of_the_software_leads_to_its_thread(forum: type[Forum], url: str, id_: str) -> None:
    assert forum.thread_id(SITE + url) == id_
    assert not forum.is_trap(SITE + url)


@pytest.mark.parametrize(
    ("forum", "url"),
    [
        (NodeBB, "/user/orla"),
        (NodeBB, "/boats/login"),
        (NodeBB, "/topic/31.rss"),
        (Discourse, "/u/odile"),
        (Discourse, "/forum/search?q=x"),
        (Flarum, "/u/odile"),
        (Askbot, "/en/users/31/odile/"),
        (Askbot, "/en/questions/ask/"),
        (StackExchange, "/users/31/odile"),
        (StackExchange, "/questions/ask"),
    ],
)
def test_links_that_lead_to_no_posts_are_traps(forum: type[Forum], url: str) -> None:
    assert forum.is_trap(SITE + url)


def cleaned(name: str) -> Page:
    body, arguments = saved(PAGES / name)
    return clean_page(read(body, **arguments))


def labels(page: Page, number: int) -> list[tuple[Label, str]]:
    return [(block.label, block.text) for block in page.posts[number].blocks]


def test_signatures_and_stubs_of_nodebb_are_labelled() -> None:
    page = cleaned("nodebb/thread")
    assert labels(page, 0)[-1] == (Label.SIGNATURE, "Sóng yên biển lặng")
    assert labels(page, 2) == [(Label.NOTICE, "Đã xóa bài đăng này!")]


def test_stubs_and_counters_of_discourse_are_labelled() -> None:
    assert labels(cleaned("discourse/api-topic"), 1) == [(Label.NOTICE, "(post deleted by author)")]
    assert (Label.BUTTON, "41") in labels(cleaned("discourse/thread-saved"), 0)


def test_the_page_and_the_api_name_the_same_posts() -> None:
    page, answer = result(PAGES / "discourse/thread-brought-along"), result(PAGES / "discourse/api-topic")
    assert page["posts"] == answer["posts"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/t/a-slug/57", "/t/a-slug/57.json"),
        ("/t/a-slug/57?page=2", "/t/a-slug/57.json?page=2"),
        ("/c/boats/8", "/c/boats/8.json"),
        ("/", "/latest.json"),
        ("/categories", "/categories.json"),
    ],
)
def test_an_empty_discourse_page_says_where_its_content_is(url: str, expected: str) -> None:
    page = read((PAGES / "discourse/shell/page.html").read_bytes(), SITE + url)
    assert (page.kind, page.posts, page.instead) == (Kind.UNKNOWN, (), SITE + expected)


def test_what_a_page_brings_along_may_be_cut_off() -> None:
    body, arguments = saved(PAGES / "discourse/thread-brought-along")
    assert [post.id for post in read(body.replace(b"&quot;topic_57&quot;", b""), **arguments).posts] == ["57/21"]
    body, arguments = saved(PAGES / "flarum/thread")
    assert [post.id for post in read(body.replace(b'"apiDocument"', b"{"), **arguments).posts] == ["15/1", "15/2"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(
        ["post_stream", "topic_list", "category_list", "data", "posts", "topics", "categories", "errors", "tid", "cid"]
    ),
    JSON,
    JSON,
)
def test_an_answer_of_another_shape_is_an_error_that_says_so(key: str, value: Any, other: Any) -> None:
    for frame in ({}, {"relative_path": "", "template": {}, "tid": 1}, {"error_type": "x", "errors": value}):
        page = read(json.dumps({**frame, key: value, "included": other}).encode(), SITE + "/x")
        assert page.kind in Kind
        assert page.posts or page.message or page.kind is not Kind.ERROR


@given(st.sampled_from(["nodebb/api-topic", "discourse/api-topic", "flarum/api-posts"]), st.data())
def test_an_answer_with_a_broken_part_does_not_raise(name: str, data: st.DataObject) -> None:
    answer = json.loads((PAGES / name / "page.json").read_text("utf-8"))
    part: Any = answer
    for _ in range(data.draw(st.integers(0, 4))):
        keys = [
            key for key in (part if isinstance(part, dict) else range(len(part))) if isinstance(part[key], dict | list)
        ]
        if not keys:
            break
        part = part[data.draw(st.sampled_from(keys))]
    if part:
        part[data.draw(st.sampled_from(list(part) if isinstance(part, dict) else range(len(part))))] = data.draw(JSON)
    page = read(json.dumps(answer).encode(), SITE + "/x")
    assert page.kind is not Kind.ERROR or page.message
