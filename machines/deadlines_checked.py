"""Check the deadlines against their derivations: each is due when the steps that are shown for it end (B.4, H04).

A deadline is counted by an act and stands beside the journal; changed behind the machines it would close a poll early, or let an
act come late, while the desk explains another day.
"""

from collections.abc import Iterator
from typing import Any

from machines.replay import Fault
from machines.terms import due_of, steps_from_json
from models.database import Db, instant, instant_text

AT_ONCE = 5_000

_DATED = """SELECT number, opened_seq, name, due_at, steps FROM deadlines
 WHERE due_at IS NOT NULL AND (number, opened_seq, name) > (?, ?, ?) ORDER BY number, opened_seq, name LIMIT ?"""


def deadline_faults(db: Db) -> Iterator[Fault]:
    """Yield every deadline that is due at another instant than its derivation says."""
    after: tuple[Any, ...] = ("", 0, "")
    while rows := db.all(_DATED, *after, AT_ONCE):
        for number, seq, name, due, steps in rows:
            told, says = instant(due), _told(steps)
            if told != says:
                ends = instant_text(says) if says else "nothing"
                yield Fault(number, seq, "deadline", f"{name}: {instant_text(told)} where the derivation gives {ends}")
        after = rows[-1][:3]


def _told(steps: str) -> Any:
    try:
        return due_of(steps_from_json(steps))
    except (KeyError, TypeError, ValueError):
        return None
