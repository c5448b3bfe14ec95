"""Back to the form: what was typed when a session ended is shown again to the same person, once he has signed in.

The form comes back as it was sent, one step earlier: nothing is done that was not confirmed by somebody who is signed in.
"""

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from desk.access.kept import Kept, seal, unseal
from desk.access.web_sessions import cookie_name, session_of
from desk.door import Door, looking
from desk.pages.visiting import TYPED_BY, keep_token

_FORM = b"application/x-www-form-urlencoded"
_NEW = (b"cookie", b"content-type", b"content-length", b"transfer-encoding")


def kept_of(request: Request, form: list[tuple[str, str]]) -> str:
    """Seal a form that nobody signed in has sent, for whoever it was made for; empty if it does not say for whom."""
    person = dict(form).get(TYPED_BY, "")
    door: Door = request.app.state.door
    typed = [(name, value) for name, value in form if name != TYPED_BY]
    kept = Kept(request.url.path, typed)
    return seal(request.app.state.settings, kept, person=person, at=door.clock()) if person else ""


def form_again(request: Request, token: str, sealed: str) -> Response | None:
    """Return the form as it was typed, if it is of whoever has just signed in with *token*."""
    door: Door = request.app.state.door
    at = door.clock()
    with looking(door) as db:
        signed = session_of(db, token, at=at, seen=door.seen)
    kept = unseal(request.app.state.settings, sealed, person=signed.person, at=at) if signed and sealed else None
    return FormAgain(request, token, kept) if kept else None


class FormAgain(Response):
    """The page that the desk answers when a form is sent to be changed, for the session that has just begun."""

    def __init__(self, request: Request, token: str, kept: Kept) -> None:
        super().__init__()
        self._app, self._path = request.app, kept.path
        self._body = urlencode(
            [*((name, value) for name, value in kept.typed if name != "step"), ("step", "form")]
        ).encode()
        self._cookie = f"{cookie_name(request.app.state.settings.url)}={token}".encode("ascii")
        keep_token(request, self, token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask the desk itself, and give its answer with the token of the session."""
        body = iter([{"type": "http.request", "body": self._body, "more_body": False}])
        given = [value for name, value in self.raw_headers if name == b"set-cookie"]

        async def told() -> MutableMapping[str, Any]:
            return next(body, None) or await receive()

        async def answered(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *((b"set-cookie", value) for value in given)]
            await send(message)

        await self._app(self._asked(scope), told, answered)

    def _asked(self, scope: Scope) -> Scope:
        kept = ("type", "asgi", "http_version", "server", "client", "scheme", "root_path", "app", "extensions")
        cookies = [value for name, value in scope["headers"] if name == b"cookie"]
        headers = [(name, value) for name, value in scope["headers"] if name not in _NEW]
        return {name: scope[name] for name in kept if name in scope} | {
            "method": "POST", "path": self._path, "raw_path": self._path.encode(), "query_string": b"", "state": {},
            "headers": [
                *headers, (b"cookie", b"; ".join([*_without(cookies, self._cookie), self._cookie])), (b"content-type", _FORM),
                (b"content-length", str(len(self._body)).encode()),
            ],
        }  # fmt: skip


def _without(cookies: list[bytes], cookie: bytes) -> list[bytes]:
    """Leave of what a browser keeps all but the token of the session that is over."""
    name = cookie.partition(b"=")[0] + b"="
    return [one for given in cookies for one in given.split(b"; ") if not one.startswith(name)]
