"""A calendar that changes moves nothing by itself: of each open deadline that would move a person decides (H05, 22.1)."""

from datetime import date
from typing import Any

import pytest

from desk.shapes import case_as_of
from machines import terms
from machines.calendar_versions import change
from machines.counted_anew import Moving, counted_anew, would_move
from machines.journal import verify
from machines.perform import explain
from models.database import Database
from tests.assembly import Assembly, considered


@pytest.fixture
def assembly(database: Database) -> Assembly:
    """Lend an Assembly with a candidacy that the deputies are to submit by 30 May 2006."""
    assembly = Assembly(database)
    considered(assembly)
    return assembly


def changed(assembly: Assembly, day: str, kind: str = "day_off_moved", at: str = "2006-05-17 10:00") -> int:
    """Change one day of the calendar; return its version."""
    with assembly.database.transaction() as db:
        return change(db, date.fromisoformat(day), kind, actor="wb", at=assembly.at(at), note="Order 4")


def moves(assembly: Assembly) -> list[Moving]:
    """List what would move by the newest calendar."""
    with assembly.database.transaction(write=False) as db:
        row = db.one("SELECT max(version) FROM calendar_versions")
        return would_move(db, assembly.book.calendar_of(db, row and row[0]))


def told(version: int, **more: Any) -> dict[str, Any]:
    """Return the facts of a decision."""
    return {"case": "C-2006-0001", "deadline": "submission", "version": version, "reason": "Order 4"} | more


def test_the_same_change_again_is_no_change(assembly: Assembly) -> None:
    """A command that is given twice makes one version; the same day for another reason makes another."""
    first = changed(assembly, "2006-05-26")
    assert first == changed(assembly, "2006-05-26", at="2006-05-17 11:00")
    changed(assembly, "2006-05-25")
    assert first + 1 == changed(assembly, "2006-05-26", at="2006-05-17 12:00")
    assert first + 2 == changed(assembly, "2006-05-26", kind="ordinary")


def test_nothing_moves_by_itself(assembly: Assembly) -> None:
    """H05: the term of ten working days would end a day later; it stands, and is listed with both days."""
    assert [] == moves(assembly)
    changed(assembly, "2006-05-25")
    found = moves(assembly)
    assert [("C-2006-0001", "submission", "2006-05-31 00:00", "2006-06-01 00:00")] == [
        (each.number, each.name, assembly.local(each.due), assembly.local(each.anew.due)) for each in found
    ]
    assert {"consideration": "closed", "submission": "2006-05-31 00:00"} == assembly.deadlines("C-2006-0001")
    assert "25.05.2006" in " ".join(found[0].anew.explain("en"))


def test_a_day_after_the_term_moves_nothing(assembly: Assembly) -> None:
    """H05: only what would end at another instant is asked about."""
    changed(assembly, "2006-06-08")
    assert [] == moves(assembly)


def test_it_is_moved_with_its_reminders(assembly: Assembly) -> None:
    """22.1: a deputy moves it: date, derivation and reminders are those of the new calendar, and an entry says so."""
    before = assembly.reminders("C-2006-0001", "submission")
    case = assembly.do("d1", "term_decision.move", at="2006-05-17 11:00", facts=told(changed(assembly, "2006-05-25")))
    assert ("moved", {"consideration": "closed", "submission": "2006-06-01 00:00"}) == (
        assembly.state(case),
        assembly.deadlines("C-2006-0001"),
    )
    after = assembly.reminders("C-2006-0001", "submission")
    assert [rung for rung, _, _ in before] == [rung for rung, _, _ in after]
    assert all(earlier < later for (_, earlier, _), (_, later, _) in zip(before, after, strict=True))
    assert [] == moves(assembly)
    assert {"ch", "d1", "d2", "wb"} == set(assembly.messages("term_decision.moved"))
    assembly.assert_replayable()


def test_it_is_left_where_it_stands(assembly: Assembly) -> None:
    """22.1: that it stays is decided and entered too; by the next change it is asked again."""
    case = assembly.do("ch", "term_decision.leave", at="2006-05-17 11:00", facts=told(changed(assembly, "2006-05-25")))
    assert ("left", {"consideration": "closed", "submission": "2006-05-31 00:00"}) == (
        assembly.state(case),
        assembly.deadlines("C-2006-0001"),
    )
    assert [] == moves(assembly)
    changed(assembly, "2006-05-26")
    assert ["2006-06-02 00:00"] == [assembly.local(each.anew.due) for each in moves(assembly)]


def test_what_is_decided_is_open_to_nothing_more(assembly: Assembly) -> None:
    """22.1: no act follows; whoever asks what can be done is told: nothing."""
    case = assembly.do("ch", "term_decision.leave", at="2006-05-17 11:00", facts=told(changed(assembly, "2006-05-25")))
    with assembly.database.transaction(write=False) as db:
        number = assembly.number(case)
        assert [] == explain(db, number, "ch", at=assembly.now, book=assembly.book)


