"""Members who log in: XenForo's form with its token, the session cookie, and pages as a member sees them."""

from dataclasses import dataclass
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from crawler.demo.content import Forum
from crawler.demo.shell import error_page, login_page

TOKEN = "1719792000,0123456789abcdef0123456789abcdef"  # noqa: S105 # what the templates hold; each visitor gets another
VISITOR, SESSION = "xf_csrf", "xf_session"


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """Who asks: the cookie that the token is made from, and whether a member is logged in."""

    key: str = ""
    member: bool = False

    @property
    def token(self) -> str:
        """What a form of this visitor must send back."""
        return f"1719792000,{sha256(self.key.encode()).hexdigest()[:32]}"


def visitor(forum: Forum, header: str | None) -> Visitor:
    """Who the cookies say that it is."""
    try:
        cookies = SimpleCookie(header or "")
    except CookieError:
        cookies = SimpleCookie()
    values = {name: each.value for name, each in cookies.items()}
    return Visitor(key=values.get(VISITOR, ""), member=forum.knows(values.get(SESSION)))


def seen_by(who: Visitor, page: str) -> str:
    """The page with this visitor's token, and marked as a member's where it is."""
    page = page.replace(TOKEN, who.token)
    return page.replace('data-logged-in="false"', 'data-logged-in="true"', 1) if who.member else page


def log_in(forum: Forum, base: str, who: Visitor, form: bytes) -> tuple[int, str, dict[str, str]]:
    """Status, page and headers that answer a login form."""
    sent = {name: found[0] for name, found in parse_qs(form.decode("utf-8", "replace")).items()}
    if not who.key or sent.get("_xfToken") != who.token:
        return 400, error_page(forum, base, "Security error occurred. Please press back, refresh and try again."), {}
    session = forum.sign_in(sent.get("login", ""), sent.get("password", ""))
    if session is None:
        return 200, login_page(forum, base, "Incorrect password. Please try again."), {}
    return 303, "", {"Location": base + "/", "Set-Cookie": f"{SESSION}={session}; path=/; HttpOnly"}
