"""`kenes up`: one program that starts desk, clock and worker, looks after them, and ends them.

The desk answers at once; the clock comes up behind it. Prefect's server and the worker are processes of their own: the desk knows
nothing of the flows.
"""

import contextlib
import errno
import fcntl
import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

from desk.running.clockwork import environment_of
from desk.running.supervisor import KENES, WORKER, WRONG, Supervisor, say, signals
from models.settings import Settings


def up(settings: Settings, first: Callable[[], None] = lambda: None) -> int:
    """Start everything and look after it until Ctrl-C; return the exit status.

    *first* is done once nothing stands in the way of the start: a home in use or a used port leaves no trace of it.
    Raises WrongSettingError for a wrong ruling, before anything is started, and for a home that cannot be written.
    """
    _check_rulings(settings)
    used = _used(settings)
    if used and not settings.home.exists():
        say(used)
        return WRONG
    with _lock_of(settings) as lock:
        if not _taken(lock):
            say(_running_already(settings.home))
            return WRONG
        if used:
            say(used)
            return WRONG
        first()
        return Supervisor(settings, prefect_port=_port_for_prefect(settings.home)).run()


def worker(settings: Settings) -> int:
    """Run one worker against the Prefect server that is set, until a signal ends it; return the exit status."""
    if not settings.prefect_api_url:
        say("PREFECT_API_URL is not set: it says where Prefect's server is. `kenes up` starts one.")
        return WRONG
    if status := _prepared():
        return status
    environment = environment_of(os.environ, home=settings.home, api_url=settings.prefect_api_url)
    working = subprocess.Popen(WORKER, env=environment)  # noqa: S603
    with signals(working.send_signal):
        return working.wait()


def _check_rulings(settings: Settings) -> None:
    """Read the rulings where there are any: without them this program is spared the machines."""
    if settings.rulings:
        from machines.configured import configured_book

        configured_book(settings)


def _prepared() -> int:
    """Make the home ready in a process of its own, so that this one stays small; what is wrong is said there."""
    return subprocess.run([*KENES, "init"], stdout=subprocess.DEVNULL, check=False).returncode  # noqa: S603


def _used(settings: Settings) -> str:
    """Say which port is in use and what to do about it; nothing if it is free.

    Raises WrongSettingError for an address at which this user cannot listen here.
    """
    host, port = settings.place
    try:
        _bind(host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            expected = "an address of this machine at which this user may listen"
            raise settings.wrong(
                "listen" if settings.listen else "url", expected=expected, got=f"{host}:{port}, {error.strerror}"
            ) from None
    else:
        return ""
    free = f"[{host}]:{port + 1}" if ":" in host else f"{host}:{port + 1}"
    another = (
        f"KENES_LISTEN to another, such as {free}"
        if settings.listen
        else f"KENES_URL to another, such as http://{free}"
    )
    return f"Port {port} of {host} is in use by another program: end it, or set {another}."


def _lock_of(settings: Settings) -> IO[str]:
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (settings.home / "up.lock").open("a+")
    except OSError as error:
        from models.home import unwritable

        raise unwritable(settings, error) from None


def _taken(lock: IO[str]) -> bool:
    """Take the home for this program; the lock is gone with it, however it ends."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _running_already(home: Path) -> str:
    try:
        place = json.loads((home / "up.json").read_text(encoding="utf-8"))
        return f"kenes runs already on {home}: {place['desk']}, process {place['pid']}. Ctrl-C there ends it."
    except (OSError, ValueError, KeyError):
        return f"kenes is being started already on {home}."


def _port_for_prefect(home: Path) -> int:
    """Choose where Prefect's server listens: where it did the last time, so that its page stays where it was, or anywhere."""
    file = home / "prefect.port"
    with contextlib.suppress(OSError, ValueError):
        port = int(file.read_text(encoding="ascii"))
        if _is_free("127.0.0.1", port):
            return port
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = int(place.getsockname()[1])
    file.write_text(str(port), encoding="ascii")
    return port


def _is_free(host: str, port: int) -> bool:
    try:
        _bind(host, port)
    except OSError:
        return False
    return True


def _bind(host: str, port: int) -> None:
    """Take a port and let it go again."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((host, port))
