"""Back everything up into a verified file: every night."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.home import Home
from flows.run import Told, carry_out
from flows.sweeps import beat, note_alarms
from machines.alarms import Found
from machines.copied import NotWholeError, UnlikeError, copy_whole
from models.backup import FOLDER, NoRoomError, UnderWayError, alone_in, write_backup
from models.backup_file import keep_newest, name_at
from models.home import own_key, signing_key

KEPT = 14  # in the home's folder; what is to last longer is copied elsewhere
COLUMNS = ("file", "bytes", "entries", "head", "seconds", "verified")

_HEAD = 16  # digits of a hash that tell it from others
_MEND = "No backup was made, the older ones are still there. The next one is tried tomorrow night; `kenes backup` makes one now."


@flow(name="back_up", validate_parameters=False)
async def back_up() -> State[Any]:
    """Copy every row into one file in the home, read it back, replay it, and remove the oldest beyond fourteen."""
    return await carry_out(_work, artifact="backups")


def _work(home: Home, now: datetime) -> Told:
    """Back up, and bring the alarm about backups to what came of it; a run that found another under way says nothing of it."""
    try:
        told = _backed_up(home, now)
    except Exception:
        note_alarms(home.database, "backup", [Found("backup", "backup")], now, home.settings)
        raise
    if told.failure or told.rows:
        found = [Found("backup", "backup")] if told.failure else []
        note_alarms(home.database, "backup", found, now, home.settings)
    return told


def _backed_up(home: Home, now: datetime) -> Told:
    folder = home.settings.home / FOLDER
    try:
        with alone_in(folder):
            return _back_up_into(folder, home, now)
    except UnderWayError:
        return Told("Already under way")
    except NoRoomError as error:
        return Told("Failed", failure=f"{error} {_MEND}")
    except (NotWholeError, UnlikeError) as error:
        return Told("Failed", failure=f"{error} {_MEND} Keep the home as it is until this is understood.")


def _back_up_into(folder: Path, home: Home, now: datetime) -> Told:
    started, file = time.monotonic(), folder / name_at(now)
    if file.exists():
        return Told("Already under way")  # another run of this very second
    made = write_backup(
        home.database, file, copy=copy_whole, at=now, key=signing_key(home.settings), pem=own_key(home.settings)
    )
    removed = keep_newest(folder, KEPT)
    took, size, copied = time.monotonic() - started, file.stat().st_size, made.copied
    title = f"{copied.entries} entries backed up" + (f", {len(removed)} old removed" if removed else "")
    beat(home.database, "back_up", now, "backed_up", took_ms=round(took * 1000), file=file.name, entries=copied.entries)
    row = (str(file), f"{size:,}", str(copied.entries), copied.head[:_HEAD], f"{took:.1f}", "rows, hashes, replay")
    return Told("Backed up", title, COLUMNS, [row])
