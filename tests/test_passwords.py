"""Signing in by password: what is taken, what is told, how often it may be tried."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from desk.access.accounts import disable, enable
from desk.access.attempts import OF_ACCOUNT, OF_PLACE, WINDOW, count_attempt
from desk.access.passwords import fault_of_password, hash_password, matches
from models.database import Database
from tests.api_client import Desk
from tests.browsers import PASSWORD, browser, desk_of, give_account, is_in, signed_in


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend a desk at which the member m1 has an account."""
    desk = desk_of(database)
    give_account(desk, "m1")
    with database.transaction() as db:
        db.run("UPDATE people SET email = 'M1@example.org' WHERE person_id = 'm1'")
    return desk


@pytest.mark.parametrize("name", ["m1", " m1 ", "m1@example.org", "M1@EXAMPLE.ORG"])
def test_by_name_or_address(desk: Desk, name: str) -> None:
    """The name of the account or the address of mail, and the password."""
    here = browser(desk)
    answer = here.post("/sign-in", data={"name": name, "password": PASSWORD, "next": "/cases?state=open"})
    assert (303, "/cases?state=open") == (answer.status_code, answer.headers["location"])
    assert is_in(here)


@pytest.mark.parametrize(
    ("name", "password"),
    [("m1", "wrong password"), ("m2", PASSWORD), ("nobody", PASSWORD), ("", ""), ("m1", ""), ("m\x001", PASSWORD)],
)
def test_one_answer_whatever_was_wrong(desk: Desk, name: str, password: str) -> None:
    """Nobody learns whether there is such an account; what was typed as a name stays, the password does not."""
    here = browser(desk)
    answer = here.post("/sign-in", data={"name": name, "password": password})
    assert 422 == answer.status_code
    assert "There is no account with this name and this password." in answer.text
    assert not password or f'value="{password}"' not in answer.text
    assert not is_in(here)


def test_an_address_of_two_accounts_is_nobodys(desk: Desk) -> None:
    """Two people may share an address of mail: then each signs in by the name of the account."""
    give_account(desk, "m2")
    with desk.assembly.database.transaction() as db:
        db.run("UPDATE people SET email = 'm1@example.org' WHERE person_id = 'm2'")
    assert 422 == browser(desk).post("/sign-in", data={"name": "m1@example.org", "password": PASSWORD}).status_code
    assert is_in(signed_in(desk, "m2"))


def test_nobody_is_led_away(desk: Desk) -> None:
    """After signing in one goes on at this desk."""
    answer = browser(desk).post(
        "/sign-in", data={"name": "m1", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert "/" == answer.headers["location"]


@pytest.mark.slow
def test_an_account_is_guessed_at_ten_times(desk: Desk) -> None:
    """Then even the right password waits, from wherever it comes, and after a restart too; others are not hindered."""
    give_account(desk, "m2")
    for number in range(OF_ACCOUNT):
        wrong = browser(desk, client=f"10.0.0.{number}").post("/sign-in", data={"name": "m1", "password": "wrong"})
        assert 422 == wrong.status_code
    again = Desk(desk.assembly)
    for address in ("m1", "m1@example.org"):
        waits = browser(again).post("/sign-in", data={"name": address, "password": PASSWORD})
        assert (429, "900") == (waits.status_code, waits.headers["retry-after"])
    assert is_in(signed_in(desk, "m2"))
    desk.assembly.now += WINDOW
    assert is_in(signed_in(desk, "m1"))


@pytest.mark.slow
def test_whoever_comes_in_begins_anew(desk: Desk) -> None:
    """Who mistypes now and then is never kept out."""
    for _ in range(3):
        for _ in range(OF_ACCOUNT - 1):
            browser(desk).post("/sign-in", data={"name": "m1", "password": "wrong"})
        assert is_in(signed_in(desk, "m1"))


def test_many_accounts_are_guessed_at_from_one_place(desk: Desk) -> None:
    """One common password tried on everybody is stopped by the address; others come in from theirs."""
    with desk.assembly.database.transaction() as db:
        for number in range(OF_PLACE - 1):
            count_attempt(db, f"n{number}", "127.0.0.1", desk.assembly.now)
    answers = [browser(desk).post("/sign-in", data={"name": name, "password": ""}) for name in ("n98", "n99")]
    assert [422, 429] == [answer.status_code for answer in answers]
    assert is_in(signed_in(desk, "m1", client="10.0.0.7"))


@pytest.mark.slow
def test_many_at_one_moment_are_not_more(desk: Desk) -> None:
    """An attempt is counted before it is made: ten are tried, however many come at once."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: browser(desk).post("/sign-in", data={"name": "m1", "password": "wrong"}), range(16))
        )
    assert OF_ACCOUNT == [answer.status_code for answer in answers].count(422)


def test_a_disabled_account_is_as_if_there_were_none(desk: Desk) -> None:
    """It is let in again by the same password, once it is enabled."""
    here = signed_in(desk, "m1")
    with desk.assembly.database.transaction() as db:
        disable(db, "m1", at=desk.assembly.now)
    assert not is_in(here)
    assert 422 == browser(desk).post("/sign-in", data={"name": "m1", "password": PASSWORD}).status_code
    with desk.assembly.database.transaction() as db:
        enable(db, "m1")
    assert not is_in(here)
    assert is_in(signed_in(desk, "m1"))


def test_a_password_kept_in_an_older_way_is_kept_anew(desk: Desk) -> None:
    """At the next time somebody signs in, and without his doing."""
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with desk.assembly.database.transaction() as db:
        db.run("UPDATE accounts SET password = ? WHERE person_id = 'm1'", old)
    signed_in(desk, "m1")
    with desk.assembly.database.transaction(write=False) as db:
        ((kept,),) = db.all("SELECT password FROM accounts")
    assert "$argon2id$v=19$m=48128,t=1,p=1$" == kept[:31]


def test_signing_in_again_ends_the_session_before(desk: Desk) -> None:
    """The token of before is of no use to anybody."""
    here = signed_in(desk, "m1")
    before = here.cookies["kenes"]
    here.post("/sign-in", data={"name": "m1", "password": PASSWORD})
    assert before != here.cookies["kenes"]
    other = browser(desk)
    other.cookies.set("kenes", before)
    assert not is_in(other)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("eleven char", "short"), ("x" * 201, "long"), ("Password1234", "common"), ("Қазақстан2026", "common"), ("abababababab", "common"),
        ("SERIK@EXAMPLE.ORG", "common"), ("the bridge in Semey", None), ("ән мен күй 12", None), ("correcthorse", None),
    ],
)  # fmt: skip
def test_passwords_that_are_taken(password: str, fault: str | None) -> None:
    """At least twelve characters of any kind, and none of those that everybody tries first."""
    assert fault == fault_of_password(password, ["serik@example.org"])


def test_one_password_however_it_was_typed() -> None:
    """Keyboards compose letters in different ways; a password is the same in all of them."""
    assert matches(hash_password("парольй-1234"), "парольи\u0306-1234")
    assert not matches("", "")
    assert not matches("no hash", "no hash")


def test_strangers_wait_as_long(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether there is an account cannot be told by the time: one password of the same cost is worked on either way."""
    worked: list[Parameters] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, kept: str, password: str) -> bool:
        worked.append(extract_parameters(kept))
        return verify(hasher, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for name in ("m1", "nobody"):
        assert 422 == browser(desk).post("/sign-in", data={"name": name, "password": "wrong"}).status_code
    assert 2 == len(worked)
    assert worked[0] == worked[1]
