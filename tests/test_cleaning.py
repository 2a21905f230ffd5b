import importlib.util
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pytest

from archive.records import Author, Kind, Label, Page, Post, Thread
from crawler.cleaning import clean, clean_page
from crawler.cleaning.markup import LABELS
from crawler.forums import FORUMS

SAMPLES = Path(__file__).parent / "cleaning"
FOLDERS = sorted(folder for folder in SAMPLES.iterdir() if (folder / "expected.json").exists())
spec = importlib.util.spec_from_file_location("write", SAMPLES / "write.py")
assert spec
assert spec.loader
write = importlib.util.module_from_spec(spec)
spec.loader.exec_module(write)

LONG = " ".join(["Hội nghị bàn về nước sạch và đường mới của các xã vùng cao."] * 12)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_sample(folder: Path) -> None:
    assert write.outcome(folder) == json.loads((folder / "expected.json").read_text(encoding="utf-8"))


def test_there_are_samples() -> None:
    assert len(FOLDERS) >= 12


def post(markup: str, number: int = 1) -> Post:
    body = lxml.html.fromstring(f"<div>{markup}</div>")
    return Post(id=str(number), author=Author(name="Minh Anh"), position=number, body=body)


def page(*posts: Post, title: str = "Mở lớp dạy nghề") -> Page:
    thread = Thread(id="1", url="https://forum.example/threads/1/", title=title, prefixes=("Tin tức",))
    return Page(kind=Kind.THREAD, url="https://forum.example/threads/1/", thread=thread, posts=posts)


def reasons(*markups: str) -> list[str | None]:
    cleaned = clean_page(page(*(post(markup, number) for number, markup in enumerate(markups, 1))))
    return [one.article and one.article.reason for one in cleaned.posts]


def test_a_page_is_cleaned_post_by_post() -> None:
    when = datetime(2024, 8, 12, tzinfo=UTC)
    before = replace(
        post(f'<p>{LONG}</p><a href="/redirect/?to=https://news.example/a">Xem tiếp...</a>'), posted_at=when
    )
    after = clean_page(page(before)).posts[0]
    assert (after.body, after.text, after.posted_at) == (None, LONG, when)
    assert after.removed == [("readon", "Xem tiếp...")]
    assert after.html.startswith(f"<div><p>{LONG}</p>")
    assert after.source
    assert after.source.url == "https://news.example/a"


def test_a_post_without_a_tree_stays_as_it_is() -> None:
    deleted = Post(id="1", author=Author(name="Minh Anh"), deleted=True)
    assert clean_page(page(deleted)).posts == (deleted,)


def test_which_posts_are_articles_and_why() -> None:
    link = '<p><a href="https://news.example/a">Xem tiếp...</a></p>'
    card = '<div class="bbCodeBlock--unfurl"><a href="https://news.example/a">Tin</a></div>'
    assert reasons(
        LONG + link, "Hay quá!", LONG, LONG + "<p>Nguồn: Báo Sông Xanh</p>", LONG + card, LONG[:200] + card
    ) == [
        "read-on link",
        None,
        None,
        "source line",
        "link card",
        None,
    ]
    assert reasons(LONG) == ["long first post"]
    assert reasons(link, card) == [None, None]


def test_titles_lose_prefixes_and_cuts() -> None:
    text = "Mở lớp dạy nghề cho thanh niên vùng cao"
    for title in ("Tin tức - Mở lớp dạy nghề cho...", "Mở lớp dạy nghề cho…"):
        cleaned = clean_page(page(post(f"<h3>{text}</h3><p>{LONG}</p>"), title=title))
        assert cleaned.posts[0].article
        assert cleaned.posts[0].article.title == text


def test_a_software_names_its_own_containers() -> None:
    body = lxml.html.fromstring('<div>Chữ.<div class="khung">Lời người khác.</div><p class="quote">Chữ nữa.</p></div>')
    cleaned = clean(body, containers={"khung": "quote", "hỏng": "no label"})
    assert cleaned.removed == [("quote", "Lời người khác.")]
    assert [block.rule for block in cleaned.blocks if block.label is Label.QUOTE] == ["container khung"]


def test_a_softwares_own_containers_win_over_the_general_ones() -> None:
    body = lxml.html.fromstring('<div>Chữ.<article class="quote ký signature">Tên tôi</article></div>')
    assert clean(body, containers={"ký": "signature"}).removed == [("signature", "Tên tôi")]
    assert clean(body, containers={"signature": "signature"}).removed == [("signature", "Tên tôi")]


def test_no_software_repeats_what_the_general_containers_say() -> None:
    for forum in FORUMS:
        for reader in (type(forum), *forum.skins):
            assert not [token for token, label in reader.containers.items() if LABELS.get(token) == label], reader


def test_what_is_left_of_tags_is_nobodys_word() -> None:
    text = "Một.\n\n[ATTACH]8437[/ATTACH]\n\nHai.\n[attachment=0]a.jpg[/attachment]\n[/quote]\nViết [/quote] vào đây."
    assert [(block.label, block.text) for block in clean(text).blocks] == [
        (Label.BODY, "Một."),
        (Label.ATTACHMENT, "[ATTACH]8437[/ATTACH]"),
        (Label.BODY, "Hai."),
        (Label.ATTACHMENT, "[attachment=0]a.jpg[/attachment]"),
        (Label.BUTTON, "[/quote]"),
        (Label.BODY, "Viết [/quote] vào đây."),
    ]
    code = clean(lxml.html.fromstring("<div><pre>[quote]\n[/quote]</pre></div>"))
    assert code.text == "[quote]\n[/quote]"


