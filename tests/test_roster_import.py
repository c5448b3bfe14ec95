"""The roster enters the register through the acts of the procedures: all of it or nothing (7, 9.1, 13.1, 17)."""

import dataclasses
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk.roster.check import Row, read_rows
from desk.roster.importing import Imported, RosterRefusedError, import_roster
from examples import make_roster
from machines.rulebook import Rulebook
from models.database import Database

EXAMPLE = Path(make_roster.__file__).with_name("roster.csv")
AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
HELD = {
    "working_body": 2, "chairman": 1, "deputy_chairman": 2, "sa_chairman": 16, "sa_secretariat": 16, "association": 8,
    "state_body": 4, "member": 350, "council_member": 30,
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return read_rows(EXAMPLE)


def enter(database: Database, rows: list[Row], *, keep: bool = True, **more: Any) -> Imported:
    with database.transaction(keep=keep) as db:
        return import_roster(db, rows, at=AT, book=Rulebook(), **more)


def ask(database: Database, sql: str) -> list[tuple[Any, ...]]:
    with database.transaction(write=False) as db:
        return db.all(sql)


def cases(database: Database) -> int:
    return ask(database, "SELECT count(*) FROM cases")[0][0]


def changed(rows: list[Row], line: int, **cells: str) -> list[Row]:
    return [dataclasses.replace(row, **cells) if row.line == line else row for row in rows]


def line_of(rows: list[Row], person: str, office: str) -> int:
    return next(row.line for row in rows if (row.person_id, row.office) == (person, office))


def test_example_enters_everybody_by_an_act(database: Database, rows: list[Row]) -> None:
    """Each holder has a case with one entry, made by the working body (7, 9.1, 13.1a, 17.1)."""
    imported = enter(database, rows)
    mandates = Counter(dict(ask(database, "SELECT office, count(*) FROM mandates GROUP BY office")))
    assert HELD == mandates == imported.offices
    assert [(1,)] == ask(database, "SELECT DISTINCT seq FROM cases")
    assert [("wb",)] == ask(database, "SELECT DISTINCT actor FROM entries")
    assert (imported.people, imported.bodies) == (408, 28)


def test_seats_are_opened_on_behalf_of_the_chairman(sqlite_database: Database, rows: list[Row]) -> None:
    """The Council is formed by the Chairman: his order stands in the entry (9.1a)."""
    enter(sqlite_database, rows)
    seats = ask(sqlite_database, "SELECT holder, office, payload FROM entries WHERE procedure = 'council_seat'")
    assert {("ch", "chairman")} == {seat[:2] for seat in seats}
    assert all('"document":{' in seat[2] for seat in seats)


def test_members_count_from_the_import_and_keep_their_day(sqlite_database: Database, rows: list[Row]) -> None:
    """A membership counts from the later of `since` and its entry (13.1a)."""
    enter(sqlite_database, rows)
    since = ask(sqlite_database, "SELECT since, begins_at FROM mandates WHERE person_id = 'm1' AND office = 'member'")
    assert [("2009-06-30", "2026-11-24T06:00:00.000000+00:00")] == since


def test_a_dry_run_says_the_same_and_writes_nothing(database: Database, rows: list[Row]) -> None:
    """The dry run goes through the same acts on a transaction that is rolled back."""
    assert sum(HELD.values()) == sum(enter(database, rows, keep=False).offices.values())
    assert 0 == cases(database)


def test_the_same_file_again_brings_nothing(database: Database, rows: list[Row]) -> None:
    """What is there already is said and left alone."""
    enter(database, rows)
    again = enter(database, rows)
    assert ({}, 0, 0) == (again.offices, again.people, again.bodies)
    assert (sum(HELD.values()), 408) == (again.offices_already, again.people_already)
    assert sum(HELD.values()) == cases(database)


def test_a_file_with_one_person_more_brings_that_person(sqlite_database: Database, rows: list[Row]) -> None:
    """A roster can grow: the rest of it is there already."""
    enter(sqlite_database, rows)
    member = next(row for row in rows if row.person_id == "m300")
    more = dataclasses.replace(member, line=999, person_id="m348")
    assert {"member": 1} == enter(sqlite_database, [*rows, more]).offices


def test_every_error_of_shape_is_listed_and_nothing_written(database: Database, rows: list[Row]) -> None:
    """A broken file with three different errors: each with its row, and nothing is written."""
    broken = changed(changed(changed(rows, 5, since="31.31.2020"), 90, category="friend"), 200, order_number="")
    with pytest.raises(RosterRefusedError) as refused:
        enter(database, broken)
    found = [(error.line, error.column, error.code) for error in refused.value.errors]
    assert [(5, "since", "bad_date"), (90, "category", "unknown_category"), (200, "order_number", "missing")] == found
    assert 0 == cases(database)


def test_every_refusal_of_the_law_is_listed_with_its_row(database: Database, rows: list[Row]) -> None:
    """What the register does not accept is told with its norm: a third deputy, a second Chairman (7.1)."""
    enter(database, rows)
    names = {name: f"{name} more" for name in ("name_kk", "name_ru", "name_en")}
    deputy = next(row for row in rows if row.office == "deputy_chairman")
    third = dataclasses.replace(deputy, line=2, person_id="d3", **names)
    chairman = next(row for row in rows if row.office == "chairman")
    second = dataclasses.replace(chairman, line=3, person_id="ch2", **names)
    with pytest.raises(RosterRefusedError) as refused:
        enter(database, [third, second])
    assert [(2, "deputy_appointment.no_post_free"), (3, "office.chairman_in_office")] == [
        (error.line, error.code) for error in refused.value.errors
    ]
    assert "7.1c" in refused.value.errors[0].message
    assert sum(HELD.values()) == cases(database)


def test_without_a_working_body_nothing_is_entered(sqlite_database: Database, rows: list[Row]) -> None:
    """Somebody of the working body enters the register: one in office, or the first of the file."""
    without = [row for row in rows if row.office in ("chairman", "member")][:3]
    with pytest.raises(RosterRefusedError, match="working body"):
        enter(sqlite_database, without)
    assert 0 == cases(sqlite_database)


def test_another_name_for_a_known_person_is_an_error(sqlite_database: Database, rows: list[Row]) -> None:
    """An id is one person for ever: a file that means somebody else by it is not imported."""
    enter(sqlite_database, rows)
    other = changed(rows, line_of(rows, "p:A", ""), name_en="Somebody Else")
    with pytest.raises(RosterRefusedError, match="is in the register as “Em Anatoly”"):
        enter(sqlite_database, other)


def test_small_assemblies_have_names_and_the_clock_of_their_region(sqlite_database: Database, rows: list[Row]) -> None:
    """Bodies are made from the rows: the region's zone is that of its small assembly (H03)."""
    enter(sqlite_database, rows)
    found = "SELECT name_en, zone, kind, region FROM bodies WHERE body_id = 'Mangystau'"
    assert [("Small assembly of Mangystau Region", "Asia/Aqtau", "small_assembly", "Mangystau")] == ask(
        sqlite_database, found
    )


def test_bodies_have_the_names_of_the_file(database: Database, rows: list[Row]) -> None:
    """An association and a state body are called so everywhere; who has no name in the file is called by the id."""
    unnamed = [
        dataclasses.replace(row, body_kk="", body_ru="", body_en="") if row.body == "nca2" else row for row in rows
    ]
    enter(database, unnamed)
    named = dict(ask(database, "SELECT body_id, name_kk FROM bodies WHERE body_id IN ('nca1', 'nca2', 'mfa')"))
    assert {"nca1": "«Бірлік» этномәдени бірлестігі", "nca2": "nca2", "mfa": "Сыртқы істер министрлігі"} == named
