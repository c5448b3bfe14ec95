"""Every link of the desk is followed by everybody: nothing breaks, nothing is left untranslated, nothing is changed by looking."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from machines.wording import LANGUAGES
from models import Database
from tests.crawler import Crawler, Page
from tests.demonstration import NAMED, VISITORS, Demonstration, demonstration_in
from tests.full_store import rows_of

pytestmark = pytest.mark.slow

_LATIN = re.compile(r"[A-Za-z]{2,}")
_KEY = re.compile(r"\b(?:desk|names|terms|frame|access|register|refusals)\.[a-z_]+\.[a-z_.]+|\b[a-z]+_[a-z_]+\b")
# In a Kazakh or Russian page these stand in Latin letters: the programs, formats, protocols and zones that nobody translates.
KNOWN = frozenset(
    [
        "kenes",
        "Prefect",
        "API",
        "openapi",
        "json",
        "CSV",
        "XLSX",
        "ICS",
        "HTTP",
        "Asia",
        "Almaty",
        "UTC",
        "Eng",
        "Kenes",
    ]
)


ENGLISH = ("/docs",)  # for programmers


@dataclass
class Walks:
    """The desk of the demonstration, whoever asks it, and what its people have typed."""

    demonstration: Demonstration
    client: TestClient
    typed: frozenset[str]

    def walk(self, who: str | None, language: str) -> Iterator[tuple[str, str, Any]]:
        """Follow every link as *who*; each visitor sees the cases of every state in one of the languages."""
        headers = self.demonstration.headers(who, language)
        thorough = VISITORS.index(who) % len(LANGUAGES) == LANGUAGES.index(language)

        def look(address: str) -> Any:
            self.client.cookies.clear()  # the language that an address chose is kept by browsers; here each page is asked for alone
            return self.client.get(address, headers=headers, follow_redirects=False)

        return Crawler(look, self.demonstration.states if thorough else {}).walk()


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Walks]:
    """Load the demonstration once."""
    file = tmp_path_factory.mktemp("crawl") / "kenes.db"
    file.write_bytes(sqlite_template.read_bytes())
    demonstration = demonstration_in(Database(f"sqlite:///{file}"))
    rows = rows_of(demonstration.database)
    typed = frozenset(_LATIN.findall(repr([rows[name] for name in ("entries", "people", "bodies", "mandates")])))
    with demonstration.client() as client:
        yield Walks(demonstration, client, typed)
    demonstration.database.dispose()


@pytest.mark.parametrize("who", VISITORS, ids=NAMED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_somewhere(walks: Walks, who: str | None, language: str) -> None:
    """No link leads to an error; what one may not do yet says which norm forbids it; every word is of the language; no row changes."""
    before, visited, faults = rows_of(walks.demonstration.database), 0, []
    for address, source, answer in walks.walk(who, language):
        visited += 1
        html = answer.headers.get("content-type", "").startswith("text/html")
        if answer.status_code not in (200, 303) and not (answer.status_code == 409 and 'class="norm"' in answer.text):
            faults.append((answer.status_code, address, source))
        if html and "lang=" not in address and address not in ENGLISH:
            faults += [(address, *fault) for fault in _foreign(Page(answer.text), language, walks.typed)]
    assert [] == faults, "\n".join(map(repr, faults))
    assert visited >= (3 if who is None else 40)
    assert before == rows_of(walks.demonstration.database)


def _foreign(page: Page, language: str, typed: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield names of the tables that stand where words should, and Latin letters that nobody has typed."""
    assert language == page.language
    for text in page.words:
        yield from ((key, text) for key in _KEY.findall(text))
        if language != "en":
            yield from ((word, text) for word in _LATIN.findall(text) if word not in typed | KNOWN)


def test_what_is_left_over_is_seen() -> None:
    """A name of the tables, and English in a Kazakh page that is not marked as such."""
    page = Page(
        '<html lang="kk"><p>desk.inbox.title</p><p title="Show">Іс</p><i lang="en">Well</i><code>as it is</code>'
    )
    assert {"desk.inbox.title", "desk", "inbox", "title", "Show"} == {
        found for found, _ in _foreign(page, "kk", frozenset())
    }
