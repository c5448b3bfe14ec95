"""The home of an installation: its folder, its database at the newest schema, its signing key."""

from __future__ import annotations

import base64
import contextlib
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.settings import Settings, WrongSettingError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from models.database import Database

KEY_FILE = "signing.key"

_FIRST_CALENDAR = """INSERT INTO calendar_versions (version, at, actor, note) VALUES (1, ?, 'clock', 'calendar_kz.csv')
 ON CONFLICT (version) DO NOTHING"""


def open_database(settings: Settings) -> Database:
    """Open the database of an installation as it is; nothing is connected yet."""
    from sqlalchemy.exc import ArgumentError

    from models.database import Database

    try:
        return Database(settings.database_url)
    except (ArgumentError, ValueError):
        raise settings.wrong("database_url", expected="an address of SQLite or PostgreSQL", got="another") from None


def prepare(settings: Settings, *, at: datetime) -> Database:
    """Make what is missing: the home, the newest schema, version 1 of the calendar, the signing key. Idempotent.

    Raises WrongSettingError where the home or the database cannot be reached or written, or belongs to a newer version.
    """
    from models.migrations import upgrade

    _make_home(settings)
    database = open_database(settings)
    try:
        with _told_of(settings):
            upgrade(database)
            with database.transaction(write=False) as db:
                seeded = db.one("SELECT 1 FROM calendar_versions LIMIT 1")
            if not seeded:
                with database.transaction() as db:
                    db.run(_FIRST_CALENDAR, at)
        if settings.signing_key is None:
            _home_key(settings)
    except BaseException:
        database.dispose()
        raise
    return database


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """Return the key that seals are signed with: the one that was set, or the home's own, made when first asked for.

    Raises WrongSettingError for what is no such key, and for a file that others may read.
    """
    if settings.signing_key is None:
        file = _home_key(settings)
        key = _read_key(file.read_text(encoding="ascii", errors="replace"))
        if key is None:
            raise WrongSettingError(KEY_FILE, source=str(file), expected="an Ed25519 private key as PEM", got="another")
        return key
    key = _read_key(settings.signing_key)
    if key is None:
        expected = "an Ed25519 private key as PEM, or its 32 bytes in base64"
        raise settings.wrong("signing_key", expected=expected, got="something else")
    return key


def own_key(settings: Settings) -> str:
    """Return the home's own key as PEM, for a backup; empty where the key is set elsewhere, which keeps it."""
    return "" if settings.signing_key else _home_key(settings).read_text(encoding="ascii")


@contextlib.contextmanager
def taking_key(settings: Settings, pem: str) -> Iterator[None]:
    """Put a key into a home that has none, and take it away again if the block raises; an empty one leaves the home as it is."""
    _make_home(settings)
    file = settings.home / KEY_FILE
    taken = bool(pem) and not file.exists()
    if taken:
        _write_key(file, pem.encode("ascii"))
    try:
        yield
    except BaseException:
        if taken:
            file.unlink(missing_ok=True)
        raise


def _make_home(settings: Settings) -> None:
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(settings, error) from None


def _home_key(settings: Settings) -> Path:
    """Return the file of the home's own key, made if it is missing."""
    file = settings.home / KEY_FILE
    try:
        if not file.exists():
            _make_key(file)
        mode = file.stat().st_mode
    except OSError as error:
        raise unwritable(settings, error) from None
    if os.name == "posix" and mode & 0o077:
        got = f"mode {mode & 0o777:o}; chmod 600 mends it"
        raise WrongSettingError(KEY_FILE, source=str(file), expected="a file that only its owner reads", got=got)
    return file


def _make_key(file: Path) -> None:
    """Draw a new key and write it."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    _write_key(file, key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))


def _write_key(file: Path, text: bytes) -> None:
    """Write a key under another name and link it: who starts at the same moment finds a whole key, and one only."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.") as written:  # mode 600 from the start
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(written.name, file)


def _read_key(text: str) -> Ed25519PrivateKey | None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        if not text.lstrip().startswith("-----"):
            return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PrivateKey) else None


@contextlib.contextmanager
def _told_of(settings: Settings) -> Iterator[None]:
    """Say of a database that cannot be reached, written or read that its address is the setting to look at."""
    from sqlalchemy.exc import DatabaseError

    from models.migrations import UnfitDatabaseError

    try:
        yield
    except UnfitDatabaseError as error:
        raise settings.wrong("database_url", expected=error.expected, got=error.got) from None
    except DatabaseError as error:
        said = " ".join(str(error.orig).split())
        raise settings.wrong("database_url", expected="a database that can be reached and written", got=said) from error


def unwritable(settings: Settings, error: OSError) -> WrongSettingError:
    """Make the error for a home in which nothing can be written."""
    got = f"{error.filename or settings.home}: {(error.strerror or str(error)).lower()}"
    return settings.wrong("home", expected="a folder that can be written", got=got)
