"""What each of the seven comes to do, from the first page to the receipt, in a real browser; and how many clicks a question takes."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from machines.wording import LANGUAGES
from models import Database
from tests.chromium import context_of, served
from tests.demonstration import demonstration_in, demonstration_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_CLICKS = 3


in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """Load the demonstration once; every test gets a copy."""
    file = tmp_path_factory.mktemp("tasks") / "kenes.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}")
    demonstration_in(database)
    database.dispose()
    return file


@pytest.fixture
def place(loaded: Path, tmp_path: Path) -> Iterator[str]:
    """Serve the demonstration as it was before anybody did anything."""
    database = Database(f"sqlite:///{shutil.copyfile(loaded, tmp_path / 'kenes.db')}")
    with served(demonstration_of(database)) as address:
        yield address
    database.dispose()


class Official:
    """Somebody new at the desk, who counts the clicks since the inbox."""

    def __init__(self, browser: Any, place: str, role: str, language: str, *, scripts: bool = False) -> None:
        self.clicks = 0
        self.page = context_of(browser, java_script_enabled=scripts).new_page()
        self.page.goto(f"{place}/?lang={language}")
        self.page.locator(f'button[name=role][value="{role}"]').click()
        assert language == self.page.locator("html").get_attribute("lang")

    def click(self, what: str) -> None:
        """Click on the first thing that is found so."""
        self.page.locator(what).first.click()
        self.clicks += 1

    def confirm(self, **typed: str) -> None:
        """Fill in a form, check it, confirm it; end at the receipt."""
        for name, value in typed.items():
            self.page.locator(f"[name='{name.replace('__', '.')}']").first.fill(value)
        if self.page.locator("button[value=check]").count():
            self.page.locator("button[value=check]").click()
        self.page.locator("button[value=do]").click()
        assert "/receipts/" in self.page.url, self.page.locator("main").inner_text()[:800]

    def reads(self) -> str:
        """Return what stands on the page."""
        return str(self.page.locator("main").inner_text())


# ------------------------------------------------------------------------------------------------- five questions, three clicks


def test_what_waits_for_me(browser: Any, place: str) -> None:
    """The inbox itself says it, the nearest term first."""
    official = Official(browser, place, "wb", "ru")
    assert "Ждёт вас:" in official.reads()
    assert 1 <= official.page.locator(".tasks a").count()


def test_where_is_my_nomination(browser: Any, place: str) -> None:
    """From what one has done over the receipt to the case, which says at which step it is."""
    official = Official(browser, place, "s:Kostanay", "kk")
    official.click('.tasks a[href^="/cases/C-"][href*="/receipts/"]')
    official.click('main a[href^="/cases/C-"]:not([href*="/receipts/"])')
    assert 1 == official.page.locator(".steps [aria-current=step]").count()
    assert official.clicks <= MOST_CLICKS


def test_why_can_i_not_submit_this(browser: Any, place: str) -> None:
    """The act stands greyed on the page of the case, with the norm that forbids it."""
    official = Official(browser, place, "d1", "kk")
    official.click('.tasks a[href="/cases/C-2026-0010"]')
    greyed = official.page.locator("a[aria-disabled]", has_text="Бекітуге ұсыну")
    why = official.page.locator(f"#{greyed.get_attribute('aria-describedby')}")
    assert "14.2b" in why.inner_text()
    assert official.clicks <= MOST_CLICKS


@in_each_language
def test_vote_in_the_poll(browser: Any, place: str, language: str) -> None:
    """The ballot is one click away; the vote is cast with the third."""
    official = Official(browser, place, "m5", language)
    official.click('.tasks a[href^="/ballots/P-"]')
    official.page.locator("input[name=choice][value=for]").check()
    official.click("button[value=check]")
    official.click("button[value=do]")
    assert "/receipts/" in official.page.url
    assert official.clicks <= MOST_CLICKS


def test_when_must_the_session_be_announced(browser: Any, place: str) -> None:
    """The last day stands in the inbox, and on the page of the case with how it was counted."""
    official = Official(browser, place, "wb", "kk")
    assert "30.11.2026 24:00" in official.page.locator(".tasks li", has_text="S-2026-0003").inner_text()
    official.page.goto(f"{place}/cases/S-2026-0003")
    assert "30.11.2026" in official.reads()


# ------------------------------------------------------------------------------------------------------- each one's main task


@in_each_language
def test_the_working_body_admits(browser: Any, place: str, language: str) -> None:
    """From the inbox to the receipt, without scripts."""
    case = "C-2026-0022"
    official = Official(browser, place, "wb", language)
    official.click(f'.tasks a[href="/cases/{case}"]')
    official.click(f'a[href="/cases/{case}/acts/admit"]')
    official.confirm()


@in_each_language
def test_the_chairman_approves(browser: Any, place: str, language: str) -> None:
    """With the number and the day of the order."""
    official = Official(browser, place, "ch", language)
    official.page.locator('.tasks a[href^="/cases/C-"]').first.click()
    official.click('a[href$="/acts/approve"]')
    official.confirm(order__number="77", order__date="2026-11-27")


@in_each_language
def test_a_deputy_submits(browser: Any, place: str, language: str) -> None:
    """With scripts this time."""
    official = Official(browser, place, "d1", language, scripts=True)
    official.click('.tasks a[href="/cases/C-2026-0009/acts/submit"], .tasks a[href="/cases/C-2026-0009"]')
    if "/acts/" not in official.page.url:
        official.click('a[href$="/acts/submit"]')
    official.confirm()


@in_each_language
def test_the_secretariat_nominates(browser: Any, place: str, language: str) -> None:
    """From "begin a case"; somebody who is not a member yet."""
    official = Official(browser, place, "s:Kostanay", language)
    official.click('main a[href="/open"]')
    official.click('a[href="/open/candidacy/nominate"]')
    official.page.locator("input[name=route][value=small_assembly]").check()
    official.page.locator("select[name='decision.body']").select_option("small_assembly_session")
    official.page.locator("select[name=region]").select_option("Kostanay")
    official.page.locator("select[name=consent]").select_option(index=1)
    official.confirm(
        person="p:G", decision__number="7", decision__date="2026-11-24", proposals__0__by="Татар орталығы", proposals__0__date="2026-11-02"
    )  # fmt: skip


@in_each_language
def test_a_member_leaves(browser: Any, place: str, language: str) -> None:
    """Over his own page in the register to his membership."""
    official = Official(browser, place, "m205", language)
    official.click("details.menu summary")
    official.click('details.menu a[href="/people/m205"]')
    official.click('main a[href^="/cases/M-"]')
    official.click('a[href*="/acts/"]')
    official.page.locator("input[type=date]").first.fill("2026-11-27")
    official.confirm()


@in_each_language
def test_the_operator_looks_after_it(browser: Any, place: str, language: str) -> None:
    """One click from the first page; nothing there leads to what he may not see."""
    official = Official(browser, place, "op", language)
    official.click('main a[href="/operations"]')
    assert 1 <= official.page.locator("ul.numbers li").count()
    assert 0 == official.page.locator('main a[href^="/cases"]').count()
