"""Passkeys: added to an account, and used to sign in. The device asks its owner for a finger, a face or a code, each time.

A challenge is made of the hour and a secret of the installation, so that asking for one writes nothing; one that was answered is
kept until it would be too old, and is not taken a second time. Browsers know passkeys by the name of the desk: where the desk has
only a number for its address, or no encryption on the way to it, there are none.
"""

import hashlib
import hmac
import ipaddress
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request

from desk.access.web_sessions import begin_session, end_session, hashed
from desk.door import Door
from models.database import Db, instant
from models.home import signing_key

GOOD_FOR = timedelta(minutes=10)  # of a challenge: the sign-in page may have been open for a while
MOST = 20  # passkeys of one account
LONGEST_NAME = 60
_SIGN_IN = "sign in"  # what a challenge is for; else the person who adds a passkey

_LIST = "SELECT credential_id, name, created_at, used_at FROM passkeys WHERE person_id = ? ORDER BY created_at, credential_id"
_ONE = """SELECT k.person_id, k.public_key, k.counter, a.handle FROM passkeys k JOIN accounts a ON a.person_id = k.person_id
 JOIN people p ON p.person_id = a.person_id WHERE k.credential_id = ? AND a.disabled_at IS NULL AND p.erased_at IS NULL"""
_ADD = """INSERT INTO passkeys (credential_id, person_id, public_key, counter, name, created_at) VALUES (?, ?, ?, ?, ?, ?)
 ON CONFLICT (credential_id) DO NOTHING RETURNING credential_id"""
_ANSWERED = "INSERT INTO challenges (hash, expires_at) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING RETURNING hash"


class NotTaken(Exception):
    """A passkey's answer that is not taken; the reason is for the log, not for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Place:
    """By what name browsers know the desk, and the secret of its challenges."""

    host: str
    origin: str
    key: bytes


def place_of(request: Request) -> Place | None:
    """Return how browsers know this desk; None where they let it have no passkeys."""
    settings = request.app.state.settings
    parts = urlsplit(settings.url)
    host = parts.hostname or ""
    if (parts.scheme != "https" and host != "localhost") or _is_number(host):
        return None
    key = hmac.digest(signing_key(settings).private_bytes_raw(), b"kenes passkey challenges", hashlib.sha256)
    return Place(
        host, f"{parts.scheme}://{parts.netloc}".removesuffix(":443" if parts.scheme == "https" else ":80"), key
    )


def to_sign_in(request: Request) -> str:
    """Return what a page asks the device for when somebody signs in, as JSON; empty where there are no passkeys."""
    place = place_of(request)
    if place is None:
        return ""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    challenge = _challenge(place, _SIGN_IN, request.app.state.door.clock())
    asked = webauthn.generate_authentication_options(
        rp_id=place.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return webauthn.options_to_json(asked)


def to_add(db: Db, place: Place, person: str, name: str, at: datetime) -> dict[str, Any]:
    """Return what a page asks the device for when somebody adds a passkey: one that the device finds by itself."""
    import webauthn
    from webauthn.helpers import structs

    row = db.one("SELECT handle FROM accounts WHERE person_id = ?", person)
    assert row is not None
    known = [structs.PublicKeyCredentialDescriptor(id=_bytes(one[0])) for one in db.all(_LIST, person)]
    asked = webauthn.generate_registration_options(
        rp_id=place.host, rp_name="kenes", user_name=person, user_display_name=name, user_id=row[0].encode("ascii"),
        challenge=_challenge(place, person, at), exclude_credentials=known,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED, user_verification=structs.UserVerificationRequirement.REQUIRED
        ),
    )  # fmt: skip
    told: dict[str, Any] = json.loads(webauthn.options_to_json(asked))
    return told


def add(db: Db, place: Place, person: str, answer: Mapping[str, Any], *, name: str, at: datetime) -> None:
    """Keep the passkey that a device has made for *person*; raises NotTaken."""
    import webauthn

    challenge = _answered(db, place, person, answer, at)
    try:
        made = webauthn.verify_registration_response(
            credential=dict(answer), expected_challenge=challenge, expected_rp_id=place.host, expected_origin=place.origin,
            require_user_verification=True,
        )  # fmt: skip
    except Exception as error:  # what a stranger sends may break the library in more ways than it says
        raise NotTaken(str(error)) from error
    if len(db.all(_LIST, person)) >= MOST:
        raise NotTaken("too many")
    if (
        db.one(
            _ADD,
            _text(made.credential_id),
            person,
            _text(made.credential_public_key),
            made.sign_count,
            name[:LONGEST_NAME],
            at,
        )
        is None
    ):
        raise NotTaken("known already")


def sign_in_by_passkey(
    door: Door,
    place: Place,
    answer: Mapping[str, Any],
    *,
    at: datetime,
    seen: Mapping[str, str],
    old: str | None = None,
) -> str:
    """Return the token of a new session for whoever's passkey has answered; raises NotTaken."""
    import webauthn

    with door.database.transaction() as db:
        challenge = _answered(db, place, _SIGN_IN, answer, at)
    with door.database.transaction() as db:
        share = " FOR UPDATE OF k" if db.kind == "postgresql" else ""
        row = db.one(_ONE + share, str(answer.get("id")))
        if row is None:
            raise NotTaken("no such passkey")
        person, public_key, counter, handle = row
        try:
            signed = webauthn.verify_authentication_response(
                credential=dict(answer), expected_challenge=challenge, expected_rp_id=place.host, expected_origin=place.origin,
                credential_public_key=_bytes(public_key), credential_current_sign_count=counter, require_user_verification=True,
            )  # fmt: skip
            told = _bytes(answer["response"].get("userHandle") or "")
        except Exception as error:  # as above; a counter that did not grow is among it
            raise NotTaken(str(error)) from error
        if told and told != handle.encode("ascii"):
            raise NotTaken("of another account")
        db.run(
            "UPDATE passkeys SET counter = ?, used_at = ? WHERE credential_id = ?",
            signed.new_sign_count,
            at,
            answer["id"],
        )
        if old:
            end_session(db, old, at=at)
        return begin_session(db, person, at=at, way="passkey", **seen)


