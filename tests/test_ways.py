"""The short ways of selectors find what XPath finds."""

import pytest
from cssselect import HTMLTranslator
from lxml import html

from crawler.reading.document import whole
from crawler.reading.select import every, first, parts

PAGE = """<body><div class="post first" id="p1"><!-- a remark --><p class="by"><a class="name" href="?u=7&amp;v=1">A</a>
<i title>x</i><a href="/other" data-kind="name">B</a></p></div>
<div class="post" id="x2"><p class="by late"><b class="name-tag">C</b>
<a class="a name b" href="?u=">D</a></p></div></body>"""
SELECTORS = (
    "div.post[id^=p]",
    "div.post.first[id$='1']",
    ".post[id*=p]",
    ".post[id]",
    ".post[id=x2]",
    "p.by a",
    "p.by > a[href*='u=']",
    "p.by a.name[href^='?u']",
    "p.by [class^=name]",
    "p.by [title]",
    "div.post p.late",
    "div.post > p > a",
    "p.by a:not(.name)",
    "p.by .name",
    "div.post *",
)


def test_what_compounds_inside_each_other_hold_comes_in_the_pages_order() -> None:
    tree = html.document_fromstring("<div class=x><p><div class=x><a>1</a><b>2</b></div></p><a>3</a></div><a>4</a>")
    for css in ("div.x > a", "div.x a", "div.x > div, a.none"):
        assert every(whole(tree), css) == tree.xpath(HTMLTranslator().css_to_xpath(css, prefix="descendant::")), css
    assert first(whole(tree), "div.x > a").text == "1"


@pytest.mark.parametrize("css", SELECTORS)
def test_a_short_way_finds_what_xpath_finds(css: str) -> None:
    tree = html.document_fromstring(PAGE)
    expected = tree.xpath(HTMLTranslator().css_to_xpath(css, prefix="descendant::"))
    assert expected
    page = whole(tree)
    assert every(page, css) == expected
    inside = css.removeprefix("div.post ").removeprefix("> ")
    assert [every(part, inside) for part in parts(page, "div.post")] == [
        part.element.xpath(HTMLTranslator().css_to_xpath(inside, prefix="descendant::"))
        for part in parts(page, "div.post")
    ]
