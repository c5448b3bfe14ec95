"""The secret link by which a calendar program fetches what concerns one person. It is shown once; only its hash is kept."""

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple

from models.database import Db, instant

SECRET_BYTES = 24  # 192 bits: nothing that could be guessed, so a plain hash is enough

_MAKE = """INSERT INTO calendar_links (person_id, hash, language, made_at) VALUES (?, ?, ?, ?)
 ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, language = excluded.language, made_at = excluded.made_at"""
_WHOSE = """SELECT l.person_id, l.language FROM calendar_links l JOIN people p ON p.person_id = l.person_id
 WHERE l.hash = ? AND p.erased_at IS NULL
 AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = l.person_id AND a.disabled_at IS NOT NULL)"""


class Reader(NamedTuple):
    """For whom a calendar program reads, and in which language."""

    person: str
    language: str


def make_link(db: Db, person: str, *, language: str, at: datetime) -> str:
    """Make a new secret for somebody and return it; the one before is good for nothing any more."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    db.run(_MAKE, person, _hash(secret), language, at)
    return secret


def end_link(db: Db, person: str) -> None:
    """End somebody's link; again is as good as once."""
    db.run("DELETE FROM calendar_links WHERE person_id = ?", person)


def link_made(db: Db, person: str) -> datetime | None:
    """Return when somebody's link was made; None if there is none."""
    row = db.one("SELECT made_at FROM calendar_links WHERE person_id = ?", person)
    return instant(row[0]) if row else None


def reader_of(db: Db, secret: str) -> Reader | None:
    """Return for whom a secret is, if it is good; whose account is disabled reads no more by it either."""
    row = db.one(_WHOSE, _hash(secret))
    return Reader(*row) if row else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
