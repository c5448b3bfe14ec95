"""Deadlines that pass: who is reminded before, who is told afterwards, and that nothing else happens but what the contract says."""

import json
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.sweeps import perform_deadlines_now, stage_reminders_now
from machines.procedures import PROCEDURES
from models import Database
from tests import contract
from tests.assembly import Assembly, admissible, considered, submitted
from tests.sittings import (
    announced_session,
    convened_meeting,
    convened_session,
    extraordinary,
    open_poll,
    registered_request,
    request,
    signed_meeting,
)
from tests.test_flows import silent

TABLE = yaml.safe_load(Path(contract.__file__).with_name("deadlines.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def assembly(database: Database) -> Assembly:
    return Assembly(database, council=3)


def terms() -> dict[str, Any]:
    """Collect the deadlines of all tables by their full names."""
    return {
        f"{procedure.name}.{term.name}": (procedure, term)
        for procedure in PROCEDURES.values() for row in procedure.acts for branch in row.to for term in branch.opens
    }  # fmt: skip


# -------------------------------------------------------------------------------------------------------------- the tables


@pytest.mark.parametrize("name", [*TABLE, *sorted(set(terms()) - set(TABLE))])
def test_rungs_and_audiences_are_those_of_the_contract(name: str):
    """Every row of the contract's table of deadlines, and no deadline beside it."""
    told, (procedure, term) = TABLE[name], terms()[name]
    before = {rung.days: rung.audience for rung in term.rungs if rung.days}
    passed = [rung.audience for rung in term.rungs if not rung.days]
    assert (told["kind"], told.get("before", {})) == (term.kind, before)
    assert ([told["passed"]] if "passed" in told else []) == passed
    notices = {
        notice.name: notice.audience
        for branch in (procedure.rows[term.expires].to if term.expires else ()) for notice in branch.notices
    }  # fmt: skip
    assert told.get("notice", {}).items() <= notices.items()


def test_only_automatic_deadlines_decide_anything():
    """What no clock performs is never decided by silence."""
    assert {name: told["kind"] == "automatic" for name, told in TABLE.items()} == {
        name: bool(term.expires) for name, (_, term) in terms().items()
    }


# ------------------------------------------------------------------------------------------------- all of them, one by one


def removal(assembly: Assembly) -> str:
    facts = {
        "membership": "membership:m1",
        "ground": "other",
        "reason": "Has not taken part for three years",
        "code": "duties",
    }
    return str(assembly.do("d1", "removal.submit", at="2006-04-20 10:00", facts=facts).number)


def office_changed(assembly: Assembly) -> str:
    facts = {"ground": "office_changed", "date": "2006-04-14"}
    act = "membership.report_office_change"
    return str(assembly.do("wb", act, case="membership:m1", at="2006-04-20 10:00", facts=facts).number)


def considered_by_nobody(assembly: Assembly) -> str:
    case = admissible(assembly)
    convened_meeting(assembly)
    return str(case.number)


OPENED = {
    "candidacy.consideration": considered_by_nobody,
    "candidacy.submission": considered,
    "candidacy.approval": submitted,
    "membership.removal_task": office_changed,
    "removal.decision": removal,
    "council_meeting.agreement": signed_meeting,
    "council_meeting.meeting": convened_meeting,
    "poll.closing": open_poll,
    "session.announcement": convened_session,
    "session.hold_by": lambda assembly: convened_session(assembly, **extraordinary()),
    "session.opening": announced_session,
    "session_request.collection": request,
    "session_request.convening": lambda assembly: registered_request(assembly, len(assembly.holding("member"))),
}


def people(assembly: Assembly, audiences: str, case: str) -> set[str]:
    """Say who that is in this assembly, as a reader of the contract would."""
    facts = assembly.facts(case)
    known = {
        "chairman": ["ch"], "working_body": ["wb"], "deputies": ["d1", "d2"], "deputies_missing": ["d1", "d2"],
        "council": assembly.holding("council_member"), "unanswered": assembly.holding("council_member"),
        "members": assembly.holding("member"), "opener": [facts.get("opened_by")], "submitter": [facts.get("submitted_by")],
    }  # fmt: skip
    return {person for audience in audiences.split() for person in known[audience]}


def told(assembly: Assembly, case: str, name: str) -> dict[int, list[str]]:
    """Return who was told of a deadline, by rung."""
    deadline = name.partition(".")[2]
    rows = assembly.ask('SELECT key, "to" FROM messages WHERE template IN (?, ?) AND number = ?',
                        f"reminder.{name}", f"passed.{name}", case)  # fmt: skip
    found: dict[int, list[str]] = {}
    for key, to in rows:
        assert key.split("/")[2] == deadline
        found.setdefault(int(key.split("/")[3]), []).append(to)
    return found


def instants(assembly: Assembly, case: str, name: str) -> list[datetime]:
    """Return when the rungs of a deadline are due, in order."""
    rows = assembly.ask(
        "SELECT at FROM reminders WHERE number = ? AND deadline = ? ORDER BY at", case, name.partition(".")[2]
    )
    return [at if isinstance(at, datetime) else datetime.fromisoformat(at) for (at,) in rows]


@pytest.mark.parametrize("name", OPENED)
def test_each_deadline_reminds_and_is_told_as_the_contract_says(assembly: Assembly, name: str):
    """At each rung once, to exactly these people; when it has passed once, to the next one up; the state stays, unless the clock acts."""
    silent(assembly)
    opened = OPENED[name](assembly)
    case = opened if isinstance(opened, str) else str(opened.number)
    state, ahead = assembly.state(case), instants(assembly, case, name)
    for at in ahead:
        for late in (timedelta(0), timedelta(minutes=1)):
            stage_reminders_now(assembly.database, at + late, assembly.book)
    row = TABLE[name]
    expected = row.get("before", {}) | ({0: row["passed"]} if "passed" in row else {})
    found = told(assembly, case, name)
    assert {days: people(assembly, expected[days], case) for days in found} == {
        days: set(each) for days, each in found.items()
    }
    assert len(ahead) == len(found)  # a rung whose time had passed at the opening speaks no more
    assert all(len(each) == len(set(each)) for each in found.values())
    assert (state == assembly.state(case)) is (row["kind"] != "automatic" or name == "poll.closing")


@pytest.mark.parametrize("name", OPENED)
def test_after_a_long_stop_each_deadline_speaks_once(assembly: Assembly, name: str):
    """A year later: one message to each, about what has passed; nobody is reminded of what is behind him."""
    opened = OPENED[name](assembly)
    case = opened if isinstance(opened, str) else str(opened.number)
    for at in ("2011-06-01 10:00", "2011-06-01 10:01"):
        stage_reminders_now(assembly.database, assembly.at(at), assembly.book)
    row, found = TABLE[name], told(assembly, case, name)
    assert ({0: people(assembly, row["passed"], case)} if "passed" in row else {}) == {
        days: set(each) for days, each in found.items()
    }
    assert all(len(each) == len(set(each)) for each in found.values())


# ------------------------------------------------------------------------------------------------------- moved, and at once


def test_a_consideration_that_is_set_to_another_meeting_is_told_of_that_one_too(assembly: Assembly):
    """A date that passes is told once; another date is another one (14.2a)."""
    case = considered_by_nobody(assembly)
    stage_reminders_now(assembly.database, assembly.at("2006-05-16 10:00"), assembly.book)
    first = (
        assembly.cases("council_meeting", "council")
        or assembly.ask("SELECT number FROM cases WHERE procedure = 'council_meeting'")[0]
    )
    assembly.do("d1", "council_meeting.open", case=first[0], at="2006-05-16 10:30")
    convened_meeting(assembly, at="2006-05-17 10:00", starts="2006-05-30 10:00")
    for at in ("2006-05-30 10:00", "2006-05-30 10:01"):
        stage_reminders_now(assembly.database, assembly.at(at), assembly.book)
    letters = assembly.ask(
        "SELECT \"to\" FROM messages WHERE number = ? AND template = 'passed.candidacy.consideration'", case
    )
    assert ["d1", "d1", "d2", "d2", "wb", "wb"] == sorted(to for (to,) in letters)


def test_reminders_move_with_a_session_that_is_moved(assembly: Assembly):
    """The rungs of the old day are gone, those of the new one are there (8.1b)."""
    case = announced_session(assembly)
    facts = {"starts_at": "2006-08-22 11:00", "city": "Almaty", "place": "Palace"}
    assembly.do("ch", "session.move", case=case, at="2006-04-20 10:00", facts=facts)
    assembly.do("wb", "session.announce", case=case, at="2006-04-21 10:00", facts={"channel": "website"})
    stage_reminders_now(assembly.database, assembly.at("2006-06-20 12:00"), assembly.book)
    assert {} == told(assembly, str(case.number), "session.opening")
    stage_reminders_now(assembly.database, assembly.at("2006-08-08 09:00"), assembly.book)
    assert [14] == list(told(assembly, str(case.number), "session.opening"))


def test_many_who_stage_at_once_remind_each_person_once(assembly: Assembly):
    """Two sweeps, two stagers: each takes what no other holds, and keys are those of the rung and the person."""
    silent(assembly)
    cases = [str(considered(assembly, person).number) for person in ("p:A", "p:B")]
    at = assembly.at("2006-05-30 09:00")

    def stage() -> None:
        perform_deadlines_now(assembly.database, at, assembly.book)
        stage_reminders_now(assembly.database, at, assembly.book)

    workers = [threading.Thread(target=stage) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    rows = assembly.ask("SELECT number, \"to\" FROM messages WHERE template = 'reminder.candidacy.submission'")
    assert sorted((case, deputy) for case in cases for deputy in ("d1", "d2")) == sorted(rows)


def test_a_reminder_carries_the_derivation_of_its_date(assembly: Assembly):
    """Every one: nobody has to believe a date (C08)."""
    considered(assembly)
    stage_reminders_now(assembly.database, assembly.at("2006-05-30 09:00"), assembly.book)
    told_of = [
        json.loads(row[0]) for row in assembly.ask("SELECT parameters FROM messages WHERE template LIKE 'reminder.%'")
    ]
    assert told_of
    assert all(each["steps"] and each["norm"] for each in told_of)
