"""Turn due reminders into messages to those who still have to act: every minute."""

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.home import Home
from flows.run import Told, carry_out, late_by, listed
from flows.sweeps import stage_reminders_now
from flows.writing import link_to
from machines.reminders import DueReminder, Reminded, Unreminded
from machines.zones import local_time

COLUMNS = ("case", "deadline", "norm", "due", "rung", "outcome", "people")


@flow(name="stage_reminders", validate_parameters=False)
async def stage_reminders() -> State[Any]:
    """Remind those who still have to act, once, of the rungs that are due."""
    return await carry_out(_work, artifact="staged-reminders")


def _work(home: Home, now: datetime) -> Told:
    return told_of(stage_reminders_now(home.database, now, home.book), home, now)


def told_of(done: list[Reminded | Unreminded], home: Home, now: datetime) -> Told:
    """Say what became of the reminders; those that are withdrawn are no news."""
    news = [each for each in done if isinstance(each, Unreminded) or each.people]
    if not news:
        return Told("Nothing due")
    reminded = [each for each in news if isinstance(each, Reminded)]
    failed = [
        f"{each.reminder.number} {each.reminder.deadline} ({type(each.error).__name__})"
        for each in news
        if isinstance(each, Unreminded)
    ]
    title = f"{sum(each.people for each in reminded)} reminded: {listed([each.reminder.number for each in reminded])}"
    rows = [_row(each, home, now) for each in news]
    alarm = (
        f"{listed(failed)}: these reminders cannot be staged and stay due. A fault of the program: report it."
        if failed
        else ""
    )
    return Told("Staged", title, COLUMNS, rows, alarm)


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
