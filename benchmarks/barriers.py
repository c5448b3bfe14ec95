"""Every page of the demonstration, as everybody who sees it, in both themes and three widths: `make barriers` (Chromium of the system).

What axe finds, what is wider than its window, and what a script complains of. Pages of one kind (the same page, of a case of the same
procedure in the same state) are looked at once, as the first of the seven who comes to it.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any, NamedTuple

from desk.demo.accounts import ROLES
from machines.wording import LANGUAGES
from models.database import Database
from models.migrations import upgrade
from tests.chromium import AXE, chromium, context_of, served
from tests.crawler import Crawler
from tests.demonstration import Demonstration, demonstration_in

START = "/"  # everybody's is another
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


@contextmanager
def demonstration() -> Iterator[tuple[Demonstration, str]]:
    """Serve the demonstration; yield it, and where it is."""
    with tempfile.TemporaryDirectory(prefix="kenes-barriers-") as folder:
        database = Database(f"sqlite:///{folder}/kenes.db")
        upgrade(database)
        desk = demonstration_in(database)
        with served(desk) as place:
            yield desk, place
        database.dispose()


def pages(desk: Demonstration) -> list[tuple[str | None, str]]:
    """List every kind of page once, with somebody who sees it."""
    found: dict[str, tuple[str | None, str]] = {}
    with desk.client() as client:
        for who in (None, "wb", *(each for each in ROLES if each != "wb")):
            crawler = Crawler(lambda address, who=who: _look(client, desk, who, address), desk.states, but_not="lang=")
            for address, _, answer in crawler.walk():
                if _is_page(address, answer):
                    found.setdefault(f"{crawler.kind(address)} {who if address == START else ''}", (who, address))
    return [*found.values(), *(("wb", address) for address in BEYOND_LINKS)]


def _look(client: Any, desk: Demonstration, who: str | None, address: str) -> Any:
    client.cookies.clear()
    return client.get(address, headers=desk.headers(who, "kk"), follow_redirects=False)


def _is_page(address: str, answer: Any) -> bool:
    html = answer.headers.get("content-type", "").startswith("text/html")
    return bool(html) and address not in ELSEWHERE and "location" not in answer.headers


def barriers(
    browser: Any, desk: Demonstration, place: str, looks: Callable[[int], Sequence[tuple[str, int]]] = lambda _: LOOKS
) -> Iterator[Barrier | None]:
    """Look at every page, yield what is met there, and None for each look at which nothing is; *looks* chooses by the page's number."""
    context = context_of(browser, bypass_csp=True, reduced_motion="reduce")
    context.add_init_script(AXE.read_text(encoding="utf-8"))
    complaints: list[str] = []
    page = context.new_page()
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" and _of_a_script(said, page) else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for n, (who, address) in enumerate(pages(desk)):
        context.clear_cookies()
        cookies = desk.cookies(who, LANGUAGES[n % len(LANGUAGES)])
        context.add_cookies([{"name": name, "value": value, "url": place} for name, value in cookies.items()])
        for look, (theme, width) in enumerate(looks(n)):
            page.set_viewport_size({"width": width, "height": HIGH})
            page.emulate_media(color_scheme=theme)
            if not look:
                page.goto(place + address)
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
    with demonstration() as (desk, place), chromium() as browser:
        for barrier in barriers(browser, desk, place):
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
