"""Acting: the form that the facts of an act ask for, the answers to check, the act itself.

One flow for every act of every procedure: form, then check (`step=check`, tried on a copy: nothing is written), then the act
(`step=do`), then the receipt. A page of its own for one act (a ballot, a hall) posts to the same addresses with the fields of
`desk/pages/forms.py`, `seen`, `key` and `step`, and gets the same check, the same errors and the same receipt.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from desk.door import Door, act_of, do, entries_since, let_see, looking, reading
from desk.pages.acting import (
    BEHALF,
    OF_THE_PRESIDENT,
    OFFICE,
    Acting,
    Typed,
    context,
    crumbs_of,
    key_of,
    seen_of,
    seq_of,
)
from desk.pages.choosing import CHOSEN, choose
from desk.pages.edition_shown import edition_reported, present_values
from desk.pages.fields import Form, faults_shown
from desk.pages.forms import label_of, leaves
from desk.pages.lawful_shown import lawful_dates
from desk.pages.page import name_of, page, speaker
from desk.pages.telling import entry_told, facts_told, in_order, last_day_shown, names_in, offset_shown, with_names
from desk.pages.visiting import TYPED_BY, Types, Visitor, Visits
from desk.problems import problem
from machines.act import PRESIDENT
from machines.procedures import PROCEDURES, procedure_of_number
from machines.refusal import Conflict, KeyReused, Unanswerable, Unknown
from machines.standing import standing

router = APIRouter(include_in_schema=False)

# A trial never tells what a secret vote has come to (8.3c): the act may be done all the same.
UNTOLD = "resolution.secret_until_closed"


@router.get("/open")
def what_can_be_opened(request: Request, visitor: Visits) -> Response:
    """List the acts that open a case: those of the visitor's own offices first."""
    door: Door = request.app.state.door
    with looking(door) as db:
        held = standing(db, visitor.person_id, at=visitor.at, book=door.book)
    rows = [
        (procedure, row)
        for procedure in PROCEDURES.values()
        for row in procedure.acts
        if row.opens_case and row.persons
    ]
    acts = [
        {
            "href": f"/open/{procedure.name}/{row.name}", "what": name_of("act", f"{procedure.name}.{row.name}", visitor.language),
            "about": name_of("procedure", procedure.name, visitor.language), "mine": bool(held.offices(procedure, row)),
            "by": [name_of("office", office.value, visitor.language) for office in row.persons],
        }
        for procedure, row in rows
    ]  # fmt: skip
    t = speaker(visitor.language)
    return page(
        request, "open.html", visitor.language, visitor.at, visitor=visitor, here="/cases", acts=acts,
        crumbs=(("/cases", t("frame.cases")), ("", t("act.open_title"))),
    )  # fmt: skip


@router.get("/open/{procedure}/{act}")
def ask_opening(request: Request, visitor: Visits, procedure: str, act: str) -> Response:
    """Show the form of the first act of a case; what the address names is filled in."""
    return _form(_opening(request, visitor, procedure, act, dict(request.query_params)))


@router.post("/open/{procedure}/{act}")
def post_opening(request: Request, visitor: Types, procedure: str, act: str, typed: Typed) -> Response:
    """Check the first act of a case, or do it."""
    return _step(_opening(request, visitor, procedure, act, typed))


@router.get("/cases/{number}/acts/{act}")
def ask_act(request: Request, visitor: Visits, number: str, act: str) -> Response:
    """Show the form of an act; one that tells nothing is ready to be checked."""
    acting = _of_case(request, visitor, number, act, dict(request.query_params))
    return _form(acting) if acting.fields or "behalf" in acting.typed else _check(acting)


@router.post("/cases/{number}/acts/{act}")
def post_act(request: Request, visitor: Types, number: str, act: str, typed: Typed) -> Response:
    """Check an act, or do it."""
    return _step(_of_case(request, visitor, number, act, typed))


# ------------------------------------------------------------------------------------------------------------------ the steps


def _opening(request: Request, visitor: Visitor, procedure: str, act: str, typed: dict[str, str]) -> Acting:
    table = PROCEDURES.get(procedure)
    row = table.rows.get(act) if table else None
    if table is None or row is None or not row.opens_case or not row.persons:
        raise Unknown("address", request.url.path)
    return Acting(request, visitor, table, row, None, typed)


