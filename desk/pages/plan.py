"""Plans and what-if: which days are lawful for what is intended, and what an act would bring. Nothing is written."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from desk.door import Door, let_see, looking, reading
from desk.pages.acting import Acting, Typed, offices_named
from desk.pages.choosing import choose
from desk.pages.fields import Form, faults_shown
from desk.pages.page import name_of, speaker
from desk.pages.page import page as drawn
from desk.pages.telling import last_day_shown
from desk.pages.visiting import Types, Visitor, Visits
from desk.plans import (
    law_of,
    planned_announcement,
    planned_candidacy,
    planned_extraordinary,
    planned_poll,
    read_planned,
)
from desk.problems import problem
from machines.procedure import Office, Procedure
from machines.procedures import procedure_of_number
from machines.refusal import Unanswerable, Unknown
from machines.standing import standing
from machines.wording import shown
from models.database import Db

router = APIRouter(include_in_schema=False)

PLANS: Mapping[str, Callable[[Any, date, str], dict[str, Any]]] = {
    "on": planned_announcement, "decided": planned_extraordinary, "opened": planned_poll,
}  # fmt: skip
ANSWERED, REFUSED = 200, 422


@router.get("/plan")
def plan(
    request: Request, visitor: Visits, on: str = "", decided: str = "", opened: str = "", number: str = ""
) -> Response:
    """Say which days are lawful for a session, a poll, or the decision on a candidacy, and how they are counted."""
    door: Door = request.app.state.door
    given = {"on": on.strip(), "decided": decided.strip(), "opened": opened.strip(), "number": number.strip()}
    found: dict[str, Any] = {}
    faults: list[dict[str, str]] = []
    for name, value in given.items():
        if value:
            try:
                found[name] = _planned(door, visitor, name, value)
            except Unanswerable as error:
                faults += _faults(error, name, visitor.language)
    language = visitor.language
    return drawn(
        request, "plan.html", language, visitor.at, status=REFUSED if faults else ANSWERED, given=given, found=found, faults=faults,
        both=", ".join(map(_day, found.get("decided", {}).get("both", ()))),
        candidacies=_candidacies(door) if visitor.offices else [],
    )  # fmt: skip


@router.get("/cases/{number}/try")
def ask_what(request: Request, visitor: Visits, number: str, act: str = "") -> Response:
    """Offer the acts of the case's state, the clock's too; of the one that is chosen show the form."""
    state, procedure = _case(request, visitor, number)
    if not act:
        return _choose(request, visitor, number, state, procedure)
    return _form(_acting(request, visitor, number, procedure, act, {}), state)


@router.post("/cases/{number}/try")
def try_it(request: Request, visitor: Types, number: str, typed: Typed) -> Response:
    """Play the act on a copy of the case and say what it would bring; the case stays as it is."""
    state, procedure = _case(request, visitor, number)
    acting = _acting(request, visitor, number, procedure, typed.get("act", ""), typed)
    with looking(acting.door) as db:
        acting.chosen = choose(db, acting.fields, acting.typed, visitor.language, only=acting.only)
    if typed.get("more") or acting.chosen.fits or acting.chosen.nobody:
        return _form(acting, state)
    return _form(acting, state, acting.tried())


def _planned(door: Door, visitor: Visitor, name: str, value: str) -> dict[str, Any]:
    if name == "number":
        number = value.upper()
        with reading(door, visitor.at) as db:
            let_see(db, number, visitor.person_id, visitor.at)
            return _decision(
                planned_candidacy(db, number, now=visitor.at, book=door.book, language=visitor.language),
                visitor.language,
            )
    day = read_planned(value, name)
    with looking(door) as db:
        law = law_of(db, door.book)
    return {
        key: _day(one) if isinstance(one, str) else one for key, one in PLANS[name](law, day, visitor.language).items()
    }


def _day(text: str) -> Any:
    """Write an ISO day as people do; other texts stay."""
    try:
        return shown(date.fromisoformat(text))
    except ValueError:
        return text


def _decision(plan: Mapping[str, Any], language: str) -> dict[str, Any]:
    steps = [
        step
        | {
            "act": name_of("act", f"candidacy.{step['act']}", language), "by": [name_of("office", one, language) for one in step["by"]],
            "earliest": _day(step["earliest"]) if step["earliest"] else "", "due": last_day_shown(step["due"]) if step["due"] else "",
        }
        for step in plan["steps"]
    ]  # fmt: skip
    return dict(plan) | {
        "earliest": _day(plan["earliest"]) if plan["earliest"] else "", "steps": steps,
        "state": name_of("state", f"candidacy.{plan['state']}", language),
    }  # fmt: skip


def _faults(error: Unanswerable, name: str, language: str) -> list[dict[str, str]]:
    said = problem(error, language)
    return [{"field": name, "text": fault["reason"]} for fault in said.get("faults", ())] or [
        {"field": name, "text": said["detail"]}
    ]


def _candidacies(door: Door) -> list[str]:
    with looking(door) as db:
        rows = db.all(
            "SELECT number FROM cases WHERE procedure = 'candidacy' AND NOT final ORDER BY number DESC LIMIT 200"
        )
    return [number for (number,) in rows]


def _case(request: Request, visitor: Visitor, number: str) -> tuple[str, Procedure[Any]]:
    """Return the state in which the next act will find the case."""
    door: Door = request.app.state.door
    with reading(door, visitor.at) as db:
        let_see(db, number, visitor.person_id, visitor.at)
        row = db.one("SELECT state FROM cases WHERE number = ?", number)
    procedure = procedure_of_number(number)
    assert procedure is not None
    return (row[0] if row else ""), procedure


def _acting(
    request: Request, visitor: Visitor, number: str, procedure: Procedure[Any], act: str, typed: dict[str, str]
) -> Acting:  # fmt: skip
    row = procedure.rows.get(act)
    if row is None or row.opens_case:
        raise Unknown("address", request.url.path)
    if not row.persons:
        typed = typed | {"office": Office.clock.value}  # nobody does it: it is tried as if its time had come
    return Acting(request, visitor, procedure, row, number, typed)


def _choose(request: Request, visitor: Visitor, number: str, state: str, procedure: Procedure[Any]) -> Response:
    language = visitor.language
    acts = [
        {
            "href": f"/cases/{number}/try?act={row.name}", "what": name_of("act", f"{procedure.name}.{row.name}", language),
            "about": ", ".join(name_of("office", office.value, language) for office in row.by), "due": "", "left": "", "tone": "",
        }
        for row in procedure.known_in(state)
    ]  # fmt: skip
    return _draw(
        request,
        visitor,
        "try_choose.html",
        number,
        acts=acts,
        state=name_of("state", f"{procedure.name}.{state}", language),
    )


def _form(acting: Acting, state: str, tried: Mapping[str, Any] | None = None) -> Response:
    """Show the form of the act, with what it would bring if it was tried."""
    language, number = acting.visitor.language, acting.number or ""
    said = (tried or {}).get("problem") or {}
    by_path, listed = faults_shown(said, acting.fields, language)
    form = Form(
        acting.fields, acting.typed, language, acting.chosen, by_path, acting.typed.get("more", ""), acting.only
    )
    with reading(acting.door, acting.visitor.at) as db:
        fields = form.shown(db)
        shows: dict[str, Any] = {"offices": _offices(db, acting), "fields": fields}
    return _draw(
        acting.request, acting.visitor, "try.html", number, act=acting.row.name,
        text=name_of("act", f"{acting.procedure.name}.{acting.row.name}", language), faults=listed, said=said,
        state=name_of("state", f"{acting.procedure.name}.{state}", language), office=acting.typed.get("office", ""),
        brings=_brings(acting, tried) if tried and tried["done"] else None, clock=not acting.row.persons, **shows,
    )  # fmt: skip


def _offices(db: Db, acting: Acting) -> list[tuple[str, str]]:
    """Name the offices in which it may be tried: those of the visitor and, where the clock may do it, the clock."""
    held = standing(db, acting.visitor.person_id, at=acting.visitor.at, book=acting.door.book)
    clock = (Office.clock.value,) if acting.row.by_clock else ()
    return offices_named((*held.offices(acting.procedure, acting.row), *clock), acting.visitor.language)


def _brings(acting: Acting, tried: Mapping[str, Any]) -> dict[str, Any]:
    language, procedure = acting.visitor.language, acting.procedure.name
    counts = tried["case"].get("counts") or {}
    return {
        "state": name_of("state", f"{procedure}.{tried['case']['state']}", language),
        "moves": tried["entry"]["from"] != tried["entry"]["to"], "warnings": tried["entry"]["warnings"],
        "opens": [
            {
                "at": last_day_shown(one["due"]) if one["due"] else speaker(language)("plan.undated"), "iso": "", "tone": "next",
                "text": name_of("deadline", f"{procedure}.{one['name']}", language), "details": one["derivation"],
            }
            for one in tried["opens"]
        ],
        "counts": [(name_of("fact", name, language), number) for name, number in counts.items() if isinstance(number, int)],
        "outcome": name_of("value.outcome", tried["case"]["outcome"], language) if tried["case"].get("outcome") else "",
    }  # fmt: skip


def _draw(request: Request, visitor: Visitor, template: str, number: str, **shows: Any) -> Response:
    t = speaker(visitor.language)
    crumbs = [("/cases", t("frame.cases")), (f"/cases/{number}", number), ("", t("try.title"))]
    return drawn(request, template, visitor.language, visitor.at, here="/cases", crumbs=crumbs, number=number, **shows)
