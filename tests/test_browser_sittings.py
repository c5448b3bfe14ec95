"""Sittings and votes in a real browser: scanning, lawful dates while typing, the hall that refreshes itself, nothing wrong for axe."""

from collections.abc import Iterator
from typing import Any

import pytest

from models import Database
from tests.api_client import Desk
from tests.assembly import Assembly
from tests.chromium import Screen, served
from tests.sittings import (
    convened_session,
    open_meeting,
    open_poll,
    open_session,
    registered_request,
    registering,
    vote,
    voting,
    voting_session,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WINDOWS = ((320, "light"), (768, "dark"), (1280, "light"))


@pytest.fixture
def assembly(sqlite_database: Database) -> Assembly:
    """Lend an Assembly of twelve, of whom six sit in the Council."""
    return Assembly(sqlite_database, members=12, council=6)


@pytest.fixture
def desk(assembly: Assembly) -> Iterator[tuple[Desk, str]]:
    """Serve it."""
    desk = Desk(assembly)
    with served(desk) as place:
        yield desk, place


def test_scanning_keeps_the_cursor_and_loses_nothing(browser: Any, assembly: Assembly, desk: tuple[Desk, str]) -> None:
    """Badge after badge without waiting: each is registered, the field is empty and has the focus; one click undoes it."""
    number = registering(assembly).number
    screen = Screen(browser, *desk, "wb")
    page = screen.open(f"/sessions/{number}/registration")
    for person in ("m1", "m2", "m3", "zzz", "m4"):
        page.keyboard.type(person)
        page.keyboard.press("Enter")
    page.get_by_text("Missing: 4").wait_for()
    assert ("who", "") == (page.evaluate("document.activeElement.id"), page.input_value("#who"))
    page.locator("button[value=m4]").first.click()
    page.get_by_text("no longer counted as present").wait_for()
    assert [] == screen.complaints


def test_scanning_without_scripts(browser: Any, assembly: Assembly, desk: tuple[Desk, str]) -> None:
    """The page comes back with the cursor in the field."""
    number = registering(assembly).number
    page = Screen(browser, *desk, "wb", java_script_enabled=False).open(f"/sessions/{number}/registration")
    for person in ("m1", "m2"):
        page.locator("#who").fill(person)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**came={person}")
    assert page.get_by_text("Present: 2").first.is_visible()


def test_lawful_dates_appear_while_one_types(browser: Any, desk: tuple[Desk, str]) -> None:
    """From the same functions as `/plan`; what was typed stays where it is (8.1b, 8.2c)."""
    screen = Screen(browser, *desk, "ch")
    page = screen.open("/open/session/convene")
    page.get_by_label("ordinary", exact=True).check()
    page.get_by_text("may begin on 14.05.2006 or later").wait_for()
    page.locator("#starts_at").fill("2006-06-20T10:00")
    page.get_by_text("must be announced by 20.05.2006").wait_for()
    page.get_by_label("extraordinary").check()
    page.locator('[id="order.date"]').fill("2006-04-14")
    page.get_by_text("20.06.2006 is not lawful").wait_for()
    assert "2006-06-20T10:00" == page.input_value("#starts_at")
    assert [] == screen.complaints


def test_what_is_typed_while_dates_are_asked_for_counts_too(browser: Any, desk: tuple[Desk, str]) -> None:
    """An answer that comes between typing and asking again does not lose what was typed last."""
    page = Screen(browser, *desk, "ch").open("/open/session/convene")
    page.locator("#starts_at").fill("2006-06-20T10:00")
    held: list[Any] = []
    page.route("**/lawful-dates/**", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/lawful-dates/**"):
        page.get_by_label("extraordinary").check()
    page.locator('[id="order.date"]').fill("2006-04-14")
    held[0].continue_()
    page.get_by_text("20.06.2006 is not lawful").wait_for()


def test_the_hall_refreshes_itself(browser: Any, assembly: Assembly, desk: tuple[Desk, str]) -> None:
    """Who comes is seen on the screen within seconds, and nobody has touched it."""
    number = registering(assembly, ["m1", "m2"]).number
    screen = Screen(browser, *desk, "m1", viewport={"width": 1280, "height": 800})
    page = screen.open(f"/sessions/{number}/hall?big=1")
    assert page.get_by_text("Missing: 6").is_visible()
    assembly.do("wb", "session.check_in", case=number, facts={"members": ["m3", "m4"]})
    page.get_by_text("Missing: 4").wait_for()
    assert [] == screen.complaints


def test_a_ballot_by_keyboard_alone(browser: Any, assembly: Assembly, desk: tuple[Desk, str]) -> None:
    """From the list of polls to the receipt (9.3a)."""
    number = open_poll(assembly).number
    screen = Screen(browser, *desk, "m1")
    page = screen.open("/polls")
    screen.tab_to("Vote")
    page.keyboard.press("Enter")
    page.locator("#choice").focus()  # the first of the three
    page.keyboard.press("Space")
    screen.tab_to("Check")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check before you confirm").wait_for()
    screen.tab_to("Confirm and vote")
    page.keyboard.press("Enter")
    page.get_by_text("Your vote is taken").wait_for()
    assert page.url.endswith(f"/ballots/{number}/receipts/3")


@pytest.mark.parametrize(("width", "theme"), WINDOWS)
def test_nothing_is_wrong_for_axe(
    browser: Any, assembly: Assembly, desk: tuple[Desk, str], width: int, theme: str
) -> None:
    """Every page of sittings, in both themes; none is wider than its window, down to 320 pixels."""
    asked = registered_request(assembly, 4).number
    meeting = open_meeting(assembly, ["m1", "m2"]).number
    question = voting(assembly, meeting).number
    convened = convened_session(assembly, at="2006-05-17 10:00", starts_at="2006-07-20 10:00").number
    session = open_session(assembly, assembly.people_in[:9], method="roll_call").number
    resolution = voting_session(assembly, session).number
    vote(assembly, resolution, assembly.people_in[:6])
    poll = open_poll(assembly, at="2006-06-20 11:00", closes_on="2006-06-30").number
    paths = ["/sessions", "/meetings", "/polls", "/open/session/convene?kind=ordinary", f"/requests/{asked}", f"/sessions/{convened}",
             f"/polls/{poll}", f"/ballots/{poll}", f"/questions/{question}", f"/ballots/{question}",
             f"/resolutions/{resolution}"]  # fmt: skip
    paths += [f"/{place}/{number}{more}" for place, number in (("sessions", session), ("meetings", meeting))
              for more in ("", "/hall", "/hall?big=1", "/registration")]  # fmt: skip
    found = {}
    for who in ("wb", assembly.people_in[0]):
        screen = Screen(browser, *desk, who, viewport={"width": width, "height": 900}, color_scheme=theme)
        for path in paths:
            screen.open(path)
            wrong = [*screen.violations(), *(["wider"] if screen.sideways() else []), *screen.complaints]
            screen.complaints.clear()
            found |= {(who, path): wrong} if wrong else {}
    assert {} == found
