"""What the class names of the forum softwares say about the text inside: one table for all of them.

A token names one CSS class. Labels that look alike on two softwares share a line; a site's own tokens
(`Page.containers`) win over this table. Sources: the softwares' stock templates and saved pages of each.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from archive.records import Label

HIDDEN = "hidden"  # not drawn on the screen, so no part of the text
_MEANINGS = frozenset({HIDDEN, *Label})

_TOKENS: dict[str, str] = {
    Label.BODY: "postcontent messageText postbody post-content bbWrapper",  # a text's own frame, on any tag
    Label.QUOTE: """
        bbCodeBlock--quote bbCodeQuote bbcode_quote bbc_standard_quote bbc_alternate_quote mycode_quote quotebox
        quoteBox woltlab-quote ipsQuote ipsBlockquote quotetop quotemain citation bbc-block quoteheader quote Quote
        UserQuote QuoteText wpforo-quote quoted quotetitle quotecontent""",
    Label.SPOILER: """
        bbCodeBlock--spoiler bbCodeSpoiler bbCodeSpoiler-content bbCodeSpoilerContainer bbCodeSpoilerText spoiler
        Spoiler UserSpoiler bbc_spoiler ipsSpoiler spoilerbox spoilerBox spoiler_body spoiler-body spoiler-content
        sp-wrap sp-body spoiler-wrap""",
    Label.CODE: """
        bbCodeBlock--code bbCodeCode bbCodePHP bbCodeHtml codebox codeblock blockcode bbcode_code bbc_code ipsCode
        codeBox CodeRay t_msgfont_code code""",
    Label.CAPTION: "wp-caption-text caption-text ipsImage_caption image-caption",
    Label.SOURCE: """
        bbCodeBlock--unfurl onebox unfurl ipsRichEmbed ipsEmbeddedOther link-preview js-embedContent-link
        companion-link""",
    Label.SIGNATURE: """
        message-signature signature messageSignature postsignature ipsSignature UserSignature Signature sign
        signatures wpforo-post-signature bbp-signature sigblock signaturecontainer""",
    Label.EDIT: """
        message-lastEdit editDate lastedited postedit edited_post post_edit modified pstatus notice
        bbp-reply-revision-log bbp-topic-revision-log messageFooterNote ipsType_light wpf-edited updated-message""",
    Label.ATTACHMENT: """
        message-attachments attachedFiles attachbox inline-attachment attachments attachment postattachments attached
        ipsAttachLink pattl attnm file-preview attachmentList""",
    Label.REACTION: """
        reactionsBar likesSummary LikeText ThankedByBox Reactions post_thanks_box thanks-list postreact smflikes
        ipsReact ipsReactOverview ipsLikeBar post-likes PostReactions""",
    Label.GATE: "bbCodeBlock--hide messageHide messageHide--reply bbCodeHide hidebox showhide locked hide-content",
    Label.NOTICE: "bbp-template-notice messageNotice messageNotices message--deletedNotice moderatorMessage",
    Label.SIMILAR: "suggested-topics similar-threads similar_threads js-relatedThreads",
    Label.BUTTON: """
        bbCodeBlock-title bbCodeBlock-expandLink bbCodeBlock-shrinkLink bbCodeSpoiler-button bbCodeSpoilerButton
        bbCodeSpoiler-button-title quoteExpand codeheader bbcode_description spoiler_header spoiler-head sp-head
        copy-code-button codeblock-button-wrapper quote-controls ipsQuote_contents-toggle ipsSpoiler_header
        js-spoilerButton spoilerBoxHeader codebox-header xemtiep-frame""",
    HIDDEN: """
        u-srOnly u-hidden sr-only screen-reader-text visually-hidden ipsHide ipsHidden jammer accessibility-hidden
        js-hidden""",
}
LABELS: dict[str, str] = {token: label for label, tokens in _TOKENS.items() for token in tokens.split()}
Role = tuple[Label | None, str]  # what is inside (None: it is hidden) and the token that decided
# A class that counts only on these tags: elsewhere it is a layout or a typographic class of the same name.
_ONLY_ON: dict[str, frozenset[str]] = {
    "quote": frozenset({"div", "td", "aside", "blockquote", "dl", "section"}),
    "code": frozenset({"div", "td"}),
    "ipsType_light": frozenset({"span"}),
    "sign": frozenset({"div", "td"}),
    "notice": frozenset({"div"}),
    "locked": frozenset({"div"}),
    "modified": frozenset({"div", "span", "em"}),
    "signature": frozenset({"div", "td", "span", "section", "aside", "dd", "p"}),
}
# A site's own class for quotes: "post-quote", "quoteBlock"; but "quote-button" is one.
_QUOTE_TAGS = frozenset({"div", "blockquote", "aside", "section", "table", "fieldset", "figure"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_QUOTE_WORDS = frozenset({"quote", "quoted", "quotes", "bbquote", "blockquote", "quotebox", "quotation"})
_BESIDE = re.compile(
    "no|not|multi|has|with|buttons?|btn|links?|icon|actions?|controls?|toggle|count|form|reply|tooltip|menu|select|popup"
)
CODE_TITLES = frozenset({"title", "type", "dt", "p"})  # inside a code box: its heading ("Code: Select all")
QUOTE_HEADS = frozenset({"citation", "quoteheader", "quotetop", "quotetitle", "cite"})
_MEMO_LIMIT = 4096


def _labels(meanings: Mapping[str, str]) -> dict[str, Label | None]:
    return {token: None if label == HIDDEN else Label(label) for token, label in meanings.items()}


_GENERAL = _labels(LABELS)


class Markup:
    """Says what a class attribute means; answers are remembered, for pages repeat theirs."""

    __slots__ = ("_memo", "_own")

    def __init__(self, containers: Mapping[str, str]) -> None:
        self._own = _labels({token: label for token, label in containers.items() if label in _MEANINGS})
        self._memo: dict[tuple[str, str], Role | None] = {}

    def read(self, tag: str, classes: str) -> Role | None:
        """What a tag with that class attribute holds; None: they say nothing."""
        key = (tag, classes)
        try:
            return self._memo[key]
        except KeyError:
            if len(self._memo) > _MEMO_LIMIT:  # ids inside class names make them endless
                self._memo.clear()
            found = self._memo[key] = self._search(tag, classes)
            return found

    def _search(self, tag: str, classes: str) -> Role | None:
        tokens = classes.split()
        for token in tokens:
            if token in self._own:
                return self._own[token], token
        for token in tokens:
            if token in _GENERAL and tag in _ONLY_ON.get(token, (tag,)):
                return _GENERAL[token], token
        if tag in _QUOTE_TAGS and "quote" in classes.lower():
            return next(((Label.QUOTE, token) for token in tokens if _is_quote(token)), None)
        return None


def _is_quote(token: str) -> bool:
    words = [word.lower() for word in _WORD.findall(token)]
    return bool(words) and not {words[0], words[-1]}.isdisjoint(_QUOTE_WORDS) and not any(map(_BESIDE.fullmatch, words))


@lru_cache(maxsize=64)
def _cached(containers: tuple[tuple[str, str], ...]) -> Markup:
    return Markup(dict(containers))


def markup_of(containers: Mapping[str, str]) -> Markup:
    """The table of a software: the general one with its own tokens on top."""
    return _cached(tuple(sorted(containers.items())))
