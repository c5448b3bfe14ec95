"""Tokens of the API: `kenes_<id>_<secret>`. The secret is shown once; only its hash is kept."""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from machines.refusal import Unknown
from models.database import Db, instant

SECRET_BYTES = 20  # 160 bits: nothing that could be guessed, so a plain hash is enough
SCOPES = ("act", "read")
_TOKEN = re.compile(r"kenes_([a-z2-7]{8})_([a-z2-7]{32})")


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who speaks: the person, the token by which he is known, and what it is good for."""

    person: str
    token_id: str
    scope: str


def create_token(
    db: Db, person: str, *, at: datetime, days: int | None = None, scope: str = "act", note: str = ""
) -> str:
    """Make a token for *person*, good for so many days (none: until it is revoked), and return it.

    Raises Unknown if nobody in the register is called so, or whoever was is erased.
    """
    if scope not in SCOPES:
        raise ValueError(f"scope {scope!r}: expected one of {', '.join(SCOPES)}")
    if db.one("SELECT 1 FROM people WHERE person_id = ? AND erased_at IS NULL", person) is None:
        raise Unknown("person", person)
    token_id, secret = _letters(5), _letters(SECRET_BYTES)
    expires_at = at + timedelta(days=days) if days is not None else None
    db.run(
        "INSERT INTO tokens (token_id, person_id, hash, scope, note, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        token_id, person, _hash(secret), scope, note, at, expires_at,
    )  # fmt: skip
    return f"kenes_{token_id}_{secret}"


def list_tokens(db: Db, person: str | None = None) -> list[dict[str, Any]]:
    """List the tokens (of one person), without their secrets, oldest first."""
    rows = db.all(
        "SELECT token_id, person_id, scope, note, created_at, expires_at, revoked_at FROM tokens"
        " WHERE person_id = coalesce(?, person_id) ORDER BY created_at, token_id", person
    )  # fmt: skip
    return [
        {"token_id": row[0], "person_id": row[1], "scope": row[2], "note": row[3]}
        | {name: instant(at) if at else None for name, at in zip(("created_at", "expires_at", "revoked_at"), row[4:], strict=True)}
        for row in rows
    ]  # fmt: skip


def revoke_token(db: Db, token_id: str, *, at: datetime) -> None:
    """End a token for good; again is as good as once. Raises Unknown if there is none."""
    if db.one("SELECT 1 FROM tokens WHERE token_id = ?", token_id) is None:
        raise Unknown("token", token_id)
    db.run("UPDATE tokens SET revoked_at = ? WHERE token_id = ? AND revoked_at IS NULL", at, token_id)


def identify(db: Db, token: str, *, at: datetime) -> Bearer | None:
    """Return who speaks with *token*, or None: it is none of ours, has expired or was revoked. Writes nothing."""
    parts = _TOKEN.fullmatch(token)
    row = parts and db.one(
        "SELECT person_id, hash, scope, expires_at, revoked_at FROM tokens WHERE token_id = ?", parts[1]
    )
    if not parts or not row or not hmac.compare_digest(row[1], _hash(parts[2])):
        return None
    person, _, scope, expires_at, revoked_at = row
    if revoked_at is not None or (expires_at is not None and instant(expires_at) <= at):
        return None
    return Bearer(person, parts[1], scope)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _letters(size: int) -> str:
    return base64.b32encode(secrets.token_bytes(size)).decode("ascii").lower()
