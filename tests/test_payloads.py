"""Whatever people type stays text: in every page, file, calendar and letter, for everybody who looks.

The demonstration is told with a text in every free field, name and number of a paper that would be a tag, an attribute, a formula,
a template, another line of a mail's header or another event of a calendar, if anything took it for one.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from icalendar import Calendar
from pydantic import ValidationError

from desk.access.calendar_links import make_link
from desk.demo import loading
from desk.demo.accounts import ROLES
from flows.delivery import PostOffice, deliver_messages_now
from flows.writing import write_letter
from machines.act import Act
from machines.perform import perform
from machines.procedures import PROCEDURES
from models import Database
from tests.crawler import Crawler
from tests.demonstration import NAMED, NOW, VISITORS, Demonstration, demonstration_in
from tests.full_store import KEY
from tests.receivers import mail_server

pytestmark = pytest.mark.slow

MARK = "zhukov7"
TEXT = f"""={MARK}"'><u-{MARK} on{MARK}="1" on{MARK}='1'></textarea></title></style></script><script>{MARK}()</script>
{{{{{MARK}}}}}{{%{MARK}%}}
Bcc: {MARK}@evil.example
END:VEVENT
BEGIN:VEVENT
SUMMARY:{MARK}"""
LINE = f"""+{MARK}"'><u-{MARK} on{MARK}="1" on{MARK}='1'></title></script><script>{MARK}()</script>{{{{{MARK}}}}}"""
MOST_IN_A_NUMBER = 100
CONTAINERS = ("multipart/mixed", "multipart/alternative")
ONE_OF_EACH = "SELECT min(key) FROM messages WHERE channel = 'person' GROUP BY template, substr(number, 1, 1)"


