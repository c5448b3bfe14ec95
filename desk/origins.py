"""Unsafe requests come from the desk's own pages, or from a program with a token; whatever another site sends is refused.

What pages send is bounded here too.

Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`), and no page can make them say otherwise. A program that brings
a token is not hindered: no browser adds one by itself.
"""

from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from desk.answering import answer_problem
from desk.asking import language_of
from desk.intake import API, LARGEST_BODY
from desk.problems import Foreign, plain, problem

SAFE = ("GET", "HEAD", "OPTIONS")
OWN_SITE = ("same-origin", "none")  # none: typed, from a bookmark, sent again by the reader


class OwnPagesOnly:
    """Refuse unsafe requests of foreign pages before anything else sees them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless a foreign page has sent it, or a form is larger than any form."""
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self.app(scope, receive, send)
            return
        headers, language = Headers(scope=scope), language_of(Request(scope))
        if not _is_own(headers, scope["path"]):
            await answer_problem(problem(Foreign(), language))(scope, receive, send)
        elif not scope["path"].startswith(API) and not _is_bounded(headers):
            await answer_problem(plain(413, language, most=LARGEST_BODY))(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _is_bounded(headers: Headers) -> bool:
    """Say whether a body says how long it is, and is not too long; the API reads what comes and counts itself."""
    length = headers.get("content-length", "" if "transfer-encoding" in headers else "0")
    return length.isdecimal() and int(length) <= LARGEST_BODY


def _is_own(headers: Headers, path: str) -> bool:
    """Say whether a request is a page's of this desk, or a program's with a token."""
    if headers.get("authorization", "").lower().startswith("bearer "):
        return True
    if site := headers.get("sec-fetch-site"):
        return site in OWN_SITE
    if origin := headers.get("origin"):
        return urlsplit(origin).netloc == headers.get("host") != ""
    # No browser of today leaves both out: a program, which the API will ask for its token.
    return path.startswith(API) and not SimpleCookie(headers.get("cookie", ""))
