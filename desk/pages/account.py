"""One's own account: what one is, password, passkeys, and where one is signed in."""

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Body, Form, Request, Response

from desk.access import passkeys
from desk.access.passwords import LONGEST, SHORTEST, hash_password
from desk.access.signing_in import fault_of_new, knows_password, set_password
from desk.access.web_sessions import end_session, end_sessions, open_sessions
from desk.answering import answer
from desk.door import Door, looking
from desk.intake import WrongStatus
from desk.pages.appearance import language_of_page
from desk.pages.page import moment, name_of, page, speaker
from desk.pages.visiting import Guest, Visitor, Visits, agent_of, go_to, keep_token
from desk.problems import TooMany
from models.database import Db

router = APIRouter(include_in_schema=False)

WRONG = 422
ACCOUNT = "/account"
Text = Annotated[str, Form()]
Told = Annotated[dict[str, Any], Body()]

log = logging.getLogger("kenes.desk")


@router.get("/account")
def account(request: Request, visitor: Visits, done: str = "") -> Response:
    """Show one's own account."""
    return _account(request, visitor, done=done if done in ("password", "passkey", "removed", "ended") else "")


@router.get("/account/password")
def change_password_again(_: Visits) -> Response:
    """Lead back whoever comes by an address that only a form is sent to: by the language switch, from signing in."""
    return go_to(ACCOUNT)


@router.post("/account/password")
def change_password(
    request: Request, visitor: Visits, old: Text = "", password: Text = "", again: Text = ""
) -> Response:
    """Change the password; every other session ends."""
    _not_of_everybody(visitor)
    door: Door = request.app.state.door
    with looking(door) as db:
        fault = fault_of_new(db, visitor.person_id, password) or ("again" if password != again else None)
    try:
        known = knows_password(door, visitor.person_id, old, at=visitor.at, place=agent_of(request)["place"])
    except TooMany as error:
        return _account(request, visitor, fault="too_many", minutes=-(-error.seconds // 60), status=429)
    if not known or fault:
        return _account(request, visitor, fault=fault if known and fault else "old", status=WRONG)
    kept = hash_password(password)
    with door.database.transaction() as db:
        set_password(db, visitor.person_id, kept, at=visitor.at, but=visitor.session_id)
    return go_to(f"{ACCOUNT}?done=password")


@router.post("/account/sessions/{session_id}/end")
def end_one(request: Request, visitor: Visits, session_id: str) -> Response:
    """End one of one's own sessions."""
    door: Door = request.app.state.door
    with door.database.transaction() as db:
        end_session(db, session_id, at=visitor.at, person=visitor.person_id)
    return go_to(f"{ACCOUNT}?done=ended")


@router.post("/account/sessions/end")
def end_others(request: Request, visitor: Visits) -> Response:
    """End all of one's own sessions but this one."""
    door: Door = request.app.state.door
    with door.database.transaction() as db:
        end_sessions(db, visitor.person_id, at=visitor.at, but=visitor.session_id)
    return go_to(f"{ACCOUNT}?done=ended")


@router.post("/account/passkeys/options")
def ask_for_passkey(request: Request, visitor: Visits, told: Told) -> Response:
    """Answer what the device is to be asked for, to whoever knows the password too."""
    _not_of_everybody(visitor)
    door, place = request.app.state.door, _place(request)
    given = str(told.get("password", ""))
    if not knows_password(door, visitor.person_id, given, at=visitor.at, place=agent_of(request)["place"]):
        return answer({"said": speaker(visitor.language)("password.old")}, WRONG)
    with looking(door) as db:
        return answer(passkeys.to_add(db, place, visitor.person_id, visitor.name, visitor.at))


@router.post("/account/passkeys")
def add_passkey(request: Request, visitor: Visits, told: Told) -> Response:
    """Keep the passkey that the device has made."""
    _not_of_everybody(visitor)
    door, place = request.app.state.door, _place(request)
    name = " ".join(str(told.get("name", "")).split())
    try:
        with door.database.transaction() as db:
            passkeys.add(db, place, visitor.person_id, _credential(told), name=name, at=visitor.at)
    except passkeys.NotTaken as error:
        log.warning("passkey not added: %s", error)
        return answer({"said": speaker(visitor.language)("passkey.not_taken")}, WRONG)
    return answer({"to": f"{ACCOUNT}?done=passkey"}, 201)


@router.post("/account/passkeys/{credential}/remove")
def remove_passkey(request: Request, visitor: Visits, credential: str) -> Response:
    """Take a passkey away."""
    door: Door = request.app.state.door
    with door.database.transaction() as db:
        passkeys.remove(db, visitor.person_id, credential)
    return go_to(f"{ACCOUNT}?done=removed")


@router.post("/sign-in/passkey")
def come_in_by_passkey(request: Request, visitor: Guest, told: Told) -> Response:
    """Sign in by what a device has answered; one answer, whatever was wrong."""
    door, place = request.app.state.door, _place(request)
    old = visitor.session_id if visitor else None
    try:
        token = passkeys.sign_in_by_passkey(
            door, place, _credential(told), at=door.clock(), seen=agent_of(request), old=old
        )
    except passkeys.NotTaken as error:
        log.warning("passkey not taken: %s", error)
        return answer({"said": speaker(language_of_page(request))("passkey.not_taken")}, WRONG)
    done = answer({"signed_in": True})
    keep_token(request, done, token)
    return done


def _account(
    request: Request, visitor: Visitor, *, done: str = "", fault: str = "", status: int = 200, minutes: int = 0
) -> Response:
    door: Door = request.app.state.door
    zone, language = door.book.zone, visitor.language
    with looking(door) as db:
        shows = _shown(db, visitor, door)
    said = speaker(language)(f"password.{fault}", shortest=SHORTEST, longest=LONGEST, minutes=minutes) if fault else ""
    for row in (*shows["sessions"], *shows["passkeys"]):
        row |= {name: moment(at, zone) if at else "" for name, at in row.items() if name.endswith("_at")}
    return page(
        request, "account.html", language, visitor.at, status=status, visitor=visitor, here=ACCOUNT, done=done, fault=said,
        possible=not visitor.demonstration and passkeys.place_of(request) is not None, shortest=SHORTEST, **shows,
    )  # fmt: skip


def _shown(db: Db, visitor: Visitor, door: Door) -> dict[str, Any]:
    """Read what one sees of oneself."""
    found = open_sessions(db, visitor.person_id, at=visitor.at, seen=door.seen)
    return {
        "sessions": [one._asdict() | {"this": one.session_id == visitor.session_id} for one in found],
        "passkeys": passkeys.passkeys_of(db, visitor.person_id),
        "offices": [name_of("office", office, visitor.language) for office in visitor.offices],
    }


def _place(request: Request) -> passkeys.Place:
    place = passkeys.place_of(request)
    if place is None:
        raise WrongStatus(404)
    return place


def _not_of_everybody(visitor: Visitor) -> None:
    """Refuse to change an account of the demonstration: anybody may be this person."""
    if visitor.demonstration:
        raise WrongStatus(404)


def _credential(told: Told) -> dict[str, Any]:
    given = told.get("credential")
    return given if isinstance(given, dict) else {}
