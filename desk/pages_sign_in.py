"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from desk.door import Door
from desk.intake import WrongStatus
from desk.looks import language_of_page, local_address
from desk.pages import page
from desk.visiting import Guest, Visits, agent_of, demo_roles, sign_in, sign_out
from desk.web_sessions import begin_session, end_session

router = APIRouter(include_in_schema=False)

Next = Annotated[str, Form(alias="next")]


@router.get("/sign-in")
def ask_who(request: Request, _: Guest, next: str = "/") -> Response:
    """Ask who comes: by passkey or password; in a demonstration on this computer by one click."""
    door: Door = request.app.state.door
    return page(
        request, "sign_in.html", language_of_page(request), door.clock(), next=local_address(next), roles=demo_roles(request)
    )  # fmt: skip


@router.post("/sign-in/demonstration")
def be_somebody(request: Request, role: Annotated[str, Form()], to: Next = "/") -> Response:
    """Sign in as one of the people of a demonstration."""
    if role not in [one["person"] for one in demo_roles(request)]:
        raise WrongStatus(404)
    door: Door = request.app.state.door
    with door.database.transaction() as db:
        token = begin_session(db, role, at=door.clock(), way="demonstration", **agent_of(request))
    return sign_in(request, token, to)


@router.post("/sign-out")
def leave(request: Request, visitor: Visits) -> Response:
    """End the session."""
    door: Door = request.app.state.door
    with door.database.transaction() as db:
        end_session(db, visitor.session_id, at=visitor.at)
    return sign_out(request)
