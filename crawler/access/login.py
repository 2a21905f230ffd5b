"""Signing in as a member: find the login form, fill it in, and tell whether a page is shown to a member.

Works on pages, without a network; `crawler.access.middleware` sends what is made here.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin

from lxml import html

from archive.errors import ConfigError, XemtiepError
from crawler.values import Login

# XenForo says it on the root element; elsewhere a way out is shown to members, a way in to guests.
_SAID = re.compile(rb"""data-logged-in=["'](true|false)|<html[^>]*\sclass=["'][^"']*\bLogged(In|Out)\b""")
_WAY_OUT = re.compile(rb"""href=["'][^"'<>]*(?:[?&;](?:mode|action|do)=logout|/logout\b)""")
_WAY_IN = re.compile(rb"""href=["'][^"'<>]*(?:[?&;](?:mode|action|do)=login|/login\b)|type=["']password["']""")
_LOGIN_LINK = re.compile(r"(?:[?&;](?:mode|action)=login|/login(?:\.php)?/?)(?:[?&#].*)?$")
_REMEMBER = re.compile(r"remember|autologin|cookieuser|cookielength", re.IGNORECASE)
_SECOND_STEP = re.compile(r"two-step|two_factor|2fa", re.IGNORECASE)


class LoginError(XemtiepError):
    """The site does not let the member in; nothing of it is crawled, since guests are shown less."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A login form, filled in. `stamped` says that it refuses an answer within the second it was made."""

    url: str
    fields: Mapping[str, str]
    stamped: bool = False

    @property
    def body(self) -> bytes:
        """What is sent."""
        return urlencode(self.fields).encode()

    def __repr__(self) -> str:
        """Never the fields: they hold the password."""
        return f"Form(url={self.url!r})"


def credentials(login: Login) -> tuple[str, str]:
    """User and password from the environment.

    Raises:
        ConfigError: a variable is not set.
    """
    missing = [name for name in (login.user, login.password) if not os.environ.get(name)]
    if missing:
        named = f"variable {missing[0]} is" if len(missing) == 1 else f"variables {' and '.join(missing)} are"
        raise ConfigError(f"the environment {named} not set, and the login needs it")
    return os.environ[login.user], os.environ[login.password]


def for_member(body: bytes) -> bool | None:
    """Whether a page is shown to a member or to a guest; None where it does not say."""
    said = _SAID.search(body)
    if said:
        return said[1] == b"true" or said[2] == b"In"
    if _WAY_OUT.search(body):
        return True
    return False if _WAY_IN.search(body) else None


def find(body: bytes, url: str, user: str, password: str) -> Form | None:
    """The page's login form, filled in; None without one."""
    for form in _forms(body, url):
        secrets = [field for field in form.inputs if _type(field) == "password" and field.name]
        if len(secrets) != 1:  # two: a registration
            continue
        before = [field for field in form.inputs if _type(field) in {"text", "email"} and field.name]
        if before:
            fields = _fields(form) | {before[0].name: user, secrets[0].name: password}
            return Form(url=urljoin(url, form.get("action") or url), fields=fields, stamped="creation_time" in fields)
    return None


def link(body: bytes, url: str) -> str | None:
    """Where a page's link to the login leads."""
    links = (urljoin(url, each.get("href")) for each in _tree(body).iter("a") if each.get("href"))
    return next((found for found in links if _LOGIN_LINK.search(found)), None)


def second_step(url: str) -> bool:
    """Whether a login leads on to a second factor, which only a person can give."""
    return _SECOND_STEP.search(url) is not None


def _tree(body: bytes) -> Any:
    return html.fromstring(body) if body.strip() else html.Element("html")


def _forms(body: bytes, url: str) -> Iterator[Any]:
    tree = _tree(body)
    base = urljoin(url, (tree.xpath("/html/head/base/@href") or [""])[0])
    for form in tree.iter("form"):
        if form.get("action"):
            form.set("action", urljoin(base, form.get("action")))
        yield form


def _type(field: Any) -> str:
    return str(field.get("type") or "text").lower() if field.tag == "input" else ""


def _fields(form: Any) -> dict[str, str]:
    """What the form would send as it stands, "stay logged in" ticked, and its first button: phpBB asks for its name."""
    fields = dict(form.form_values())
    for field in form.inputs:
        if _type(field) == "checkbox" and field.name and _REMEMBER.search(field.name):
            fields[field.name] = field.get("value") or "1"
    button = form.xpath(".//input[@type='submit'][@name] | .//button[@name][not(@type) or @type='submit']")
    if button:
        fields[button[0].get("name")] = button[0].get("value") or ""
    return fields
