"""How a page is drawn, and how what stands on several pages is said: names, instants, terms, alarms, flows."""

from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from desk.door import Door
from desk.health import our_version
from machines.alarm_texts import in_words
from machines.alarms import open_alarms
from machines.procedures import procedure_of_number
from machines.wording import LANGUAGES, has, say, shown
from machines.zones import local_time
from models.database import Db, instant

# An age below these is said in seconds, in minutes, in hours; above in days.
_MINUTES_FROM_S, _HOURS_FROM_S, _DAYS_FROM_S = 120, 7_200, 172_800


def page(request: Request, template: str, language: str, now: datetime, **shows: Any) -> HTMLResponse:
    """Draw a page in a language; it is never kept by a browser or a proxy."""
    door: Door = request.app.state.door
    request.state.language = language
    text = _templates().get_template(template).render(
        language=language, languages=[one for one in LANGUAGES if one in request.app.state.languages], version=our_version(),
        now=moment(now, door.book.zone), zone=door.book.zone, t=lambda key, **numbers: say(f"desk.{key}", language, **numbers), **shows,
    )  # fmt: skip
    return HTMLResponse(text, headers={"Vary": "Accept-Language", "Cache-Control": "no-store"})


def alarms_shown(db: Db, language: str, zone: str) -> list[dict[str, Any]]:
    """Say every open alarm: what it is, what it means, what to do, since when."""
    return [
        in_words(alarm.code, alarm.numbers, language=language, zone=zone)._asdict()
        | {"since": moment(alarm.since, zone)}
        for alarm in open_alarms(db)
    ]


def deadline_shown(number: str, name: str, due: Any, zone: str, *, language: str) -> dict[str, str]:
    """Say a deadline: of which case, what for, until when."""
    procedure = procedure_of_number(number)
    named = name_of("deadline", f"{procedure.name if procedure else ''}.{name}", language)
    return {"case": number, "name": named, "due": term_end(due, zone)}


def name_of(kind: str, name: str, language: str) -> str:
    """Name something of the tables; what has no name is said as it stands."""
    return say(f"names.{kind}.{name}", language) if has(f"names.{kind}.{name}") else name


def flow_name(name: str, language: str) -> str:
    """Name a flow for people."""
    return say(f"desk.flow.{name}", language) if has(f"desk.flow.{name}") else name


def age(at: datetime, now: datetime, language: str) -> str:
    """Write how long ago something was."""
    seconds = max(0, int((now - at).total_seconds()))
    if seconds < _MINUTES_FROM_S:
        return say("desk.first.seconds_ago", language, number=seconds)
    if seconds < _HOURS_FROM_S:
        return say("desk.first.minutes_ago", language, number=seconds // 60)
    if seconds < _DAYS_FROM_S:
        return say("desk.first.hours_ago", language, number=seconds // 3600)
    return say("desk.first.days_ago", language, number=seconds // 86_400)


def grouped(number: int, language: str) -> str:
    """Write a large number; in Russian and Kazakh a comma would make it a fraction."""
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def term_end(due: Any, zone: str) -> str:
    """Write when a term ends; one that ends at midnight ends at 24:00 of its last day."""
    local = local_time(instant(due), zone)
    if local.time() != time.min:
        return shown(local)
    return f"{shown((local - timedelta(days=1)).date())} 24:00"


def moment(at: Any, zone: str) -> str:
    """Write an instant as local time."""
    return shown(local_time(instant(at), zone))


@cache
def _templates() -> Environment:
    folder = Path(__file__).with_name("templates")
    return Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape(), undefined=StrictUndefined)
