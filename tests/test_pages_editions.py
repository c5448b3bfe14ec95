"""Editions, decisions on terms and erasures at the desk: entered by the forms of every act, told by the pages of the law."""

import re
from datetime import date
from urllib.parse import urlencode

import pytest

from desk.editions import value_name
from machines.calendar_versions import change
from machines.dated_rules import LIMITS, answers, is_chosen, typed_value, written
from machines.rulings import RULINGS
from machines.wording import LANGUAGES
from models.database import Database
from tests.api_client import Desk
from tests.assembly import Assembly, considered
from tests.browsing import Visit

PAPER = {"basis__kind": "act", "basis__number": "12", "basis__date": "2006-04-10"}

BASIS = {name.replace("__", "."): value for name, value in PAPER.items()}


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
    assert (">14<" in line, number in line) == (True, True)
    before = Visit(desk, "m1").get("/rulings?as_of=2006-04-16").text.partition('id="poll.default_days"')[2]
    assert ">10<" in before.partition("</tr>")[0]


def test_a_ruling_is_entered_by_form_and_told_by_the_pages(desk: Desk) -> None:
    """A ruling that an edition answers anew is in force on the page as it is for the acts."""
    number = entered(desk, "session.notice.extra_day", "иә", "8.1b")
    section = Visit(desk, "m1").get("/rulings?as_of=2006-04-25").text.partition('id="session.notice.extra_day"')[2]
    assert number in section.partition("</section>")[0]


def test_the_page_of_rulings_tells_answers_in_words(desk: Desk) -> None:
    """The names of the settings are for nobody to read there."""
    entered(desk, "session.notice.mode", "exactly", "8.1b")
    text = Visit(desk, "wb", "kk").read("/rulings?as_of=2006-04-25").text
    codes = {each for one in RULINGS.values() for each in (*one.values, *(one.members or ())) if isinstance(each, str)}
    assert [] == [code for code in codes if re.search(rf"\b{code}\b", text)]


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


PROPOSE = "/open/edition/propose"


@pytest.mark.parametrize("rule", [rule for rule in RULINGS if is_chosen(rule)])
def test_every_answer_of_a_ruling_has_its_name(rule: str) -> None:
    """In each language another one; whole numbers are as they are."""
    for value in map(written, answers(rule)):
        said = {value_name(rule, value, language) for language in LANGUAGES}
        assert (
            said == {value}
            if value.isdecimal()
            else (3, False) == (len(said), value in said - {"advisory", "blocking"})
        )


@pytest.mark.parametrize(
    ("rule", "present", "offered", "norm"),
    [
        ("poll.default_days", "10", 'name="value" type="number"', "9.3b"),
        ("session.quorum", "2/3", "1/2 … 1", "8.3a"),
        ("session.notice.extra_day", "no", '<option value="true">yes</option>', "8.1b"),
        ("poll.reference_moment", "at the closing", '<option value="both">at both</option>', "9.2c"),
        ("poll.excluded_kinds", "candidacy", "programme document", "9.2b"),
    ],
)
def test_the_form_is_of_the_rule_that_was_chosen(desk: Desk, rule: str, present: str, offered: str, norm: str) -> None:
    """Its present value, what it may be, the norms that lay it down: by its shape, without scripts."""
    chosen = Visit(desk, "wb").post(PROPOSE, {"rule": rule, "step": "form"}).text
    assert f"now: {present}" in chosen
    assert offered in chosen
    assert f'<option value="{norm}"' in chosen
    linked = Visit(desk, "wb").get(f"{PROPOSE}?rule={rule}").text
    assert offered in linked
    assert f'href="{PROPOSE}?rule={rule}"' in Visit(desk, "wb").get("/rulings").text


def test_each_rule_is_offered_with_its_present_value(desk: Desk) -> None:
    """By name; what an edition has entered is the present value from its day on."""
    assert "— 10</option>" in Visit(desk, "wb").get(PROPOSE).text
    entered(desk, "poll.default_days", "14", "9.3b")
    desk.at("2006-04-25 10:00")
    assert "— 14</option>" in Visit(desk, "wb").get(PROPOSE).text


