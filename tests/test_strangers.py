"""Somebody with an account and no office: no page, form, list or file tells him what the API would refuse to tell.

Whom a case is about sees that case; of everything else he is shown no more than a stranger. An operator without an office is one.
"""

import re

import pytest

from desk.access.accounts import disable
from desk.pages.forms import Field, fields_of, leaves
from machines.alarms import Found, raise_alarm
from machines.procedures import PROCEDURES
from models.database import Database
from tests.api_client import Desk
from tests.browsers import browser, desk_of, let_in

CASE, ABOUT = "C-2006-0001", "p:A"
PAGES = (
    "/", "/cases", "/cases?text=Surname", "/cases?sort=newest", "/cases?mine=1", "/cases.csv", "/search?q=Surname", "/search?q=2006",
    f"/search?q={CASE}", "/search?q=Kostanay", "/calendar", "/calendar?month=2006-05", "/calendar?body=Kostanay", "/plan",
    f"/plan?number={CASE}", "/people", "/people.csv", f"/people/{ABOUT}", "/people/m1", "/bodies", "/bodies/Kostanay", "/offices",
    "/offices.csv", f"/cases/{CASE}", f"/cases/{CASE}?view=journal", f"/cases/{CASE}?as_of=2006-04-20", f"/cases/{CASE}/export",
    f"/cases/{CASE}/receipts/1", f"/cases/{CASE}/try", f"/cases/{CASE}/acts/admit", f"/calendar/events/{CASE}.ics",
    "/calendar/bodies/council.ics", f"/procedures/candidacy?case={CASE}", "/calendar/link", "/procedures", "/open",
)  # fmt: skip
OPENINGS = [(p, row) for p in PROCEDURES.values() for row in p.acts if row.opens_case and row.persons]
ACTS = [(p, row) for p in PROCEDURES.values() for row in p.acts if not row.opens_case and row.persons]


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    """Lend a desk where everybody has a surname of his own and p:A has been nominated."""
    desk = desk_of(sqlite_database, url="http://localhost:8420")
    names = ", ".join(f"name_{one} = 'Surname ' || person_id" for one in ("kk", "ru", "en"))
    with sqlite_database.transaction() as db:
        db.run(f"UPDATE people SET {names}, search_key = 'surname ' || lower(person_id)")
    desk.nominate()
    return desk


def told(desk: Desk, text: str, *, but: str = "p:B") -> list[str]:
    """Return the people, bodies and cases that a text names, besides one's own."""
    with desk.assembly.database.transaction(write=False) as db:
        people = [name for name, one in db.all("SELECT name_en, person_id FROM people") if one != but]
        rest = [name for (name,) in db.all("SELECT number FROM cases UNION SELECT body_id FROM bodies")]
    return [one for one in (*people, *rest) if re.search(rf"(?<![\w:-]){re.escape(one)}(?![\w-])", text)]


def typed_as(fields: tuple[Field, ...], text: str) -> dict[str, str]:
    """Type the same into every field."""
    return {one.path: text for one in leaves(fields, {})}


@pytest.mark.parametrize("operator", [False, True])
def test_pages_tell_strangers_nothing(desk: Desk, operator: bool) -> None:
    """Whatever he looks at: nobody is named, no body, no case but what stands in the address that he asked for."""
    here = let_in(
        browser(desk, host="localhost"), desk.assembly.database, "p:B", at=desk.assembly.now, operator=operator
    )
    found = {page: [one for one in told(desk, here.get(page).text) if one not in page] for page in PAGES}
    assert {} == {page: names for page, names in found.items() if names}


@pytest.mark.slow
def test_forms_find_nobody_for_strangers(desk: Desk) -> None:
    """Person choosers and lists of cases and bodies would be a register for everybody: of strangers they know only themselves."""
    here = let_in(browser(desk, host="localhost"), desk.assembly.database, "p:B", at=desk.assembly.now)
    for procedure, row in OPENINGS:
        address = f"/open/{procedure.name}/{row.name}"
        assert [] == told(desk, here.get(address).text), address
        for text in ("surname", f"x ({ABOUT})", CASE):
            for step in ("check", "do"):
                answer = here.post(address, data=typed_as(fields_of(row.facts), text) | {"step": step})
                assert [] == [one for one in told(desk, answer.text) if one not in text], (address, text)


@pytest.mark.slow
def test_many_at_once_name_no_case_of_others(desk: Desk) -> None:
    """A form sent with the numbers of cases that one may not see gives no titles back."""
    here = let_in(browser(desk, host="localhost"), desk.assembly.database, "p:B", at=desk.assembly.now)
    for procedure, row in ACTS:
        for step in ("", "check", "do"):
            asked = {"procedure": procedure.name, "act": row.name, "number": CASE, "step": step, "key": "k"}
            assert [] == told(
                desk, here.post("/cases/together", data=asked | typed_as(fields_of(row.facts), "x")).text
            ), row.name


def test_whom_a_case_is_about_sees_that_case_alone(desk: Desk) -> None:
    """A candidate sees his candidacy, not the poll about it, which let_see refuses him."""
    here = let_in(browser(desk, host="localhost"), desk.assembly.database, ABOUT, at=desk.assembly.now)
    with desk.assembly.database.transaction() as db:
        db.run(
            "UPDATE cases SET about = ? WHERE number = (SELECT min(number) FROM cases WHERE procedure = 'membership')",
            CASE,
        )
        (other,) = db.one("SELECT number FROM cases WHERE about = ?", CASE) or ("",)
    text = here.get(f"/cases/{CASE}").text
    assert (CASE in text, False) == (True, other in text)
    assert 403 == here.get(f"/cases/{other}").status_code


def test_alarms_are_for_who_looks_after(desk: Desk) -> None:
    """An alarm may name a case: strangers do not read it on their first page, office holders and operators do."""
    with desk.assembly.database.transaction() as db:
        raise_alarm(db, Found("disk:here", "disk", numbers={"place": "here", "free": 77}), desk.assembly.now)
    for who, operator, sees in (("p:B", False, False), ("wb", False, True), ("p:B", True, True)):
        here = let_in(
            browser(desk, host="localhost"), desk.assembly.database, who, at=desk.assembly.now, operator=operator
        )
        assert sees == ("disk" in here.get("/?lang=en").text.lower())


def test_whose_account_is_disabled_reads_no_more(desk: Desk) -> None:
    """Neither by the session that is open, nor by the secret link of the calendar."""
    here = let_in(browser(desk, host="localhost"), desk.assembly.database, "m1", at=desk.assembly.now)
    (link,) = re.findall(r"/calendar/me/[\w-]+", here.post("/calendar/link").text)[:1]
    assert (200, 200) == (here.get("/account").status_code, here.get(f"{link}.ics").status_code)
    with desk.assembly.database.transaction() as db:
        disable(db, "m1", at=desk.assembly.now)
    assert (303, 404) == (here.get("/account").status_code, here.get(f"{link}.ics").status_code)


def test_whose_office_has_ended_is_a_stranger_at_once(desk: Desk) -> None:
    """The session stays open; what the offices gave ends with them, in the same moment."""
    here = let_in(browser(desk, host="localhost"), desk.assembly.database, "m1", at=desk.assembly.now)
    assert 200 == here.get("/people").status_code
    with desk.assembly.database.transaction() as db:
        db.run("UPDATE mandates SET ended_at = ? WHERE person_id = ?", desk.assembly.now, "m1")
    assert [403, 403, 403] == [
        here.get(page).status_code for page in ("/people", "/people.csv", f"/cases/{CASE}/export")
    ]
    assert CASE not in here.get("/cases").text
