"""Prefect for real: a server with our settings, our deployments, our worker, and what happens when it is killed."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml

from desk.access.accounts import open_account
from desk.access.web_sessions import begin_session
from machines.perform import perform
from machines.zones import local_time
from models.home import open_database, prepare
from models.settings import read_settings
from tests.assembly import Assembly, utc
from tests.service import PATIENCE_S, ROOT, Service, environment_of, running, until

SWEEP = "perform_deadlines/every-minute"

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

# Every flow, as prefect.yaml deploys it: flow and deployment.
DEPLOYED = [
    f"{each['entrypoint'].rpartition('.')[2]}/{each['name']}"
    for each in yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
]

# As Prefect's server begins a record, and as the worker does.
_RECORD = re.compile(r"^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d(?:\.\d{3} \|)? ", re.MULTILINE)


def founded(home: Path, *, members: int = 10) -> Assembly:
    """Put an Assembly into a home before anything is started."""
    settings = read_settings(environment_of(home), home)
    prepare(settings, at=utc("2006-01-01")).dispose()
    return Assembly(open_database(settings), members=members)


def leaving(assembly: Assembly, *members: str) -> list[str]:
    """Let members leave from the beginning of 1 May 2006, which is past: the clock has to act (20.3)."""
    facts = {"statement_date": "2006-04-14", "from_date": "2006-05-01"}
    acts = [assembly.act(name, "membership.leave", case=f"membership:{name}", facts=facts) for name in members]
    with assembly.database.transaction() as db:
        return [perform(db, act, assembly.book).number for act in acts]


def exits(assembly: Assembly) -> list[str]:
    return [number for (number,) in assembly.ask("SELECT number FROM entries WHERE act = 'exit' ORDER BY number")]


def errors(log: str) -> list[str]:
    """Find errors in the log of Prefect's server or of the worker, except that its SQLite was busy, which its clients know."""
    records = _RECORD.split(log)
    return [
        record for record in records if record.startswith(("ERROR", "CRITICAL")) and "database is locked" not in record
    ]


