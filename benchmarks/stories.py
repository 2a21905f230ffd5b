"""Stories in an archive of generated articles with planted reposts: recall and precision of each kind, and the cost.

    python benchmarks/stories.py [--articles 10000] [--seed 1] [--patterns]

A tenth of the articles are originals that are reposted under another title, each in one way. Recall is the part of the
reposts that are in the story of their original (a merger: in that of both); precision the part of the pairs of articles
in one story, of stories with such a repost, that belong together. Goal: at least .98 and .995. `--patterns` makes the
articles of sentences from one small set with names and numbers filled in, as press releases are: few words of theirs
are their own. Prints the table, articles a second, and what the stories take in the file.
"""

import argparse
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

from save import CUMULATIVE, SITE, WORDS

from archive import Archive
from archive.records import Article, Author, Block, Kind, Label, Page, Post, Thread

Paragraphs = list[str]
SHARE = 10  # one original in so many articles


def words(rng: random.Random, count: int) -> str:
    """Made-up text in which rare words are as rare as in real text."""
    return " ".join(rng.choices(WORDS, cum_weights=CUMULATIVE, k=count))


def fresh(rng: random.Random) -> Paragraphs:
    """An article of 150 to 700 words."""
    return [words(rng, rng.randint(30, 100)) for _ in range(rng.randint(5, 7))]


FRAMES = [words(random.Random(number), 18).split(" ") for number in range(40)]


def patterned(rng: random.Random) -> Paragraphs:
    """An article of sentences that many others have too, with one of their words filled in."""
    sentences = []
    for frame in rng.choices(FRAMES, k=rng.randint(14, 30)):
        filled = list(frame)
        filled[rng.randrange(18)] = rng.choice(WORDS)
        sentences.append(" ".join(filled))
    return [" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4)]


def changed(rng: random.Random, text: Paragraphs) -> Paragraphs:
    """The text with 5 % of its words changed."""
    found = [paragraph.split(" ") for paragraph in text]
    places = [(paragraph, at) for paragraph in found for at in range(len(paragraph))]
    for paragraph, at in rng.sample(places, round(len(places) * 0.05)):
        paragraph[at] = rng.choice(WORDS)
    return [" ".join(paragraph) for paragraph in found]


def dropped(rng: random.Random, text: Paragraphs) -> Paragraphs:
    """The text without one paragraph."""
    gone = rng.randrange(len(text))
    return text[:gone] + text[gone + 1 :]


BOILERPLATE = [words(random.Random(-number), 60) for number in range(1, 6)]


def surrounded(rng: random.Random, text: Paragraphs) -> Paragraphs:
    """The text between paragraphs that other articles have too."""
    above, below = rng.sample(BOILERPLATE, 2)
    return [above, *text, below]


def halved(_: random.Random, text: Paragraphs) -> Paragraphs:
    """The first half of the text's words."""
    whole = " ".join(text).split(" ")
    return [" ".join(whole[: len(whole) // 2])]


KINDS: dict[str, Callable[[random.Random, Paragraphs], Paragraphs]] = {
    "verbatim": lambda _, text: text,
    "5 % of words changed": changed,
    "one paragraph dropped": dropped,
    "boilerplate around": surrounded,
    "first half only": halved,
}
MERGED = "two merged"


def planted(count: int, seed: int, *, patterns: bool) -> tuple[list[tuple[str, set[int]]], list[str]]:
    """Articles, each with the numbers of the texts it carries, and the kinds of those that are reposts ('' else)."""
    rng = random.Random(seed)
    make = patterned if patterns else fresh
    articles: list[tuple[str, set[int]]] = []
    kinds: list[str] = []
    while len(articles) < count:
        number = len(articles)
        text = make(rng)
        kind = rng.choice([*KINDS, MERGED]) if rng.random() < 1 / SHARE else ""
        if not kind and rng.random() < 1 / SHARE:
            text = [*text, rng.choice(BOILERPLATE)]  # unrelated articles that share a stock paragraph
        articles.append(("\n\n".join(text), {number}))
        kinds.append("")
        if kind == MERGED:
            other = make(rng)
            articles += [("\n\n".join(other), {number + 1}), ("\n\n".join(text + other), {number, number + 1})]
            kinds += ["", kind]
        elif kind:
            articles.append(("\n\n".join(KINDS[kind](rng, text)), {number}))
            kinds.append(kind)
    return articles, kinds


def page(number: int, body: str) -> Page:
    """A thread of one article."""
    url = f"https://{SITE}/t/{number}"
    title = words(random.Random(f"title {number}"), 8)
    post = Post(
        id=str(number),
        author=Author(id="1", name="Bot"),
        url=f"{url}#p",
        blocks=(Block(label=Label.BODY, text=body),),
        article=Article(title=title, reason="long first post", language="vi"),
    )
    return Page(
        kind=Kind.THREAD, url=url, site=SITE, thread=Thread(id=str(number), url=url, title=title), posts=(post,)
    )


def together(articles: list[tuple[str, set[int]]]) -> list[int]:
    """The true story of each article: those that carry the same text, and what a merger connects."""
    of = list(range(len(articles)))
    for texts in (texts for _, texts in articles if len(texts) > 1):
        low, high = min(texts), max(texts)
        of = [low if of[number] == high else of[number] for number in range(len(of))] if of[high] != low else of
    return [of[min(texts)] for _, texts in articles]


def score(stories: list[int], truth: list[int], articles: list[tuple[str, set[int]]], kinds: list[str]) -> list[str]:
    """The table's rows: of each kind how many, recall and precision."""
    members = defaultdict(list)
    for number, story in enumerate(stories):
        members[story].append(number)
    found, all_of, right, pairs = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for number, kind in enumerate(kinds):
        if kind:
            all_of[kind] += 1
            found[kind] += all(stories[number] == stories[original] for original in articles[number][1])
    for story in members.values():
        here = {kinds[number] for number in story if kinds[number]} or {"none"}
        same = [truth[one] == truth[other] for one, other in combinations(story, 2)]
        for kind in here:
            right[kind] += sum(same)
            pairs[kind] += len(same)
    rows = [f"{'kind':<24}{'reposts':>8}{'recall':>8}{'precision':>11}"]
    for kind in [*KINDS, MERGED]:
        recall, precision = found[kind] / all_of[kind], right[kind] / max(1, pairs[kind])
        rows.append(f"{kind:<24}{all_of[kind]:>8}{recall:>8.3f}{precision:>11.4f}")
    return [*rows, f"pairs of articles in one story that has no repost: {pairs['none']}"]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patterns", action="store_true")
    args = parser.parse_args()
    articles, kinds = planted(args.articles, args.seed, patterns=args.patterns)
    order = random.Random(args.seed).sample(range(len(articles)), len(articles))
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "archive.db") as archive:
        begin = time.process_time()
        for number in order:
            archive.save_page(page(number, articles[number][0]))
        seconds = time.process_time() - begin
        rows = archive.db.execute("SELECT story FROM articles JOIN posts USING (id) ORDER BY CAST(post_id AS INTEGER)")
        stories = [row[0] for row in rows]
        print("\n".join(score(stories, together(articles), articles, kinds)))
        size = "SELECT sum(pgsize) FROM dbstat WHERE name GLOB ?"
        (own,), (whole,) = (archive.db.execute(size, (what,)).fetchone() for what in ("*stor*", "*"))
    print(f"{len(articles) / seconds:,.0f} articles/s saved; stories take {own / whole:.1%} of {whole / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
