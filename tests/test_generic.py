import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from update import PAGES, folders, saved

from archive.records import Kind, Label, Page
from crawler.cleaning import clean_page
from crawler.forums import generic
from crawler.forums.generic import pager
from crawler.offline import page_text
from crawler.reading.document import document

NOW = datetime(2024, 6, 15, tzinfo=UTC)
SITE = "https://forum.example"
THREAD = (PAGES / "generic" / "thread" / "page.html").read_bytes()


def read(body: bytes, url: str = "") -> Page:
    return generic.read(document(body, url, charset=None, zone=UTC, now=NOW))


def test_most_threads_of_known_software_are_read_without_their_families() -> None:
    right, wrong = 0, []
    for folder in folders():
        expected = json.loads((folder / "expected.json").read_text("utf-8"))
        body, arguments = saved(folder)
        posts = [post for post in expected.get("posts", ()) if not post.get("deleted")]
        if expected["kind"] != "thread" or not (folder / "page.html").exists() or len(posts) < 2:
            continue
        found = read(body, arguments["url"])
        if len(found.posts) == len(posts):
            right += 1
        else:
            wrong.append((str(folder.relative_to(PAGES)), len(posts), len(found.posts)))
    assert right >= 4 * len(wrong), wrong


def test_what_repeats_in_every_post_is_labelled_not_text() -> None:
    page = clean_page(read((PAGES / "generic" / "table" / "page.html").read_bytes()))
    assert [post.text[:14] for post in page.posts] == ["The early ones", "Ten crates fro", "Good. The pres"]
    assert {Label.BUTTON.value} == {label for post in page.posts for label, _ in post.removed}


def test_a_page_without_posts_is_one_text() -> None:
    body = (PAGES / "generic" / "article" / "page.html").read_bytes()
    page = read(body, SITE)
    assert (page.kind, len(page.posts), page.thread) == (Kind.UNKNOWN, 1, None)
    assert page.sure < generic.SURE
    text = page_text(body, SITE)
    assert "lit at two" in text
    assert "Mill Street Bakery" not in text


def test_order_of_reading_does_not_matter() -> None:
    assert read(THREAD) == read(THREAD)


def test_a_phrase_of_the_frame_makes_no_wall_of_a_text() -> None:
    frame = b"<footer>You must be logged in to post an answer.</footer></body>"
    body = (PAGES / "generic" / "article" / "page.html").read_bytes().replace(b"</body>", frame)
    assert read(body, SITE).kind is Kind.UNKNOWN


def test_a_wall_stays_a_wall() -> None:
    body = b"<title>Section</title><p>Section</p><div><p>You must be logged in to view this section.</p></div>"
    assert read(body, SITE).kind is Kind.LOGIN


def test_posts_under_titles_that_lead_elsewhere_are_a_list() -> None:
    row = (
        '<div class="item"><h3><a href="/topic/{0}">A long enough title, number {0}</a></h3>'
        '<b class="author">Orla</b><time>2024-03-0{0}</time>'
        "<p>The first words that somebody wrote on day {0}, cut short as excerpts are</p></div>"
    )
    page = read(f"<h1>News</h1>{''.join(map(row.format, range(1, 6)))}".encode(), f"{SITE}/news")
    assert page.kind is Kind.BOARD
    assert [thread.id for thread in page.threads] == ["1", "2", "3", "4", "5"]


ROWS = {
    "threads whose cells say only counts": (
        '<tr><td><a href="/talk/{0}">{1}</a></td><td><a href="/member/{2}">{2}</a></td><td>{0} answers</td>'
        "<td>2024-03-0{0} 10:0{0}</td></tr>"
    ),
    "boards with what they are for": (
        '<div class="part"><h3><a href="/part/{0}">{1}</a></h3><p>All that is worth telling of this, and {1} too.</p>'
        '<p>Last: <a class="author" href="/member/{2}">{2}</a> <time>2024-03-0{0}</time></p></div>'
    ),
    "a member's answers in many threads": (
        '<div class="answer" id="a{0}"><b class="author">Orla</b> <time>2024-03-0{0}T10:00:00Z</time>'
        '<i>in reply to: <a href="/talk/{0}">{1}</a></i><p>I wrote this when {1} was new.</p></div>'
    ),
    "members": (
        '<tr class="row"><td><a class="username" href="/members/{2}">{2}</a></td><td>Elder {0}</td>'
        "<td>2024-03-0{0}</td></tr>"
    ),
}
TITLES = (
    "How do you dry the ropes?",
    "The weir is open again",
    "A jar of honey for an oar",
    "Whose boat is the green one?",
)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_rows_of_a_list_are_no_posts(row: str) -> None:
    names = ("Orla", "Piet", "Iza", "Wren")
    rows = "".join(row.format(at, title, name) for at, (title, name) in enumerate(zip(TITLES, names, strict=True), 1))
    markup = f"<table>{rows}</table>" if row.startswith("<tr") else rows
    page = read(f"<title>Harbour</title><h1>Harbour</h1>{markup}".encode(), f"{SITE}/harbour")
    assert page.kind in {Kind.BOARD, Kind.INDEX, Kind.UNKNOWN}


