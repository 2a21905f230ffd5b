"""What a site needs before a crawl of it can begin, checked while nothing is asked for yet."""

from archive.errors import ConfigError
from crawler.config import Site


def require(site: Site) -> None:
    """Check that the site's password, cookies and software are there and usable.

    Raises:
        ConfigError: one of them is not.
    """
    from crawler.access import cookies, login  # lxml; a command that crawls nothing does without

    if site.login:
        login.credentials(site.login)
    if site.cookies:
        cookies.load(site.cookies, site.host)
    require_software(site)


def require_software(site: Site) -> None:
    """Check that the site's software, if its configuration names one, is one that is known.

    Raises:
        ConfigError: it is not.
    """
    from crawler.forums import FORUMS

    names = sorted({forum.name for forum in FORUMS})
    if site.software and site.software not in names:
        raise ConfigError(f"{site.url}: no forum software is called {site.software!r}; known are {', '.join(names)}")
