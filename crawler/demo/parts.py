"""Small pieces that several pages share: templates, times, page numbers, breadcrumbs."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from html import escape
from importlib.resources import files

ZONE = timezone(timedelta(hours=7))  # the board's own time zone; every `datetime` attribute says so


@cache
def template(name: str) -> str:
    """A page template of this package, for `str.format`: `string.Template` takes three times as long."""
    return (files("crawler.demo") / "templates" / f"{name}.html").read_text(encoding="utf-8")


def fill(name: str, **values: object) -> str:
    """A template with its values, which are HTML already."""
    return template(name).format(**values)


def day(moment: datetime) -> str:
    """A date as an English XenForo prints it: "Jul 1, 2024"."""
    return f"{moment:%b} {moment.day}, {moment.year}"


def hour(moment: datetime) -> str:
    """A time of day as an English XenForo prints it: "9:14 PM"."""
    return f"{moment:%I:%M %p}".lstrip("0")


def when(moment: datetime) -> str:
    """A date and time in full, in the board's zone."""
    local = moment.astimezone(ZONE)
    return f"{day(local)} at {hour(local)}"


def time_tag(moment: datetime, now: datetime, *, extra: str = "", prop: str = "") -> str:
    """XenForo's time element: machine-readable attributes, and words that are relative for the last two days."""
    local, today = moment.astimezone(ZONE), now.astimezone(ZONE).date()
    date, clock = day(local), hour(local)
    words = {
        today: f"Today at {clock}",
        today - timedelta(days=1): f"Yesterday at {clock}",
    }.get(local.date(), date)
    return (
        f'<time  class="{extra}u-dt" dir="auto" datetime="{local:%Y-%m-%dT%H:%M:%S%z}" '
        f'data-time="{int(moment.timestamp())}" data-date-string="{date}" data-time-string="{clock}" '
        f'title="{date} at {clock}"{prop}>{words}</time>'
    )


def http_date(moment: datetime) -> str:
    """A date as HTTP headers and RSS feeds write it (RFC 9110, 5.6.7)."""
    return f"{moment.astimezone(UTC):%a, %d %b %Y %H:%M:%S GMT}"


def short(number: int) -> str:
    """A count as XenForo shortens it: 36210 is "36K"."""
    thousand, million = 1000, 1_000_000
    if number < thousand:
        return str(number)
    unit, letter = (thousand, "K") if number < million else (million, "M")
    return f"{number / unit:.1f}".removesuffix(".0") + letter


def page_path(path: str, page: int) -> str:
    """The path of one page of a thread or board."""
    return path if page == 1 else f"{path}page-{page}"


def page_nav(path: str, page: int, last: int) -> str:
    """XenForo's page numbers; nothing where there is one page."""
    if last == 1:
        return ""
    shown = sorted({1, last, *range(max(1, page - 2), min(last, page + 2) + 1)})
    items = []
    for before, number in zip([0, *shown], shown, strict=False):
        if number > before + 1:
            items.append(
                '\t\t<li class="pageNav-page pageNav-page--skip"><a data-xf-init="tooltip" title="Go to page" '
                'data-xf-click="menu" role="button" tabindex="0">…</a></li>\n'
            )
        place = "pageNav-page--current " if number == page else "pageNav-page--later" if number > page else ""
        items.append(f'\t\t<li class="pageNav-page {place}"><a href="{page_path(path, number)}">{number}</a></li>\n')
    jump = '\t<a href="{}" class="pageNav-jump pageNav-jump--{}">{}</a>\n'
    back = jump.format(page_path(path, page - 1), "prev", "Prev") if page > 1 else ""
    on = jump.format(page_path(path, page + 1), "next", "Next") if page < last else ""
    return (
        '<nav class="pageNavWrapper pageNavWrapper--mixed ">\n<div class="pageNav  ">\n'
        f'{back}\t<ul class="pageNav-main">\n{"".join(items)}\t</ul>\n{on}</div>\n'
        f'<div class="pageNavSimple"><a class="pageNavSimple-el pageNavSimple-el--current" '
        f'data-xf-init="tooltip" title="Go to page" role="button" tabindex="0">{page} of {last}</a></div>\n</nav>'
    )


def breadcrumbs(steps: Iterable[tuple[str, str]]) -> str:
    """The way from the start page, as (path, words)."""
    items = "".join(
        '\t<li itemprop="itemListElement" itemscope itemtype="https://schema.org/ListItem">\n'
        f'\t\t<a href="{path}" itemprop="item"><span itemprop="name">{escape(words)}</span></a>\n'
        f'\t\t<meta itemprop="position" content="{number}" />\n\t</li>\n'
        for number, (path, words) in enumerate(steps, 1)
    )
    if not items:
        return ""
    return '<ul class="p-breadcrumbs "\n\titemscope itemtype="https://schema.org/BreadcrumbList">\n' + items + "</ul>"
