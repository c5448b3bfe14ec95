"""The outbox: what waits to be sent is claimed, then marked; the journal is put into it for those who listen (webhooks).

A claim pushes the next attempt ahead and is committed before anything is sent, so that no two deliverers send the same and no
transaction waits for a network. Who dies in between leaves a message that is sent again after the claim has run out, under the
same key: a receiver recognises it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from machines.seals import settled_position
from models.database import Db, instant, instant_text
from models.entry import digest

BATCH = 20
PEOPLE, OPERATORS = "person", "operator"  # channels of letters
ENTRIES_AT_ONCE = 500
CLAIM = timedelta(minutes=15)  # longer than a batch takes when every receiver is as slow as it may be
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
ATTEMPTS = (
    len(PAUSES) + 1
)  # spread over nearly two days: a mail server that stands still over night is no reason to give up

MOST_SAID = 500  # characters of what the other side said

_WAITING = "sent_at IS NULL AND dead_at IS NULL"
_COLUMNS = 'key, "to", template, parameters, number, seq, attempts, created_at'
_CLAIM_LETTERS = f"""WITH picked AS MATERIALIZED (SELECT key FROM messages WHERE {_WAITING} AND channel IN (%s) AND next_at <= ?
 ORDER BY next_at, key LIMIT ?%s) UPDATE messages SET next_at = ? WHERE key IN (SELECT key FROM picked) RETURNING {_COLUMNS}"""  # noqa: S608
_CALLS = f"""SELECT m.key, m."to", m.template, m.parameters, m.number, m.seq, m.attempts, m.created_at, m.next_at
 FROM messages m JOIN entries e ON e.number = m.number AND e.seq = m.seq
 WHERE {_WAITING} AND m.channel = 'webhook' AND m."to" = ? ORDER BY e.position LIMIT ?"""  # noqa: S608
# Of a case whose person was erased while the letter was on its way no text is kept.
_ERASED = """EXISTS (SELECT 1 FROM cases c JOIN people p ON p.person_id = c.person_id
 WHERE c.number = messages.number AND p.erased_at IS NOT NULL)"""
_TEXT = f"subject = CASE WHEN {_ERASED} THEN '' ELSE ? END, body = CASE WHEN {_ERASED} THEN '' ELSE ? END"
_SENT = f"""UPDATE messages SET sent_at = ?, sent_by = ?, {_TEXT}, mail_id = ?, attempts = attempts + 1, failure = ''
 WHERE key = ? AND {_WAITING}"""  # noqa: S608
_FAILED = f"""UPDATE messages SET attempts = ?, next_at = ?, dead_at = ?, failure = ?, {_TEXT}, mail_id = ?
 WHERE key = ? AND {_WAITING}"""  # noqa: S608
_TOLD = (
    "position",
    "number",
    "seq",
    "procedure",
    "act",
    "from",
    "state",
    "office",
    "norms",
    "effective_at",
    "recorded_at",
    "cause",
    "hash",
)
_UNTOLD = """SELECT position, number, seq, procedure, act, source, target, office, norms, effective_at, recorded_at, cause, hash
 FROM entries WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"""
_CALL = """INSERT INTO messages (key, channel, "to", template, parameters, number, seq, created_at, next_at, attempts, sent_by, failure,
 subject, body) VALUES (?, 'webhook', ?, 'entry', ?, ?, ?, ?, ?, 0, '', '', '', '') ON CONFLICT (key) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that has been claimed."""

    key: str
    to: str
    template: str
    parameters: dict[str, Any]
    number: str
    seq: int
    attempts: int
    created_at: datetime


def claim_letters(
    db: Db, now: datetime, *, limit: int = BATCH, channels: Sequence[str] = (PEOPLE, OPERATORS)
) -> list[Waiting]:
    """Claim letters that are due, oldest first; others who claim at this moment get others."""
    share = " FOR UPDATE SKIP LOCKED" if db.kind == "postgresql" else ""
    among = ", ".join("?" * len(channels))
    rows = db.all(_CLAIM_LETTERS % (among, share), *channels, now, limit, now + CLAIM)
    return sorted(map(_waiting, rows), key=lambda waiting: (waiting.created_at, waiting.key))


def claim_calls(db: Db, url: str, now: datetime, *, limit: int = BATCH) -> list[Waiting]:
    """Claim what one webhook is to be told next, in the order of the journal; nothing while the first of it must wait."""
    share = " FOR UPDATE SKIP LOCKED" if db.kind == "postgresql" else ""
    if db.one(f"SELECT 1 FROM webhooks WHERE url = ?{share}", url) is None:  # noqa: S608
        return []
    rows = db.all(_CALLS, url, limit)
    if not rows or instant(rows[0][-1]) > now:
        return []
    claimed = [_waiting(row) for row in rows]
    db.many("UPDATE messages SET next_at = ? WHERE key = ?", [(now + CLAIM, waiting.key) for waiting in claimed])
    return claimed


def release(db: Db, claimed: Sequence[Waiting], now: datetime) -> None:
    """Give back what was claimed and has not been tried."""
    db.many("UPDATE messages SET next_at = ? WHERE key = ?", [(now, waiting.key) for waiting in claimed])


@dataclass(frozen=True, slots=True)
class Written:
    """A message in words, as it went or would have gone out, and the id under which mail servers know it."""

    subject: str = ""
    body: str = ""
    mail_id: str = ""


UNWRITTEN = Written()


def mark_sent(db: Db, key: str, now: datetime, *, by: str, written: Written = UNWRITTEN) -> None:
    """Mark a message as sent: by smtp, webhook, or into the desk's own mailbox."""
    db.run(_SENT, now, by, written.subject, written.body, written.mail_id, key)


