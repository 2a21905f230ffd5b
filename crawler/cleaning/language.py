"""The language of a text, from its letters and its most frequent words: small, offline, the same answer every time."""

import re
from collections import Counter
from functools import cache

_SAMPLE = 1500  # characters that are looked at
_ENOUGH = 8  # letters of a script, or hits of frequent words
_WORD = re.compile(r"[^\W\d_]+")
_CHINESE = ("这国说个们时为会来对发经现关东无电书车门见长马", "這國說個們時為會來對發經現關東無電書車門見長馬")
# Some of the most frequent words of each language, lower case; shared ones count for each.
_FREQUENT = {
    "vi": "của và là các có được cho trong không những một người với đã này khi để đến từ về theo tại năm trên cũng",
    "en": "the of and to in is that for it with as was on be by this are from at have not or an but which they you has",
    "de": "der die und das den von zu mit ist des im nicht ein eine auch auf für sich dem als werden wird aus nach",
    "fr": "le la les des et est une que qui dans pour pas sur au avec par plus sont ce cette du il ne nous vous été",
    "es": "el la los de que y en las un por con para una del se es al lo como más pero sus este fue ha también muy",
    "pt": "de que não do da em um para com uma os no se na por mais as dos como mas foi ao das são também pelo pela",
    "it": "di che è e la il un non per una in sono con del della si da le dei ma anche alla nel più questo come",
    "nl": "de het een van en in is dat niet te op voor met zijn aan er die ook maar om bij naar door worden deze wordt",
    "pl": "w i na z się nie do to że jest o jak po co od przez dla tego są oraz za ale który roku tym był już może",
    "tr": "ve bir bu da için de ile çok olarak daha olan gibi ne var sonra kadar ancak değil göre olduğu ise her en mi",
    "cs": "a se na je v že to s z do o i za ve by ale jako jsou po od který k podle byl jsem také bude pro než však",
    "id": "yang dan di ini untuk dengan dari tidak pada dalam adalah akan itu juga ke saya ada bisa oleh karena",
    "ru": "и в не на что с по это как к из за от для его но он так мы же все было у бы только еще или уже если при",
    "uk": "і в не на що з за до у та як це від по для про його але він є був було також які який буде щоб або вже якщо",
}
_SCRIPTS = {  # first and last letter of a block of Unicode
    "latin": ("A", "\u024f"),
    "vietnamese": ("\u1ea0", "\u1ef9"),
    "greek": ("\u0370", "\u03ff"),
    "cyrillic": ("\u0400", "\u04ff"),
    "ar": ("\u0600", "\u06ff"),
    "hi": ("\u0900", "\u097f"),
    "th": ("\u0e00", "\u0e7f"),
    "kana": ("\u3040", "\u30ff"),
    "han": ("\u4e00", "\u9fff"),
    "ko": ("\uac00", "\ud7af"),
}
_PERSIAN = "پچژگٹڈڑےہ"  # Persian and Urdu letters that Arabic lacks


def language_of(text: str) -> str | None:
    """The language as a code, or None: unsure. "zh-CN" is Chinese in simplified letters, "zh-TW" in traditional."""
    sample = text[:_SAMPLE].lower()
    letters = Counter(sample)
    scripts = Counter[str]()
    for letter, count in letters.items():
        script = _script(letter)
        if script:
            scripts[script] += count
    if scripts["kana"] * 8 > scripts["han"]:
        scripts["kana"] += scripts.pop("han", 0)
    vietnamese = scripts.pop("vietnamese", 0)
    scripts["latin"] += vietnamese
    script, count = scripts.most_common(1)[0]
    if count < _ENOUGH:
        return None
    if script in {"latin", "cyrillic"}:
        return "vi" if vietnamese * 20 > count else _by_words(sample)
    return _by_letters(script, letters, count)


def _by_letters(script: str, letters: Counter[str], count: int) -> str | None:
    """The language of a script that one language has, or two that differ in some letters."""
    if script == "han":
        simple, traditional = (sum(letters[letter] for letter in kind) for kind in _CHINESE)
        return "zh-TW" if traditional > simple else "zh-CN"
    if script == "ar" and sum(letters[letter] for letter in _PERSIAN) * 50 >= count:
        return None
    return {"kana": "ja"}.get(script, script if len(script) == len("ko") else None)


@cache
def _script(letter: str) -> str | None:
    if not letter.isalpha():
        return None
    return next((name for name, (first, last) in _SCRIPTS.items() if first <= letter <= last), None)


@cache
def _languages() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, words in _FREQUENT.items():
        for word in words.split():
            found[word] = (*found.get(word, ()), language)
    return found


def _by_words(sample: str) -> str | None:
    """The language of which the text has most frequent words: at least one word in twelve, and more than the next."""
    words = _WORD.findall(sample)
    table = _languages()
    hits = Counter[str]()
    for word, count in Counter(words).items():
        for language in table.get(word, ()):
            hits[language] += count
    best = hits.most_common(2)
    if not best or best[0][1] < max(2, len(words) / 12) or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]
