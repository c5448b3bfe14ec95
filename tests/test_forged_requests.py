"""Requests that no page of the desk sends: each is answered with what is wrong, none is a bug, none leads away from here."""

import re

import pytest

from desk.pages.appearance import local_address
from models.database import Database
from tests.api_client import Desk
from tests.browsers import OWN, browser, desk_of, let_in
from tests.full_store import rows_of

CASE = "C-2006-0001"
NUL = (
    f"/cases/{CASE}%00", "/people/%00", "/people?region=%00", "/bodies?kind=%00", "/calendar?body=%00", "/plan?number=%00",
    f"/procedures/candidacy?case={CASE}%00", "/calendar/events/%00.ics", "/calendar/bodies/%00.ics", "/search?q=%00",
)  # fmt: skip


@pytest.fixture
def desk(database: Database) -> Desk:
    """Lend a desk with one candidacy, on either database."""
    desk = desk_of(database, url="http://localhost:8420")
    desk.nominate()
    return desk


def test_no_address_has_a_nul(desk: Desk) -> None:
    """PostgreSQL keeps no NUL: what has one is refused before anything is asked of the rows."""
    here = let_in(browser(desk, host="localhost"), desk.assembly.database, "wb", at=desk.assembly.now)
    assert {400} == {here.get(address).status_code for address in NUL}
    assert 400 == here.post("/account/sessions/%00/end").status_code
    assert 404 == here.get(f"/cases/{CASE}/receipts/{10**24}").status_code


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-16", "idna", "rot13"])
def test_a_form_is_in_unicode(desk: Desk, charset: str) -> None:
    """Who sends a form does not choose by which codec it is read: some of them decode to letters that cannot be kept."""
    here = let_in(browser(desk, host="localhost"), desk.assembly.database, "wb", at=desk.assembly.now)
    part = b'--b\r\nContent-Disposition: form-data; name="reason"\r\n\r\n\\ud800\r\n--b--\r\n'
    sent = {"Content-Type": f"multipart/form-data; boundary=b; charset={charset}"}
    assert 400 == here.post(f"/cases/{CASE}/acts/return", content=part, headers=sent).status_code
    assert 400 == here.post("/sign-in", content=part, headers=sent).status_code


def test_numbers_that_are_none_are_no_bug(desk: Desk) -> None:
    """What a hidden field of a list had seen is read as far as it is a number."""
    here = let_in(browser(desk, host="localhost"), desk.assembly.database, "wb", at=desk.assembly.now)
    sent = {"procedure": "candidacy", "act": "admit", "number": CASE, "step": "do", "key": "k"}
    before = rows_of(desk.assembly.database)
    for seen in ("9" * 6000, "٣", "-1", ""):
        assert 200 == here.post("/cases/together", data=sent | {f"seen.{CASE}": seen}).status_code
    assert before == rows_of(desk.assembly.database)


@pytest.mark.parametrize("cookie", ["a,b=1", "a/b=1", "=;=;", "kenes=" + "x" * 10_000])
def test_cookies_of_any_form_are_read(desk: Desk, cookie: str) -> None:
    """A browser's cookies are not ours alone: one of an odd name is no bug, and gives no rights."""
    here = browser(desk, host="localhost", headers={"Cookie": cookie, "Accept": "text/html"})
    assert 200 == here.get("/").status_code
    assert here.post("/api/v1/cases", json={}).status_code in (401, 403)
    assert 303 == here.get("/cases", headers=OWN).status_code


@pytest.mark.parametrize(
    "away", ["http://[", "//[", "//a.example", "/\\a.example", "https:a.example", "javascript:alert(1)", "/a\r\nX: 1"]
)
def test_no_form_leads_away(desk: Desk, away: str) -> None:
    """Wherever a form says where to go on, it is an address of this desk."""
    here = let_in(browser(desk, host="localhost"), desk.assembly.database, "wb", at=desk.assembly.now)
    assert "/" == local_address(away)
    assert "/" == here.post("/looks", data={"theme": "dark", "back": away}).headers["location"]
    assert 200 == here.get("/sign-in", params={"next": away}).status_code
    asked = {"procedure": "candidacy", "act": "admit", "back": away, "number": CASE, "step": "check"}
    assert f'"{away}"' not in here.post("/cases/together", data=asked).text


def test_the_page_of_an_address_that_begins_twice_leads_nowhere_else(desk: Desk) -> None:
    """`//a.example` is an address at this desk for the server and another host for a link: no link is written so."""
    text = browser(desk, host="localhost").get("/%2F/a.example/x?q=1").text
    assert "/a.example/x?q=1&amp;lang=kk" in text
    assert [] == re.findall(r'(?:href|value)="[/\\]{2}', text)
