"""Who takes part in the chaos, each a process of its own that may die at any moment: writer, sweeper, deliverer, sealer."""

import contextlib
import functools
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.faults import VARIABLE, Faults, FaultyDatabase, watch_deliveries
from benchmarks.story import STORY, act_of, moment
from flows.delivery import PostOffice, deliver_messages_now
from flows.sweeps import perform_deadlines_now, seal_journal_now, stage_reminders_now
from flows.writing import write_letter
from machines.rulebook import Rulebook
from machines.settle import act_settled, settle
from models.database import Database

DESK_URL = "http://127.0.0.1:8420"
PAUSE_S = 0.02  # else the writer starves: SQLite gives the file to whoever asks at the right moment
DELIVERY_STARTS = datetime(2100, 1, 1, tzinfo=UTC)  # whatever waits is due by then
LATER = timedelta(minutes=20)  # by then the claims of a deliverer who died have run out


class Place(NamedTuple):
    """Where all of them work."""

    url: str
    clock: str  # a file with the story's time, in seconds
    smtp_url: str
    webhook_url: str
    key: bytes


Pipe = Connection
Role = Callable[[Place, FaultyDatabase, Faults, Pipe, Mapping[str, Any]], None]


def take_part(role: str, place: Place, crash_at: str, pipe: Pipe, told: Mapping[str, Any]) -> None:
    """Play a role until the end, or until the process is killed, or ends itself where it is to."""
    os.environ[VARIABLE] = crash_at
    faults = Faults(os.environ[VARIABLE])
    database = FaultyDatabase(place.url, faults)
    with contextlib.suppress(BrokenPipeError, EOFError):
        pipe.send(("ready", None))
        ROLES[role](place, database, faults, pipe, told)
    database.dispose()


def _write(_: Place, database: FaultyDatabase, __: Faults, pipe: Pipe, told: Mapping[str, Any]) -> None:
    """Do what is left of the story and acknowledge every act; who was killed sends the last one again under its key."""
    numbers, book = dict(told["numbers"]), Rulebook()
    for n in range(told["first"], len(STORY)):
        pipe.send(("does", n))
        number, seq = tell(database, n, numbers, book)
        numbers.setdefault(STORY[n].case, number)
        pipe.send(("done", (n, number, seq)))
    pipe.send(("end", None))


def tell(database: Database, n: int, numbers: Mapping[str, str], book: Rulebook) -> tuple[str, int]:
    """Do one act of the story as a door does, what has fallen due first; return the case and the entry."""
    while settle(database.transaction, moment(STORY[n]), book).failed:
        pass  # the next sweep comes
    with database.transaction(write=False) as db:
        act = act_of(db, n, numbers)
    done = act_settled(database.transaction, act, book)
    return done.number, done.seq


def _sweep(place: Place, database: FaultyDatabase, _: Faults, pipe: Pipe, told: Mapping[str, Any]) -> None:
    """Perform what has fallen due and stage reminders, again and again."""
    book = Rulebook()
    for _round in _rounds(pipe, told):
        now = read_clock(place.clock)
        perform_deadlines_now(database, now, book)
        stage_reminders_now(database, now, book)


def _deliver(place: Place, database: FaultyDatabase, faults: Faults, pipe: Pipe, told: Mapping[str, Any]) -> None:
    """Send letters and calls, again and again."""
    watch_deliveries(faults)
    office = PostOffice(
        functools.partial(write_letter, desk_url=DESK_URL), DESK_URL, place.smtp_url, (place.webhook_url,),
        Ed25519PrivateKey.from_private_bytes(place.key),
    )  # fmt: skip
    now = DELIVERY_STARTS + told["generation"] * timedelta(days=1)
    for _round in _rounds(pipe, told):
        deliver_messages_now(database, now, office)
        now += LATER


def _seal(place: Place, database: FaultyDatabase, _: Faults, pipe: Pipe, told: Mapping[str, Any]) -> None:
    """Seal what is new, again and again."""
    key = Ed25519PrivateKey.from_private_bytes(place.key)
    for _round in _rounds(pipe, told):
        seal_journal_now(database, read_clock(place.clock), key)


ROLES: dict[str, Role] = {"writer": _write, "sweep": _sweep, "delivery": _deliver, "seal": _seal}


def _rounds(pipe: Pipe, told: Mapping[str, Any]) -> Any:
    """Go on until told to end; the round after that is the last one."""
    rounds = told.get("rounds")
    while rounds is None or rounds > 0:
        ending = pipe.poll()
        yield
        if ending:
            break
        rounds = None if rounds is None else rounds - 1
        time.sleep(PAUSE_S)
    pipe.send(("end", None))


def read_clock(file: str) -> datetime:
    """Read the story's time."""
    return datetime.fromtimestamp(float(Path(file).read_text()), UTC)


def set_clock(file: str, at: datetime) -> None:
    """Set the story's time: whoever reads finds the old one or the new one."""
    beside = Path(f"{file}.new")
    beside.write_text(str(at.timestamp()))
    beside.rename(file)