def test_a_scheduled_run_is_executed_and_tells_what_it_did(tmp_path: Path):
    """The scheduler books runs, our worker executes them; the run is named for what it did, and has a table of it."""
    assembly = founded(tmp_path)
    with running(tmp_path) as service:
        _pause(service, "stage_reminders/every-minute")  # which performs what is due, too, before it reminds anybody
        (case,) = leaving(assembly, "m1")
        performed = until(
            lambda: _named(service, "perform_deadlines", "Performed"), what="a run that performed something"
        )
        assert performed["auto_scheduled"]
        assert f"1 performed: {case} left" == performed["name"]
        assert [case] == exits(assembly)
        assert case in performed["tags"]
        traces = assembly.ask("SELECT run_id, flow, did FROM touches WHERE number = ?", case)
        assert (performed["id"], "perform_deadlines", "exit performed") in traces
        table = service.ask("artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [performed["id"]]}}})[0]["data"]
        assert re.search(rf"\| \[{case}\]\(.*/cases/{case}\) \| exit \| 20\.3 \| 01\.05\.2006 00:00:00 \|", table)
        for deployment in DEPLOYED:
            run = service.run_now(deployment)
            ended = until(lambda run=run: service.ended(run), what=deployment)
            assert "COMPLETED" == ended["state_type"], (deployment, ended["state"])
        names = {name for (name,) in assembly.ask("SELECT name FROM heartbeats")}
        assert {"desk", *(deployment.partition("/")[0] for deployment in DEPLOYED)} == names
        assert 1 == len(list((tmp_path / "backups").glob("kenes-*.backup")))
        quiet = service.run_now("perform_deadlines/every-minute")
        assert "Nothing due" == until(lambda: service.ended(quiet), what="a quiet run")["state_name"]
        _runs_on_a_plain_pool(service)
        _is_seen_through_the_desk(service, assembly, performed["id"])
        assert [] == errors(service.log("prefect"))
        assert [] == errors(service.log("worker"))
        _waits_for_the_clock(service, assembly)


def _is_seen_through_the_desk(service: Service, assembly: Assembly, run: str) -> None:
    """See that Prefect's page and its API are there for an operator who is signed in at the desk, and for nobody else."""
    at, desk = datetime.now(UTC), service.place["desk"]
    with assembly.database.transaction() as db:
        open_account(db, "wb", at=at, operator=True)
        token = begin_session(db, "wb", at=at, way="password")
    assert 303 == httpx.get(f"{desk}/prefect/", timeout=PATIENCE_S).status_code
    theirs = {"cookies": {"kenes": token}, "headers": {"Sec-Fetch-Site": "same-origin"}}
    with httpx.Client(base_url=desk, timeout=PATIENCE_S, **theirs) as here:
        assert "/prefect/api" == here.get("/prefect/ui-settings").json()["api_url"]
        found = here.post("/prefect/api/flow_runs/filter", json={"flow_runs": {"id": {"any_": [run]}}})
        assert [run] == [one["id"] for one in found.json()]
        page = here.get("/prefect/", headers={"Accept": "text/html"}, follow_redirects=True)
        (script,) = re.findall(r'<script type="module" crossorigin src="([^"]+)"', page.text)
        assert (True, 200) == (script.startswith("/prefect/"), here.get(script).status_code)


def _waits_for_the_clock(service: Service, assembly: Assembly) -> None:
    """See that a sweep fails with what to do while the clock of any machine is in doubt, and goes on afterwards."""
    with assembly.database.transaction() as db:
        sql = "INSERT INTO alarms (name, since, code, number, numbers, ended_by) VALUES ('clock:other', ?, 'clock', '', '{}', '')"
        db.run(sql, utc("2006-05-01"))
    for state in ("Failed", "Nothing due"):
        run = service.run_now("perform_deadlines/every-minute")
        ended = until(lambda run=run: service.ended(run), what="a sweep")
        assert state == ended["state_name"]
        assert ("kenes clock confirm" in ended["state"]["message"]) is (state == "Failed")
        with assembly.database.transaction() as db:
            db.run("UPDATE alarms SET ended_at = since, ended_by = 'confirmed'")


def _named(service: Service, flow: str, state: str) -> dict | None:
    return next((run for run in service.runs(flow) if run["state_name"] == state), None)


def _pause(service: Service, deployment: str) -> None:
    """Let a deployment book no more runs, and wait until those under way have ended."""
    found = service.ask(f"deployments/name/{deployment}")
    service.tell(f"deployments/{found['id']}/pause_deployment")
    waiting = {"state": {"type": {"any_": ["SCHEDULED", "PENDING", "RUNNING"]}}}
    flow = deployment.partition("/")[0]
    until(lambda: None if service.runs(flow, flow_runs=waiting) else True, what=f"the end of {flow}")


def _runs_on_a_plain_pool(service: Service) -> None:
    """Run a flow on Prefect's own pool of processes, which stays usable."""
    service.ask("work_pools/", {"name": "plain", "type": "process"})
    flow = service.ask("flows/name/perform_deadlines")
    deployment = {
        "name": "plain", "flow_id": flow["id"], "entrypoint": "flows.perform_deadlines.perform_deadlines",
        "work_pool_name": "plain", "pull_steps": [],
    }  # fmt: skip
    service.ask("deployments/", deployment)
    run = service.run_now("perform_deadlines/plain")
    environment = {
        **service.environment, "PREFECT_API_URL": f"{service.place['prefect']}/api", "PREFECT_HOME": str(service.home / "prefect"),
    }  # fmt: skip
    worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "plain", "--type", "process", "--run-once"]
    subprocess.run(worker, env=environment, cwd=ROOT, timeout=PATIENCE_S, check=True, capture_output=True)
    assert "Nothing due" == until(lambda: service.ended(run), what="the run on a plain pool")["state_name"]


def test_a_worker_that_is_killed_in_the_middle_of_a_sweep_loses_and_doubles_nothing(tmp_path: Path):
    """The supervisor starts another; the dead run is marked as crashed; what was left is performed by the next sweep."""
    assembly = founded(tmp_path, members=120)
    with running(tmp_path) as service:
        for deployment in ("perform_deadlines/every-minute", "stage_reminders/every-minute"):
            _pause(service, deployment)  # who is killed is to be in the middle of this run, and of no other
        cases = leaving(assembly, *(f"m{n}" for n in range(1, 101)))
        run = service.run_now("perform_deadlines/every-minute")
        until(lambda: exits(assembly) or None, what="the first of many", pause=0.02)
        pid = _worker_of(service)
        os.kill(pid, signal.SIGKILL)
        until(lambda: service.ended(run), what="the end of the dead run")
        service.run_now("perform_deadlines/every-minute")
        until(lambda: True if set(cases) <= set(exits(assembly)) else None, what="all of them")
        assert sorted(cases) == exits(assembly)
        assembly.assert_replayable()
        crashed = [found for found in service.runs("perform_deadlines") if found["state_type"] == "CRASHED"]
        assert {f"its worker {os.uname().nodename}:{pid} has ended; nothing is lost by that"} == {
            found["state"]["message"] for found in crashed
        }
        assert "worker has ended (SIGKILL)" in service.said()
        service.stop()
    assert not (tmp_path / "up.json").exists()


