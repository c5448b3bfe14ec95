"""The page of operators: what is wrong, what is late, what comes, what each flow did, what waits, how the record stands."""

import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from desk.app import make_app
from desk.door import Door
from desk.pages.operations import _did
from desk.pages.page import grouped
from flows.sweeps import beat
from flows.touching import leave_word
from machines.alarms import Found, raise_alarm
from models.settings import read_settings
from tests.assembly import Assembly
from tests.browsers import let_in

DUE = "2006-05-01 00:00"


@pytest.fixture
def assembly(database) -> Assembly:
    """Two members leave on one day, another later: three deadlines at two instants."""
    assembly = Assembly(database)
    for member, day in (("m1", "2006-05-01"), ("m2", "2006-05-01"), ("m3", "2006-06-01")):
        facts = {"statement_date": "2006-04-14", "from_date": day}
        assembly.do(member, "membership.leave", case=f"membership:{member}", facts=facts)
    return assembly


def shown(assembly: Assembly, home: Path, *, at: str | None = None, language: str = "en") -> str:
    settings = read_settings({"KENES_HOME": str(home)}, home)
    now = assembly.at(at)
    app = make_app(settings, door=Door(assembly.database, assembly.book, lambda: now))
    with TestClient(app) as client:
        let_in(client, assembly.database, "ch", at=now, operator=True)
        answer = client.get("/operations", params={"lang": language})
    assert 200 == answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_what_comes_is_told_by_instants(assembly: Assembly, tmp_path: Path):
    """One line for each: how many, or which one (20.3)."""
    page = shown(assembly, tmp_path)
    assert "30.04.2006 24:00 deadlines: 2" in page
    case = assembly.number("membership:m3")
    assert f"31.05.2006 24:00 {case} : " in page
    assert "Nothing: whatever has fallen due has been carried out." in page
    assert "No alarm is open." in page


def test_what_is_late_is_named_and_whether_its_act_fails(assembly: Assembly, tmp_path: Path):
    """Nothing is performed by looking: the page shows what is stored."""
    with assembly.database.transaction() as db:
        db.run("UPDATE deadlines SET failures = 3 WHERE number = ?", assembly.number("membership:m1"))
    page = shown(assembly, tmp_path, at="2006-05-01 00:10")
    lines = re.findall(r"30\.04\.2006 24:00 (M-2005-\d+) : [^.]*?(?=30\.04|What|\.)(. The act fails)?", page)
    assert {assembly.number("membership:m1"): True, assembly.number("membership:m2"): False} == {
        number: bool(failing) for number, failing in lines
    }
    assert "active" not in {state for (state,) in assembly.ask("SELECT state FROM cases WHERE number = ?", lines[0][0])}


def test_each_flow_with_its_last_run(assembly: Assembly, tmp_path: Path):
    """What came of it, how long it took, and where Prefect shows it; one that has never run says so."""
    (tmp_path / "up.json").write_text(json.dumps({"prefect": "http://127.0.0.1:4200"}))
    beat(assembly.database, "perform_deadlines", assembly.now, "swept", took_ms=1234, done=2, failed=0)
    leave_word(assembly.database, assembly.now, run="a-run", flow="perform_deadlines", touched={})
    settings = read_settings({"KENES_HOME": str(tmp_path)}, tmp_path)
    app = make_app(settings, door=Door(assembly.database, assembly.book, lambda: assembly.now))
    with TestClient(app) as client:
        let_in(client, assembly.database, "ch", at=assembly.now, operator=True)
        page = client.get("/operations", params={"lang": "en"}).text
    row = re.search(r"<tr><th scope=\"row\">Carrying out what has fallen due</th>.*?</tr>", page, re.DOTALL)
    assert row
    assert "0 s ago" in row[0]
    assert "carried out: 2, failed: 0" in row[0]
    assert "1,234" in row[0]
    assert 'href="/prefect/runs/flow-run/a-run"' in row[0]
    assert 1 == page.count("/runs/flow-run/")
    assert "never yet" in page


@pytest.mark.parametrize(
    ("language", "did"), [("kk", "орындалды: 2"), ("ru", "исполнено: 2"), ("en", "carried out: 2")]
)
def test_what_a_flow_did_is_told_in_the_readers_language(assembly: Assembly, tmp_path: Path, language: str, did: str):
    """Its heartbeat names a text, not words."""
    beat(assembly.database, "perform_deadlines", assembly.now, "swept", done=2, failed=0)
    assert did in shown(assembly, tmp_path, language=language)


@pytest.mark.parametrize("note", ["", "2 performed", "7", "{}", '{"said": "danced"}', '{"said": "swept"}'])
def test_what_another_version_left_word_of_is_passed_over(note: str):
    """The page stands all the same."""
    assert "" == _did(note, "en")


def test_alarms_outbox_and_record(assembly: Assembly, tmp_path: Path):
    """An alarm says what to do; what was given up is named without its addressee."""
    with assembly.database.transaction() as db:
        raise_alarm(db, Found("backup", "backup"), assembly.now)
        db.run("DELETE FROM messages")
        db.run(
            """INSERT INTO messages (key, channel, "to", template, parameters, number, seq, created_at, next_at, attempts, dead_at, sent_by,
             failure, subject, body) VALUES ('k', 'person', 'm7', 'poll.opened', '{}', 'P-2006-0001', 1, ?, ?, 8, ?, '', 'no', '', '')""",
            assembly.now, assembly.now, assembly.now,
        )  # fmt: skip
    page = shown(assembly, tmp_path, at="2006-04-14 13:00")
    assert "the backup failed" in page
    assert "kenes backup" in page
    assert "waiting to be sent: 0" in page
    assert "given up: 1" in page
    assert "P-2006-0001" in page
    assert "m7" not in page
    ((position,),) = assembly.ask("SELECT max(position) FROM entries")
    assert f"entries up to number {position}" in page
    assert "nothing is sealed yet" in page


@pytest.mark.parametrize(("language", "title"), [("kk", "Пайдалану"), ("ru", "Эксплуатация"), ("en", "Operation")])
def test_in_three_languages_and_nothing_is_written(assembly: Assembly, tmp_path: Path, language: str, title: str):
    """A page that is looked at leaves every row as it was."""
    before = assembly.ask("SELECT max(position) FROM entries"), assembly.ask("SELECT count(*) FROM messages")
    assert f" {title} " in shown(assembly, tmp_path, at=DUE, language=language)
    assert before == (assembly.ask("SELECT max(position) FROM entries"), assembly.ask("SELECT count(*) FROM messages"))


@pytest.mark.parametrize(
    ("language", "written"), [("kk", "12\N{NO-BREAK SPACE}345"), ("ru", "12\N{NO-BREAK SPACE}345"), ("en", "12,345")]
)
def test_a_comma_makes_no_fraction_of_a_large_number(language: str, written: str):
    """In Russian and Kazakh 12,345 would be twelve and a third."""
    assert written == grouped(12_345, language)
