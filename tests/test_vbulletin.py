"""What pages of vBulletin say of their time zone, and the one URL of each of its pages, however it is linked."""

from datetime import timedelta
from pathlib import Path

import pytest

from crawler.cleaning import clean_page
from crawler.forums import read
from crawler.forums.vbulletin import edit_date, zone_of
from crawler.forums.vbulletin3 import VBulletin3
from crawler.forums.vbulletin5 import VBulletin5

ROOT = "http://ponds.example/forum/"


@pytest.mark.parametrize(
    ("shown", "hours"),
    [
        ("All times are GMT +7. The time now is 13:46.", 7),
        ("All times are GMT -3.5. The time now is 01:46 PM.", -3.5),
        ("Часовой пояс GMT +5:30, время: 02:08.", 5.5),
        ("All times are GMT. The time now is 06:46.", 0),
    ],
)
def test_zone(shown: str, hours: float) -> None:
    zone = zone_of(shown)
    assert zone is not None
    assert timedelta(hours=hours) == zone.utcoffset(None)


@pytest.mark.parametrize("shown", ["The time now is 13:46.", "All times are GMT +99."])
def test_no_zone(shown: str) -> None:
    assert zone_of(shown) is None


@pytest.mark.parametrize(
    ("note", "date"),
    [
        ("Last edited by Reed; 14-10-2019 at 19:03.", "14-10-2019 19:03"),
        ("Last edited by Reed; 04-26-2015 at 09:32 PM. Reason: spelling", "04-26-2015 09:32 PM"),
        ("Последний раз редактировалось Reed; 23.03.2005 в 19:46.", "23.03.2005 19:46"),
        ("Merged by Reed", ""),
    ],
)
def test_edit_date(note: str, date: str) -> None:
    assert date == edit_date(note)


@pytest.mark.parametrize(
    ("linked", "canonical"),
    [
        ("showthread.php?t=12&goto=newpost", "showthread.php?t=12"),
        ("showthread.php?s=0a1b&page=3&t=12&pp=40", "showthread.php?t=12&page=3"),
        ("showthread.php?t=12&page=1", "showthread.php?t=12"),
        ("printthread.php?t=12&pp=40", "showthread.php?t=12"),
        ("archive/index.php/t-12-p-2.html", "showthread.php?t=12"),
        ("forumdisplay.php?f=17&order=desc&page=2", "forumdisplay.php?f=17&page=2"),
        ("showthread.php?12-A-slug/page2&s=0a1b", "showthread.php?12-A-slug/page2"),
        ("showthread.php?12-A-slug&p=9&viewfull=1#post9", "showthread.php?12-A-slug"),
        ("threads/12-A-slug/page1", "threads/12-A-slug"),
        ("board/12-a-slug-post55.html#post55", "board/12-a-slug.html"),
        ("board/12-a-slug-print.html", "board/12-a-slug.html"),
        ("board/?sort=replies&order=asc", "board/"),
        ("108-engines/310-x-2005.html", "108-engines/310-x-2005.html"),
        ("board/a-slug-12/page1.html", "board/a-slug-12/"),
    ],
)
def test_one_url(linked: str, canonical: str) -> None:
    assert ROOT + canonical == VBulletin3.canonical(ROOT + linked)


@pytest.mark.parametrize(
    ("url", "id_"),
    [
        ("showthread.php?t=12&page=3", "12"),
        ("showthread.php?12-A-slug/page2", "12"),
        ("threads/12-A-slug", "12"),
        ("board/12-a-slug-2.html", "12"),
        ("t12-2.html", "12"),
        ("board-47/a-slug-12/", "12"),
        ("board-47/a-slug-12/page2.html", "12"),
        ("forumdisplay.php?f=17", None),
        ("members/12.html", None),
    ],
)
def test_thread_id(url: str, id_: str | None) -> None:
    assert id_ == VBulletin3.thread_id(ROOT + url)


@pytest.mark.parametrize(
    ("url", "id_"),
    [
        ("forumdisplay.php?f=17&page=2", "17"),
        ("forumdisplay.php?17-Ferns", "17"),
        ("forum17/", "17"),
        ("17-ferns/", "17"),
        ("ferns-17/", "17"),
        ("tree/ferns-17/index2.html", "17"),
        ("tree/ferns-17/page2.html", "17"),
        ("tree-ferns/", "tree-ferns"),
        ("showthread.php?t=12", None),
    ],
)
def test_board_id(url: str, id_: str | None) -> None:
    assert id_ == VBulletin3.board_id(ROOT + url)


@pytest.mark.parametrize("file", ["index2.html", "page2.html", ""])
def test_first_page_of_files(file: str) -> None:
    assert f"{ROOT}board/a-slug-12/" == VBulletin3.first_url(f"{ROOT}board/a-slug-12/{file}")


def test_version_5_drops_what_leads_into_a_page() -> None:
    thread = "https://kites.example/forum/flying/knots/86-a-knot"
    assert thread == VBulletin5.canonical(f"{thread}?p=1523#post1523")
    assert thread == VBulletin5.first_url(f"{thread}/page2")
    assert VBulletin5.thread_id(f"{thread}/page2") == "86"
    assert VBulletin5.board_id(thread) is None


def test_quote_of_a_skin_without_its_heading() -> None:
    page = Path(__file__).parent / "pages/vbulletin/thread-3-skin/page.html"
    quote, *own = clean_page(read(page.read_bytes(), "")).posts[1].blocks
    assert (quote.label, quote.text) == ("quote", "Originally Posted by plough7\n\nIt still coughs at half throttle.")
    assert {block.label for block in own} == {"body"}
