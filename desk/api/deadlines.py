"""The calls about time: deadlines with their derivation, and what waits on me."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from desk.answering import answer, items
from desk.api.bodies import PROBLEMS, listed, object_of
from desk.api.query import After, Day, next_page
from desk.asking import Reads, only_known
from desk.deadlines import Filter, deadlines_listed
from desk.door import looking
from desk.inbox import FOLDERS, inbox

router = APIRouter(tags=["time"], responses=PROBLEMS, dependencies=[Depends(only_known)])


@router.get("/deadlines", response_class=Response, responses={200: listed("deadlines")})
def list_deadlines(
    asking: Reads,
    open: bool | None = None,
    until: Day = None,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> Response:
    """List deadlines with norm and derivation, the nearest first; *until* is the last day that is wanted."""
    wanted = Filter(person=asking.person, zone=asking.door.book.zone, open=open, until=until)
    with looking(asking.door) as db:
        found, following = deadlines_listed(
            db, wanted, at=asking.at, language=asking.language, after=after, limit=limit
        )
    given = {"open": open, "until": until, "limit": limit}
    return items(found, headers=next_page("/api/v1/deadlines", given, following))


@router.get("/inbox", response_class=Response, responses={200: object_of(*FOLDERS)})
def get_inbox(asking: Reads) -> Response:
    """Say what waits on me: overdue, today, this week, later; and what I have a part in that waits for others."""
    with looking(asking.door) as db:
        return answer(inbox(db, asking.person, at=asking.at, book=asking.door.book, language=asking.language))
