"""The ballot: one question a page, then what was chosen to be checked, then the receipt.

The same for polls, questions of the Council and resolutions: the choices are those of the facts model, and whether one may vote,
and vote again, is what the door answers. The choice travels in bodies only, never in an address.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from desk.door import act_of, do, entries_of, let_see
from desk.pages.acting import Acting, Typed, key_of, seq_of
from desk.pages.fields import Form, faults_shown
from desk.pages.forms import Field
from desk.pages.onlooker import Look, look
from desk.pages.own import BALLOTS, page_of
from desk.pages.page import name_of, page
from desk.pages.visiting import Types, Visits
from desk.pages.votes_shown import ballot_of, is_open, my_vote, vote_shown
from desk.problems import problem
from machines.procedures import procedure_of_number
from machines.refusal import Unanswerable, Unknown

router = APIRouter(include_in_schema=False)

NEXT = 3  # votes that are named after one has voted
WITH_A_BALLOT = ("poll", "council_question", "resolution")


@router.get("/ballots/{number}")
def ballot(request: Request, visitor: Visits, number: str) -> Response:
    """Show the question and the choices, or why one cannot vote."""
    return _form(_acting(request, visitor, number, {}))


@router.post("/ballots/{number}")
def cast(request: Request, visitor: Types, number: str, typed: Typed) -> Response:
    """Show what was chosen, or cast it; sent twice it is cast once."""
    acting = _acting(request, visitor, number, typed)
    match typed.get("step"):
        case "do":
            return _do(acting)
        case "form":
            return _form(acting)
    tried = acting.tried()
    return _check(acting, tried["entry"]["warnings"]) if tried["done"] else _form(acting, tried["problem"])


@router.get("/ballots/{number}/receipts/{seq}")
def receipt(request: Request, visitor: Visits, number: str, seq: int) -> Response:
    """Show that one has voted, when, and whether one may vote otherwise; the choice itself only where the journal has it."""
    acting = _acting(request, visitor, number, {})
    with look(request, visitor) as at:
        known = 1 <= seq <= seq_of(at.db, number)
        found = entries_of(at.db, number, zone=at.zone, language=at.language, after=seq - 1) if known else []
        entry = found[0] if found and found[0]["seq"] == seq else None
        mine = my_vote(at, number)
        if entry is None or entry["act"] != acting.row.name:
            raise Unknown("entry", f"{number}/{seq}")
        if (entry["on_behalf_of"] or entry["actor"]) != visitor.person_id or mine is None:
            return RedirectResponse(f"/cases/{number}/receipts/{seq}", 303)
        shows: dict[str, Any] = {
            "vote": vote_shown(at, number), "mine": mine, "again": ballot_of(at, number), "entry": entry, "next": _next(at, number),
            "counted": mine["seq"] == seq, "at": at.moment(entry["effective_at"]), "deadlines": at.deadlines(at.case(number)),
        }  # fmt: skip
    return _draw(acting, "ballot_receipt.html", **shows)


def _acting(request: Request, visitor: Visits, number: str, typed: dict[str, str]) -> Acting:
    table = procedure_of_number(number) if number.isprintable() else None
    if table is None:
        raise Unknown("case", number)
    with look(request, visitor) as at:
        let_see(at.db, number, visitor.person_id, visitor.at)
    if table.name not in BALLOTS:
        raise Unknown("address", request.url.path)
    return Acting(request, visitor, table, table.rows[BALLOTS[table.name]], number, typed)


def _fields(acting: Acting) -> tuple[Field, ...]:
    """Return what a member fills in himself; when a sheet was received the working body says, in the form of the act."""
    return tuple(one for one in acting.fields if one.kind != "moment")


def _do(acting: Acting) -> Response:
    assert acting.number is not None
    key = acting.typed.get("key", "")
    try:
        act = act_of(
            acting.asked(), actor=acting.visitor.person_id, at=acting.visitor.at, case=acting.number,
            key=key if key.isprintable() and 0 < len(key) <= 200 else None,
        )  # fmt: skip
        done = do(acting.door, act, language=acting.visitor.language)
    except Unanswerable as error:
        return _form(acting, problem(error, acting.visitor.language))
    return RedirectResponse(f"/ballots/{done.number}/receipts/{done.seq}", 303)


def _form(acting: Acting, said: Mapping[str, Any] | None = None) -> Response:
    number, fields = str(acting.number), _fields(acting)
    faults, listed = faults_shown(said or {}, fields, acting.visitor.language)
    form = Form(fields, acting.typed, acting.visitor.language, None, faults)
    with look(acting.request, acting.visitor) as at:
        case, said = at.case(number), at.said(said)
        shows: dict[str, Any] = {
            "vote": vote_shown(at, number), "mine": my_vote(at, number), "ballot": ballot_of(at, number),
            "fields": form.shown(at.db), "deadlines": at.deadlines(case), "parent": case.get("parent"),
        }  # fmt: skip
    status = said["status"] if said else 200
    return _draw(acting, "ballot.html", status, faults=listed, said=said, key=key_of(acting), **shows)


def _check(acting: Acting, warnings: Any) -> Response:
    number = str(acting.number)
    with look(acting.request, acting.visitor) as at:
        vote = vote_shown(at, number)
    choice = name_of("value", f"choice.{acting.typed['choice']}", acting.visitor.language)
    hidden = {name: acting.typed[name] for name in ("choice", "opinion") if acting.typed.get(name)}
    return _draw(
        acting, "ballot_check.html", choice=choice, hidden=hidden, key=key_of(acting), warnings=warnings, vote=vote
    )


def _next(at: Look, number: str) -> list[dict[str, Any]]:
    """Name other votes in which the visitor has not voted and may."""
    found = []
    for procedure in WITH_A_BALLOT:
        for row in filter(is_open, at.under_way(procedure)):
            ballot = ballot_of(at, row.number) if row.number != number and my_vote(at, row.number) is None else None
            if ballot and ballot["allowed"]:
                found.append({"href": ballot["href"], "what": vote_shown(at, row.number)["text"], "about": row.number})
            if len(found) == NEXT:
                return found
    return found


def _draw(acting: Acting, template: str, status: int = 200, **shows: Any) -> Response:
    number = str(acting.number)
    crumbs = ((page_of(number), number), ("", shows["vote"]["kind"]))
    return page(
        acting.request, template, acting.visitor.language, acting.visitor.at, status=status, visitor=acting.visitor,
        here="/sessions", crumbs=crumbs, number=number, action=f"/ballots/{number}", own=page_of(number), **shows,
    )  # fmt: skip
