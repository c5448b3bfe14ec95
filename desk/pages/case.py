"""The page of a case: where it is, who holds it, what may be done and why not, what happened and what comes, papers, journal.

Everything on it is what the API answers about the case: the page only puts it into words and order.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from desk.door import Door, acts_of, entries_of, holds_an_office, let_see, looking, reading, seen_among, show_case
from desk.pages.own import page_of, page_of_act
from desk.pages.page import name_of, page, speaker
from desk.pages.telling import (
    entry_told,
    facts_told,
    in_order,
    last_day_shown,
    names_in,
    offset_shown,
    papers_of,
    with_names,
)
from desk.pages.visiting import Visitor, Visits
from desk.pages.waiting_for import who_holds
from desk.problems import wrong
from desk.shapes import case_as_of
from desk.titles import steps_of, titles_of
from desk.touches import prefect_page, runs_of
from machines.procedures import PROCEDURES
from machines.waiting import WAITS, acts_of_state
from machines.wording import has, say
from models.database import Db

router = APIRouter(include_in_schema=False)

OVERVIEW, JOURNAL = "", "journal"
LAST = 30  # entries of the overview; the journal has all
LINKED = 25  # cases beside this one
_LINKED = """SELECT number FROM cases WHERE number <> ? AND number IN (
 SELECT number FROM cases WHERE about = ? UNION ALL SELECT number FROM cases WHERE parent = ?
 UNION ALL SELECT about FROM cases WHERE number = ? UNION ALL SELECT parent FROM cases WHERE number = ?
 UNION ALL SELECT number FROM cases WHERE person_id = (SELECT person_id FROM cases WHERE number = ?) AND NOT final
 UNION ALL SELECT number FROM cases WHERE person_id = (SELECT person_id FROM cases WHERE number = ?) AND final)
 ORDER BY opened_at DESC, number DESC LIMIT ?"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A case that is shown to somebody: as it stands, or as it had been recorded by the end of a day."""

    db: Db
    door: Door
    visitor: Visitor
    case: Mapping[str, Any]
    entries: Sequence[Mapping[str, Any]]
    names: Mapping[str, str]

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.visitor.language

    @property
    def procedure(self) -> str:
        """The procedure of the case."""
        return str(self.case["procedure"])


@router.get("/cases/{number}")
def show(request: Request, visitor: Visits, number: str, view: str = OVERVIEW, as_of: str = "") -> Response:
    """Show a case."""
    door: Door = request.app.state.door
    day = _day(as_of)
    opened = looking(door) if day else reading(door, visitor.at)
    with opened as db:
        shown = _shown(db, door, visitor, number, day)
        shows = _overview(shown, present=day is None) if view != JOURNAL else _journal(shown, request)
    return page(
        request, "case_journal.html" if view == JOURNAL else "case.html", visitor.language, visitor.at, visitor=visitor, here="/cases",
        crumbs=(("/cases", speaker(visitor.language)("frame.cases")), ("", number)), as_of=as_of if day else "", view=view, **shows,
    )  # fmt: skip


