"""Signing in and out, and taking up an invitation. A GET only shows; mail programs that open links spend nothing."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool

from desk.access import passkeys
from desk.access.invited import invited, take_up
from desk.access.passwords import LONGEST, SHORTEST, hash_password
from desk.access.signing_in import fault_of_new, sign_in_by_password
from desk.access.web_sessions import begin_session, cookie_name, end_session
from desk.door import Door, looking
from desk.intake import WrongStatus
from desk.pages.acting import typed_pairs
from desk.pages.appearance import language_of_page, local_address
from desk.pages.kept import form_again, kept_of
from desk.pages.page import page, speaker
from desk.pages.visiting import (
    Guest,
    SignInFirst,
    Visits,
    agent_of,
    demo_roles,
    go_to,
    send_to_sign_in,
    sign_in,
    sign_out,
)
from desk.problems import TooMany
from desk.shapes import name_of, people_named

router = APIRouter(include_in_schema=False)

WRONG = 422  # what was typed is wrong
Text = Annotated[str, Form()]
Next = Annotated[str, Form(alias="next")]


@router.get("/sign-in")
def ask_who(request: Request, _: Guest, next: str = "/") -> Response:
    """Ask who comes: by passkey or password; in a demonstration on this computer by one click."""
    return _ask(request, to=next)


async def ask_who_types(request: Request, error: Exception) -> Response:
    """Ask whoever has sent a form and is not signed in any more who he is; what was typed is kept in the page, sealed."""
    if isinstance(error, SignInFirst) and error.typed:
        kept = await run_in_threadpool(kept_of, request, await typed_pairs(request))
        if kept:
            return await run_in_threadpool(_ask, request, to=request.url.path, kept=kept, status=401)
    return send_to_sign_in(request, error)


@router.post("/sign-in")
def come_in(
    request: Request, visitor: Guest, name: Text = "", password: Text = "", to: Next = "/", kept: Text = ""
) -> Response:
    """Sign in by password: one answer, whatever was wrong."""
    door: Door = request.app.state.door
    old = visitor.session_id if visitor else None
    try:
        token = sign_in_by_password(door, name, password, at=door.clock(), seen=agent_of(request), old=old)
    except TooMany as error:
        drawn = _ask(
            request, to=to, name=name, kept=kept, fault="too_many", status=429, minutes=-(-error.seconds // 60)
        )
        drawn.headers["Retry-After"] = str(error.seconds)
        return drawn
    if token is None:
        return _ask(request, to=to, name=name, kept=kept, fault="wrong", status=WRONG)
    return form_again(request, token, kept) or sign_in(request, token, to)


@router.post("/sign-in/kept")
def go_on(request: Request, _: Visits, to: Next = "/", kept: Text = "") -> Response:
    """Show the form again to whoever has just signed in by passkey."""
    token = request.cookies[cookie_name(request.app.state.settings.url)]
    return form_again(request, token, kept) or go_to(to)


@router.post("/sign-in/demonstration")
def be_somebody(request: Request, visitor: Guest, role: Text = "", to: Next = "/", kept: Text = "") -> Response:
    """Sign in as one of the people of a demonstration."""
    if role not in [one["person"] for one in demo_roles(request)]:
        raise WrongStatus(404)
    door: Door = request.app.state.door
    with door.database.transaction() as db:
        if visitor:
            end_session(db, visitor.session_id, at=visitor.at)
        token = begin_session(db, role, at=door.clock(), way="demonstration", **agent_of(request))
    return form_again(request, token, kept) or sign_in(request, token, to)


@router.post("/sign-out")
def leave(request: Request, visitor: Visits) -> Response:
    """End the session."""
    door: Door = request.app.state.door
    with door.database.transaction() as db:
        end_session(db, visitor.session_id, at=visitor.at)
    return sign_out(request)


@router.get("/invitations/{secret}")
def show_invitation(request: Request, secret: str) -> Response:
    """Show what the invitation is for; nothing changes by looking at it."""
    return _invitation(request, secret)


@router.post("/invitations/{secret}")
def take_invitation(request: Request, secret: str, password: Text = "", again: Text = "") -> Response:
    """Set the password and sign in: once, whoever comes first."""
    door: Door = request.app.state.door
    at = door.clock()
    with looking(door) as db:
        person = invited(db, secret, at=at)
        fault = fault_of_new(db, person, password) if person else None
    if person is None:
        return _invitation(request, secret)
    if fault or password != again:
        return _invitation(request, secret, fault=fault or "again", status=WRONG)
    kept = hash_password(password)
    with door.database.transaction() as db:
        token = take_up(db, secret, kept=kept, at=at, **agent_of(request))
    return sign_in(request, token, "/") if token else _invitation(request, secret)


def _ask(
    request: Request, *, to: str, name: str = "", kept: str = "", fault: str = "", status: int = 200, minutes: int = 0
) -> Response:
    door: Door = request.app.state.door
    language, to = language_of_page(request), local_address(to)
    said = speaker(language)(f"sign_in.{fault}", minutes=minutes) if fault else ""
    return page(
        request, "sign_in.html", language, door.clock(), status=status, next=to, roles=demo_roles(request), name=name, kept=kept,
        fault=said, passkey=passkeys.to_sign_in(request),
    )  # fmt: skip


def _invitation(request: Request, secret: str, *, fault: str = "", status: int = 200) -> Response:
    door: Door = request.app.state.door
    at, language = door.clock(), language_of_page(request)
    with looking(door) as db:
        person = invited(db, secret, at=at)
        name = name_of(people_named(db, [person]), person, language) if person else ""
    said: Any = speaker(language)(f"password.{fault}", shortest=SHORTEST, longest=LONGEST) if fault else ""
    return page(
        request, "invitation.html", language, at, status=status if person else 404, person=person, name=name, fault=said,
        shortest=SHORTEST, secret=secret,
    )  # fmt: skip
