"""Serve the desk: one process that listens where the settings say. `python -m desk.serve`, or `kenes desk`.

Nothing of the web is imported before the desk is served: who only asks for the address is spared it.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.settings import Settings, WrongSettingError, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from machines.rulebook import Rulebook

SECONDS_TO_FINISH = 5  # for answers under way when the desk is asked to end: `kenes up` waits ten
WAITING = 2048  # connections that the system holds until they are taken
WRONG = 2  # exit status


def main() -> int:
    """Serve the home of the environment and the current folder; return the exit status."""
    from models.home import prepare

    try:
        settings = read_settings(os.environ, Path.cwd())
        prepare(settings, at=datetime.now(UTC)).dispose()
        serve(settings)
    except WrongSettingError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG
    return 0


def serve(settings: Settings, begun: Callable[[], None] | None = None) -> None:
    """Serve until a signal ends it; *begun* tells whoever waits that the port is taken.

    Raises WrongSettingError for a wrong ruling, before the port is taken: who waits for the port takes it for a desk that
    runs. Also where something listens already, or where this machine has no such address.
    """
    from machines.configured import configured_book

    book = configured_book(settings)
    with closing(listen(settings)) as listening:
        if begun:
            begun()
        _begin(settings, book)
        import uvicorn

        from desk.app import make_app
        from desk.running.watch import watching
        from models.logs import write_logs

        write_logs(settings.log)
        app = make_app(settings)
        config = uvicorn.Config(
            app, log_config=None, log_level="warning", timeout_graceful_shutdown=SECONDS_TO_FINISH, server_header=False
        )
        # What is loaded by now stays; the collector would look at all of it again and again, and nobody is answered meanwhile.
        gc.collect()
        gc.freeze()
        with watching(app.state.door, settings):
            uvicorn.Server(config).run(sockets=[listening])


def _begin(settings: Settings, book: Rulebook) -> None:
    """Begin the yearly duty where the service has none yet (8.1c), unless nobody can say which year it is."""
    from machines.settle import begin_service
    from machines.witnesses import TrustedClock
    from models.home import open_database

    database = open_database(settings)
    try:
        clock = TrustedClock(database.transaction, lambda: datetime.now(UTC))
        if clock.doubt() is None:
            begin_service(database.transaction, clock(), book)
    finally:
        database.dispose()


def listen(settings: Settings) -> socket.socket:
    """Take the port before anything is loaded, so that a used one is said in one line."""
    host, port = settings.place
    setting = "listen" if settings.listen else "url"
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # Only where a socket says that it is TCP does asyncio send at once; else an answer's second packet waits 40 ms.
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise settings.wrong(setting, expected="an address of this machine", got=f"{host}: {error.strerror}") from None
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(place)
        listening.listen(WAITING)
    except OSError as error:
        listening.close()
        got = f"{host}:{port}, {error.strerror}"
        raise settings.wrong(setting, expected="a free port of this machine", got=got) from None
    return listening


if __name__ == "__main__":
    sys.exit(main())
