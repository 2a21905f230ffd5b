"""What went wrong with a download, in words: Scrapy's and Twisted's own are for programmers, some are empty."""

from collections.abc import Iterator

from OpenSSL import SSL
from scrapy import exceptions
from twisted.internet import error
from twisted.web import http
from twisted.web._newclient import ParseError  # it has no public name

PLAIN = "wrong version number"  # what OpenSSL says where a server speaks without TLS
SENTENCES: dict[type[BaseException], str] = {  # the first that fits is said
    exceptions.DownloadCancelledError: "the answer is too long",  # the only reason why Scrapy itself breaks one off
    exceptions.ResponseDataLossError: "the answer was cut short",
    exceptions.DownloadTimeoutError: "no answer in time",
    ParseError: "the answer is no HTTP",
    http.PotentialDataLoss: "the answer was cut short",
    SSL.Error: "no secure connection is possible",
    error.ConnectionDone: "the connection was closed without an answer",
    error.ConnectionLost: "the connection was closed without an answer",
}


def reason_of(failed: BaseException) -> str:
    """Say why a download failed; errors that are not in the table speak for themselves. Notes on it are added."""
    return " ".join([_reason(failed), *getattr(failed, "__notes__", ())])


def _reason(failed: BaseException) -> str:
    causes = list(_causes(failed))
    for kind, sentence in SENTENCES.items():
        for cause in causes:
            if isinstance(cause, kind):
                detail = _tls(cause) if kind is SSL.Error else ""
                return f"{sentence}: {detail}" if detail else sentence
    return str(failed) or type(failed).__name__


def _tls(failed: BaseException) -> str:
    """Of a pair such as ("SSL routines", "", "certificate verify failed"), the last word is the reason."""
    pairs = failed.args[0] if failed.args and isinstance(failed.args[0], list) else []
    said = ", ".join(pair[-1] for pair in pairs)
    return f"{said} (is it an address with http:// ?)" if said == PLAIN else said


def _causes(failed: BaseException) -> Iterator[BaseException]:
    yield failed
    for inner in getattr(failed, "reasons", ()) or ():  # Twisted's failures of one answer
        yield from _causes(inner.value)
    if failed.__cause__ is not None:
        yield from _causes(failed.__cause__)
