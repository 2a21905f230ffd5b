"""The words by which pages of any software say what a piece of text is: classes, addresses, forms of dates."""

import re
from functools import lru_cache

LINK, QUOTE, CHROME, DATE, AUTHOR, TIME = 1, 2, 4, 8, 16, 32
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# The last word of a class says what the thing is ("user-info", "post-actions"); these first words say it, too.
_CHROME = re.compile(
    r"(?:^|\s)(?:(?!has|no|with|is|js)\w*[_-])*(?:nav\w*|menu\w*|breadcrumbs?|sidebar\w*|footer\w*|toolbar|pagination|pager"
    r"|pages|share|sharing|social|related|similar|recommend\w*|advert\w*|ads?|promo\w*|banner|cookies?|newsletter|login|signup"
    r"|signin|register|search\w*|widgets?|buttons?|btn|actions?|controls?|\w*signatures?|sig|tags?|votes?|voting|badges?"
    r"|avatar|reputation|rank|\w*profile|meta|stats|statistics|info|userinfo|tooltip|dropdown|modal|popup|copyright"
    r"|screen-reader-text|sr-only|hidden|links|side)(?=\s|$)"
    r"|(?:^|\s)(?:nav|menu|sidebar|footer|breadcrumbs?|pagination|pagenav|share|social)[_-]",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:\w*author|(?:lj)?user|\w*users?-?name|poster|post-?name|nick(?:name)?|member|byline|commenter|handle|creator|name)(?=\s|$)",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"/(?:members?|users?|profiles?|people|persons?|authors?|u|participants?|gebruikers?|benutzer|utilisateurs?|usuarios?)/[^/?#]"
    r"|/(?:user|member|profile|space-(?:uid|username))[-.]\w|/@\w|/~\w|[?&;](?:u|uid|user|user_?id|userid|username|author|member)="
    r"|action=(?:view)?profile|showuser=|(?:^|/)(?:member|profile|memberlist|user|userinfo)(?:\.\w+)?\?",
    re.IGNORECASE,
)
# "forum-name", "topic-title-link": nobody's name, and no button
_TITLE = re.compile(
    r"(?:^|\s)(?:forum|topic|thread|board|subforum|discussion|category)[_-]*(?:name|title|subject|link)(?:[_-]*link)?(?=\s|$)",
    re.IGNORECASE,
)
# "comment-user-info" around a whole comment: what is inside says that it is its text.
_TEXT = re.compile(
    r"(?:^|\s)(?:comment|post|message|msg|reply|answer|entry)[_-]?(?:content|body|text|detail)(?=\s|$)", re.IGNORECASE
)
_CARD = re.compile(
    r"(?:^|\s)(?:(?:comment|post|message|reply|answer)[\w-]*(?:info|meta|profile)|(?:forum|topic|thread|board)[_-]?info)(?=\s|$)",
    re.IGNORECASE,
)
_DEED = re.compile(
    r"find|search|private|login|register|logout|report|send|message|mail|compose|do=add|edit|feed", re.IGNORECASE
)
_QUOTE = re.compile(r"(?:^|[\s_-])(?:quote|quoted|citation|quotebox|blockquote)(?=\s|$)", re.IGNORECASE)
_TIME = re.compile(
    r"(?:^|[\s_-])(?:(?:post|create|publish)?(?:ed)?date(?:line)?|(?:date|post|created)?time(?:stamp|ago)?|ago|age|published|created(?:-at)?)"
    r"(?=\s|$)",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\d+\s?\w{0,8}\s(?:ago|trước|назад|temu|geleden|siden|sedan|önce|atrás|fa|lalu)$|\d\s?(?:年|个月|ヶ月|天|日|小时|時間|分钟|分|秒)钟?前"
    r"|^(?:vor|il y a|hace|há)\s\d|^(?:an?|one|last)\s\w+\sago$",
    re.IGNORECASE,
)
_SHAPE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d")
_REPLY = re.compile(r"^(?:re|aw|sv|ynt|odp|ответ|trả lời|回复|回覆)\s?[:：]\s*", re.IGNORECASE)


@lru_cache(maxsize=4096)  # a page repeats its classes
def meaning(classes: str) -> int:
    """What a class attribute says of the text inside: any of QUOTE, CHROME, AUTHOR and TIME (perhaps a date)."""
    words = _TITLE.sub(" ", _HUMP.sub("-", classes))
    kinds = (_CHROME, CHROME), (_AUTHOR, AUTHOR), (_QUOTE, QUOTE), (_TIME, TIME)
    return sum(kind for pattern, kind in kinds if pattern.search(words))


@lru_cache(maxsize=4096)
def is_text(classes: str) -> bool:
    """Whether a class attribute says that the element is the text of a post."""
    return bool(_TEXT.search(classes))


@lru_cache(maxsize=4096)
def is_title(classes: str) -> bool:
    """Whether a class attribute says that the element is the title of a thread or board."""
    return bool(_TITLE.search(classes))


def is_card(classes: str) -> bool:
    """Whether a class attribute says that the element tells of a post or its author."""
    return bool(_CARD.search(classes))


def is_profile(href: str) -> bool:
    """Whether a link leads to a member's page, and not to what can be done with a member."""
    return _PROFILE.search(href) is not None and not _DEED.search(href)


def looks_dated(text: str) -> bool:
    """Whether a short text has the form of a date, though it may name no moment ("2 months ago", 05/06/2024)."""
    return bool(_SHAPE.search(text) or _AGO.search(text))


def is_iso(text: str | None) -> bool:
    """Whether an attribute holds a moment for machines."""
    return bool(text and _ISO.match(text))


def subject(text: str) -> str:
    """A title without "Re:", to be compared."""
    return _REPLY.sub("", text).casefold()


def length(text: str) -> int:
    """Characters; one of Chinese, Japanese or Korean says as much as three letters."""
    return len(text) if text.isascii() else len(text) + 2 * len(_DENSE.findall(text))
