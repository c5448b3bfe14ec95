"""Messages that did not arrive: given up, refused for good, or returned by a mail server after they had been sent.

They stay where they are, with what the other side said, until somebody sends them again. Again is the same message under the
same key: a receiver that has it already recognises it.
"""

from collections.abc import Sequence
from datetime import datetime

from machines.outbox import MOST_SAID
from models.database import Db

RETURNED = "returned: "  # begins what is kept of a letter that came back

_AGAIN = "UPDATE messages SET sent_at = NULL, sent_by = '', dead_at = NULL, attempts = 0, next_at = ? WHERE dead_at IS NOT NULL"
_TO_ERASED = """SELECT 1 FROM messages m JOIN people p ON p.person_id = m."to"
 WHERE m.key = ? AND m.channel = 'person' AND p.erased_at IS NOT NULL"""


def send_again(db: Db, now: datetime, *, keys: Sequence[str] | None = None) -> list[str]:
    """Let dead messages wait anew, with all their attempts before them; return the keys of those that do.

    *keys* names which, None means all that are dead. One that is not dead stays as it is and is not in the answer: said twice
    is done once. What was said of the last attempt stays until the next one.
    """
    if keys is None:
        return sorted(row[0] for row in db.all(f"{_AGAIN} RETURNING key", now))
    return [key for key in dict.fromkeys(keys) if db.all(f"{_AGAIN} AND key = ? RETURNING key", now, key)]


def mark_returned(db: Db, mail_id: str, now: datetime, *, said: str) -> tuple[str, str] | None:
    """Mark the letter that a mail server has returned; return its key and what is kept of it, None if nobody sent such a letter.

    Of a letter to somebody whose data was erased nothing is kept.
    A letter that is dead already keeps what was said of it first. One that waits to be tried again is not tried any more.
    """
    found = db.one("SELECT key, failure, dead_at FROM messages WHERE mail_id = ? AND mail_id <> ''", mail_id)
    if found is None:
        return None
    key, failure, dead_at = found
    if dead_at is not None:
        return key, failure
    kept = f"{RETURNED}{' '.join(said.split())}"[:MOST_SAID]
    if db.one(_TO_ERASED, key):  # a server repeats the address, and nobody writes there again
        return key, RETURNED
    db.run("UPDATE messages SET dead_at = ?, failure = ? WHERE key = ? AND dead_at IS NULL", now, kept, key)
    return key, kept
