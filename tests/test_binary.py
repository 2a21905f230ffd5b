"""What is no page and no text is told from texts in any charset, and refused by name."""

import gzip
import random
import sqlite3
import struct
import zlib
from pathlib import Path

import pytest
from conftest import Run
from test_charset import TCVN3

from crawler.reading.binary import is_binary, is_feed

VIETNAMESE = "Chợ đêm bến Đá Mài mở thêm hai dãy quầy, khách đến đông hơn hẳn ngày thường."
RUSSIAN = "На рынке у пристани открыли два новых ряда, покупателей стало заметно больше."
JAPANESE = "川沿いの夜市に新しい屋台が二列ふえ、いつもより多くの客が訪れた。"
CHINESE = "河边的夜市新增了两排摊位,客人比平时多了不少。"
TEXTS = [
    (VIETNAMESE, "utf-8"),
    (VIETNAMESE, "utf-16"),
    (VIETNAMESE, "utf-16-le"),
    (VIETNAMESE, "utf-16-be"),
    (RUSSIAN, "koi8-r"),
    (RUSSIAN, "cp1251"),
    (RUSSIAN, "iso8859-5"),
    (RUSSIAN, "cp866"),
    (JAPANESE, "shift_jis"),
    (JAPANESE, "euc_jp"),
    (JAPANESE, "iso2022_jp"),
    (CHINESE, "gbk"),
    ("河邊的夜市新增了兩排攤位，客人比平時多了不少。", "big5"),
]


def random_bytes(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def picture() -> bytes:
    """A BMP file: no mark that anybody has to know."""
    return b"BM" + struct.pack("<IHHIIiiHHIIiiII", 3126, 0, 0, 54, 40, 32, 32, 1, 24, 0, 3072, 0, 0, 0, 0) + bytes(3072)


def database(folder: Path) -> bytes:
    with sqlite3.connect(folder / "made.db") as db:
        db.execute("CREATE TABLE posts (body)")
        db.execute("INSERT INTO posts VALUES (?)", (VIETNAMESE * 50,))
    db.close()
    return (folder / "made.db").read_bytes()


@pytest.mark.parametrize(("text", "codec"), TEXTS)
def test_pages_and_texts_in_any_charset_are_texts(text: str, codec: str) -> None:
    page = "<html><body><p>" + text * 60 + "</p></body></html>"
    assert not is_binary(page.encode(codec))
    if codec not in {"utf-16-le", "utf-16-be"}:  # without mark and markup nothing tells these from other data
        assert not is_binary(text.encode(codec))
        assert not is_binary((text * 60).encode(codec))


def test_vietnamese_by_font_and_tones_of_their_own_are_texts() -> None:
    assert not is_binary((TCVN3 * 60).encode("latin-1"))
    assert not is_binary("Cho\u0323\u031b đêm bê\u0301n đò".encode("cp1258", "ignore") * 60)


def test_stray_control_characters_are_forgiven() -> None:
    assert not is_binary(b"<p>one\0two\x01</p>")
    assert not is_binary(b"\x1b[1;33mboard\x1b[m\n" * 100)  # telnet boards
    assert not is_binary(b"\x0304,01coloured\x03 words, a few in a line, as the logs of chats have them\n" * 100)
    assert not is_binary(b"")


@pytest.mark.parametrize("size", [300, 4096, 100_000])
def test_random_and_packed_bytes_are_binary(size: int) -> None:
    assert is_binary(random_bytes(size))
    assert is_binary(zlib.compress(random_bytes(size)))
    assert is_binary(gzip.compress(VIETNAMESE.encode()))
    assert is_binary(picture())


@pytest.mark.parametrize("command", ["read", "clean"])
@pytest.mark.parametrize("kind", ["random", "database", "picture"])
def test_the_commands_name_what_is_no_page(run: Run, tmp_path: Path, command: str, kind: str) -> None:
    made = {"random": random_bytes(9000), "database": database(tmp_path), "picture": picture()}
    path = tmp_path / f"{kind}.dat"
    path.write_bytes(made[kind])
    done = run(command, path)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{path} is neither a page nor a text" in done.stderr


def test_the_other_files_are_still_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(random_bytes(9000))
    (tmp_path / "b.html").write_text(f"<p>{VIETNAMESE}</p>")
    done = run("read", "--text", "a.bin", "b.html", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (1, VIETNAMESE)


@pytest.mark.parametrize("url", ["not a url", "nonsense", "ftp://forum.example/", "http://["])
def test_an_address_that_is_none_is_a_usage_error(run: Run, tmp_path: Path, url: str) -> None:
    (tmp_path / "a.html").write_text("<p>a</p>")
    done = run("read", "--url", url, tmp_path / "a.html")
    assert (done.returncode, done.stdout) == (2, "")
    assert "it must be a web address such as https://" in done.stderr


@pytest.mark.parametrize(
    ("body", "feed"),
    [
        (b"<rss version='2.0'><channel/></rss>", True),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<?xml-stylesheet href='a.xsl'?>\n<!-- a --> <feed xmlns='b'/>", True),
        (b"<?xml version='1.0'?><urlset>", True),
        (b"<?xml version='1.0'?><!DOCTYPE html><html><body><rss>", False),
        (b"<!-- a -->" * 400 + b"<html>", False),  # and soon
        (b"<!-- <rss> --><html>", False),
        (b"", False),
    ],
)
def test_a_feed_is_no_page(body: bytes, *, feed: bool) -> None:
    assert is_feed(body) is feed
