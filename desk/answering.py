"""How answers are written: JSON, problems, and what becomes of every exception; who reads pages is answered with a page."""

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from desk.asking import language_of
from desk.door import Door, entries_since, looking
from desk.intake import WrongStatus
from desk.pages.appearance import language_of_page
from desk.pages.page import page
from desk.problems import REQUEST, TooMany, Unauthorized, plain, problem
from machines.clock import ClockInDoubt
from machines.refusal import Conflict, Unanswerable, Unknown, WrongFacts
from machines.wording import say
from models.database import Locked, ReplacedError

PROBLEM = "application/problem+json"
METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")

log = logging.getLogger("kenes.desk")


def answer(body: Any, status: int = 200, *, headers: Mapping[str, str] | None = None) -> Response:
    """Answer *body* as JSON."""
    return Response(_json(body), status, headers=headers, media_type="application/json")


def items(rows: Sequence[Any], *, headers: Mapping[str, str] | None = None) -> Response:
    """Answer a list."""
    return answer({"items": rows}, headers=headers)


def answer_problem(body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> Response:
    """Answer a problem."""
    return Response(_json(body), body["status"], headers=headers, media_type=PROBLEM)


def answer_exceptions(app: FastAPI) -> None:
    """Tell *app* what becomes of every exception."""
    for refused in (Unanswerable, Unauthorized, TooMany, Locked, ClockInDoubt):
        app.add_exception_handler(refused, _not_done)
    app.add_exception_handler(RequestValidationError, _wrong_shape)
    app.add_exception_handler(HTTPException, _status)
    app.add_exception_handler(WrongStatus, _status)
    app.add_exception_handler(ReplacedError, _replaced)
    app.add_exception_handler(Exception, _bug)


def _not_done(request: Request, error: Exception) -> Response:
    """Answer what was not done; an unknown case is said before whatever else is wrong with the request."""
    number = request.path_params.get("number")
    if isinstance(error, WrongFacts) and number is not None and not _exists(request, number):
        error = Unknown("case", number)
    language = _language(request)
    body = problem(error, language)
    if isinstance(error, Conflict):
        door: Door = request.app.state.door
        body["entries"] = entries_since(door, error, language=language)
    return _said(request, body, headers=_headers(error))


def _headers(error: Exception) -> dict[str, str] | None:
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": 'Bearer error="invalid_token"' if error.given else "Bearer"}
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.seconds)}
    if isinstance(error, ClockInDoubt):
        return {"Retry-After": "60"}
    return {"Retry-After": "1"} if isinstance(error, Locked) else None


def _wrong_shape(request: Request, error: Exception) -> Response:
    """Answer what is wrong with query, headers or body."""
    assert isinstance(error, RequestValidationError)
    faults = [
        {"fact": _place(fault["loc"]), "code": fault["type"], "reason": fault["msg"], "numbers": _numbers(fault)}
        for fault in error.errors()
    ]
    return _not_done(request, WrongFacts(REQUEST, faults))


def _status(request: Request, error: Exception) -> Response:
    """Answer with no more than a status; an unknown address is the contract's own type."""
    assert isinstance(error, HTTPException | WrongStatus)
    status = error.status_code if isinstance(error, HTTPException) else error.status
    headers = dict(error.headers or {})
    if status == 404:
        return _not_done(request, Unknown("address", request.url.path))
    if status == 405:
        headers["Allow"] = ", ".join(_allowed(request))
    numbers = error.numbers if isinstance(error, WrongStatus) else {}
    body = plain(status, _language(request), allowed=headers.get("Allow", ""), method=request.method, **numbers)
    return _said(request, body, headers=headers)


def _replaced(request: Request, error: Exception) -> Response:
    """Answer that the database is not where it was; nothing was done, and nothing is until kenes is started anew."""
    log.error("%s %s: %s", request.method, request.url.path, error)
    return answer_problem(plain(503, language_of(request)))


def _bug(request: Request, error: Exception) -> Response:
    reference, language = secrets.token_hex(4), _language(request)
    log.error("bug %s: %s %s", reference, request.method, request.url.path, exc_info=error)
    body = {
        "type": "/problems/bug",
        "title": say("problems.bug.title", language),
        "status": 500,
        "detail": say("problems.bug.detail", language, reference=reference),
    }
    return _said(request, body)


def reads_pages(request: Request) -> bool:
    """Tell whether who asks is a browser that wants a page, rather than a program."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def _language(request: Request) -> str:
    visitor = getattr(request.state, "visitor", None)
    return language_of_page(request, visitor) if reads_pages(request) else language_of(request)


def _said(request: Request, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> Response:
    """Answer a problem as a page to whoever reads pages, else as the contract says."""
    if not reads_pages(request):
        return answer_problem(body, headers=headers)
    now = request.app.state.door.clock()
    drawn = page(request, "problem.html", _language(request), now, status=body["status"], problem=body)
    drawn.headers.update(headers or {})
    return drawn


def _allowed(request: Request) -> list[str]:
    """Name the methods that the address knows: each is asked for."""
    return [
        method
        for method in METHODS
        if any(route.matches(dict(request.scope) | {"method": method})[0] is Match.FULL for route in request.app.routes)
    ]


def _exists(request: Request, number: str) -> bool:
    door: Door = request.app.state.door
    with looking(door) as db:
        return db.one("SELECT 1 FROM cases WHERE number = ?", number) is not None


def _place(where: Sequence[Any]) -> str:
    names = [str(part) for part in where]
    return ".".join(names[1:]) or names[0]


def _numbers(fault: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the limits that the fault names, as far as the texts can say them."""
    return {name: value for name, value in (fault.get("ctx") or {}).items() if isinstance(value, int | str)}


def _json(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
