"""The desk watches the service: whatever Prefect does or fails to do, what is wrong becomes an alarm, and is told by mail.

Letters are sent by a short process, which the desk starts: it knows nothing of the flows itself.
"""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from desk.cli.console import OWN_SETTING
from desk.door import Door
from machines.alarms import is_to_be_sent, watch
from machines.clock_watch import watch_clock
from machines.settle import again_if_raced
from machines.watching import SERVICE, full_disks, late_flows, places_of, rooms_of
from models.database import Database, ReplacedError
from models.heartbeat import DESK
from models.settings import Settings

EVERY_S = 30.0  # with four minutes until a standstill is an alarm, and the sending, less than five in all
LETTERS = [sys.executable, "-m", "flows.alarm_letters"]

_BEAT = """INSERT INTO heartbeats (name, at, note) VALUES (?, ?, ?)
 ON CONFLICT (name) DO UPDATE SET at = excluded.at, note = excluded.note"""

log = logging.getLogger("kenes.desk")


def look(database: Database, settings: Settings, now: datetime, *, since: datetime, in_doubt: bool = False) -> bool:
    """Raise and end the alarms about the service as it is at *now*; say whether a letter waits to be sent.

    *since* when this desk runs: nobody is late before having had the time. While the clock is in doubt only the disk is
    looked at.
    """
    codes = ("disk",) if in_doubt else (*SERVICE, "disk")
    rooms = rooms_of(places_of(settings))

    def find() -> bool:
        with database.transaction() as db:
            if not in_doubt:
                db.run(_BEAT, DESK, now, f"since {since.isoformat()}")
            found = full_disks(db, rooms) + ([] if in_doubt else late_flows(db, now))
            watch(db, codes, found, now, settings.operators)
            return is_to_be_sent(db, now)

    return again_if_raced(find)


class Watch:
    """One desk's watch over the service, look by look."""

    def __init__(self, door: Door, settings: Settings) -> None:
        self._door, self._settings = door, settings
        self._since = door.clock()
        self._letters: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Look once."""
        doubt = None
        if self._door.trusted:
            doubt = watch_clock(self._door.database.transaction, self._door.trusted, self._settings.operators)
        now = self._door.clock()
        self._door.seen.write(self._door.database)
        if look(self._door.database, self._settings, now, since=self._since, in_doubt=doubt is not None):
            self._send()

    def _send(self) -> None:
        """Start the process that sends what waits, unless it runs."""
        if self._letters and self._letters.poll() is None:
            return
        environment = {name: value for name, value in os.environ.items() if name != OWN_SETTING}
        self._letters = subprocess.Popen(LETTERS, env=environment, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command

    def end(self) -> None:
        """Write what is only remembered, and let the letters that are being sent go out."""
        self._door.seen.write(self._door.database)
        if self._letters:
            try:
                self._letters.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self._letters.terminate()
                self._letters.wait()


@contextmanager
def watching(door: Door, settings: Settings, *, every_s: float = EVERY_S) -> Iterator[None]:
    """Watch the service in a thread of its own while the block runs."""
    ending = threading.Event()
    watcher = threading.Thread(
        target=_watch, args=(Watch(door, settings), ending.wait, every_s), name="watch", daemon=True
    )
    watcher.start()
    try:
        yield
    finally:
        ending.set()
        watcher.join(timeout=5)


def _watch(watch: Watch, wait: Callable[[float], bool], every_s: float) -> None:
    while not wait(every_s):
        try:
            watch.look()
        except ReplacedError as error:
            log.error("%s", error)  # noqa: TRY400  its words say all
        except Exception:
            log.exception("the service could not be watched")
    watch.end()