def _of_case(request: Request, visitor: Visitor, number: str, act: str, typed: dict[str, str]) -> Acting:
    table = procedure_of_number(number)
    door: Door = request.app.state.door
    with looking(door) as db:
        let_see(db, number, visitor.person_id, visitor.at)
    row = table.rows.get(act) if table else None
    if table is None or row is None or row.opens_case or not row.persons:
        raise Unknown("address", request.url.path)
    return Acting(request, visitor, table, row, number, typed)


def _step(acting: Acting) -> Response:
    """Take the step that was asked for: back to the form, one row more, check, or do."""
    with looking(acting.door) as db:
        acting.chosen = choose(
            db, (*acting.fields, *acting.beside), acting.typed, acting.visitor.language, only=acting.only
        )
    if acting.typed.get("more") or acting.typed.get("step") == "form":
        return _form(acting)
    if acting.chosen.fits or acting.chosen.nobody:
        return _form(acting, status=422, unsure=True)
    return _do(acting) if acting.typed.get("step") == "do" else _check(acting)


def _do(acting: Acting) -> Response:
    """Do the act; sent twice it is done once."""
    key = acting.typed.get("key", "")
    try:
        act = act_of(
            acting.asked(), actor=acting.visitor.person_id, at=acting.visitor.at, case=acting.number, seen=seen_of(acting.typed),
            key=key if key.isprintable() and 0 < len(key) <= 200 else None,
        )  # fmt: skip
        done = do(acting.door, act, language=acting.visitor.language)
    except Unanswerable as error:
        return _not_done(acting, error)
    return RedirectResponse(f"/cases/{done.number}/receipts/{done.seq}", 303)


def _not_done(acting: Acting, error: Unanswerable) -> Response:
    """Say why not, with what was typed; after a conflict what has happened since, and from there anew."""
    said = problem(error, acting.visitor.language)
    if isinstance(error, Conflict):
        said["entries"] = entries_since(acting.door, error, language=acting.visitor.language)
        acting.typed["seen"] = str(error.seq)
    if isinstance(error, KeyReused):
        acting.typed.pop("key", None)  # done before, and changed since: sent once more it is another act
    return _form(acting, said, status=said["status"])


def _check(acting: Acting) -> Response:
    """Show what would be entered and what it would bring; what would be refused is shown in the form instead."""
    if acting.number is not None and seen_of(acting.typed) is None:
        with reading(acting.door, acting.visitor.at) as db:
            acting.typed["seen"] = str(seq_of(db, acting.number))
    tried = acting.tried()
    if not tried["done"] and [one["code"] for one in tried["problem"].get("refusals", ())] != [UNTOLD]:
        return _form(acting, tried["problem"], status=tried["problem"]["status"])
    language, asked = acting.visitor.language, acting.asked()
    with reading(acting.door, acting.visitor.at) as db:
        names = names_in(db, [asked], language)
        shows = context(db, acting)
        concerned = edition_reported(db, acting.act, asked["facts"], acting.number, acting.reader)
    told = facts_told(in_order(asked["facts"], acting.procedure.name, acting.row.name), language, names)
    if asked.get(BEHALF):
        told += facts_told(
            {BEHALF: asked[BEHALF], "document": asked.get("document")}, language, names | _president(language)
        )
    hidden = {
        name: value
        for name, value in (acting.chosen or acting).typed.items()
        if name not in ("step", "more", "lang", "key", TYPED_BY)
    }
    return _draw(
        acting,
        "check.html",
        told=told,
        hidden=hidden | {"key": key_of(acting)},
        brings=_brings(acting, tried),
        concerned=concerned,
        **shows,
    )


