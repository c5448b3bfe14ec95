"""The calls about lawful dates: what `kenes plan` says, for programs. Nothing is written."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from desk.answering import answer, items
from desk.api.bodies import PROBLEMS, object_of
from desk.asking import Asking, Reads, only_known
from desk.door import let_see, looking, reading
from desk.plans import law_of, over, planned_announcement, planned_candidacy, planned_extraordinary, planned_poll
from desk.problems import wrong

AT_ONCE = 366  # days of one request: a year

router = APIRouter(prefix="/plan", tags=["plans"], responses=PROBLEMS, dependencies=[Depends(only_known)])

Days = Annotated[
    str | None,
    Query(max_length=30, description="A day, or a range of at most a year: 2027-01-01..2027-01-31.", examples=["2027-04-26"]),
]  # fmt: skip


@router.get("/session", response_class=Response, responses={200: object_of("derivation")})
def plan_session(asking: Reads, on: Days = None, decided: Days = None) -> Response:
    """Say until when an ordinary session on a day is announced, or on which days an extraordinary one decided on a day may be held."""
    if (on is None) == (decided is None):
        raise wrong("on", "one_of_two", "give either `on` or `decided`")
    if on is not None:
        return _over(asking, "on", on, planned_announcement)
    return _over(asking, "decided", decided, planned_extraordinary)


@router.get("/poll", response_class=Response, responses={200: object_of("derivation")})
def plan_poll(asking: Reads, opened: Days = None) -> Response:
    """Say on which days a poll that is opened on a day may close."""
    return _over(asking, "opened", opened, planned_poll)


@router.get("/candidacy/{number}", response_class=Response, responses={200: object_of("case", "earliest", "steps")})
def plan_candidacy(asking: Reads, number: str) -> Response:
    """Say when a candidacy can be decided at the earliest, with the meetings that are convened, and each step that is left."""
    with reading(asking.door, asking.at) as db:
        let_see(db, number, asking.person, asking.at)
        book, language = asking.door.book, asking.language
        return answer(planned_candidacy(db, number, now=asking.at, book=book, language=language))


def _over(asking: Asking, name: str, days: str | None, plan: Callable[[Any, date, str], Any]) -> Response:
    """Answer the plan of one day, or a list of those of a range."""
    with looking(asking.door) as db:
        law = law_of(db, asking.door.book)
    found = over(days, name, lambda day: plan(law, day, asking.language), most=AT_ONCE)
    return items(found) if isinstance(found, list) else answer(found)
