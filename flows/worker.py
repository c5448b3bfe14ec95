"""A worker of our own type, which runs flows in its own process: a run costs a tenth of a second instead of three.

Prefect finds it by the entry point `prefect.collections`. Any number of hosts may run one; what exclusion there is belongs to the
database.
"""

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
import anyio.abc
from prefect import Flow
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import Abort, ObjectNotFound
from prefect.flow_engine import run_flow_async, run_flow_sync
from prefect.flows import load_flow_from_entrypoint
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

POOL = "kenes"
LOOK_FOR_ORPHANS_EVERY_S = 30.0
LOOK_FOR_A_PILE_EVERY_S = 30.0
LATE = timedelta(minutes=2)  # a run that has waited for so long belongs to a pile
TAKEN_UP_WITHIN = timedelta(minutes=1)  # a worker says at once which runs are its own
GRACE_S = 5.0  # for the runs under way when the worker is to end

log = logging.getLogger("kenes.worker")


class KenesWorkerResult(BaseWorkerResult):
    """How a run ended: that it did; its state says the rest."""


class KenesWorker(BaseWorker[BaseJobConfiguration, BaseVariables, KenesWorkerResult]):
    """Runs flows in the worker's own process, each flow loaded once."""

    type = "kenes"
    job_configuration = BaseJobConfiguration
    job_configuration_variables = BaseVariables
    _display_name = "kenes"
    _description = "Runs the flows of kenes in the worker's own process."

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._flows: dict[str, Flow[..., Any]] = {}
        self._running: set[UUID] = set()
        self._ending = False
        self._orphans_sought_at = -LOOK_FOR_ORPHANS_EVERY_S
        self._pile_sought_at = -LOOK_FOR_A_PILE_EVERY_S

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus[Any] | None = None,
    ) -> KenesWorkerResult:
        """Run a flow here, in this process."""
        del configuration  # there is no infrastructure to configure
        here = f"{socket.gethostname()}:{os.getpid()}"
        self._running.add(flow_run.id)
        try:
            # Before it runs: whoever starts after a crash must find whose run this was.
            await self.client.update_flow_run(flow_run.id, infrastructure_pid=here)
            flow = await self._flow_of(flow_run)
            if task_status:
                task_status.started(here)
            with contextlib.suppress(Abort):  # the server says that it is not to run (any more)
                await _run(flow, flow_run)
        finally:
            self._running.discard(flow_run.id)
        return KenesWorkerResult(status_code=0, identifier=here)

    async def _flow_of(self, flow_run: FlowRun) -> Flow[..., Any]:
        assert flow_run.deployment_id
        deployment = await self.client.read_deployment(flow_run.deployment_id)
        entrypoint = deployment.entrypoint
        if entrypoint is None:
            raise ValueError(f"deployment {deployment.name} names no entrypoint")
        if entrypoint not in self._flows:
            self._flows[entrypoint] = await asyncio.to_thread(
                load_flow_from_entrypoint, entrypoint, use_placeholder_flow=False
            )
        return self._flows[entrypoint]

    async def sync_with_backend(self) -> None:
        """Keep in touch with Prefect's server; now and then look for runs that nobody runs any more."""
        await super().sync_with_backend()
        if time.monotonic() - self._orphans_sought_at >= LOOK_FOR_ORPHANS_EVERY_S:
            self._orphans_sought_at = time.monotonic()
            await self._mark_orphans()

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """Take up the runs that are due, unless the worker is about to end."""
        if self._ending:
            return []
        if time.monotonic() - self._pile_sought_at >= LOOK_FOR_A_PILE_EVERY_S:
            self._pile_sought_at = time.monotonic()
            await self._clear_the_pile()
        return await super().get_and_submit_flow_runs()

    async def end(self) -> None:
        """Take up nothing more, and give the runs under way a moment to end."""
        self._ending = True
        with anyio.move_on_after(GRACE_S):
            while self._running:  # noqa: ASYNC110 - once in the life of a worker
                await anyio.sleep(0.05)

    async def _submit_run(self, flow_run: FlowRun) -> None:
        """Take up a run; where Prefect's server is too busy even to be asked, it waits for its next turn, and the others go on."""
        try:
            await super()._submit_run(flow_run)
        except Exception:  # else all runs would end with this one, and the worker
            log.warning("a run could not be taken up yet", extra={"run": str(flow_run.id)}, exc_info=True)
            self._release_limit_slot(flow_run.id)
            self._submitting_flow_run_ids.discard(flow_run.id)

    async def _give_worker_labels_to_flow_run(self, flow_run_id: UUID) -> None:
        """Give no labels: whose run it is, `infrastructure_pid` says.

        On SQLite a busy server refuses labels again and again, which makes a run wait for minutes, or ends it before it has begun.
        """
        del flow_run_id

    async def _clear_the_pile(self) -> None:
        """Delete the runs that have piled up while no worker took them up, but for the newest of each deployment.

        One does what all of them would have done, and all of them at once keep Prefect's server from its work for minutes.
        """
        late = await self.client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
                expected_start_time=FlowRunFilterExpectedStartTime(before_=datetime.now(UTC) - LATE),
            ),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[self._work_pool_name])),
            sort=FlowRunSort.EXPECTED_START_TIME_DESC,
            limit=200,
        )
        for run in doubled(late):
            if run.id not in self._submitting_flow_run_ids:
                with contextlib.suppress(ObjectNotFound):  # another worker has done it
                    await self.client.delete_flow_run(run.id)

    async def _mark_orphans(self) -> None:
        """Mark as crashed the runs that a predecessor on this host left: what they were about is still due in our rows."""
        unfinished = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
        runs = await self.client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=unfinished)),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[self._work_pool_name])),
            limit=200,
        )
        # What this worker is taking up just now is its own, however long that takes on a loaded machine.
        for run in orphans(runs, own=self._running | self._submitting_flow_run_ids, now=datetime.now(UTC)):
            worker = run.infrastructure_pid or "that had taken it up"
            await self._propose_crashed_state(run, f"its worker {worker} has ended; nothing is lost by that")


