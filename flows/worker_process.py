"""The process of one worker: `python -m flows.worker_process` (`kenes worker`)."""

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from flows.home import at_home
from flows.worker import POOL, KenesWorker
from models.logs import write_logs
from models.settings import read_settings

LIMIT = 10  # runs at once; they share this process and the database
ENDS_WITHIN_S = 9.0  # of a signal; what still waits for a server that is gone would wait for minutes

log = logging.getLogger("kenes.worker")


def main() -> int:
    """Run a worker until a signal ends it; 1 if an error did, such as a server that is gone when it starts."""
    settings = read_settings(os.environ, Path.cwd())  # a wrong setting is said now, and not by every run
    write_logs(settings.log)  # after Prefect has set up its own
    try:
        at_home()
        asyncio.run(_work())
    except Exception:  # whoever supervises starts it again; its log stays one of lines of JSON
        log.exception("the worker has ended by an error")
        return 1
    return 0


async def _work() -> None:
    worker = KenesWorker(work_pool_name=POOL, name=f"kenes on {socket.gethostname()}", limit=LIMIT)
    working = asyncio.create_task(worker.start(printer=lambda *said: log.info(" ".join(map(str, said)))))
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()

    def end() -> None:
        ending.set()
        last = threading.Timer(ENDS_WITHIN_S, os._exit, (0,))
        last.daemon = True
        last.start()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    signalled = asyncio.create_task(ending.wait())
    await asyncio.wait({working, signalled}, return_when=asyncio.FIRST_COMPLETED)
    if signalled.done():
        await worker.end()
        working.cancel()
    try:
        await working
    except asyncio.CancelledError:
        return


if __name__ == "__main__":
    sys.exit(main())
