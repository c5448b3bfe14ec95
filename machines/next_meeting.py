"""The next convened meeting of the Council: when it starts, for the candidacies that wait for it (14.2a)."""

from datetime import datetime

from models.database import Db, instant

_START = """SELECT min(d.due_at) FROM deadlines d JOIN cases c ON c.number = d.number
 WHERE d.name = 'meeting' AND d.state = 'open' AND c.procedure = 'council_meeting' AND c.state = 'convened'"""

_CONVENING = 0x6D656574  # "meet": what is admitted while a meeting is convened sees it, or is seen by it


def hold_convening(db: Db, *, shared: bool = False) -> None:
    """Wait for those who are convening a meeting or, unless *shared*, for those who are admitting; until the transaction ends.

    Many may admit at once. SQLite has one writer anyway.
    """
    if db.kind == "postgresql":
        db.run(f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}(?)", _CONVENING)


def next_meeting_starts(db: Db) -> datetime | None:
    """Return the start of the next convened meeting; None where none is convened (14.2a)."""
    row = db.one(_START)
    return instant(row[0]) if row and row[0] else None


def meeting_is_open(db: Db) -> bool:
    """Say whether a meeting of the Council is open at this moment: it may still take up a candidacy (14.2a)."""
    return db.one("SELECT 1 FROM cases WHERE procedure = 'council_meeting' AND state = 'open' LIMIT 1") is not None