def test_what_each_author_links_to_makes_no_list() -> None:
    post = (
        '<div class="note" id="n{0}"><b class="author">{1}</b> <a href="/where?{1}">Lower quay, the harbour of {1}</a>'
        " <time>2024-03-0{0}T10:00:00Z</time><p>On day {0} the ropes were wet again, and so were all of us.</p>"
        '<a href="/note/{0}/likes">Wren, Iza and {0} others who like it</a></div>'
    )
    posts = "".join(post.format(at, name) for at, name in enumerate(("Orla", "Piet", "Orla", "Iza"), 1))
    page = read(f"<title>Wet ropes</title><h1>Wet ropes</h1>{posts}".encode(), f"{SITE}/talk/5")
    assert (page.kind, len(page.posts)) == (Kind.THREAD, 4)


def test_a_notice_to_the_reader_is_no_post() -> None:
    body = (
        b'<div id="topic-7"><b class="author">Orla</b> <time>2024-03-01T10:00:00Z</time>'
        b"<p>You must be logged in to reply to this topic.</p></div>"
    )
    assert read(body, f"{SITE}/talk/7").kind is not Kind.THREAD


def test_text_between_the_paragraphs_of_a_post_is_text() -> None:
    note = '<div class="note" id="n{0}"><b class="author">{1}</b> <time>2024-03-0{0}T10:00:00Z</time><p>{2}</p></div>'
    said = (
        "The ropes were wet again, and so were all of us.",
        "Then hang them up.</p>In the loft, <i>never</i> in the sun.<p>They last for years.",
        "Mine did not last for one, I am sorry to say.",
    )
    notes = "".join(note.format(at, name, text) for at, (name, text) in enumerate(zip("ABC", said, strict=True), 1))
    page = clean_page(read(f"<title>Wet ropes</title><h1>Wet ropes</h1>{notes}".encode(), f"{SITE}/talk/5"))
    assert " ".join(page.posts[1].text.split()) == (
        "Then hang them up. In the loft, never in the sun. They last for years."
    )


def test_a_card_around_the_text_of_a_comment_is_no_card() -> None:
    note = (
        '<div class="comment-user-info" id="n{0}"><b class="author">{1}</b> <time>2024-03-0{0}T10:00:00Z</time>'
        '<div class="comment-detail"><p>On day {0} the ropes were wet again, and {1} was, too.</p></div></div>'
    )
    notes = "".join(note.format(at, name) for at, name in enumerate(("Orla", "Piet", "Iza"), 1))
    menu = "<nav>" + "<a href='/part'>Part of the menu</a> " * 40 + "</nav>"
    page = read(f"<title>Wet ropes</title><body>{menu}<h1>Wet ropes</h1>{notes}".encode(), f"{SITE}/talk/5")
    assert [post.author.name for post in page.posts] == ["Orla", "Piet", "Iza"]


def test_the_day_on_which_all_joined_is_no_date_of_a_post() -> None:
    note = (
        '<div class="note" id="n{0}"><p class="who"><b class="author">{1}</b> <i>Joined: <u>1 May 2019, 9:00</u></i>'
        "<p class='when'>{0} March 2024, 10:00</p><div>The ropes of {1} were wet, and so were all of us.</div></div>"
    )
    notes = "".join(note.format(at, name) for at, name in enumerate(("Orla", "Piet", "Iza"), 1))
    page = read(f"<title>Wet ropes</title><body><h1>Wet ropes</h1>{notes}".encode(), f"{SITE}/talk/5")
    assert [post.posted_at and post.posted_at.day for post in page.posts] == [1, 2, 3]


