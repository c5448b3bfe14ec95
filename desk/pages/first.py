"""The first pages: what waits, whether time runs, the mailbox of a demonstration, the documentation of the API."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from desk.door import Door, looking
from desk.intake import WrongStatus
from desk.pages.appearance import language_of_page
from desk.pages.inbox import show_inbox
from desk.pages.page import age, alarms_shown, flow_name, moment, page
from desk.pages.visiting import Guest, demo_roles, looks_after, sees_mailbox
from desk.running.health import heartbeats
from desk.shapes import name_of, people_named
from machines.wording import say
from models.database import Db
from models.heartbeat import LATE_AFTER, SWEEP

router = APIRouter(include_in_schema=False)

LETTERS = 200  # messages in the mailbox

# Swagger UI draws with inline styles; its scripts are files of ours.
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)

_MAILBOX = """SELECT "to", subject, body, sent_at, number FROM messages WHERE sent_by = 'mailbox' ORDER BY sent_at DESC, key LIMIT ?"""


@router.get("/")
def first_page(request: Request, visitor: Guest) -> Response:
    """Show what waits for whoever is signed in; to guests what this is, that it lives, and where one signs in."""
    door: Door = request.app.state.door
    now, language = door.clock(), language_of_page(request, visitor)
    with looking(door) as db:
        shows: dict[str, Any] = {
            "beats": _beats(db, now, language, began=request.app.state.began),
            "alarms": alarms_shown(db, language, door.book.zone) if visitor and looks_after(visitor) else [],
        }
    shows["mailbox"] = sees_mailbox(request, visitor)
    if visitor:
        return show_inbox(request, visitor, **shows)
    return page(request, "first.html", language, now, **shows, roles=demo_roles(request))


@router.get("/mailbox")
def mailbox(request: Request, visitor: Guest) -> Response:
    """Show the messages that went to the desk's own mailbox; only without a mail server, and not to everybody."""
    if not sees_mailbox(request, visitor):
        raise WrongStatus(404)
    door: Door = request.app.state.door
    now, language = door.clock(), language_of_page(request, visitor)
    with looking(door) as db:
        found = db.all(_MAILBOX, LETTERS)
        names = people_named(db, (to for to, *_ in found))
        letters = [
            {
                "to": f"{name} ({to})" if (name := name_of(names, to, language)) else to,
                "subject": subject,
                "body": body,
                "at": moment(at, door.book.zone) if at else "",
                "case": number,
            }
            for to, subject, body, at, number in found
        ]
    return page(request, "mailbox.html", language, now, letters=letters)


@router.get("/docs")
def docs(request: Request) -> Response:
    """Show the documentation of the API; everything it needs comes from here."""
    drawn = page(request, "docs.html", "en", request.app.state.door.clock())
    drawn.headers["Content-Security-Policy"] = _DOCS_POLICY
    return drawn


def _beats(db: Db, now: datetime, language: str, *, began: datetime) -> list[dict[str, Any]]:
    """Say when each flow last worked; what brings time to the cases is late once it has had its time since the desk *began*."""
    found = dict(heartbeats(db))
    ages = {name: age(at, now, language) for name, at in found.items()}
    if SWEEP not in found:
        ages[SWEEP] = say("desk.first.never", language)
    late = now - max(began, found.get(SWEEP, began)) > LATE_AFTER[SWEEP]
    return [
        {"name": flow_name(name, language), "age": shown, "late": late and name == SWEEP}
        for name, shown in ages.items()
    ]
