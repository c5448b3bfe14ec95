"""Passkeys: added by whoever knows the password, good from then on, each answer once."""

import hashlib
import json
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.testclient import TestClient
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from desk.access.accounts import disable
from desk.access.attempts import OF_ACCOUNT
from desk.access.passkeys import GOOD_FOR
from models.database import Database
from tests.api_client import Desk
from tests.browsers import browser, desk_of, give_account, is_in, signed_in

ORIGIN = "http://localhost:8420"


@dataclass
class Device:
    """What a person holds in the hand: it makes one passkey and signs with it."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(20))
    counter: int = 0
    handle: bytes = b""
    verifies: bool = True  # asks for finger, face or code
    origin: str = ORIGIN
    host: str = "localhost"

    def make(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Make a passkey as *asked*."""
        assert ("required", "required") == tuple(
            asked["authenticatorSelection"][name] for name in ("residentKey", "userVerification")
        )
        self.handle = base64url_to_bytes(asked["user"]["id"])
        place = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: place.x.to_bytes(32, "big"), -3: place.y.to_bytes(32, "big")})
        held = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._told(0x40) + held})
        return self._answer({"attestationObject": made}, self._client("webauthn.create", asked))

    def sign(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer a challenge."""
        self.counter += 1
        told, client = self._told(0), self._client("webauthn.get", asked)
        signature = self.key.sign(told + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"authenticatorData": told, "signature": signature, "userHandle": self.handle}, client)

    def _told(self, flags: int) -> bytes:
        flags |= 0x05 if self.verifies else 0x01
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin}).encode()

    def _answer(self, parts: dict[str, bytes], client: bytes) -> dict[str, Any]:
        written = {name: bytes_to_base64url(part) for name, part in ({"clientDataJSON": client} | parts).items()}
        return {
            "id": bytes_to_base64url(self.id),
            "rawId": bytes_to_base64url(self.id),
            "type": "public-key",
            "response": written,
        }


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend a desk with a name, at which m1 has an account."""
    desk = desk_of(database, url=ORIGIN)
    give_account(desk, "m1")
    return desk


def own(desk: Desk, device: Device | None = None, *, here: TestClient | None = None) -> Device:
    """Add a passkey to m1's account."""
    here, device = here or signed_in(desk, "m1", host="localhost"), device or Device()
    asked = here.post("/account/passkeys/options", json={"password": "the bridge in Semey"})
    assert 200 == asked.status_code, asked.text
    made = here.post("/account/passkeys", json={"credential": device.make(asked.json()), "name": "Телефон"})
    assert (201, {"to": "/account?done=passkey"}) == (made.status_code, made.json())
    return device


def asked_of(here: TestClient) -> dict[str, Any]:
    """Read what the page asks a device for."""
    found = re.search(r'data-passkey-sign-in="([^"]*)"', here.get("/sign-in").text)
    assert found
    asked: dict[str, Any] = json.loads(found[1].replace("&#34;", '"'))
    assert "required" == asked["userVerification"]
    return asked


def test_a_passkey_signs_in(desk: Desk) -> None:
    """Without name and password, as often as its owner likes; the account lists it."""
    device = own(desk)
    for _ in range(2):
        here = browser(desk, host="localhost")
        answer = here.post("/sign-in/passkey", json={"credential": device.sign(asked_of(here))})
        assert 200 == answer.status_code, answer.text
        assert is_in(here)
        assert "Телефон" in here.get("/account").text


def test_an_answer_is_taken_once(desk: Desk) -> None:
    """Whoever has overheard it, or sends it at the same moment, gets nothing."""
    device, here = own(desk), browser(desk, host="localhost")
    answer = device.sign(asked_of(here))
    with ThreadPoolExecutor(4) as pool:
        sent = list(
            pool.map(
                lambda _: browser(desk, host="localhost").post("/sign-in/passkey", json={"credential": answer}),
                range(4),
            )
        )
    assert [200, 422, 422, 422] == sorted(one.status_code for one in sent)


@pytest.mark.parametrize(
    "fault", ["unverified", "counter", "origin", "host", "stranger", "old", "own challenge", "disabled", "removed"]
)
def test_answers_that_are_not_taken(desk: Desk, fault: str) -> None:
    """One answer for all of them, and nobody is signed in."""
    device, here = own(desk), browser(desk, host="localhost")
    here.post("/sign-in/passkey", json={"credential": device.sign(asked_of(here))})
    here, asked = browser(desk, host="localhost"), asked_of(browser(desk, host="localhost"))
    match fault:
        case "unverified":
            device.verifies = False
        case "counter":
            device.counter = 0
        case "origin":
            device.origin = "http://localhost.example:8420"
        case "host":
            device.host = "elsewhere.example"
        case "stranger":
            device.key = ec.generate_private_key(ec.SECP256R1())
        case "old":
            desk.assembly.now += GOOD_FOR
        case "own challenge":
            asked["challenge"] = bytes_to_base64url(secrets.token_bytes(56))
        case "disabled":
            with desk.assembly.database.transaction() as db:
                disable(db, "m1", at=desk.assembly.now)
        case "removed":
            signed_in(desk, "m1").post(f"/account/passkeys/{bytes_to_base64url(device.id)}/remove")
    answer = here.post("/sign-in/passkey", json={"credential": device.sign(asked)})
    assert (422, "The device's answer was not accepted. Load the page again and repeat.") == (
        answer.status_code,
        answer.json()["said"],
    )
    assert not is_in(here)


@pytest.mark.parametrize(
    "sent", [{}, {"credential": None}, {"credential": []}, {"credential": {"id": 5}}, {"credential": {"response": {"clientDataJSON": "!"}}},
             {"credential": {"response": {"clientDataJSON": bytes_to_base64url(b'{"challenge": 5}')}}}]
)  # fmt: skip
def test_what_is_no_answer_at_all(desk: Desk, sent: dict[str, Any]) -> None:
    """Whatever strangers send is refused, not a bug."""
    assert 422 == browser(desk, host="localhost").post("/sign-in/passkey", json=sent).status_code


def test_whoever_adds_one_knows_the_password(desk: Desk) -> None:
    """A browser left open is not enough; and a challenge is good for whom it was made, and for adding only."""
    here = signed_in(desk, "m1", host="localhost")
    assert 422 == here.post("/account/passkeys/options", json={"password": "another one"}).status_code
    give_account(desk, "m2")
    asked = here.post("/account/passkeys/options", json={"password": "the bridge in Semey"}).json()
    other = signed_in(desk, "m2", host="localhost")
    assert 422 == other.post("/account/passkeys", json={"credential": Device().make(asked)}).status_code
    assert (
        422
        == here.post(
            "/account/passkeys", json={"credential": Device().make(asked | asked_of(browser(desk)))}
        ).status_code
    )


def test_one_passkey_belongs_to_one_account(desk: Desk) -> None:
    """What is known already is not added again."""
    device, here = own(desk), signed_in(desk, "m1", host="localhost")
    asked = here.post("/account/passkeys/options", json={"password": "the bridge in Semey"}).json()
    assert [bytes_to_base64url(device.id)] == [known["id"] for known in asked["excludeCredentials"]]
    assert 422 == here.post("/account/passkeys", json={"credential": device.make(asked)}).status_code


@pytest.mark.slow
def test_guessing_passwords_keeps_nobody_with_a_passkey_out(desk: Desk) -> None:
    """The limit is of passwords."""
    device = own(desk)
    for _ in range(OF_ACCOUNT + 1):
        answer = browser(desk).post("/sign-in", data={"name": "m1", "password": "wrong"})
    assert 429 == answer.status_code
    here = browser(desk, host="localhost")
    assert 200 == here.post("/sign-in/passkey", json={"credential": device.sign(asked_of(here))}).status_code


def test_answered_challenges_are_forgotten_in_time(desk: Desk) -> None:
    """They are kept for as long as they could be sent again."""
    device = own(desk)
    desk.assembly.now += GOOD_FOR + timedelta(seconds=1)
    here = browser(desk, host="localhost")
    here.post("/sign-in/passkey", json={"credential": device.sign(asked_of(here))})
    with desk.assembly.database.transaction(write=False) as db:
        assert 1 == len(db.all("SELECT hash FROM challenges"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8420", "http://desk.example", "https://10.0.0.9"])
def test_where_browsers_have_no_passkeys(sqlite_database: Database, url: str) -> None:
    """Without encryption, or without a name, nothing is offered and nothing taken."""
    desk = desk_of(sqlite_database, url=url)
    assert "data-passkey" not in browser(desk).get("/sign-in").text
    assert 404 == browser(desk).post("/sign-in/passkey", json={}).status_code
