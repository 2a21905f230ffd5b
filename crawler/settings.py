"""Scrapy settings: polite, closed to the outside, and with only the parts a forum crawl needs.

`scrapy crawl forum -a url=...` reads this module; the command `xemtiep` reads it too and adds its options.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    _VERSION = version("xemtiep")
except PackageNotFoundError:  # a checkout that is not installed: `scrapy crawl` works there too
    _VERSION = "0"

BOT_NAME = "xemtiep"
SPIDER_MODULES = ["crawler.spiders"]
SCHEDULER = "crawler.scheduler.FrontierScheduler"
ITEM_PIPELINES = {"crawler.pipelines.CleanPipeline": 100, "crawler.pipelines.SavePipeline": 200}
EXTENSIONS = {"crawler.show.progress.Progress": 0}

XEMTIEP_ARCHIVE = "archive.db"
XEMTIEP_TRIES = 5  # a page is given up after so many failures, with the last reason
XEMTIEP_PROGRESS = False
XEMTIEP_DELAY = 1.0  # for `scrapy crawl`: seconds that a host is left alone after an answer; 0 never grows

USER_AGENT = f"xemtiep/{_VERSION} (forum archiver; set a contact in xemtiep.toml)"
ROBOTSTXT_OBEY = False  # crawler.robots obeys it, better
ROBOTSTXT_USER_AGENT = "xemtiep"
# The scheduler hands out one request per host at a time, at that host's pace (crawler.politeness). Scrapy's own delays
# would hold places that other hosts could use, and count all ports of a machine as one host.
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 32
DOWNLOAD_DELAY = 0
CONCURRENT_ITEMS = 1  # Scrapy makes so many tasks for every response, and a page is one item
WARN_ON_GENERATOR_RETURN_VALUE = False  # it parses the callback's source again for every response
DOWNLOAD_HANDLERS = dict.fromkeys(("http", "https"), "crawler.download.Handler")
TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingHostnameResolver"  # the default one knows no IPv6
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy's default is False

REMOTE_CONTROL_ENABLED = False  # on by default since Scrapy 2.19: a local HTTP server that runs the Python it is sent
TELNETCONSOLE_ENABLED = False
LOG_LEVEL = "WARNING"
STATS_DUMP = False

# The frontier retries, spreads its waits and survives a kill; bodies are decoded once, by the reader.
DOWNLOADER_MIDDLEWARES = {
    "crawler.robots.RobotsMiddleware": 100,
    "crawler.access.middleware.AccessMiddleware": 110,  # outside of redirects and decompression: it sees whole pages
    "crawler.middleware.Decompression": 590,
    "crawler.middleware.Redirects": 600,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,  # the ledger counts
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,  # marks the requests of `start`, which makes none
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # the spider says what a 403 or 503 means
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
# Of Scrapy's own only the one that costs nothing unless it is asked for: no telnet, remote control, feeds, disk state,
# log line every minute, and no counts but the ledger's.
EXTENSIONS_BASE = {"scrapy.extensions.closespider.CloseSpider": 0}
