"""What was typed when the session ended comes back after signing in: to the same person, without scripts, and from nowhere else."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from desk.access.kept import Kept, seal, unseal
from desk.access.web_sessions import IDLE, LONGEST
from machines.sitting import CHOICES
from models.database import Database
from tests.api_client import Desk
from tests.assembly import Assembly
from tests.browsers import PASSWORD, PEM, browser, give_account, signed_in
from tests.browsing import Reader
from tests.sittings import open_poll
from tests.test_pages_act import TYPED

NOMINATE = "/open/candidacy/nominate"
RETURN = {"reason": "The minutes of the session are missing"}


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend the desk of an Assembly in office, with accounts."""
    desk = Desk(
        Assembly(database, members=12, council=6),
        home=Path("/nonexistent"),
        signing_key=PEM,
        url="http://127.0.0.1:8420",
    )
    for person in ("s:Kostanay", "wb", "m1"):
        give_account(desk, person)
    return desk


def after(desk: Desk, passed: timedelta) -> None:
    """Let time pass."""
    desk.assembly.now += passed


def come_back(here: TestClient, asked: Any, person: str) -> Any:
    """Sign in on the page that asks who comes; return what the desk answers."""
    form = Reader(asked.text).fields
    return here.post("/sign-in", data=form | {"name": person, "password": PASSWORD})


