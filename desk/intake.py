"""What arrives: bodies are bounded and read strictly before anything else sees them; every answer leaves with its headers."""

import json
from collections.abc import Iterable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.problems import wrong
from machines.refusal import WrongFacts

LARGEST_BODY = 1_000_000  # bytes; the longest fact has 4,000 characters
API = "/api/"

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NO_SCRIPT = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class WrongStatus(Exception):
    """A request that is answered with no more than a status."""

    def __init__(self, status: int, headers: dict[str, str] | None = None, **numbers: Any) -> None:
        super().__init__(str(status))
        self.status, self.headers, self.numbers = status, headers, numbers


class Intake:
    """Read the bodies of the API's requests strictly, and set the headers of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; what is wrong with its body is kept for whoever checks the token first."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        if scope["path"].startswith(API):
            receive = await _checked(scope, receive)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set_headers(MutableHeaders(scope=message), scope)
            await send(message)

        await self.app(scope, receive, send_with_headers)


async def _checked(scope: Scope, receive: Receive) -> Receive:
    """Keep what is wrong with the request in its state: `fault` (facts) or `status`."""
    if b"%00" in scope.get("query_string", b"") or b"\x00" in scope.get("query_string", b""):
        scope["state"]["fault"] = wrong("query", "string_pattern_mismatch", "a NUL character is not allowed")
    if "\x00" in scope["path"]:
        scope["state"]["status"] = WrongStatus(404)
    if scope["method"] not in ("POST", "PUT", "PATCH", "DELETE"):
        return receive
    body = await _body(receive)
    if body is None:
        scope["state"]["status"] = WrongStatus(413, most=LARGEST_BODY)
    elif body and not _is_json(Headers(scope=scope).get("content-type", "")):
        scope["state"]["status"] = WrongStatus(415, format="JSON", media="Content-Type: application/json")
    fault = fault_of(body or b"{}")
    if fault:
        scope["state"]["fault"] = fault
    passed = b"{}" if fault or body is None else body
    return _replay(passed, receive)


async def _body(receive: Receive) -> bytes | None:
    """Read the body, None if it is too large."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        more = message["type"] == "http.request" and message.get("more_body", False)
        if size <= LARGEST_BODY:
            parts.append(part)
    return b"".join(parts) if size <= LARGEST_BODY else None


def _replay(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


def fault_of(body: bytes) -> WrongFacts | None:
    """Return what is wrong with *body* as JSON: its form, names given twice, characters that no database keeps."""
    try:
        read = json.loads(body, object_pairs_hook=_each_once, parse_constant=_no_number)
        _keepable([read])
    except RecursionError:
        return wrong("body", "json_invalid", "is nested too deeply")
    except (ValueError, UnicodeDecodeError) as error:
        return wrong("body", "json_invalid", str(error))
    return None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a name is given more than once")
    return names


def _no_number(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def _keepable(values: Iterable[Any]) -> None:
    """Refuse texts with NUL or half a character: neither UTF-8 nor PostgreSQL can keep them."""
    for value in values:
        if isinstance(value, str) and ("\x00" in value or not _encodes(value)):
            raise ValueError("a text contains characters that cannot be kept")
        if isinstance(value, dict):
            _keepable(value)
            _keepable(value.values())
        elif isinstance(value, list):
            _keepable(value)


def _encodes(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _set_headers(headers: MutableHeaders, scope: Scope) -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", _NO_SCRIPT)
    if scope["path"].startswith(API):
        headers.setdefault("Cache-Control", "no-store")
        headers.add_vary_header("Accept-Language")
    if "language" in scope["state"]:
        headers.setdefault("Content-Language", scope["state"]["language"])
