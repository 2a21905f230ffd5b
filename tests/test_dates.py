"""Dates as forums print them, read or honestly unknown. The capture is on Wednesday 14 August 2024, 05:00 UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading import dates

NOW = datetime(2024, 8, 14, 5, tzinfo=UTC)
HANOI = timezone(timedelta(hours=7))

READ = [
    # Vietnamese: the day comes first, twelve o'clock has two halves, months and weekdays are numbers
    ("Hôm qua lúc 10:20", "vi", "2024-08-13 10:20"),
    ("Hôm nay, 10:20 CH", "vi", "2024-08-14 22:20"),
    ("5 phút trước", "vi", "2024-08-14 04:55"),
    ("Một phút trước", "vi", "2024-08-14 04:59"),
    ("Vài giây trước", "vi", "2024-08-14 05:00"),
    ("2 tuần trước", "vi", "2024-07-31 05:00"),
    ("Thứ hai lúc 09:15", "vi", "2024-08-12 09:15"),
    ("Chủ nhật lúc 21:03", "vi", "2024-08-11 21:03"),
    ("12 Tháng tám 2023", "vi", "2023-08-12 00:00"),
    ("12 Thg 8 2023 3:05 CH", "vi", "2023-08-12 15:05"),
    ("Tháng mười hai 8, 2023", "vi", "2023-12-08 00:00"),
    ("Tháng mười 8, 2023", "vi", "2023-10-08 00:00"),
    ("Ngày 8 tháng 7 năm 2023", "vi", "2023-07-08 00:00"),
    ("17:42 Ngày 04/06/2018", "vi", "2018-06-04 17:42"),
    ("13/10/2020, 20:56", "vi", "2020-10-13 20:56"),
    ("Đã gửi: Thứ 2, 12/08/2024 9:20 SA", "vi", "2024-08-12 09:20"),
    ("22/6/24", "vi", "2024-06-22 00:00"),
    ("21/11/2023 | 16:29 GMT+7", "vi", "2023-11-21 09:29"),
    ("Chủ nhật, 03/09/2023 09:27 (GMT+7)", "vi", "2023-09-03 02:27"),
    ("14-10-2019, 18:58", "vi", "2019-10-14 18:58"),
    # English, by software
    ("Tue Aug 13, 2024 10:20 am", "en", "2024-08-13 10:20"),
    ("Posted: Mon Feb 10, 2003 12:09 am", "en", "2003-02-10 00:09"),
    ("» Mon Feb 10, 2003 12:09 pm", "en-gb", "2003-02-10 12:09"),
    ("August 13, 2024, 10:20:33 PM", "en", "2024-08-13 22:20"),
    ("Today at 10:20:33", "en", "2024-08-14 10:20"),
    ("Yesterday 21:27", "en", "2024-08-13 21:27"),
    ("08-13-2024, 10:20 AM", "en", "2024-08-13 10:20"),
    ("10 hours ago", "en", "2024-08-13 19:00"),
    ("3 days, 4 hours ago", "en", "2024-08-11 01:00"),
    ("an hour ago", "en", "2024-08-14 04:00"),
    ("August 13, 2024 at 10:20 am", "en", "2024-08-13 10:20"),
    ("2nd April 2023, 13:59", "en-GB", "2023-04-02 13:59"),
    ("March 1, 2024 4:35PM", "en", "2024-03-01 16:35"),
    ("April 14, 2014, 23:22:11 PM", "en", "2014-04-14 23:22"),
    ("Monday at 7:38 AM", "en", "2024-08-12 07:38"),
    ("Aug 13", "en", "2024-08-13 00:00"),
    ("Tue Aug 13 10:20:05 2024", "en", "2024-08-13 10:20"),
    ("发信站: 池塘站 (Sat Aug  3 10:20:00 2024), 站内", "zh", "2024-08-03 10:20"),
    ("20 十一月, 2023 09:17", None, "2023-11-20 09:17"),
    ("Last edited by walker77 (2023-08-03 11:02:20)", "en", "2023-08-03 11:02"),
    ("Started by walker77 on 17-03-2014 08:47 AM", "en", "2014-03-17 08:47"),
    ("3/4/24, 9:25 PM", "en", "2024-03-04 21:25"),
    ("05.06.2024 10:20", None, "2024-06-05 10:20"),  # nobody writes the month first with dots
    ("Dec 30", "en", "2023-12-30 00:00"),
    ("2024-05-22 16:37 EDT-0400", "en", "2024-05-22 20:37"),
    ("2024-08-13 10:20:33", None, "2024-08-13 10:20"),
    ("05/06/2024", "en-US", "2024-05-06 00:00"),
    ("05/06/2024", "en-GB", "2024-06-05 00:00"),
    ("13/06/2024", None, "2024-06-13 00:00"),
    ("Wednesday, 05/06/2024", "en", "2024-06-05 00:00"),
    # other languages, known or not
    ("posté le 13 août 2023 à 14h20", "fr", "2023-08-13 14:20"),
    ("Mar Fév 22, 2005 11:48 pm", "fr", "2005-02-22 23:48"),
    ("Mar 07 Juil 2015, 11:12", "fr", "2015-07-07 11:12"),
    ("mar, 10 mar 2015, 11:12", "es", "2015-03-10 11:12"),
    ("Jeu Mars 13, 2008 7:32 pm", "fr", "2008-03-13 19:32"),
    ("Mar 12 Nov 2013 19:39", "fr", "2013-11-12 19:39"),
    ("Mar 16 Mar 2010 19:39", "fr", "2010-03-16 19:39"),
    ("il y a 5 minutes", "fr", "2024-08-14 04:55"),
    ("Dienstag, 9. Dezember 2014, 18:18", "de", "2014-12-09 18:18"),
    ("27. September 2018 um 14.51 Uhr", "de", "2018-09-27 14:51"),
    ("(Gestern, 23:07)", "de", "2024-08-13 23:07"),
    ("vor einer Stunde", "de", "2024-08-14 04:00"),
    ("5 ago 2023", "es", "2023-08-05 00:00"),
    ("hace 2 horas", "es", "2024-08-14 03:00"),
    ("há 5 minutos", "pt", "2024-08-14 04:55"),
    ("5 minuti fa", "it", "2024-08-14 04:55"),
    ("13 mrt 2024", "nl", "2024-03-13 00:00"),
    ("02 дек 2015, 03:30", "ru", "2015-12-02 03:30"),
    ("31.10.2020 - 16:35", "ru", "2020-10-31 16:35"),
    ("5 минут назад", None, "2024-08-14 04:55"),
    ("13 серпня 2023, 10:20", "uk", "2023-08-13 10:20"),
    ("3 listopada 2023, 10:20", "pl", "2023-11-03 10:20"),
    ("před 5 minutami", "cs", "2024-08-14 04:55"),
    ("Decembar 19, 2012, 08:55:25 posle podne", "sr", "2012-12-19 20:55"),
    ("Decembar 20, 2012, 09:46:29 pre podne", None, "2012-12-20 09:46"),
    ("13 Ağustos 2023 10:20", "tr", "2023-08-13 10:20"),
    ("för 2 timmar sedan", "sv", "2024-08-14 03:00"),
    ("i går kl. 10.20", "da", "2024-08-13 10:20"),
    ("13.8.2023 klo 10.20", "fi", "2023-08-13 10:20"),
    ("2023. augusztus 13. 10:20", "hu", "2023-08-13 10:20"),
    ("13 Αυγούστου 2023 10:20 μμ", "el", "2023-08-13 22:20"),
    ("13 أغسطس 2023 10:20", "ar", "2023-08-13 10:20"),
    ("1394/11/27", "fa", "2016-02-16 00:00"),
    ("۲۷ بهمن ۱۳۹۴", "fa", "2016-02-16 00:00"),
    ("30/12/1403", "fa", None),
    ("29/12/1402 در 08:32", "fa", "2024-03-19 08:32"),
    ("13 באוגוסט 2023 10:20", "he", "2023-08-13 10:20"),
    ("5 menit yang lalu", "id", "2024-08-14 04:55"),
    ("13 สิงหาคม 2566 10:20", "th", "2023-08-13 10:20"),
    ("5 นาทีที่แล้ว", "th", "2024-08-14 04:55"),
    ("2023年8月13日 10時20分", "ja", "2023-08-13 10:20"),
    ("5分前", "ja", "2024-08-14 04:55"),
    ("2023년 8월 13일 오후 3:20", "ko", "2023-08-13 15:20"),
    ("发表于 2012-2-3 14:29:46", None, "2012-02-03 14:29"),
    ("昨天 10:20", None, "2024-08-13 10:20"),
    ("3 小时前", "zh", "2024-08-14 02:00"),
    ("半小时前", "zh-cn", "2024-08-14 04:30"),
    # languages that only dateparser knows; "lip" is July in Polish
    ("13. juuli 2023", "et", "2023-07-13 00:00"),
    ("12 lip 2024", "hr", "2024-06-12 00:00"),
]

UNKNOWN = [
    ("05/06/2024", None),  # nothing says which number is the month
    ("1 year ago", "en"),
    ("3 tháng trước", "vi"),
    ("1 year, 2 months ago", "en"),
    ("Wednesday at 7:38 AM", "en"),  # today's weekday, and today is printed as "today"
    ("Tháng Tám 2024", "vi"),
    ("Feb '12", "en"),
    ("Jul 2012", "en"),
    ("Aug 31, 2027", "en"),
    ("January 1, 1970, 12:00 AM", "en"),
    ("31/02/2024", "vi"),
    ("13/08/2024 25:20", "vi"),
    ("13/08/2023 (edited 14/08/2023)", "vi"),
    ("version 4.1.12", "en"),
    ("version 5.5.0", None),
    ("2013 elections of the club: January 17", "en"),
    ("192.168.0.100", "en"),
    ("16:29", "vi"),
    ("", "vi"),
    ("1" * 500, "en"),
]


def _shown(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else None


@pytest.mark.parametrize(("text", "language", "expected"), READ)
def test_printed_date(text: str, language: str | None, expected: str | None) -> None:
    assert _shown(dates.parse(text, language=language, now=NOW)) == expected


@pytest.mark.parametrize(("text", "language"), UNKNOWN)
def test_honestly_unknown(text: str, language: str | None) -> None:
    assert dates.parse(text, language=language, now=NOW) is None


def test_zone_of_the_site() -> None:
    assert _shown(dates.parse("Hôm qua lúc 10:20", language="vi", zone=HANOI, now=NOW)) == "2024-08-13 03:20"
    late = datetime(2024, 8, 13, 20, tzinfo=UTC)  # already the 14th in Hanoi
    assert _shown(dates.parse("Hôm nay lúc 01:20", language="vi", zone=HANOI, now=late)) == "2024-08-13 18:20"


@pytest.mark.parametrize("text", ["5 phút trước", "Hôm qua lúc 10:20", "Thứ hai lúc 09:15", "Aug 13"])
def test_relative_date_without_capture_time(text: str) -> None:
    assert dates.parse(text, language="vi") is None


def test_order_hint() -> None:
    assert _shown(dates.parse("05/06/2024", order="dmy", now=NOW)) == "2024-06-05 00:00"
    assert _shown(dates.parse("05/06/2024", language="vi", order="mdy", now=NOW)) == "2024-05-06 00:00"
    assert _shown(dates.parse("24-08-13", order="ymd", now=NOW)) == "2024-08-13 00:00"
    assert _shown(dates.parse("13/06/2024", order="mdy", now=NOW)) == "2024-06-13 00:00"


def test_order_from_the_dates_of_a_page() -> None:
    assert dates.order_of(["05/06/2024", "Yesterday", "13/06/2024, 10:20"]) == "dmy"
    assert dates.order_of(["05-06-2024", "06-13-2024"]) == "mdy"
    assert dates.order_of(["05/06/2024"]) is None
    assert dates.order_of(["13/06/2024", "06/13/2024"]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-09-27T14:51:09+0200", "2018-09-27 12:51"),
        ("2018-09-27T14:51:09.123Z", "2018-09-27 14:51"),
        ("2018-09-27T14:51:09", "2018-09-27 07:51"),
        ("2010-04-17 13:16:39 -0500", "2010-04-17 18:16"),
        ("2010-04-17 13:16:39 -03", "2010-04-17 16:16"),
        ("1538113403", "2018-09-28 05:43"),
        ("1538113403123", "2018-09-28 05:43"),
        ("Tue, 22 Oct 2019 10:20:00 +0200", "2019-10-22 08:20"),
        ("2018-13-27T14:51:09Z", None),
        ("2018-09-27T14:51:09+9900", None),
        ("Tue, 99 Oct 2019", None),
        ("3600", None),
        ("²", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_machine_date(text: str | None, expected: str | None) -> None:
    assert _shown(dates.iso(text, zone=HANOI)) == expected


@given(st.text(max_size=80), st.sampled_from([None, "vi", "en", "fa", "zh-CN", "xx"]))
def test_any_text_is_a_possible_date_or_none(text: str, language: str | None) -> None:
    for moment in (dates.iso(text), dates.parse(text, language=language, now=NOW)):
        assert moment is None or (moment.tzinfo is UTC and moment.year >= 1990)


@given(st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2024, 8, 13)))  # noqa: DTZ001 # the zone is added
def test_what_software_prints_is_read_back(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    for form in ("%a %b %d, %Y %I:%M %p", "%d/%m/%Y, %H:%M", "%H:%M %d-%m-%Y", "%Y-%m-%d %H:%M", "%d. %B %Y %H:%M"):
        assert dates.parse(moment.strftime(form), language="vi", now=NOW) == moment
    assert dates.iso(moment.isoformat()) == moment


@given(st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2024, 8, 13)))  # noqa: DTZ001 # the zone is added
def test_the_short_cut_reads_what_the_long_way_reads(moment: datetime) -> None:
    for form in ("%a %b %d, %Y %I:%M:%S %p", "%m-%d-%Y, %I:%M %p", "%d.%m.%Y %H:%M", "%d/%m/%Y, %H:%M"):
        printed = moment.strftime(form)
        assert dates.parse(printed, language="en", now=NOW) == dates.parse(f"({printed})", language="en", now=NOW)
