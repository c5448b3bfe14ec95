"""Accounts of the desk: made, disabled, listed. An account opens the desk to somebody of the register and gives no right beyond that.

An operator looks after the service: alarms, mailbox, Prefect's pages. That is a mark of the account (`kenes account operator`), not
an office: operators decide nothing, and no procedure knows them.
"""

import secrets
from datetime import datetime
from typing import Any

from desk.access.web_sessions import end_sessions
from machines.refusal import Unknown
from models.database import Db, instant

_OPEN = """INSERT INTO accounts (person_id, password, handle, operator, demonstration, created_at)
 VALUES (?, '', ?, ?, ?, ?) ON CONFLICT (person_id) DO NOTHING"""
_LIST = """SELECT a.person_id, p.name_en, a.password <> '', a.operator, a.demonstration, a.created_at, a.disabled_at,
 (SELECT count(*) FROM passkeys k WHERE k.person_id = a.person_id),
 (SELECT max(i.expires_at) FROM invitations i WHERE i.person_id = a.person_id AND i.used_at IS NULL)
 FROM accounts a JOIN people p ON p.person_id = a.person_id ORDER BY p.sort_key, a.person_id"""


def open_account(db: Db, person: str, *, at: datetime, operator: bool = False, demonstration: bool = False) -> None:
    """Give somebody of the register an account, if there is none; Unknown for others and for who was erased."""
    if db.one("SELECT 1 FROM people WHERE person_id = ? AND erased_at IS NULL", person) is None:
        raise Unknown("person", person)
    db.run(_OPEN, person, secrets.token_urlsafe(32), operator, demonstration, at)


def must_exist(db: Db, person: str) -> None:
    """Raise Unknown where somebody has no account."""
    if db.one("SELECT 1 FROM accounts WHERE person_id = ?", person) is None:
        raise Unknown("account", person)


def disable(db: Db, person: str, *, at: datetime) -> None:
    """Let somebody in no more: every session ends at once, open invitations are void."""
    must_exist(db, person)
    db.run("UPDATE accounts SET disabled_at = ? WHERE person_id = ? AND disabled_at IS NULL", at, person)
    end_sessions(db, person, at=at)
    db.run("UPDATE invitations SET used_at = ? WHERE person_id = ? AND used_at IS NULL", at, person)


def enable(db: Db, person: str) -> None:
    """Let somebody in again, by the same password and passkeys."""
    must_exist(db, person)
    db.run("UPDATE accounts SET disabled_at = NULL WHERE person_id = ?", person)


def make_operator(db: Db, person: str, *, operator: bool) -> None:
    """Let somebody look after the service, or no more."""
    must_exist(db, person)
    db.run("UPDATE accounts SET operator = ? WHERE person_id = ?", operator, person)


def list_accounts(db: Db) -> list[dict[str, Any]]:
    """List the accounts, without anything by which one could sign in."""
    return [
        {
            "person_id": person, "name": name, "password": bool(password), "passkeys": passkeys, "operator": bool(operator),
            "demonstration": bool(demonstration), "created_at": instant(created),
            "invited_until": instant(invited) if invited else None, "disabled_at": instant(disabled) if disabled else None,
        }
        for person, name, password, operator, demonstration, created, disabled, passkeys, invited in db.all(_LIST)
    ]  # fmt: skip
