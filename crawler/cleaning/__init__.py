"""Posts -> labelled blocks: what is the writer's own, what was put around it, and where the text came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from unicodedata import normalize

from lxml.etree import tostring

from archive.records import OWN, Block, Label, Page, Post, Source
from crawler.cleaning.articles import article_of
from crawler.cleaning.blocks import Piece, pieces_of_tree
from crawler.cleaning.flat import Card, pieces_of_text
from crawler.cleaning.flatpage import buttons_of_posts, posts_of
from crawler.cleaning.furniture import quoted, subject
from crawler.cleaning.habits import Edge, label_habits
from crawler.cleaning.markup import Markup, markup_of
from crawler.cleaning.redirectors import host_of, unwrap
from crawler.cleaning.rules import RULES
from crawler.cleaning.sources import find_source, title_links

__all__ = ["Card", "Cleaned", "clean", "clean_page", "host_of", "unwrap"]

_NOTHING: Mapping[str, str] = {}
_NO_HABITS: Mapping[Edge, str] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned:
    """A post in labelled blocks. `title`, `author`, `card` and `posts` are found in flattened pages only.

    `posts` are the posts of a page that holds several; its blocks are those of all of them, its card the first's.
    """

    blocks: tuple[Block, ...]
    source: Source | None = None
    title: str | None = None
    author: str | None = None
    card: Card = field(default_factory=Card)
    posts: "tuple[Cleaned, ...]" = ()

    @property
    def text(self) -> str:
        """The own words: the body-labelled blocks, a blank line between."""
        return "\n\n".join(self.body)

    @property
    def body(self) -> list[str]:
        """The same as a list of paragraphs."""
        return [block.text for block in self.blocks if block.label in OWN]

    @property
    def removed(self) -> list[tuple[str, str]]:
        """Every other block as (label, text), in page order."""
        return [(block.label.value, block.text) for block in self.blocks if block.label not in OWN]


def clean(body: Any, *, url: str = "", containers: Mapping[str, str] = _NOTHING) -> Cleaned:
    """Label every word of a post.

    Args:
        body: the lxml element of an HTML post, or flattened text (one post or a page around it).
        url: where the post stands; relative links are read against it.
        containers: class tokens of the site's markup and the labels of the text inside; they win over the general ones.
    """
    if isinstance(body, str):
        return _clean_text(body, url)
    (pieces,) = _ruled([pieces_of_tree(body, markup_of(containers))])
    return Cleaned(blocks=_blocks(pieces), source=find_source(pieces, url))


def _clean_text(text: str, url: str) -> Cleaned:
    lines = normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    head, parts = posts_of(lines)
    posts: list[Cleaned] = []
    blocks: list[Block] = []
    if head.rest:
        blocks.append(Block(label=Label.CARD, text=head.rest, rule="letter in place of a picture"))
    texts = [pieces_of_text(lines[part.first : part.last]) for part in parts]
    for part, pieces in zip(parts, _ruled(buttons_of_posts(texts)), strict=True):
        source = find_source(pieces, url)
        posts.append(Cleaned(blocks=_blocks(pieces), source=source, author=part.author, card=part.card))
        if part.shown:
            blocks.append(Block(label=Label.CARD, text=part.shown, rule="author card above a post"))
        blocks += posts[-1].blocks
    first = posts[0]
    several = tuple(posts) if len(posts) > 1 else ()
    return Cleaned(
        blocks=tuple(blocks), source=first.source, title=head.title, author=first.author, card=first.card, posts=several
    )


def clean_page(page: Page, *, habits: Mapping[Edge, str] = _NO_HABITS) -> Page:
    """Clean every post of a page that was read: blocks, source and article are filled in, the tree becomes `html`.

    `habits` are lines to label at the edges of its posts, with what to say of each.
    """
    markup = markup_of(page.containers)
    trees = [at for at, post in enumerate(page.posts) if post.body is not None and not isinstance(post.body, str)]
    pieces = dict(zip(trees, _ruled([_pieces(page, at, markup) for at in trees]), strict=True))
    posts = tuple(_clean_post(page, at, pieces.get(at), habits) for at in range(len(page.posts)))
    return replace(page, posts=posts)


def _pieces(page: Page, at: int, markup: Markup) -> list[Piece]:
    """The pieces of a post's tree, without the title of its thread."""
    post, title = page.posts[at], page.thread.title if page.thread else ""
    pieces = pieces_of_tree(post.body, markup)
    if page.thread and _opens(page, at):
        return title_links(quoted(pieces), title, post.url or page.url)
    return subject(pieces, title)


def _opens(page: Page, at: int) -> bool:
    """Whether the post opens its thread."""
    position = page.posts[at].position
    return position == 1 or (position is None and page.page == 1 and at == 0)


def _ruled(posts: list[list[Piece]]) -> list[list[Piece]]:
    # A rule goes over all posts before the next does: what runs it stays in the processor's cache, a tenth faster.
    for rule in RULES:
        posts = [rule(pieces) for pieces in posts]
    return posts


def _clean_post(page: Page, at: int, pieces: list[Piece] | None, habits: Mapping[Edge, str]) -> Post:
    """`pieces`: of a post that is a tree, ruled."""
    post = page.posts[at]
    body, url = post.body, post.url or page.url
    if body is None:
        return post
    if pieces is None:
        cleaned, html = _clean_text(body, url), post.html
    else:
        cleaned = Cleaned(blocks=_blocks(pieces), source=find_source(pieces, url))
        html = tostring(body, encoding="unicode", method="html", with_tail=False)
    blocks = label_habits(cleaned.blocks, habits) if habits else cleaned.blocks
    article = None
    if not post.deleted:
        article = article_of(blocks, cleaned.source, page.thread, first=_opens(page, at), author=post.author)
    return replace(post, body=None, html=html, blocks=blocks, source=cleaned.source, article=article)


def _blocks(pieces: list[Piece]) -> tuple[Block, ...]:
    return tuple(Block(label=piece.label, text=piece.text, rule=piece.rule) for piece in pieces)
