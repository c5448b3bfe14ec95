"""Sign in by password, set and change passwords. Whoever fails learns nothing: not whether there is such an account, not what was wrong."""

from collections.abc import Mapping
from datetime import datetime

from desk.access.attempts import count_attempt, forget_attempts
from desk.access.passwords import fault_of_password, hash_password, is_outdated, matches
from desk.access.web_sessions import begin_session, end_session, end_sessions
from desk.door import Door, looking
from desk.problems import TooMany
from machines.settle import again_if_raced
from models.database import Db

_BY_NAME = """SELECT a.person_id, a.password FROM accounts a JOIN people p ON p.person_id = a.person_id
 WHERE a.disabled_at IS NULL AND p.erased_at IS NULL AND (a.person_id = ? OR lower(p.email) = lower(?))
 ORDER BY a.person_id = ? DESC LIMIT 2"""
_KEPT = "SELECT password FROM accounts WHERE person_id = ? AND disabled_at IS NULL"
_NAMES = "SELECT person_id, name_kk, name_ru, name_en, email FROM people WHERE person_id = ?"
_SET = "UPDATE accounts SET password = ? WHERE person_id = ?"


def sign_in_by_password(
    door: Door, name: str, password: str, *, at: datetime, seen: Mapping[str, str], old: str | None = None
) -> str | None:
    """Return the token of a new session, or None: not this name with this password.

    *name* is a person_id, or an address of mail that only one account has; *seen* is by what and from where, *old* the
    session that the browser had. Raises TooMany where too many attempts failed, without trying this one.
    """
    name = "" if "\x00" in name else name.strip()  # no database keeps it
    with looking(door) as db:
        person, kept = _account_of(db, name)
    _count(door, person or name, seen["place"], at)
    if not matches(kept, password):
        return None
    renewed = hash_password(password) if is_outdated(kept) else kept
    with door.database.transaction() as db:
        if not _still(db, person, kept):
            return None  # changed or disabled meanwhile
        if renewed != kept:
            db.run(_SET, renewed, person)
        forget_attempts(db, person, seen["place"], at)
        if old:
            end_session(db, old, at=at)
        return begin_session(db, person, at=at, way="password", **seen)


def knows_password(door: Door, person: str, password: str, *, at: datetime, place: str) -> bool:
    """Say whether somebody who is signed in knows the password too; counted like an attempt to sign in."""
    _count(door, person, place, at)
    with looking(door) as db:
        row = db.one(_KEPT, person)
    if row is None or not matches(row[0], password):
        return False
    with door.database.transaction() as db:
        forget_attempts(db, person, place, at)
    return True


def fault_of_new(db: Db, person: str, password: str) -> str | None:
    """Name what is wrong with somebody's new password, or None."""
    names = db.one(_NAMES, person) or ()
    return fault_of_password(password, [name for name in names if name])


def set_password(db: Db, person: str, kept: str, *, at: datetime, but: str = "") -> None:
    """Keep a new password (hashed already), end the person's other sessions and void open invitations."""
    db.run(_SET, kept, person)
    end_sessions(db, person, at=at, but=but)
    db.run("UPDATE invitations SET used_at = ? WHERE person_id = ? AND used_at IS NULL", at, person)


def _count(door: Door, name: str, place: str, at: datetime) -> None:
    """Count an attempt before it is made; raises TooMany, and what was counted stays."""

    def count() -> TooMany | None:
        with door.database.transaction() as db:
            return count_attempt(db, name, place, at)

    if refused := again_if_raced(count):
        raise refused


def _account_of(db: Db, name: str) -> tuple[str, str]:
    """Return whom a name means and what is kept of the password; nobody, and nothing, where that is not clear."""
    found = db.all(_BY_NAME, name, name, name)
    if len(found) == 1 or (found and found[0][0] == name):
        return found[0][0], found[0][1]
    return "", ""


def _still(db: Db, person: str, kept: str) -> bool:
    share = " FOR UPDATE" if db.kind == "postgresql" else ""
    row = db.one(_KEPT + share, person)
    return row is not None and row[0] == kept
