"""What reposted articles carry along, and what looks like it and is the writer's own."""

import lxml.html
import pytest

from archive.records import Author, Kind, Page, Post, Thread
from crawler.cleaning import Cleaned, clean, clean_page
from crawler.cleaning.language import language_of

BODY = "Hội nghị bàn về nước sạch và đường mới của các xã vùng cao, với sự tham gia của nhiều hộ dân. " * 8
HTML = f"<p>{BODY}</p>"


def cleaned(markup: str) -> Cleaned:
    return clean(lxml.html.fromstring(f"<div>{markup}</div>"), url="https://forum.example/t/1/")


def opened(markup: str, *, title: str = "Mở lớp dạy nghề", author: str = "Minh Anh", prefix: str = "Tin") -> Post:
    thread = Thread(id="1", url="https://forum.example/t/1/", title=title, prefixes=(prefix,))
    post = Post(id="1", author=Author(name=author), position=1, body=lxml.html.fromstring(f"<div>{markup}</div>"))
    return clean_page(Page(kind=Kind.THREAD, url=thread.url, thread=thread, posts=(post,))).posts[0]


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("Theo TTXVN", "source"),
        ("PV", "source"),
        ("Minh Anh (tổng hợp)", "source"),
        ("Trần Lê/TTXVN", "source"),
        ("Bài và ảnh: Minh Anh", "source"),
        ("Reporting by Ann Lee; editing by Bo Fox", "source"),
        ("Theo dõi Báo Sông Xanh trên Google News", "notice"),
        ("Follow us on Twitter", "notice"),
        ("Xem thêm: Huyện Mây Xám khánh thành cầu mới", "similar"),
        ("The post Mở lớp: dạy nghề appeared first on Báo Sông Xanh.", "source"),
        ("12 người thích bài này", "reaction"),
        ("You must log in or register to reply here.", "button"),
    ],
)
def test_lines_below_an_article(line: str, label: str) -> None:
    for found in (clean(f"{BODY}\n\n{line}"), cleaned(f"{HTML}<p>{line}</p>")):
        assert (found.text, found.removed) == (BODY.strip(), [(label, line)])


@pytest.mark.parametrize(
    "line",
    [
        "Trần Văn Minh Anh",
        "Theo ông Minh Anh thì chưa chắc đã xong.",
        "Mình thích bài này",
        "Cả làng và nhiều người khác",
        "Tags: văn hóa",
        "55 KB",
        "I like this",
    ],
)
def test_lines_below_an_article_that_may_be_its_own(line: str) -> None:
    assert clean(f"{BODY}\n\n{line}").removed == []


@pytest.mark.parametrize("line", ["Xem thêm: trang chủ của mình", "Tác giả: Minh Anh", "Follow us on Twitter"])
def test_below_a_short_reply_they_are_its_own(line: str) -> None:
    assert clean(f"Bài hay quá, cảm ơn bạn.\n\n{line}").removed == []


def test_weak_lines_count_beside_strong_ones() -> None:
    assert clean(f"{BODY}\n\nTags: văn hóa\n\nSource: https://news.example/a").removed == [
        ("notice", "Tags: văn hóa"),
        ("source", "Source: https://news.example/a"),
    ]
    files = f"{BODY}\n\nAttachments\n\ncau-moi.jpg\n55.3 KB · Views: 12"
    assert [label for label, _ in clean(files).removed] == ["attachment"] * 3


def test_links_to_other_articles_in_the_midst_of_one() -> None:
    found = cleaned(
        f'{HTML}<p>TIN LIÊN QUAN</p><ul><li><a href="/a">Cầu mới</a></li><li><a href="/b">Đường mới</a></li></ul>'
        f'<p>Đọc thêm: <a href="/c">Giếng mới</a></p>{HTML}'
        '<p>Xem thêm: <a href="/c">Giếng mới</a> rất hay</p><p>Hết.</p>'
    )
    assert found.removed == [
        ("similar", "TIN LIÊN QUAN"),
        ("similar", "Cầu mới"),
        ("similar", "Đường mới"),
        ("similar", "Đọc thêm: Giếng mới"),
    ]
    assert found.text.endswith("Xem thêm: Giếng mới rất hay\n\nHết.")


def test_captions_stay_and_their_copies_do_not() -> None:
    found = cleaned(
        '<p>Đầu.</p><img src="/1.jpg"><p>Cầu mới ngày khánh thành</p><p>Cầu mới ngày khánh thành</p><p>Hết.</p>'
    )
    assert (found.text, found.removed) == (
        "Đầu.\n\nCầu mới ngày khánh thành\n\nHết.",
        [("notice", "Cầu mới ngày khánh thành")],
    )
    labels = [block.label.value for block in cleaned(f"{HTML}<p>Lớp học đầu tiên. Ảnh: Minh Anh</p>").blocks]
    assert labels == ["body", "caption"]


def test_an_alternative_text_glued_to_its_caption() -> None:
    found = cleaned("<p>Mở lớp dạy nghề ở vùng cao ảnh 1Học viên nhận giấy khen</p><p>Hết.</p>")
    assert (found.text, found.removed) == (
        "Học viên nhận giấy khen\n\nHết.",
        [("notice", "Mở lớp dạy nghề ở vùng cao ảnh 1")],
    )


def test_a_lead_that_stands_twice_is_kept_once_and_a_verse_twice() -> None:
    assert cleaned(f"{HTML}{HTML}<p>Hết.</p>").text == f"{BODY.strip()}\n\nHết."
    assert cleaned("<p>Về đây em</p><p>Về đây em</p>").removed == []
    part = "<p>Một bao xi măng loại tốt nhất của nhà máy bên sông, giao tận nơi trong ngày, ba trăm nghìn.</p>"
    assert cleaned("<p>Cần mua:</p><p>Cát</p><p>Đá</p><p>Sỏi</p>" + 2 * part).removed == []


