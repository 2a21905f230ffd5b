"""A post's parts as the markup that XenForo 2 makes of BB code."""

from base64 import b64encode
from html import escape
from urllib.parse import quote

from crawler.demo.content import Part

BREAK = "<br />\n"
INLINE = frozenset({"text", "lead", "photo", "readon", "goto"})  # the others are blocks: no line break around them

LINK = '<a href="{href}" target="_blank" class="link link--{kind}" rel="nofollow ugc noopener">{words}</a>'
PHOTO = (
    '<div class="bbImageWrapper  js-lbImage" title="{name}" data-src="{src}" data-single-image="1">\n'
    '\t\t<img src="{src}" data-url="{src}" class="bbImage" data-zoom-target="1" style="" alt="{name}" '
    'title="{name}" width="" height="" loading="lazy" />\n\t</div>'
)
QUOTE = """<blockquote data-attributes="member: 1" data-quote="{name}" data-source="post: {id}"
	class="bbCodeBlock bbCodeBlock--expandable bbCodeBlock--quote js-expandWatch">
		<div class="bbCodeBlock-title">
				<a href="/goto/post?id={id}"
					class="bbCodeBlock-sourceJump"
					rel="nofollow"
					data-xf-click="attribution"
					data-content-selector="#post-{id}">{name} said:</a>
		</div>
	<div class="bbCodeBlock-content">
		<div class="bbCodeBlock-expandContent js-expandContent ">
			{text}
		</div>
		<div class="bbCodeBlock-expandLink js-expandLink"><a role="button" tabindex="0">Click to expand...</a></div>
	</div>
</blockquote>"""
CODE = """<div class="bbCodeBlock bbCodeBlock--screenLimited bbCodeBlock--code">
	<div class="bbCodeBlock-title">
		Code:
	</div>
	<div class="bbCodeBlock-content" dir="ltr">
		<pre class="bbCodeCode" dir="ltr" data-xf-init="code-block" data-lang=""><code>{text}</code></pre>
	</div>
</div>"""
SPOILER = """<div class="bbCodeSpoiler">
	<button type="button" class="bbCodeSpoiler-button button--longText button" data-xf-click="toggle" \
data-xf-init="tooltip" title="Click to reveal or hide spoiler"><span class="button-text">
		<span>Spoiler</span>
	</span></button>
	<div class="bbCodeSpoiler-content">
		<div class="bbCodeBlock bbCodeBlock--spoiler">
			<div class="bbCodeBlock-content">{text}</div>
		</div>
	</div>
</div>"""

FRAMES = {  # kinds that only put something around the text
    "text": "{text}",
    "lead": "<b>{text}</b>",
    "heading": '<h3 class="bbHeading"><a class="u-anchorTarget" name="-{text}"></a>{text}</h3>',
    "code": CODE,
    "spoiler": SPOILER,
}


def lines(text: str) -> str:
    """Plain text, escaped, with XenForo's line breaks."""
    return escape(text).replace("\n", BREAK)


def confirmation(url: str) -> str:
    """The redirector that an add-on puts before an external link: the address in base64."""
    return "/goto/link-confirmation?url=" + quote(b64encode(url.encode()).decode(), safe="")


def markup(part: Part) -> str:
    """One part as HTML."""
    text = lines(part.text)
    match part.kind:
        case "photo":
            html = PHOTO.format(src=escape(part.extra), name=escape(part.extra.rpartition("/")[2])) + BREAK + text
        case "list":
            items = "".join(f'<li data-xf-list-type="ul">{escape(item)}</li>\n' for item in part.text.split("\n"))
            html = f"<ul>\n{items}</ul>"
        case "quote":
            name, _, post_id = part.extra.partition("|")
            html = QUOTE.format(name=escape(name), id=post_id, text=text)
        case "readon":
            html = LINK.format(href=escape(part.extra), kind="external", words=text)
        case "goto":
            html = LINK.format(href=escape(confirmation(part.extra)), kind="internal", words=text)
        case "text" if part.extra:
            html = linked(part)
        case kind:
            html = FRAMES[kind].format(text=escape(part.text) if kind == "code" else text)
    return html


def linked(part: Part) -> str:
    """A paragraph whose first word is a link: a link in the text, not where the text comes from."""
    head, gap, rest = part.text.partition(" ")
    return LINK.format(href=escape(part.extra), kind="external", words=escape(head)) + gap + lines(rest)


def body(parts: list[Part]) -> str:
    """A post's body: an empty line between paragraphs, nothing around blocks."""
    pieces: list[str] = []
    for number, part in enumerate(parts):
        if number and part.kind in INLINE and parts[number - 1].kind in INLINE:
            pieces.append(BREAK + BREAK)
        pieces.append(markup(part))
    return "".join(pieces)
