"""The calls about cases: open, list, show, what may be done, do, try, and the journal of one case."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from desk.answering import answer, items
from desk.api.bodies import ACT_ANSWER, CASE, PROBLEMS, Asked, Opening, Tried, example_bodies, listed, object_of
from desk.api.query import After, Day, Key, Seen, next_page, one_of
from desk.asking import Asking, Reads, Writes, only_known
from desk.door import act_of, acts_of, do, entries_of, holds_an_office, let_see, looking, reading, show_case, try_acts
from desk.listing import Filter, cases_listed, states_known
from desk.ordered import Cursor
from desk.problems import choice, wrong
from desk.shapes import case_as_of
from desk.touches import prefect_page, runs_of
from machines.procedures import PROCEDURES
from models.database import Db

router = APIRouter(tags=["cases"], responses=PROBLEMS, dependencies=[Depends(only_known)])

NAME = "/cases/{number}"
_SEEN = re.compile(r'\s*(?:W/)?"?(\d{1,9})"?\s*')


@router.post(
    "/cases", status_code=201, response_class=Response, responses={201: ACT_ANSWER}, openapi_extra=example_bodies()
)
def open_case(asking: Writes, asked: Opening, key: Key = None) -> Response:
    """Open a case by its first act."""
    return _do(asking, asked, case=None, seen=None, key=key)


@router.get("/cases", response_class=Response, responses={200: listed("cases")})
def list_cases(
    asking: Reads,
    procedure: Annotated[str | None, one_of(PROCEDURES)] = None,
    state: str | None = None,
    waiting_on: Annotated[str | None, one_of(("me",))] = None,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """List cases, the nearest deadline first, those without one last; what has passed is marked overdue."""
    choice("procedure", procedure, PROCEDURES)
    choice("state", state, states_known(procedure))
    choice("waiting_on", waiting_on, ("me",))
    wanted = Filter(procedure=procedure, state=state, mine=waiting_on == "me", person=asking.person)
    with looking(asking.door) as db:
        rows, following = cases_listed(
            db, wanted, at=asking.at, book=asking.door.book, after=Cursor.read(after) if after else None, limit=limit
        )
    given = {"procedure": procedure, "state": state, "waiting_on": waiting_on, "limit": limit}
    return items(rows, headers=next_page("/api/v1/cases", given, following.written() if following else None))


@router.get(NAME, response_class=Response, responses={200: CASE})
def get_case(asking: Reads, request: Request, number: str, as_of: Day = None) -> Response:
    """Show a case: as the next act will find it, or as it had been recorded by the end of a day.

    Office holders are told which runs of the flows have touched it, if any has.
    """
    if as_of:
        with looking(asking.door) as db:
            let_see(db, number, asking.person, asking.at)
            return answer(case_as_of(db, number, as_of, language=asking.language))
    with reading(asking.door, asking.at) as db:
        let_see(db, number, asking.person, asking.at)
        case = show_case(db, number, now=asking.at, language=asking.language, book=asking.door.book)
        if holds_an_office(db, asking.person, asking.at):
            page = prefect_page(request.app.state.settings)
            case |= _unless_empty(runs=runs_of(db, number, zone=asking.door.book.zone, page=page))
    return answer(case, headers={"ETag": f'"{case["seq"]}"'})


@router.get(NAME + "/acts", response_class=Response, responses={200: listed("acts")})
def get_acts(asking: Reads, number: str) -> Response:
    """Say what I may do now and, for the other acts of this state, why not."""
    with reading(asking.door, asking.at) as db:
        let_see(db, number, asking.person, asking.at)
        acts = acts_of(db, number, actor=asking.person, at=asking.at, book=asking.door.book, language=asking.language)
        return items(acts, headers={"ETag": f'"{_seq(db, number)}"'})


@router.post(NAME + "/acts", status_code=201, response_class=Response, responses={201: ACT_ANSWER})
def post_act(asking: Writes, number: str, asked: Asked, seen: Seen = None, key: Key = None) -> Response:
    """Perform an act. `If-Match` says which entry you have seen; acts that many do at once do not need it."""
    return _do(asking, asked, case=number, seen=seen_of(seen), key=key)


@router.get(NAME + "/entries", response_class=Response, responses={200: listed("entries")})
def get_entries(asking: Reads, number: str) -> Response:
    """Show the journal of the case, with hashes."""
    with reading(asking.door, asking.at) as db:
        let_see(db, number, asking.person, asking.at)
        return items(entries_of(db, number, zone=asking.door.book.zone, language=asking.language))


@router.post(NAME + "/try", response_class=Response, responses={200: object_of("items")})
def post_try(asking: Reads, number: str, tried: Tried, key: Key = None) -> Response:
    """Play acts on a copy, one after the other: answers each with what it would give, and writes nothing."""
    del key  # what writes nothing may be sent twice
    with looking(asking.door) as db:
        let_see(db, number, asking.person, asking.at)
    asked = [one.model_dump(exclude_none=True) for one in tried.acts]
    return items(try_acts(asking.door, number, asked, actor=asking.person, at=asking.at, language=asking.language))


def seen_of(header: str | None) -> int | None:
    """Return the entry that `If-Match` names; what names none counts as if it were missing."""
    found = _SEEN.fullmatch(header) if header else None
    return int(found[1]) if found else None


def _do(asking: Asking, asked: Asked, *, case: str | None, seen: int | None, key: str | None) -> Response:
    if key is not None and not key.isprintable():
        raise wrong("Idempotency-Key", "string_pattern_mismatch", "contains characters that cannot be shown")
    act = act_of(asked.model_dump(), actor=asking.person, at=asking.at, case=case, seen=seen, key=key)
    done = do(asking.door, act, language=asking.language)
    headers = {"ETag": f'"{done.seq}"', "Location": f"/api/v1/cases/{done.number}"}
    if done.replay:
        headers["Idempotent-Replay"] = "true"
    return answer(done.body, 201, headers=headers)


def _unless_empty(**named: list[Any]) -> dict[str, list[Any]]:
    return {name: found for name, found in named.items() if found}


def _seq(db: Db, number: str) -> int:
    row = db.one("SELECT seq FROM cases WHERE number = ?", number)
    return row[0] if row else 0
