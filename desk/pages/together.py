"""Acts that many must do: chosen in a list, asked once, tried on each, done on each in a transaction and under a key of its own.

Killed half way, or sent twice: what was done is done once, the rest can be done by sending it again.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from desk.door import Door, act_of, do, let_see, looking, seen_among, try_acts
from desk.pages.acting import Acting, seen_of, typed_pairs
from desk.pages.appearance import local_address
from desk.pages.choosing import choose
from desk.pages.fields import Form, faults_shown
from desk.pages.page import name_of, page, speaker
from desk.pages.visiting import TYPED_BY, Types, Visits, go_to
from desk.problems import problem, wrong
from desk.titles import titles_of
from machines.procedures import PROCEDURES
from machines.refusal import Forbidden, Unanswerable, Unknown
from models.database import Locked

router = APIRouter(include_in_schema=False)

MOST = 500  # cases at once


@dataclass(slots=True)
class Chosen:
    """What was sent: the cases that were ticked, and everything else."""

    numbers: list[str]
    typed: dict[str, str] = field(default_factory=dict)


async def chosen_form(request: Request) -> Chosen:
    """Read the form of a list."""
    pairs = await typed_pairs(request)
    numbers = [value for name, value in pairs if name == "number"]
    typed = {name: value for name, value in pairs if name != "number"}
    return Chosen(list(dict.fromkeys(numbers))[:MOST], typed | {"back": local_address(typed.get("back") or "/cases")})


Many = Annotated[Chosen, Depends(chosen_form)]


@router.get("/cases/together")
def together_again(_: Visits) -> Response:
    """Lead back to the list whoever comes by an address that only forms are sent to: by the language switch, from signing in."""
    return go_to("/cases")


@router.post("/cases/together")
def together(request: Request, visitor: Types, many: Many) -> Response:
    """Ask what the act tells, show what it would give for each, do it: by the `step` that was sent."""
    procedure, name = many.typed.get("procedure", ""), many.typed.get("act", "")
    row = PROCEDURES[procedure].rows.get(name) if procedure in PROCEDURES else None
    if row is None or row.opens_case or not row.persons:
        raise wrong("act", "literal_error", "an act of the procedure is expected")
    acting = Acting(request, visitor, PROCEDURES[procedure], row, None, many.typed)
    door: Door = request.app.state.door
    with looking(door) as db:
        acting.chosen = choose(db, acting.fields, acting.typed, visitor.language, only=acting.only)
        titles = titles_of(db, seen_among(db, many.numbers, visitor.person_id, visitor.at), visitor.language)
    many.numbers = [number for number in many.numbers if number in titles]
    step = many.typed.get("step")
    asked_for = (
        (acting.fields and step not in ("check", "do"))
        or many.typed.get("more")
        or acting.chosen.fits
        or acting.chosen.nobody
    )
    if asked_for or not many.numbers:
        return _form(acting, many, titles)
    if step == "do":
        return _draw(
            acting, many, "together_done.html", rows=[_done(acting, number, titles) for number in many.numbers]
        )
    return _preview(acting, many, titles)


def _preview(acting: Acting, many: Chosen, titles: Mapping[str, str]) -> Response:
    """Try the act on a copy of each case; facts of the wrong shape are wrong for all, and go back to the form."""
    rows = [_tried(acting, number, titles) for number in many.numbers]
    wrong_for_all = next((row["problem"] for row in rows if row["problem"] and row["problem"].get("faults")), None)
    if wrong_for_all and acting.fields:
        return _form(acting, many, titles, wrong_for_all)
    can = [row for row in rows if row["can"]]
    hidden = {name: value for name, value in many.typed.items() if name not in ("step", "more", TYPED_BY)}
    hidden |= {"key": many.typed.get("key") or secrets.token_urlsafe(12)} | {
        f"seen.{row['number']}": str(row["seen"]) for row in can
    }
    return _draw(
        acting, many, "together_check.html", can=can, cannot=[row for row in rows if not row["can"]], hidden=hidden
    )


def _tried(acting: Acting, number: str, titles: Mapping[str, str]) -> dict[str, Any]:
    visitor = acting.visitor
    try:
        with looking(acting.door) as db:
            let_see(db, number, visitor.person_id, visitor.at)
        tried = try_acts(
            acting.door, number, [acting.asked()], actor=visitor.person_id, at=visitor.at, language=visitor.language
        )[0]
    except (Unknown, Forbidden) as error:
        tried = {"done": False, "problem": problem(error, visitor.language)}
    seen = tried["entry"]["seq"] - 1 if tried["done"] else 0
    return {
        "number": number,
        "title": titles[number],
        "can": tried["done"],
        "seen": seen,
        "problem": tried.get("problem"),
    }


def _done(acting: Acting, number: str, titles: Mapping[str, str]) -> dict[str, Any]:
    """Do the act on one case; what stands in its way stops only this one."""
    visitor, typed = acting.visitor, acting.typed
    try:
        act = act_of(
            acting.asked(), actor=visitor.person_id, at=visitor.at, case=number, seen=seen_of({"seen": typed.get(f"seen.{number}", "")}),
            key=f"{typed.get('key', '')[:100]}/{number}",
        )  # fmt: skip
        done = do(acting.door, act, language=visitor.language)
    except (Unanswerable, Locked) as error:
        return {"number": number, "title": titles[number], "problem": problem(error, visitor.language), "receipt": ""}
    return {
        "number": number,
        "title": titles[number],
        "problem": None,
        "receipt": f"/cases/{number}/receipts/{done.seq}",
    }


def _form(acting: Acting, many: Chosen, titles: Mapping[str, str], said: Mapping[str, Any] | None = None) -> Response:
    by_path, listed = faults_shown(said or {}, acting.fields, acting.visitor.language)
    chosen = acting.chosen
    for path in (*chosen.fits, *sorted(chosen.nobody)) if chosen else ():
        by_path[path] = speaker(acting.visitor.language)(
            "act.choose_one" if chosen and path in chosen.fits else "act.nobody"
        )
        listed.append({"field": path, "text": by_path[path]})
    form = Form(
        acting.fields, acting.typed, acting.visitor.language, chosen, by_path, acting.typed.get("more", ""), acting.only
    )
    with looking(acting.door) as db:
        fields = form.shown(db)
    hidden = {name: acting.typed.get(name, "") for name in ("procedure", "act", "back")}
    return _draw(acting, many, "together.html", fields=fields, faults=listed, hidden=hidden, titles=titles)


def _draw(acting: Acting, many: Chosen, template: str, **shows: Any) -> Response:
    visitor, t = acting.visitor, speaker(acting.visitor.language)
    act = name_of("act", f"{acting.procedure.name}.{acting.row.name}", visitor.language)
    return page(
        acting.request, template, visitor.language, visitor.at, visitor=visitor, here="/cases", act=act, numbers=many.numbers,
        norms=acting.row.norms, crumbs=(("/cases", t("frame.cases")), ("", act)), **shows,
    )  # fmt: skip
