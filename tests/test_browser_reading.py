"""The pages that one reads in a real browser: nothing to complain of for axe, no sideways scrolling, no English left over."""

import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from desk.app import make_app
from desk.demo.loading import load_demo
from desk.door import Door
from machines.rulebook import Rulebook
from models.database import Database
from models.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
NOW = datetime(2026, 11, 28, 1, tzinfo=UTC)
PAGES = (
    "/people", "/people/d1", "/bodies", "/bodies/Kostanay", "/offices", "/search?q=абд", "/search?q=zzz", "/calendar?month=2026-12",
    "/calendar/link", "/norms?chapter=14", "/norms/14.2a", "/rulings", "/procedures", "/procedures/candidacy",
    "/plan?on=2027-03-01&decided=2026-12-01&opened=2026-12-01", "/plan?on=zz", "/operations",
    "/open/edition/propose?rule=poll.reference_moment", "/open/edition/propose?rule=candidacy.approval_days&since=2027-01-01",
)  # fmt: skip
LOOKS = (("light", 1280, "kk"), ("dark", 320, "ru"), ("dark", 1280, "en"), ("light", 768, "kk"))
_VIOLATIONS = "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => [v.id, v.nodes[0].html.slice(0, 200)]))"


@pytest.fixture
def served(sqlite_database: Database) -> Iterator[str]:
    """Serve the demonstration as it stands at a fixed instant."""
    load_demo(sqlite_database, now=NOW, book=Rulebook())
    settings = Settings(home=Path("/nonexistent"), database_url=str(sqlite_database.url), sources={})
    app = make_app(settings, door=Door(sqlite_database, Rulebook(), lambda: NOW))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def test_every_page_can_be_read_by_everybody(browser: Any, served: str):
    """In each language, theme and width: axe finds nothing, nothing is wider than the screen, scripts stay silent."""
    found = []
    for theme, width, language in LOOKS:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme, bypass_csp=True)
        context.add_cookies([{"name": "kenes_language", "value": language, "url": served}])
        page = context.new_page()
        page.request.post(
            f"{served}/sign-in/demonstration", form={"role": "wb"}, headers={"Sec-Fetch-Site": "same-origin"}
        )
        for path in PAGES:
            page.goto(served + path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [(path, width, "wide", wide)] if wide > width else []
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found += [(path, theme, width, *one) for one in page.evaluate(_VIOLATIONS)]
            title = page.title().replace("kenes", "")
            found += [(path, language, title)] if language != "en" and re.search(r"[A-Za-z]{4,}", title) else []
        context.close()
    assert [] == found
