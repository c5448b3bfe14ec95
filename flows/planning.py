"""The plan of the near future as runs at Prefect's server: one waiting run for each instant at which something falls due.

The plan is a view of our rows and holds no truth: whatever is wrong with it, the sweep of every minute performs what is due. What it
was made of is remembered beside it, at Prefect's server: when its database is wiped, both are gone, and the next sweep asks for a new one.
"""

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import VariableCreate, VariableUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectAlreadyExists
from prefect.states import Cancelled, Scheduled

from machines.plan import Plan, Planned, moved_since
from models.database import Database

log = logging.getLogger("kenes.flows")

PLANNED = "perform_deadlines/planned"  # the deployment of the planned runs: without a schedule, so that no schedule is disturbed
PLANNER = "plan_runs/every-ten-minutes"
TAG = "planned"
REMEMBERED = "kenes_plan"  # Prefect's variable in which a plan says what it was made of

STALE = timedelta(minutes=15)  # a plan that old has missed its turn: the service stood still, or a planner has failed
NEAR = timedelta(seconds=20)  # what is nearer is the worker's already, and the next sweep's anyway
PAGE = 200  # what Prefect's server answers at once
ROUNDS = 5  # more would be a quarrel; the next plan, or the sweep, goes on
RETURNS = 100  # how often an instant may empty and fill again
ASKED = 5  # how often a planner is asked for that ends without a plan; then its own schedule is waited for
_KEY = "plan "  # before the instant, in the idempotency key of a planned run


class Remembered(NamedTuple):
    """When the last plan was made, after which entry, and until when it reaches."""

    made: datetime
    position: int
    until: datetime


