"""The nightly audit: a whole journal is said to be whole, and every change of it is told with what to do."""

import base64
import dataclasses
import json

import pytest

from flows import audit_journal
from flows.home import Home
from machines.seals import public_key
from models.settings import read_settings
from tests.tampering import KEY, journal_of_acts, without_guards

KEYS = (public_key(KEY),)


@pytest.fixture
def assembly(database):
    return journal_of_acts(database)


@pytest.fixture
def home(assembly, tmp_path):
    settings = read_settings({"KENES_HOME": str(tmp_path), "KENES_URL": "https://assembly.example"}, tmp_path)
    return Home(settings, assembly.database, assembly.book)


def audited(home):
    return audit_journal.told_of(audit_journal.audit_now(home.database, keys=KEYS), home)


def test_a_whole_journal_is_said_to_be_whole(assembly, home):
    """With what was looked at."""
    told = audited(home)
    entries, cases = assembly.ask("SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM cases)")[0]
    assert ("Whole", f"everything holds: {entries} entries of {cases} cases, 3 seals", "") == (
        told.name,
        told.title,
        told.failure,
    )
    assert (str(entries), str(cases), "3") == told.rows[0][:3]


def test_a_changed_row_fails_the_audit_with_its_case(assembly, home):
    """The table has every fault, the message says what to do, the case knows of the run."""
    with assembly.database.transaction() as db:
        without_guards(db)
        db.run("UPDATE cases SET state = 'approved' WHERE number = 'C-2006-0002'")
    told = audited(home)
    assert told.title.startswith("NOT whole: 1 faults in ")
    link = "[C-2006-0002](https://assembly.example/cases/C-2006-0002)"
    assert [(link, "case.state")] == [(row[0], row[2]) for row in told.rows]
    assert "Stop kenes, keep the home as it is" in told.failure
    assert {"C-2006-0002": "fault: case.state"} == told.touched


def test_a_series_and_a_seal_are_no_cases(assembly, home):
    """What has no page gets no link."""
    with assembly.database.transaction() as db:
        without_guards(db)
        db.run("UPDATE counters SET last = last + 1 WHERE series IN ('C-2006', 'seal')")
    told = audited(home)
    assert {"C-2006", "seal"} == {row[0] for row in told.rows}
    assert {} == told.touched


def test_the_audit_leaves_a_heartbeat(assembly, home):
    """A key that is not ours has signed these seals: that is a fault as well."""
    told = audit_journal._work(home, assembly.at())
    assert {"seal.key"} == {row[2] for row in told.rows}
    ((name, note),) = assembly.ask("SELECT name, note FROM heartbeats")
    assert "audit_journal" == name
    assert {"said": "audited", "faults": len(told.rows)}.items() <= json.loads(note).items()


def test_faults_are_an_alarm_until_none_is_found(assembly, home, tmp_path):
    """Its letters tell how many; the night on which everything holds ends it."""
    audit_journal._work(home, assembly.at())
    assert [("audit", '{"count": 3}', None)] == assembly.ask("SELECT name, numbers, ended_at FROM alarms")
    ours = base64.b64encode(KEY.private_bytes_raw()).decode()
    settings = read_settings({"KENES_HOME": str(tmp_path), "KENES_SIGNING_KEY": ours}, tmp_path)
    audit_journal._work(dataclasses.replace(home, settings=settings), assembly.at())
    assert [("audit", "itself")] == assembly.ask("SELECT name, ended_by FROM alarms WHERE ended_at IS NOT NULL")
