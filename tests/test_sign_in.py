"""Signing in: the demonstration's roles by one click, sessions that end, requests of foreign pages refused."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from desk.access.accounts import disable, open_account
from desk.access.web_sessions import IDLE, LONGEST, begin_session
from models.database import Database
from tests.api_client import API, NOMINATION, Desk, is_problem
from tests.assembly import Assembly
from tests.browsers import PEM

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend the desk of an Assembly in office; m1 and wb are people whom anybody here may be."""
    desk = Desk(Assembly(database))
    with database.transaction() as db:
        for person in ("m5", "wb"):
            open_account(db, person, at=desk.assembly.now, demonstration=True)
    return desk


def browser(
    desk: Desk, *, host: str = "127.0.0.1", client: str = "127.0.0.1", headers: Mapping[str, str] = OWN
) -> TestClient:
    """Open a browser on some computer, which calls the desk by some name."""
    return TestClient(
        desk.app, base_url=f"http://{host}:8420", client=(client, 5000), headers=dict(headers), follow_redirects=False
    )


def signed_in(desk: Desk, person: str = "wb") -> TestClient:
    """Open a browser on this computer and be somebody of the demonstration."""
    here = browser(desk)
    answer = here.post("/sign-in/demonstration", data={"role": person, "next": "/docs"})
    assert (303, "/docs") == (answer.status_code, answer.headers["location"])
    return here


def test_one_click_is_enough_in_the_demonstration(desk: Desk) -> None:
    """Whoever clicks on a role works as that person, and acts with the offices of that person."""
    here = signed_in(desk)
    assert 200 == here.get(f"{API}/inbox").status_code
    opened = here.post(f"{API}/cases", json={"procedure": "candidacy", "act": "nominate", "facts": NOMINATION})
    is_problem(opened, 403, "forbidden")


@pytest.mark.parametrize(
    ("host", "client", "headers"),
    [
        ("desk.example", "127.0.0.1", OWN),
        ("127.0.0.1", "10.0.0.9", OWN),
        ("127.0.0.1", "127.0.0.1", OWN | {"X-Forwarded-For": "10.0.0.9"}),
        ("127.0.0.1", "127.0.0.1", OWN | {"Via": "1.1 proxy"}),
    ],
)
def test_only_on_this_computer(desk: Desk, host: str, client: str, headers: Mapping[str, str]) -> None:
    """Neither another computer, nor another name for this one, nor a proxy leads into the demonstration."""
    elsewhere = browser(desk, host=host, client=client, headers=headers)
    assert "demonstration" not in elsewhere.get("/sign-in").text
    assert 404 == elsewhere.post("/sign-in/demonstration", data={"role": "wb"}).status_code


def test_only_its_own_people(desk: Desk) -> None:
    """Nobody becomes somebody else, whether that person has an account or not."""
    with desk.assembly.database.transaction() as db:
        open_account(db, "ch", at=desk.assembly.now)
    for person in ("ch", "d1", ""):
        assert browser(desk).post("/sign-in/demonstration", data={"role": person}).status_code in (404, 422)


def test_a_session_ends_by_time(desk: Desk) -> None:
    """Half an hour unused, or twelve hours in all: then one signs in again."""
    here = signed_in(desk)
    begun = desk.assembly.now
    while desk.assembly.now - begun < LONGEST - IDLE:
        desk.assembly.now += IDLE - timedelta(seconds=1)
        assert 200 == here.get(f"{API}/inbox").status_code
    desk.assembly.now = begun + LONGEST
    is_problem(here.get(f"{API}/inbox"), 401, "unauthorized")
    idle = signed_in(desk)
    desk.assembly.now += IDLE
    is_problem(idle.get(f"{API}/inbox"), 401, "unauthorized")


def test_an_account_that_is_disabled_is_out_at_once(desk: Desk) -> None:
    """A session is asked of the store at every request: nothing is remembered of it."""
    here = signed_in(desk)
    with desk.assembly.database.transaction() as db:
        disable(db, "wb", at=desk.assembly.now)
    is_problem(here.get(f"{API}/inbox"), 401, "unauthorized")
    assert 303 == here.post("/sign-out").status_code
    assert 404 == browser(desk).post("/sign-in/demonstration", data={"role": "wb"}).status_code


