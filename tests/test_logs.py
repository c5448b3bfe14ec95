"""The logs: a line a record, for people or for programs; what acts are about, and never who chose or said what."""

import contextlib
import io
import json
import logging
import sqlite3
import sys
import threading
import warnings
from functools import partial

import anyio
import httpx
import pytest
import sqlalchemy as sa
from prefect.utilities.services import critical_service_loop

from flows.logged import log_told
from models import Database
from models.logs import JsonLines, Lines, write_logs
from tests.api_client import NOMINATION, Desk
from tests.assembly import Assembly
from tests.sittings import open_session, voting_session


@pytest.fixture
def written():
    """Log into memory, and leave everything as it was."""
    root, ours = logging.getLogger(), logging.getLogger("kenes")
    loggers = [root, *(each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger))]
    before = {logger: logger.handlers[:] for logger in loggers}
    levels, raises = (root.level, ours.level), logging.raiseExceptions
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    out = sys.stdout
    stream = io.StringIO()

    def write(form: str) -> io.StringIO:
        write_logs(form, to=stream)
        return stream

    yield write
    for logger, handlers in before.items():
        logger.handlers[:] = handlers
    root.setLevel(levels[0])
    logging.raiseExceptions = raises
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    sys.stdout = out
    logging.captureWarnings(False)
    ours.setLevel(levels[1])


def lines(stream: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_act_is_logged_as_what_it_is(sqlite_database: Database, written) -> None:
    """Time, level, logger, message; the case, the act, the office, the norms; of a refusal the norms in the way."""
    stream, desk = written("json"), Desk(Assembly(sqlite_database))
    number = desk.nominate()
    done = lines(stream)[0]
    assert {"level": "info", "logger": "kenes.desk", "message": "done"}.items() <= done.items()
    assert {
        "case": number,
        "act": "nominate",
        "office": "sa_secretariat",
        "norms": "14.1a 14.1b",
        "seq": 1,
    }.items() <= done.items()
    assert done["time"].endswith("Z")


def test_no_name_no_choice_no_fact_is_logged(sqlite_database: Database, written) -> None:
    """Whatever is done, refused, wrong or a bug: neither who nor what was said or chosen stands in the log (8.3c)."""
    stream, assembly = written("json"), Assembly(sqlite_database, members=9)
    session = open_session(assembly, assembly.people_in[:7], method="secret")
    case = voting_session(assembly, session).number
    desk = Desk(assembly)
    desk.client = type(desk.client)(desk.app, raise_server_exceptions=False)
    assert 201 == desk.act("m1", case, "vote", {"choice": "against"}, seen=None).status_code
    assert 409 == desk.act("m1", case, "vote", {"choice": "against"}, seen=None).status_code
    assert 422 == desk.act("m2", case, "vote", {"choice": "Peradventure"}, seen=None).status_code
    assert 403 == desk.act("p:A", case, "vote", {"choice": "against"}, seen=None).status_code
    candidacy = desk.nominate(decision={"body": "small_assembly_council", "number": "7-Zh", "date": "2006-04-14"})
    assert 409 == desk.act("wb", candidacy, "admit").status_code
    with assembly.database.transaction() as db:
        db.run("CREATE TRIGGER broken BEFORE INSERT ON cases BEGIN SELECT raise(ABORT, 'p:B and what was said'); END")
    assert 500 == desk.open("s:Kostanay", "candidacy.nominate", {**NOMINATION, "person": "p:B"}).status_code
    found = lines(stream)
    assert {"done", "not done"} < {line["message"] for line in found}
    assert {"refused", "forbidden", "facts"} <= {line.get("why") for line in found}
    assert [line["error"] for line in found if line["level"] == "error"]
    written_ = stream.getvalue()
    words = ("m1", "m2", "p:A", "p:B", "against", "Peradventure", "7-Zh", "what was said", "Kostanay", "wb")
    assert [] == [word for word in words if f'"{word}' in written_ or f"{word} " in written_]


def test_what_an_exception_says_is_left_out_unless_the_database_is_away() -> None:
    """Its words may hold facts; those of the network and of the database's door hold none."""

    def told(error: Exception) -> dict:
        record = logging.LogRecord("kenes", logging.ERROR, "", 1, "bug", (), (type(error), error, None))
        return json.loads(JsonLines().format(record))

    assert "KeyError" == told(KeyError("p:A"))["error"]
    assert "ConnectionRefusedError: [Errno 111] refused" == told(ConnectionRefusedError(111, "refused"))["error"]
    away = sa.exc.OperationalError("SELECT 1", (), sqlite3.OperationalError("unable to open database file"))
    assert "unable to open database file" in told(away)["error"]


def test_a_line_for_people(written) -> None:
    """When, how grave, who says it, what, and what it is about."""
    record = logging.LogRecord("kenes.desk", logging.INFO, "", 1, "done", (), None)
    record.__dict__ |= {"case": "C-2026-0001", "norms": "14.1a", "created": 0.0, "act": ""}
    assert "1970-01-01 00:00:00 INFO    kenes.desk: done case=C-2026-0001 norms=14.1a" == Lines().format(record)
    logging.getLogger("theirs").addHandler(logging.StreamHandler())
    stream = written("text")
    logging.getLogger("theirs").warning("beware")
    logging.getLogger("theirs").info("not of interest")
    assert stream.getvalue().count("WARNING theirs: beware") >= 1
    assert "interest" not in stream.getvalue()


def test_a_run_is_logged_with_what_its_table_is_about(written) -> None:
    """Cases, acts and norms of its rows; a column that quotes others is left out; a run that did nothing is quiet."""
    stream = written("json")
    log_told("Nothing due", (), ())
    columns = ("case", "act", "norm", "what the other side said")
    log_told(
        "1 performed: M-1 left", columns, [("[M-1](http://desk/cases/M-1)", "exit", "20.3", "<ann@kenes.example>")]
    )
    title, row = lines(stream)
    assert "1 performed: M-1 left" == title["message"]
    assert {"case": "M-1", "act": "exit", "norms": "20.3"}.items() <= row.items()
    assert "@" not in stream.getvalue()


def test_an_error_that_nobody_catches_is_a_line_too(written) -> None:
    """Of the program and of a thread: the log stays one of objects of JSON, without the words of the error."""
    stream = written("json")

    def fall() -> None:
        raise ValueError("Әбдіқадырова")

    thread = threading.Thread(target=fall)
    thread.start()
    thread.join()
    try:
        fall()
    except ValueError:
        sys.excepthook(*sys.exc_info())
    assert ["ValueError", "ValueError"] == [line["error"] for line in lines(stream)]
    assert "Әбдіқадырова" not in stream.getvalue()


def test_what_is_printed_is_a_line_too(written) -> None:
    """Of a loop of Prefect's that fails and comes back, and of a warning: the log stays one of objects of JSON."""
    stream, answers = written("json"), iter([httpx.ConnectError("refused")] * 3 + [None])

    async def ask() -> None:
        if error := next(answers, KeyError()):
            raise error

    with contextlib.suppress(KeyError):
        anyio.run(partial(critical_service_loop, ask, 0.0, backoff=2))
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.warn("the weather", RuntimeWarning, stacklevel=1)
    said = [line["message"] for line in lines(stream)]
    assert said[0].startswith("Failed the last 3 attempts.")
    assert "ConnectError: refused" in said[2]
    assert "Resetting backoff due to successful run." in said
    assert "the weather" in said[-1]
