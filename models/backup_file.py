"""The file of a backup: a SQLite database with every row, what it must come to, a signature, and at its end the digest of all of it.

Whatever the backup is of, it is such a file, and nothing of it is beside it. It is written under another name and gets its own when
it is whole and on the disk: a file with the name of a backup is a backup.
"""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from models.copying import Copied, Sum
from models.database import Database, Db, instant_text
from models.migrations import HEAD, upgrade

FORMAT, VERSION = "kenes-backup", 1
MARK = 0x6B656E65  # "kene", where SQLite keeps the number of who uses it
SUFFIX = ".backup"

_NAME = re.compile(r"kenes-\d{8}T\d{6}Z\.backup")
_LEFT_OVER = re.compile(r"\.kenes-\d{8}T\d{6}Z\.backup\.part(-journal)?")
_END = b"\nkenes backup, SHA-256 of what stands above: "
_END_LENGTH = len(_END) + 65
_TABLE = "CREATE TABLE backup (name TEXT PRIMARY KEY, value TEXT NOT NULL)"
_INSERT = "INSERT INTO backup (name, value) VALUES (?, ?)"


class DamagedError(Exception):
    """A file that is no backup, or not as it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    at: str
    kenes: str  # the version that made it
    schema: str
    source: str  # sqlite, postgresql
    key: str  # the public key of the home, which has signed this
    with_key: bool  # whether the private one is inside
    copied: Copied

    def as_text(self) -> str:
        """Write it as the text that is signed."""
        told = {"format": FORMAT, "version": VERSION, **_fields(self), "copied": _fields(self.copied)}
        told["copied"]["sums"] = {table: tuple(one) for table, one in self.copied.sums.items()}
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was found to be as it was written, open for reading."""

    file: Path
    manifest: Manifest
    key: str  # the private key as PEM; empty: it is kept elsewhere
    database: Database


def name_at(at: datetime) -> str:
    """Name the backup of an instant, so that names sort by time."""
    return f"kenes-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}"


def part_of(file: Path) -> Path:
    """Return the name under which a backup is written until it is whole."""
    return file.with_name(f".{file.name}.part")


@contextlib.contextmanager
def building(part: Path) -> Iterator[Database]:
    """Lend a new database in a file that only its owner reads; it has no journal of its own, since half of it is of no use."""
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    database = Database(sa.URL.create("sqlite", database=str(part)).render_as_string())

    @sa.event.listens_for(database.engine, "connect")
    def spare(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")

    try:
        upgrade(database)
        yield database
    finally:
        database.dispose()


def conclude(db: Db, manifest: Manifest, key: Ed25519PrivateKey, *, pem: str) -> None:
    """Write what the copy is, signed; and the private key, where *pem* is given."""
    text = manifest.as_text()
    db.run(_TABLE)
    db.run(_INSERT, "manifest", text)
    db.run(_INSERT, "signature", key.sign(text.encode()).hex())
    if pem:
        db.run(_INSERT, "signing_key", pem)
    db.run(f"PRAGMA application_id = {MARK}")


def finish(part: Path, file: Path) -> None:
    """Append the digest, wait for the disk, and give the file its name."""
    with part.open("r+b") as written:
        digest = _digest(written, part.stat().st_size)
        written.seek(0, os.SEEK_END)
        written.write(_END + digest + b"\n")
        written.flush()
        os.fsync(written.fileno())
    part.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def opened(file: Path) -> Iterator[Backup]:
    """Open a backup after it was found to be as it was written; raises DamagedError with what is wrong."""
    with file.open("rb") as read:
        _check_bytes(file, read)
    place = sa.URL.create("sqlite", database=f"file:{quote(str(file.absolute()))}")
    read_only = place.update_query_dict({"mode": "ro", "immutable": "1", "uri": "true"})
    database = Database(read_only.render_as_string())
    try:
        with database.transaction(write=False) as db:
            told = dict(db.all("SELECT name, value FROM backup"))
        yield Backup(file, _read_manifest(file, told), told.get("signing_key", ""), database)
    finally:
        database.dispose()


def keep_newest(folder: Path, count: int) -> list[Path]:
    """Remove the oldest backups beyond *count* from a folder; only what bears the name of a backup is touched."""
    found = sorted(each for each in folder.iterdir() if _NAME.fullmatch(each.name))
    old = found[: max(0, len(found) - count)]
    for each in old:
        each.unlink(missing_ok=True)
    return old


def sweep_left_over(folder: Path) -> None:
    """Remove what a backup that was killed has left; nobody may be writing one there."""
    for each in folder.iterdir():
        if _LEFT_OVER.fullmatch(each.name):
            each.unlink(missing_ok=True)


def _check_bytes(file: Path, read: BinaryIO) -> None:
    size = os.fstat(read.fileno()).st_size
    head = read.read(72)
    if not head.startswith(b"SQLite format 3\0") or head[68:72] != MARK.to_bytes(4, "big"):
        raise DamagedError(f"{file} is no backup of kenes.")
    read.seek(max(0, size - _END_LENGTH))
    end = read.read()
    if not end.startswith(_END):
        raise DamagedError(f"{file} is cut short, or something was written to it: its last line is missing.")
    if end != _END + _digest(read, size - _END_LENGTH) + b"\n":
        raise DamagedError(f"{file} is not as it was written: its digest is another.")


def _digest(file: BinaryIO, length: int) -> bytes:
    file.seek(0)
    digest, left = hashlib.sha256(), length
    while left and (piece := file.read(min(left, 1 << 20))):
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest().encode()


def _read_manifest(file: Path, told: Mapping[str, str]) -> Manifest:
    """Read what a backup says of itself, once the signature of it was found to be right."""
    try:
        said = json.loads(told["manifest"])
        if (said["format"], said["version"]) != (FORMAT, VERSION) or said["schema"] != HEAD:
            raise DamagedError(_of_another_version(file, said))
        signer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(said["key"]))
        signer.verify(bytes.fromhex(told["signature"]), told["manifest"].encode())
        sums = {table: Sum(*one) for table, one in said["copied"].pop("sums").items()}
        kept = {name: said[name] for name in Manifest.__slots__ if name != "copied"}
        return Manifest(**kept, copied=Copied(sums=sums, **said["copied"]))
    except InvalidSignature:
        raise DamagedError(f"{file} is not as it was written: its signature is not by the key that it names.") from None
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"{file} does not say what it is: {type(error).__name__}: {error}.") from None


def _of_another_version(file: Path, said: Mapping[str, Any]) -> str:
    return (
        f"{file} was made by kenes {said.get('kenes')} (format {said['version']}, schema {said['schema']}); this one reads format "
        f"{VERSION}, schema {HEAD}. Restore it with the version that made it, then upgrade."
    )


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def manifest_of(
    database: Database, copied: Copied, *, at: datetime, key: Ed25519PrivateKey, with_key: bool
) -> Manifest:
    """Say what a backup of *database* is."""
    from importlib.metadata import version

    return Manifest(
        at=instant_text(at), kenes=version("kenes"), schema=HEAD, source=database.kind,
        key=key.public_key().public_bytes_raw().hex(), with_key=with_key, copied=copied,
    )  # fmt: skip
