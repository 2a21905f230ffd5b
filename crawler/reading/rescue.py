"""The second parse: where lxml's tree has lost posts that the bytes hold, beautifulsoup4 builds the same kind of tree.

For libxml2 an unclosed comment or textarea swallows the rest of the page, the end of another page inside a post ends
this one, and depth has a limit. Python's own HTML parser goes on.
"""

import re
from typing import Any

from lxml import etree

_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)  # a page ends where its bytes end


def has_lost(mark: bytes, body: bytes, posts: int) -> bool:
    """Whether the bytes hold more posts than were read; `mark` is what stands before the id of each."""
    if not mark or body.count(mark) <= posts:
        return False
    # counted again, the slow way: each id once, as some skins name their posts in several places
    ids = re.findall(re.escape(mark) + rb"([\w-]+)", body)
    return not ids or len(set(ids)) > posts


def soup_tree(text: str) -> Any:
    """`text` as an lxml tree, built from beautifulsoup4's. At any nesting depth, in linear time."""
    from bs4 import BeautifulSoup, NavigableString, Tag  # few pages need it; it costs 30 ms to import
    from bs4.element import PreformattedString

    root = etree.Element("html")
    text = _END.sub("", text)
    made: dict[int, Any] = {}
    for node in BeautifulSoup(text, "html.parser").descendants:
        parent = made.get(id(node.parent), root)
        if isinstance(node, Tag):
            # one html element, whatever the page has of them
            made[id(node)] = _dressed(root, node) if node.name == "html" else _element(parent, node)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            _append(parent, str(node))
    return root


def _element(parent: Any, tag: Any) -> Any:
    try:
        element = etree.SubElement(parent, tag.name)
    except ValueError:  # "<o:p>" or "<3": no name that lxml takes
        element = etree.SubElement(parent, "span")
    return _dressed(element, tag)


def _dressed(element: Any, tag: Any) -> Any:
    """The element with the tag's attributes."""
    for name, value in tag.attrs.items():
        try:
            element.set(name, _legal(" ".join(value) if isinstance(value, list) else value or ""))
        except ValueError:  # '<a "=">': no name of an attribute
            continue
    return element


def _append(parent: Any, text: str) -> None:
    text = _legal(text)
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _legal(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
