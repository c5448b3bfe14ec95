"""The past: what is told of a day, once much else has happened, is what was stored on that day."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from desk.as_of import assembly_as_of, last_moment
from desk.register import offices_held
from desk.shapes import case_as_of
from machines.editions import edition_on
from machines.refusal import Unknown
from machines.register import total_members
from machines.rulebook import Rulebook
from machines.settle import settle
from machines.sitting import how_many
from machines.zones import local_day
from models.database import Database, Db, instant
from tests.assembly import Assembly, paper
from tests.sittings import announced_session, convened_meeting
from tests.wanderer import Wanderer

SEEDS = range(1, 4)
STEPS = 80
HELD = "begins_at <= ? AND (ended_at IS NULL OR ended_at > ?)"


@dataclass(frozen=True)
class Day:
    """What the rows said in the last moment of a day."""

    day: date
    at: datetime
    members: list[str]
    offices: list[tuple[str, str, str]]
    totals: tuple[int, int]
    cases: dict[str, tuple[Any, ...]]
    deadlines: dict[str, list[tuple[Any, ...]]]


def stored(db: Db, day: date, at: datetime, book: Rulebook) -> Day:
    """Read the rows as they are, not by way of anything that is told of the past."""
    held = db.all(f"SELECT office, person_id, body FROM mandates WHERE {HELD}", at, at)
    cases = db.all("SELECT number, state, seq, final, facts, joint FROM cases")
    deadlines: dict[str, list[tuple[Any, ...]]] = {row[0]: [] for row in cases}
    for number, name, due, norm in db.all("SELECT number, name, due_at, norm FROM deadlines WHERE state = 'open'"):
        deadlines[number].append((name, due and instant(due), norm))
    return Day(
        day, at, sorted(person for office, person, _ in held if office == "member"), sorted(map(tuple, held)),
        (total_members(db, at, book.in_force(db).rulings_on(day)), how_many(db, "council_member", at)),
        {row[0]: (row[1], row[2], bool(row[3]), json.loads(row[4]), json.loads(row[5])) for row in cases},
        {number: sorted(each, key=repr) for number, each in deadlines.items()},
    )  # fmt: skip


def told(db: Db, then: Day, book: Rulebook, numbers: list[str]) -> Day:
    """Ask for the same day by what the doors answer of the past."""
    at = last_moment(then.day, now=then.at, zone=book.zone)
    assembly = assembly_as_of(db, at, book=book, language="en")
    assert (then.day.isoformat(), edition_on(then.day)) == (assembly["as_of"], assembly["edition"]["id"])
    held = [(one["office"], one["person_id"], one["body"] or "") for one in offices_held(db, at=at, language="en")]
    cases = dict(past_cases(db, then.day, numbers))
    return Day(
        then.day, at, sorted(one["person_id"] for one in assembly["items"]), sorted(held),
        (assembly["totals"]["members"], assembly["totals"]["council"]),
        {number: (one["state"], one["seq"], one["final"], one["facts"], one.get("joint", {})) for number, one in cases.items()},
        {number: sorted(map(as_row, one["deadlines"]), key=repr) for number, one in cases.items()},
    )  # fmt: skip


def past_cases(db: Db, day: date, numbers: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number in numbers:
        try:
            yield number, case_as_of(db, number, day, language="en")
        except Unknown:
            continue


def as_row(deadline: dict[str, Any]) -> tuple[Any, ...]:
    return deadline["name"], deadline["due"] and instant(datetime.fromisoformat(deadline["due"])), deadline["norm"]


class Chronicler(Wanderer):
    """A wanderer who writes down, in the last moment of each day on which something happened, what the rows say."""

    days: list[Day]

    def _later(self) -> datetime:
        then, book = super()._later(), self.assembly.book
        day = local_day(self.assembly.now, book.zone)
        if local_day(then, book.zone) > day:
            self.write_down(day)
        return then

    def write_down(self, day: date) -> None:
        """Settle, as every door does, and keep what the rows say."""
        book, database = self.assembly.book, self.assembly.database
        at = last_moment(day, now=self.assembly.now, zone=book.zone)
        assert settle(database.transaction, at, book).failed == ()
        with database.transaction(write=False) as db:
            self.days.append(stored(db, day, at, book))


def chronicle(database: Database, seed: int, steps: int) -> Chronicler:
    """Play a random history and write its days down; it begins with dates that later acts set anew."""
    charter = {"level": "regional", "highest_body": "conference"}
    assembly = Assembly(
        database, members=8, council=4, small_assemblies=("Kostanay", "Almaty"), associations={"conf": charter},
        state_bodies=("gov",), candidates="ABCD",
    )  # fmt: skip
    wanderer = Chronicler(assembly, seed)
    wanderer.days = []
    waiting_for_two_meetings(assembly)
    moved = sum(1 for _ in wanderer.wander(steps))
    wanderer.write_down(local_day(assembly.now, assembly.book.zone))
    assert moved > steps / 10
    return wanderer


def waiting_for_two_meetings(assembly: Assembly) -> None:
    """Admit a candidacy, convene two meetings that might consider it, and announce a session."""
    told = {
        "person": "p:A",
        "route": "state_body",
        "decision": {"body": "head_letter", **paper("2006-04-13")},
        "consent": True,
    }
    case = assembly.do("sb:gov", "candidacy.nominate", at="2006-04-14 10:00", facts=told)
    assembly.do("wb", "candidacy.admit", case=case)
    announced_session(assembly, at="2006-04-14 12:00")
    for starts in ("2006-05-16 10:00", "2006-04-28 10:00"):
        convened_meeting(assembly, at="2006-04-14 13:00", starts=starts)


def test_what_is_told_of_a_day_is_what_was_stored_on_it(database: Database) -> None:
    """Members, offices, totals, states, facts, signatures and open deadlines, of every day of a short history."""
    compare(chronicle(database, 0, 15))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_so_it_is_in_random_histories(seed: int, database: Database) -> None:
    """The same of longer ones, whatever happened in them."""
    compare(chronicle(database, seed, STEPS))


def compare(wanderer: Chronicler) -> None:
    """Ask for every day of a history, now that all of it has happened."""
    with wanderer.assembly.database.transaction(write=False) as db:
        numbers = [row[0] for row in db.all("SELECT number FROM cases ORDER BY number")]
        for then in wanderer.days:
            found = told(db, then, wanderer.assembly.book, numbers)
            for name in vars(then):
                assert getattr(then, name) == getattr(found, name), (then.day, name)
    assert len(wanderer.days) > 2
