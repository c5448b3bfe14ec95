"""Rolls as files for the minutes: who has voted how, once a vote by name is over, and who was in the hall from when until when."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request, Response

from desk.pages.onlooker import look
from desk.pages.own import BALLOTS
from desk.pages.page import name_of
from desk.pages.tables_out import as_csv, as_xlsx
from desk.pages.visiting import Visits
from machines.refusal import Unknown

router = APIRouter(include_in_schema=False)

SITTINGS = {"sessions": "session", "meetings": "council_meeting"}
FILES: dict[str, Callable[..., Response]] = {"csv": as_csv, "xlsx": as_xlsx}
_VOTES = """SELECT b.person_id, b.choice, b.received_at, b.seq FROM ballots b JOIN people p ON p.person_id = b.person_id
 WHERE b.number = ? ORDER BY p.sort_key, b.person_id"""
_STAYS = """SELECT s.person_id, s.since, s.until FROM presences s JOIN people p ON p.person_id = s.person_id
 WHERE s.number = ? ORDER BY p.sort_key, s.person_id, s.since"""


@router.get("/ballots/{number}/roll.{kind}")
def roll(request: Request, visitor: Visits, number: str, kind: str) -> Response:
    """Give the roll of a vote by name that is over."""
    with look(request, visitor) as at:
        procedure = next((one for one in BALLOTS if at.is_of(number, one)), "")
        case = at.seen(number, procedure)
        votes = at.db.all(_VOTES, number)
        if not case["final"] or not votes or kind not in FILES:
            raise Unknown("address", request.url.path)
        names = at.names(person for person, *_ in votes)
        rows = [
            (names[person], person, name_of("value", f"choice.{choice}", at.language), at.moment(when), str(seq))
            for person, choice, when, seq in votes
        ]
        heading = [at.t(f"roll.{name}") for name in ("name", "id", "answer", "received", "entry")]
    return _file(kind, number, heading, rows)


@router.get("/sessions/{number}/present.{kind}")
@router.get("/meetings/{number}/present.{kind}")
def stays(request: Request, visitor: Visits, number: str, kind: str) -> Response:
    """Give the list of those who were in the hall, each stay with its beginning and end."""
    with look(request, visitor) as at:
        at.seen(number, SITTINGS[request.url.path.split("/")[1]])
        found = at.db.all(_STAYS, number)
        if kind not in FILES:
            raise Unknown("address", request.url.path)
        names = at.names(person for person, *_ in found)
        rows = [
            (names[person], person, at.moment(since), at.moment(until) if until else "")
            for person, since, until in found
        ]
        heading = [at.t(f"roll.{name}") for name in ("name", "id", "came", "left")]
    return _file(kind, number, heading, rows)


def _file(kind: str, number: str, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Response:
    return FILES[kind](number, heading, rows)
