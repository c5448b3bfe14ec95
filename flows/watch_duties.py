"""Look for what somebody must see to, and raise and end the alarms: every hour and every morning."""

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.home import Home
from flows.run import Told, carry_out, listed
from flows.sweeps import watch_duties_now
from flows.writing import link_to
from machines.alarm_texts import in_words
from machines.alarms import Standing
from machines.zones import local_time

COLUMNS = ("alarm", "case", "since", "what to do")


@flow(name="watch_duties", validate_parameters=False)
async def watch_duties() -> State[Any]:
    """See whether anything has been left without an owner, failed, given up, or not entered in time."""
    return await carry_out(_work, artifact="open-alarms", whatever_the_clock=True)


def _work(home: Home, now: datetime) -> Told:
    in_doubt = home.clock is not None and home.clock.doubt() is not None
    return told_of(watch_duties_now(home.database, now, home.book, home.settings, in_doubt=in_doubt), home)


def told_of(standing: list[Standing], home: Home) -> Told:
    """Say which alarms are open, and what to do about each."""
    if not standing:
        return Told("All well")
    title = f"{len(standing)} open: {listed([alarm.name for alarm in standing])}"
    return Told("Alarms", title, COLUMNS, [_row(alarm, home) for alarm in standing])


def _row(alarm: Standing, home: Home) -> tuple[str, ...]:
    words = in_words(alarm.code, alarm.numbers, language="en", zone=home.settings.zone)
    case = f"[{alarm.number}]({link_to(home.settings.url, alarm.number)})" if alarm.number else ""
    return (words.subject, case, f"{local_time(alarm.since, home.settings.zone):%d.%m.%Y %H:%M}", words.todo)
