"""The frame of every page: language and theme, navigation, problems as pages."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from desk.pages.appearance import local_address
from flows.sweeps import beat
from machines.wording import say
from models import Database
from models.heartbeat import LATE_AFTER, SWEEP
from tests.api_client import Desk
from tests.assembly import Assembly

BROWSER = {"Accept": "text/html", "Accept-Language": "ru"}


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    """Lend the desk of an Assembly in office."""
    return Desk(Assembly(sqlite_database))


def language_of(text: str) -> str:
    """Return the language that a page says it is in."""
    found = re.search(r'<html lang="(\w\w)"', text)
    return found[1] if found else ""


def test_the_language_is_kept_once_it_was_chosen(desk: Desk) -> None:
    """The address names it, the pages that follow keep it, before what the browser asks for."""
    assert "ru" == language_of(desk.client.get("/", headers=BROWSER).text)
    assert "kk" == language_of(desk.client.get("/?lang=kk", headers=BROWSER).text)
    assert "kk" == language_of(desk.client.get("/", headers=BROWSER).text)
    assert "kk" == language_of(desk.client.get("/?lang=xx", headers=BROWSER).text)


def test_the_language_switch_keeps_the_page(desk: Desk) -> None:
    """Each language has a link to this very page, with its filters."""
    text = desk.client.get("/nowhere?a=1&lang=en", headers=BROWSER).text
    assert ["/nowhere?a=1&amp;lang=kk", "/nowhere?a=1&amp;lang=ru", "/nowhere?a=1&amp;lang=en"] == re.findall(
        r'<a href="([^"]+)" lang', text
    )


def test_the_theme_is_kept_and_leads_back(desk: Desk) -> None:
    """A form without scripts; a theme that is none changes nothing."""
    answer = desk.client.post("/looks", data={"theme": "dark", "back": "/docs"}, follow_redirects=False)
    assert (303, "/docs") == (answer.status_code, answer.headers["location"])
    assert 'data-theme="dark"' in desk.client.get("/", headers=BROWSER).text
    desk.client.post("/looks", data={"theme": "pink"})
    assert 'data-theme="dark"' in desk.client.get("/", headers=BROWSER).text


@pytest.mark.parametrize("before", [None, timedelta(hours=9)], ids=["never", "yesterday"])
def test_a_desk_that_has_just_begun_calls_nobody_late(desk: Desk, before: timedelta | None) -> None:
    """Whoever has started it reads that nobody has seen to what is due only once there was time to."""
    began, late = desk.assembly.now, say("desk.first.no_time", "en")
    if before:
        beat(desk.assembly.database, SWEEP, began - before, "swept", done=0, failed=0)
    assert late not in desk.client.get("/?lang=en", headers=BROWSER).text
    desk.assembly.now = began + LATE_AFTER[SWEEP] + timedelta(seconds=1)
    assert late in desk.client.get("/?lang=en", headers=BROWSER).text


@pytest.mark.parametrize("away", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "x", "/\n", ""])
def test_nobody_is_led_away(away: str) -> None:
    """Only addresses of this desk are gone back to."""
    assert "/" == local_address(away)


def test_a_browser_reads_problems_as_pages(desk: Desk) -> None:
    """A program is answered as the contract says, a person with a page."""
    page = desk.client.get("/nowhere", headers=BROWSER)
    assert (404, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert "application/problem+json" == desk.client.get("/nowhere").headers["content-type"]
    assert "application/problem+json" == desk.client.get("/api/v1/nowhere", headers=BROWSER).headers["content-type"]


def test_scripts_run_by_nonce_only(desk: Desk) -> None:
    """The policy names the nonce of the page; nothing inline, nothing of others."""
    page = desk.client.get("/", headers=BROWSER)
    policy = page.headers["content-security-policy"]
    (nonce,) = re.findall(r'nonce="([^"]+)"', page.text)
    assert f"script-src 'nonce-{nonce}'" in policy
    assert "unsafe" not in policy
    assert [] == re.findall(r"\son\w+=|\sstyle=|<style|https?://(?!www\.w3)", page.text)


def test_the_first_page_is_light() -> None:
    """What every page needs fits into 100 KB with room to spare."""
    files = Path("desk/static")
    assert 30_000 > sum((files / name).stat().st_size for name in ("desk.css", "desk.js", "kenes.svg"))
