"""Who may see and send what of sittings and votes: every page for every role, cell by cell; looking changes no row.

A cell is the status that a role gets, in the order of ROLES: 200 seen, 303 led on (a stranger: to sign in), 403 not for this role, and
nothing is told; 404 there is no such page; 409 the law says no; 422 what was sent is not enough.
"""

from collections.abc import Iterator, Mapping

import pytest
from fastapi.routing import APIRoute

from desk.pages.routes import of_sittings
from models.database import Database
from tests.api_client import Desk
from tests.assembly import Assembly
from tests.browsing import Visit
from tests.full_store import rows_of
from tests.sittings import (
    convened_session,
    open_meeting,
    open_poll,
    open_session,
    question,
    registered_request,
    vote,
    voting_session,
)

ROLES = {
    "stranger": None, "nobody": "p:B", "member": "m7", "council": "m1", "nominator": "s:Kostanay", "working_body": "wb",
    "chairman": "ch", "deputy": "d1",
}  # fmt: skip
SIGNED_IN = "303 200 200 200 200 200 200 200"
IN_OFFICE = "303 403 200 200 200 200 200 200"
NOT_FOUND = "303 404 404 404 404 404 404 404"
NO_ADDRESS = "400 400 400 400 400 400 400 400"  # with a NUL
MATRIX: dict[str, dict[str, str]] = {
    "GET /polls": {"/polls": SIGNED_IN, "/polls?after={poll}": SIGNED_IN, "/polls?after=%00": NO_ADDRESS},
    "GET /polls/{number}": {
        "/polls/{poll}": IN_OFFICE, "/polls/{session}": NOT_FOUND, "/polls/P-1999-0001": NOT_FOUND, "/polls/P-%00": NO_ADDRESS,
    },
    "GET /questions/{number}": {"/questions/{question}": IN_OFFICE, "/questions/{poll}": NOT_FOUND},
    "GET /resolutions/{number}": {"/resolutions/{resolution}": IN_OFFICE, "/resolutions/{poll}": NOT_FOUND},
    "GET /ballots/{number}": {
        "/ballots/{poll}": IN_OFFICE, "/ballots/{question}": IN_OFFICE, "/ballots/{resolution}": IN_OFFICE,
        "/ballots/{session}": "303 403 404 404 404 404 404 404", "/ballots/P-%00": NO_ADDRESS,
    },
    "GET /ballots/{number}/receipts/{seq}": {
        "/ballots/{poll}/receipts/2": "303 403 404 404 404 404 404 404", "/ballots/{poll}/receipts/0": "303 403 404 404 404 404 404 404",
        "/ballots/{poll}/receipts/99999999999999999999999": "303 403 404 404 404 404 404 404",
    },
    "GET /meetings": {"/meetings": SIGNED_IN},
    "GET /meetings/{number}": {"/meetings/{meeting}": IN_OFFICE, "/meetings/{session}": NOT_FOUND},
    "GET /meetings/{number}/hall": {"/meetings/{meeting}/hall": IN_OFFICE, "/meetings/{session}/hall": NOT_FOUND},
    "GET /meetings/{number}/registration": {"/meetings/{meeting}/registration": IN_OFFICE, "/meetings/none/registration": NOT_FOUND},
    "GET /sessions": {"/sessions": SIGNED_IN},
    "GET /sessions/{number}": {"/sessions/{session}": IN_OFFICE, "/sessions/{convened}": IN_OFFICE, "/sessions/{poll}": NOT_FOUND},
    "GET /sessions/{number}/hall": {"/sessions/{session}/hall": IN_OFFICE, "/sessions/{session}/hall?big=1": IN_OFFICE},
    "GET /sessions/{number}/registration": {
        "/sessions/{session}/registration": IN_OFFICE, "/sessions/{session}/registration?came=%00": NO_ADDRESS,
    },
    "GET /requests/{number}": {"/requests/{request}": IN_OFFICE, "/requests/{poll}": NOT_FOUND},
    "GET /years/{number}": {"/years/{poll}": NOT_FOUND},
    "GET /ballots/{number}/roll.{kind}": {
        "/ballots/{poll}/roll.csv": "303 403 404 404 404 404 404 404", "/ballots/{closed}/roll.csv": IN_OFFICE,
        "/ballots/{closed}/roll.xlsx": IN_OFFICE, "/ballots/{closed}/roll.exe": "303 403 404 404 404 404 404 404",
        "/ballots/{session}/roll.csv": NOT_FOUND,
    },
    "GET /sessions/{number}/present.{kind}": {
        "/sessions/{session}/present.xlsx": IN_OFFICE, "/sessions/{session}/present.csv": IN_OFFICE,
        "/sessions/{session}/present.exe": "303 403 404 404 404 404 404 404", "/sessions/{meeting}/present.csv": NOT_FOUND,
    },
    "GET /meetings/{number}/present.{kind}": {"/meetings/{meeting}/present.csv": IN_OFFICE},
    "GET /lawful-dates/{procedure}/{act}": {
        "/lawful-dates/session/convene?kind=ordinary": SIGNED_IN, "/lawful-dates/session/move?number={convened}": IN_OFFICE,
        "/lawful-dates/session/open": NOT_FOUND, "/lawful-dates/session/move?number=%00": NO_ADDRESS,
    },
    "POST /ballots/{number}": {
        "/ballots/{poll}?choice=for&step=do": "303 403 403 303 403 403 403 403",
        "/ballots/{poll}?step=check": "303 403 403 422 403 403 403 403",
        "/ballots/{session}?choice=for&step=do": "303 403 404 404 404 404 404 404",
        "/ballots/{resolution}?choice=for&step=do": "303 403 303 303 403 403 409 409",
    },
    "POST /meetings/{number}/registration": {"/meetings/{meeting}/registration?who=m2": "303 403 403 403 403 303 403 403"},
    "POST /sessions/{number}/registration": {
        "/sessions/{session}/registration?who=m10": "303 403 422 422 422 422 422 422",
        "/sessions/{session}/registration?who=d2": "303 403 403 403 403 303 403 403",
        "/sessions/{session}/registration?person=m1&act=close": "303 403 422 422 422 422 422 422",
    },
}  # fmt: skip
CELLS = [(route, address, cells) for route, addresses in MATRIX.items() for address, cells in addresses.items()]