class Waiting(NamedTuple):
    """A planned run that waits for its instant."""

    id: UUID
    at: datetime
    name: str
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the plan and the runs that wait: planned, renamed or cancelled."""

    kind: str
    at: datetime
    name: str
    planned: Planned | None = None
    waiting: Waiting | None = None
    why: str = ""


def differences(plan: Plan, waiting: Iterable[Waiting], *, now: datetime, zone: str) -> Iterator[Change]:
    """Say what has to be done so that the runs that wait are those of the plan; what is near is left alone."""
    runs: dict[datetime, Waiting] = {}
    for run in waiting:
        if run.at <= now + NEAR:
            continue
        if run.at in runs:
            yield Change("cancelled", run.at, run.name, waiting=run, why="its instant is planned twice")
        runs.setdefault(run.at, run)
    for planned in plan.instants:
        stands, name = runs.pop(planned.at, None), planned.title(zone)
        if stands is None:
            yield Change("planned", planned.at, name, planned)
        elif (stands.name, stands.tags) != (name, tags_of(planned)):
            yield Change("renamed", planned.at, name, planned, stands)
    for run in runs.values():
        yield Change("cancelled", run.at, run.name, waiting=run, why=_why_cancelled(run, plan))


def tags_of(planned: Planned) -> frozenset[str]:
    """Return the tags of a planned run: its cases (at most twenty) and its norms."""
    return frozenset((TAG, *planned.cases, *planned.norms))


def _why_cancelled(run: Waiting, plan: Plan) -> str:
    if run.at <= plan.until:
        return "nothing falls due at this instant any more: what did was moved, done, withdrawn or cancelled"
    return f"only the nearest {len(plan.instants)} instants are planned; this one is planned again when it is nearer"


# ---------------------------------------------------------------------------------------------------------- at Prefect's server


def follow(client: SyncPrefectClient, plan: Plan, *, now: datetime, zone: str) -> list[Change]:
    """Make the waiting runs what the plan says, by as few calls as it has differences, and remember what it was made of.

    Two who do so at once double nothing: a run has its instant as key, and Prefect's server makes one of each. That none is
    missing afterwards, because one of them knew less, is for `until_still`.
    """
    deployment = client.read_deployment_by_name(PLANNED)
    own = frozenset(deployment.tags)
    changes = list(differences(plan, _waiting(client, deployment.id, own), now=now, zone=zone))
    for change in changes:
        if change.waiting is None:
            _create(client, deployment.id, change)
        elif change.planned is None:
            client.set_flow_run_state(change.waiting.id, Cancelled(message=change.why))
        else:
            client.update_flow_run(change.waiting.id, name=change.name, tags=sorted(tags_of(change.planned) | own))
    _remember(client, plan, now)
    return changes


def until_still(read: Callable[[], Plan], follow_once: Callable[[Plan], Sequence[Change]]) -> tuple[Plan, list[Change]]:
    """Read the plan and follow it until nothing is left to do, and return the last plan with all changes.

    Whoever changed something reads again afterwards, rows and runs: of several planners at once, whichever rows each knew, the
    last one to change anything sees what all of them have left, and mends it.
    """
    changes: list[Change] = []
    for _ in range(ROUNDS):
        plan = read()
        found = follow_once(plan)
        changes += found
        if not found:
            break
    return plan, changes


def ask_if_moved(client: SyncPrefectClient, database: Database, now: datetime) -> bool:
    """Ask for a new plan at once if there is none, or if an act has moved what it shows.

    Once for each plan; again if the run that was asked for has ended without one, because Prefect's server was busy.
    """
    stands = _remembered(client)
    if stands is not None and not _is_past(stands, database, now):
        return False
    planner = client.read_deployment_by_name(PLANNER)
    key = f"after {stands.made.isoformat()}" if stands else "first"
    for attempt in range(ASKED):
        run = client.create_flow_run_from_deployment(planner.id, idempotency_key=f"{key} {attempt}")
        if run.state is None or not run.state.is_final():
            break
    return True


def _is_past(stands: Remembered, database: Database, now: datetime) -> bool:
    if now - stands.made > STALE:
        return True
    with database.transaction(write=False) as db:
        return moved_since(db, stands.position, after=now, until=stands.until)


def _waiting(client: SyncPrefectClient, deployment: UUID, own: frozenset[str]) -> Iterator[Waiting]:
    scheduled = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])))
    ours = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
    offset = 0
    while True:
        page = client.read_flow_runs(
            flow_run_filter=scheduled, deployment_filter=ours, sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=PAGE, offset=offset,
        )  # fmt: skip
        yield from (
            Waiting(run.id, at, run.name, frozenset(run.tags) - own) for run in page if (at := _instant_of(run))
        )
        offset += PAGE
        if len(page) < PAGE:
            return


def _instant_of(run: FlowRun) -> datetime | None:
    """Read from its key which instant a run was planned for; what somebody has started by hand has none."""
    key = run.idempotency_key or ""
    return datetime.fromisoformat(key.split(" ")[1]) if key.startswith(_KEY) else None


def _create(client: SyncPrefectClient, deployment: UUID, change: Change) -> None:
    """Create a run under the first key of its instant that no run has used up, cancelled or run early by hand."""
    assert change.planned is not None
    for generation in range(RETURNS):
        run = client.create_flow_run_from_deployment(
            deployment, name=change.name, tags=sorted(tags_of(change.planned)), state=Scheduled(scheduled_time=change.at),
            idempotency_key=f"{_KEY}{change.at.isoformat()} {generation}",
        )  # fmt: skip
        if run.state is None or run.state.is_scheduled():
            return


def _remember(client: SyncPrefectClient, plan: Plan, now: datetime) -> None:
    """Note what the plan was made of. The plan stands where a busy server does not take the note: the next sweep misses it, and asks."""
    value: dict[str, Any] = {"made": now.isoformat(), "position": plan.position, "until": plan.until.isoformat()}
    try:
        if client.read_variable_by_name(REMEMBERED) is None:
            with contextlib.suppress(ObjectAlreadyExists):  # another planner was first
                client.create_variable(VariableCreate(name=REMEMBERED, value=value))
        client.update_variable(VariableUpdate(name=REMEMBERED, value=value))
    except httpx.HTTPStatusError as error:
        if error.response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            raise
        log.warning("a plan stands whose note Prefect's server was too busy to take", exc_info=True)


def _remembered(client: SyncPrefectClient) -> Remembered | None:
    """Return what the last plan was made of; None if there is none, or it cannot be read."""
    variable = client.read_variable_by_name(REMEMBERED)
    value: Any = variable.value if variable else None
    try:
        made, until = (datetime.fromisoformat(value[name]) for name in ("made", "until"))
        return Remembered(made, int(value["position"]), until)
    except (TypeError, KeyError, ValueError):
        return None
