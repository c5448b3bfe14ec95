"""The figures for Prometheus: what was done and refused, what waits and how late it is; no names."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from machines.norms import NORMS
from models import Database
from tests.api_client import Desk
from tests.assembly import Assembly


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(Assembly(database))


def figures(desk: Desk) -> dict[tuple[str, ...], float]:
    """Read the figures as Prometheus does: by name and labels."""
    answer = desk.get("/metrics", None)
    assert 200 == answer.status_code
    families = text_string_to_metric_families(answer.text)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_acts_and_refusals_are_counted(desk: Desk) -> None:
    """By procedure, act and office; by the norm that stood in the way; an answer given again is no act."""
    for _ in range(2):
        answer = desk.open(
            "s:Kostanay", "candidacy.nominate", nomination(decision="small_assembly_council"), key="once"
        )
    number = answer.json()["case"]["number"]
    assert 409 == desk.act("wb", number, "admit").status_code
    assert 403 == desk.act("p:A", number, "admit").status_code
    assert 412 == desk.act("wb", number, "admit", seen=7).status_code
    found = figures(desk)
    assert 1 == found["kenes_acts_total", "nominate", "sa_secretariat", "candidacy"]
    assert 1 == found["kenes_refusals_total", "14.1a"]
    not_done = {key[2]: value for key, value in found.items() if key[0] == "kenes_acts_not_done_total"}
    assert {"refused": 1, "forbidden": 1, "conflict": 1} == not_done
    assert {key[1] for key in found if key[0] == "kenes_refusals_total"} <= {*NORMS}


def test_what_a_request_makes_up_is_counted_under_one_name(desk: Desk) -> None:
    """No label is taken from what somebody sends."""
    for word in ("uno", "dos"):
        desk.open("wb", f"candidacy.{word}", {})
        desk.open("wb", f"{word}.nominate", {})
    text = desk.get("/metrics", None).text
    assert "uno" not in text
    assert "dos" not in text


def nomination(decision: str) -> dict:
    """Return the facts of a nomination by a decision of some body."""
    return {
        "person": "p:A", "route": "small_assembly", "consent": True,
        "decision": {"body": decision, "number": "7", "date": "2006-04-14"},
        "proposals": [{"by": "German centre", "date": "2006-04-03"}],
    }  # fmt: skip


def test_what_waits_and_how_late_it_is(desk: Desk) -> None:
    """Automatic deadlines that have passed unperformed, what falls due next, the outbox, heartbeats, alarms, room."""
    assembly = desk.assembly
    leaves = {"statement_date": "2006-04-14", "from_date": "2006-04-15"}
    assembly.do("m1", "membership.leave", case="membership:m1", facts=leaves)
    ahead = figures(desk)
    assert (0, 0) == (ahead["kenes_deadlines_late",], ahead["kenes_deadlines_ahead", "1h"])
    assert 1 == ahead["kenes_deadlines_ahead", "1d"]
    with assembly.database.transaction() as db:
        db.run(
            "INSERT INTO heartbeats (name, at, note, took_ms) VALUES ('perform_deadlines', ?, '', 1500)", assembly.now
        )
        db.run(
            "INSERT INTO alarms (name, since, code, number, numbers, ended_by) VALUES ('x:1', ?, 'no_sweep', '', '{}', '')", assembly.now
        )  # fmt: skip
    assembly.now = assembly.at("2006-04-15 00:00") + timedelta(minutes=3)
    late = figures(desk)
    assert (1, 180) == (late["kenes_deadlines_late",], late["kenes_deadlines_late_seconds",])
    assert 1.5 == late["kenes_flow_seconds", "perform_deadlines"]
    assert 14 * 3600 + 180 == late["kenes_heartbeat_age_seconds", "perform_deadlines"]
    assert 1 == late["kenes_alarms_open", "no_sweep"]
    assert late["kenes_messages_unsent",] >= 1
    assert 14 * 3600 + 180 == late["kenes_messages_oldest_unsent_seconds",]
    assert late["kenes_database_bytes",] > 100_000
    ((journal,),) = assembly.ask("SELECT max(position) FROM entries")
    assert journal == late["kenes_journal_position",]


def test_the_room_of_the_disk(sqlite_database: Database, tmp_path) -> None:
    """Where the home lies."""
    found = figures(Desk(Assembly(sqlite_database), home=tmp_path))
    assert 0 < found["kenes_disk_free_bytes",] <= found["kenes_disk_bytes",]