def test_a_described_text_that_is_escaped_twice_is_markup() -> None:
    told = {"@type": "Question", "text": "&lt;p&gt;Which rope?&lt;/p&gt;&lt;p&gt;The long one?&lt;/p&gt;"}
    body = f'<title>Ropes</title><script type="application/ld+json">{json.dumps(told)}</script>'
    page = clean_page(read(body.encode(), f"{SITE}/talk/5"))
    assert [post.text for post in page.posts] == ["Which rope?\n\nThe long one?"]


def test_a_header_with_author_and_date_of_the_first_post_is_no_post() -> None:
    head = b'<p>by <a class="nickname" href="/members/orla">Orla</a>, <i class="when">7 March 2024, 18:05</i></p>'
    notice = b"<p>Be kind to each other in here: whoever is rude to a newcomer will be asked to leave, and at once.</p>"
    body = THREAD.replace(b'<section class="talk">', head + notice + b'<section class="talk">')
    assert [post.id for post in read(body).posts] == ["501", "502", "507"]


@pytest.mark.parametrize("depth", [300, 4000])
def test_nesting_loses_no_post(depth: int) -> None:
    body = THREAD.replace(b"<p>Mine rattles", b"<div>" * depth + b"</div>" * depth + b"<p>Mine rattles")
    assert "Mine rattles" in clean_page(read(body)).posts[0].text


@pytest.mark.parametrize(
    ("url", "first", "id_"),
    [
        ("/viewtopic.pl?id=12&page=3", "/viewtopic.pl?id=12", "12"),
        ("/t/a-title.88?page=2&sort=old", "/t/a-title.88?sort=old", "88"),
        ("/questions/77/which-rope/page/4", "/questions/77/which-rope", "77"),
        ("/talk/the-oar", "/talk/the-oar", "talk/the-oar"),
        ("/forum/boats-2/topic/oars-for-2024-6/?page=2", "/forum/boats-2/topic/oars-for-2024-6/", "6"),
        ("/t/10-best-oars/532", "/t/10-best-oars/532", "532"),
        ("/topic/5-oars-for-2024", "/topic/5-oars-for-2024", "5-2024"),
    ],
)
def test_pages_of_a_thread_share_url_and_id(url: str, first: str, id_: str) -> None:
    assert SITE + first == pager.first_url(SITE + url)
    assert id_ == pager.thread_id(SITE + first)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<a href="?page=1">1</a> <b>2</b> <a href="?page=3">3</a> <a href="?page=9">9</a>', (2, 9, "/t/5?page=3")),
        ('<link rel="next" href="/t/5?page=3">', (2, 2, "/t/5?page=3")),
        ('<link rel="next" href="/t/5?view=next">', (2, 2, None)),
        ('<a href="/t/5?page=3">Trang sau</a>', (2, 3, "/t/5?page=3")),
        ('<a href="/t/6">Next</a>', (2, 2, None)),
        ('<a href="/votes/1">4</a> <a href="/votes/2">5</a>', (2, 2, None)),
    ],
)
def test_the_next_page_is_one_of_the_same_thread(markup: str, expected: tuple[int, int, str | None]) -> None:
    doc = document(f"<p>{markup}</p>".encode(), f"{SITE}/t/5?page=2", charset=None, zone=UTC, now=NOW)
    number, last, following = pager.read(doc)
    assert expected == (number, last, following and following.removeprefix(SITE))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(THREAD)), st.binary(max_size=60))
def test_no_cut_and_no_splice_makes_reading_raise(at: int, noise: bytes) -> None:
    read(THREAD[:at] + noise)
    read(THREAD[:at] + noise + THREAD[at:], SITE)


_PIECES = (
    *(
        "<p>",
        "</p>",
        "<td>",
        "<tr>",
        "<table>",
        "<div class='post'>",
        "</div>",
        "<a href='//['>x</a>",
        "<time>",
        "<h1>",
    ),
    *(
        "<i itemprop=author itemscope>",
        "<span itemprop='text'>",
        "<div itemscope itemtype='/Comment' id='p1'>",
        "<b>3</b>",
    ),
    *(
        "<script type='application/ld+json'>[{}]</script>",
        "<a href='?page=2'>2</a>",
        "2024-01-02",
        "words here. ",
        "&#0;",
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=60).map("".join))
def test_no_markup_makes_reading_raise(markup: str) -> None:
    read(markup.encode(), "http://[")
    read(markup.encode(), f"{SITE}/t/5")
