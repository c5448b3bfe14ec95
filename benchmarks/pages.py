"""The desk's lists as ten people read them at once: time to answer among 10,000 cases, and what a first page weighs.

Each of the ten goes on to the next list a quarter of a second after the last one has come.
"""

import contextlib
import http.client
import os
import re
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.doors import CLIENTS, Desk, desk, together
from benchmarks.figures import Figure, at_most, percentile
from benchmarks.many import add_cases
from desk.access.accounts import open_account
from desk.access.web_sessions import begin_session, cookie_name
from models.database import Database

CASES = 10_000
PAUSE_S = 0.25
ROUNDS = 6  # of each client, over all lists
LISTS = (
    "/cases",
    "/cases?procedure=candidacy&state=admissible",
    "/cases?mine=1",
    "/cases?sort=newest&open=1",
    "/cases?text=candidate",
    "/",
)
PEOPLE = ("wb", "ch", "d1", "d2", "s:Kostanay")


def figures() -> Iterator[Figure]:
    """Measure lists and inbox, and weigh the first page."""
    with desk("sqlite", _many) as running:
        yield _listed(running)
        yield _weighed(running)


def _many(database: Database) -> Any:
    """Found an Assembly with 10,000 candidacies in all states."""
    add_cases(database, CASES)
    return SimpleNamespace(database=database)


def _listed(running: Desk) -> Figure:
    cookies = [_signed_in(running, person) for person in PEOPLE]

    def client(place: int) -> list[tuple[str, float]]:
        with contextlib.closing(running.connect()) as connection:
            return [
                (path, _read(connection, path, cookies[place % len(cookies)], pause=PAUSE_S)[0])
                for _ in range(ROUNDS)
                for path in LISTS
            ]

    client(0)  # templates are compiled, tables are read once
    spent = _cpu_s(running)
    took = [each for some in together([partial(client, n) for n in range(CLIENTS)]) for each in some]
    spent = _cpu_s(running) - spent
    alone = [seconds for _, seconds in client(0)]
    slowest = {path: round(percentile([s for one, s in took if one == path], 0.95) * 1000, 1) for path in LISTS}
    details = {"alone_median_ms": statistics.median(alone) * 1000, "cpu_ms_a_page": spent / len(took) * 1000} | {
        f"p95 {path}": value for path, value in slowest.items()
    }
    return at_most(
        "lists of 10,000 cases, 10 clients, p95",
        percentile([seconds for _, seconds in took], 0.95) * 1000,
        100,
        "ms",
        **details,
    )


def _weighed(running: Desk) -> Figure:
    """Weigh the first page with everything that it asks for; all of it comes from here."""
    cookie = _signed_in(running, "wb")
    with contextlib.closing(running.connect()) as connection:
        _, page = _read(connection, "/", cookie)
        files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.decode()))
        sizes = [len(page), *(len(_read(connection, file, cookie)[1]) for file in files)]
    return at_most("first page, cold", sum(sizes) / 1000, 100, "KB", requests=len(sizes))


def _read(connection: http.client.HTTPConnection, path: str, cookie: str, *, pause: float = 0) -> tuple[float, bytes]:
    time.sleep(pause)
    began = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status} {said[:300]!r}")
    return time.perf_counter() - began, said


def _cpu_s(running: Desk) -> float:
    """Return the processor's seconds that the desk has used: what a busy machine does not distort."""
    fields = Path(f"/proc/{running.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _signed_in(running: Desk, person: str) -> str:
    now = datetime.now(UTC)
    with running.assembly.database.transaction() as db:
        open_account(db, person, at=now)
        return f"{cookie_name('http://x')}={begin_session(db, person, at=now, way='password', agent='', place='')}"
