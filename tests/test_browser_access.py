"""Signing in with a real browser: one click in the demonstration, a password, a passkey of a device that the browser pretends to have."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from desk.door import Door
from models.database import Database
from tests.api_client import Desk
from tests.browsers import PASSWORD, desk_of, give_account
from tests.chromium import context_of
from tests.receivers import free_port

AXE = Path(__file__).parent / "vendor" / "axe.min.js"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@contextmanager
def served(desk: Desk, port: int) -> Iterator[None]:
    """Serve the application of a test on loopback."""
    server = uvicorn.Server(uvicorn.Config(desk.app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.05)
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def place(sqlite_database: Database) -> Iterator[tuple[Desk, str]]:
    """Serve a desk under a name, at which m1 has an account and ch is a person of the demonstration."""
    port = free_port()
    desk = desk_of(sqlite_database, url=f"http://localhost:{port}")
    assert isinstance(desk.app.state.door, Door)
    give_account(desk, "m1")
    give_account(desk, "ch", password="", demonstration=True)
    with served(desk, port):
        yield desk, f"http://localhost:{port}"


@contextmanager
def page_in(browser: Any, **options: Any) -> Iterator[Any]:
    """Open a page in Chromium; whatever it says of errors ends the test."""
    context = context_of(browser, **options)
    page = context.new_page()
    said: list[str] = []
    page.on(
        "console",
        lambda message: said.append(message.text) if message.type == "error" and "422" not in message.text else None,
    )
    yield page
    context.close()
    assert [] == said


def test_a_passkey_from_the_account_to_the_next_sign_in(browser: Any, place: tuple[Desk, str]) -> None:
    """By password first; then the device signs in without one. No word of the policy stands in the way."""
    _, url = place
    with page_in(browser) as page:
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        can = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        device.send("WebAuthn.addVirtualAuthenticator", {"options": can | {"automaticPresenceSimulation": True}})
        page.goto(f"{url}/sign-in?next=/account&lang=en")
        page.get_by_label("Name of the account").fill("m1")
        page.locator("#password").fill("wrong")
        page.locator("form button", has_text="Sign in").click()
        assert "There is no account" in page.locator("[role=alert]").first.inner_text()
        page.locator("#password").fill(PASSWORD)
        page.locator("form button", has_text="Sign in").click()
        page.wait_for_url("**/account")
        page.get_by_label("Name of the device").fill("Phone")
        page.locator("#passkey-password").fill(PASSWORD)
        page.get_by_role("button", name="Add a passkey").click()
        page.wait_for_url("**/account?done=passkey")
        page.locator("details.menu summary").click()
        page.get_by_role("button", name="Sign out").click()
        page.goto(f"{url}/sign-in?next=/account")
        page.get_by_role("button", name="Sign in by passkey").click()
        page.wait_for_url("**/account")
        assert "by passkey" in page.locator("main").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_one_click_in_the_demonstration(browser: Any, place: tuple[Desk, str], scripts: bool) -> None:
    """With scripts and without."""
    _, url = place
    with page_in(browser, java_script_enabled=scripts) as page:
        page.goto(f"{url}/sign-in?lang=en")
        page.get_by_role("button", name="Chairman", exact=True).click()
        page.wait_for_url(f"{url}/")
        assert 1 == page.locator("details.menu").count()
        assert not re.search("Sign in", page.locator("header").inner_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_everybody_can_use_the_pages(browser: Any, place: tuple[Desk, str], width: int, scheme: Any) -> None:
    """Axe finds nothing on them, and nothing has to be scrolled sideways."""
    _, url = place
    with page_in(browser, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True) as page:
        page.goto(f"{url}/sign-in")
        faults = _faults(page)
        page.get_by_label("Name of the account").fill("m1")
        page.locator("#password").fill(PASSWORD)
        page.locator("form button", has_text="Sign in").click()
        page.goto(f"{url}/account")
        assert [] == faults + _faults(page)


def _faults(page: Any) -> list[str]:
    page.add_script_tag(path=AXE)
    found = page.evaluate(
        "axe.run().then(told => told.violations.map(one => one.id + ' ' + one.nodes.map(node => node.target)))"
    )
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"too wide: {page.url}")
    return list(found)