class Found(HTMLParser):
    """What of a page is not text: tags, attributes, scripts and links that hold the mark."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.shown = 0
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in ("script", "style") else self._inside
        if MARK in tag:
            self.faults.append(f"the tag {tag}")
        for name, value in attrs:
            if MARK in name:
                self.faults.append(f"the attribute {name} of {tag}")
            if MARK in (value or "") and (name.startswith("on") or name in ("style", "src", "formaction", "action")):
                self.faults.append(f"{name} of {tag}: {value}")
            if MARK in (value or "") and name == "href" and not (value or "").startswith(("/", "?", "#", "https://")):
                self.faults.append(f"a link to {value}")
            self.shown += MARK in (value or "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        self.shown += MARK in data
        if self._inside and MARK in data:
            self.faults.append(f"inside of a {self._inside}: {data[:80]}")


def poisoned(act: Act) -> Act:
    """Put the text into every fact of an act where its shape takes it."""
    shape = PROCEDURES[act.procedure].rows[act.name].facts

    def takes(facts: Mapping[str, Any]) -> bool:
        try:
            shape.model_validate(facts)
        except ValidationError:
            return False
        return True

    facts: Any = dict(act.facts)
    for path in _texts(act.facts):
        if path == ("subject",):
            continue  # of a poll or a question: somebody of the register
        for text in (TEXT, LINE, LINE[:MOST_IN_A_NUMBER]):
            changed = _with(facts, path, text)
            if takes(changed):
                facts = changed
                break
    return act._replace(facts=facts)


def _texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield path
    inner = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    )
    for name, one in inner:
        yield from _texts(one, (*path, name))


def _with(value: Any, path: tuple[Any, ...], text: str) -> Any:
    if not path:
        return text
    name, *rest = path
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    changed = {each: _with(one, tuple(rest), text) if each == name else one for each, one in items}
    return changed if isinstance(value, Mapping) else [*changed.values()]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Demonstration]:
    """Load the demonstration, poisoned."""
    file = tmp_path_factory.mktemp("payloads") / "kenes.db"
    file.write_bytes(sqlite_template.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "perform", lambda db, act, book: perform(db, poisoned(act), book))
        demonstration = demonstration_in(Database(f"sqlite:///{file}"))
    with demonstration.database.transaction() as db:
        for table in ("people", "bodies"):
            for language in ("kk", "ru", "en"):
                db.run(f"UPDATE {table} SET name_{language} = ? || name_{language}", LINE)
    yield demonstration
    demonstration.database.dispose()


@pytest.mark.parametrize("who", VISITORS, ids=NAMED)
def test_texts_stay_texts_in_pages_and_files(told: Demonstration, who: str | None) -> None:
    """No tag, attribute, script, template or link in a page; no formula in a table; no second event in a calendar."""
    client, headers = told.client(), told.headers(who, "kk")

    def look(address: str) -> Any:
        client.cookies.clear()
        return client.get(address, headers=headers, follow_redirects=False)

    faults: list[tuple[str, str]] = []
    shown = 0
    for address, _, answer in Crawler(look, told.states).walk():
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if kind == "text/html":
            page = Found(answer.text)
            faults += [(address, fault) for fault in page.faults]
            shown += page.shown
        else:
            faults += [(address, fault) for fault in _faults_of_file(kind, answer.content)]
    assert [] == faults, "\n".join(map(repr, faults))
    assert who is None or shown > 50


def _faults_of_file(kind: str, content: bytes) -> list[str]:
    """Find cells that a program would take for a formula, and events that are not ours."""
    if kind == "text/csv":
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
        return [
            f"the cell {cell[:40]}" for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        ]
    if "spreadsheet" in kind:
        cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
        return [f"the cell {cell.value}" for cell in cells if cell.data_type == "f" or cell.hyperlink]
    if kind == "text/calendar":
        return [f"the event {event}" for event in _events(content) if not event]
    return []


def _events(content: bytes) -> list[str]:
    return [str(event.get("UID", "")) for event in Calendar.from_ical(content).walk("VEVENT")]


def test_calendars_have_no_events_that_people_typed(told: Demonstration) -> None:
    """The feed of a person, and of the Council: every event has its own mark, and the text is its text."""
    client, database = told.client(), told.database
    told_of = 0
    for who in ROLES:
        with database.transaction() as db:
            secret = make_link(db, who, language="kk", at=NOW)
        feed = client.get(f"/calendar/me/{secret}.ics")
        assert 200 == feed.status_code
        marks = _events(feed.content)
        assert len(marks) == len(set(marks))
        assert all(marks)
        told_of += len(marks)
    assert told_of > 0


def test_letters_keep_their_headers(told: Demonstration) -> None:
    """Nobody else is written to, headers are ours alone, and a letter has the parts that we gave it."""
    database = told.database
    with database.transaction() as db:
        db.run(f"UPDATE messages SET dead_at = created_at WHERE key NOT IN ({ONE_OF_EACH})")
        db.run("UPDATE people SET email = 'reader@assembly.example'")
    compose = partial(write_letter, desk_url="https://assembly.example", key=KEY)
    with mail_server() as postbox:
        where = PostOffice(compose=compose, url="https://assembly.example", key=KEY, smtp_url=postbox.url)
        outcomes = {each.outcome for each in deliver_messages_now(database, NOW, where)}
    assert {"sent"} == outcomes
    assert any(MARK in letter.get_body().get_content() for letter in postbox.letters)
    for letter in postbox.letters:
        assert letter["To"].addresses[0].addr_spec == "reader@assembly.example"
        assert (1, None, None) == (len(letter["To"].addresses), letter["Bcc"], letter["Cc"])
        assert not [name for name in letter if MARK in name]
        for part in letter.walk():
            assert part.get_content_type() in ("text/plain", "text/calendar", "application/ics", *CONTAINERS)
            if part.get_content_type() in ("text/calendar", "application/ics"):
                assert 1 == len(_events(part.get_payload(decode=True)))


def test_what_is_taken_for_more_than_text_is_seen() -> None:
    """A page that writes texts as they are, a link that runs, a cell that counts."""
    plain = Found(f"<p>{TEXT}</p><script>let text = '{MARK}'</script><a href='javascript:{MARK}'>…</a>")
    assert {f"the tag u-{MARK}", f"the attribute on{MARK} of u-{MARK}", f"a link to javascript:{MARK}"} <= {
        *plain.faults
    }
    assert any(fault.startswith("inside of a script") for fault in plain.faults)
    assert ["the cell =1+1"] == _faults_of_file("text/csv", b"a;=1+1;1")
