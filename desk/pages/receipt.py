"""The receipt of an act: its entry, when, under which norms, and what happens next; to be printed, and shown again at any time."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from desk.door import Door, entries_of, let_see, looking
from desk.pages.acting import crumbs_of, seq_of
from desk.pages.page import name_of, page, speaker, term_end
from desk.pages.telling import entry_told, facts_told, in_order, names_in, offset_shown
from desk.pages.visiting import Visitor, Visits
from desk.pages.waiting_for import who_holds
from desk.titles import titles_of
from machines.procedures import procedure_of_number
from machines.refusal import Unknown
from models.database import Db

router = APIRouter(include_in_schema=False)

_DEADLINES = "SELECT name, due_at, zone FROM deadlines WHERE number = ? AND state = 'open' AND due_at IS NOT NULL ORDER BY due_at, name"


@router.get("/cases/{number}/receipts/{seq}")
def receipt(request: Request, visitor: Visits, number: str, seq: int) -> Response:
    """Show that an act is done: its entry, when, under which norms, and what happens next."""
    door: Door = request.app.state.door
    with looking(door) as db:
        let_see(db, number, visitor.person_id, visitor.at)
        known = 1 <= seq <= seq_of(db, number)
        found = entries_of(db, number, zone=door.book.zone, language=visitor.language, after=seq - 1) if known else []
        if not found:
            raise Unknown("entry", f"{number}/{seq}")
        shows = _receipt_shows(db, number, found[0], visitor)
    return page(
        request, "receipt.html", visitor.language, visitor.at, visitor=visitor, here="/cases", number=number, entry=found[0], **shows,
        crumbs=crumbs_of(number, speaker(visitor.language)("act.receipt"), visitor.language),
    )  # fmt: skip


def _receipt_shows(db: Db, number: str, entry: Mapping[str, Any], visitor: Visitor) -> dict[str, Any]:
    procedure = procedure_of_number(number)
    assert procedure is not None
    language, names = visitor.language, names_in(db, [entry], visitor.language)
    state, final = db.one("SELECT state, final FROM cases WHERE number = ?", number) or ("", True)
    return {
        "title": titles_of(db, [number], language).get(number, number), "told": entry_told(entry, procedure.name, language, names),
        "at": offset_shown(entry["at"]), "facts": facts_told(in_order(entry["facts"], procedure.name, entry["act"]), language, names),
        "state": name_of("state", f"{procedure.name}.{state}", language), "holds": None if final else who_holds(db, number, language),
        "deadlines": _open_deadlines(db, number, procedure.name, visitor),
    }  # fmt: skip


def _open_deadlines(db: Db, number: str, procedure: str, visitor: Visitor) -> list[dict[str, Any]]:
    rows = db.all(_DEADLINES, number)
    return [
        {
            "at": term_end(due, zone),
            "text": name_of("deadline", f"{procedure}.{name}", visitor.language),
            "tone": "next",
        }
        for name, due, zone in rows
    ]
