"""What is read: the acts of a case with reasons, the inbox, the list and the search of 100,000 cases, the record as a whole."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from benchmarks.assembly import DAY_ONE
from benchmarks.figures import Figure, at_least, at_most, median, percentile
from benchmarks.many import add_cases, add_journals
from benchmarks.place import forgetful, place
from desk.inbox import inbox
from desk.listing import Filter, cases_listed
from desk.search import search
from machines.journal import verify
from machines.perform import explain
from machines.rulebook import Rulebook
from models.database import Database

CASES = 100_000
ENTRIES = 60_000
NOW = DAY_ONE + timedelta(days=2)
WORDS = ("C-2026-0001", "2026", "кворум")
PEOPLE = ("wb", "ch", "d1", "d2", "s:Kostanay")


def figures(database: Database, templates: list[str]) -> Iterator[Figure]:
    """Measure reading on a database of 100,000 cases."""
    yield _explained(database, templates)
    yield _listed("inbox of 100,000 cases, p95", database, _inbox)
    yield _listed("list of 100,000 cases, p95", database, _list)
    yield _listed("four searches among 100,000 cases, p95", database, _search)


def verified() -> Iterator[Figure]:
    """Measure how fast the record is verified."""
    with place("sqlite") as url:
        database = forgetful(url)
        entries = add_journals(database, ENTRIES)
        seconds = []
        for _ in range(3):
            with database.transaction(write=False) as db:
                began = time.perf_counter()
                report = verify(db)
                seconds.append(time.perf_counter() - began)
            if report.faults or report.entries != entries:
                raise SystemExit(f"the record is wrong: {report.entries} of {entries} entries, {report.faults[:3]}")
        database.dispose()
    yield at_least("kenes verify", entries / median(seconds), 100_000, "entries/s", entries=entries)


def prepared(url: str) -> tuple[Database, list[str]]:
    """Fill a database with 100,000 cases."""
    database = forgetful(url)
    return database, add_cases(database, CASES)


def _explained(database: Database, templates: list[str]) -> Figure:
    book, took, acts = Rulebook(), [], 0
    with database.transaction(write=False) as db:
        for _ in range(60):
            for number in templates:
                for person in PEOPLE:
                    began = time.perf_counter()
                    acts += len(explain(db, number, person, at=NOW, book=book))
                    took.append(time.perf_counter() - began)
    average = acts / len(took)
    return at_most("all acts of a case with reasons", median(took) * 1000, 0.3, "ms", acts_per_case=average)


def _listed(name: str, database: Database, read: Callable[[Database, str], None]) -> Figure:
    took = []
    for n in range(40):
        person = PEOPLE[n % len(PEOPLE)]
        began = time.perf_counter()
        read(database, person)
        took.append(time.perf_counter() - began)
    return at_most(name, percentile(took, 0.95) * 1000, 50, "ms", median_ms=median(took) * 1000)


def _inbox(database: Database, person: str) -> None:
    with database.transaction(write=False) as db:
        found = inbox(db, person, at=NOW, book=Rulebook(), language="ru")
    if person == "wb" and not any(folder["items"] for folder in found.values()):
        raise SystemExit("the inbox of the working body is empty among 100,000 cases")


def _list(database: Database, person: str) -> None:
    with database.transaction(write=False) as db:
        rows, _ = cases_listed(db, Filter(person=person), at=NOW, book=Rulebook(), after=None, limit=100)
    if len(rows) != 100:
        raise SystemExit(f"{len(rows)} of 100 rows are listed")


def _search(database: Database, person: str) -> None:
    """Search as people do: by a number, by how a number begins, by a word of a norm, by the name of whom the cases are about."""
    with database.transaction(write=False) as db:
        (name,) = db.one("SELECT p.name_ru FROM cases c JOIN people p ON p.person_id = c.person_id LIMIT 1") or ("",)
        found = [
            search(db, words, person=person, at=NOW, language="ru") for words in (WORDS[0], WORDS[1], WORDS[2], name)
        ]
    if not found[0].cases or not found[1].cases or not found[2].norms or not found[3].people:
        raise SystemExit("the search among 100,000 cases finds nothing")
