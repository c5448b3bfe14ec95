"""No page contains a rule: what the page of a case lets somebody do is what the API answers about the same case to the same person."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from desk.demo.accounts import ROLES
from desk.demo.loading import load_demo
from desk.pages.own import page_of, page_of_act
from machines.rulebook import Rulebook
from models.database import Database
from tests.api_client import Desk
from tests.browsers import browser, let_in

pytestmark = pytest.mark.slow  # the demonstration is loaded, and every state of it is looked at by everybody

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
BUTTON = re.compile(r'<a class="button[^"]*" href="([^"]+)"')
GREYED = r'aria-disabled="true"[^>]*aria-describedby="why-(?:{}-)?(\w+)"'
ENTER = re.compile(r'href="/cases/[^"/]+/acts/(\w+)\?behalf=1"')
OF_EACH_STATE = "SELECT min(number) FROM cases GROUP BY procedure, state ORDER BY procedure, state"


class Demonstration:
    """What a desk asks of an Assembly: its rows, its rules, its clock."""

    def __init__(self, database: Database) -> None:
        self.database, self.book, self.now = database, Rulebook(), NOW


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    """Lend the desk of the demonstration."""
    load_demo(sqlite_database, now=NOW, book=Rulebook())
    return Desk(Demonstration(sqlite_database), url="http://localhost:8420")  # type: ignore[arg-type]


def acts(page: str, number: str, known: list[dict[str, Any]]) -> tuple[set[str], set[str]]:
    """Return the acts of a case that a page offers, and those that it shows greyed."""
    part = page.partition("<main")[2].partition("</main>")[0]
    leads = {page_of_act(number, one["act"]): one["act"] for one in known}
    return {leads[href] for href in BUTTON.findall(part) if href in leads}, {*re.findall(GREYED.format(number), part)}


def test_buttons_are_what_the_api_answers(desk: Desk) -> None:
    """A case in each state of each procedure, as each of seven people.

    What may be done is a button, what falls to somebody and may not be done now is greyed, what is others' is neither: so on
    the page of every case; on the page that a case has of its own stands no more.
    """
    database = desk.assembly.database
    with database.transaction(write=False) as db:
        numbers = [number for (number,) in db.all(OF_EACH_STATE)]
    for person in ROLES:
        here = let_in(browser(desk, host="localhost"), database, person, at=NOW)
        for number in numbers:
            answer = desk.get(f"/cases/{number}/acts", person)
            page = here.get(f"/cases/{number}")
            assert (answer.status_code == 200) == (page.status_code == 200), (person, number)
            if answer.status_code != 200:
                continue
            known = answer.json()["items"]
            may = {one["act"] for one in known if one["allowed"]}
            mine = {one["act"] for one in known if one["office"]}
            assert (may, mine - may) == acts(page.text, number, known), (person, number)
            assert {one["act"] for one in known if one["may_enter"] and not one["office"]} == {
                *ENTER.findall(page.text)
            }
            offered, greyed = acts(here.get(page_of(number)).text, number, known)
            assert offered <= may, (person, number)
            assert greyed <= mine - may, (person, number)
