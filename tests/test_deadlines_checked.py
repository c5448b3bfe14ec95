"""A deadline is due when its derivation ends, and what was changed behind the machines is found (B.4, H04)."""

from datetime import datetime

import pytest

from machines import terms
from machines.calendar import built_in
from machines.deadlines_checked import deadline_faults
from models.database import Database
from tests.assembly import Assembly, considered

ZONE = "Asia/Almaty"


def faults(assembly: Assembly) -> list[str]:
    """What the check says."""
    with assembly.database.transaction(write=False) as db:
        return [str(fault) for fault in deadline_faults(db)]


@pytest.fixture
def assembly(database: Database) -> Assembly:
    """Lend an Assembly with a candidacy that the deputies are to submit by 30 May 2006."""
    assembly = Assembly(database)
    considered(assembly)
    return assembly


@pytest.mark.parametrize("moved", ["2006-05-30 00:00", "2006-05-31 00:01"])
def test_a_deadline_that_somebody_has_moved_by_hand_is_found(assembly: Assembly, moved: str):
    """By a day, or by a minute: it says where it stands and where it was counted to."""
    assert [] == faults(assembly)
    with assembly.database.transaction() as db:
        db.run("UPDATE deadlines SET due_at = ? WHERE name = 'submission'", assembly.at(moved))
    (found,) = faults(assembly)
    assert "submission" in found
    assert "where the derivation gives 2006-05-30T18:00:00.000000+00:00" in found


@pytest.mark.parametrize("steps", ["[]", "nothing", '[["until",{"day":"soon"}]]'])
def test_a_derivation_that_was_taken_away_is_found(assembly: Assembly, steps: str):
    """Without it nobody can say how the day was counted."""
    with assembly.database.transaction() as db:
        db.run("UPDATE deadlines SET steps = ? WHERE name = 'submission'", steps)
    (found,) = faults(assembly)
    assert "where the derivation gives nothing" in found


def test_every_kind_of_count_ends_where_its_steps_end():
    """Days, working days, months forwards and backwards, a named day, a day's beginning, a moment in the hour that is twice."""
    day, calendar = datetime(2024, 1, 31, tzinfo=terms.zone_info(ZONE)).date(), built_in()
    twice = [datetime(2024, 2, 29, 23, 30, fold=fold, tzinfo=terms.zone_info(ZONE)) for fold in (0, 1)]
    counts = [
        terms.days(day, 10, zone=ZONE),
        terms.working_days(day, 10, calendar=calendar, zone=ZONE),
        *(terms.months(day, 1, zone=ZONE, calendar=calendar, roll=roll) for roll in (terms.NEXT_WORKING_DAY, terms.NO_ROLL)),
        terms.months_back(day, 1, zone=ZONE, extra_day=True),
        terms.on_day(day, zone=ZONE),
        terms.from_day(day, ZONE),
        *(terms.at(moment, zone=ZONE) for moment in twice),
    ]  # fmt: skip
    assert [count.due for count in counts] == [
        terms.due_of(terms.steps_from_json(terms.steps_to_json(count.steps))) for count in counts
    ]
