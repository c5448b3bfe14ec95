"""The page of the search: one box for people, bodies, cases and norms."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from desk.door import Door, looking
from desk.pages.page import name_of, speaker
from desk.pages.page import page as drawn
from desk.pages.register_lists import region_name
from desk.pages.visiting import Visits
from desk.search import LETTERS_MOST, MOST, Found, search
from desk.shapes import name_of as person_name
from desk.shapes import people_named
from machines.norms import NORMS

router = APIRouter(include_in_schema=False)

SEE_OTHER = 303


@router.get("/search")
def find(request: Request, visitor: Visits, q: str = "") -> Response:
    """Show what is found; a number that means one case, or a norm that is meant exactly, leads straight to it."""
    door: Door = request.app.state.door
    words = q.strip()[:LETTERS_MOST]
    with looking(door) as db:
        found = search(db, words, person=visitor.person_id, at=visitor.at, language=visitor.language)
        names = people_named(db, [case.person for case in found.cases if case.person])
    if straight := _straight(found):
        return RedirectResponse(straight, SEE_OTHER, headers={"Cache-Control": "no-store"})
    t, language = speaker(visitor.language), visitor.language
    cases = [
        {
            "number": case.number, "procedure": name_of("procedure", case.procedure, language),
            "state": name_of("state", f"{case.procedure}.{case.state}", language),
            "person": person_name(names, case.person or "", language) or "",
        }
        for case in found.cases
    ]  # fmt: skip
    return drawn(
        request, "search.html", language, visitor.at, q=words, nothing=found.nothing, most=MOST, cases=cases,
        people=[(one, name, region_name(region, language) if region else "") for one, name, region in found.people],
        bodies=[(one, name, t(f"bodies.kind.{kind}")) for one, name, kind in found.bodies],
        norms=[(one, NORMS[one].title[language], NORMS[one].place[language]) for one in found.norms],
    )  # fmt: skip


def _straight(found: Found) -> str | None:
    """Return the address of the only thing that is found."""
    addresses = [f"/people/{one}" for one, *_ in found.people] + [f"/bodies/{one}" for one, *_ in found.bodies]
    addresses += [f"/cases/{case.number}" for case in found.cases] + [f"/norms/{one}" for one in found.norms]
    return addresses[0] if len(addresses) == 1 else None