def mark_failed(
    db: Db, waiting: Waiting, now: datetime, *, failure: str, for_good: bool = False, written: Written = UNWRITTEN
) -> datetime | None:
    """Note a failed attempt and return when the next one is due.

    None: it was the last one, or was refused *for_good*; the message is dead.
    """
    attempts = waiting.attempts + 1
    again = now + PAUSES[attempts - 1] if attempts < ATTEMPTS and not for_good else None
    db.run(
        _FAILED, attempts, again or now, None if again else now, failure[:MOST_SAID],
        written.subject, written.body, written.mail_id, waiting.key,
    )  # fmt: skip
    return again


def register_webhooks(db: Db, urls: Sequence[str]) -> None:
    """Remember how far each webhook has been told; a new one is told the journal from its beginning, in order."""
    db.many("INSERT INTO webhooks (url, position) VALUES (?, 0) ON CONFLICT (url) DO NOTHING", [(url,) for url in urls])


def stage_calls(db: Db, url: str, now: datetime, *, limit: int = ENTRIES_AT_ONCE) -> int:
    """Stage what one webhook has not been told, in the order of the journal; return how many entries that were."""
    share = " FOR UPDATE" if db.kind == "postgresql" else ""
    known = db.one(f"SELECT position FROM webhooks WHERE url = ?{share}", url)  # noqa: S608
    if known is None or not _anything_after(db, known[0]):
        return 0
    entries = db.all(_UNTOLD, known[0], settled_position(db), limit)
    receiver = digest(url)[:12]
    for entry in entries:
        _, number, seq, *_ = entry
        told = json.dumps(_told_of_entry(entry))
        db.run(_CALL, f"{number}/{seq}/webhook/{receiver}", url, told, number, seq, now, now)
    db.run("UPDATE webhooks SET position = ? WHERE url = ?", entries[-1][0], url)
    return len(entries)


def _anything_after(db: Db, position: int) -> bool:
    return db.one("SELECT 1 FROM entries WHERE position > ? LIMIT 1", position) is not None


def _told_of_entry(entry: tuple[Any, ...]) -> dict[str, Any]:
    """Return what a webhook is told of an entry: what happened, under which norms, and nobody's name."""
    told = dict(zip(_TOLD, entry, strict=True))
    moments = {name: instant_text(instant(told[name])) for name in ("effective_at", "recorded_at")}
    return told | moments | {"norms": told["norms"].split()}


def _waiting(row: tuple[Any, ...]) -> Waiting:
    key, to, template, parameters, number, seq, attempts, created_at = row[:8]
    return Waiting(key, to, template, json.loads(parameters), number, seq, attempts, instant(created_at))
