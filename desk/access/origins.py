"""Unsafe requests come from the desk's own pages, or from a program with a token; whatever another site sends is refused.

What pages send is bounded here too, and written in letters that can be kept.

Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`), and no page can make them say otherwise. A program that brings
a token is not hindered: no browser adds one by itself.
"""

from http.cookies import CookieError, SimpleCookie
from typing import Any
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
        """Pass a request on, unless a foreign page has sent it, or it is none that a page of ours could send."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = _refused(scope)
        await (answer_problem(refused) if refused else self.app)(scope, receive, send)


def _refused(scope: Scope) -> dict[str, Any] | None:
    """Return the problem that a request is refused with before anything else sees it; None for one that is passed on."""
    headers, path, of_page = Headers(scope=scope), scope["path"], not scope["path"].startswith(API)
    unsafe, language = scope["method"] not in SAFE, language_of(Request(scope))
    if unsafe and not _is_own(headers, path):
        return problem(Foreign(), language)
    if of_page and ("\0" in path or b"%00" in scope["query_string"]):
        return plain(400, language)  # no address of ours has a NUL, and no database keeps one
    if unsafe and of_page and not _is_bounded(headers):
        return plain(413, language, most=LARGEST_BODY)
    if unsafe and of_page and not _is_unicode(headers):
        return plain(400, language)
    return None


def _is_bounded(headers: Headers) -> bool:
    """Say whether a body says how long it is, and is not too long; the API reads what comes and counts itself."""
    length = headers.get("content-length", "" if "transfer-encoding" in headers else "0")
    return length.isdecimal() and int(length) <= LARGEST_BODY


def _is_unicode(headers: Headers) -> bool:
    """Say whether a form is in UTF-8, as every browser sends ours; a codec that a sender chooses may decode to anything."""
    _, _, said = headers.get("content-type", "").lower().partition("charset=")
    return said.partition(";")[0].strip(" \"'") in ("", "utf-8", "utf8")


def _is_own(headers: Headers, path: str) -> bool:
    """Say whether a request is a page's of this desk, or a program's with a token."""
    if headers.get("authorization", "").lower().startswith("bearer "):
        return True
    if site := headers.get("sec-fetch-site"):
        return site in OWN_SITE
    if origin := headers.get("origin"):
        return urlsplit(origin).netloc == headers.get("host") != ""
    # No browser of today leaves both out: a program, which the API will ask for its token.
    return path.startswith(API) and not _brings_cookies(headers)


def _brings_cookies(headers: Headers) -> bool:
    try:
        return bool(SimpleCookie(headers.get("cookie", "")))
    except CookieError:
        return True
