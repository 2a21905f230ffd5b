"""Each site's own headers, cookies and proxy; and its member, who is signed in before the first page.

Only requests to the site's own host carry any of it. What is sent to sign in never reaches the archive: these requests
have no row in the frontier, and no part of them is logged.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.downloadermiddlewares import cookies as jars
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from tldextract import TLDExtract

from archive.errors import XemtiepError
from archive.frontier import host_of
from crawler.access import cookies, login
from crawler.access.login import LoginError
from crawler.config import Site
from crawler.forums import read
from crawler.spiders.forum import ForumSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
# Scrapy's own asks two hosts of the internet for the list of public suffixes when a first cookie is set, without a time
# limit and in the way of everything else, and writes it below HOME; the list that came with the package will do. There
# is no setting for it.
jars._split_domain = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)  # noqa: SLF001 # there is no public way
STAMP = 1.1  # seconds; phpBB takes a form that comes back within the second it was made for a robot's


class LoginUnavailableError(XemtiepError):
    """The site cannot show its login form now; the request is to be tried later."""


@dataclass(kw_only=True, slots=True)
class Session:
    """How it stands with a site's member. `marked`: its pages tell members from guests, so that a lost login shows."""

    begun: bool = False
    marked: bool = False
    renewed: bool = False


class AccessMiddleware:
    """Adds what the configuration says of a site to its requests; a lost login is renewed once a run."""

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        spider = crawler.spider
        assert isinstance(spider, ForumSpider)
        self.config, self.ledger = spider.config, spider.ledger
        self.sessions: dict[str, Session] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "AccessMiddleware":
        """Made by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Give the request what its site needs; the first one waits until the member is signed in.

        Raises:
            LoginError: the site does not let the member in.
            LoginUnavailableError: its login form cannot be had now.
        """
        site = self.config.site_of(request.url)
        for name, value in site.headers.items():
            request.headers[name] = value
        if site.proxy:
            request.meta["proxy"] = site.proxy
        if not (site.cookies or site.login):
            return
        request.meta["cookiejar"] = site.url
        session = self.sessions.setdefault(site.url, Session())
        if not session.begun and not request.meta.get("robots"):
            if site.cookies:
                request.cookies = _verbose(cookies.load(site.cookies, site.host))
            else:
                await self._sign_in(site, session)
            session.begun = True

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Notice a page that is shown to a guest: sign in once more and ask again, or say that cookies are of no use.

        Raises:
            LoginError: a new login did not help.
        """
        site = self.config.site_of(request.url)
        session = self.sessions.get(site.url)
        if session is None or request.meta.get("robots") or login.for_member(response.body) is not False:
            return response
        if site.cookies and not session.renewed:
            session.renewed = True
            logger.warning("%s: with the cookies of %s its pages are shown as to a guest", site.url, site.cookies)
        if not (site.login and session.marked):
            self.ledger.guests[site.url] = host_of(request.url)
            return response
        if session.renewed:
            raise LoginError(f"{site.url} signs the member out again; nothing more of it is crawled in this run")
        session.renewed = True
        logger.info("%s: the login is lost; signing in once more", site.url)
        await self._sign_in(site, session)
        return request.replace(dont_filter=True)

    async def _sign_in(self, site: Site, session: Session) -> None:
        assert site.login
        user, password = login.credentials(site.login)
        form = await self._form(site, user, password)
        if host_of(form.url) != site.host or (site.url.startswith("https:") and not form.url.startswith("https:")):
            raise LoginError(f"{site.url}: its login form leads to {form.url}, where no password is sent")
        if form.stamped:
            await asyncio.sleep(STAMP)
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Referer": site.url}
        answer = await self._fetch(Request(form.url, method="POST", body=form.body, headers=kind))
        if login.second_step(answer.url):
            raise LoginError(f"{site.url} asks for a second factor; give a cookies file of a browser that is logged in")
        member = login.for_member(answer.body)
        if member is False:
            raise LoginError(f"{site.url} does not let {site.login.user} in: {_said(answer)}")
        session.marked = member is True

    async def _form(self, site: Site, user: str, password: str) -> login.Form:
        page = await self._fetch(Request(site.url))
        form = login.find(page.body, page.url, user, password)
        link = None if form else login.link(page.body, page.url)
        if link and host_of(link) == site.host:
            page = await self._fetch(Request(link))
            form = login.find(page.body, page.url, user, password)
        if form is None:
            raise LoginError(f"{page.url} shows no login form ({_said(page)}); give a cookies file instead")
        return form

    async def _fetch(self, request: Request) -> Response:
        assert self.crawler.engine
        request = request.replace(callback=NO_CALLBACK, meta={"robots": True}, dont_filter=True)
        response = await self.crawler.engine.download_async(request)
        if response.status >= 500 or response.status == 429:  # noqa: PLR2004 # server error, too many requests
            raise LoginUnavailableError(f"{request.url} answers HTTP {response.status}: no login is possible now")
        return response


def _said(response: Response) -> str:
    page = read(response.body, response.url)
    return page.message or page.title or f"HTTP {response.status}"


def _verbose(found: list[cookies.Cookie]) -> Any:
    """As Scrapy takes them. Without a domain they are sent to the request's own host only."""
    return [{"name": each.name, "value": each.value, "path": each.path, "secure": each.secure} for each in found]
