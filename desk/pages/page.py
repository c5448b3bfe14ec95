"""How a page is drawn, and how what stands on several pages is said: names, instants, terms, alarms, flows."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from desk.door import Door
from desk.pages.appearance import keep_language, theme_of, this_page
from desk.running.health import our_version
from machines.alarm_texts import in_words
from machines.alarms import open_alarms
from machines.procedures import procedure_of_number
from machines.wording import LANGUAGES, has, say, shown
from machines.zones import local_time
from models.database import Db, instant

# The main sections, in the order of the navigation: (address, name in `frame`).
PLACES = (
    ("/", "inbox"),
    ("/cases", "cases"),
    ("/sessions", "sittings"),
    ("/calendar", "calendar"),
    ("/people", "people"),
    ("/norms", "norms"),
)
IN_OFFICE = ("/people",)  # of them, what only people in office may see: nobody else is led there
# Each language by its own short name, whatever the language of the page.
TONGUES = {"kk": "Қаз", "ru": "Рус", "en": "Eng"}
# Where the texts of the pages stand: the file, and the table in it.
AREAS = ("desk", "frame.desk", "access.desk", "register.desk", "sittings.desk")

# An age below these is said in seconds, in minutes, in hours; above in days.
_MINUTES_FROM_S, _HOURS_FROM_S, _DAYS_FROM_S = 120, 7_200, 172_800


def page(
    request: Request, template: str, language: str, now: datetime, *, status: int = 200, visitor: Any = None, here: str = "",
    crumbs: Sequence[tuple[str, str]] = (), **shows: Any,
) -> HTMLResponse:  # fmt: skip
    """Draw a page in a language; it is never kept by a browser or a proxy.

    *visitor* is who looks (else the one that the request was let in for); *here* is the main section that the page belongs
    to; *crumbs* lead to it: (address, text), the page itself last, without an address. A template calls `t("inbox.title")`
    for the text `desk.inbox.title` of any of the files in `AREAS`. Scripts run only with the `nonce` of the page.
    """
    door: Door = request.app.state.door
    request.state.language = language
    visitor = visitor or getattr(request.state, "visitor", None)
    say_here = speaker(language)
    nonce = secrets.token_urlsafe(16)
    languages = [one for one in LANGUAGES if one in request.app.state.languages]
    drawn = _templates().get_template(template).render(
        language=language, tongues=TONGUES, languages=languages, version=our_version(),
        now=moment(now, door.book.zone), zone=door.book.zone, t=say_here, visitor=visitor, nonce=nonce, theme=theme_of(request),
        here=here, crumbs=crumbs, places=_places(visitor, say_here),
        in_language={one: this_page(request, lang=one) for one in LANGUAGES}, back=this_page(request), **shows,
    )  # fmt: skip
    response = HTMLResponse(drawn, status, headers=_headers(nonce))
    keep_language(request, response)
    return response


def _places(visitor: Any, say_here: Callable[..., str]) -> list[tuple[str, str]]:
    """Name the main sections that *visitor* may see."""
    in_office = bool(visitor and visitor.offices)
    return [(href, say_here(f"frame.{name}")) for href, name in PLACES if in_office or href not in IN_OFFICE]


def _headers(nonce: str) -> dict[str, str]:
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {"Vary": "Accept-Language, Cookie", "Cache-Control": "no-store", "Content-Security-Policy": policy}


def speaker(language: str) -> Callable[..., str]:
    """Return what says the texts of the pages: `t("inbox.title", number=3)`."""
    return lambda key, **numbers: say(_key(key), language, **numbers)


def told(key: str) -> bool:
    """Tell whether the pages have such a text."""
    return has(_key(key))


@cache
def _key(key: str) -> str:
    """Find in which file a text of the pages stands."""
    known = (f"{area}.{key}" for area in AREAS)
    return next((one for one in known if has(one)), f"{AREAS[0]}.{key}")


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
    return term_end_local(local_time(instant(due), zone))


def term_end_local(local: datetime) -> str:
    """Write when a term ends, given in its own zone."""
    if local.time() != time.min:
        return shown(local)
    return f"{shown((local - timedelta(days=1)).date())} 24:00"


def moment(at: Any, zone: str) -> str:
    """Write an instant as local time."""
    return shown(local_time(instant(at), zone))


class Missing(StrictUndefined):
    """What a page was not given: may be asked for (`{% if row.tag %}`), never be shown."""

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


@cache
def _templates() -> Environment:
    folder = Path(__file__).parents[1] / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(),
        undefined=Missing,
        auto_reload=False,
        cache_size=-1,
    )  # a release is never edited while it runs
