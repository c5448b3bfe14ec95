"""Who looks at a page. A page says `visitor: Visits` (signed in, or sent to sign in) or `visitor: Guest` (somebody, or None).

Beside that for pages: `demo_roles`, whom anybody may be in a demonstration (`demo_roles.html` draws it, given `roles`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from desk.access.web_sessions import LONGEST, cookie_name, session_of
from desk.demo.accounts import ROLES
from desk.door import Door, looking
from desk.pages.appearance import language_of_page, local_address
from desk.problems import OperatorsOnly
from machines.wording import LANGUAGES
from models.database import Db

SIGN_IN = "/sign-in"
SEE_OTHER = 303
TYPED_BY = "typed_by"  # the field of a form that says for whom it was drawn
LOOPBACK = ("127.0.0.1", "::1", "localhost")

_OFFICES = """SELECT DISTINCT office FROM mandates WHERE person_id = ? AND begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)
 ORDER BY office"""
_ROLES = "SELECT person_id FROM accounts WHERE demonstration AND disabled_at IS NULL ORDER BY person_id"
_DEMONSTRATION = "SELECT 1 FROM accounts WHERE demonstration LIMIT 1"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in and looks at a page now."""

    person_id: str
    name: str  # in the language of the page
    language: str  # of the page
    offices: tuple[str, ...]  # held at this moment; what follows from them is asked of the machines
    operator: bool
    demonstration: bool
    session_id: str
    way: str  # how he signed in: password, passkey, invitation, demonstration
    at: datetime  # the instant of the request


class SignInFirst(Exception):
    """Nobody is signed in, and the page is for somebody; *typed*: what was sent to it is worth keeping until somebody is."""

    def __init__(self, *, typed: bool = False) -> None:
        super().__init__()
        self.typed = typed


def visitor_of(request: Request) -> Visitor | None:
    """Find out who looks; asked once for each request."""
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _found(request)
    found: Visitor | None = request.state.visitor
    return found


def _found(request: Request) -> Visitor | None:
    door: Door = request.app.state.door
    token = request.cookies.get(cookie_name(request.app.state.settings.url))
    if not token:
        return None
    at = door.clock()
    with looking(door) as db:
        signed = session_of(db, token, at=at, seen=door.seen)
        if signed is None:
            return None
        offices = tuple(office for (office,) in db.all(_OFFICES, signed.person, at, at))
    door.seen.note(signed.session_id, at)
    request.state.person = signed.person
    language = language_of_page(request, signed)
    return Visitor(
        signed.person, signed.names[LANGUAGES.index(language)], language, offices, signed.operator, signed.demonstration,
        signed.session_id, signed.way, at,
    )  # fmt: skip


def _visits(request: Request) -> Visitor:
    visitor = visitor_of(request)
    if visitor is None:
        raise SignInFirst
    return visitor


def _types(request: Request) -> Visitor:
    visitor = visitor_of(request)
    if visitor is None:
        raise SignInFirst(typed=True)
    return visitor


def _operates(visitor: Annotated[Visitor, Depends(_visits)]) -> Visitor:
    if not visitor.operator:
        raise OperatorsOnly
    return visitor


def _looks_after(visitor: Annotated[Visitor, Depends(_visits)]) -> Visitor:
    if not looks_after(visitor):
        raise OperatorsOnly
    return visitor


def looks_after(visitor: Visitor) -> bool:
    """Say whether somebody is told the alarms: an operator, or whoever holds an office; they may name a case."""
    return visitor.operator or bool(visitor.offices)


Guest = Annotated[Visitor | None, Depends(visitor_of)]
Visits = Annotated[Visitor, Depends(_visits)]
Types = Annotated[Visitor, Depends(_types)]  # as Visits, where a form is sent that can be shown again
Operates = Annotated[Visitor, Depends(_operates)]  # an operator, else Forbidden
LooksAfter = Annotated[
    Visitor, Depends(_looks_after)
]  # an operator, or somebody in office; alarms are told to the working body


def send_to_sign_in(request: Request, _: Exception) -> Response:
    """Send somebody who is not signed in to where he can, and back afterwards."""
    return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': _asked(request)})}", SEE_OTHER)


def go_to(address: str) -> Response:
    """Lead on after something was done: to load the page again does nothing twice."""
    return RedirectResponse(local_address(address), SEE_OTHER, headers={"Cache-Control": "no-store"})


def sign_in(request: Request, token: str, to: str) -> Response:
    """Give the browser the token of a session that has just begun, and go on."""
    answer = go_to(to)
    keep_token(request, answer, token)
    return answer


def keep_token(request: Request, answer: Response, token: str) -> None:
    """Let the browser keep the token of a session; no script reads it, and no other site has it sent."""
    url: str = request.app.state.settings.url
    answer.set_cookie(
        cookie_name(url), token, path="/", secure=url.startswith("https:"), httponly=True, samesite="lax",
        max_age=int(LONGEST.total_seconds()),
    )  # fmt: skip


def sign_out(request: Request) -> Response:
    """Take the token from the browser, and all that it has kept of pages."""
    url: str = request.app.state.settings.url
    answer = go_to("/")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    answer.delete_cookie(cookie_name(url), path="/", secure=url.startswith("https:"), httponly=True, samesite="lax")
    return answer


def agent_of(request: Request) -> dict[str, str]:
    """Say by what and from where somebody comes, for the list of his sessions."""
    return {
        "agent": request.headers.get("user-agent", ""),
        "place": request.client.host if request.client else "",
    }


def sees_mailbox(request: Request, visitor: Visitor | None) -> bool:
    """Say whether somebody sees the letters that lie at the desk while there is no mail server: they hold what opens accounts."""
    if request.app.state.settings.smtp_url is not None:
        return False
    if visitor is not None and visitor.operator:
        return True
    if not on_this_computer(request):
        return False
    with looking(request.app.state.door) as db:
        return is_demonstration(db)


def on_this_computer(request: Request) -> bool:
    """Say whether the browser runs on this computer and means it: no proxy between, no foreign name for it.

    Some proxies say nothing of themselves; whoever has one tells the desk by which name it is called there (KENES_URL).
    """
    here = request.client is not None and request.client.host in LOOPBACK
    forwarded = any(
        name in request.headers for name in ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
    )
    called = (request.url.hostname, urlsplit(request.app.state.settings.url).hostname)
    return here and not forwarded and all(name in LOOPBACK for name in called)


def demo_roles(request: Request) -> list[dict[str, str]]:
    """Name the people of a demonstration whom anybody on this computer may be; nobody where there is none, or elsewhere.

    A store is a demonstration by the accounts that `--demo` loaded into it, in the transaction that filled the empty store.
    """
    if not on_this_computer(request):
        return []
    with looking(request.app.state.door) as db:
        found = {person for (person,) in db.all(_ROLES)}
    return [{"person": person, "role": role} for person, role in ROLES.items() if person in found]


def is_demonstration(db: Db) -> bool:
    """Say whether the store was filled as a demonstration."""
    return db.one(_DEMONSTRATION) is not None


def _asked(request: Request) -> str:
    query: Any = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