@pytest.fixture
def desk(database: Database) -> tuple[Desk, Mapping[str, str]]:
    """Lend a desk with a case of every kind."""
    assembly = Assembly(database, members=12, council=6)
    asked, convened = (
        registered_request(assembly, 4),
        convened_session(assembly, at="2006-04-17 10:00", starts_at="2006-07-20 10:00"),
    )
    meeting = open_meeting(assembly, [], at="2006-05-10 09:00")
    listed = question(assembly, meeting)
    session = open_session(assembly, assembly.people_in[:9], method="roll_call")
    closed = voting_session(assembly, session)
    vote(assembly, closed, ["m1", "m2"])
    assembly.do("ch", "resolution.close_vote", case=closed)
    resolution = voting_session(assembly, session)
    poll = open_poll(assembly, at="2006-06-20 11:00", closes_on="2006-06-30")
    cases = {
        "request": asked, "convened": convened, "meeting": meeting, "question": listed, "session": session, "resolution": resolution,
        "poll": poll, "closed": closed,
    }  # fmt: skip
    return Desk(assembly), {name: case.number for name, case in cases.items()}


def routes() -> Iterator[str]:
    """Yield the routes of these pages."""
    for route in of_sittings.routes:
        if isinstance(route, APIRoute):
            yield from (f"{method} {route.path}" for method in route.methods)


def test_every_page_is_in_the_matrix() -> None:
    """Whoever adds a page says here who sees it."""
    assert sorted(MATRIX) == sorted(routes())


@pytest.mark.slow
def test_cell_by_cell(desk: tuple[Desk, Mapping[str, str]]) -> None:
    """Every page for every role; whatever is looked at, no row is changed."""
    built, numbers = desk
    visits = {role: Visit(built, who) for role, who in ROLES.items() if who}
    before, found = rows_of(built.assembly.database), []
    for route, address, cells in sorted(CELLS):
        for role, wanted in zip(ROLES, cells.split(), strict=True):
            status = ask(built, visits.get(role), route, address.format(**numbers))
            found += [(route, address, role, wanted, status)] if int(wanted) != status else []
        if route.startswith("GET"):
            assert before == rows_of(built.assembly.database)
    assert [] == found


def ask(desk: Desk, visit: Visit | None, route: str, address: str) -> int:
    """Ask for a page, or send a form whose fields stand behind the question mark."""
    headers = {"Accept": "text/html", "Cookie": visit.cookie if visit else ""}
    desk.client.cookies.clear()
    if route.startswith("GET"):
        return int(desk.client.get(address, headers=headers, follow_redirects=False).status_code)
    path, _, fields = address.partition("?")
    typed = dict(pair.split("=") for pair in fields.split("&"))
    return int(desk.client.post(path, data=typed, headers=headers, follow_redirects=False).status_code)
