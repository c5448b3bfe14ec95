"""Many at once: one effect of one key, one of two officials first, and no gap in the chain."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from models import Database
from tests.api_client import NOMINATION, Desk, is_problem
from tests.assembly import Assembly


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend the desk of an Assembly with two officials in the working body."""
    return Desk(Assembly(database, working_body=2))


def test_two_officials_at_once(desk: Desk) -> None:
    """Both have seen entry 1: one entry is made, the other is told of it (412)."""
    number = desk.nominate()
    for person in ("wb", "wb2"):
        desk.token(person)
    with ThreadPoolExecutor(2) as pool:
        acts = [("wb", "admit", {}), ("wb2", "return", {"reason": "Not in order"})]
        answers = list(pool.map(lambda one: desk.act(one[0], number, one[1], one[2], seen=1), acts))
    assert [201, 412] == sorted(answer.status_code for answer in answers)
    (conflict,) = (is_problem(answer, 412, "conflict") for answer in answers if answer.status_code == 412)
    assert ([2], 2) == ([entry["seq"] for entry in conflict["entries"]], desk.assembly.seq(number))
    desk.assembly.assert_replayable()


def test_fifty_times_one_key_on_one_case(desk: Desk) -> None:
    """The same act fifty times at one moment: one entry, one answer."""
    number = desk.nominate()
    desk.token("wb")
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: desk.act("wb", number, "admit", seen=1, key="once"), range(50)))
    assert ({201}, 1) == ({answer.status_code for answer in answers}, len({answer.content for answer in answers}))
    assert 49 == sum(answer.headers.get("idempotent-replay") == "true" for answer in answers)
    assert ["nominate", "admit"] == desk.assembly.acts(number)
    desk.assembly.assert_replayable()


def test_fifty_times_one_key_for_a_new_case(desk: Desk) -> None:
    """A case is opened once, though fifty ask for it with one key."""
    desk.token("s:Kostanay")
    with ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(lambda _: desk.open("s:Kostanay", "candidacy.nominate", NOMINATION, key="once"), range(50))
        )
    assert ({201}, 1) == ({answer.status_code for answer in answers}, len({answer.content for answer in answers}))
    assert 1 == len(desk.assembly.cases("candidacy", "p:A"))
    desk.assembly.assert_replayable()


def test_twenty_keys_for_one_new_person_each(desk: Desk) -> None:
    """Everybody entered at one moment gets a number of his own."""
    desk.token("wb")
    names = {"name_kk": "Асан", "name_ru": "Асан", "name_en": "Asan"}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: desk.post("/people", "wb", names, key=f"k{n % 10}"), range(20)))
    assert ({201}, 10) == (
        {answer.status_code for answer in answers},
        len({answer.json()["person_id"] for answer in answers}),
    )
