"""Our worker, as far as it needs no server of Prefect's."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
import httpx
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.objects import State as RunState
from prefect.workers.base import BaseWorker

from flows.worker import POOL, TAKEN_UP_WITHIN, KenesWorker, doubled, orphans

NOW = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)

SWEEP, REMINDERS = UUID(int=1), UUID(int=2)


def run(number: int, deployment: UUID) -> FlowRun:
    return FlowRun(id=UUID(int=number), flow_id=UUID(int=9), deployment_id=deployment)


def test_of_a_pile_the_newest_run_of_each_deployment_stays():
    """One sweep does what all of them would have done; the nightly one that was missed is still made up for."""
    newest_first = [run(15, SWEEP), run(14, REMINDERS), run(13, SWEEP), run(12, SWEEP), run(11, REMINDERS)]
    assert [13, 12, 11] == [each.id.int for each in doubled(newest_first)]
    assert [] == doubled(newest_first[:2])


def taken_up(number: int, *, ago: timedelta, by: str | None = None) -> FlowRun:
    pending = RunState(type=StateType.PENDING, timestamp=NOW - ago)
    return FlowRun(id=UUID(int=number), flow_id=UUID(int=9), state=pending, infrastructure_pid=by)


def test_runs_whose_worker_is_gone_are_orphans():
    """One that a worker took up and never said a word about, and one of a process that lives no more."""
    runs = [
        taken_up(1, ago=TAKEN_UP_WITHIN * 2),
        taken_up(2, ago=TAKEN_UP_WITHIN / 2),
        taken_up(3, ago=timedelta(0), by=f"{socket.gethostname()}:{2**30}"),
        taken_up(4, ago=TAKEN_UP_WITHIN * 2, by="another-host:12"),
    ]
    assert [1, 3] == [run.id.int for run in orphans(runs, own=set(), now=NOW)]


def test_what_a_loaded_worker_takes_up_slowly_is_its_own():
    """However long it takes until a run begins: nobody marks it as left behind who is about to run it."""
    slow = taken_up(1, ago=TAKEN_UP_WITHIN * 2)
    assert [] == orphans([slow], own={slow.id}, now=NOW)


class Busy:
    """Stands for the client of a server that is too busy to answer; notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def ask(*_: Any, **__: Any) -> None:
            self.asked.append(name)
            raise httpx.ReadTimeout("busy")

        return ask


def test_a_run_that_cannot_be_taken_up_waits():
    """Its place is free again, and nothing else ends with it; it is asked for again at the worker's next turn."""

    async def take_up() -> tuple[KenesWorker, Busy]:
        worker, busy, late = KenesWorker(work_pool_name=POOL), Busy(), run(1, SWEEP)
        worker._client, worker._limiter = busy, anyio.CapacityLimiter(1)
        worker._limiter.acquire_on_behalf_of_nowait(late.id)
        worker._submitting_flow_run_ids.add(late.id)
        await worker._submit_run(late)
        return worker, busy

    worker, busy = asyncio.run(take_up())
    assert (set(), 1) == (worker._submitting_flow_run_ids, worker.limiter.available_tokens)
    assert ["read_deployment"] == busy.asked


def test_no_run_depends_on_its_labels():
    """Prefect's worker writes them before each run, and a busy server refuses that; ours does without."""
    theirs = BaseWorker._give_worker_labels_to_flow_run  # by this name
    worker, busy = KenesWorker(work_pool_name=POOL), Busy()
    worker._client = busy
    asyncio.run(worker._give_worker_labels_to_flow_run(run(1, SWEEP).id))
    assert ([], True) == (busy.asked, theirs is not KenesWorker._give_worker_labels_to_flow_run)
