"""The calls about editions and the calendar, and what `kenes edition` and `kenes calendar moves` print (desk/editions.py)."""

from datetime import date, timedelta

import pytest

from machines.calendar_versions import change
from models.database import Database
from tests.api_client import Desk
from tests.assembly import Assembly, considered
from tests.commands import Run, environment, home, run, told
from tests.test_edition import confirmed

__all__ = ["environment", "home", "run"]

BASIS = "basis={kind: decree, number: '149', date: 2026-11-20}"


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend the desk of an Assembly with a Council of nine."""
    return Desk(Assembly(database, members=12, council=9))


def test_rules_and_rulings_are_answered_as_of_a_day(desk: Desk) -> None:
    """What was entered holds from its day on, for everybody who asks this or another desk."""
    case = confirmed(desk.assembly, rule="poll.reference_moment", value="open", norm="9.3a")
    for day, value, source in (("2006-05-31", "close", "release"), ("2006-06-01", "open", "edition")):
        rules = {one["rule"]: one for one in desk.get("/rules", at=day).json()["items"]}
        assert (value, source) == (rules["poll.reference_moment"]["value"], rules["poll.reference_moment"]["source"])
        rulings = {one["key"]: one["value"] for one in desk.get("/rulings", at=day).json()["items"]}
        assert value == rulings["poll.reference_moment"]
    assert [case.number] == [one["number"] for one in desk.get("/editions").json()["items"]]


def test_totals_of_a_day_are_by_the_rules_of_the_day(desk: Desk) -> None:
    """Three quarters of nine are seven; the rules that were entered are named."""
    case = confirmed(desk.assembly)
    found = [desk.get("/members", at=day).json() for day in ("2006-05-31", "2006-06-01")]
    assert [(6, []), (7, [case.number])] == [
        (one["totals"]["council_majority"], one["edition"]["entered"]) for one in found
    ]


def test_the_report_is_answered(desk: Desk) -> None:
    """Of an edition; any other number is unknown (404)."""
    poll = desk.assembly.do("d1", "poll.draft", at="2006-04-13 09:00", facts={"kind": "other", "question": "The plan"})
    case = confirmed(desk.assembly)
    report = desk.get(f"/editions/{case.number}").json()
    assert [(poll.number, "keep")] == [(one["case"], one["effect"]) for one in report["concerned"]]
    assert 404 == desk.get(f"/editions/{poll.number}").status_code


def test_what_a_changed_calendar_would_move_is_answered(desk: Desk) -> None:
    """Both dates, and how the new one was counted."""
    considered(desk.assembly)
    with desk.assembly.database.transaction() as db:
        change(
            db, date(2006, 5, 25), "day_off_moved", actor="wb", at=desk.assembly.at("2006-05-17 10:00"), note="Order 4"
        )
    found = desk.get("/calendar/moves").json()["items"]
    assert [("2006-05-31T00:00:00+06:00", "2006-06-01T00:00:00+06:00", 2)] == [
        (one["due"], one["would_be"], one["version"]) for one in found
    ]


def test_an_edition_by_the_command_line(home: Run) -> None:
    """Proposed, reported, confirmed, listed; the rules of its day have it, and so have the rulings."""
    facts = ("rule=poll.reference_moment", "value=open", "since=2027-01-01", "norm=9.3a", BASIS)
    home("case", "open", "edition.propose", "--as", "wb", *(part for fact in facts for part in ("--fact", fact)))
    number = told(home, "edition", "list")["items"][0]["number"]
    assert "open cases concerned: 0" in home("edition", "report", number).stdout
    home("edition", "report", "N-2026-0009", status=4)
    home("case", "act", number, "confirm", "--as", "ch", later=timedelta(hours=1))
    assert f"{number}  confirmed" in home("edition", "list").stdout.replace("\t", "  ")
    rules = {one["rule"]: one for one in told(home, "edition", "rules", "--on", "2027-01-01")["items"]}
    assert ("open", number) == (rules["poll.reference_moment"]["value"], rules["poll.reference_moment"]["edition"])
    rulings = {one["key"]: one for one in told(home, "rulings", "--on", "2027-01-01")["items"]}
    assert ("open", number) == (rulings["poll.reference_moment"]["value"], rulings["poll.reference_moment"]["source"])
    assert "No open deadline would move." in home("calendar", "moves").stdout
