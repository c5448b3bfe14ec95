"""A great many rows quickly: cases, deadlines and journals that are copies of such as perform has made."""

from typing import Any

from benchmarks.assembly import STEPS, found, step
from machines.perform import perform
from machines.rulebook import Rulebook
from models.database import Database, Db
from models.entry import COLUMNS, INSERT, Record, digest, header

# How far each kind of candidacy has come, and how many of a hundred are so.
STAGES = {0: 15, 1: 15, 2: 15, 4: 15, 5: 40}
AT_ONCE = 20_000

_CASE = (
    "procedure, state, seq, final, definition, edition, rulings, zone, person_id, body, region, facts, joint, opened_at"
)
_GIVEN = "UPDATE counters SET last = last + ? WHERE series = 'C-2026'"

_SERIES = "WITH RECURSIVE series (n) AS (SELECT ? UNION ALL SELECT n + 1 FROM series WHERE n < ?)"
_PEOPLE = f"""{_SERIES} INSERT INTO people (person_id, name_kk, name_ru, name_en, email, language, region, sort_key, search_key)
 SELECT 'q:' || n, name_kk, name_ru, name_en, email, language, region, sort_key, search_key FROM series, people WHERE person_id = 'p:0'"""
_CASES = f"""{_SERIES} INSERT INTO cases (number, procedure, state, seq, head, final, definition, edition, rulings, zone, person_id, body,
 region, parent, about, facts, joint, opened_at) SELECT printf('C-2026-%07d', n), procedure, state, seq, head, final, definition, edition,
 rulings, zone, 'q:' || n, body, region, parent, about, facts, joint, opened_at FROM series, cases WHERE number = ?"""
_DEADLINES = f"""{_SERIES} INSERT INTO deadlines (number, opened_seq, name, kind, due_at, zone, norm, steps, calendar_version, act, rank,
 opened_at, state, closed_at, closed_by, failures) SELECT printf('C-2026-%07d', n), opened_seq, name, kind,
 CASE WHEN due_at IS NULL THEN NULL ELSE strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', due_at, '+' || (n % 9000) || ' minutes') END,
 zone, norm, steps, calendar_version, act, rank, opened_at, state, closed_at, closed_by, failures FROM series, deadlines
 WHERE number = ?"""
_FAR_AHEAD = f"""{_SERIES} INSERT INTO deadlines (number, opened_seq, name, kind, due_at, zone, norm, steps, calendar_version, act, rank,
 opened_at, state, closed_by, failures) SELECT number, seq, 'layer_' || n, 'automatic',
 strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', opened_at, '+20 years', '+' || cases.rowid || ' minutes', '+' || n || ' seconds'),
 zone, '20.3', '[]', 0, 'exit', 1, opened_at, 'open', '', 0
 FROM cases, series WHERE procedure = 'candidacy'"""


def add_cases(database: Database, cases: int) -> list[str]:
    """Add as many candidacies in all states; return one of each state that perform has led there."""
    templates = _led(database)
    first = 1_000_000  # numbers that no act of the benchmark gives
    for template, hundredths in templates.items():
        last = first + cases * hundredths // 100 - 1
        with database.transaction() as db:
            db.run(_PEOPLE, first, last)
            db.run(_CASES, first, last, template)
            db.run(_DEADLINES, first, last, template)
        first = last + 1
    return [*templates]


def add_deadlines(database: Database, layers: int) -> int:
    """Add *layers* automatic deadlines, due in twenty years and later, to every candidacy; return how many stand open."""
    with database.transaction() as db:
        db.run(_FAR_AHEAD, 1, layers)
    with database.transaction(write=False) as db:
        return _count(db, "SELECT count(*) FROM deadlines WHERE state = 'open' AND kind = 'automatic'")


def add_journals(database: Database, entries: int) -> int:
    """Add copies of a candidacy's journal, each a chain of its own, until there are as many entries; return how many."""
    (template,) = [number for number, hundredths in _led(database).items() if hundredths == STAGES[5]]
    with database.transaction(write=False) as db:
        case = db.all(f"SELECT {_CASE} FROM cases WHERE number = ?", template)[0]
        rows = db.all(f"SELECT {', '.join(COLUMNS)} FROM entries WHERE number = ? ORDER BY seq", template)
        journal = [Record(*row) for row in rows]
        there = _count(db, "SELECT count(*) FROM entries")
    copies = range(1_000_000, 1_000_000 + max(0, entries - there) // len(journal))
    for first in range(copies.start, copies.stop, AT_ONCE):
        with database.transaction() as db:
            for n in range(first, min(first + AT_ONCE, copies.stop)):
                _copy(db, f"C-2026-{n}", case, journal)
    with database.transaction() as db:
        db.run(_GIVEN, len(copies))
    return there + len(copies) * len(journal)


def _led(database: Database) -> dict[str, int]:
    """Lead one candidacy to each stage; return them with how many of a hundred are to be like it."""
    book, numbers = Rulebook(), found(database, len(STAGES))
    for number, stage in zip(numbers, STAGES, strict=True):
        for n in range(min(stage, len(STEPS))):
            with database.transaction() as db:
                perform(db, step(number, n), book)
    return dict(zip(numbers, STAGES.values(), strict=True))


def _copy(db: Db, number: str, case: tuple[Any, ...], journal: list[Record]) -> None:
    previous = journal[0].previous
    records = []
    for record in journal:
        unhashed = record._replace(number=number, previous=previous)
        previous = digest(header(unhashed))
        records.append(unhashed._replace(hash=previous))
    marks = ", ".join("?" * (len(case) + 2))
    db.run(f"INSERT INTO cases (number, head, {_CASE}) VALUES ({marks})", number, previous, *case)
    db.many(INSERT, records)


def _count(db: Db, sql: str) -> int:
    return int((db.one(sql) or (0,))[0])