def rows(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything that acts write."""
    return desk.assembly.rows()


def test_a_form_comes_back_with_all_that_was_typed(desk: Desk) -> None:
    """Between typing and check: the form stands as it was, a second group included, and leads on to check and receipt."""
    here = signed_in(desk, "s:Kostanay")
    page = Reader(here.get(NOMINATE).text).fields
    after(desk, IDLE)
    typed = TYPED | {
        "person": "p:A (p:A)",
        "proposals.1.by": "Dutar",
        "proposals.1.date": "2006-04-05",
        "key": page["key"],
    }
    asked = here.post(NOMINATE, data=page | typed | {"step": "check"})
    assert 401 == asked.status_code
    again = come_back(here, asked, "s:Kostanay")
    fields = Reader(again.text).fields
    assert (200, typed) == (again.status_code, {name: fields[name] for name in typed})
    checked = Reader(here.post(NOMINATE, data=fields | {"step": "check"}).text).fields
    assert 303 == here.post(NOMINATE, data=checked | {"step": "do"}).status_code


def test_a_confirmation_comes_back_to_the_form_and_does_nothing(desk: Desk) -> None:
    """Between check and confirmation: nothing is done by signing in; confirmed then, it is done once."""
    number = desk.nominate()
    path = f"/cases/{number}/acts/return"
    here = signed_in(desk, "wb")
    page = Reader(here.get(path).text).fields
    checked = Reader(here.post(path, data=page | RETURN | {"step": "check"}).text).fields
    after(desk, LONGEST)
    here.cookies.clear()  # the browser keeps the token no longer than that
    before = rows(desk)
    again = come_back(here, here.post(path, data=checked | {"step": "do"}), "wb")
    assert before["entries"] == rows(desk)["entries"]
    fields = Reader(again.text).fields
    assert (RETURN, checked["key"]) == ({name: fields[name] for name in RETURN}, fields["key"])
    assert 303 == here.post(path, data=fields | {"step": "do"}).status_code
    assert 303 == here.post(path, data=fields | {"step": "do"}).status_code
    assert len(before["entries"]) + 1 == len(rows(desk)["entries"])


def test_a_ballot_comes_back_and_its_choice_is_nowhere(desk: Desk) -> None:
    """Neither in the store nor in an address, nor to be read in the page that asks who comes; cast only when it is confirmed."""
    number = open_poll(desk.assembly).number
    here = signed_in(desk, "m1")
    path = f"/ballots/{number}"
    page = Reader(here.get(path).text).fields
    checked = Reader(here.post(path, data=page | {"choice": "against", "step": "check"}).text).fields
    after(desk, IDLE)
    before = rows(desk)
    asked = here.post(path, data=checked | {"step": "do"})
    assert 401 == asked.status_code
    assert "against" not in asked.text
    assert before == rows(desk)
    again = come_back(here, asked, "m1")
    assert ("against", checked["key"]) == (Reader(again.text).fields["choice"], Reader(again.text).fields["key"])
    assert before["ballots"] == rows(desk)["ballots"]
    assert 303 == here.post(path, data=Reader(again.text).fields | {"step": "do"}).status_code


def test_another_person_gets_nothing_of_it(desk: Desk) -> None:
    """Neither in clear on the page that asks who comes, nor after signing in there."""
    here = signed_in(desk, "s:Kostanay")
    page = Reader(here.get(NOMINATE).text).fields
    after(desk, IDLE)
    asked = here.post(NOMINATE, data=page | TYPED | {"step": "check"})
    assert "German centre" not in asked.text
    other = come_back(here, asked, "wb")
    assert (303, NOMINATE) == (other.status_code, other.headers["location"])
    assert "German centre" not in here.get(NOMINATE).text


def test_a_wrong_password_loses_nothing(desk: Desk) -> None:
    """The page that asks again still keeps it."""
    here = signed_in(desk, "s:Kostanay")
    page = Reader(here.get(NOMINATE).text).fields
    after(desk, IDLE)
    asked = here.post(NOMINATE, data=page | TYPED | {"step": "check"})
    wrong = here.post("/sign-in", data=Reader(asked.text).fields | {"name": "s:Kostanay", "password": "guessed"})
    assert 422 == wrong.status_code
    assert "German centre" == Reader(come_back(here, wrong, "s:Kostanay").text).fields["proposals.0.by"]


def test_after_signing_in_by_passkey_the_page_sends_it_itself(desk: Desk) -> None:
    """To an address that opens it for the same person only."""
    here = signed_in(desk, "s:Kostanay")
    page = Reader(here.get(NOMINATE).text).fields
    here.post("/sign-out")
    asked = Reader(here.post(NOMINATE, data=page | TYPED | {"step": "check"}).text).fields
    kept = {"next": NOMINATE, "kept": asked["kept"]}
    assert 303 == signed_in(desk, "wb").post("/sign-in/kept", data=kept).status_code
    again = signed_in(desk, "s:Kostanay").post("/sign-in/kept", data=kept)
    assert "German centre" == Reader(again.text).fields["proposals.0.by"]


def test_access_rules_hold(desk: Desk) -> None:
    """Whoever lost the case meanwhile is shown nothing of it; a foreign page can neither send the form nor what was kept."""
    number = desk.nominate()
    path = f"/cases/{number}/acts/return"
    here = signed_in(desk, "wb")
    page = Reader(here.get(path).text).fields
    after(desk, IDLE)
    typed = page | RETURN | {"step": "check"}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert 403 == here.post(path, data=typed, headers=foreign).status_code
    asked = here.post(path, data=typed)
    assert 403 == here.post("/sign-in/kept", data=Reader(asked.text).fields, headers=foreign).status_code
    with desk.assembly.database.transaction() as db:
        db.run("UPDATE mandates SET ended_at = ? WHERE person_id = 'wb'", desk.assembly.now)
    assert 403 == come_back(here, asked, "wb").status_code


def test_nothing_is_kept_of_what_does_not_say_for_whom(desk: Desk) -> None:
    """It is led to sign in, as ever; so is a look at a page."""
    here = browser(desk)
    assert 303 == here.post(NOMINATE, data=TYPED | {"step": "check"}).status_code
    assert 303 == here.get(NOMINATE).status_code
    assert 303 == here.post("/account/password", data={"typed_by": "wb", "old": PASSWORD}).status_code


def test_what_was_kept_opens_for_its_owner_for_as_long_as_a_session(desk: Desk) -> None:
    """Not for others, not later, and not once a letter of it was changed; too much is not kept."""
    settings, now = desk.app.state.settings, desk.assembly.now
    kept = Kept(NOMINATE, [("reason", "Қағаздар жоқ"), ("number", "1"), ("number", "2")])
    sealed = seal(settings, kept, person="wb", at=now)
    assert kept == unseal(settings, sealed, person="wb", at=now + LONGEST)
    assert unseal(settings, sealed, person="m1", at=now) is None
    assert unseal(settings, sealed, person="wb", at=now + LONGEST + timedelta(seconds=1)) is None
    for changed in (sealed[:-9] + "A" * 8 + "=", sealed[:-9], sealed + "ә", "", "ә", "kept"):
        assert unseal(settings, changed, person="wb", at=now) is None
    assert "" == seal(settings, Kept(NOMINATE, [("reason", secrets.token_urlsafe(900_000))]), person="wb", at=now)


def test_the_length_of_what_was_kept_tells_no_choice(desk: Desk) -> None:
    """Whoever sits down at the page that asks who comes sees letters, as many of them whatever was chosen."""
    settings, now = desk.app.state.settings, desk.assembly.now
    for opinion in (secrets.token_urlsafe(length) for length in range(1, 17)):  # wherever the blocks of the cipher end
        ballots = [Kept("/ballots/P-2006-0001", [("opinion", opinion), ("choice", one)]) for one in CHOICES]
        lengths = {len(seal(settings, kept, person="m1", at=now)) for kept in ballots}
        assert 1 == len(lengths)


def test_whoever_sends_letters_that_were_never_sealed_comes_in_all_the_same(desk: Desk) -> None:
    """And is led where he wanted to go."""
    coming = {"name": "wb", "password": PASSWORD, "next": NOMINATE, "kept": "сақталған"}
    answer = browser(desk).post("/sign-in", data=coming)
    assert (303, NOMINATE) == (answer.status_code, answer.headers["location"])
