"""Make the near future visible: one waiting run for each instant at which something falls due, every ten minutes."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State

from flows.home import Home
from flows.planning import NEAR, Change, follow, until_still
from flows.run import Told, carry_out
from flows.sweeps import beat
from flows.writing import case_link
from machines.plan import Plan, plan_ahead
from machines.zones import local_time

COLUMNS = ("instant", "run", "what was done", "cases", "norms")


@flow(name="plan_runs", validate_parameters=False)
async def plan_runs() -> State[Any]:
    """Plan one run for each instant of the next thirty days at which something falls due; follow what has moved."""
    return await carry_out(_work, artifact="planned-runs")


def _work(home: Home, now: datetime) -> Told:
    def read() -> Plan:
        with home.database.transaction(write=False) as db:
            return plan_ahead(db, now + NEAR)

    with get_client(sync_client=True) as client:
        plan, changes = until_still(read, lambda plan: follow(client, plan, now=now, zone=home.settings.zone))
    told = told_of(plan, changes, home)
    beat(home.database, "plan_runs", now, "planned", moved=len(changes), ahead=len(plan.instants))
    return told


def told_of(plan: Plan, changes: Sequence[Change], home: Home) -> Told:
    """Say what was planned, renamed and cancelled."""
    if not changes:
        return Told("Nothing moved")
    kinds = Counter(change.kind for change in changes)
    title = ", ".join(f"{kinds[kind]} {kind}" for kind in ("planned", "renamed", "cancelled") if kinds[kind])
    ahead = f"the nearest {len(plan.instants)}" if plan.cut else f"{len(plan.instants)}"
    return Told("Planned", f"{title}; {ahead} instants ahead", COLUMNS, [_row(change, home) for change in changes])


def _row(change: Change, home: Home) -> tuple[str, ...]:
    at = f"{local_time(change.at, home.settings.zone):%d.%m.%Y %H:%M}"
    cases = change.planned.cases if change.planned else ()
    norms = ", ".join(change.planned.norms) if change.planned else ""
    done = f"{change.kind}: {change.why}" if change.why else change.kind
    return (at, change.name, done, ", ".join(case_link(home.settings.url, number) for number in cases), norms)
