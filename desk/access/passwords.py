"""Passwords: how they are kept (argon2id), and which are not taken.

They are long, and of any composition: length is what makes guessing hopeless. Two are worked on at a time, whoever asks: each takes
47 MiB, and nobody shall be able to take all memory by signing in often.
"""

import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from desk.problems import TooMany

SHORTEST, LONGEST = 12, 200  # letters
PATIENCE_S = 10.0  # for a turn
_AT_ONCE = threading.BoundedSemaphore(2)
_HASHER = PasswordHasher(time_cost=1, memory_cost=47 * 1024, parallelism=1)
_COMMON = Path(__file__).with_name("common_passwords.txt")


def fault_of_password(password: str, names: Iterable[str] = ()) -> str | None:
    """Name what is wrong with a new password (short, long, common), or None; *names* are the person's own."""
    written = _normal(password)
    if len(written) < SHORTEST:
        return "short"
    if len(written) > LONGEST:
        return "long"
    own = {_normal(name).casefold() for name in names}
    folded = written.casefold()
    return "common" if folded in _common() or folded in own or _repeats(folded) else None


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    with _Turn():
        return _HASHER.hash(_normal(password))


def matches(kept: str, password: str) -> bool:
    """Say whether *password* is the one that is kept; where none is kept the answer is no, and takes as long."""
    with _Turn():
        try:
            return _HASHER.verify(kept or _nobodys(), _normal(password)) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Say whether a password was kept in a way that is not today's."""
    return _HASHER.check_needs_rehash(kept)


class _Turn:
    """One of two turns; who waits too long is told to come again."""

    def __enter__(self) -> None:
        if not _AT_ONCE.acquire(timeout=PATIENCE_S):
            raise TooMany(int(PATIENCE_S))

    def __exit__(self, *_: object) -> None:
        _AT_ONCE.release()


def _normal(password: str) -> str:
    """Write a password in one way, however the keyboard composed it; what is no text stays different from every text."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "backslashreplace").decode("utf-8")


def _repeats(text: str) -> bool:
    """Say whether a text is one short piece again and again."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5))


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(_normal(line) for line in lines if not line.startswith("#"))


@cache
def _nobodys() -> str:
    """Keep a password that nobody has: to try one against it takes as long as against a real one."""
    return _HASHER.hash("nobody")
