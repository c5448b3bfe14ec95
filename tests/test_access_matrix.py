"""Who may see and send what: every page for every role, cell by cell.

A page that is not in the matrix fails the first test: whoever adds one says here who sees it. A row is a route with the addresses
under which it is asked for; a cell is the status that a role gets, in the order of ROLES:

  200 seen   303 led on (a stranger: to sign in)   403 not for this role, and nothing is told   404 there is no such thing (or: not for
  this role, who need not know that there is)   422 what was sent is not enough: the role was let in   400, 409, 412, 503: let in too

What one may do in a case is no matter of pages: that matrix is tests/test_matrix.py.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from desk.pages.visiting import SIGN_IN
from machines.register import add_person
from models.database import Database
from tests.api_client import Desk
from tests.browsers import browser, desk_of, let_in
from tests.full_store import rows_of
from tests.test_sittings_matrix import MATRIX as OF_SITTINGS

# A stranger; somebody with an account and no office; whom the case is about; a member of the Assembly; one of the Council; who has
# nominated; the working body; the Chairman; a deputy; an operator who holds no office.
ROLES: dict[str, str | None] = {
    "stranger": None, "nobody": "p:B", "subject": "p:A", "member": "m7", "council": "m1", "nominator": "s:Kostanay", "working_body": "wb",
    "chairman": "ch", "deputy": "d1", "operator": "op",
}  # fmt: skip

ANYBODY = "200 200 200 200 200 200 200 200 200 200"
SIGNED_IN = "303 200 200 200 200 200 200 200 200 200"
IN_OFFICE = "303 403 403 200 200 200 200 200 200 403"
CONCERNED = "303 403 200 200 200 200 200 200 200 403"  # office holders, and whom the case is about
LOOKS_AFTER = "303 403 403 200 200 200 200 200 200 200"
OPERATES = "303 403 403 403 403 403 403 403 403 503"  # no server runs here
NO_ACT = "303 403 404 404 404 404 404 404 404 403"
NO_ENTRY = "303 403 403 404 404 404 404 404 404 403"
NOT_FOUND = "303 404 404 404 404 404 404 404 404 404"
NOBODY = "404 404 404 404 404 404 404 404 404 404"
LED_ON = "303 303 303 303 303 303 303 303 303 303"
WRONG = "303 422 422 422 422 422 422 422 422 422"

MATRIX: dict[str, dict[str, str]] = {
    # --- the desk itself
    "GET /": {"/": ANYBODY, "/?lang=kk": ANYBODY},
    "GET /docs": {"/docs": ANYBODY},
    "GET /operations": {"/operations": LOOKS_AFTER},
    "GET /mailbox": {"/mailbox": "404 404 404 404 404 404 404 404 404 200"},
    "POST /looks": {"/looks": LED_ON},
    # --- signing in
    "GET /sign-in": {"/sign-in": ANYBODY, "/sign-in?next=//elsewhere.example": ANYBODY},
    "POST /sign-in": {"/sign-in": "422 422 422 422 422 422 422 422 422 422"},
    "POST /sign-in/demonstration": {"/sign-in/demonstration": NOBODY},
    "POST /sign-in/passkey": {"/sign-in/passkey": "422 422 422 422 422 422 422 422 422 422"},
    "POST /sign-in/kept": {"/sign-in/kept": LED_ON},
    "POST /sign-out": {"/sign-out": LED_ON},
    "GET /invitations/{secret}": {"/invitations/made-up": NOBODY},
    "POST /invitations/{secret}": {"/invitations/made-up": NOBODY},
    # --- one's own account
    "GET /account": {"/account": SIGNED_IN},
    "GET /account/password": {"/account/password": LED_ON},
    "POST /account/password": {"/account/password": WRONG},
    "POST /account/sessions/end": {"/account/sessions/end": LED_ON},
    "POST /account/sessions/{session_id}/end": {"/account/sessions/{session}/end": NOT_FOUND},
    "POST /account/passkeys/options": {"/account/passkeys/options": WRONG},
    "POST /account/passkeys": {"/account/passkeys": WRONG},
    "POST /account/passkeys/{credential}/remove": {"/account/passkeys/made-up/remove": LED_ON},
    # --- Prefect's pages: handed through to operators only; here no server runs
    "* /prefect{path:path}": {
        "/prefect": OPERATES, "/prefect/": OPERATES, "/prefect/api/flow_runs": OPERATES,
        "/prefecture": "303 403 403 403 403 403 403 403 403 404",
    },
    # --- cases and acts
    "GET /cases/{number}": {"/cases/{case}": CONCERNED, "/cases/{case}?view=journal": CONCERNED, "/cases/C-1999-0001": NOT_FOUND},
    "GET /cases/{number}/export": {"/cases/{case}/export": CONCERNED, "/cases/C-1999-0001/export": NOT_FOUND},
    "GET /cases/{number}/receipts/{seq}": {
        "/cases/{case}/receipts/1": CONCERNED, "/cases/{case}/receipts/9": NO_ACT,
    },
    "GET /cases/{number}/acts/{act}": {
        "/cases/{case}/acts/admit": "303 403 403 403 403 403 200 403 403 403", "/cases/{case}/acts/none": NO_ACT,
        "/cases/C-1999-0001/acts/admit": NOT_FOUND,
    },
    "POST /cases/{number}/acts/{act}": {"/cases/{case}/acts/return": "303 403 403 403 403 403 422 403 403 403"},
    "GET /open": {"/open": SIGNED_IN},
    "GET /open/{procedure}/{act}": {
        "/open/candidacy/nominate": SIGNED_IN, "/open/candidacy/admit": NOT_FOUND, "/open/none/none": NOT_FOUND,
    },
    "POST /open/{procedure}/{act}": {"/open/candidacy/nominate": "303 403 403 403 403 422 403 403 403 403"},
    "GET /cases/{number}/try": {"/cases/{case}/try": CONCERNED, "/cases/C-1999-0001/try": NOT_FOUND},
    "POST /cases/{number}/try": {"/cases/{case}/try": NO_ACT},
    # --- lists: each shows what its reader may see, so that for somebody without an office they are empty
    "GET /cases": {"/cases": SIGNED_IN},
    "GET /cases.csv": {"/cases.csv": SIGNED_IN},
    "GET /cases.xlsx": {"/cases.xlsx": SIGNED_IN},
    "GET /cases/together": {"/cases/together": LED_ON},
    "POST /cases/together": {"/cases/together": WRONG},
    "GET /search": {"/search": SIGNED_IN, "/search?q=p:A": SIGNED_IN},
    # --- the register
    "GET /people": {"/people": IN_OFFICE},
    "GET /people.{format}": {"/people.csv": IN_OFFICE, "/people.xlsx": IN_OFFICE},
    "GET /people/{id}": {"/people/p:A": CONCERNED, "/people/m1": "303 403 403 200 200 200 200 200 200 403", "/people/none": NO_ENTRY},
    "GET /bodies": {"/bodies": IN_OFFICE},
    "GET /bodies.{format}": {"/bodies.csv": IN_OFFICE, "/bodies.xlsx": IN_OFFICE},
    "GET /bodies/{id}": {"/bodies/none": NO_ENTRY},
    "GET /offices": {"/offices": IN_OFFICE},
    "GET /offices.{format}": {"/offices.csv": IN_OFFICE, "/offices.xlsx": IN_OFFICE},
    # --- the calendar: programs fetch it by a secret link, which asks for no session
    "GET /calendar": {"/calendar": SIGNED_IN},
    "GET /calendar/moves": {"/calendar/moves": IN_OFFICE},
    "GET /calendar/link": {"/calendar/link": SIGNED_IN},
    "POST /calendar/link": {"/calendar/link": SIGNED_IN},
    "GET /calendar/link/end": {"/calendar/link/end": LED_ON},
    "POST /calendar/link/end": {"/calendar/link/end": SIGNED_IN},
    "GET /calendar/me/{secret}.ics": {"/calendar/me/made-up.ics": NOBODY},
    "GET /calendar/me/{secret}/{body}.ics": {"/calendar/me/made-up/assembly.ics": NOBODY},
    "GET /calendar/bodies/{body}.ics": {"/calendar/bodies/council.ics": IN_OFFICE, "/calendar/bodies/none.ics": NO_ENTRY},
    "GET /calendar/events/{number}.ics": {"/calendar/events/{case}.ics": NO_ACT},
    # --- the law and plans
    "GET /norms": {"/norms": SIGNED_IN},
    "GET /norms/{id}": {"/norms/14.1a": SIGNED_IN, "/norms/none": NOT_FOUND},
    "GET /rulings": {"/rulings": SIGNED_IN},
    "GET /procedures": {"/procedures": SIGNED_IN},
    "GET /procedures/{name}": {"/procedures/candidacy": SIGNED_IN, "/procedures/none": NOT_FOUND},
    "GET /plan": {"/plan": SIGNED_IN},
}  # fmt: skip
LISTS = ("GET /cases", "GET /cases.csv", "GET /search", "GET /calendar")
CELLS = [(route, address, cells) for route, addresses in MATRIX.items() for address, cells in addresses.items()]


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    """Lend a desk where p:A has been nominated and an operator of the register looks after the service."""
    return _desk(sqlite_database)


def _desk(database: Database) -> Desk:
    desk = desk_of(database, url="http://localhost:8420")
    with database.transaction() as db:
        add_person(db, "op", names=dict.fromkeys(("kk", "ru", "en"), "Operator"))
    desk.nominate()
    return desk


def routes_of(desk: Desk) -> Iterator[str]:
    """Yield the routes of the pages; those of the API stand in its own description."""
    for route in _all(desk.app.routes):
        if isinstance(route, APIRoute) and not route.include_in_schema:
            methods = sorted(route.methods)
            yield f"{'*' if len(methods) > 2 else methods[0]} {route.path}"


def _all(routes: Any) -> Iterator[Any]:
    for route in routes:
        yield route
        if inner := getattr(route, "original_router", None):
            yield from _all(inner.routes)


def send(desk: Desk, role: str, route: str, address: str) -> Any:
    """Ask as *role*, each time in a browser of its own."""
    here, person = browser(desk, host="localhost"), ROLES[role]
    if person:
        let_in(here, desk.assembly.database, person, at=desk.assembly.now, operator=role == "operator")
    place = address.format(case="C-2006-0001", session="aaaaaaaa")
    method = route.partition(" ")[0].replace("*", "GET")
    sent: dict[str, Any] = {}
    if method == "POST":
        sent = {"json": {}} if "passkey" in route and "remove" not in route else {"data": {"theme": "dark"}}
    return here.request(method, place, **sent)


def test_every_page_is_in_the_matrix(desk: Desk) -> None:
    """Whoever adds a page says who sees it."""
    assert sorted({*MATRIX, *OF_SITTINGS}) == sorted(set(routes_of(desk)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("route", "address", "cells"), CELLS, ids=[f"{route} {address}" for route, address, _ in CELLS]
)
def test_who_may(desk: Desk, route: str, address: str, cells: str) -> None:
    """Every role gets what stands in its cell; strangers learn nothing of the case; nothing is kept by browsers or framed by others."""
    for role, cell in zip(ROLES, cells.split(), strict=True):
        answer = send(desk, role, route, address)
        assert (role, int(cell)) == (role, answer.status_code), answer.text[:500]
        if role == "stranger":
            assert "C-2006-0001" not in answer.text
            assert "p:A" not in answer.text
        if role == "nobody" and route in LISTS:
            assert "C-2006-0001" not in answer.text
            assert cell != "303" or answer.headers["location"].startswith(SIGN_IN) or route == "POST /looks"
        assert "no-store" in answer.headers.get("cache-control", "no-store")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "nosniff" == answer.headers["x-content-type-options"]


@pytest.mark.slow
def test_looking_changes_no_row(database: Database) -> None:
    """Every page that is only looked at leaves every row as it was, whoever looks (architecture: reading writes nothing)."""
    desk = _desk(database)
    browsers: dict[str, TestClient] = {}
    for role, person in ROLES.items():
        browsers[role] = browser(desk, host="localhost")
        if person:
            let_in(browsers[role], database, person, at=desk.assembly.now, operator=role == "operator")
    before = rows_of(database)
    for route, address, _ in CELLS:
        if route.startswith("GET"):
            for here in browsers.values():
                here.get(address.format(case="C-2006-0001", session="aaaaaaaa"))
    assert before == rows_of(database)


def test_an_unsafe_request_of_a_foreign_page_is_refused_everywhere(desk: Desk) -> None:
    """Whatever can be sent: from another site it is refused for everybody, and changes nothing."""
    here = let_in(browser(desk, host="localhost"), desk.assembly.database, "wb", at=desk.assembly.now)
    before = rows_of(desk.assembly.database)
    for route, address, _ in CELLS:
        if route.startswith("POST"):
            place = address.format(case="C-2006-0001", session="aaaaaaaa")
            for site in ("cross-site", "same-site"):
                assert 403 == here.post(place, headers={"Sec-Fetch-Site": site}).status_code, route
    assert before == rows_of(desk.assembly.database)
