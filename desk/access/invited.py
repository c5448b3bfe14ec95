"""Invitations: an account's password is set by whoever opens the link that came by mail, once, and within three days."""

import json
import secrets
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desk.access.accounts import open_account
from desk.access.signing_in import set_password
from desk.access.web_sessions import begin_session, hashed
from machines.account_letters import INVITATION, secret_of
from models.database import Db, instant_text

GOOD_FOR = timedelta(days=3)

_STAGE = """INSERT INTO messages (key, channel, "to", template, parameters, number, seq, created_at, next_at, attempts, sent_by, failure,
 subject, body) VALUES (?, 'person', ?, ?, ?, '', 0, ?, ?, 0, '', '', '', '')"""
_INVITE = "INSERT INTO invitations (hash, person_id, created_at, expires_at) VALUES (?, ?, ?, ?)"
_VOID = "UPDATE invitations SET used_at = ? WHERE person_id = ? AND used_at IS NULL"
_GOOD = """FROM invitations i JOIN accounts a ON a.person_id = i.person_id JOIN people p ON p.person_id = i.person_id
 WHERE i.hash = ? AND i.used_at IS NULL AND i.expires_at > ? AND a.disabled_at IS NULL AND p.erased_at IS NULL"""
_TAKE = "UPDATE invitations SET used_at = ? WHERE hash = ? AND used_at IS NULL AND expires_at > ? RETURNING person_id"


def invite(db: Db, person: str, *, at: datetime, key: Ed25519PrivateKey, by_mail: bool = True) -> tuple[str, datetime]:
    """Make an account if there is none, put an invitation into the outbox, and return its secret and until when it is good.

    An earlier one is void. Raises Unknown for somebody who is not in the register.
    """
    open_account(db, person, at=at)
    db.run(_VOID, at, person)
    invitation, until = secrets.token_hex(16), at + GOOD_FOR
    secret = secret_of(key, invitation)
    db.run(_INVITE, hashed(secret), person, at, until)
    if not by_mail:
        return secret, until
    told = json.dumps({"invitation": invitation, "until": instant_text(until)})
    db.run(_STAGE, f"invitation/{invitation}", person, INVITATION, told, at, at)
    return secret, until


def invited(db: Db, secret: str, *, at: datetime) -> str | None:
    """Return whom an invitation is for, or None: there is none, it has been used, is void or too old."""
    row = db.one(f"SELECT i.person_id {_GOOD}", hashed(secret), at)
    return row[0] if row else None


def take_up(db: Db, secret: str, *, kept: str, at: datetime, agent: str, place: str) -> str | None:
    """Set the password (hashed already) of whoever was invited and begin a session: return its token, None if somebody was first."""
    if invited(db, secret, at=at) is None:
        return None
    row = db.one(_TAKE, at, hashed(secret), at)
    if row is None:
        return None
    (person,) = row
    set_password(db, person, kept, at=at)
    return begin_session(db, person, at=at, way="invitation", agent=agent, place=place)
