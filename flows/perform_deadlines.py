"""Perform the deadlines that have passed: every minute, and at each instant at which something falls due."""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State

from flows.home import Home
from flows.planning import ask_if_moved
from flows.run import Told, carry_out, late_by, listed
from flows.sweeps import perform_deadlines_now
from flows.touching import summed_up
from flows.writing import link_to
from machines.act import Done
from machines.alarms import watch
from machines.settle import Due, Failure, Settled
from machines.watching import failing
from machines.zones import local_time

log = logging.getLogger("kenes.flows")

COLUMNS = ("case", "act", "norm", "due", "done", "late by")


@flow(name="perform_deadlines", validate_parameters=False)
async def perform_deadlines() -> State[Any]:
    """Perform every automatic deadline that has passed, each with its own instant."""
    return await carry_out(_work, artifact="performed-deadlines", afterwards=_keep_the_plan)


def _work(home: Home, now: datetime) -> Told:
    settled = perform_deadlines_now(home.database, now, home.book)
    for each in settled.failed:
        log.error("%s %s: the act of the clock failed", each.due.number, each.due.deadline, exc_info=each.error)
    with home.database.transaction(write=False) as db:
        stands = failing(db) or db.one("SELECT 1 FROM alarms WHERE code = 'failing' AND ended_at IS NULL")
    if stands:
        with home.database.transaction() as db:
            watch(db, ["failing"], failing(db), now, home.settings.operators)
    return told_of(settled, home, now)


def _keep_the_plan(home: Home, now: datetime) -> None:
    """Let the plan of the near future be made anew at once when an act has moved something in it."""
    with get_client(sync_client=True) as client:
        ask_if_moved(client, home.database, now)


def told_of(settled: Settled, home: Home, now: datetime) -> Told:
    """Say what a sweep did."""
    if not (settled.done or settled.failed):
        return Told("Nothing due")
    parts = [f"{done.number} {done.state}" for _, done in settled.done]
    failing = [f"{failure.due.number} failed" for failure in settled.failed]
    title = f"{len(parts)} performed: {listed(failing + parts)}" if parts else listed(failing)
    rows = [_row(due, done.record.act, done.record.norms, home, now) for due, done in settled.done]
    rows += [_row(each.due, f"{each.due.act}: {type(each.error).__name__}", "", home, now) for each in settled.failed]
    return Told(
        "Performed" if parts else "Failing", title, COLUMNS, rows, _alarm(settled.failed), summed_up(deeds_of(settled))
    )


def deeds_of(settled: Settled) -> Iterator[tuple[str, str]]:
    """Say of each case what a sweep did about it, and about those that were moved with it."""
    for _, done in settled.done:
        yield from _deeds(done)
    for each in settled.failed:
        if each.due.number:  # a year that could not begin has no case yet
            yield each.due.number, f"{each.due.act} failed"


def _deeds(done: Done) -> Iterator[tuple[str, str]]:
    yield done.number, f"{done.record.act} performed"
    for followed in done.consequences:
        yield from _deeds(followed)


def _row(due: Due, act: str, norms: str, home: Home, now: datetime) -> tuple[str, ...]:
    def shown(instant: datetime) -> str:
        return f"{local_time(instant, home.settings.zone):%d.%m.%Y %H:%M:%S}"

    case = f"[{due.number}]({link_to(home.settings.url, due.number)})"
    return (case, act, norms, shown(due.due_at), shown(now), late_by(due.due_at, now))


def _alarm(failed: tuple[Failure, ...]) -> str:
    """Say what somebody must do about deadlines that fail again and again; one that failed once is simply tried again."""
    alarming = [
        f"{each.due.number} {each.due.deadline} ({type(each.error).__name__})" for each in failed if each.alarming
    ]
    if not alarming:
        return ""
    return (
        f"{listed(alarming)}: the act of the clock has failed three times. All other cases go on. The deadline stays open and its act "
        "will be effective at its own instant; logs/worker.log has the error, which is a fault of the program: report it."
    )
