"""What the flows do, without Prefect: plain functions of a database and an instant, for flows, tests and chaos alike.

Each may be called twice, at once by several, late or early: rows say what is due, and only the recorded times differ.
"""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from machines.alarms import Found, Standing, open_alarms, watch
from machines.reminders import BATCH, Place, Reminded, Unreminded, stage_reminders
from machines.rulebook import Rulebook
from machines.seals import SealRecord, count_entries, seal
from machines.settle import Settled, again_if_raced, settle
from machines.watching import BY_THE_CLOCK, DUTIES, SERVICE, duties, full_disks, late_flows, places_of, rooms_of
from models.database import Database
from models.heartbeat import SWEEP
from models.settings import Settings

_BEAT = """INSERT INTO heartbeats (name, at, note, took_ms) VALUES (?, ?, ?, ?)
 ON CONFLICT (name) DO UPDATE SET at = excluded.at, note = excluded.note, took_ms = excluded.took_ms"""
_UNSEALED = """SELECT 1 FROM entries WHERE position > (SELECT coalesce(max(through), 0) FROM seals) LIMIT 1"""


def perform_deadlines_now(database: Database, now: datetime, book: Rulebook, *, limit: int | None = None) -> Settled:
    """Perform every automatic deadline that has passed, in order, each effective at its own instant."""
    started = time.monotonic()
    settled = settle(database.transaction, now, book, limit=limit)
    done, failed = len(settled.done), len(settled.failed)
    beat(database, SWEEP, now, "swept", took_ms=_milliseconds_since(started), done=done, failed=failed)
    return settled


def stage_reminders_now(
    database: Database, now: datetime, book: Rulebook
) -> tuple[Settled, list[Reminded | Unreminded]]:
    """Turn due reminders into messages, batch by batch; what has fallen due comes first, so that nobody is told what is past."""
    settled = settle(database.transaction, now, book)
    done = list(_reminded(database, now, book))
    staged = sum(each.people for each in done if isinstance(each, Reminded))
    failed = sum(isinstance(each, Unreminded) for each in done)
    beat(database, "stage_reminders", now, "staged", staged=staged, failed=failed)
    return settled, done


def _reminded(database: Database, now: datetime, book: Rulebook) -> Iterator[Reminded | Unreminded]:
    failed: set[Place] = set()
    while True:
        with database.transaction() as db:
            batch = stage_reminders(db, now, book, limit=BATCH, skip=failed)
        yield from batch
        failed |= {each.reminder.place for each in batch if isinstance(each, Unreminded)}
        if len(batch) < BATCH:
            return


def seal_journal_now(database: Database, now: datetime, key: Ed25519PrivateKey) -> SealRecord | None:
    """Seal what has been recorded since the last seal; None if there is nothing new."""
    made = None
    with database.transaction(write=False) as db:
        counted = count_entries(db) if db.one(_UNSEALED) else None
    if counted:
        with database.transaction() as db:
            made = seal(db, key, now, counted=counted)
    if made:
        beat(database, "seal_journal", now, "sealed", seal=made.seal, size=made.size)
    else:
        beat(database, "seal_journal", now, "nothing_to_seal")
    return made


def watch_duties_now(
    database: Database, now: datetime, book: Rulebook, settings: Settings, *, in_doubt: bool = False
) -> list[Standing]:
    """Look for everything that somebody must see to; raise and end the alarms, and return those that are open.

    While the clock is in doubt nothing is looked for that depends on the time.
    """
    beat(database, "watch_duties", now, "looking")  # first, or it would find itself late
    codes = {*DUTIES, *SERVICE, "disk"} - (BY_THE_CLOCK if in_doubt else set())
    rooms = rooms_of(places_of(settings))

    def look() -> list[Standing]:
        with database.transaction() as db:
            found = [*duties(db, now, book), *late_flows(db, now), *full_disks(db, rooms)]
            watch(db, codes, [each for each in found if each.code in codes], now, settings.operators)
            return open_alarms(db)

    standing = again_if_raced(look)
    beat(database, "watch_duties", now, "watched", alarms=len(standing))
    return standing


def note_alarms(database: Database, code: str, found: Sequence[Found], now: datetime, settings: Settings) -> None:
    """Bring the alarms of one code to what a flow has found: nothing found ends them."""
    with database.transaction() as db:
        watch(db, [code], found, now, settings.operators)


def beat(database: Database, name: str, now: datetime, said: str, *, took_ms: int = 0, **numbers: int | str) -> None:
    """Leave word that a flow has done its work: the desk raises the alarm by this alone, whatever Prefect says.

    *said* is a text of `desk.did`, so that the page of operators tells what was done in each language.
    """
    with database.transaction() as db:
        db.run(_BEAT, name, now, json.dumps({"said": said, **numbers}), took_ms)


def _milliseconds_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