def test_a_token_of_a_session_is_nowhere_kept(desk: Desk) -> None:
    """The store has its hash only, and the browser shows it to no script."""
    answer = browser(desk).post("/sign-in/demonstration", data={"role": "wb"})
    token = answer.cookies["kenes"]
    assert "HttpOnly; Max-Age=43200; Path=/; SameSite=lax" in answer.headers["set-cookie"]
    with desk.assembly.database.transaction(write=False) as db:
        assert token not in repr(db.all("SELECT * FROM web_sessions"))


FOREIGN: tuple[Mapping[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8420"},
    {},
)


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/sign-out", "/looks", f"{API}/cases"])
def test_pages_of_others_change_nothing(desk: Desk, path: str, headers: Mapping[str, str]) -> None:
    """Whatever another site lets a browser send is refused, before it is known who sends it."""
    here = signed_in(desk)
    here.headers.pop("Sec-Fetch-Site")
    refused = here.post(path, headers=headers, data={"theme": "dark"})
    assert (403, "/problems/forbidden") == (refused.status_code, refused.json()["type"])
    assert 200 == here.get(f"{API}/inbox").status_code


@pytest.mark.parametrize("headers", [OWN, {"Origin": "http://127.0.0.1:8420"}])
def test_own_pages_may_send(desk: Desk, headers: Mapping[str, str]) -> None:
    """A browser that says where its request comes from, in the new way or in the old."""
    here = signed_in(desk)
    here.headers.pop("Sec-Fetch-Site")
    assert 303 == here.post("/sign-out", headers=headers).status_code
    is_problem(here.get(f"{API}/inbox"), 401, "unauthorized")


@pytest.mark.parametrize("headers", FOREIGN)
def test_programs_with_a_token_are_not_hindered(desk: Desk, headers: Mapping[str, str]) -> None:
    """No browser adds a token by itself: whoever brings one means it."""
    asked: dict[str, Any] = {"procedure": "candidacy", "act": "nominate", "facts": NOMINATION}
    known = {"Authorization": f"Bearer {desk.token('s:Kostanay')}"} | dict(headers)
    answer = browser(desk, headers={}).post(f"{API}/cases", json=asked, headers=known)
    assert 201 == answer.status_code, answer.text


def test_last_use_is_written_from_time_to_time(desk: Desk) -> None:
    """Reading changes no row; what was used is written by the watch, and another process of the desk knows it then."""
    here = signed_in(desk)
    seen = "SELECT seen_at FROM web_sessions"
    with desk.assembly.database.transaction(write=False) as db:
        before = db.all(seen)
    desk.assembly.now += timedelta(minutes=20)
    here.get(f"{API}/inbox")
    with desk.assembly.database.transaction(write=False) as db:
        assert before == db.all(seen)
    desk.app.state.door.seen.write(desk.assembly.database)
    other = Desk(desk.assembly)
    desk.assembly.now += timedelta(minutes=20)
    again = browser(other)
    again.cookies = here.cookies
    assert 200 == again.get(f"{API}/inbox").status_code


def test_a_new_session_each_time(desk: Desk) -> None:
    """Signing in draws a new token, whatever the browser brought along."""
    with desk.assembly.database.transaction() as db:
        tokens = {begin_session(db, "wb", at=desk.assembly.now, way="demonstration") for _ in range(3)}
    assert 3 == len(tokens)


def test_no_role_is_offered_where_the_desk_is_called_by_a_public_name(sqlite_database: Database) -> None:
    """Behind a proxy that says nothing of itself every request looks like one from this computer: KENES_URL says that it is none."""
    desk = Desk(Assembly(sqlite_database), url="http://kenes.example:8420", signing_key=PEM)
    with sqlite_database.transaction() as db:
        open_account(db, "wb", at=desk.assembly.now, demonstration=True)
    here = browser(desk)
    assert "wb" not in here.get("/sign-in").text
    assert 404 == here.post("/sign-in/demonstration", data={"role": "wb"}).status_code