def passkeys_of(db: Db, person: str) -> list[dict[str, Any]]:
    """List somebody's passkeys."""
    return [
        {"id": key, "name": name, "created_at": instant(created), "used_at": instant(used) if used else None}
        for key, name, created, used in db.all(_LIST, person)
    ]


def remove(db: Db, person: str, credential: str) -> None:
    """Take a passkey from an account; again is as good as once."""
    db.run("DELETE FROM passkeys WHERE person_id = ? AND credential_id = ?", person, credential)


def _challenge(place: Place, purpose: str, at: datetime) -> bytes:
    """Make a challenge: 16 random bytes, the second, and the seal of both and of what it is for."""
    told = secrets.token_bytes(16) + int(at.timestamp()).to_bytes(8, "big")
    return told + hmac.digest(place.key, told + purpose.encode(), hashlib.sha256)


def _answered(db: Db, place: Place, purpose: str, answer: Mapping[str, Any], at: datetime) -> bytes:
    """Return the challenge that a device has answered: one of ours, of now, for this, and for the first time."""
    try:
        told = json.loads(_bytes(answer["response"]["clientDataJSON"]))
        challenge = _bytes(told["challenge"])
        seal = hmac.digest(place.key, challenge[:24] + purpose.encode(), hashlib.sha256)
        made = (
            datetime.fromtimestamp(int.from_bytes(challenge[16:24], "big"), UTC)
            if hmac.compare_digest(seal, challenge[24:])
            else None
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NotTaken(f"no challenge: {error}") from error
    if made is None or not made - timedelta(seconds=1) <= at < made + GOOD_FOR:
        raise NotTaken("not a challenge of ours, or too old")
    db.run("DELETE FROM challenges WHERE expires_at <= ?", at)
    if db.one(_ANSWERED, hashed(challenge.hex()), made + GOOD_FOR) is None:
        raise NotTaken("answered before")
    return challenge


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _bytes(text: str) -> bytes:
    from webauthn.helpers import base64url_to_bytes

    return base64url_to_bytes(text)


def _text(value: bytes) -> str:
    from webauthn.helpers import bytes_to_base64url

    return bytes_to_base64url(value)
