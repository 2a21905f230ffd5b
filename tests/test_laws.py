import re
import time
import unicodedata

import lxml.html
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crawler.cleaning import Cleaned, clean

INLINE = ["b", "i", "span", "em", "font", "u", "a", "img"]
BLOCKS = ["p", "div", "ul", "ol", "li", "table", "tr", "td", "h2", "h3", "blockquote", "figcaption", "hr", "br"]
FOREIGN = ["pre", "button", "details", "summary"]
CLASSES = [
    "bbCodeBlock--quote",
    "bbCodeBlock-title",
    "message-signature",
    "codebox",
    "bbCodeSpoiler",
    "reactionsBar",
    "nothing known",
    "onebox",
    "message-lastEdit",
]
PHRASES = [
    "Xem tiếp...",
    "Nguồn: Báo Sông Xanh",
    "Chủ đề tương tự",
    "Top Bottom",
    "Back",
    "Minh Anh nói:",
    "Click to expand...",
    "_______________",
    "Sent from my Robot 9 using Tapatalk",
    "Bài viết",
    "122,685",
    "Theo báo cáo mới nhất",
    "You must be registered for see links",
]
WORDS = st.one_of(
    st.sampled_from(PHRASES),
    st.sampled_from(
        ["Tỉnh uỷ họp", "hoa\u0300 bi\u0300nh", "a\u200bb", "x \xa0 y", "một câu dài hơn nhiều. Và nữa…", " "]
    ),
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=12),
)


@st.composite
def trees(draw: st.DrawFn, tags: list[str], classes: list[str]) -> lxml.html.HtmlElement:
    """A post's body: up to 25 elements, each hung below one of those before it."""
    nodes = [etree.Element("div")]
    nodes[0].text = draw(WORDS)
    for _ in range(draw(st.integers(0, 25))):
        node = etree.SubElement(draw(st.sampled_from(nodes)), draw(st.sampled_from(tags)))
        node.text, node.tail = draw(WORDS), draw(WORDS)
        if node.tag == "a":
            node.set("href", "https://example.org/tin")
        if classes and draw(st.booleans()):
            node.set("class", draw(st.sampled_from(classes)))
        if node.tag not in ("br", "hr", "img"):
            nodes.append(node)
        else:
            node.text = None
    return nodes[0]


def visible(root: etree._Element) -> str:
    """The text of a tree with a space wherever an element is no inline one: written apart from what it checks."""
    parts = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        parts.append(" " if node.tag not in INLINE else "")
        parts.append((node.text if event == "start" else node.tail if node is not root else "") or "")
    return "".join(parts)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text))


def letters(text: str) -> str:
    return "".join(re.findall(r"\w", unicodedata.normalize("NFD", text)))


def all_words(cleaned: Cleaned) -> str:
    return "\n".join(block.text for block in cleaned.blocks)


@given(trees(INLINE + BLOCKS, []))
def test_no_word_is_lost_joined_or_moved(tree: lxml.html.HtmlElement) -> None:
    assert words(visible(tree)) == words(all_words(clean(tree)))


@given(trees(INLINE + BLOCKS + FOREIGN, CLASSES))
def test_no_letter_is_lost_in_containers(tree: lxml.html.HtmlElement) -> None:
    assert letters(visible(tree)) == letters(all_words(clean(tree)))


@given(trees(INLINE + BLOCKS, ["nothing known"]))
def test_clean_text_cleans_to_itself(tree: lxml.html.HtmlElement) -> None:
    cleaned = clean(tree)
    again = clean(cleaned.text)
    if not cleaned.removed and not again.card.counts:  # what looks like an author card is one in a text without markup
        assert (again.text, again.removed) == (cleaned.text, []), lxml.html.tostring(tree, encoding="unicode")


