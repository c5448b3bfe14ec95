"""The lawful dates beside a form, asked for while one types."""

from fastapi import APIRouter, Request, Response

from desk.door import Door, let_see, looking
from desk.pages.lawful_shown import ASKED, lawful_dates
from desk.pages.page import page
from desk.pages.visiting import Visits
from machines.refusal import Unknown

router = APIRouter(include_in_schema=False)


@router.get("/lawful-dates/{procedure}/{act}")
def lawful(request: Request, visitor: Visits, procedure: str, act: str, number: str = "") -> Response:
    """Answer the lawful dates for what is typed so far; nothing is written."""
    name = f"{procedure}.{act}"
    if name not in ASKED or not number.isprintable():
        raise Unknown("address", request.url.path)
    door: Door = request.app.state.door
    with looking(door) as db:
        if number:
            let_see(db, number, visitor.person_id, visitor.at)
        typed = dict(request.query_params)
        shown = lawful_dates(
            db,
            door,
            name,
            typed,
            number=number or None,
            person=visitor.person_id,
            at=visitor.at,
            language=visitor.language,
        )
    return page(request, "lawful_part.html", visitor.language, visitor.at, visitor=visitor, lawful=shown)
