import lxml.html
import pytest

from crawler.cleaning import clean
from crawler.cleaning.flat import number_of

PAGE = """Huyện Mây Trắng: Mở lớp dạy nghề cho thanh niên

PV Maybe

Tay Chơi
★VIP★
Bài viết
12,085
Xu
36K
Tham gia
12/3/2019
Sáng nay, huyện Mây Trắng đã mở lớp dạy nghề đầu tiên cho thanh niên trong vùng.

Lớp có 40 học viên.


Các học viên nhận giấy khen.

Xem tiếp...
\N{NO-BREAK SPACE}

Chủ đề tương tự

Huyện Mây Xám: Khánh thành cầu mới
Back
Top Bottom
"""


def test_a_flattened_page_falls_into_head_text_and_footer() -> None:
    cleaned = clean(PAGE)
    assert cleaned.title == "Huyện Mây Trắng: Mở lớp dạy nghề cho thanh niên"
    assert cleaned.author == "PV Maybe"
    assert (cleaned.card.title, cleaned.card.banners) == ("Tay Chơi", ("★VIP★",))
    assert cleaned.card.counts == {"Bài viết": 12085, "Xu": 36000}
    assert cleaned.body == [
        "Sáng nay, huyện Mây Trắng đã mở lớp dạy nghề đầu tiên cho thanh niên trong vùng.",
        "Lớp có 40 học viên.",
        "Các học viên nhận giấy khen.",
    ]
    assert cleaned.removed == [
        ("readon", "Xem tiếp..."),
        ("similar", "Chủ đề tương tự"),
        ("similar", "Huyện Mây Xám: Khánh thành cầu mới"),
        ("button", "Back"),
        ("button", "Top Bottom"),
    ]


def test_every_removed_line_says_which_phrase_decided() -> None:
    rules = {block.text: block.rule for block in clean(PAGE).blocks}
    assert rules["Xem tiếp..."] == "phrase readon/vi “Xem tiếp”"
    assert rules["Chủ đề tương tự"] == "phrase similar/vi “Chủ đề tương tự”"


@pytest.mark.parametrize(
    "text",
    [
        "Một bài viết ngắn.\n\nKhông có gì khác.",
        "Chủ đề tương tự đã được bàn nhiều lần trên diễn đàn.",
        "Hà Nam: Một tỉnh\n\nDân số\nrất đông",
        "Tôi hỏi: Back hay Top?\n\nBack",
        "Xem tiếp...",
        "Nguồn: tự viết",
        "Giá\n\nCam\n5\n\nlà giá hôm nay.",
        "def f():\n    return 1\n\n    # xong",
    ],
)
def test_text_that_gives_no_sign_is_kept(text: str) -> None:
    cleaned = clean(text)
    assert (cleaned.text, cleaned.removed, cleaned.title) == (text, [], None)


def test_line_ends_and_decomposed_letters_do_not_matter() -> None:
    text = "Một đoạn văn bản.\r\n\r\nXem tie\N{COMBINING CIRCUMFLEX ACCENT}\N{COMBINING ACUTE ACCENT}p...\r\n"
    cleaned = clean(text)
    assert (cleaned.text, cleaned.removed) == ("Một đoạn văn bản.", [("readon", "Xem tiếp...")])


def test_both_placements_of_tone_marks_are_one_phrase() -> None:
    for word in ("xóa", "xoá"):
        assert clean(f"Bài viết này đã bị {word}").removed == [("notice", f"Bài viết này đã bị {word}")]


def test_a_quote_of_a_flattened_page_ends_at_its_button() -> None:
    cleaned = clean("Minh Anh said:\nHôm nay trời đẹp.\nThật vậy.\nClick to expand...\nĐồng ý với bạn.")
    assert cleaned.text == "Đồng ý với bạn."
    assert cleaned.removed == [("quote", "Minh Anh said:\nHôm nay trời đẹp.\nThật vậy.\nClick to expand...")]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("122,685", 122685),
        ("1.234.567", 1234567),
        ("7", 7),
        ("36K", 36000),
        ("1.2M", 1200000),
        ("1,5k", 1500),
        ("8,4", None),
        ("3 sao", None),
        ("", None),
    ],
)
def test_counts_are_read_as_forums_write_them(words: str, number: int | None) -> None:
    assert number_of(words) == number


def test_many_gates_and_links_in_one_paragraph_cost_no_more_than_few() -> None:
    line = '<a href="https://news.example/">Một liên kết</a><br>You must be registered for see links<br>'
    cleaned = clean(lxml.html.fromstring(f"<div>Minh Anh said:<br>{line * 3000}Click to expand...<br>Hết.</div>"))
    assert (cleaned.text, len(cleaned.removed)) == ("Hết.", 1)
    cleaned = clean(lxml.html.fromstring(f"<div>{line * 3000}</div>"))
    assert len(cleaned.removed) == 3000


THREAD = """Huyện Mây Trắng: Mở lớp dạy nghề

PV Maybe

Tay Chơi
★VIP★
Bài viết
12,085
Xu
36K
12/3/2024
#1
Sáng nay, huyện đã mở lớp dạy nghề.

Xem tiếp...

Minh Anh

Thành viên
Bài viết
120
Xu
3
12/3/2024
#2
Hay quá!

Thu Hà

Bài viết: 9
Xu: 1
Hôm qua lúc 10:20
#3
Minh Anh nói:
Hay quá!
Nhấn vào đây để mở rộng...
Ừ.

Chủ đề tương tự

Back
Top Bottom
"""


def test_a_flattened_thread_page_falls_into_its_posts() -> None:
    cleaned = clean(THREAD)
    assert [(post.author, post.card.title, dict(post.card.counts), post.text) for post in cleaned.posts] == [
        ("PV Maybe", "Tay Chơi", {"Bài viết": 12085, "Xu": 36000}, "Sáng nay, huyện đã mở lớp dạy nghề."),
        ("Minh Anh", "Thành viên", {"Bài viết": 120, "Xu": 3}, "Hay quá!"),
        ("Thu Hà", None, {"Bài viết": 9, "Xu": 1}, "Ừ."),
    ]
    assert cleaned.text == "Sáng nay, huyện đã mở lớp dạy nghề.\n\nHay quá!\n\nỪ."
    assert cleaned.removed[3] == ("card", "Thu Hà\nBài viết: 9\nXu: 1\nHôm qua lúc 10:20\n#3")


def test_names_that_stand_right_above_their_cards() -> None:
    page = "A bridge opens\n\nnewsbot\nRobot\nMessages\n9,000\nLikes\n3\nIt is open.\n\n"
    page += "Ann\nJoined\nMar 3, 2014\nMessages\n12\nMar 4, 2024\n#2\nGreat!\n\nBo\nPosts\n7\nLikes\n2\nMe too."
    assert [(post.author, post.text) for post in clean(page).posts] == [
        ("newsbot", "It is open."),
        ("Ann", "Great!"),
        ("Bo", "Me too."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Giá hôm nay\n\nCam\n5\nTáo\n7\n\nĐiểm\n5",
        "Kết quả kỳ thi của lớp.\nTuổi\n12\nĐiểm\n9\n\nCả lớp đều vui.",
        "Tôi có hai bảng.\n\nBảng một\nTuổi: 12\nĐiểm: 9\n\nHết.",
    ],
)
def test_numbers_below_words_make_no_posts(text: str) -> None:
    assert (clean(text).text, clean(text).posts) == (text, ())
