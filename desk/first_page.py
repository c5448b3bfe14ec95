"""The first pages: what waits, whether time runs, the mailbox of a demonstration, the documentation of the API."""

import json
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from desk.asking import language_of
from desk.door import Door, looking
from desk.health import heartbeats, open_cases, our_version
from desk.intake import WrongStatus
from machines.alarm_texts import in_words
from machines.alarms import open_alarms
from machines.wording import LANGUAGES, has, say, shown
from machines.zones import local_time
from models.database import Db, instant
from models.heartbeat import LATE_AFTER, SWEEP

router = APIRouter(include_in_schema=False)

NEXT = 10  # deadlines on the first page
LETTERS = 200  # messages in the mailbox
THIS_HOST = ("127.0.0.1", "::1", "testclient")

# Swagger UI draws with inline styles; its scripts are files of ours.
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)

_NEXT = """SELECT number, name, due_at, zone FROM deadlines WHERE state = 'open' AND due_at > ? ORDER BY due_at, number, name LIMIT ?"""
_OVERDUE = "SELECT number, name, due_at, zone FROM deadlines WHERE state = 'open' AND due_at <= ? ORDER BY due_at, number, name LIMIT ?"
_MAILBOX = """SELECT "to", subject, body, sent_at, number FROM messages WHERE sent_by = 'mailbox' ORDER BY sent_at DESC, key LIMIT ?"""


@router.get("/")
def first_page(request: Request) -> Response:
    """Show that the desk lives, what waits, and where the rest is."""
    door: Door = request.app.state.door
    now, language = door.clock(), language_of(request)
    with looking(door) as db:
        shows = {
            "cases": _cases(db, language),
            "overdue": [_deadline(row, language) for row in db.all(_OVERDUE, now, NEXT)],
            "ahead": [_deadline(row, language) for row in db.all(_NEXT, now, NEXT)],
            "beats": _beats(db, now, language),
            "alarms": _alarms(db, language, door.book.zone),
        }
    return _page(
        request, "first.html", language, now, **shows, prefect=_prefect(request), mailbox=_has_mailbox(request)
    )


@router.get("/mailbox")
def mailbox(request: Request) -> Response:
    """Show the messages that went to the desk's own mailbox; only on this host, and only without a mail server."""
    if not _has_mailbox(request):
        raise WrongStatus(404)
    door: Door = request.app.state.door
    now, language = door.clock(), language_of(request)
    with looking(door) as db:
        letters = [
            {
                "to": to,
                "subject": subject,
                "body": body,
                "at": _moment(at, door.book.zone) if at else "",
                "case": number,
            }
            for to, subject, body, at, number in db.all(_MAILBOX, LETTERS)
        ]
    return _page(request, "mailbox.html", language, now, letters=letters)


@router.get("/docs")
def docs(request: Request) -> Response:
    """Show the documentation of the API; everything it needs comes from here."""
    page = _page(request, "docs.html", "en", request.app.state.door.clock())
    page.headers["Content-Security-Policy"] = _DOCS_POLICY
    return page


def _alarms(db: Db, language: str, zone: str) -> list[dict[str, Any]]:
    return [
        in_words(alarm.code, alarm.numbers, language=language, zone=zone)._asdict()
        | {"since": _moment(alarm.since, zone)}
        for alarm in open_alarms(db)
    ]


def _cases(db: Db, language: str) -> list[dict[str, Any]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for procedure, state, count in open_cases(db):
        found.setdefault(procedure, []).append((_name("state", f"{procedure}.{state}", language), count))
    return [{"name": _name("procedure", procedure, language), "states": states} for procedure, states in found.items()]


def _deadline(row: tuple[Any, ...], language: str) -> dict[str, str]:
    number, name, due, zone = row
    procedure = _procedure(number)
    return {"case": number, "name": _name("deadline", f"{procedure}.{name}", language), "due": _until(due, zone)}


def _procedure(number: str) -> str:
    from machines.procedures import procedure_of_number

    found = procedure_of_number(number)
    return found.name if found else ""


def _beats(db: Db, now: datetime, language: str) -> list[dict[str, Any]]:
    found = heartbeats(db)
    beats = [
        {"name": _flow(name, language), "age": _age(at, now, language), "late": _late(name, at, now)}
        for name, at in found
    ]
    if SWEEP not in dict(found):
        beats.append({"name": _flow(SWEEP, language), "age": say("desk.first.never", language), "late": True})
    return beats


def _flow(name: str, language: str) -> str:
    return say(f"desk.flow.{name}", language) if has(f"desk.flow.{name}") else name


def _age(at: datetime, now: datetime, language: str) -> str:
    seconds = max(0, int((now - at).total_seconds()))
    key, number = ("seconds_ago", seconds) if seconds < 120 else ("minutes_ago", seconds // 60)
    return say(f"desk.first.{key}", language, number=number)


def _late(name: str, at: datetime, now: datetime) -> bool:
    return name == SWEEP and now - at > LATE_AFTER[SWEEP]


def _name(kind: str, name: str, language: str) -> str:
    return say(f"names.{kind}.{name}", language) if has(f"names.{kind}.{name}") else name


def _until(due: Any, zone: str) -> str:
    """Write when a term ends; one that ends at midnight ends at 24:00 of its last day."""
    local = local_time(instant(due), zone)
    if local.time() != time.min:
        return shown(local)
    return f"{shown((local - timedelta(days=1)).date())} 24:00"


def _moment(at: Any, zone: str) -> str:
    return shown(local_time(instant(at), zone))


def _prefect(request: Request) -> str | None:
    """Say where Prefect is, as `kenes up` has written it into the home."""
    try:
        told = json.loads((request.app.state.settings.home / "up.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    address = told.get("prefect") if isinstance(told, dict) else None
    return address if isinstance(address, str) and address.startswith(("http://", "https://")) else None


def _has_mailbox(request: Request) -> bool:
    here = request.client is not None and request.client.host in THIS_HOST
    return request.app.state.settings.smtp_url is None and here


def _page(request: Request, template: str, language: str, now: datetime, **shows: Any) -> HTMLResponse:
    door: Door = request.app.state.door
    request.state.language = language
    text = _templates().get_template(template).render(
        language=language, languages=[one for one in LANGUAGES if one in request.app.state.languages], version=our_version(),
        now=_moment(now, door.book.zone), zone=door.book.zone, t=lambda key, **numbers: say(f"desk.{key}", language, **numbers), **shows,
    )  # fmt: skip
    return HTMLResponse(text, headers={"Vary": "Accept-Language", "Cache-Control": "no-store"})


@cache
def _templates() -> Environment:
    folder = Path(__file__).with_name("templates")
    return Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape(), undefined=StrictUndefined)
