"""What somebody had typed when the session ended: sealed, for the same person to get it back after signing in again.

Nothing of it is stored: it travels in the page that asks who comes, in letters that only this desk can read, and never in an
address. Another person who signs in there gets nothing of it.
"""

import base64
import hashlib
import hmac
import json
import zlib
from datetime import datetime
from typing import NamedTuple

from cryptography.fernet import Fernet, InvalidToken

from desk.access.web_sessions import LONGEST
from desk.intake import LARGEST_BODY
from models.home import signing_key
from models.settings import Settings

MOST = LARGEST_BODY - 10_000  # letters: it is sent with a name and a password, within what the desk takes
STEP = 512  # bytes: what is kept is as long as the next multiple, for its length would tell one choice of a ballot from another


class Kept(NamedTuple):
    """A form as it was sent: to which address, with which fields in their order."""

    path: str
    typed: list[tuple[str, str]]


def seal(settings: Settings, kept: Kept, *, person: str, at: datetime) -> str:
    """Seal what *person* has typed; empty where it is too much to be sent again."""
    told = zlib.compress(json.dumps([person, *kept]).encode())
    told += bytes(-len(told) % STEP)
    sealed = _box(settings).encrypt_at_time(told, int(at.timestamp())).decode("ascii")
    return sealed if len(sealed) <= MOST else ""


def unseal(settings: Settings, sealed: str, *, person: str, at: datetime) -> Kept | None:
    """Return what *person* had typed; None: it is another's, too old, or none of this desk's."""
    try:
        told = _box(settings).decrypt_at_time(sealed, int(LONGEST.total_seconds()), int(at.timestamp()))
    except (InvalidToken, ValueError):  # ValueError: letters that no sealed text has
        return None
    owner, path, typed = json.loads(zlib.decompressobj().decompress(told))
    return Kept(path, [(name, value) for name, value in typed]) if owner == person else None


def _box(settings: Settings) -> Fernet:
    key = hmac.digest(signing_key(settings).private_bytes_raw(), b"kenes what was typed", hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(key))
