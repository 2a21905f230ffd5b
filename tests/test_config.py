"""xemtiep.toml: every key, its kinds, and who goes before whom."""

from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from archive.errors import ConfigError
from crawler.config import Config, Site, load
from crawler.values import Login, Ping

FULL = """
archive = "news.db"
contact = "me@mail.example"
delay = 2
every = "1d 12h"
max_requests = 100
max_time = "45m"
min_items = 3
metrics = "/var/lib/x.prom"
ping = { start = "https://ping.example/1/start", failure = "https://ping.example/1/fail" }

[[sites]]
url = "https://forum.example/"
boards = ["https://forum.example/forums/news.2/"]
feeds = ["https://forum.example/forums/-/index.rss"]
every = "6h"
delay = 0.5
refresh = 7
quiet = "22:30-06:00"
proxy = "http://127.0.0.1:3128"
max_requests = 50
software = "xenforo2"
language = "vi"
zone = "Asia/Ho_Chi_Minh"
login = { user = "FORUM_USER", password = "FORUM_PASSWORD" }
headers = { Accept-Language = "vi" }

[[sites]]
url = "other.example/forum"
cookies = "cookies.txt"
"""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ARCHIVE", "CONFIG", "CONTACT", "DELAY", "EVERY", "REFRESH"):
        monkeypatch.delenv(f"XEMTIEP_{name}", raising=False)


def file(folder: Path, text: str) -> Path:
    path = folder / "xemtiep.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    config = load(file(tmp_path, FULL))
    assert config == Config(
        archive=tmp_path / "news.db",
        contact="me@mail.example",
        delay=2.0,
        every=timedelta(hours=36),
        max_requests=100,
        max_time=timedelta(minutes=45),
        min_items=3,
        metrics=Path("/var/lib/x.prom"),
        ping=Ping(start="https://ping.example/1/start", failure="https://ping.example/1/fail"),
        file=tmp_path / "xemtiep.toml",
        sites=(
            Site(
                url="https://forum.example/",
                boards=("https://forum.example/forums/news.2/",),
                feeds=("https://forum.example/forums/-/index.rss",),
                every=timedelta(hours=6),
                delay=0.5,
                refresh=7,
                quiet=(time(22, 30), time(6)),
                proxy="http://127.0.0.1:3128",
                max_requests=50,
                software="xenforo2",
                language="vi",
                zone=ZoneInfo("Asia/Ho_Chi_Minh"),
                login=Login(user="FORUM_USER", password="FORUM_PASSWORD"),
                headers={"Accept-Language": "vi"},
            ),
            Site(
                url="https://other.example/forum",
                cookies=tmp_path / "cookies.txt",
                delay=2.0,
                every=timedelta(hours=36),
            ),
        ),
    )


def test_a_flag_goes_before_the_environment_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, 'delay = 2\narchive = "a.db"\n[[sites]]\nurl = "https://f.example/"\ndelay = 3\n')
    assert (load(path).delay, load(path).sites[0].delay) == (2, 3)
    monkeypatch.setenv("XEMTIEP_DELAY", "4")
    monkeypatch.setenv("XEMTIEP_ARCHIVE", "b.db")
    assert (load(path).delay, load(path).sites[0].delay, load(path).archive) == (4, 4, Path("b.db"))
    flagged = load(path, delay=0.0, archive=Path("c.db"), refresh=None)
    assert (flagged.delay, flagged.sites[0].delay, flagged.archive) == (0, 0, Path("c.db"))
    monkeypatch.setenv("XEMTIEP_CONFIG", str(path))
    assert load().sites[0].url == "https://f.example/"


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load() == Config()


