"""Who asks, when, and in which language: what every request has in common.

What waits for nothing is `async`, so that it costs no thread.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from desk.access.tokens import Bearer, identify
from desk.access.web_sessions import cookie_name, session_of
from desk.door import Door, looking
from desk.problems import ReadOnly, TooMany, Unauthorized, wrong, wrong_choice
from machines.refusal import WrongFacts
from machines.wording import best_language

FAILURES_A_MINUTE = 20  # a person mistypes a token a few times; only a program does so more often
PLACES = 10_000  # addresses remembered at once
_MINUTE = timedelta(minutes=1)

_bearer = HTTPBearer(auto_error=False, description="A personal or service token: `kenes token create PERSON`.")


@dataclass(frozen=True, slots=True)
class Asking:
    """One request: the door it came through, the person, the instant, the language."""

    door: Door
    bearer: Bearer
    at: datetime
    language: str

    @property
    def person(self) -> str:
        """Who asks."""
        return self.bearer.person


class Failures:
    """Failed attempts to be known, counted by address in minutes of the clock.

    A token that is good is always let in: guessing 160 bits is hopeless, the limit tells a program that hammers to stop.
    """

    def __init__(self) -> None:
        self._counted: dict[str, tuple[datetime, int]] = {}
        self._lock = threading.Lock()

    def wait(self, place: str, at: datetime) -> int:
        """Return the seconds to wait before *place* may try again, 0 if it may."""
        since, count = self._counted.get(place, (at, 0))
        left = (since + _MINUTE - at).total_seconds()
        return max(1, int(left)) if count >= FAILURES_A_MINUTE and left > 0 else 0

    def count(self, place: str, at: datetime) -> None:
        """Count one failure more."""
        with self._lock:
            since, count = self._counted.get(place, (at, 0))
            fresh = at - since >= _MINUTE
            if len(self._counted) >= PLACES:
                self._counted.clear()
            self._counted[place] = (at, 1) if fresh else (since, count + 1)


def language_of(request: Request) -> str:
    """Choose the language of the answer among those that the service offers; Russian where the reader names none."""
    offered: tuple[str, ...] = request.app.state.languages
    wanted = best_language(request.headers.get("accept-language"), "ru")
    language = wanted if wanted in offered else offered[0]
    request.state.language = language
    return language


def _asking(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Asking:
    status: Exception | None = getattr(request.state, "status", None)
    if status:
        raise status
    door: Door = request.app.state.door
    at = door.clock()
    bearer = _known(request, door, credentials, at)
    request.state.person = bearer.person
    fault: WrongFacts | None = getattr(request.state, "fault", None)
    if fault:
        raise fault
    return Asking(door, bearer, at, language_of(request))


def _known(request: Request, door: Door, credentials: HTTPAuthorizationCredentials | None, at: datetime) -> Bearer:
    failures: Failures = request.app.state.failures
    place = request.client.host if request.client else ""
    bearer = _by_token(door, credentials.credentials, at) if credentials else _by_session(request, door, at)
    if bearer:
        return bearer
    if wait := failures.wait(place, at):
        raise TooMany(wait)
    if credentials:
        failures.count(place, at)
    raise Unauthorized(given=credentials is not None)


def _by_token(door: Door, token: str, at: datetime) -> Bearer | None:
    with looking(door) as db:
        return identify(db, token, at=at)


def _by_session(request: Request, door: Door, at: datetime) -> Bearer | None:
    """Know a browser by the session of the desk; whether the request is its own page's was looked at before."""
    token = request.cookies.get(cookie_name(request.app.state.settings.url))
    if not token:
        return None
    with looking(door) as db:
        signed = session_of(db, token, at=at, seen=door.seen)
    if signed is None:
        return None
    door.seen.note(signed.session_id, at)
    return Bearer(signed.person, f"session:{signed.session_id}", "act")


async def _writing(asking: Annotated[Asking, Depends(_asking)]) -> Asking:
    if asking.bearer.scope != "act":
        raise ReadOnly
    return asking


Reads = Annotated[Asking, Depends(_asking)]
Writes = Annotated[Asking, Depends(_writing)]


async def only_known(request: Request) -> None:
    """Refuse query values that the call does not know, or that are given twice: a misspelt filter is an error."""
    known = {parameter.alias for parameter in request.scope["route"].dependant.query_params}
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if name not in known:
            raise (
                wrong_choice(name, name, sorted(known)) if known else wrong(name, "extra_forbidden", "takes no values")
            )
        if names.count(name) > 1:
            raise wrong(name, "given_twice", "is given more than once")
