"""The calls about editions: the rules in force, what has been entered, and the report of the open cases concerned."""

from fastapi import APIRouter, Depends, Response

from desk.answering import answer, items
from desk.api.bodies import PROBLEMS, listed, object_of
from desk.api.query import Day
from desk.asking import Reads, only_known
from desk.door import looking
from desk.editions import calendar_moves, editions_answer, moves_answer, report_answer, rules_answer
from desk.register import see_register
from machines.zones import local_day

router = APIRouter(tags=["law"], responses=PROBLEMS, dependencies=[Depends(only_known)])


@router.get("/rules", response_class=Response, responses={200: listed("rules")})
def list_rules(asking: Reads, at: Day = None) -> Response:
    """List every rule that an edition may change: its value as of a day, since when, by what, and what it may be."""
    day = at or local_day(asking.at, asking.door.book.zone)
    with looking(asking.door) as db:
        return items(rules_answer(db, asking.door.book, day, asking.language))


@router.get("/calendar/moves", response_class=Response, responses={200: listed("deadlines")})
def list_moves(asking: Reads) -> Response:
    """List the open deadlines that the calendar of now would move, which nobody has decided yet: as due, and as they would be."""
    with looking(asking.door) as db:
        see_register(db, asking.person, asking.at)
        return items(moves_answer(calendar_moves(db, asking.door.book), asking.language))


@router.get("/editions", response_class=Response, responses={200: listed("editions")})
def list_editions(asking: Reads) -> Response:
    """List the editions that were proposed, with where each stands."""
    with looking(asking.door) as db:
        return items(editions_answer(db, asking.language))


@router.get("/editions/{number}", response_class=Response, responses={200: object_of("number", "rule", "concerned")})
def get_edition(asking: Reads, number: str) -> Response:
    """Show one edition with the report: the open cases that it concerns, and whether each keeps its rule."""
    with looking(asking.door) as db:
        see_register(db, asking.person, asking.at)
        return answer(report_answer(db, number, asking.language))
