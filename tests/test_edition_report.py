"""Which open cases an edition concerns, and how rules and editions are answered (machines/concerned.py, desk/editions.py)."""

import re
from datetime import date
from pathlib import Path

import pytest

from desk.editions import editions_answer, report_answer, rules_answer
from machines.concerned import LOOKS_AT
from machines.dated_rules import LIMITS
from machines.procedures import PROCEDURES
from machines.refusal import Unknown
from machines.rulebook import Rulebook
from machines.rulings import RULINGS
from machines.wording import LANGUAGES
from models.database import Database
from tests.assembly import Assembly
from tests.test_edition import confirmed, proposed

MACHINES = Path(__file__).parent.parent / "machines"
NEXT_YEAR = date(2007, 1, 1)


@pytest.fixture
def assembly(database: Database) -> Assembly:
    """Lend an Assembly with two polls, one of them drafted in May."""
    assembly = Assembly(database, members=12, council=9)
    for day in ("2006-04-13", "2006-05-02"):
        assembly.do("d1", "poll.draft", at=f"{day} 09:00", facts={"kind": "other", "question": "The plan"})
        assembly.now = assembly.at("2006-04-14 10:00")
    return assembly


def test_every_rule_that_can_be_changed_is_looked_at() -> None:
    """Whatever a guard or term of a procedure asks for is a rule, with its procedure; and nothing else is."""
    asked: dict[str, set[str]] = {}
    for file in MACHINES.glob("*.py"):
        owner = max((name for name in PROCEDURES if file.stem.startswith(name)), key=len, default="")
        for key in re.findall(r's\.(?:law|share)\("([a-z._]+)"\)', file.read_text(encoding="utf-8")):
            asked.setdefault(key, set()).update({owner} - {""})
    assert LIMITS.keys() == asked.keys()
    assert {} == {key: owners for key, owners in asked.items() if owners - {*LOOKS_AT[key]}}
    assert {*LIMITS, *RULINGS} == LOOKS_AT.keys()
    assert {name for names in LOOKS_AT.values() for name in names} <= PROCEDURES.keys()


def test_the_report_lists_open_cases_of_before_its_day(assembly: Assembly) -> None:
    """G01: both polls are open and keep two thirds; none of another procedure is there."""
    case = proposed(assembly)
    with assembly.database.transaction(write=False) as db:
        found = report_answer(db, case.number, "en")
    assert ["P-2006-0001", "P-2006-0002"] == [one["case"] for one in found["concerned"]]
    assert {"keep"} == {one["effect"] for one in found["concerned"]}
    assert "keep the rule they were opened under" == found["effect"]


def test_the_report_of_a_case_names_its_deadlines(assembly: Assembly) -> None:
    """Terms that were counted are told: they stay as they are."""
    assembly.do("wb", "poll.open", case="P-2006-0001", at="2006-05-03 10:00")
    case = confirmed(
        assembly, rule="poll.default_days", value=12, norm="9.3b", open_cases="follow", at="2006-05-04 10:00"
    )
    with assembly.database.transaction(write=False) as db:
        found = report_answer(db, case.number, "en")["concerned"]
    assert [[{"name": "closing", "due": "2006-05-14T00:00:00+06:00"}], []] == [one["deadlines"] for one in found]


def test_no_report_of_what_is_no_edition(assembly: Assembly) -> None:
    """A number of another procedure, or of nothing, is unknown."""
    for number in ("P-2006-0001", "N-2006-0009"):
        with assembly.database.transaction(write=False) as db, pytest.raises(Unknown):
            report_answer(db, number, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_are_answered_with_what_has_entered_them(assembly: Assembly, language: str) -> None:
    """By the release, by the settings or by an edition, as of a day."""
    book = Rulebook(overrides=((date(2006, 1, 1), "poll.reference_moment", "open"),))
    case = confirmed(assembly)
    with assembly.database.transaction(write=False) as db:
        before, after = (
            {
                one["rule"]: (one["value"], one["source"], one["edition"])
                for one in rules_answer(db, book, day, language)
            }
            for day in (date(2006, 5, 31), NEXT_YEAR)
        )
        listed = editions_answer(db, language)
    assert ("2/3", "release", None) == before["council.majority"]
    assert ("3/4", "edition", case.number) == after["council.majority"]
    assert ("open", "settings", None) == after["poll.reference_moment"]
    assert [(case.number, "confirmed")] == [(one["number"], one["state"]) for one in listed]


def test_an_edition_stands_before_the_settings_of_its_day(assembly: Assembly) -> None:
    """Of one day the edition's answer holds; a later line of the settings holds from its own day on."""
    lines = ((date(2006, 6, 1), "poll.reference_moment", "both"), (date(2007, 1, 1), "poll.reference_moment", "close"))
    book = Rulebook(overrides=lines)
    confirmed(assembly, rule="poll.reference_moment", value="open", norm="9.3a")
    with assembly.database.transaction(write=False) as db:
        law = book.in_force(db)
        found = [
            law.rulings_on(day)["poll.reference_moment"] for day in (date(2006, 5, 31), date(2006, 6, 1), NEXT_YEAR)
        ]
        answers = {one["rule"]: one["source"] for one in rules_answer(db, book, NEXT_YEAR, "en")}
    assert ["close", "open", "close"] == found
    assert "settings" == answers["poll.reference_moment"]
