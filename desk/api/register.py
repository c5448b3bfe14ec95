"""The calls about the register: people, bodies, and who holds which office, as of a day."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from desk.answering import answer, items
from desk.api.bodies import PROBLEMS, NewPerson, listed, object_of
from desk.api.query import Day, Key, one_of
from desk.as_of import assembly_as_of, last_moment
from desk.asking import Asking, Reads, Writes, only_known
from desk.door import OFFICES, looking
from desk.problems import choice
from desk.register import bodies_known, enter_person, offices_held, people_known, see_register

router = APIRouter(tags=["register"], responses=PROBLEMS, dependencies=[Depends(only_known)])


@router.get("/people", response_class=Response, responses={200: listed("people")})
def list_people(asking: Reads, at: Day = None) -> Response:
    """List everybody the register knows, with the offices they hold (at the end of a day)."""
    with looking(asking.door) as db:
        see_register(db, asking.person, asking.at)
        known = people_known(
            db, at=_instant(asking, at), now=asking.at, language=asking.language, reader=asking.person
        )  # fmt: skip
        return items(known)


@router.post("/people", status_code=201, response_class=Response, responses={201: object_of("person_id")})
def post_person(asking: Writes, told: NewPerson, key: Key = None) -> Response:
    """Enter somebody not yet known, who is to be nominated; by the working body and the nominating offices."""
    person, replay = enter_person(asking.door, told.model_dump(), actor=asking.person, at=asking.at, key=key)
    return answer({"person_id": person}, 201, headers={"Idempotent-Replay": "true"} if replay else None)


@router.get(
    "/members", response_class=Response, responses={200: object_of("as_of", "edition", "offices", "totals", "items")}
)
def list_members(asking: Reads, at: Day = None) -> Response:
    """List the members of the Assembly (at the end of a day), with totals and the edition of the rules of then."""
    with looking(asking.door) as db:
        see_register(db, asking.person, asking.at)
        return answer(assembly_as_of(db, _instant(asking, at), book=asking.door.book, language=asking.language))


@router.get("/bodies", response_class=Response, responses={200: listed("bodies")})
def list_bodies(asking: Reads, at: Day = None) -> Response:
    """List small assemblies, associations and state bodies, with who holds their offices (at the end of a day)."""
    with looking(asking.door) as db:
        see_register(db, asking.person, asking.at)
        return items(bodies_known(db, at=_instant(asking, at), language=asking.language))


@router.get("/offices", response_class=Response, responses={200: listed("offices")})
def list_offices(asking: Reads, at: Day = None, office: Annotated[str | None, one_of(OFFICES)] = None) -> Response:
    """List who holds which office (at the end of a day)."""
    choice("office", office, OFFICES)
    with looking(asking.door) as db:
        see_register(db, asking.person, asking.at)
        return items(offices_held(db, at=_instant(asking, at), language=asking.language, office=office))


def _instant(asking: Asking, day: date | None) -> datetime:
    return last_moment(day, now=asking.at, zone=asking.door.book.zone)
