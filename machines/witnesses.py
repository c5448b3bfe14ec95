"""Witnesses of the clock: each process that lives long writes down what it reads, so that others, and later ones, can compare.

While the clock is in doubt nobody writes: what was witnessed before stands, until the clock agrees with it again or a person
confirms the new time.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from machines.clock import ELSEWHERE, ClockInDoubt, Doubt, Reading, judge, jumped
from models import host
from models.database import Db, instant

OpenTransaction = Callable[..., AbstractContextManager[Db]]

CODE = "clock"  # of the alarm
WITNESSED_EVERY_MS = 60_000
_FORGOTTEN_AFTER = timedelta(days=1)  # of another machine, or of an earlier run of this one

_LAST_ENTRY = "SELECT recorded_at FROM entries WHERE position > ? ORDER BY position DESC LIMIT 1"
_CONFIRMED = "SELECT max(position) FROM alarms WHERE code = ? AND position IS NOT NULL"
_ELSEWHERE = "SELECT since FROM alarms WHERE code = ? AND name <> ? AND ended_at IS NULL ORDER BY since LIMIT 1"
_BEAR = """INSERT INTO witnesses (process, boot, at, ran_ms) VALUES (?, ?, ?, ?)
 ON CONFLICT (process) DO UPDATE SET boot = excluded.boot, at = excluded.at, ran_ms = excluded.ran_ms"""


def witnesses(db: Db) -> list[tuple[str, Reading]]:
    """Return what each process has witnessed, the newest last."""
    rows = db.all("SELECT process, at, ran_ms, boot FROM witnesses ORDER BY at, process")
    return [(process, Reading(instant(at), ran_ms, boot)) for process, at, ran_ms, boot in rows]


def last_recorded(db: Db) -> datetime | None:
    """Return when the last entry was recorded; those before a person confirmed the clock say nothing any more."""
    confirmed = db.one(_CONFIRMED, CODE)
    row = db.one(_LAST_ENTRY, (confirmed and confirmed[0]) or 0)
    return instant(row[0]) if row else None


def alarm_name() -> str:
    """Name the alarm about the clock of this machine: each judges its own, before and after it is started anew."""
    return f"{CODE}:{host.name()}"


def doubt_of(db: Db, now: Reading, *, known: Reading | None = None) -> Doubt | None:
    """Judge a reading by the rows; *known*, what the process itself has read, counts where no row does."""
    found = [reading for _, reading in witnesses(db)]
    if doubt := judge(now, found or ([known] if known else []), last_recorded(db)):
        return doubt
    other = db.one(_ELSEWHERE, CODE, alarm_name())
    return Doubt(ELSEWHERE, now.at, instant(other[0])) if other else None


def bear_witness(db: Db, now: Reading, process: str) -> None:
    """Write down what *process* reads, and forget the dead."""
    db.run(_BEAR, process, now.boot, now.at, now.ran_ms)
    for each, reading in sorted(witnesses(db)):
        here = reading.boot == now.boot
        if each != process and (not host.lives(each) if here else reading.at < now.at - _FORGOTTEN_AFTER):
            db.run("DELETE FROM witnesses WHERE process = ?", each)


def start_anew(db: Db, now: Reading, process: str) -> int:
    """Let *now* be the only thing known of the time, and return the position of the last entry."""
    db.run("DELETE FROM witnesses")
    db.run(_BEAR, process, now.boot, now.at, now.ran_ms)
    row = db.one("SELECT max(position) FROM entries")
    return (row and row[0]) or 0


class TrustedClock:
    """The clock of this machine as a door or a flow reads it, with what this process knows of it.

    While it keeps step two numbers are compared; only when it does not, or at first, is the database asked.
    """

    def __init__(
        self, open_transaction: OpenTransaction, wall: Callable[[], datetime], *, ran_ms: Callable[[], int] = host.ran_ms,
        boot: str | None = None,
    ) -> None:  # fmt: skip
        self._open, self._wall, self._ran_ms = open_transaction, wall, ran_ms
        self._boot = boot or host.boot()
        self._known: Reading | None = None  # the last reading that was in order
        self._doubted = False
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """Read the clock."""
        return self._wall()

    def read(self) -> Reading:
        """Read the clock together with how long the machine has run."""
        return Reading(self._wall(), self._ran_ms(), self._boot)

    def doubt(self) -> Doubt | None:
        """Say why the clock cannot be trusted now, or None."""
        now = self.read()
        if self._known and not self._doubted and jumped(self._known, now) is None:
            return None
        with self._open(write=False) as db:
            return self.judged(db, now)

    def judged(self, db: Db, now: Reading) -> Doubt | None:
        """Judge a reading by the rows, and remember what came of it."""
        doubt = doubt_of(db, now, known=self._known)
        with self._lock:
            self._doubted = doubt is not None
            if doubt is None:
                self._known = now
        return doubt

    def must_be_trusted(self) -> None:
        """Raise ClockInDoubt unless the clock can be trusted."""
        if doubt := self.doubt():
            raise ClockInDoubt(doubt)
