"""The desk as its users meet it: a process of its own on loopback, and many clients at once."""

import contextlib
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.figures import Figure, at_most, median, percentile
from benchmarks.place import place
from benchmarks.starts import resident_mb
from desk.access.tokens import create_token
from machines.journal import verify
from machines.register import add_person
from machines.rulebook import ZONE
from machines.zones import local_day
from models.database import Database
from models.home import prepare
from models.settings import read_settings
from tests.assembly import Assembly, nomination
from tests.service import PATIENCE_S, environment_of, until

CLIENTS = 10
ACTS = 30  # of each client
VOTERS = 350
NAMES = {"sqlite": "SQLite", "pg": "PostgreSQL"}


class Desk:
    """A running desk, and the rows behind it."""

    def __init__(self, assembly: Assembly, url: str, process: "subprocess.Popen[bytes]") -> None:
        self.assembly, self.process = assembly, process
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 0

    def tokens(self, people: Sequence[str]) -> dict[str, str]:
        """Make a token for each."""
        with self.assembly.database.transaction() as db:
            return {person: create_token(db, person, at=datetime.now(UTC)) for person in people}

    def post(
        self, connection: http.client.HTTPConnection, token: str, number: str, body: Any, *, seen: int | None, key: str
    ) -> float:
        """Send an act and return how long the answer took; anything but done ends the benchmark."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        began = time.perf_counter()
        connection.request("POST", f"/api/v1/cases/{number}/acts", json.dumps(body), headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise SystemExit(f"{answer.status}: {said[:300]!r}")
        return time.perf_counter() - began

    def connect(self) -> http.client.HTTPConnection:
        """Open a connection, kept alive."""
        return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_S)


def figures() -> Iterator[Figure]:
    """Measure acts of ten clients, 350 votes at once, and what the desk needs of memory."""
    with desk("sqlite") as running:
        yield _acts(running)
        yield _votes(running, "sqlite")
        yield at_most("memory of the desk", resident_mb(running.process.pid), 150, "MB")
    with place("pg") as url, desk("pg", KENES_DATABASE_URL=url) as running:
        yield _votes(running, "pg")


@contextlib.contextmanager
def desk(kind: str, found: Callable[[Database], Any] | None = None, **settings: str) -> Iterator[Desk]:
    """Start a desk in a home of its own, over an Assembly of 350 in office, or over what *found* founds."""
    with tempfile.TemporaryDirectory(prefix="kenes-desk-") as folder:
        home = Path(folder)
        environment = environment_of(home, **settings)
        database = prepare(read_settings(environment, home), at=datetime.now(UTC))
        assembly = (found or _assembly)(database)
        command = [sys.executable, "-m", "desk.serve"]
        with (home / "desk.log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, cwd=home, stdout=log, stderr=log)
        running = Desk(assembly, environment["KENES_URL"], process)
        try:
            until(lambda: _answers(running), what=f"the desk ({kind})")
            yield running
            if found is None:  # copied cases have no entries of their own
                _check(database)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_S)
            database.dispose()


def _assembly(database: Database) -> Assembly:
    return Assembly(database, members=VOTERS, council=30, starts=_day(-60) + " 09:00")


def _answers(running: Desk) -> bool | None:
    if running.process.poll() is not None:
        raise SystemExit("the desk has ended")
    with contextlib.suppress(OSError), contextlib.closing(running.connect()) as connection:
        connection.request("GET", "/health")
        connection.getresponse().read()
        return True
    return None


# ---------------------------------------------------------------------------------------------------------- acts and votes


def _acts(running: Desk) -> Figure:
    numbers = _nominated(running.assembly, CLIENTS * ACTS)
    token = running.tokens(["wb"])["wb"]

    def client(place: int) -> list[float]:
        with contextlib.closing(running.connect()) as connection:
            own = numbers[place::CLIENTS]
            return [_admit(running, connection, token, number) for number in own]

    began = time.perf_counter()
    took = [each for some in together([partial(client, n) for n in range(CLIENTS)]) for each in some]
    rate = len(took) / (time.perf_counter() - began)
    return at_most(
        "API act, 10 clients, SQLite, p95", percentile(took, 0.95) * 1000, 50, "ms", median_ms=median(took) * 1000,
        acts_per_s=rate,
    )  # fmt: skip


def _admit(running: Desk, connection: http.client.HTTPConnection, token: str, number: str) -> float:
    return running.post(connection, token, number, {"act": "admit", "facts": {}}, seen=1, key=f"admit-{number}")


def _votes(running: Desk, kind: str) -> Figure:
    """Let 350 members vote by roll call at the same moment."""
    assembly, number = running.assembly, _vote_opened(running.assembly)
    people = [assembly.person(f"m{n}") for n in range(1, VOTERS + 1)]
    tokens = running.tokens(people)

    def voter(person: str) -> float:
        with contextlib.closing(running.connect()) as connection:
            body = {"act": "vote", "facts": {"choice": "for"}}
            return running.post(connection, tokens[person], number, body, seen=None, key=f"vote-{person}")

    took = together([partial(voter, person) for person in people])
    with assembly.database.transaction(write=False) as db:
        counted = db.one("SELECT count(*) FROM ballots WHERE number = ?", number)
    if counted != (VOTERS,):
        raise SystemExit(f"{counted} of {VOTERS} votes were counted")
    return Figure(
        f"350 members voting at once by API, {NAMES[kind]}, p99", percentile(took, 0.99) * 1000, "ms", "all counted",
        holds=True, details={"median_ms": median(took) * 1000},
    )  # fmt: skip


def together(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Call every one of *works* in a thread of its own at the same moment; an error of one is raised."""
    outcomes: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int) -> None:
        start.wait()
        try:
            outcomes[place] = works[place]()
        except BaseException as error:  # noqa: BLE001 it is raised below
            outcomes[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return outcomes


def _nominated(assembly: Assembly, cases: int) -> list[str]:
    at = assembly.at(_day(-5) + " 10:00")
    paper = {"body": "small_assembly_session", "number": "7", "date": _day(-6)}
    proposals = [{"by": "German cultural centre", "date": _day(-20)}]
    numbers = []
    with assembly.database.transaction() as db:
        for n in range(cases):
            add_person(db, f"p:n{n}", names=dict.fromkeys(("kk", "ru", "en"), f"Candidate {n}"))
    for n in range(cases):
        facts = nomination(f"p:n{n}", decision=paper, proposals=proposals)
        numbers.append(assembly.do("s:Kostanay", "candidacy.nominate", at=at, facts=facts).number)
    return numbers


def _vote_opened(assembly: Assembly) -> str:
    """Hold a session today up to a vote by roll call."""
    do, early = assembly.do, _day(0) + " 00:0"
    order = {"number": "2", "date": _day(-45)}
    session = do(
        "ch", "session.convene", at=_day(-45) + " 10:00",
        facts={"kind": "ordinary", "ground": "own_initiative", "order": order, "starts_at": early + "1", "city": "Astana",
               "place": "Hall", "agenda": ["Appeal"]},
    )  # fmt: skip
    do("wb", "session.announce", case=session, at=_day(-44) + " 10:00", facts={"channel": "website"})
    listed = {"session": session.number, "kind": "other", "text": "To adopt the appeal"}
    vote = do("wb", "resolution.list", at=_day(-43) + " 10:00", facts=listed)
    do("wb", "session.start_registration", case=session, at=early + "1")
    people = [assembly.person(f"m{n}") for n in range(1, VOTERS + 1)]
    do("wb", "session.check_in", case=session, at=early + "2", facts={"members": people})
    do("ch", "session.open", case=session, at=early + "3")
    method = {"method": "roll_call", "for": VOTERS, "against": 0, "abstain": 0}
    do("ch", "session.set_method", case=session, at=early + "4", facts=method)
    return do("ch", "resolution.open_vote", case=vote, at=early + "5").number


def _check(database: Database) -> None:
    with database.transaction(write=False) as db:
        if faults := verify(db).faults:
            raise SystemExit(f"the record is wrong: {faults[:3]}")


def _day(from_today: int) -> str:
    return (_today() + timedelta(days=from_today)).isoformat()


def _today() -> date:
    return local_day(datetime.now(UTC), ZONE)
