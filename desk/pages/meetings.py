"""Pages of the Council's meetings: when and where, who has signed and agreed, who is there, the agenda with its votes."""

from typing import Any

from fastapi import APIRouter, Request, Response

from desk.pages.onlooker import Look, Row, look
from desk.pages.own import page_of
from desk.pages.page import name_of, page
from desk.pages.presence_shown import presence
from desk.pages.sittings_shown import paper_of, place_and_time, starts
from desk.pages.visiting import Visits
from desk.pages.votes_shown import ballot_of, my_vote, vote_shown

router = APIRouter(include_in_schema=False)

HERE = "/sessions"
REGISTERS = ("check_in", "check_out")


@router.get("/meetings")
def meetings(request: Request, visitor: Visits, after: str = "") -> Response:
    """List the meetings of the Council, those ahead first."""
    with look(request, visitor) as at:
        going = [_line(at, row) for row in sorted(at.under_way("council_meeting"), key=starts)]
        rows, following = at.over("council_meeting", after)
        over = [_line(at, row) for row in rows]
        opens = at.may("council_meeting", "draft")
    return page(
        request, "meetings.html", visitor.language, visitor.at, visitor=visitor, here=HERE, going=going, over=over, opens=opens,
        first="/meetings" if after else "", following=f"/meetings?after={following}" if following else "",
    )  # fmt: skip


@router.get("/meetings/{number}")
def meeting(request: Request, visitor: Visits, number: str) -> Response:
    """Show a meeting of the Council."""
    with look(request, visitor) as at:
        case = at.seen(number, "council_meeting")
        acts = at.mine(number)
        shows: dict[str, Any] = at.heading(case) | {
            "when": place_and_time(at, case["facts"]), "acts": [one for one in acts if one["act"] not in REGISTERS],
            "registers": any(one["act"] in REGISTERS for one in acts), "deadlines": at.deadlines(case),
            "presence": presence(at, number), "questions": [question_shown(at, row) for row in at.belonging(number)],
            "lists": at.may("council_question", "list") and not case["final"], "joint": _joint(at, case),
            "minutes": paper_of(at, "minutes", case["facts"]),
        }  # fmt: skip
        crumbs = (("/meetings", at.t("sittings.meetings")), ("", number))
    return page(
        request, "meeting.html", visitor.language, visitor.at, visitor=visitor, here=HERE, crumbs=crumbs, **shows,
    )  # fmt: skip


def question_shown(at: Look, row: Row) -> dict[str, Any]:
    """Return a question of an agenda: its votes, and what the visitor may do about it."""
    shown = vote_shown(at, row.number)
    if row.final:
        return shown | {"acts": [], "mine": None, "ballot": None}
    ballot = ballot_of(at, row.number)
    acts = [one for one in at.mine(row.number) if ballot is None or one["act"] != ballot["act"]]
    return shown | {"ballot": ballot, "acts": acts, "mine": my_vote(at, row.number)}


def _line(at: Look, row: Row) -> dict[str, Any]:
    return {
        "href": page_of(row.number), "number": row.number, "what": place_and_time(at, row.facts), "state": at.state(row),
        "questions": len(at.belonging(row.number)),
    }  # fmt: skip


def _joint(at: Look, case: dict[str, Any]) -> list[dict[str, Any]]:
    joint = case.get("joint", {})
    names = at.names(person for people in joint.values() for person in people)
    return [
        {"key": name_of("act", f"{case['procedure']}.{act}", at.language), "lines": [names.get(one, one) for one in people]}
        for act, people in joint.items() if people
    ]  # fmt: skip