@router.get("/cases/{number}/export")
def export(request: Request, visitor: Visits, number: str) -> Response:
    """Give the case and its journal as the API answers them, as a file."""
    door: Door = request.app.state.door
    with reading(door, visitor.at) as db:
        let_see(db, number, visitor.person_id, visitor.at)
        case = show_case(db, number, now=visitor.at, language=visitor.language, book=door.book)
        entries = entries_of(db, number, zone=door.book.zone, language=visitor.language)
    written = json.dumps({"case": case, "entries": entries}, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="{number}.json"', "Cache-Control": "no-store"}
    return Response(written, media_type="application/json", headers=headers)


def _shown(db: Db, door: Door, visitor: Visitor, number: str, day: date | None) -> Shown:
    let_see(db, number, visitor.person_id, visitor.at)
    language = visitor.language
    entries = entries_of(db, number, zone=door.book.zone, language=language)
    if day:
        case = case_as_of(db, number, day, language=language)
        entries = [entry for entry in entries if entry["seq"] <= case["seq"]]
    else:
        case = show_case(db, number, now=visitor.at, language=language, book=door.book)
    return Shown(db, door, visitor, case, entries, names_in(db, [entries, case.get("joint", {})], language))


def _overview(shown: Shown, *, present: bool) -> dict[str, Any]:
    case, language = shown.case, shown.language
    number = case["number"]
    return _heading(shown) | {
        "holds": who_holds(shown.db, number, language) if present and not case["final"] else None,
        "acts": _acts(shown) if present else {}, "deadlines": [_deadline(shown, one) for one in case["deadlines"]],
        "told": [_moment(shown, entry) for entry in shown.entries[-LAST:]], "earlier": max(0, len(shown.entries) - LAST),
        "ahead": _ahead(shown), "counts": _counts(case, language), "proof": case.get("proof"), "force": _force(case, language),
        "papers": papers_of(shown.entries, language), "linked": _linked(shown), "joint": _joint(shown),
        "facts": _facts(shown, shown.entries[0]) if shown.entries else [],
    }  # fmt: skip


def _heading(shown: Shown) -> dict[str, Any]:
    case, language, procedure = shown.case, shown.language, shown.procedure
    return {
        "number": case["number"], "title": titles_of(shown.db, [case["number"]], language).get(case["number"], case["number"]),
        "procedure": procedure, "kind": name_of("procedure", procedure, language), "own": page_of(case["number"]),
        "state": name_of("state", f"{procedure}.{case['state']}", language), "final": case["final"],
        "steps": steps_of(procedure, case["state"], _before(shown), language), "seq": case["seq"],
        "body": case["body"],
    }  # fmt: skip


def _before(shown: Shown) -> str:
    """Return the state from which the case came to the one it is in."""
    moved = (entry["from"] for entry in reversed(shown.entries) if entry["from"] and entry["from"] != entry["to"])
    return next(moved, "")


# ---------------------------------------------------------------------------------------------------------------------- acts


def _acts(shown: Shown) -> dict[str, list[dict[str, Any]]]:
    """Sort the acts: mine (allowed, or greyed with why not), those of others, and what comes later."""
    number, who, door = shown.case["number"], shown.visitor, shown.door
    answers = acts_of(shown.db, number, actor=who.person_id, at=who.at, book=door.book, language=who.language)
    awaited = acts_of_state(shown.procedure, shown.case["state"])
    acts = [_act(shown, answer, awaited) for answer in sorted(answers, key=lambda one: one["act"] not in awaited)]
    mine = [one for one in acts if one["office"]]
    if mine and mine[0]["allowed"] and not mine[0]["rare"]:
        mine[0]["first"] = True
    return {"mine": mine, "others": [one for one in acts if not one["office"]], "later": _later(shown)}


def _act(shown: Shown, answer: Mapping[str, Any], awaited: Sequence[str]) -> dict[str, Any]:
    number, language, name = shown.case["number"], shown.language, answer["act"]
    return {
        "name": name, "text": name_of("act", f"{shown.procedure}.{name}", language), "href": page_of_act(number, name),
        "allowed": answer["allowed"], "refusals": with_names(shown.db, answer["refusals"], language),
        "warnings": answer["warnings"], "office": answer["office"],
        "rare": name not in awaited, "by": [name_of("office", office, language) for office in answer["who_can"]],
        "enter": f"/cases/{number}/acts/{name}?behalf=1" if answer["may_enter"] and not answer["office"] else "",
    }  # fmt: skip


def _later(shown: Shown) -> list[dict[str, Any]]:
    """Name the acts that the states ahead wait for, and in which state each becomes possible."""
    procedure, language = shown.procedure, shown.language
    table, here = PROCEDURES[procedure], [*WAITS.get(procedure, {})]
    state = shown.case["state"]
    ahead = here[here.index(state) + 1 :] if state in here else [] if shown.case["final"] else here
    now = {row.name for row in table.known_in(state)}
    found: dict[str, dict[str, Any]] = {}
    for later in ahead:
        for act in WAITS[procedure][later]:
            if act not in now:
                found.setdefault(act, _promised(procedure, act, later, language))
    return list(found.values())


def _promised(procedure: str, act: str, state: str, language: str) -> dict[str, Any]:
    return {
        "name": act, "text": name_of("act", f"{procedure}.{act}", language), "state": name_of("state", f"{procedure}.{state}", language),
        "by": [name_of("office", office.value, language) for office in PROCEDURES[procedure].rows[act].persons],
    }  # fmt: skip


def _joint(shown: Shown) -> list[dict[str, Any]]:
    """Say who has done which joint act so far."""
    joint: Mapping[str, Sequence[str]] = shown.case.get("joint", {})
    return [
        {"key": name_of("act", f"{shown.procedure}.{act}", shown.language), "lines": [shown.names.get(one, one) for one in people]}
        for act, people in joint.items() if people
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- what is and comes


def _deadline(shown: Shown, deadline: Mapping[str, Any]) -> dict[str, Any]:
    language = shown.language
    return {
        "name": name_of("deadline", f"{shown.procedure}.{deadline['name']}", language), "norm": deadline["norm"],
        "due": last_day_shown(deadline["due"]) if deadline["due"] else "", "overdue": deadline["overdue"],
        "kind": say(f"names.value.deadline_kind.{deadline['kind']}", language), "derivation": deadline["derivation"],
    }  # fmt: skip


def _moment(shown: Shown, entry: Mapping[str, Any]) -> dict[str, Any]:
    told = entry_told(entry, shown.procedure, shown.language, shown.names)
    facts = [one for one in _facts(shown, entry) if one.get("value") or one.get("lines")]
    lines = [f"{one['key']}: {one.get('value') or '; '.join(one['lines'])}" for one in facts]
    return told | {"at": offset_shown(entry["effective_at"]), "iso": entry["effective_at"], "facts": lines}


def _facts(shown: Shown, entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    return facts_told(in_order(entry["facts"], shown.procedure, entry["act"]), shown.language, shown.names)


def _ahead(shown: Shown) -> list[dict[str, Any]]:
    """Tell what comes: the open terms in their order; what has passed and stands open is overdue."""
    dated = sorted((one for one in shown.case["deadlines"] if one["due"]), key=lambda one: one["due"])
    t = speaker(shown.language)
    return [
        {
            "at": last_day_shown(one["due"]), "iso": one["due"], "tone": "late" if one["overdue"] else "next",
            "text": name_of("deadline", f"{shown.procedure}.{one['name']}", shown.language),
            "tag": t("case.overdue") if one["overdue"] else "",
        }
        for one in dated
    ]  # fmt: skip


def _counts(case: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    counts: Mapping[str, Any] = case.get("counts") or {}
    known = [(name, value) for name, value in counts.items() if has(f"names.fact.{name}") and isinstance(value, int)]
    return [{"key": say(f"names.fact.{name}", language), "value": str(value)} for name, value in known]


def _force(case: Mapping[str, Any], language: str) -> str:
    return name_of("value", f"force.{case['force']}", language) if isinstance(case.get("force"), str) else ""


def _linked(shown: Shown) -> list[dict[str, Any]]:
    number, language = shown.case["number"], shown.language
    beside = [row[0] for row in shown.db.all(_LINKED, *[number] * 7, LINKED)]
    numbers = seen_among(shown.db, beside, shown.visitor.person_id, shown.visitor.at)
    titles = titles_of(shown.db, numbers, language)
    return [{"href": f"/cases/{one}", "what": title, "about": one} for one, title in titles.items()]


# ------------------------------------------------------------------------------------------------------------------- journal


def _journal(shown: Shown, request: Request) -> dict[str, Any]:
    """Show every entry with its hash, and which runs of the flows have touched the case."""
    number, zone = shown.case["number"], shown.door.book.zone
    runs = []
    if holds_an_office(shown.db, shown.visitor.person_id, shown.visitor.at):
        runs = runs_of(shown.db, number, zone=zone, page=prefect_page(request.app.state.settings))
    entries = [
        _moment(shown, entry) | {
            "seq": entry["seq"], "recorded": offset_shown(entry["at"]), "norms": entry["norms"],
            "hash": entry["hash"], "previous": entry["previous"],
            "state": name_of("state", f"{shown.procedure}.{entry['to']}", shown.language), "edition": entry["edition"],
            "warnings": entry["warnings"],
        }
        for entry in shown.entries
    ]  # fmt: skip
    return _heading(shown) | {"entries": entries, "runs": [run | {"at": offset_shown(run["at"])} for run in runs]}


def _day(text: str) -> date | None:
    """Read a day; nothing typed is the present."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong("as_of", "date_parsing", "a date is expected, as 2006-05-18") from None
    return min(max(day, date(1900, 1, 1)), date(2199, 12, 31))
