"""Turn due reminders into messages to those who still have to act: every minute."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.home import Home
from flows.perform_deadlines import deeds_of
from flows.run import Told, carry_out, late_by, listed
from flows.sweeps import stage_reminders_now
from flows.touching import summed_up
from flows.writing import link_to
from machines.act import Done
from machines.reminders import DueReminder, Reminded, Unreminded
from machines.settle import Due, Settled
from machines.zones import local_time

NOTHING_SETTLED = Settled()
COLUMNS = ("case", "deadline", "norm", "due", "rung", "outcome", "people")


@flow(name="stage_reminders", validate_parameters=False)
async def stage_reminders() -> State[Any]:
    """Remind those who still have to act, once, of the rungs that are due."""
    return await carry_out(_work, artifact="staged-reminders")


def _work(home: Home, now: datetime) -> Told:
    settled, done = stage_reminders_now(home.database, now, home.book)
    return told_of(done, home, now, settled=settled)


def told_of(
    done: Sequence[Reminded | Unreminded], home: Home, now: datetime, *, settled: Settled = NOTHING_SETTLED
) -> Told:
    """Say what became of the reminders, and what had to be performed before them; those that are withdrawn are no news."""
    news = [each for each in done if isinstance(each, Unreminded) or each.people]
    if not (news or settled.done):
        return Told("Nothing due")
    reminded = [each for each in news if isinstance(each, Reminded)]
    failed = [
        f"{each.reminder.number} {each.reminder.deadline} ({type(each.error).__name__})"
        for each in news
        if isinstance(each, Unreminded)
    ]
    titles = [_performed(settled)] if settled.done else []
    if news:
        titles.append(
            f"{sum(each.people for each in reminded)} reminded: {listed([each.reminder.number for each in reminded])}"
        )
    rows = [_performed_row(due, entry, home) for due, entry in settled.done] + [_row(each, home, now) for each in news]
    alarm = (
        f"{listed(failed)}: these reminders cannot be staged and stay due. A fault of the program: report it."
        if failed
        else ""
    )
    touched = summed_up([*deeds_of(settled), *((each.reminder.number, _did(each)) for each in news)])
    return Told("Staged" if news else "Performed", "; ".join(titles), COLUMNS, rows, alarm, touched)


def _did(each: Reminded | Unreminded) -> str:
    return f"reminded of {each.reminder.deadline}" if isinstance(each, Reminded) else "reminder failed"


def _performed(settled: Settled) -> str:
    return f"{len(settled.done)} performed: {listed([f'{done.number} {done.state}' for _, done in settled.done])}"


def _performed_row(due: Due, done: Done, home: Home) -> tuple[str, ...]:
    at = f"{local_time(due.due_at, home.settings.zone):%d.%m.%Y %H:%M}"
    case = f"[{due.number}]({link_to(home.settings.url, due.number)})"
    return (case, due.deadline, done.record.norms, at, "passed", f"performed: {done.record.act}", "")


def _row(each: Reminded | Unreminded, home: Home, now: datetime) -> tuple[str, ...]:
    reminder = each.reminder
    outcome, people = (
        (each.outcome, str(each.people)) if isinstance(each, Reminded) else (f"{type(each.error).__name__}", "")
    )
    due = f"{local_time(reminder.due_at, home.settings.zone):%d.%m.%Y %H:%M}"
    case = f"[{reminder.number}]({link_to(home.settings.url, reminder.number)})"
    return (case, reminder.deadline, reminder.norm, due, _rung(reminder, now), outcome, people)


def _rung(reminder: DueReminder, now: datetime) -> str:
    return f"{reminder.rung} d before" if reminder.rung else f"passed, {late_by(reminder.due_at, now)} ago"
