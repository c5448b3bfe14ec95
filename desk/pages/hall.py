"""The hall: registration of those who come, one scanned word each, and the screen that everybody looks at.

Both refresh themselves where scripts run, and by a plain link where none do. Results are shown after a vote is closed, not before.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from desk.door import act_of, do
from desk.pages.acting import Typed
from desk.pages.meetings import REGISTERS
from desk.pages.onlooker import Look, Row, look
from desk.pages.own import BALLOTS, page_of
from desk.pages.page import page
from desk.pages.presence_shown import Meant, here_since, meant, presence
from desk.pages.quorum import arc_of
from desk.pages.sittings_shown import place_and_time, value
from desk.pages.visiting import Visits
from desk.pages.votes_shown import ahead_shown, ballot_of, is_open, my_vote, vote_shown
from desk.problems import problem
from machines.refusal import Unanswerable

router = APIRouter(include_in_schema=False)

HERE = "/sessions"
SITTINGS = {"sessions": "session", "meetings": "council_meeting"}
PRESIDED = (
    "list",
    "open_vote",
)  # who may do these presides, or prepares: whoever else is in the hall has no acts there
SHOWN = 3  # results that the screen keeps in sight


# ------------------------------------------------------------------------------------------------------------- registration


@router.get("/sessions/{number}/registration")
@router.get("/meetings/{number}/registration")
def registration(request: Request, visitor: Visits, number: str, came: str = "", went: str = "") -> Response:
    """Show the field into which is scanned, and who is there."""
    with look(request, visitor) as at:
        shows = _registered(request, at, number)
        names = at.names([came, went])
        said = {
            "came": names.get(came),
            "went": names.get(went),
            "since": here_since(at, number, came) if came in names else "",
            "person": came,
        }
    return _registration(request, visitor, said=said, **shows)


@router.post("/sessions/{number}/registration")
@router.post("/meetings/{number}/registration")
def register(request: Request, visitor: Visits, number: str, typed: Typed) -> Response:
    """Register whom the word means, or let him go; who is there already is not registered again."""
    act = typed.get("act", REGISTERS[0])
    with look(request, visitor) as at:
        at.seen(number, _procedure(request))
        found = meant(at, typed.get("person") or typed.get("who", ""))
        registers = any(one["act"] == REGISTERS[0] and one["allowed"] for one in at.mine(number))
        there = bool(found.one and registers and here_since(at, number, found.one))
    if found.one is None:
        return _again(request, visitor, number, found)
    if act == REGISTERS[0] and there:
        return _answered(request, visitor, number, came=found.one)
    if act not in REGISTERS:
        return _again(request, visitor, number, found)
    asked = {"act": act, "facts": {"members": [found.one]}}
    try:
        do(
            request.app.state.door,
            act_of(asked, actor=visitor.person_id, at=visitor.at, case=number),
            language=visitor.language,
        )
    except Unanswerable as error:
        return _again(request, visitor, number, found, problem(error, visitor.language))
    return _answered(request, visitor, number, **{"came" if act == REGISTERS[0] else "went": found.one})


def _answered(request: Request, visitor: Visits, number: str, *, came: str = "", went: str = "") -> Response:
    """Lead back to the field; a script that sent the form gets the part of the page that has changed."""
    if _is_part(request):
        return registration(request, visitor, number, came, went)
    person = f"came={came}" if came else f"went={went}"
    return RedirectResponse(f"{page_of(number)}/registration?{person}", 303)


def _again(
    request: Request, visitor: Visits, number: str, found: Meant, said: Mapping[str, Any] | None = None
) -> Response:
    """Show the field again, with what was typed: several fit, nobody does, or the law says no."""
    with look(request, visitor) as at:
        shows, said = _registered(request, at, number), at.said(said)
    return _registration(
        request, visitor, said={}, typed=found.typed, fits=found.people, problem=said, status=said["status"] if said else 422, **shows
    )  # fmt: skip


def _registered(request: Request, at: Look, number: str) -> dict[str, Any]:
    case = at.seen(number, _procedure(request))
    acts = {one["act"]: one for one in at.acts(number)}
    return at.heading(case) | {
        "when": place_and_time(at, case["facts"]), "presence": presence(at, number), "check_in": acts.get("check_in"),
        "leaves": bool(acts.get("check_out", {}).get("allowed")),
    }  # fmt: skip


def _registration(request: Request, visitor: Visits, *, status: int = 200, **shows: Any) -> Response:
    part = _is_part(request)
    blank: dict[str, Any] = {"typed": "", "fits": (), "problem": None}
    return page(
        request, "registration_part.html" if part else "registration.html", visitor.language, visitor.at, visitor=visitor, here=HERE,
        status=200 if part else status, crumbs=((shows["own"], shows["number"]), ("", shows["when"])), **(blank | shows),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------------- the hall


@router.get("/sessions/{number}/hall")
@router.get("/meetings/{number}/hall")
def hall(request: Request, visitor: Visits, number: str, big: str = "", seen: str = "") -> Response:
    """Show the hall: who is there and how many are needed, what is voted on now, what the last votes came to.

    A page that refreshes itself says which hall it has *seen*: while nothing has happened since, within the same minute, the answer is 204.
    """
    with look(request, visitor) as at:
        at.shown(number, _procedure(request))
        mark = _mark(at, number)
        if _is_part(request) and seen == mark:
            return Response(status_code=204)
        case, rows = at.case(number), at.belonging(number)
        voted = next((row for row in rows if is_open(row)), None)
        now = vote_shown(at, voted.number) if voted else None
        closed = [row for row in rows if row.final and row.facts.get("counts")]
        dated = [one for one in at.deadlines(case) if one["iso"]]
        shows: dict[str, Any] = at.heading(case) | {
            "when": place_and_time(at, case["facts"]), "arc": arc_of(case.get("counts")), "now_voted": now,
            "results": [vote_shown(at, row.number) for row in closed[::-1][:SHOWN]],
            "ahead": [ahead_shown(at, row) for row in rows if not row.final and row is not voted],
            "countdown": dated[0] if dated else None, "method": value(at, "method", case["facts"]),
            "acts": [] if big else _acts(at, rows, number, voted), "big": bool(big), "over": case["final"],
            "mark": "" if dated else mark,  # while time is counted down the page is drawn anew
            "ballot": ballot_of(at, now["number"]) if now and not big else None,
            "mine": my_vote(at, now["number"]) if now and not big else None,
        }  # fmt: skip
    return page(
        request, "hall_part.html" if _is_part(request) else "hall.html", visitor.language, visitor.at, visitor=visitor, here=HERE,
        crumbs=((page_of(number), number), ("", at.t("hall.title"))), **shows,
    )  # fmt: skip


def _mark(at: Look, number: str) -> str:
    """Name the hall as it stands: the last entries of the sitting and of its questions, who looks and as what, and the minute."""
    heads = at.db.all("SELECT head FROM cases WHERE number = ? OR parent = ? ORDER BY number", number, number)
    who = (at.visitor.person_id, *sorted(at.visitor.offices), at.language)
    told = [*(head for (head,) in heads), *who, f"{at.visitor.at:%Y%m%d%H%M}"]
    return hashlib.sha256(" ".join(told).encode()).hexdigest()[:16]


def _acts(at: Look, rows: Sequence[Row], number: str, voted: Row | None) -> list[dict[str, Any]]:
    """Return what whoever presides may do now: votes in the order of the agenda, then the sitting, then what is rare of questions.

    Of the question that comes next it is said too why it cannot be put to the vote.
    """
    sitting = (
        [one for one in at.mine(number) if one["act"] not in REGISTERS]
        if at.acts_in(at.case(number)["procedure"])
        else []
    )
    found: list[dict[str, Any]] = []
    concerned = [voted] if voted else [row for row in rows if not row.final]
    for row in concerned:
        if not any(at.may(row.procedure, act) for act in PRESIDED):
            continue
        about = ahead_shown(at, row)["text"]
        found += [
            one | {"about": about}
            for one in at.mine(row.number)
            if one["act"] != BALLOTS[row.procedure] and (one["allowed"] or voted or (row is concerned[0] and not one["rare"]))
        ]  # fmt: skip
    return [*(one for one in found if not one["rare"]), *sitting, *(one for one in found if one["rare"])]


def _is_part(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def _procedure(request: Request) -> str:
    """Return of which procedure the sitting is whose page is asked for."""
    return SITTINGS[request.url.path.split("/")[1]]
