"""`kenes account`: invitations, accounts, sessions, passwords, as an administrator types them."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from desk.app import make_app
from models.home import open_database
from models.settings import read_settings
from tests.browsers import OWN, is_in
from tests.commands import NOW, environment, home, run, told

__all__ = ["environment", "home", "run"]  # fixtures

WORD = "two camels and a kite"


@pytest.fixture
def here(home: Callable[..., Any], environment: dict[str, str]) -> Iterator[TestClient]:
    """Open a browser at the desk of the home."""
    settings = read_settings(environment, Path.cwd())
    app = make_app(settings, clock=lambda: NOW + timedelta(seconds=1))
    yield TestClient(app, base_url="http://127.0.0.1:8420", headers=OWN, follow_redirects=False)
    app.state.door.database.dispose()


def test_an_invitation_by_link(home: Any, here: TestClient) -> None:
    """Printed instead of sent: it opens the account, once."""
    link = home("account", "invite", "m7", "--link").stdout.strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:8420/invitations/[0-9a-f]{64}", link)
    assert 303 == here.post(link, data={"password": WORD, "again": WORD}).status_code
    assert is_in(here)
    assert 404 == here.get(link).status_code


def test_an_invitation_by_mail(home: Any, environment: dict[str, str]) -> None:
    """It waits in the outbox; where no mail server is set that is said."""
    answer = home("account", "invite", "m7")
    assert "m7 is invited, until 2026-11-27 06:00+00:00." in answer.output
    assert "No mail server is set" in answer.output
    database = open_database(read_settings(environment, Path.cwd()))
    with database.transaction(write=False) as db:
        assert [("m7", None)] == db.all('SELECT "to", sent_at FROM messages WHERE template = ?', "account.invitation")
    database.dispose()
    assert "m7" == told(home, "account", "invite", "m7")["person_id"]


def test_people_whom_the_register_does_not_know(home: Any) -> None:
    """Exit status 4, for every command that names somebody."""
    for command in ("invite", "disable", "enable", "operator", "sessions"):
        home("account", command, "nobody", status=4)
    home("account", "set-password", "nobody", status=4, input=f"{WORD}\n")
    home("account", "disable", "m7", status=4)  # known, without an account
    home("account", "sessions", "--end", "nothing", status=4)


@pytest.mark.parametrize(
    ("given", "said"), [("short", "too short"), ("", "too short"), ("password1234", "first that anybody would try")]
)
def test_a_password_that_is_not_taken(home: Any, given: str, said: str) -> None:
    """Exit status 2, and there is no account."""
    assert said in home("account", "set-password", "m7", status=2, input=given).output
    assert [] == told(home, "account", "list")["items"]


def test_a_password_from_the_standard_input(home: Any, here: TestClient) -> None:
    """Said twice it is set once more; the sessions before have ended."""
    home("account", "set-password", "m7", input=f"{WORD}\n")
    assert 303 == here.post("/sign-in", data={"name": "m7", "password": WORD}).status_code
    home("account", "set-password", "m7", input=f"{WORD}\n")
    assert not is_in(here)


def test_operators_and_who_is_disabled(home: Any, here: TestClient) -> None:
    """Both are asked for at every request; `list` tells both."""
    home("account", "set-password", "m7", input=WORD)
    here.post("/sign-in", data={"name": "m7", "password": WORD})
    for option, status in (((), 200), (("--no",), 404)):
        home("account", "operator", "m7", *option)
        assert status == here.get("/mailbox").status_code
    home("account", "operator", "m7")
    home("account", "disable", "m7")
    assert not is_in(here)
    (account,) = told(home, "account", "list")["items"]
    assert ("m7", True, True, 0, True) == (
        account["person_id"], account["password"], account["operator"], account["passkeys"], account["disabled_at"] is not None,
    )  # fmt: skip
    home("account", "enable", "m7")
    assert 303 == here.post("/sign-in", data={"name": "m7", "password": WORD}).status_code


def test_sessions_are_listed_and_ended(home: Any, here: TestClient) -> None:
    """One by its id, or all; nothing that opens one is shown."""
    home("account", "set-password", "m7", input=WORD)
    here.post("/sign-in", data={"name": "m7", "password": WORD})
    (session,) = told(home, "account", "sessions", "m7")["items"]
    assert ("m7", "password") == (session["person"], session["way"])
    assert here.cookies["kenes"] not in repr(session)
    assert {"ended": [session["session_id"]]} == told(home, "account", "sessions", "--end", session["session_id"])
    assert not is_in(here)
    here.post("/sign-in", data={"name": "m7", "password": WORD})
    home("account", "sessions", "--end-all")
    assert not is_in(here)
    home("account", "sessions", "--end", "x", "--end-all", status=2)