@given(st.lists(st.one_of(WORDS, st.just("")), max_size=40).map("\n".join))
def test_no_word_of_a_flat_text_is_lost(text: str) -> None:
    cleaned = clean(text)
    card = cleaned.card
    head = [cleaned.title or "", cleaned.author or "", card.title or "", *card.banners]
    known = words(" ".join(head) + "\n" + all_words(cleaned))
    if not card.counts:
        assert known == words(text)


@given(st.lists(st.one_of(WORDS, st.just("")), max_size=40).map("\n".join))
def test_flat_text_without_foreign_lines_is_kept(text: str) -> None:
    cleaned = clean(text)
    if not cleaned.removed and not cleaned.card.counts:
        assert clean(cleaned.text).text == cleaned.text


@given(st.text())
@settings(max_examples=300)
def test_any_text_is_cleaned(text: str) -> None:
    assert isinstance(clean(text), Cleaned)


MARKUP = st.lists(
    st.one_of(WORDS, st.sampled_from([f"<{t}>" for t in BLOCKS + FOREIGN] + ["</p>", "</div", "<!--", "&"]))
)


@given(MARKUP.map("".join))
def test_any_markup_is_cleaned(markup: str) -> None:
    assert isinstance(clean(lxml.html.fromstring(f"<div>{markup}</div>")), Cleaned)


def nested(tag: str, depth: int) -> lxml.html.HtmlElement:
    root = etree.Element("div")
    node = root
    for number in range(depth):
        node = etree.SubElement(node, tag)
        node.text = f"n{number}"
        node.tail = f"t{number}"
    return root


def test_any_nesting_depth_is_cleaned() -> None:
    for tag in ("div", "blockquote", "table", "pre"):
        assert letters(visible(nested(tag, 10_000))) == letters(all_words(clean(nested(tag, 10_000))))


def seconds(text: str) -> float:
    start = time.process_time()
    clean(text)
    return time.process_time() - start


def test_time_grows_with_size_and_no_faster() -> None:
    for line in (
        "Xem tiếp...\n",
        "Minh Anh nói:\n",
        "You must be registered for see links\n\n",
        "một câu. " * 20 + "\n\n",
    ):
        small, large = (min(seconds(line * (size // len(line))) for _ in range(3)) for size in (50_000, 400_000))
        assert large < 24 * max(small, 0.002), line
    quotes = "A nói:\n" * 5_000 + "Click to expand...\n" * 5_000
    assert seconds(quotes) < 5


def posts_of_a_megabyte() -> list[str]:
    """Markup that each rule has to look at, line by line."""
    parts = [
        "<p>TIN LIÊN QUAN</p>" + '<p><a href="https://example.org/tin">Cầu mới</a></p>' * 20,
        '<p>Xem thêm: <a href="https://example.org/tin">Cầu mới</a></p><p>một câu dài hơn nhiều. Và nữa…</p>',
        '<blockquote>Minh Anh nói:<br>một câu</blockquote><img src="/a.jpg"><p>Ảnh: Minh Anh</p>',
        "<div>" + "<br>".join(PHRASES) + "</div>",
        "<table><tr><td>một</td><td>hai</td></tr></table><ul><li>ba</li></ul><pre>bốn</pre>",
        "Hội nghị bàn về nước sạch ảnh 1Học viên " * 5 + "<br>",
        "<a href='https://example.org/tin'>Cầu mới</a> ",
    ]
    return [part * (1_000_000 // len(part)) for part in parts]


def test_a_post_of_a_megabyte_is_cleaned_in_the_time_that_its_size_asks_for() -> None:
    for markup in posts_of_a_megabyte():
        times = []
        for size in (len(markup) // 10, len(markup)):
            tree = lxml.html.fromstring(f"<div>{markup[:size]}</div>")
            start = time.process_time()
            cleaned = clean(tree)
            times.append(time.process_time() - start)
            assert letters(visible(tree)) == letters(all_words(cleaned)), markup[:40]
        assert times[1] < 30 * max(times[0], 0.02), (markup[:40], times)
