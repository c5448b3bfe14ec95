"""One's own account: password, sessions that can be ended, and what is asked of the store at every request."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from desk.access.web_sessions import end_sessions
from models.database import Database
from tests.api_client import API, NOMINATION, Desk
from tests.browsers import PASSWORD, browser, desk_of, give_account, is_in, signed_in

NEW = "two camels and a kite"


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend a desk at which a member and a secretariat have accounts."""
    desk = desk_of(database)
    for person in ("m1", "s:Kostanay"):
        give_account(desk, person)
    return desk


def test_a_new_password_ends_the_other_sessions(desk: Desk) -> None:
    """Who changes it stays where he is; whoever else knew the old one is out."""
    here, elsewhere = signed_in(desk, "m1"), signed_in(desk, "m1", client="10.0.0.9")
    answer = here.post("/account/password", data={"old": PASSWORD, "password": NEW, "again": NEW})
    assert (303, "/account?done=password") == (answer.status_code, answer.headers["location"])
    assert (True, False) == (is_in(here), is_in(elsewhere))
    assert 422 == browser(desk).post("/sign-in", data={"name": "m1", "password": PASSWORD}).status_code
    assert 303 == browser(desk).post("/sign-in", data={"name": "m1", "password": NEW}).status_code


@pytest.mark.parametrize(
    ("old", "password", "again", "said"),
    [
        ("wrong", NEW, NEW, "present password is not right"), (PASSWORD, "short", "short", "at least 12"),
        (PASSWORD, NEW, NEW + "s", "not the same"), ("wrong", "short", "", "present password is not right"),
    ],
)  # fmt: skip
def test_a_password_that_is_not_changed(desk: Desk, old: str, password: str, again: str, said: str) -> None:
    """Why is said, and everything stays; what a new password lacks is told to its owner only."""
    here = signed_in(desk, "m1")
    answer = here.post("/account/password?lang=en", data={"old": old, "password": password, "again": again})
    assert (422, True) == (answer.status_code, said in answer.text)
    assert is_in(signed_in(desk, "m1"))


def test_sessions_are_listed_and_ended(desk: Desk) -> None:
    """One by one, or all but this one; nobody ends another's."""
    here, second, third = (signed_in(desk, "m1", client=f"10.0.0.{number}") for number in range(3))
    other = signed_in(desk, "s:Kostanay")
    with desk.assembly.database.transaction(write=False) as db:
        ids = dict(db.all("SELECT place, session_id FROM web_sessions"))
    page = here.get("/account").text
    assert all(f"10.0.0.{number}" in page for number in range(3))
    assert 404 == other.post(f"/account/sessions/{ids['10.0.0.1']}/end").status_code
    assert 303 == here.post(f"/account/sessions/{ids['10.0.0.1']}/end").status_code
    assert [True, False, True] == [is_in(one) for one in (here, second, third)]
    here.post("/account/sessions/end")
    assert [True, False, False] == [is_in(one) for one in (here, second, third)]
    assert is_in(other)


def test_the_demonstrations_people_have_no_password(desk: Desk) -> None:
    """Anybody may be one of them: nobody shall be able to shut the others out."""
    give_account(desk, "ch", password="")
    with desk.assembly.database.transaction() as db:
        db.run("UPDATE accounts SET demonstration = ? WHERE person_id = 'ch'", True)
    here = browser(desk)
    here.post("/sign-in/demonstration", data={"role": "ch"})
    assert "/account/password" not in here.get("/account").text
    assert 404 == here.post("/account/password", data={"old": "", "password": NEW, "again": NEW}).status_code
    assert 404 == here.post("/account/passkeys/options", json={"password": ""}).status_code


def test_a_session_ended_while_in_use_does_nothing_more(desk: Desk) -> None:
    """Of acts that race with the end of their session each is done wholly or not at all, and after the end none."""
    here = signed_in(desk, "s:Kostanay")
    asked = {"procedure": "candidacy", "act": "nominate"}

    def act(number: int) -> int:
        if number == 4:
            with desk.assembly.database.transaction() as db:
                end_sessions(db, "s:Kostanay", at=desk.assembly.now)
            return 0
        facts = NOMINATION | {"person": "p:A" if number % 2 else "p:B"}
        return here.post(f"{API}/cases", json=asked | {"facts": facts}).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(act, range(8)))
    assert {0, 401} <= {*answers, 401} <= {0, 201, 401, 409}
    assert 401 == here.post(f"{API}/cases", json=asked | {"facts": NOMINATION}).status_code
    with desk.assembly.database.transaction(write=False) as db:
        ((cases,),) = db.all("SELECT count(*) FROM cases WHERE procedure = 'candidacy'")
    assert answers.count(201) == cases


def test_offices_are_asked_for_at_the_moment_of_the_act(desk: Desk) -> None:
    """A session holds no right: who has left the office acts no more, in the same session."""
    here = signed_in(desk, "s:Kostanay")
    asked = {"procedure": "candidacy", "act": "nominate", "facts": NOMINATION}
    with desk.assembly.database.transaction() as db:
        db.run("UPDATE mandates SET ended_at = ? WHERE person_id = 's:Kostanay'", desk.assembly.now)
    assert 403 == here.post(f"{API}/cases", json=asked).status_code


def test_what_is_sent_is_bounded(desk: Desk) -> None:
    """A form has some pages of text, not a film."""
    assert 413 == browser(desk).post("/sign-in", data={"name": "x" * 2_000_000}).status_code


@pytest.mark.parametrize(
    ("url", "cookie"), [("https://desk.example", "__Host-kenes"), ("http://127.0.0.1:8420", "kenes")]
)
def test_the_cookie_of_an_encrypted_desk_is_its_own(sqlite_database: Database, url: str, cookie: str) -> None:
    """Behind https browsers send it encrypted only, and no neighbouring host can set it."""
    desk = desk_of(sqlite_database, url=url)
    give_account(desk, "m1")
    answer = browser(desk).post("/sign-in", data={"name": "m1", "password": PASSWORD})
    set_cookie = answer.headers["set-cookie"]
    assert (cookie, "https" in url) == (set_cookie.partition("=")[0], "Secure" in set_cookie)
    assert all(part in set_cookie for part in ("HttpOnly", "Path=/", "SameSite=lax"))
    assert "Domain" not in set_cookie