def test_the_past_is_told_as_it_was(assembly: Assembly) -> None:
    """A day before the decision the deadline had its old date and derivation, a day after it the new ones."""
    assembly.do("d1", "term_decision.move", at="2006-05-19 11:00", facts=told(changed(assembly, "2006-05-25")))
    with assembly.database.transaction(write=False) as db:
        found = [case_as_of(db, "C-2006-0001", date(2006, 5, day), language="en")["deadlines"][0] for day in (18, 19)]
    assert ["2006-05-31T00:00:00+06:00", "2006-06-01T00:00:00+06:00"] == [each["due"] for each in found]
    assert ["30.05.2006", "31.05.2006"] == [
        next(day for day in ("30.05.2006", "31.05.2006") if day in each["derivation"][-1]) for each in found
    ]


def test_the_journal_holds_with_decisions_in_it(assembly: Assembly) -> None:
    """Chains, states and facts of the decision follow from its entry."""
    assembly.do("d1", "term_decision.move", at="2006-05-17 11:00", facts=told(changed(assembly, "2006-05-25")))
    with assembly.database.transaction(write=False) as db:
        assert [] == list(verify(db).faults)


@pytest.mark.parametrize("act", ["move", "leave"])
def test_what_is_not_to_be_decided_is_refused(assembly: Assembly, act: str) -> None:
    """22.1: by the newest calendar, of an open deadline that would move, once."""
    with assembly.refused("22.1", codes=["term_decision.stands"]):
        assembly.do("d1", f"term_decision.{act}", at="2006-05-17 11:00", facts=told(1))
    version = changed(assembly, "2006-05-25")
    for facts, code in (
        (told(1), "term_decision.another_calendar"),
        (told(version, deadline="approval"), "term_decision.stands"),
    ):
        with assembly.refused("22.1", codes=[code]):
            assembly.do("d1", f"term_decision.{act}", at="2006-05-17 11:00", facts=facts)
    with assembly.forbidden():
        assembly.do("wb", f"term_decision.{act}", at="2006-05-17 11:00", facts=told(version))
    with assembly.wrong_facts("case"):
        assembly.do("d1", f"term_decision.{act}", at="2006-05-17 11:00", facts=told(version, case="C-2006-0009"))
    assembly.do("d1", "term_decision.leave", at="2006-05-17 11:00", facts=told(version))
    with assembly.refused("22.1", codes=["term_decision.decided_already"]):
        assembly.do("d1", f"term_decision.{act}", at="2006-05-17 11:00", facts=told(version))


def test_nothing_is_moved_into_the_past(assembly: Assembly) -> None:
    """22.1: a Saturday that is worked would end the term on a day that is over: it can only be left."""
    version = changed(assembly, "2006-05-27", "day_worked", at="2006-05-30 10:00")
    with assembly.refused("22.1", codes=["term_decision.already_past"]):
        assembly.do("d1", "term_decision.move", at="2006-05-30 11:00", facts=told(version))
    assert "left" == assembly.state(
        assembly.do("d1", "term_decision.leave", at="2006-05-30 11:00", facts=told(version))
    )


def test_a_day_is_changed_to_a_known_kind_alone(assembly: Assembly) -> None:
    """H05: a kind that no day has is refused, and makes no version."""
    with pytest.raises(ValueError, match="expected one of"):
        changed(assembly, "2006-05-25", "festive")
    assert [] == assembly.ask("SELECT version FROM calendar_versions WHERE version > 1")


def test_a_term_is_counted_anew_as_it_was_counted(assembly: Assembly) -> None:
    """By the calendar that it was counted by, the derivation gives the very instant again."""
    calendar = assembly.book.calendar
    for steps, zone, due in assembly.ask("SELECT steps, zone, due_at FROM deadlines WHERE calendar_version > 0"):
        count = counted_anew(steps, zone, calendar)
        assert count
        assert assembly.local(due) == assembly.local(count.due)
    assert counted_anew("[]", "Asia/Almaty", calendar) is None


def test_months_are_counted_anew_by_the_calendar_of_now(assembly: Assembly) -> None:
    """B.4: where a month ends on a day that became a day off it ends on the next working day; a term of days does not move."""
    zone, calendar = assembly.book.zone, assembly.book.calendar
    start = date(2006, 4, 25)
    month = terms.months(start, 1, zone=zone, calendar=calendar, roll=terms.NEXT_WORKING_DAY)
    assert month == counted_anew(terms.steps_to_json(month.steps), zone, calendar)
    later = counted_anew(terms.steps_to_json(month.steps), zone, calendar.with_days(days_off=[date(2006, 5, 25)]))
    assert later
    assert (date(2006, 5, 25), date(2006, 5, 26)) == (month.last_day, later.last_day)
    days = terms.days(start, 30, zone=zone)
    assert counted_anew(terms.steps_to_json(days.steps), zone, calendar) is None


def test_a_derivation_that_names_no_length_moves_nothing(assembly: Assembly) -> None:
    """H05: what cannot be counted anew stands as it was counted."""
    changed(assembly, "2006-05-25")
    with assembly.database.transaction() as db:
        db.run("UPDATE deadlines SET steps = '[]' WHERE name = 'submission'")
    assert [] == moves(assembly)