SITE = '[[sites]]\nurl = "https://f.example/"\n'
INNER = SITE.replace(".example/", ".example/in/")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('contcat = "x"', "unknown key 'contcat'; did you mean 'contact'?"),
        ("colour = 1", "unknown key 'colour'; known are "),
        (SITE + "evry = '1h'", "site 1: unknown key 'evry'; did you mean 'every'?"),
        (SITE + "contact = 'x'", "site 1: unknown key 'contact'"),
        ("file = 'x'", "unknown key 'file'"),
        ("delay = '1s'", "delay is '1s': it must be a number"),
        ("delay = '1'", "delay is '1': it must be a number"),
        ("refresh = '7'", "refresh is '7': it must be a whole number"),
        ("max_requests = '7'", "it must be a whole number"),
        ("[[site]]\nurl = 'https://f.example/'", "unknown key 'site'; did you mean 'sites'?"),
        ("colour = 2", ", ping, sites"),
        ("every = '99999999d'", "it must be a shorter time"),
        ("every = '99999999999d'", "it must be a shorter time"),
        ("delay = true", "delay is True"),
        ("delay = -1", "delay is -1"),
        ("delay = nan", "delay is nan"),
        ("every = 6", "every is 6: it must be a time such as"),
        ("every = '6 hours'", "every"),
        ("refresh = 1.5", "it must be a whole number"),
        ("archive = 3", "archive is 3: it must be a text"),
        ("quiet = '25:00-03:00'", "it must be hours of the day"),
        ("quiet = 'night'", "it must be hours of the day"),
        ("quiet = '08:00-08:00'", "its two times must differ"),
        ("quiet = '00:00-24:00'", "its two times must differ"),
        (SITE + "language = 'xx'", "language is 'xx': it must be the code of a language"),
        (SITE + "language = 'Vietnamese'", 'such as "vi"'),
        (SITE + "language = ''", "it must be the code of a language"),
        ("ping = 'https://p.example/'", "it must be a table of start, success and failure"),
        ("ping = { begin = 'https://p.example/' }", "it must be a table"),
        ("sites = 'f.example'", "[[sites]]"),
        ("[[sites]]\nevery = '6h'", "site 1 has no url"),
        ("[[sites]]\nurl = 'ftp://f.example/'", "web address"),
        ("[[sites]]\nurl = 'https://f.example:port/'", "web address"),
        (SITE + SITE, "site 2: https://f.example/ is there twice"),
        (SITE + SITE.replace('/"', '"'), "site 2: https://f.example is there twice, also as https://f.example/"),
        (SITE + SITE.replace("https", "http"), "site 2: http://f.example/ is there twice"),
        (
            INNER + SITE + "boards = ['https://f.example/in/b/']",
            "site 2: its boards are those of https://f.example/in/",
        ),
        (SITE + "boards = 'https://f.example/b'", "it must be a list of web addresses"),
        (SITE + "feeds = ['https://g.example/rss']", "site 1: the feed https://g.example/rss is not on f.example"),
        (SITE + "boards = ['https://g.example/b']", "site 1: the board https://g.example/b is not on f.example"),
        (SITE + "zone = 'Hanoi'", "zone is 'Hanoi': it must be the name of a time zone"),
        (SITE + "zone = 'Asia'", "name of a time zone"),
        (SITE + "login = { user = 'me', password = 'pass word' }", "never write a password here"),
        (SITE + "headers = { Cookie = 1 }", "it must be a table of texts"),
        (SITE + 'headers = { X = "a\\r\\nB: c" }', "one line"),
        (SITE + 'headers = { X-A = "x", "A B" = "x" }', "headers cannot be used: the name of header 2"),
        (SITE + 'headers = { "Ă" = "x" }', "the name of header 1"),
        (SITE + 'headers = { "" = "x" }', "the name of header 1"),
        ("archive = ''", "archive is '': it must be the name of a file"),
        ("archive = '~no-such-user/a.db'", "begins with the home folder of a user who has none"),
        (SITE + "cookies = ''", "cookies is '': it must be the name of a file"),
        (SITE + "cookies = 'c'\nlogin = { user = 'A', password = 'B' }", "not both"),
        ("archive = ", "not valid TOML"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(file(tmp_path, text))
    assert says in str(caught.value)
    assert str(tmp_path / "xemtiep.toml") in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        SITE + "login = { user = 'me', password = 's3cret!' }",
        SITE + 'headers = { Authorization = "s3cret\\r\\n" }',
        SITE + 'headers = { "Authorization: s3cret" = "" }',
        SITE + "proxy = 'ftp://me:s3cret@proxy.example'",
        "[[sites]]\nurl = 'https://me:s3cret@f.example/'",
        SITE + "boards = ['https://me:s3cret@f.example/b']",
    ],
)
def test_a_password_in_the_wrong_place_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(file(tmp_path, text))
    assert "site 1" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_site_inside_another_is_one_of_its_own(tmp_path: Path) -> None:
    config = load(file(tmp_path, SITE + "boards = ['https://f.example/b/']\n" + INNER))
    assert [config.name_of(site.starts[0]) for site in config.sites] == ["https://f.example/", "https://f.example/in/"]


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "xemtiep.toml"
    path.write_text(SITE, encoding="utf-8-sig")
    assert load(path).sites[0].url == "https://f.example/"


def test_a_proxy_may_ask_for_a_password(tmp_path: Path) -> None:
    (site,) = load(file(tmp_path, SITE + "proxy = 'http://me:word@proxy.example:3128'")).sites
    assert site.proxy == "http://me:word@proxy.example:3128"


@pytest.mark.parametrize("code", ["vi", "VI", "pt-BR", "zh_TW", "nb", "ka"])
def test_a_language_is_any_whose_dates_can_be_read(tmp_path: Path, code: str) -> None:
    assert load(file(tmp_path, SITE + f"language = '{code}'")).sites[0].language == code


def test_a_variable_holds_a_number_as_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XEMTIEP_DELAY", "1.5")
    monkeypatch.setenv("XEMTIEP_REFRESH", "7")
    monkeypatch.setenv("XEMTIEP_CONTACT", "123")
    config = load(file(tmp_path, ""))
    assert (config.delay, config.refresh, config.contact) == (1.5, 7, "123")
    monkeypatch.setenv("XEMTIEP_REFRESH", "7.5")
    with pytest.raises(ConfigError, match=r"XEMTIEP_REFRESH is .7\.5.: it must be a whole number"):
        load(file(tmp_path, ""))


def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XEMTIEP_DELAY", "soon")
    with pytest.raises(ConfigError, match="XEMTIEP_DELAY is 'soon'"):
        load()


def test_a_url_belongs_to_its_part_of_the_host() -> None:
    sites = (Site(url="https://f.example/one"), Site(url="https://f.example/one/two/"), Site(url="https://g.example/"))
    config = Config(sites=sites, delay=5)
    assert config.site_of("https://f.example/one/threads/1/") is sites[0]
    assert config.site_of("https://f.example/one/two/t/1") is sites[1]
    assert config.site_of("https://f.example/onerous/") is sites[0]  # of that host, so that its proxy is used
    assert config.site_of("http://G.example:80/robots.txt") is sites[2]
    assert config.site_of("https://g.example:8443/") == Site(url="https://g.example:8443/", delay=5)
    assert config.site_of("https://www.g.example/") is sites[2]
    assert config.site_of("https://h.example/") == Site(url="https://h.example/", delay=5)
    assert config.name_of("https://g.example/x") == "https://g.example/"
    assert config.name_of("https://h.example/x") == ""