@pytest.mark.parametrize(
    ("since", "said", "status"),
    [
        ("", "holds from 15.04.2006 at the earliest", 422), ("2006-04-14", "14.04.2006 is too early", 409),
        ("2006-04-15", "It would hold from 15.04.2006", 200),
    ],
)  # fmt: skip
def test_the_first_lawful_day_stands_beside_the_form(desk: Desk, since: str, said: str, status: int) -> None:
    """The law of a day is settled before it begins (D.4): the page says what the guard holds to."""
    typed = {"rule": "poll.default_days", "value": "14", "norm": "9.3b", "since": since} | BASIS
    page = Visit(desk, "wb").post(PROPOSE, typed | {"step": "form"}).text
    assert said in page
    Visit(desk, "wb").post(PROPOSE, typed | {"step": "check"}, status)


def test_a_value_that_is_none_is_told_while_one_types(desk: Desk) -> None:
    """In the words in which the act refuses it."""
    page = Visit(desk, "wb").post(PROPOSE, {"rule": "session.majority", "value": "1/2", "step": "form"}).text
    assert "&gt;1/2 … 1" in page
    assert "“1/2” is no value of this rule" in page


def test_whom_an_edition_concerns_is_told_before_it_is_proposed_and_confirmed(desk: Desk) -> None:
    """Each open case with its open terms, and that it keeps its rule (D.4, G01): on the form, on both checks, live."""
    case = considered(desk.assembly)
    typed = {"rule": "candidacy.submission_working_days", "value": "7", "since": "2006-06-20", "norm": "14.2b"}
    typed |= BASIS
    form = Visit(desk, "wb").read(PROPOSE).fields
    told = (
        "Open cases concerned by an edition from 20.06.2006: 1.",
        "keep the rule they were opened under",
        str(case.number),
    )
    pages = [Visit(desk, "wb").post(PROPOSE, form | typed | {"step": step}).text for step in ("form", "check")]
    pages.append(Visit(desk, "wb").get("/lawful-dates/edition/propose?" + urlencode(typed)).text)
    Visit(desk, "wb").act(PROPOSE, **{name.replace(".", "__"): value for name, value in typed.items()})
    pages.append(Visit(desk, "ch").get("/cases/N-2006-0001/acts/confirm").text)
    for page in pages:
        assert all(one in page for one in told)
    assert "working days to submit a candidacy" in pages[1]  # the rule by its name


def test_what_is_proposed_is_told_by_names(desk: Desk) -> None:
    """Neither the key of a rule nor that of an answer is shown before it is proposed, nor in the case."""
    typed = {"rule": "poll.reference_moment", "value": "both", "since": "2006-04-20", "norm": "9.2c"} | BASIS
    check = Visit(desk, "wb").post(PROPOSE, typed | {"step": "check"}).text.partition(f'action="{PROPOSE}"')[0]
    assert ("at both" in check, "poll.reference_moment" in check) == (True, False)
    entered(desk, "poll.reference_moment", "both", "9.2c")
    assert "at both" in Visit(desk, "ch").get("/cases/N-2006-0001").text


def test_strangers_are_told_of_no_case(desk: Desk) -> None:
    """How many are concerned is no secret; which, only those see who see cases."""
    case = considered(desk.assembly)
    typed = urlencode({"rule": "candidacy.submission_working_days", "since": "2006-06-20"})
    page = Visit(desk, "p:B").get(f"/lawful-dates/edition/propose?{typed}").text
    assert "concerned by an edition from 20.06.2006: 1." in page
    assert str(case.number) not in page


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_counted_is_none(desk: Desk, since: str) -> None:
    """Beside the form the first lawful day stands, and what is typed is called wrong, not a failure of the desk."""
    desk.nominate()
    typed = {"rule": "candidacy.approval_days", "value": "14", "norm": "14.2c", "since": since} | BASIS
    assert "at the earliest" in Visit(desk, "wb").post(PROPOSE, typed | {"step": "check"}, 422).text
    query = urlencode({"rule": typed["rule"], "since": since})
    assert "at the earliest" in Visit(desk, "wb").get(f"/lawful-dates/edition/propose?{query}").text
