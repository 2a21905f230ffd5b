import base64

import lxml.html
import pytest

from crawler.cleaning import clean, host_of, unwrap

PAGE = "https://forum.example/threads/tin.1/"
TARGET = "https://news.example/a?lang=vi&ref=1"


def encoded(url: str) -> str:
    return base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("href", "real"),
    [
        ("https://news.example/a", "https://news.example/a"),
        ("/goto/link-confirmation?url=" + base64.b64encode(TARGET.encode()).decode().replace("=", "%3D"), TARGET),
        ("/forum/goto/link-confirmation?url=https%3A%2F%2Fnews.example%2Ffile", "https://news.example/file"),
        (f"/redirect/?to={encoded(TARGET)}&e=1&m=b64", TARGET),
        (f"https://forum.example/forum/redirect/?to={encoded(TARGET)}&amp;e=1&amp;m=b64", TARGET),
        ("/redirect/?to=https%253A%252F%252Fnews.example%252Fa%252F", "https://news.example/a/"),
        ("/redirect/?to=https://news.example/a+b/", "https://news.example/a+b/"),
        (f"/yonlendirme?to={encoded(TARGET)}", TARGET),
        ("/redirect-to/?redirect=https%3A%2F%2Fnews.example%2F", "https://news.example/"),
        ("/en/home/leaving?allowTrusted=1&target=https%3A%2F%2Fnews.example", "https://news.example"),
        ("/home/leaving?Target=https%3A%2F%2Fnews.example", "https://news.example"),
        ("/outgoing?url=https%3A%2F%2Fnews.example%2Fc%3Fd%3De", "https://news.example/c?d=e"),
        ("/proxy.php?link=https%3A%2F%2Fnews.example%2Fx&hash=98e7", "https://news.example/x"),
        ("/proxy.php?image=https%3A%2F%2Fnews.example%2Fx.jpg&amp;hash=98e7", "https://news.example/x.jpg"),
        ("https://www.google.com/url?q=https://news.example/a&sa=D", "https://news.example/a"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Fa&h=x", "https://news.example/a"),
        ("https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fnews.example%2Fa", "https://news.example/a"),
        ("https://vk.com/away.php?to=https%3A%2F%2Fnews.example%2Fa", "https://news.example/a"),
        ("https://link.zhihu.com/?target=https%3A//news.example/a", "https://news.example/a"),
        ("https://steamcommunity.com/linkfilter/?u=https%3A%2F%2Fnews.example%2Fa", "https://news.example/a"),
        ("https://disq.us/url?url=https%3A%2F%2Fnews.example%2Fa%3AabcdefghijklmnopqrstuvW", "https://news.example/a"),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/a/", "https://news.example/a/"),
        ("https://www.google.com/amp/s/news.example/a/amp", "https://news.example/a/amp"),
        ("https://news.example/url?q=https://other.example/", "https://news.example/url?q=https://other.example/"),
        ("/clicks/track?url=https%3A%2F%2Fnews.example%2Fy&post_id=1&topic_id=2", "https://news.example/y"),
    ],
)
def test_redirectors_are_decoded_offline(href: str, real: str) -> None:
    assert unwrap(href, PAGE) == real


@pytest.mark.parametrize(
    "payload", ["javascript:alert(1)", "no url", "ftp://news.example/", "//news.example/", "http://[1"]
)
def test_only_web_addresses_come_out_of_a_redirector(payload: str) -> None:
    href = f"/redirect/?to={encoded(payload)}"
    assert unwrap(href, PAGE) == f"https://forum.example{href}"


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "mailto:a@b.example", "http://[1", "tel:+84", "data:text/html,x"]
)
def test_what_is_no_web_address_is_no_source(href: str) -> None:
    assert unwrap(href, PAGE) is None


def test_an_encrypted_redirector_stays_as_it_is() -> None:
    assert (
        unwrap("https://forum.example/masked/host.example/1/2/x", PAGE)
        == "https://forum.example/masked/host.example/1/2/x"
    )


def test_hosts_are_compared_without_www() -> None:
    assert (host_of("https://www.news.example/a"), host_of(None)) == ("news.example", None)


BODY = "<p>Hội nghị đã bàn nhiều việc và thông qua kế hoạch cho năm tới.</p>"


def source_of(markup: str) -> tuple[str | None, str, str | None] | None:
    source = clean(lxml.html.fromstring(f"<div>{BODY}{markup}</div>"), url=PAGE).source
    return source and (source.url, source.words, source.name)


def test_the_read_on_link_is_the_surest_sign() -> None:
    markup = (
        '<p>Nguồn: <a href="https://other.example/">Báo Khác</a></p><a href="https://news.example/a">Xem tiếp...</a>'
    )
    assert source_of(markup) == ("https://news.example/a", "Xem tiếp...", None)


@pytest.mark.parametrize(
    "words", ["Xem tiếp…", "Continue reading...", "続きを読む", "Weiterlesen »", "[Read More]", "Đọc tiếp"]
)
def test_read_on_phrases_of_all_languages_count_on_every_page(words: str) -> None:
    assert source_of(f'<br><br><a href="/redirect/?to={encoded(TARGET)}">{words}</a>') == (TARGET, words, None)


def test_a_read_on_link_may_end_the_last_line() -> None:
    cleaned = clean(
        lxml.html.fromstring('<div>Một đoạn bị cắt […] <a href="https://news.example/a">Read more</a></div>')
    )
    assert (cleaned.text, cleaned.removed) == ("Một đoạn bị cắt […]", [("readon", "Read more")])


def test_a_weak_phrase_needs_its_link() -> None:
    assert source_of('<p><a href="https://news.example/a">Xem thêm</a></p>') == (
        "https://news.example/a",
        "Xem thêm",
        None,
    )
    assert source_of("<p>Xem thêm</p>") is None


def test_a_source_line_gives_address_and_name() -> None:
    assert source_of('<p>Nguồn: <a href="https://news.example/">Báo Sông Xanh</a></p>') == (
        "https://news.example/",
        "Báo Sông Xanh",
        "Báo Sông Xanh",
    )
    assert source_of("<p>Source: https://news.example/a.</p>") == (
        "https://news.example/a",
        "Source: https://news.example/a.",
        None,
    )
    assert source_of("<p>Theo TTXVN</p>") == (None, "Theo TTXVN", "TTXVN")


def test_a_sentence_that_opens_like_a_source_line_is_text() -> None:
    for line in (
        "Theo báo cáo mới nhất, mọi việc đều tốt.",
        "Theo ông Minh Anh thì chưa chắc đã xong.",
        "Nguồn nước sạch",
    ):
        assert source_of(f"<p>{line}</p>") is None


def test_a_companion_sentence_gives_the_source() -> None:
    markup = (
        "<hr><small>This is a companion discussion topic for the original entry at "
        '<a href="https://blog.example/a">https://blog.example/a</a></small>'
    )
    assert source_of(markup) == ("https://blog.example/a", "https://blog.example/a", None)


def test_the_card_that_ends_a_post_gives_the_source() -> None:
    card = '<div class="bbCodeBlock--unfurl" data-url="https://news.example/a"><a href="https://news.example/a">Tin</a></div>'
    assert source_of(card) == ("https://news.example/a", "Tin", None)
    assert source_of(card + "<p>Các bạn nghĩ sao?</p>") is None


def test_links_inside_the_text_are_no_source() -> None:
    assert source_of('<p>Xem <a href="https://news.example/">trang này</a> nhé.</p>') is None