def _worker_of(service: Service) -> int:
    return _child_of(service, "worker_process")


def _child_of(service: Service, command: str) -> int:
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(service.process.pid)], capture_output=True, text=True, check=True
    )
    return next(int(line.split()[0]) for line in listed.stdout.splitlines() if command in line)


def test_the_plan_of_the_near_future_follows_the_rows(tmp_path: Path):
    """One run waits for each instant; acts move, empty and fill it; it is doubled by nobody, and survives a wiped database."""
    assembly = founded(tmp_path)
    with running(tmp_path) as service:
        first, second = (polled(assembly, days=20) for _ in range(2))
        service.run_now(SWEEP)
        both = until(lambda: planned(service, first, "2 deadlines"), what="a plan, asked for by the sweep")
        assert {"planned", "time", "9.3b", first, second} == set(both["tags"])
        assert not both["auto_scheduled"]

        act(assembly, "wb", "poll.extend", first, closes_on=closing_day(22), reason="Post")
        service.run_now(SWEEP)
        alone = until(lambda: planned(service, second, f"{second} · Closing of the poll"), what="the run of one poll")
        assert both["id"] == alone["id"]
        assert {"planned", "time", "9.3b", second} == set(alone["tags"])
        moved = until(lambda: planned(service, first, f"{first} · Closing of the poll"), what="the run of the other")

        for deputy in ("d1", "d2"):
            act(assembly, deputy, "poll.annul", first, reason="Wrong question")
        service.run_now("plan_runs/every-ten-minutes")
        until(lambda: True if waiting(service) == [alone["id"]] else None, what="a run that is cancelled")
        cancelled = service.ask(f"flow_runs/{moved['id']}")
        assert "CANCELLED" == cancelled["state_type"]
        assert "nothing falls due at this instant any more" in cancelled["state"]["message"]

        again = [polled(assembly, days=days) for days in (22, 23, 24)]
        asked = [service.run_now("plan_runs/every-ten-minutes") for _ in range(2)]
        ended = [until(lambda run=run: service.ended(run), what="two planners at once") for run in asked]
        assert {"COMPLETED"} == {run["state_type"] for run in ended}
        assert 4 == len(waiting(service))
        returned = planned(service, again[0], f"{again[0]} · Closing of the poll")
        assert returned
        assert (moved["expected_start_time"], True) == (returned["expected_start_time"], moved["id"] != returned["id"])

        audit = service.run_now("audit_journal/nightly")
        assert "Whole" == until(lambda: service.ended(audit), what="an audit")["state_name"]
        names = sorted(run["name"] for run in planned_runs(service))
        _wipe_prefect(service)
        until(lambda: True if names == names_again(service) else None, what="the plan, made anew by itself")


def closing_day(days: int) -> str:
    return f"{local_time(datetime.now(UTC), 'Asia/Almaty').date() + timedelta(days=days)}"


def act(assembly: Assembly, actor: str, name: str, case: str | None = None, **facts: str) -> str:
    """Do an act now."""
    assembly.now = datetime.now(UTC)
    return assembly.number(assembly.do(actor, name, case=case, facts=facts))


def polled(assembly: Assembly, *, days: int) -> str:
    """Open a poll that closes at the end of a day."""
    case = act(assembly, "d1", "poll.draft", kind="other", question="To approve the appeal")
    return act(assembly, "wb", "poll.open", case, closes_on=closing_day(days))


def planned_runs(service: Service, *tags: str) -> list[dict]:
    """Return the planned runs of polls that wait: the yearly duty may fall due within the month."""
    those = {"tags": {"all_": ["planned", "9.3b", *tags]}, "state": {"type": {"any_": ["SCHEDULED"]}}}
    return service.runs("perform_deadlines", flow_runs=those)


def planned(service: Service, case: str, title: str) -> dict | None:
    return next((run for run in planned_runs(service, case) if run["name"].endswith(title)), None)


def waiting(service: Service) -> list[str]:
    return [run["id"] for run in planned_runs(service)]


def names_again(service: Service) -> list[str] | None:
    with contextlib.suppress(OSError):
        return sorted(run["name"] for run in planned_runs(service))
    return None


def _wipe_prefect(service: Service) -> None:
    """Kill Prefect's server and delete its database while everything else goes on."""
    os.killpg(_child_of(service, "server start"), signal.SIGKILL)
    for file in (service.home / "prefect").glob("prefect.db*"):
        file.unlink()
