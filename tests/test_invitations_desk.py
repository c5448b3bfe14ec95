"""Invitations to the desk: by mail, good once and for three days; looking changes nothing."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from desk.access.accounts import disable
from desk.access.invited import GOOD_FOR, invite
from flows.delivery import PostOffice, deliver_messages_now
from flows.writing import write_letter
from machines.refusal import Unknown
from models.database import Database
from tests.api_client import Desk
from tests.browsers import KEY, PASSWORD, browser, desk_of, give_account, is_in, signed_in
from tests.full_store import rows_of

NEW = {"password": "two camels and a kite", "again": "two camels and a kite"}


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend a desk of an Assembly in office."""
    return desk_of(database)


def invitation(desk: Desk, person: str = "m1") -> str:
    """Invite somebody and return the address in the link."""
    with desk.assembly.database.transaction() as db:
        secret, _ = invite(db, person, at=desk.assembly.now, key=KEY)
    return f"/invitations/{secret}"


def letters(desk: Desk, now: datetime) -> list[str]:
    """Deliver what waits into the mailbox and return the letters."""
    url = "https://desk.example"
    office = PostOffice(compose=partial(write_letter, desk_url=url, key=KEY), url=url)
    deliver_messages_now(desk.assembly.database, now, office)
    with desk.assembly.database.transaction(write=False) as db:
        return [body for (body,) in db.all("SELECT body FROM messages WHERE template = 'account.invitation'")]


def test_the_letter_leads_to_the_password(desk: Desk) -> None:
    """The link of the letter opens a page that sets the password and signs in."""
    address = invitation(desk)
    (body,) = letters(desk, desk.assembly.now)
    assert [f"https://desk.example{address}"] == re.findall(r"https\S+", body)
    here = browser(desk)
    assert "Set the password" in here.get(address).text
    assert 303 == here.post(address, data=NEW).status_code
    assert is_in(here)
    assert 303 == browser(desk).post("/sign-in", data={"name": "m1", "password": NEW["password"]}).status_code


def test_looking_at_an_invitation_spends_nothing(desk: Desk) -> None:
    """Programs that open every link of a mail change no row."""
    address = invitation(desk)
    before = rows_of(desk.assembly.database)
    for _ in range(3):
        assert 200 == browser(desk).get(address).status_code
    assert before == rows_of(desk.assembly.database)


def test_an_invitation_is_good_once(desk: Desk) -> None:
    """Whoever comes second learns that it has been used, and changes nothing."""
    address = invitation(desk)
    browser(desk).post(address, data=NEW)
    late = browser(desk).post(address, data={"password": PASSWORD, "again": PASSWORD})
    assert (404, True) == (late.status_code, "cannot be used" in late.text)
    assert 422 == browser(desk).post("/sign-in", data={"name": "m1", "password": PASSWORD}).status_code


def test_of_two_at_one_moment_one_is_first(desk: Desk) -> None:
    """The same invitation used twice at the same moment sets one password."""
    address = invitation(desk)

    def use(number: int) -> Any:
        word = f"a different one, {number}"
        return number, browser(desk).post(address, data={"password": word, "again": word}).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(use, range(4)))
    ((first, _),) = [answer for answer in answers if answer[1] == 303]
    assert {303, 404} == {status for _, status in answers}
    answer = browser(desk).post("/sign-in", data={"name": "m1", "password": f"a different one, {first}"})
    assert 303 == answer.status_code


@pytest.mark.parametrize("over", ["old", "newer", "disabled", "unknown"])
def test_an_invitation_that_is_over(desk: Desk, over: str) -> None:
    """Too old, replaced by a newer one, of a disabled account, or made up: the same page for each."""
    address = invitation(desk)
    if over == "old":
        desk.assembly.now += GOOD_FOR
    elif over == "newer":
        invitation(desk)
    elif over == "disabled":
        with desk.assembly.database.transaction() as db:
            disable(db, "m1", at=desk.assembly.now)
    else:
        address = "/invitations/" + "0" * 64
    for answer in (browser(desk).get(address), browser(desk).post(address, data=NEW)):
        assert (404, True) == (answer.status_code, "cannot be used" in answer.text)


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", "short", "at least 12 characters"),
        ("the same is not", "the same is", "not the same"),
        ("password1234", "", "first that anybody"),
    ],
)
def test_a_password_that_is_not_taken(desk: Desk, password: str, again: str, said: str) -> None:
    """Why is said, and the invitation stays good."""
    address = invitation(desk)
    answer = browser(desk).post(address, data={"password": password, "again": again})
    assert (422, True) == (answer.status_code, said in answer.text)
    assert 303 == browser(desk).post(address, data=NEW).status_code


def test_a_forgotten_password_is_replaced(desk: Desk) -> None:
    """Whoever was signed in by the old one is not any more."""
    give_account(desk, "m1")
    before = signed_in(desk, "m1")
    browser(desk).post(invitation(desk), data=NEW)
    assert not is_in(before)


def test_only_people_of_the_register_are_invited(desk: Desk) -> None:
    """An account is somebody's."""
    with pytest.raises(Unknown):
        invitation(desk, "nobody")


def test_no_secret_is_kept_in_words(desk: Desk) -> None:
    """Before the letter is written the store holds hashes only; afterwards the mailbox of a desk without mail has the letter."""
    address = invitation(desk)
    assert address.rpartition("/")[2] not in repr(rows_of(desk.assembly.database))
    letters(desk, desk.assembly.now + timedelta(seconds=1))
    assert address.rpartition("/")[2] in repr(rows_of(desk.assembly.database))