@pytest.mark.parametrize("line", ["(09/10/2015 15:34:31)", "21/11/2024 | 16:29 GMT+7", "PV•28/01/2025 08:22"])
def test_a_date_line_above_an_article(line: str) -> None:
    assert clean(f"{line}\n\n{BODY}").removed == [("notice", line)]
    assert clean(f"{line}\n\nNgắn.").removed == []


def test_the_linked_title_of_smf_names_the_source() -> None:
    markup = f'<a href="https://news.example/a">Mở lớp dạy nghề</a><br><b>12/03/2024, 09:15</b><br><br>{HTML}'
    post = opened(markup)
    assert post.removed == [("source", "Mở lớp dạy nghề"), ("notice", "12/03/2024, 09:15")]
    assert post.source
    assert (post.source.url, post.source.name) == ("https://news.example/a", None)
    assert opened(markup.replace("news.example", "forum.example")).removed == []


def test_wordpress_gives_article_and_publisher() -> None:
    markup = (
        'The post <a href="https://blog.example/a">Mở lớp: dạy nghề</a> appeared first on '
        '<a href="https://blog.example/">Báo Sông Xanh</a>.'
    )
    source = cleaned(f"{HTML}<p>{markup}</p>").source
    assert source
    assert (source.url, source.name) == ("https://blog.example/a", "Báo Sông Xanh")


def test_a_line_names_the_publisher_of_the_read_on_link() -> None:
    source = cleaned(f'{HTML}<p>Theo Báo Sông Xanh</p><a href="https://news.example/a">Xem tiếp...</a>').source
    assert source
    assert (source.url, source.name) == ("https://news.example/a", "Báo Sông Xanh")


def test_an_address_below_a_long_text_is_its_source_and_stays() -> None:
    line = "https://news.example/a"
    found = clean(f"{BODY}\n\n{line}", url="https://forum.example/t/1/")
    assert found.source
    assert (found.source.url, found.removed) == (line, [])
    assert clean(f"Xem ở đây\n\n{line}", url="https://forum.example/").source is None


def test_what_opens_a_thread_is_an_article_by_its_shape() -> None:
    def reason(markup: str, **more: str) -> str | None:
        article = opened(markup, **more).article
        return article.reason if article else None

    assert reason(HTML) == "long first post"
    assert reason(HTML, title="Ai biết giếng này không?") is None
    assert reason(f"{HTML}<p>Các bạn nghĩ sao?</p>") is None
    assert reason(HTML, prefix="Thảo luận") is None
    assert reason(f"<p>{BODY[:300]}</p>", author="RSS Bot") == "feed bot"
    assert reason(f"<p>{BODY[:300]}</p>") is None
    assert reason('<a href="https://news.example/a">https://news.example/a</a>') is None
    assert reason(f"<blockquote>{HTML}</blockquote>") == "quoted article"
    assert reason(f"<blockquote>Minh Anh nói:<br>{HTML}</blockquote>") is None


def test_a_cut_title_is_completed_from_the_card() -> None:
    card = '<div class="bbCodeBlock--unfurl"><a href="https://news.example/a">Mở lớp dạy nghề cho thanh niên</a></div>'
    article = opened(HTML + card, title="Mở lớp dạy nghề...").article
    assert article
    assert (article.title, article.language) == ("Mở lớp dạy nghề cho thanh niên", "vi")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("vi", "Hội nghị đã bàn về nước sạch cho các xã vùng cao."),
        ("en", "The council has opened a new bridge and it is one of the longest in the county."),
        ("de", "Der Rat hat die neue Brücke eröffnet, und sie ist nicht für alle ein Gewinn."),
        ("fr", "Le conseil a ouvert un nouveau pont dans la ville et les habitants sont contents."),
        ("es", "El consejo abrió un nuevo puente en la ciudad y los vecinos están muy contentos con la obra."),
        ("pt", "O conselho abriu uma nova ponte na cidade e os moradores não estão muito contentes com isso."),
        ("it", "Il consiglio ha aperto un nuovo ponte nella città e gli abitanti non sono contenti della spesa."),
        ("nl", "De raad heeft een nieuwe brug geopend en dat is niet voor het eerst in de stad."),
        ("pl", "Rada otworzyła nowy most i nie jest to pierwszy most, który powstał w tym roku."),
        ("tr", "Kurul bu yıl yeni bir köprü açtı ve bu köprü şehir için çok önemli."),
        ("cs", "Rada otevřela nový most a není to první most, který se ve městě staví."),
        ("id", "Dewan itu membuka jembatan baru yang tidak akan ditutup untuk warga di kota ini."),
        ("ru", "Совет открыл новый мост, и это не первый мост, который построен в городе."),
        ("uk", "Рада відкрила новий міст, і це не перший міст, що був побудований у місті."),
        ("zh-CN", "市政府今天为新桥举行了开通仪式，这是该国最长的桥。"),
        ("zh-TW", "市政府今天為新橋舉行了開通儀式，這是該國最長的橋。"),
        ("ja", "市は今日、新しい橋の開通式を行いました。"),
        ("ko", "시는 오늘 새로운 다리의 개통식을 열었습니다."),
        ("th", "วันนี้เทศบาลเปิดสะพานใหม่ในเมือง"),
        ("ar", "افتتح المجلس اليوم جسرا جديدا في المدينة."),
        ("hi", "नगर परिषद ने आज शहर में एक नया पुल खोला।"),
        (None, "12 345"),
        (None, "Lorem ipsum dolor sit amet consectetur"),
    ],
)
def test_the_language_of_a_text(language: str | None, text: str) -> None:
    assert language_of(text) == language
