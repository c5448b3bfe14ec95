"""A poll through the API: many at once, nothing said by silence, and an end that is punctual (9.2c, 9.3)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from models import Database
from tests.api_client import Desk, is_problem
from tests.assembly import Assembly


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend the desk of an Assembly with a Council of six."""
    return Desk(Assembly(database, council=6, starts="2010-03-01 08:30"))


def opened(desk: Desk) -> str:
    """Open a poll until 10 March 2010, 24:00."""
    number = desk.open("d1", "poll.draft", {"kind": "other", "question": "To approve the appeal"}).json()["case"][
        "number"
    ]
    assert 201 == desk.act("wb", number, "open", {"closes_on": "2010-03-10"}).status_code
    return number


def test_an_open_poll_waits_on_who_has_not_answered(desk: Desk) -> None:
    """It stands in the inbox of each member of the Council until he answers."""
    number = opened(desk)
    assert number in desk.get("/inbox", "m1").text
    assert number in desk.get("/cases", "m1", waiting_on="me").text
    assert 201 == desk.act("m1", number, "answer", {"choice": "for"}, seen=None).status_code
    assert number not in desk.get("/inbox", "m1").text
    assert number in desk.get("/inbox", "m2").text
    is_problem(desk.act("m7", number, "answer", {"choice": "for"}, seen=None), 403, "forbidden")


def test_answers_do_not_stand_in_each_others_way(desk: Desk) -> None:
    """Six at one moment, none says what it has seen, all are counted."""
    number = opened(desk)
    people = [f"m{n}" for n in range(1, 7)]
    for person in people:
        desk.token(person)
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda who: desk.act(who, number, "answer", {"choice": "for"}, seen=None, key=who), people)
        )
    assert {201} == {answer.status_code for answer in answers}
    assert {"for": 6, "answered": 6}.items() <= desk.get(f"/cases/{number}").json()["counts"].items()
    desk.assembly.assert_replayable()


def test_a_poll_ends_when_it_ends(desk: Desk) -> None:
    """Without any sweep: at 24:00 the reader sees the outcome, the next act finds it, and what comes later is refused."""
    number = opened(desk)
    for n in range(1, 4):
        desk.act(f"m{n}", number, "answer", {"choice": "for"}, seen=None)
    desk.token("m4")
    desk.at("2010-03-11 00:00")
    case = desk.get(f"/cases/{number}").json()
    assert ("not_adopted", 3, 4) == (case["state"], case["counts"]["for"], case["counts"]["needed"])
    assert {"needed": 4, "missing": 1, "decided": True} == case["proof"]
    assert [] == case["deadlines"]
    assert "open" == desk.assembly.state(number)
    is_problem(desk.act("m4", number, "answer", {"choice": "for"}, seen=None), 409, "refused")
    assert "not_adopted" == desk.assembly.state(number)
    past = desk.get(f"/cases/{number}", as_of="2010-03-10").json()
    assert ("open", ["closing"]) == (past["state"], [each["name"] for each in past["deadlines"]])
