"""The desk in a real browser: served on a free port, looked at with Chromium of the system."""

import contextlib
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from desk.access.accounts import open_account
from desk.access.web_sessions import begin_session, cookie_name
from tests.api_client import Desk
from tests.service import PATIENCE_S

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = "Chromium is not installed. On Debian: apt-get install -y chromium (`make test` does so as root)"
RULES = """axe.run(document, {resultTypes: ['violations']})
 .then(found => found.violations.map(one => [one.id, one.nodes.map(node => node.html)]))"""


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Lend a browser; a test without one fails and says how to install it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, headless=True, args=list(QUIET), timeout=1000 * PATIENCE_S
        )
        try:
            yield browser
        finally:
            browser.close()


def context_of(browser: Any, **window: Any) -> Any:
    """Open a window, or some, of somebody who waits for a page as long as it takes."""
    context = browser.new_context(locale="en-GB", **window)
    context.set_default_timeout(1000 * PATIENCE_S)
    return context


@contextlib.contextmanager
def served(desk: Any) -> Iterator[str]:
    """Serve the app of a test's desk on a free port."""
    config = uvicorn.Config(desk.app, port=0, log_config=None, ws="none", lifespan="off", loop="asyncio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=PATIENCE_S)


class Screen:
    """Somebody's browser window at a desk that is served at *place*."""

    def __init__(
        self, browser: Any, desk: Desk, place: str, person: str | None, *, language: str = "en", **window: Any
    ) -> None:
        self.place, self.complaints = place, list[str]()
        self.context = context_of(browser, timezone_id="Asia/Almaty", **window)
        cookies = [{"name": "kenes_language", "value": language, "url": place}]
        if person:
            cookies.append(
                {"name": cookie_name(desk.app.state.settings.url), "value": _session(desk, person), "url": place}
            )
        self.context.add_cookies(cookies)
        self.page = self.context.new_page()
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on(
            "request", lambda asked: self.complaints.append(asked.url) if not asked.url.startswith(place) else None
        )

    def open(self, path: str) -> Any:
        """Go to a page."""
        self.page.goto(self.place + path)
        return self.page

    def violations(self) -> list[Any]:
        """Ask axe what is wrong with the page as it is shown."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[Any] = self.page.evaluate(RULES)
        return found

    def sideways(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def tab_to(self, words: str, *, most: int = 120) -> None:
        """Go by the keyboard to what is called so."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if words in self.page.evaluate("document.activeElement.innerText || document.activeElement.value || ''"):
                return
        raise AssertionError(f"the keyboard does not come to {words!r}")


def _session(desk: Desk, person: str) -> str:
    with desk.assembly.database.transaction() as db:
        open_account(db, desk.assembly.person(person), at=desk.assembly.now)
        return begin_session(db, desk.assembly.person(person), at=desk.assembly.now, way="password", agent="", place="")