def test_a_gate_in_brackets_is_cut_out_of_its_line() -> None:
    gate = "[Only registered and activated users can see links. ]"
    cleaned = clean(lxml.html.fromstring(f"<div>Xem {gate} rồi trả lời [như trên] nhé.<br>{gate}<br>Cảm ơn!</div>"))
    assert cleaned.body == ["Xem", "rồi trả lời [như trên] nhé.", "Cảm ơn!"]
    assert cleaned.removed == [("gate", gate)] * 2


@pytest.mark.parametrize("token", ["Abc-quote", "postQuote", "quote-block", "bbquote", "quoted"])
def test_a_site_names_its_quotes_in_its_own_way(token: str) -> None:
    cleaned = clean(lxml.html.fromstring(f'<div><div class="{token}"><p>Lời cũ.</p></div>Lời mới.</div>'))
    assert (cleaned.text, cleaned.removed) == ("Lời mới.", [("quote", "Lời cũ.")])


@pytest.mark.parametrize("token", ["quote-button", "no-quote", "misquoted", "with-quotes"])
def test_not_every_class_with_a_quote_is_one(token: str) -> None:
    assert clean(lxml.html.fromstring(f'<div><div class="{token}">Lời mới.</div></div>')).text == "Lời mới."


def test_who_is_quoted_stands_above_a_quote_without_a_colon() -> None:
    above = "<div>Originally Posted by Lan Chi</div><blockquote>Lời cũ.</blockquote><p>Lời mới.</p>"
    assert clean(lxml.html.fromstring(f"<div>{above}</div>")).body == ["Lời mới."]
    prose = "<div>Tôi nghe Lan Chi kể.</div><blockquote>Lời cũ.</blockquote>"
    assert clean(lxml.html.fromstring(f"<div>{prose}</div>")).body == ["Tôi nghe Lan Chi kể."]


def test_an_app_names_itself_in_the_last_line() -> None:
    cleaned = clean(lxml.html.fromstring("<div>Chào cả nhà.<br><i>Sent from Abc.OS 2.1</i><br>______<br>Lan</div>"))
    assert cleaned.body == ["Chào cả nhà."]
    assert cleaned.removed[0] == ("signature", "Sent from Abc.OS 2.1")
    for own in ("Sent from the hotel lobby", "Sent from Paris"):
        assert clean(f"Chào cả nhà.\n{own}").text == f"Chào cả nhà.\n{own}"


def test_headings_of_boxes_that_were_copied_as_text() -> None:
    cleaned = clean(lxml.html.fromstring("<div>Gõ lệnh:<br>QUOTE:<br>ls -l<br>Code: tốt</div>"))
    assert (cleaned.body, cleaned.removed) == (["Gõ lệnh:", "ls -l\nCode: tốt"], [("button", "QUOTE:")])


def test_words_before_a_button_are_its_label() -> None:
    button = '<b>Coi chừng</b>: <input type="button" value="Hiện"><br>'
    cleaned = clean(lxml.html.fromstring(f'<div>Lan.<div class="spoiler">{button}<p>Kết.</p></div></div>'))
    assert (cleaned.body, cleaned.removed) == (["Lan.", "Kết."], [("button", "Coi chừng:")])


def test_a_bracket_around_a_button_goes_with_it() -> None:
    button = '[<b>Chỉ thành viên xem được</b> <input type="button" value="Đăng ký...">]'
    cleaned = clean(lxml.html.fromstring(f"<div>{button}<br>Sông Xanh 12<br>{button} rồi về.</div>"))
    assert cleaned.body == ["Sông Xanh 12", "rồi về."]
    assert cleaned.removed == [("button", "[Chỉ thành viên xem được ]")] * 2
    assert clean("[a]\n] b").text == "[a]\n] b"


def test_the_subject_of_an_answer_is_no_line_of_it() -> None:
    markups = ("Mở đầu.", "Re: Mở lớp  dạy nghề<br>Hay quá.", "AW: re: mở lớp dạy nghề<br><br>Ừ.", "Re: Lớp khác<br>Ừ.")
    answers = clean_page(page(*(post(markup, number) for number, markup in enumerate(markups, 1)))).posts
    assert [one.text for one in answers] == ["Mở đầu.", "Hay quá.", "Ừ.", "Re: Lớp khác\nỪ."]
    assert answers[1].removed == [("notice", "Re: Mở lớp dạy nghề")]


def test_the_mails_of_a_telnet_board() -> None:
    head = "发信人: hehua (荷花), 信区: Garden<br>标&nbsp; 题: 种荷花<br>发信站: 池塘站 (Sun Mar  3 08:00:00 2019)<br>"
    quote = "【 在 qinghe (清河) 的大作中提到: 】<br>: 水要多深？<br>: 我家的池子<br>很小，<br>也浅。<br>: 请教。<br>"
    foot = "<br>--<br>慢慢来<br>※ 来源:·池塘站·[FROM: 10.]"
    cleaned = clean(lxml.html.fromstring(f"<div>{head}<br>半米就好。<br>-- 真的<br>:)<br>{quote}{foot}</div>"))
    assert cleaned.body == ["半米就好。\n-- 真的\n:)"]
    assert [label for label, _ in cleaned.removed] == ["notice", "quote", "signature"]
    assert cleaned.removed[2][1].startswith("--")
    own = "发信人: 谁？<br>半米就好。"
    assert clean(lxml.html.fromstring(f"<div>{own}</div>")).text == "发信人: 谁？\n半米就好。"
