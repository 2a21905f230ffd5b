"""URLs of Discuz!, ProBoards and Forumotion: one page has one, and what leads nowhere new is not followed."""

import pytest

from crawler.forums.base import Forum
from crawler.forums.discuz import Discuz
from crawler.forums.forumotion import Forumotion
from crawler.forums.proboards import ProBoards
from crawler.reading.walls import kind_of

SITE = "https://forum.example/"


@pytest.mark.parametrize(
    ("forum", "url", "expected"),
    [
        (Discuz, "forum.php?mod=viewthread&page=3&tid=5&extra=page%3D2", "forum.php?mod=viewthread&tid=5&page=3"),
        (Discuz, "forum.php?mod=viewthread&tid=5&page=1", "forum.php?mod=viewthread&tid=5"),
        (Discuz, "forum.php?mod=redirect&goto=findpost&ptid=5&pid=9", "forum.php?mod=viewthread&tid=5"),
        (Discuz, "forum.php?mod=redirect&tid=5&goto=lastpost#lastpost", "forum.php?mod=viewthread&tid=5"),
        (Discuz, "forum.php?mod=viewthread&action=printable&tid=5", "forum.php?mod=viewthread&tid=5"),
        (Discuz, "thread-5-2-7.html?mobile=2", "thread-5-2-1.html"),
        (Discuz, "redirect.php?goto=findpost&pid=4&ptid=5", "viewthread.php?tid=5"),
        (Discuz, "forumdisplay.php?fid=8&page=2&sid=aB3", "forumdisplay.php?fid=8&page=2"),
        (ProBoards, "thread/5/slug?page=2&scrollTo=9", "thread/5/slug?page=2"),
        (ProBoards, "board/5/slug?page=1", "board/5/slug"),
        (Forumotion, "t5p15-slug?highlight=x#99", "t5p15-slug"),
        (Forumotion, "t5p0-slug", "t5-slug"),
    ],
)
def test_one_page_has_one_url(forum: type[Forum], url: str, expected: str) -> None:
    assert SITE + expected == forum.canonical(SITE + url)


@pytest.mark.parametrize(
    ("forum", "url", "expected"),
    [
        (Discuz, "thread-5-12-3.html", "thread-5-1-1.html"),
        (Discuz, "forum-news-4.html", "forum-news-1.html"),
        (Discuz, "forum.php?mod=forumdisplay&fid=8&page=4", "forum.php?mod=forumdisplay&fid=8"),
        (ProBoards, "thread/5/slug?page=2", "thread/5/slug"),
        (Forumotion, "t5p15-top-10p2-list", "t5-top-10p2-list"),
    ],
)
def test_first_page_of_a_thread_or_board(forum: type[Forum], url: str, expected: str) -> None:
    assert SITE + expected == forum.first_url(SITE + url)


@pytest.mark.parametrize(
    ("forum", "url"),
    [
        (Discuz, "forum.php?mod=redirect&goto=nextoldset&tid=5"),
        (Discuz, "thread-5-1-1.html?authorid=4"),
        (Discuz, "forum.php?mod=post&action=reply&tid=5"),
        (Discuz, "forum.php?mod=forumdisplay&fid=8&filter=digest"),
        (Discuz, "home.php?mod=space&uid=4"),
        (Discuz, "archiver/?tid-5.html"),
        (ProBoards, "post/quote/5"),
        (ProBoards, "user/8"),
        (Forumotion, "t5-slug?view=previous"),
        (Forumotion, "u8"),
        (Forumotion, "post?f=1&mode=newtopic"),
    ],
)
def test_traps_are_not_followed(forum: type[Forum], url: str) -> None:
    assert forum.is_trap(SITE + url)


@pytest.mark.parametrize(
    ("forum", "url"),
    [
        (Discuz, "forum.php?mod=viewthread&tid=5&extra=page%3D1%26filter%3Dlastpost"),
        (Discuz, "thread-5-1-1.html"),
        (Discuz, "forum.php?mod=redirect&tid=5&goto=lastpost#lastpost"),
        (ProBoards, "thread/5/user-search-help"),
        (Forumotion, "t5-post-your-profile"),
        (Forumotion, "f2-groups"),
    ],
)
def test_threads_and_boards_are_no_traps(forum: type[Forum], url: str) -> None:
    assert not forum.is_trap(SITE + url)


def test_discuz_refuses_by_user_group() -> None:
    assert [kind_of(said) for said in ("抱歉，本版块只有特定用户可以访问", "抱歉，您所在的用户组无法进行此操作")] == [
        "denied",
        "denied",
    ]