def doubled(runs: Sequence[FlowRun]) -> list[FlowRun]:
    """Return the runs, the newest first, whose deployment has a newer one among them."""
    newest = {run.deployment_id: run.id for run in reversed(runs)}
    return [run for run in runs if newest[run.deployment_id] != run.id]


def orphans(runs: Sequence[FlowRun], *, own: Collection[UUID], now: datetime) -> list[FlowRun]:
    """Return the runs that nobody will end: not one's own, and of a worker of this host that is gone or never said a word."""
    return [run for run in runs if run.id not in own and _is_orphan(run, now)]


async def _run(flow: Flow[..., Any], flow_run: FlowRun) -> None:
    """Run a flow; its exceptions become its state."""
    if flow.isasync:
        await run_flow_async(flow, flow_run=flow_run, parameters=flow_run.parameters, return_type="state")
    else:
        await asyncio.to_thread(
            run_flow_sync, flow, flow_run=flow_run, parameters=flow_run.parameters, return_type="state"
        )


def _is_orphan(run: FlowRun, now: datetime) -> bool:
    """Say whether a run belonged to a worker of this host that is gone, or to one that died before it could say so."""
    host, _, pid = (run.infrastructure_pid or "").rpartition(":")
    if not run.infrastructure_pid and run.state and run.state.is_pending():
        return now - run.state.timestamp > TAKEN_UP_WITHIN
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    return int(pid) == os.getpid() or not _is_worker(int(pid))


def _is_worker(pid: int) -> bool:
    """Say whether a process lives and is a worker: after a restart of the host its number may be another's."""
    with contextlib.suppress(OSError):
        return b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    if Path("/proc/self").exists():
        return False
    try:  # where there is no /proc
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
