"""Posts that a page describes in the words of schema.org, as JSON-LD, microdata or RDFa (https://schema.org/Comment)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

from lxml import etree

from crawler.reading import content
from crawler.reading.select import every, words

_TYPES = frozenset(("DiscussionForumPosting", "SocialMediaPosting", "Comment", "UserComments", "Question", "Answer"))
_TEXTS = ("text", "articleBody", "commentText")
_DATES = ("datePublished", "dateCreated", "commentTime", "dateModified")
_INNER = ("mainEntity", "comment", "acceptedAnswer", "suggestedAnswer", "hasPart", "@graph", "itemListElement", "item")
_MARKUP = re.compile(r"<(?:p|br|div|a|ul|blockquote|img)\b", re.IGNORECASE)
_NAME = 60  # characters
_DEPTH = 40  # of comments inside comments


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A post as described: its text as an element of the page or a new one; a date for machines or people."""

    body: Any
    author: str = ""
    date: str = ""
    url: str = ""
    id: str = ""


def read(tree: Any) -> list[Told]:
    """The posts that the page describes, from the form that holds the most text."""
    return max(
        list(_described(tree)), list(_marked(tree)), key=lambda posts: sum(len(words(post.body)) for post in posts)
    )


def _described(tree: Any) -> Iterator[Told]:
    """From JSON-LD, outer posts before the comments inside them."""
    seen = set()
    for script in every(tree, "script[type='application/ld+json']"):
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):  # templates leave commas behind
            continue
        for node in _nodes(data, _DEPTH):
            text = next((value for name in _TEXTS if isinstance(value := node.get(name), str) and value.strip()), "")
            if text and text not in seen:
                seen.add(text)
                yield Told(
                    body=_element(text),
                    author=_name(node.get("author")),
                    date=next((value for name in _DATES if isinstance(value := node.get(name), str)), ""),
                    url=_url(node),
                )


def _nodes(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(data, list):
        for part in data:
            yield from _nodes(part, depth)
    elif isinstance(data, dict) and depth:
        types = data.get("@type")
        if _TYPES.intersection(types if isinstance(types, list) else [types] if isinstance(types, str) else []):
            yield data
        for name in _INNER:
            yield from _nodes(data.get(name), depth - 1)


def _name(author: Any) -> str:
    author = author[0] if isinstance(author, list) and author else author
    name = author.get("name") if isinstance(author, dict) else author
    return words(name) if isinstance(name, str) else ""


def _url(node: dict[str, Any]) -> str:
    return next((value for name in ("url", "@id") if isinstance(value := node.get(name), str)), "")


def _element(text: str) -> Any:
    if not _MARKUP.search(text) and _MARKUP.search(unescape(text)):  # escaped twice
        text = unescape(text)
    if not _MARKUP.search(text):
        text = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    return content.fragment(text)


@dataclass(slots=True)
class _Item:
    """What is marked as a thing, and the elements with its properties."""

    node: Any
    type: str
    prop: str
    props: dict[str, Any] = field(default_factory=dict)


def _marked(tree: Any) -> Iterator[Told]:
    """From microdata and RDFa: a property belongs to the nearest thing around it."""
    for item in _items(tree):
        props = item.props
        body = next((props[name] for name in _TEXTS if name in props and props[name].tag != "meta"), None)
        if body is not None and _TYPES.intersection(re.findall(r"\w+", item.type)):
            yield Told(
                body=body,
                author=_shown_name(props.get("author")),
                date=next((_value(props[name]) for name in _DATES if name in props), ""),
                url=_value(props.get("url")),
                id=item.node.get("id") or "",
            )


def _items(tree: Any) -> list[_Item]:
    found: list[_Item] = []
    around: list[_Item] = []
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            if around and around[-1].node is node:
                around.pop()
            continue
        prop = (node.get("itemprop") or node.get("property") or "").rpartition(":")[2]
        if prop and around:
            around[-1].props.setdefault(prop, node)
            if prop == "name" and around[-1].prop in ("author", "creator") and len(around) > 1:
                around[-2].props["author"] = node
        if "itemscope" in node.attrib or "typeof" in node.attrib:
            item = _Item(node, f"{node.get('itemtype')} {node.get('typeof')}", prop)
            around.append(item)
            found.append(item)
    return found


def _shown_name(node: Any) -> str:
    """An author's name; some mark the whole card as the author, without saying which part is the name."""
    shown = [words(link) for link in every(node, "a")] if node is not None and len(node) else []
    whole = _value(node)
    return (
        whole if len(whole) <= _NAME and not shown else next((name for name in shown if len(name) > 1), whole)[:_NAME]
    )


def _value(node: Any) -> str:
    if node is None:
        return ""
    return words(node.get("content") or node.get("datetime") or node.get("href") or node)
