"""Main-text extractors and xemtiep on the same pages: the article's words that are kept, foreign words left, time.

    python benchmarks/side_by_side.py [--pages 20]

The pages are thread pages of the embedded forum, whose posts are known, and the posts of tests/cleaning, whose text is
written down there; the flattened page among them is text for xemtiep and the same text in paragraphs for the others,
which read HTML only. Counted are words as a multiset over all pages. Needs the extra `bench`.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

import justext
import lxml.html
import trafilatura
from resiliparse.extract.html2text import extract_plain_text

from archive.records import OWN, Label
from crawler.cleaning import clean
from crawler.demo import sample_forum
from crawler.demo.routes import answer
from crawler.offline import page_text

BASE = "https://forum.example"
SAMPLES = Path(__file__).parent.parent / "tests" / "cleaning"
WORD = re.compile(r"\w+")


class Case(NamedTuple):
    """A page or a post: what the others are given, what xemtiep is, and the words that are the text."""

    name: str
    html: str
    ours: Callable[[], str]
    truth: str


def embedded(pages: int) -> Iterator[Case]:
    """Thread pages of the embedded forum that show a whole thread."""
    forum = sample_forum()
    for thread in forum.truth():
        reply = answer(forum, f"/threads/{thread['thread_id']}/", BASE)
        if reply.status in {301, 302}:
            reply = answer(forum, reply.headers["Location"].removeprefix(BASE), BASE)
        texts = [post["text"] for post in thread["posts"] if post["text"]]
        if reply.status != 200 or len(re.findall("message-name", reply.body)) < len(thread["posts"]):  # noqa: PLR2004 # HTTP
            continue
        yield Case(f"thread {thread['thread_id']}", reply.body, _reader(reply.body), "\n".join(texts))
        pages -= 1
        if not pages:
            return


def _reader(body: str) -> Callable[[], str]:
    encoded = body.encode()
    return lambda: page_text(encoded, f"{BASE}/threads/a.1/")


def written() -> Iterator[Case]:
    """The posts of tests/cleaning, each in the shape that its forum software gives it."""
    for folder in sorted(SAMPLES.iterdir()):
        if not (folder / "expected.json").exists():
            continue
        blocks = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["blocks"]
        truth = "\n".join(text for label, text, _ in blocks if Label(label) in OWN)
        html, flat = folder / "post.html", folder / "post.txt"
        if html.exists():
            markup = html.read_text(encoding="utf-8")
            yield Case(folder.name, f"<html><body>{markup}</body></html>", _cleaner(markup), truth)
        else:
            text = flat.read_text(encoding="utf-8")
            paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
            yield Case(folder.name, f"<html><body>{paragraphs}</body></html>", _flat_cleaner(text), truth)


def _flat_cleaner(text: str) -> Callable[[], str]:
    return lambda: clean(text).text


def _cleaner(markup: str) -> Callable[[], str]:
    return lambda: clean(lxml.html.fromstring(markup)).text


def by_trafilatura(html: str) -> str | None:
    """As it comes."""
    return trafilatura.extract(html)


def by_trafilatura_recall(html: str) -> str | None:
    """Told to keep more."""
    return trafilatura.extract(html, favor_recall=True)


def by_resiliparse(html: str) -> str | None:
    """Its main content."""
    return str(extract_plain_text(html, main_content=True))


def by_justext(html: str, shortest: int = 70, longest: int = 200) -> str:
    """With the stop words of the pages' languages."""
    stops = justext.get_stoplist("Vietnamese") | justext.get_stoplist("English")
    found = justext.justext(html.encode(), stops, length_low=shortest, length_high=longest, encoding="utf-8")
    return "\n".join(part.text for part in found if not part.is_boilerplate)


def by_justext_short(html: str) -> str:
    """Made for paragraphs as short as those of posts: by default it asks for one of 200 characters among them."""
    return by_justext(html, 30, 100)


OTHERS: dict[str, Callable[[str], str | None]] = {
    "trafilatura": by_trafilatura,
    "trafilatura, recall": by_trafilatura_recall,
    "resiliparse": by_resiliparse,
    "justext": by_justext,
    "justext, shorter": by_justext_short,
}


def words(text: str | None) -> Counter[str]:
    """The words of a text, each as often as it stands there."""
    return Counter(WORD.findall((text or "").casefold()))


def _ours(case: Case) -> str:
    return case.ours()


def measure(cases: list[Case], extract: Callable[[Case], str | None]) -> tuple[float, float, float]:
    """Share of the texts' words kept, share of foreign words in what came out, and CPU milliseconds a page."""
    kept = wanted = got = 0
    started = time.process_time()
    answers = [extract(case) for case in cases]
    spent = time.process_time() - started
    for case, text in zip(cases, answers, strict=True):
        found, truth = words(text), words(case.truth)
        kept += (found & truth).total()
        wanted += truth.total()
        got += found.total()
    return kept / wanted, (got - kept) / max(got, 1), 1000 * spent / len(cases)


def main() -> None:
    """Print a table for the embedded forum's pages and one for the written posts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20)
    args = parser.parse_args()
    for title, cases in (("pages of the embedded forum", list(embedded(args.pages))), ("posts", list(written()))):
        print(f"{len(cases)} {title}: {'kept':>8} {'foreign':>8} {'ms':>8}")
        _row("xemtiep", measure(cases, _ours))
        for name, extract in OTHERS.items():
            _row(name, measure(cases, _on_html(extract)))


def _on_html(extract: Callable[[str], str | None]) -> Callable[[Case], str | None]:
    return lambda case: extract(case.html)


def _row(name: str, figures: tuple[float, float, float]) -> None:
    kept, foreign, spent = figures
    print(f"  {name:<28} {kept:>8.2%} {foreign:>8.2%} {spent:>8.1f}")


if __name__ == "__main__":
    main()
