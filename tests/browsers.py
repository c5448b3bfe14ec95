"""Browsers for tests of pages: on this computer or elsewhere, which say where their requests come from as real ones do."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from desk.access.accounts import make_operator, open_account
from desk.access.passwords import hash_password
from desk.access.signing_in import set_password
from desk.access.web_sessions import begin_session
from models.database import Database
from tests.api_client import Desk
from tests.assembly import Assembly

OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", "Accept-Language": "en"}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PEM = KEY.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode()
PASSWORD = "the bridge in Semey"


def desk_of(database: Database, *, url: str = "http://127.0.0.1:8420", **settings: Any) -> Desk:
    """Lend the desk of an Assembly in office, with a signing key."""
    return Desk(Assembly(database), home=Path("/nonexistent"), signing_key=PEM, url=url, **settings)


def browser(
    desk: Desk, *, host: str = "127.0.0.1", client: str = "127.0.0.1", headers: Mapping[str, str] = OWN
) -> TestClient:
    """Open a browser on some computer, which calls the desk by some name."""
    return TestClient(
        desk.app, base_url=f"http://{host}:8420", client=(client, 5000), headers=dict(headers), follow_redirects=False
    )


def give_account(desk: Desk, person: str, *, password: str = PASSWORD, **more: Any) -> None:
    """Give somebody an account with a password."""
    kept = hash_password(password) if password else ""
    with desk.assembly.database.transaction() as db:
        open_account(db, person, at=desk.assembly.now, **more)
        set_password(db, person, kept, at=desk.assembly.now)


def signed_in(desk: Desk, person: str, **where: str) -> TestClient:
    """Open a browser in which somebody has signed in by password."""
    here = browser(desk, **where)
    answer = here.post("/sign-in", data={"name": person, "password": PASSWORD})
    assert (303, "/") == (answer.status_code, answer.headers["location"]), answer.text
    return here


def let_in(client: TestClient, database: Database, person: str, *, at: datetime, operator: bool = False) -> TestClient:
    """Let somebody be signed in already in a browser."""
    with database.transaction() as db:
        open_account(db, person, at=at)
        make_operator(db, person, operator=operator)
        client.cookies.set("kenes", begin_session(db, person, at=at, way="password"))
    return client


def is_in(here: TestClient) -> bool:
    """Say whether the desk knows who looks."""
    return here.get("/account").status_code == 200
