"""Prefect's own pages, for operators: handed through under the desk's address, to whom the desk's session says may see them.

Prefect knows no roles; its server listens on loopback alone and is not opened further. Of a request it gets neither the session's
cookie nor a token, of its answer the browser gets no cookie but the one in which Prefect's page remembers its version.
"""

import json
from collections.abc import AsyncIterator, Iterable
from http.cookies import CookieError, SimpleCookie

import httpx
from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from desk.intake import WrongStatus
from desk.pages.appearance import language_of_page
from desk.pages.page import page
from desk.pages.visiting import Operates
from desk.touches import PREFECT, prefect_server

router = APIRouter(include_in_schema=False)

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
SETTINGS = f"{PREFECT}/ui-settings"
OWN_COOKIE = "prefect_ui_version"
WAIT = httpx.Timeout(60.0, connect=3.0)

# What belongs to one connection (RFC 9110, 7.6.1), and what is not Prefect's to know or to set.
_OF_THE_WAY = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
}  # fmt: skip
_NOT_TOLD = {
    *_OF_THE_WAY,
    "host",
    "cookie",
    "authorization",
    "content-length",
    "origin",
    "referer",
    "forwarded",
    "x-forwarded-for",
}
_NOT_TAKEN = {*_OF_THE_WAY, "set-cookie", "location", "content-security-policy", "server", "date"}

# Its page is written with inline styles and compiles parts of itself; it speaks to nobody but this desk.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; object-src 'none';"
    " base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


@router.api_route("/prefect{path:path}", methods=METHODS)
async def hand_through(request: Request, visitor: Operates, path: str) -> Response:
    """Hand a request to Prefect's server and its answer back, as it comes."""
    upstream = prefect_server(request.app.state.settings)
    if path and not path.startswith("/"):
        raise WrongStatus(404)
    if upstream is None:
        return _not_there(request, visitor)
    client: httpx.AsyncClient = _client(request)
    asked = client.build_request(
        request.method, httpx.URL(upstream).copy_with(raw_path=_place_there(request)), headers=_told(request),
        content=request.stream() if "content-length" in request.headers else None,
    )  # fmt: skip
    try:
        got = await client.send(asked, stream=True)
    except httpx.HTTPError:
        return _not_there(request, visitor)
    headers = _taken(got, upstream)
    if request.url.path == SETTINGS and got.status_code == httpx.codes.OK:
        return await _with_our_address(got, headers)
    return StreamingResponse(_parts(got), got.status_code, headers=headers)


def _client(request: Request) -> httpx.AsyncClient:
    """Return the client of this application; it keeps connections open."""
    state = request.app.state
    if not hasattr(state, "prefect_client"):
        state.prefect_client = httpx.AsyncClient(timeout=WAIT, follow_redirects=False, trust_env=False)
    client: httpx.AsyncClient = state.prefect_client
    return client


def _place_there(request: Request) -> bytes:
    """Return where Prefect's server has what the desk has under /prefect: its pages there too, its API under /api."""
    path: bytes = request.scope.get("raw_path") or request.url.path.encode("ascii", "ignore")
    place = path.removeprefix(PREFECT.encode()) if path.startswith(f"{PREFECT}/api/".encode()) else path
    query: bytes = request.scope["query_string"]
    return place + b"?" + query if query else place


def _told(request: Request) -> dict[str, str]:
    """Return the headers that Prefect is told."""
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_TOLD}
    if OWN_COOKIE in request.cookies:
        headers["cookie"] = f"{OWN_COOKIE}={request.cookies[OWN_COOKIE]}"
    return headers | {name: request.headers[name] for name in ("content-length",) if name in request.headers}


def _taken(got: httpx.Response, upstream: str) -> dict[str, str]:
    """Return the headers that the browser is given; an address of Prefect's server becomes one of this desk."""
    headers = {name: value for name, value in got.headers.items() if name not in _NOT_TAKEN}
    headers |= {"Content-Security-Policy": _POLICY, "Cache-Control": _kept_for(got)}
    if "location" in got.headers:
        place = got.headers["location"].removeprefix(upstream)
        headers["Location"] = (
            place if place.startswith(PREFECT) else f"{PREFECT}{place if place.startswith('/') else ''}"
        )
    if cookie := _own_cookie(got.headers.get_list("set-cookie")):
        headers["Set-Cookie"] = cookie
    return headers


def _kept_for(got: httpx.Response) -> str:
    """Say how long a browser keeps an answer: files whose names change with their content for a day, else nothing."""
    return "private, max-age=86400" if "/assets/" in got.request.url.path else "no-store"


def _own_cookie(cookies: Iterable[str]) -> str | None:
    """Return the cookie in which Prefect's page keeps its version, if one is set."""
    for line in cookies:
        try:
            if OWN_COOKIE in SimpleCookie(line):
                return line
        except CookieError:
            continue
    return None


async def _with_our_address(got: httpx.Response, headers: dict[str, str]) -> Response:
    """Tell Prefect's page that its API is under this desk's address."""
    told = json.loads(await got.aread()) | {"api_url": f"{PREFECT}/api"}
    kept = {
        name: value for name, value in headers.items() if name.lower() not in ("content-length", "content-encoding")
    }
    return Response(json.dumps(told), got.status_code, headers=kept, media_type="application/json")


async def _parts(got: httpx.Response) -> AsyncIterator[bytes]:
    """Yield an answer as it comes, packed as it is."""
    try:
        async for part in got.aiter_raw():
            yield part
    finally:
        await got.aclose()


def _not_there(request: Request, visitor: Operates) -> Response:
    """Say that Prefect's server does not answer; what falls due is performed all the same when somebody looks."""
    drawn = page(request, "prefect.html", language_of_page(request, visitor), visitor.at, status=503, visitor=visitor)
    drawn.headers["Retry-After"] = "10"
    return drawn
