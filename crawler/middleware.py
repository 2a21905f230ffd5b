"""Scrapy's redirects and decompression, which tell what went wrong in their own words: here in those of the program."""

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response

from archive.errors import UnreadableError


class Redirects(RedirectMiddleware):
    """Follows redirects to web addresses; any other is an answer, of which `crawler.responses` says where it leads."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override] # Scrapy gives no spider any more
        """Follow a redirect.

        Raises:
            IgnoreRequest: it is one too many.
        """
        try:
            return super().process_response(request, response)
        except ValueError:  # "javascript:...", "http://[", a port that is none
            return response
        except IgnoreRequest as error:
            raise IgnoreRequest(f"redirects in a circle, or more than {self.max_redirect_times} times") from error


class Decompression(HttpCompressionMiddleware):
    """Unpacks what was compressed on its way."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override] # Scrapy gives no spider any more
        """Unpack an answer.

        Raises:
            DownloadCancelledError: it would be too long.
            UnreadableError: it is not compressed as it says.
        """
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise DownloadCancelledError("too long when unpacked") from error
        except Exception as error:  # each of the four ways to compress has errors of its own
            said = b", ".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
            raise UnreadableError(f"the answer is not compressed as it says ({said})") from error
