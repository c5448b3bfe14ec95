"""Sessions of browsers at the desk: a random token in a cookie, its hash in the store, an end by time or by hand.

A session says who somebody is, nothing else: what he may do is asked of the register at the moment of each act, and an account
that is disabled is let in no more from that moment on.
"""

import base64
import hashlib
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from machines.refusal import Unknown
from models.database import Database, Db, instant

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
KEPT = timedelta(days=30)  # until a session that is over is forgotten
TOKEN_BYTES = 32  # 256 bits: nothing that could be guessed, so a plain hash is enough
MOST_OF_AGENT = 200  # characters of what a browser calls itself

_BEGIN = """INSERT INTO web_sessions (session_id, person_id, hash, way, agent, place, created_at, seen_at)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_SIGNED = """SELECT s.session_id, s.person_id, s.way, s.created_at, s.seen_at, a.operator, a.demonstration,
 p.name_kk, p.name_ru, p.name_en, p.language
 FROM web_sessions s JOIN accounts a ON a.person_id = s.person_id JOIN people p ON p.person_id = s.person_id
 WHERE s.hash = ? AND s.ended_at IS NULL AND a.disabled_at IS NULL AND p.erased_at IS NULL"""
_OPEN = """SELECT session_id, person_id, way, agent, place, created_at, seen_at FROM web_sessions
 WHERE ended_at IS NULL AND created_at > ? AND person_id = coalesce(?, person_id) ORDER BY created_at DESC, session_id"""
_END_OTHERS = "UPDATE web_sessions SET ended_at = ? WHERE person_id = ? AND session_id <> ? AND ended_at IS NULL"


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who is signed in."""

    session_id: str
    person: str
    way: str
    since: datetime
    operator: bool
    demonstration: bool
    names: tuple[str, str, str]  # in Kazakh, Russian, English
    language: str


class OpenSession(NamedTuple):
    """A session that is not over, as its owner reads it."""

    session_id: str
    person: str
    way: str
    agent: str
    place: str
    created_at: datetime
    seen_at: datetime


class LastSeen:
    """When each session was last used, kept in memory and written from time to time: reading a page changes no row.

    What is not written yet is lost with the process: such a session ends a little earlier, never later.
    """

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}
        self._unwritten: set[str] = set()
        self._lock = threading.Lock()

    def note(self, session_id: str, at: datetime) -> None:
        """Note that a session is used."""
        with self._lock:
            self._seen[session_id] = max(at, self._seen.get(session_id, at))
            self._unwritten.add(session_id)

    def of(self, session_id: str, stored: datetime) -> datetime:
        """Say when a session was last used, as far as the store and this process know."""
        return max(stored, self._seen.get(session_id, stored))

    def write(self, database: Database) -> None:
        """Write what has been noted since the last time."""
        with self._lock:
            noted = [(self._seen[session], session) for session in self._unwritten]
            self._unwritten.clear()
            oldest = max(self._seen.values(), default=None)
            self._seen = {one: at for one, at in self._seen.items() if oldest is None or oldest - at < IDLE}
        if noted:
            with database.transaction() as db:
                for at, session in noted:
                    db.run("UPDATE web_sessions SET seen_at = ? WHERE session_id = ? AND seen_at < ?", at, session, at)


def cookie_name(url: str) -> str:
    """Name the cookie of a desk at *url*; behind https the name itself tells browsers that only this host may set it."""
    return "__Host-kenes" if url.startswith("https:") else "kenes"


def begin_session(db: Db, person: str, *, at: datetime, way: str, agent: str = "", place: str = "") -> str:
    """Begin a session and return its token, which is in no other place; what is long over is forgotten."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session_id = base64.b32encode(secrets.token_bytes(5)).decode("ascii").lower()
    db.run("DELETE FROM web_sessions WHERE created_at < ?", at - KEPT)
    db.run(_BEGIN, session_id, person, hashed(token), way, _printable(agent), place, at, at)
    return token


def session_of(db: Db, token: str, *, at: datetime, seen: LastSeen) -> Signed | None:
    """Return who is signed in with *token*, or None: no such session, ended, too long idle or too old, account disabled."""
    row = db.one(_SIGNED, hashed(token))
    if row is None:
        return None
    session_id, person, way, created, stored, operator, demonstration, *names, language = row
    if at - instant(created) >= LONGEST or at - seen.of(session_id, instant(stored)) >= IDLE:
        return None
    return Signed(
        session_id, person, way, instant(created), bool(operator), bool(demonstration), tuple(names), language
    )


def open_sessions(db: Db, person: str | None, *, at: datetime, seen: LastSeen) -> Iterator[OpenSession]:
    """Yield the sessions (of one person) that are not over, the newest first."""
    for session_id, owner, way, agent, place, created, stored in db.all(_OPEN, at - LONGEST, person):
        last = seen.of(session_id, instant(stored))
        if at - last < IDLE:
            yield OpenSession(session_id, owner, way, agent, place, instant(created), last)


def end_session(db: Db, session_id: str, *, at: datetime, person: str | None = None) -> None:
    """End a session (of *person*) for good; again is as good as once. Raises Unknown if there is none."""
    row = db.one("SELECT person_id FROM web_sessions WHERE session_id = ?", session_id)
    if row is None or (person is not None and row[0] != person):
        raise Unknown("web_session", session_id)
    db.run("UPDATE web_sessions SET ended_at = ? WHERE session_id = ? AND ended_at IS NULL", at, session_id)


def end_sessions(db: Db, person: str, *, at: datetime, but: str = "") -> None:
    """End every session of *person*, one excepted."""
    db.run(_END_OTHERS, at, person, but)


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text))[:MOST_OF_AGENT]


def hashed(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def shown_session(one: OpenSession) -> dict[str, Any]:
    """Answer a session as JSON does."""
    told = one._asdict()
    return told | {name: told[name].isoformat() for name in ("created_at", "seen_at")}
