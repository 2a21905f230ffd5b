"""Invented articles and replies, the same for the same random generator, no two paragraphs of a thread alike."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from random import Random

MONTHS = ("January", "March", "May", "June", "September", "October")


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """One language's sentences, from `words/*.toml`; `topics` are titles and `paragraphs` are texts by topic."""

    places: list[str]
    people: list[str]
    captions: list[str]
    topics: dict[str, list[str]]
    paragraphs: dict[str, list[str]]
    closings: list[str]
    openers: list[str]
    middles: list[str]
    enders: list[str]
    lists: list[str]
    readon: list[str]
    spoiler: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """An article of a news site: what a feed bot reposts."""

    title: str
    topic: str
    paragraphs: tuple[str, ...]
    caption: str
    photo: str


def load(language: str) -> Words:
    """The sentences of a language."""
    text = (files("crawler.demo") / "words" / f"{language}.toml").read_text(encoding="utf-8")
    return Words(**tomllib.loads(text))


WORDS = {language: load(language) for language in ("vi", "en")}


def facts(rng: Random, language: str) -> dict[str, object]:
    """Names and numbers for one sentence's braces."""
    words = WORDS[language]
    place, place2 = rng.sample(words.places, 2)
    date = rng.randint(1, 28)
    whole, tenth = rng.randint(3, 96), rng.randint(1, 9)
    return {
        "place": place,
        "place2": place2,
        "person": rng.choice(words.people),
        "n": rng.randint(120, 985),
        "m": rng.randint(3, 19),
        "percent": f"{whole},{tenth}" if language == "vi" else f"{whole}.{tenth}",
        "year": rng.randint(2009, 2023),
        "money": rng.randint(21, 960),
        "day": f"{date}/{rng.randint(1, 12)}" if language == "vi" else f"{date} {rng.choice(MONTHS)}",
    }


def story(rng: Random, language: str) -> Story:
    """An article: its paragraphs keep to one place, the other facts differ."""
    words = WORDS[language]
    topic = rng.choice(sorted(words.topics))
    home = facts(rng, language)["place"]

    def say(sentence: str) -> str:
        known = facts(rng, language)
        if known["place2"] == home:
            known["place2"] = known["place"]
        return sentence.format(**{**known, "place": home})

    body = rng.sample(words.paragraphs[topic], rng.randint(4, len(words.paragraphs[topic])))
    return Story(
        title=say(rng.choice(words.topics[topic])),
        topic=topic,
        paragraphs=(*map(say, body), say(rng.choice(words.closings))),
        caption=say(rng.choice(words.captions)),
        photo=f"https://anh.example/{topic}/{rng.randint(1000, 9999)}.jpg",
    )


def reply(rng: Random, language: str) -> list[str]:
    """What a member says: three sentences in one or two paragraphs."""
    words = WORDS[language]
    opening, *rest = [
        rng.choice(pool).format(**facts(rng, language)) for pool in (words.openers, words.middles, words.enders)
    ]
    two = rng.random() < 0.4  # noqa: PLR2004 # two replies of five
    return [opening, " ".join(rest)] if two else [" ".join([opening, *rest])]
