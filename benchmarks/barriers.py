"""Every page of the demonstration, as everybody who sees it, in both themes and three widths: `make barriers` (Chromium of the system).

What axe finds, what is wider than its window, and what a script complains of. Pages of one kind (the same page, of a case of the same
procedure in the same state) are looked at once, as the first of the seven who comes to it.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
from starlette.testclient import TestClient

from desk.access.web_sessions import begin_session
from desk.app import make_app
from desk.demo.accounts import ROLES
from desk.demo.loading import load_demo
from desk.door import Door
from desk.pages.visiting import cookie_name
from machines.rulebook import Rulebook
from machines.wording import LANGUAGES
from models.database import Database
from models.migrations import upgrade
from models.settings import Settings
from tests.chromium import AXE, chromium
from tests.crawler import Crawler

START = "/"  # everybody's is another
NOW = datetime(2026, 11, 28, 1, tzinfo=UTC)
HIGH = 800
LOOKS = tuple(product(("light", "dark"), (320, 768, 1280)))
ELSEWHERE = ("/docs",)  # drawn by Swagger UI, for programmers
BEYOND_LINKS = (
    "/search?q=абд",
    "/search?q=zzz",
    "/plan?on=zz",
    "/plan?on=2027-03-01&decided=2026-12-01&opened=2026-12-01",
)
_AXE = """axe.run(document, {resultTypes: ['violations'], preload: false, iframes: false})
 .then(found => found.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`))"""
_WIDE = "document.documentElement.scrollWidth"


class Barrier(NamedTuple):
    """What somebody meets on a page."""

    who: str | None
    address: str
    theme: str
    width: int
    what: str


class Desk(NamedTuple):
    """A desk that is served, who is signed in, and the state of every case."""

    app: Any
    place: str
    sessions: dict[str | None, str]
    states: dict[str, str]

    def cookies(self, who: str | None, language: str) -> dict[str, str]:
        """Return what the browser of somebody sends."""
        signed_in = {cookie_name(self.place): self.sessions[who]} if who else {}
        return {"kenes_language": language, **signed_in}


@contextmanager
def demonstration() -> Iterator[Desk]:
    """Serve the demonstration as it stands at a fixed instant."""
    with tempfile.TemporaryDirectory(prefix="kenes-barriers-") as folder:
        database = Database(f"sqlite:///{folder}/kenes.db")
        upgrade(database)
        load_demo(database, now=NOW, book=Rulebook())
        with database.transaction() as db:
            sessions: dict[str | None, str] = {
                who: begin_session(db, who, at=NOW, way="demonstration") for who in ROLES
            }
            states = dict(db.all("SELECT number, state FROM cases"))
        settings = Settings(home=Path("/nonexistent"), database_url=str(database.url), sources={})
        app = make_app(settings, door=Door(database, Rulebook(), lambda: NOW))
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield Desk(app, f"http://127.0.0.1:{port}", sessions, states)
        finally:
            server.should_exit = True
            thread.join(timeout=10)
            database.dispose()


def pages(desk: Desk) -> list[tuple[str | None, str]]:
    """List every kind of page once, with somebody who sees it."""
    found: dict[str, tuple[str | None, str]] = {}
    with TestClient(desk.app, base_url=desk.place, client=("127.0.0.1", 5000)) as client:
        for who in (None, "wb", *(each for each in ROLES if each != "wb")):
            crawler = Crawler(lambda address, who=who: _look(client, desk, who, address), desk.states)
            for address, _, answer in crawler.walk():
                if _is_page(address, answer):
                    found.setdefault(f"{crawler.kind(address)} {who if address == START else ''}", (who, address))
    return [*found.values(), *(("wb", address) for address in BEYOND_LINKS)]


def _look(client: TestClient, desk: Desk, who: str | None, address: str) -> Any:
    client.cookies.clear()
    cookies = "; ".join(f"{name}={value}" for name, value in desk.cookies(who, "kk").items())
    return client.get(address, headers={"Accept": "text/html", "Cookie": cookies}, follow_redirects=False)


def _is_page(address: str, answer: Any) -> bool:
    html = answer.headers.get("content-type", "").startswith("text/html")
    return bool(html) and "lang=" not in address and address not in ELSEWHERE and "location" not in answer.headers


def barriers(
    browser: Any, desk: Desk, looks: Callable[[int], Sequence[tuple[str, int]]] = lambda _: LOOKS
) -> Iterator[Barrier | None]:
    """Look at every page, yield what is met there, and None for each look at which nothing is; *looks* chooses by the page's place."""
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce", locale="en-GB")
    context.add_init_script(AXE.read_text(encoding="utf-8"))
    complaints: list[str] = []
    page = context.new_page()
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" and _of_a_script(said, page) else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for place, (who, address) in enumerate(pages(desk)):
        context.clear_cookies()
        cookies = desk.cookies(who, LANGUAGES[place % len(LANGUAGES)])
        context.add_cookies([{"name": name, "value": value, "url": desk.place} for name, value in cookies.items()])
        page.goto(desk.place + address)
        for theme, width in looks(place):
            page.set_viewport_size({"width": width, "height": HIGH})
            page.emulate_media(color_scheme=theme)
            wide = page.evaluate(_WIDE)
            wrong = [*page.evaluate(_AXE), *([f"{wide} pixels wide"] if wide > width else []), *complaints]
            complaints.clear()
            yield from (Barrier(who, address, theme, width, what) for what in wrong)
            if not wrong:
                yield None
    context.close()


def _of_a_script(said: Any, page: Any) -> bool:
    """Tell what a script complains of from the browser's word that the page itself is a refusal: that is asked for here."""
    return not said.text.startswith("Failed to load resource") or said.location["url"] != page.url


def main() -> int:
    """Print every barrier, and how many looks had none; 1 if there is one."""
    looked, met = 0, 0
    with demonstration() as desk, chromium() as browser:
        for barrier in barriers(browser, desk):
            looked += barrier is None
            met += barrier is not None
            if barrier:
                print(
                    f"{barrier.who or 'guest':12} {barrier.theme:5} {barrier.width:4}  {barrier.address}  {barrier.what}",
                    flush=True,
                )
    print(f"{looked:,} looks without a barrier, {met} barriers")
    return 1 if met else 0


if __name__ == "__main__":
    sys.exit(main())
