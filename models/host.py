"""The machine under us: since when it runs, which process this is, and how much room its disk has.

No clock is read here: how long a machine has run says nothing of the time of day, and no setting of the clock changes it.
"""

import contextlib
import fcntl
import os
import platform
import shutil
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")


class Room(NamedTuple):
    """What a disk holds, in bytes."""

    total: int
    free: int


@cache
def boot() -> str:
    """Name this run of the machine, from its start to its end."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return platform.node()


def name() -> str:
    """Name this machine, whenever it was started."""
    return platform.node()


def ran_ms() -> int:
    """Return for how many milliseconds the machine has run, asleep or awake.

    The kernel's own account is read: whoever deceives a program about the time does not reach it there.
    """
    try:
        seconds, _, rest = os.pread(_uptime(), 64, 0).split()[0].decode("ascii").partition(".")
        return int(seconds) * 1000 + int(rest.ljust(3, "0")[:3])
    except OSError:
        return time.monotonic_ns() // 1_000_000


def process() -> str:
    """Name this process: unlike its number, the name is never given again."""
    pid = os.getpid()
    return f"{boot()}/{pid}/{_started(pid)}"


def lives(named: str) -> bool:
    """Say whether a process of this machine that was named so still runs."""
    home, _, rest = named.partition("/")
    pid, _, started = rest.partition("/")
    return home == boot() and pid.isdecimal() and started == _started(int(pid)) and started != ""


def room(place: Path) -> Room | None:
    """Return how much room there is where *place* lies; None where that cannot be said."""
    try:
        used = shutil.disk_usage(place)
    except OSError:
        return None
    return Room(used.total, used.free)


@cache
def _uptime() -> int:
    """Open the kernel's account once: every act asks."""
    return os.open(_PROC / "uptime", os.O_RDONLY | os.O_CLOEXEC)


@contextlib.contextmanager
def holding(file: Path) -> Iterator[bool]:
    """Hold a lock file while the block runs, and say whether it was free; the lock is gone with its process, however that ends."""
    with file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _started(pid: int) -> str:
    """Return when a process was started, as the kernel counts it; empty if there is none."""
    try:
        return (_PROC / f"{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        pass
    try:  # where there is no /proc
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return ""
    except PermissionError:
        return "1"
    return "" if _PROC.joinpath("self").exists() else "1"
