"""How a run of a flow goes: its work in a thread, then what operators see of it.

A run that did nothing is quiet: no artifact, no new name. Nothing here decides, and nothing of it is needed by the law.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from prefect.artifacts import acreate_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.home import Home, at_home
from flows.logged import log_told
from flows.touching import leave_word
from machines.clock import ClockInDoubt
from machines.clock_watch import watch_clock

T = TypeVar("T")

EARLY = timedelta(seconds=5)  # a run may be started a little before its instant: then it waits
LONGEST_NAME = 180
ROWS = 200  # of a table; the rest is in the journal
TAGS = 50  # cases that a run is tagged with; `touches` has all of them

AGAIN = "Nothing is lost: what is due stays due, and the next run takes it up. If this lasts, `kenes doctor` says what is wrong."

IN_DOUBT = (
    "Nothing was done, so that nothing happens too early, and nothing is lost. Set the clock of the machine right (timedatectl): then "
    "everything goes on by itself. If the new time is right, somebody of the working body confirms it: kenes clock confirm --as PERSON."
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a run did: without rows and failure, nothing."""

    name: str  # of the final state
    title: str = ""  # what the run is renamed to
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    failure: str = ""  # what to do about it
    touched: Mapping[str, str] = field(default_factory=dict)  # cases, and what was done about each in a few words


async def carry_out(
    work: Callable[[Home, datetime], Told],
    *,
    artifact: str,
    whatever_the_clock: bool = False,
    afterwards: Callable[[Home, datetime], object] | None = None,
) -> State[Any]:
    """Do the work of a flow, tell what was done, and return the run's final state.

    While the clock is in doubt only that is done which is to be done *whatever the clock* says. What comes *afterwards* is
    for operators alone: it never fails the run.
    """
    await _wait_for_the_instant()
    try:
        told = await asyncio.to_thread(at_work, work, at_home, whatever_the_clock=whatever_the_clock)
    except ClockInDoubt as error:
        get_run_logger().error("%s", error)
        return Failed(message=f"The run has waited: {error}. {IN_DOUBT}")
    except Exception as error:  # noqa: BLE001 - whatever it was, the run says so and what to do
        get_run_logger().exception("the work was not done")
        return Failed(message=f"{type(error).__name__}: {error}. {AGAIN}")
    log_told(told.title or told.name, told.columns, told.rows)
    await _leave_word(told)
    if told.rows:
        await _tell(told, artifact)
    if afterwards:
        await _afterwards(afterwards)
    if told.failure:
        get_run_logger().error(told.failure)
        return Failed(message=told.failure)
    return Completed(name=told.name, message=told.title or told.name)


def at_work(work: Callable[[Home, datetime], T], opened: Callable[[], Home], *, whatever_the_clock: bool = False) -> T:
    """Do the work at this moment; raise ClockInDoubt where nobody can say which that is."""
    home = opened()
    if home.clock is None:
        return work(home, datetime.now(UTC))
    doubt = watch_clock(home.database.transaction, home.clock, home.settings.operators)
    if doubt and not whatever_the_clock:
        raise ClockInDoubt(doubt)
    return work(home, home.clock())


async def _afterwards(work: Callable[[Home, datetime], object]) -> None:
    try:
        await asyncio.to_thread(at_work, work, at_home, whatever_the_clock=True)
    except Exception:  # noqa: BLE001 - what was done is done
        get_run_logger().warning("the work is done, but not what comes after it", exc_info=True)


async def _leave_word(told: Told) -> None:
    """Note that this run was the flow's last, and which cases it has touched, so that one finds it from there."""
    if run := flow_run.id:
        flow = flow_run.flow_name
        await _afterwards(lambda home, now: leave_word(home.database, now, run=run, flow=flow, touched=told.touched))


async def _wait_for_the_instant() -> None:
    """Wait until the scheduled time: what closes at midnight would otherwise stay open until the next run."""
    early = flow_run.scheduled_start_time - datetime.now(UTC)
    if timedelta(0) < early < EARLY:
        await asyncio.sleep(early.total_seconds())


async def _tell(told: Told, artifact: str) -> None:
    """Rename the run to what it did, tag it with its cases, and leave a table; operators can do without all of it."""
    try:
        async with get_client() as client:
            tags = [*flow_run.tags, *list(told.touched)[:TAGS]]
            await client.update_flow_run(flow_run.id, name=told.title[:LONGEST_NAME], tags=list(dict.fromkeys(tags)))
        await acreate_markdown_artifact(markdown=_table(told), key=artifact, description=told.title[:LONGEST_NAME])
    except Exception:  # noqa: BLE001 - what was done is done, whether it can be shown or not
        get_run_logger().warning("the work is done, but could not be shown here", exc_info=True)


def _table(told: Told) -> str:
    lines = [told.columns, ["---"] * len(told.columns), *told.rows[:ROWS]]
    table = "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)
    left_out = len(told.rows) - ROWS
    return f"{told.title}\n\n{table}" + (f"\n\nand {left_out} more" if left_out > 0 else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def late_by(due: datetime, now: datetime) -> str:
    """Write how late something was done, to the second below an hour and to the minute above."""
    seconds = max(0, round((now - due).total_seconds()))
    hours, rest = divmod(seconds, 3600)
    days, hours = divmod(hours, 24)
    if days or hours:
        return (f"{days} d " if days else "") + f"{hours} h {rest // 60:02d} min"
    return f"{rest // 60} min {rest % 60:02d} s" if rest >= 60 else f"{rest} s"


def listed(parts: Sequence[str], *, most: int = 4) -> str:
    """Write a few of many: a, b, and 3 more."""
    return ", ".join(parts[:most]) + (f", and {len(parts) - most} more" if len(parts) > most else "")
