"""Ten thousand changes of a database and of an export: each has to be found."""

from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.place import place
from machines.journal import export
from models.database import Database
from tests.tampering import changed_export, covered_up, journal_of_acts, unseen_in_databases, unseen_in_exports

TIMES = 10_000
COVERED_UP = 2_000  # of those of an export: whoever does it makes the last line fit


class Mutated(NamedTuple):
    """What was changed how often, and how often nobody noticed."""

    what: str
    times: int
    unseen: int


def mutations(kind: str, *, seed: int = 0) -> Iterator[Mutated]:
    """Change a journal of real acts by SQL with all guards off, and the lines of its export."""
    with place(kind) as url:
        database = Database(url)
        journal_of_acts(database)
        with database.transaction(write=False) as db:
            lines = list(export(db))
        yield Mutated("changes of a database", TIMES, len(unseen_in_databases(database, TIMES, seed)))
        database.dispose()
    plain = unseen_in_exports(lines, TIMES - COVERED_UP, changed_export, seed)
    yield Mutated("changes of an export", TIMES - COVERED_UP, len(plain))
    yield Mutated(
        "changes of an export, covered up", COVERED_UP, len(unseen_in_exports(lines, COVERED_UP, covered_up, seed))
    )
