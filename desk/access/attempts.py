"""Attempts to sign in by password, counted for the account and for the address, in the store: a restart forgets none.

Counted is before anything is tried, so that many at one moment are not more than one after the other. Passkeys cannot be guessed
and are not counted: whoever is kept out of the password by somebody else's guessing still has them.
"""

from datetime import datetime, timedelta

from desk.access.web_sessions import hashed
from desk.problems import TooMany
from models.database import Db, instant

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
OF_ACCOUNT, OF_PLACE = 10, 60  # in a window; behind one address there may be a whole office

_COUNT = """INSERT INTO attempts (target, since, failures) VALUES (?, ?, 1) ON CONFLICT (target) DO UPDATE SET
 failures = CASE WHEN attempts.since <= ? THEN 1 ELSE attempts.failures + 1 END,
 since = CASE WHEN attempts.since <= ? THEN excluded.since ELSE attempts.since END RETURNING since, failures"""


def count_attempt(db: Db, name: str, place: str, at: datetime) -> TooMany | None:
    """Count an attempt to sign in as *name* from *place*; return what to raise, once it is counted, where there were too many."""
    begun = at - WINDOW
    waits = []
    for target, most in ((_account(name), OF_ACCOUNT), (_place(place), OF_PLACE)):
        row = db.one(_COUNT, target, at, begun, begun)
        assert row is not None
        since, failures = row
        if failures > most:
            waits.append(max(1, int((instant(since) + WINDOW - at).total_seconds())))
    return TooMany(max(waits)) if waits else None


def forget_attempts(db: Db, name: str, place: str, at: datetime) -> None:
    """Forget the failures of an account whose owner has come; the address has one less."""
    db.run("DELETE FROM attempts WHERE target = ?", _account(name))
    db.run("DELETE FROM attempts WHERE since <= ?", at - KEPT)
    db.run("UPDATE attempts SET failures = failures - 1 WHERE target = ? AND failures > 0", _place(place))


def _account(name: str) -> str:
    return hashed(f"account {name.strip().casefold()}")


def _place(place: str) -> str:
    return hashed(f"place {place}")
