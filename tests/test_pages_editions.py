"""Editions, decisions on terms and erasures at the desk: entered by the forms of every act, told by the pages of the law."""

from datetime import date

import pytest

from machines.calendar_versions import change
from machines.dated_rules import LIMITS, typed_value
from machines.rulings import RULINGS
from models.database import Database
from tests.api_client import Desk
from tests.assembly import Assembly, considered
from tests.browsing import Visit

PAPER = {"basis__kind": "act", "basis__number": "12", "basis__date": "2006-04-10"}


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend the desk of an Assembly in office, on either database."""
    return Desk(Assembly(database))


def entered(desk: Desk, rule: str, value: str, norm: str) -> str:
    """Enter an edition by the forms of two people and return its case."""
    Visit(desk, "wb").act("/open/edition/propose", rule=rule, value=value, since="2006-04-20", norm=norm, **PAPER)
    with desk.assembly.database.transaction(write=False) as db:
        ((number,),) = db.all("SELECT max(number) FROM cases WHERE procedure = 'edition'")
    Visit(desk, "ch").act(f"/cases/{number}/acts/confirm")
    return str(number)


def test_a_number_is_entered_by_form_and_told_by_the_pages(desk: Desk) -> None:
    """What is typed is text: of a rule that is a whole number it becomes one; from its day on the page of the rulings tells it."""
    number = entered(desk, "poll.default_days", "14", "9.3b")
    text = Visit(desk, "m1").get("/rulings?as_of=2006-04-25").text
    line = text.partition('id="poll.default_days"')[2].partition("</tr>")[0]
    assert ("14</code>" in line, number in line) == (True, True)
    before = Visit(desk, "m1").get("/rulings?as_of=2006-04-16").text.partition('id="poll.default_days"')[2]
    assert "10</code>" in before.partition("</tr>")[0]


def test_a_ruling_is_entered_by_form_and_told_by_the_pages(desk: Desk) -> None:
    """A ruling that an edition answers anew is in force on the page as it is for the acts."""
    number = entered(desk, "session.notice.extra_day", "иә", "8.1b")
    section = Visit(desk, "m1").get("/rulings?as_of=2006-04-25").text.partition('id="session.notice.extra_day"')[2]
    assert number in section.partition("</section>")[0]


@pytest.mark.parametrize("rule", [*LIMITS, *RULINGS])
def test_every_rule_can_be_typed(rule: str) -> None:
    """The least value of a number and the default of a ruling, written as people see them, are read back."""
    value = RULINGS[rule].default if rule in RULINGS else LIMITS[rule].least
    text = (
        ", ".join(value) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else str(value)
    )
    assert typed_value(rule, text) == (value if not hasattr(value, "part") else text)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_rules_are_chosen_by_their_names(desk: Desk, language: str) -> None:
    """Nobody types the key of a rule."""
    text = Visit(desk, "wb", language).get("/open/edition/propose").text
    assert text.count("<option") >= len(LIMITS) + len(RULINGS)
    assert '<option value="poll.default_days"' in text


def test_a_deadline_is_decided_of_from_the_page_of_moves(database: Database) -> None:
    """The page leads to the decision with case, deadline and version filled in (H05); the deadline is offered, and no body is."""
    desk = Desk(Assembly(database))
    considered(desk.assembly)
    with database.transaction() as db:
        change(db, date(2006, 5, 25), "day_off_moved", actor="wb", at=desk.at("2006-05-17 10:00"), note="Order 4")
    assert "/open/term_decision/" not in Visit(desk, "m1").get("/calendar/moves").text
    page = Visit(desk, "ch").read("/calendar/moves")
    (address,) = [one for one in page.links if "/term_decision/move" in one]
    form = Visit(desk, "ch").get(address).text
    assert ('<option value="submission" selected' in form, "Kostanay" in form) == (True, False)
    Visit(desk, "ch").act(address, reason="Order 4")
    assert "Nothing is to be decided" in Visit(desk, "ch").read("/calendar/moves").text
    assert {"consideration": "closed", "submission": "2006-06-01 00:00"} == desk.assembly.deadlines("C-2006-0001")


def test_an_erasure_is_ordered_by_form(desk: Desk) -> None:
    """Somebody whom no case needs any more is erased by the working body, from form to receipt."""
    receipt = Visit(desk, "wb").act("/open/erasure/order", person="p:B", ground="own_request", **PAPER)
    assert "X-2006-0001" in receipt.text
    with desk.assembly.database.transaction(write=False) as db:
        assert (1,) == db.one("SELECT count(*) FROM people WHERE person_id = 'p:B' AND erased_at IS NOT NULL")
