"""The daily work in a real browser: no barrier on any page in either theme, no sideways scrolling, keyboard only, without scripts."""

from collections.abc import Iterator
from typing import Any

import pytest

from models import Database
from tests.api_client import Desk
from tests.assembly import Assembly
from tests.chromium import Screen, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS, THEMES = (320, 1280), ("light", "dark")
PATHS = ("/", "/cases", "/cases?procedure=candidacy&state=nominated", "/open", "/open/candidacy/nominate", "/cases/{0}", "/cases/{1}",
         "/cases/{0}?view=journal", "/cases/{0}?as_of=2006-04-14", "/cases/{0}/receipts/2", "/cases/{1}/acts/admit",
         "/cases/{1}/acts/return", "/cases/{0}/acts/submit", "/rulings", "/nowhere")  # fmt: skip


@pytest.fixture
def desk(sqlite_database: Database) -> Iterator[Any]:
    """Serve a desk with one candidacy before the Council and one just nominated."""
    desk = Desk(Assembly(sqlite_database, candidates=("A", "B")))
    numbers = [desk.nominate(person="p:A"), desk.nominate(person="p:B")]
    desk.act("wb", numbers[0], "admit")
    with served(desk) as place:
        yield desk, place, numbers


@pytest.mark.parametrize("who", ["wb", None])
def test_no_page_has_a_barrier(browser: Any, desk: Any, who: str | None) -> None:
    """Axe finds 0 violations on every page, in both themes, narrow and wide; nothing scrolls sideways at 320 pixels."""
    built, place, numbers = desk
    screen = Screen(browser, built, place, who, language="ru")
    found = []
    for path in PATHS if who else ("/", "/sign-in", "/nowhere"):
        for width in WIDTHS:
            screen.page.set_viewport_size({"width": width, "height": 900})
            for theme in THEMES:
                screen.page.emulate_media(color_scheme=theme)
                screen.open(path.format(*numbers))
                found += [(path, width, theme, one) for one in screen.violations()]
                found += [(path, width, "wider by", screen.sideways())] if screen.sideways() > 0 else []
    assert [] == found
    assert [] == [one for one in screen.complaints if "404" not in one and "403" not in one]


def test_the_errors_of_a_form_have_no_barrier(browser: Any, desk: Any) -> None:
    """The list on top has the focus, its links lead to the fields."""
    built, place, numbers = desk
    screen = Screen(browser, built, place, "wb", viewport={"width": 320, "height": 800})
    page = screen.open(f"/cases/{numbers[1]}/acts/return")
    page.get_by_role("button", name="Check").click()
    assert ([], True) == (screen.violations(), screen.sideways() <= 0)
    assert page.evaluate("document.activeElement.classList.contains('errors')")
    page.get_by_role("link", name="Reason: is required").click()
    assert f"{page.url}".endswith("#reason")


def test_by_the_keyboard_from_inbox_to_receipt(browser: Any, desk: Any) -> None:
    """Nothing but Tab and Enter."""
    built, place, numbers = desk
    screen = Screen(browser, built, place, "wb")
    page = screen.open("/")
    screen.tab_to(": admit / return for correction")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{numbers[1]}")
    screen.tab_to("Admit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/acts/admit")
    screen.tab_to("Confirm: Admit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipts/2")
    assert "Done: Admit" in page.inner_text("h1")
    assert "admissible" == built.assembly.state(numbers[1])


def test_what_cannot_be_done_is_reached_by_the_keyboard(browser: Any, desk: Any) -> None:
    """A greyed act has the focus like any other, says why not, and leads nowhere."""
    built, place, numbers = desk
    built.assembly.consider(numbers[0], at="2006-05-15 10:00")
    built.act("d1", numbers[0], "submit")
    screen = Screen(browser, built, place, "d1")
    page = screen.open(f"/cases/{numbers[0]}")
    screen.tab_to("Submit for approval")
    described = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-describedby')).innerText"
    )
    assert "14.2b" in described
    page.keyboard.press("Enter")
    assert page.url.endswith(numbers[0])


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_without_scripts_from_inbox_to_receipt(browser: Any, desk: Any, language: str) -> None:
    """Every step is a link or a form, in every language."""
    built, place, numbers = desk
    screen = Screen(browser, built, place, "wb", language=language, java_script_enabled=False)
    page = screen.open("/")
    page.locator(f'.tasks a[href="/cases/{numbers[1]}"]').click()
    page.locator(f'a[href="/cases/{numbers[1]}/acts/return"]').click()
    page.locator("#reason").fill("Құжат жетіспейді")
    page.locator('button[value="check"]').click()
    page.locator('button[value="do"]').click()
    assert page.url.endswith(f"/cases/{numbers[1]}/receipts/2")
    assert "inadmissible" == built.assembly.state(numbers[1])


def test_the_slash_leads_to_the_search(browser: Any, desk: Any) -> None:
    """A shortcut, never the only way."""
    built, place, _ = desk
    page = Screen(browser, built, place, "wb").open("/cases")
    page.keyboard.press("/")
    assert "seek" == page.evaluate("document.activeElement.id")
