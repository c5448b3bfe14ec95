"""The outbox as those see it who keep the service running: what was sent, what waits, what did not arrive."""

from typing import Any

from machines.refusal import Unknown
from models.database import Db, instant

STATES = ("sent", "waiting", "dead")

_STATE = "CASE WHEN dead_at IS NOT NULL THEN 'dead' WHEN sent_at IS NOT NULL THEN 'sent' ELSE 'waiting' END"
_OF_STATE = {
    "sent": "sent_at IS NOT NULL AND dead_at IS NULL",
    "waiting": "sent_at IS NULL AND dead_at IS NULL",
    "dead": "dead_at IS NOT NULL",
}
_SELECT = f"""SELECT key, {_STATE}, "to", number, template, attempts, coalesce(dead_at, sent_at, next_at), failure, channel, sent_by,
 created_at, subject, body FROM messages"""  # noqa: S608


def list_messages(
    db: Db, *, state: str | None = None, person: str | None = None, case: str | None = None, limit: int, texts: bool = False
) -> list[dict[str, Any]]:  # fmt: skip
    """List messages, the newest first: of one state, to one person or webhook, about one case.

    `at` is when it was sent, when it was given up, or when it is tried next. Subject and text only if *texts* are asked for:
    they are somebody's letters.
    """
    asked = [(f"{column} = ?", value) for column, value in (('"to"', person), ("number", case)) if value is not None]
    conditions = [*([_OF_STATE[state]] if state else []), *(condition for condition, _ in asked)]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = db.all(f"{_SELECT} {where} ORDER BY created_at DESC, key LIMIT ?", *(value for _, value in asked), limit)
    return [_told(row, texts=texts) for row in rows]


def count_messages(db: Db) -> dict[str, int]:
    """Count the messages by state."""
    counted = dict(db.all(f"SELECT {_STATE}, count(*) FROM messages GROUP BY 1"))  # noqa: S608
    return {state: counted.get(state, 0) for state in STATES}


def only_known_keys(db: Db, keys: list[str]) -> None:
    """Raise Unknown for the first key that no message has."""
    for key in keys:
        if db.one("SELECT 1 FROM messages WHERE key = ?", key) is None:
            raise Unknown("message", key)


def _told(row: tuple[Any, ...], *, texts: bool) -> dict[str, Any]:
    key, state, to, number, template, attempts, at, failure, channel, sent_by, created_at, subject, body = row
    told = {
        "key": key, "state": state, "to": to, "case": number, "template": template, "attempts": attempts, "at": instant(at),
        "failure": failure, "channel": channel, "sent_by": sent_by, "created_at": instant(created_at),
    }  # fmt: skip
    return told | ({"subject": subject, "body": body} if texts else {})