def _brings(acting: Acting, tried: Mapping[str, Any]) -> dict[str, Any]:
    """Say what a trial has told: where the case would stand, which deadlines would open, which warnings are spoken."""
    language, procedure = acting.visitor.language, acting.procedure.name
    if not tried["done"]:
        return {"untold": tried["problem"]["refusals"]}
    opens = [
        {"at": last_day_shown(one["due"]) if one["due"] else "", "text": name_of("deadline", f"{procedure}.{one['name']}", language),
         "details": one["derivation"], "tone": "next"}
        for one in tried["opens"]
    ]  # fmt: skip
    state = name_of("state", f"{procedure}.{tried['case']['state']}", language)
    return {
        "state": state,
        "moves": tried["entry"]["from"] != tried["entry"]["to"],
        "opens": opens,
        "warnings": tried["entry"]["warnings"],
        "jointly": acting.row.joint and tried["entry"]["from"] == tried["entry"]["to"],
    }


def _form(
    acting: Acting, said: Mapping[str, Any] | None = None, *, status: int = 200, unsure: bool = False
) -> Response:
    """Show the form: what was typed is kept, what is wrong stands on top and beside the fields."""
    language, t = acting.visitor.language, speaker(acting.visitor.language)
    by_path, listed = faults_shown(said or {}, (*acting.fields, *acting.beside), language)
    if unsure and acting.chosen:
        unsure_of = _unsure(acting)
        by_path |= {path: reason for path, _, reason in unsure_of}
        listed += [
            {
                "field": path + CHOSEN if path in acting.chosen.fits else path,
                "text": t("act.fault", field=label, reason=reason),
            }
            for path, label, reason in unsure_of
        ]
    form = Form(
        acting.fields, acting.typed, language, acting.chosen, by_path, acting.typed.get("more", ""), acting.only
    )
    beside = Form(acting.beside, acting.typed, language, acting.chosen, by_path, only=acting.only)
    with reading(acting.door, acting.visitor.at) as db:
        if said and said.get("refusals"):
            said = {**said, "refusals": with_names(db, said["refusals"], language)}
        form.present = present_values(db, acting.fields, acting.reader)
        shows = context(db, acting) | {"fields": form.shown(db), "beside": beside.shown(db)}
        seen = acting.typed.get("seen") or (str(seq_of(db, acting.number)) if acting.number else "")
        lawful = lawful_dates(
            db, acting.door, acting.act, acting.typed, number=acting.number, person=acting.visitor.person_id, at=acting.visitor.at,
            language=language,
        )  # fmt: skip
    since = _since(acting, (said or {}).get("entries", ()))
    return _draw(
        acting, "act.html", status, faults=listed, said=said, since=since, lawful=lawful, hidden={"seen": seen, "key": key_of(acting)},
        behalf=any(acting.typed.get(name) for name in (BEHALF, "behalf")) or acting.beside[0] == OF_THE_PRESIDENT,
        office=acting.typed.get(OFFICE, ""), **shows,
    )  # fmt: skip


def _unsure(acting: Acting) -> list[tuple[str, str, str]]:
    """Name the fields in which several people or cases fit, or none: path, name, what is to be done."""
    chosen, language, t = acting.chosen, acting.visitor.language, speaker(acting.visitor.language)
    fields = leaves((*acting.fields, *acting.beside), acting.typed)
    return [
        (
            one.path,
            label_of(one, language),
            t("act.choose_one") if chosen and one.path in chosen.fits else t("act.nobody"),
        )
        for one in fields
        if chosen and (one.path in chosen.fits or one.path in chosen.nobody)
    ]


def _since(acting: Acting, entries: Any) -> list[dict[str, Any]]:
    """Tell what has happened since the entry that the visitor had seen."""
    with looking(acting.door) as db:
        names = names_in(db, entries, acting.visitor.language)
    return [
        entry_told(one, acting.procedure.name, acting.visitor.language, names) | {"at": offset_shown(one["at"])}
        for one in entries
    ]


def _draw(acting: Acting, template: str, status: int = 200, **shows: Any) -> Response:
    t = speaker(acting.visitor.language)
    crumbs = (
        crumbs_of(acting.number, shows["act"], acting.visitor.language)
        if acting.number
        else (("/cases", t("frame.cases")), ("/open", t("act.open_title")), ("", shows["act"]))
    )
    return page(
        acting.request, template, acting.visitor.language, acting.visitor.at, status=status, visitor=acting.visitor, here="/cases",
        crumbs=crumbs, **shows,
    )  # fmt: skip


def _president(language: str) -> dict[str, str]:
    return {PRESIDENT: name_of("office", PRESIDENT, language)}
