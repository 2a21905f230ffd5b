"""Bytes in the charset they are in, whatever the page says."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawler.reading.charset import decode, parse

VIETNAMESE = "Đường phố chật kín người, ai cũng mong trận đấu sớm bắt đầu; khán đài phía đông đã hết chỗ từ chiều."
# The same sentence in the places of TCVN 5712-1, as Western European characters.
TCVN3 = "§\xadêng phè chËt kÝn ng\xadêi, ai còng mong trËn ®Êu sím b¾t ®Çu; kh¸n ®µi phÝa ®«ng ®· hÕt chç tõ chiÒu."
RUSSIAN = "Вчера вечером мы долго спорили о том, где лучше поставить палатку."
CHINESE = "昨天晚上我们讨论了很久，最后决定把帐篷搭在河边。"


def _page(text: str, declared: str = "") -> str:
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<html><head>{meta}</head><body><p>{text}</p></body></html>"


def _text(tree: etree._Element) -> str:
    return "".join(tree.xpath("//text()"))


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1251", "gb2312", "utf-8", "nonsense", "rot13", ""])
def test_utf8_wins_over_what_is_declared(declared: str) -> None:
    page = _page(VIETNAMESE, declared)
    assert decode(page.encode(), declared) == page


@pytest.mark.parametrize(
    ("text", "declared", "codec"),
    [
        (RUSSIAN, "windows-1251", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (CHINESE, "gb2312", "gb18030"),
        (CHINESE, "GBK", "gbk"),
        ("那個帳篷搭在河邊", "big5", "big5hkscs"),
        ("昨夜は川辺にテントを張った①", "shift_jis", "cp932"),
        ("昨夜は川辺にテントを張った", "x-euc-jp", "euc_jp"),
        ("어젯밤 강가에 텐트를 쳤다 똠", "euc-kr", "cp949"),
        ("“Caffè” – 5 €", "iso-8859-1", "cp1252"),
        ("İstanbul'da ışık", "iso-8859-9", "cp1254"),
        ("Zażółć gęślą jaźń", "iso-8859-2", "iso8859-2"),
    ],
)
@pytest.mark.parametrize("by_header", [True, False])
def test_declared_charset(text: str, declared: str, codec: str, by_header: bool) -> None:
    body = _page(text, "" if by_header else declared).encode(codec)
    assert text in decode(body, declared if by_header else None)
    assert _text(parse(body, declared if by_header else None)).strip() == text


def test_header_that_cannot_be_right_yields_to_the_page() -> None:
    assert RUSSIAN in decode(_page(RUSSIAN, "windows-1251").encode("cp1251"), "utf-8")


@pytest.mark.parametrize(("text", "codec"), [(RUSSIAN, "cp1251"), (CHINESE, "gb18030"), ("naïve café", "cp1252")])
def test_undeclared_charset(text: str, codec: str) -> None:
    assert text in decode(_page(text * 5).encode(codec))


@pytest.mark.parametrize(
    ("text", "language", "codec"),
    [
        ("昨夜は川辺にテントを張った。とても寒かった。", "ja", "cp932"),
        ("昨夜は川辺にテントを張った。とても寒かった。", "ja", "euc_jp"),
        ("Zażółć gęślą jaźń, wczoraj wieczorem długo się kłóciliśmy.", "pl", "cp1250"),
        ("Dün akşam çadırı kurduğumuz yer ıslaktı, üşüdük.", "tr", "cp1254"),
        ("เมื่อคืนเราคุยกันนาน", "th", "cp874"),
    ],
)
def test_undeclared_charset_of_a_language(text: str, language: str, codec: str) -> None:
    page = f'<html lang="{language}"><body><p>{text * 5}</p></body></html>'
    assert decode(page.encode(codec)) == page


def test_declared_utf8_that_is_not() -> None:
    assert "café – naïve" in decode(_page("café – naïve", "utf-8").encode("cp1252"))


def test_stray_bytes_in_utf8_are_repaired_alone() -> None:
    body = VIETNAMESE.encode() + b" It\x92s caf\xe9 time. " + VIETNAMESE.encode()
    assert decode(body, "iso-8859-1") == f"{VIETNAMESE} It’s café time. {VIETNAMESE}"


def test_letter_cut_in_two_is_unknown() -> None:
    assert decode(VIETNAMESE.encode() + "ờ".encode()[:2] + b"...") == f"{VIETNAMESE}\ufffd..."


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_byte_order_mark(codec: str) -> None:
    assert decode(VIETNAMESE.encode(codec), "windows-1258") == VIETNAMESE


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark(codec: str) -> None:
    assert decode(_page(VIETNAMESE).encode(codec)) == _page(VIETNAMESE)


def test_iso2022_is_ascii_that_means_more() -> None:
    assert decode("川辺にテント".encode("iso2022_jp"), "iso-2022-jp") == "川辺にテント"


def test_windows_1258_becomes_whole_letters() -> None:
    marks = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    letters = [
        unicodedata.normalize("NFC", "".join(c for c in parts if c not in marks)) + "".join(marks.intersection(parts))
        for parts in (unicodedata.normalize("NFD", letter) for letter in VIETNAMESE)
    ]
    assert decode("".join(letters).encode("cp1258"), "windows-1258") == VIETNAMESE


@pytest.mark.parametrize(
    ("codec", "declared"), [("latin-1", None), ("latin-1", "iso-8859-1"), ("utf-8", None), ("utf-8", "utf-8")]
)
def test_vietnamese_by_font(codec: str, declared: str | None) -> None:
    page = _page(TCVN3, declared or "")
    assert decode(page.encode(codec), declared) == _page(VIETNAMESE, declared or "")


def test_vietnamese_by_font_beside_unicode() -> None:
    page = f"<p>{VIETNAMESE}</p><p>{TCVN3}</p><p>© 2004 Ví dụ®</p>"
    assert decode(page.encode()) == f"<p>{VIETNAMESE}</p><p>{VIETNAMESE}</p><p>© 2004 Ví dụ®</p>"


@pytest.mark.parametrize(
    "text",
    [
        "Il a dit : «mot», puis Windows® et co\xadopé\xadra\xadtion, à 20° près © 2004.",
        "Não há «ação» sem reação®; a co\xadmissão está à espera.",
        "Ein Groß\xadteil der »Größe« von Foo® — ½ l, 5 µg, ¼ Übung.",
    ],
)
def test_western_text_with_the_same_signs_stays(text: str) -> None:
    assert decode(text.encode()) == text


@pytest.mark.parametrize("body", [b"", b"   ", b"\0", b"<!-- only -->", b"\xff\xfe", b"\xef\xbb\xbf"])
def test_no_page_is_an_empty_tree(body: bytes) -> None:
    assert _text(parse(body)).strip() == ""


def test_nul_bytes_do_not_end_the_page() -> None:
    assert _text(parse(b"<p>one\0 two</p>\0<p>three</p>")) == "one twothree"


@pytest.mark.parametrize("depth", [300, 5_000, 60_000])
@pytest.mark.parametrize("tag", [b"div", b"b", b"blockquote"])
def test_deep_nesting_loses_no_text(tag: bytes, depth: int) -> None:
    body = b"<p>start</p>" + (b"<%s>" % tag) * depth + b"deep<br>est" + (b"</%s>" % tag) * depth + b"<p>end</p>"
    assert _text(parse(body)) == "startdeepestend"


def test_declaration_inside_the_page_does_not_override() -> None:
    body = b'<?xml version="1.0" encoding="iso-8859-1"?>' + _page(VIETNAMESE, "windows-1251").encode()
    assert VIETNAMESE in _text(parse(body))


@given(st.binary(), st.sampled_from([None, "utf-8", "gb2312", "euc-kr", "windows-1258", "x\0y", "iso-2022-jp"]))
def test_any_bytes_are_text_and_a_tree(body: bytes, charset: str | None) -> None:
    decode(body, charset).encode()
    assert parse(body, charset).tag is not None


@given(st.text())
def test_utf8_text_comes_back(text: str) -> None:
    assert decode(b"<p>" + text.encode()) == "<p>" + text
