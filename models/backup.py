"""The whole store at another place: back it up into a file, restore it from one, move it to another database.

All three are one copy in two transactions: the source shows one state, the target keeps all of it or nothing. Whether the copy is whole
is for the machines to say: they are given as `copy`, which copies, reads back, compares and replays, or raises.
"""

import contextlib
import errno
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.backup_file import (
    Backup,
    DamagedError,
    Manifest,
    building,
    conclude,
    finish,
    manifest_of,
    name_at,
    part_of,
    sweep_left_over,
)
from models.copying import Copied, bytes_of, make_room, take_alone
from models.database import Database, Db
from models.host import holding, room
from models.migrations import upgrade

Copy = Callable[[Db, Db], Copied]

FOLDER = "backups"  # in the home, where nothing else is said
LOCK = ".kenes-backup.lock"
SPARE = 32 << 20  # bytes that a disk must have beyond what the database takes


class UnderWayError(Exception):
    """Another backup is being written into the same folder."""


class NoRoomError(Exception):
    """The disk is too full for a backup."""


class CannotBeMovedError(Exception):
    """A database that is to be moved onto itself."""


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Make the folder if it is missing, and write there alone; what a backup that was killed has left is removed."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with holding(folder / LOCK) as held:
        if not held:
            raise UnderWayError(f"A backup into {folder} is already under way.")
        sweep_left_over(folder)
        yield


def place_of(named: Path | None, home: Path, *, at: datetime) -> Path:
    """Return where a backup goes: the file that is named, or one in the folder that is named, else in the home's own."""
    if named is None:
        return home / FOLDER / name_at(at)
    return named.absolute() / name_at(at) if named.is_dir() else named.absolute()


def write_backup(
    database: Database, file: Path, *, copy: Copy, at: datetime, key: Ed25519PrivateKey, pem: str = ""
) -> Manifest:
    """Write a verified backup of *database* into a new file; whoever acts meanwhile is not held up. *pem*: the key goes along.

    The folder is held (`alone_in`). Raises FileExistsError, NoRoomError, and what *copy* raises; then no file is there.
    """
    if file.exists():
        raise FileExistsError(errno.EEXIST, "is there already", str(file))
    part = part_of(file)
    part.unlink(missing_ok=True)  # of one that was killed
    try:
        with _told_of_room(file.parent), building(part) as made:
            with database.transaction(write=False) as source, made.transaction() as target:
                _look_for_room(file.parent, bytes_of(source))
                copied = copy(source, target)
                manifest = manifest_of(database, copied, at=at, key=key, with_key=bool(pem))
                conclude(target, manifest, key, pem=pem)
            made.dispose()
            finish(part, file)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def restore(backup: Backup, target: Database, *, copy: Copy) -> Copied:
    """Copy a backup into a database that has nothing yet: all of it, verified, or nothing.

    Raises NotEmptyError, DamagedError, and what *copy* raises.
    """
    upgrade(target)
    with backup.database.transaction(write=False) as source, target.transaction() as db:
        take_alone(db)
        make_room(db)
        copied = copy(source, db)
        compare(backup, copied)
        return copied


def compare(backup: Backup, found: Copied) -> None:
    """Raise DamagedError where a backup holds something else than it says."""
    said = backup.manifest.copied
    if found != said:
        tables = [name for name, one in found.sums.items() if said.sums.get(name) != one]
        what = f"the rows of {', '.join(tables)} are others" if tables else "it says other numbers than it holds"
        raise DamagedError(f"{backup.file} is not as it was written: {what}.")


def move(source: Database, target: Database, *, copy: Copy) -> Copied:
    """Copy a database into another one that has nothing yet; meanwhile nobody acts in the old one, which stays as it is.

    Raises NotEmptyError, and what *copy* raises.
    """
    if _place(source) == _place(target):
        raise CannotBeMovedError("It is the same database.")
    upgrade(target)
    with source.transaction(keep=False) as held, target.transaction() as db:
        take_alone(held)
        take_alone(db)
        make_room(db)
        return copy(held, db)


def _place(database: Database) -> str:
    return (
        str(Path(database.url.database or "").resolve())
        if database.kind == "sqlite"
        else database.url.render_as_string()
    )


def _look_for_room(folder: Path, needed: int) -> None:
    there = room(folder)
    if there and there.free < needed + SPARE:
        raise NoRoomError(
            f"{folder} has room for {there.free >> 20} MB; a backup needs about {(needed + SPARE) >> 20} MB. "
            "Make room there, or name another folder."
        )


@contextlib.contextmanager
def _told_of_room(folder: Path) -> Iterator[None]:
    """Say of a disk that has become full that it is full."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        full = "full" in str(error) if isinstance(error, sqlite3.Error) else error.errno in (errno.ENOSPC, errno.EDQUOT)
        if not full:
            raise
        raise NoRoomError(f"{folder} is full. Make room there, or name another folder.") from error
