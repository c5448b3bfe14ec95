"""Watch the clock of this machine: the alarm begins and ends with the doubt, and what is in order is witnessed.

A door or a flow calls this now and then; the acts in between only compare two numbers (machines/witnesses.py).
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from machines.alarms import CONFIRMED, Found, end_alarm, open_alarms, watch
from machines.clock import ELSEWHERE, Doubt, Reading
from machines.refusal import Forbidden
from machines.settle import again_if_raced
from machines.watching import about_the_clock
from machines.witnesses import CODE, WITNESSED_EVERY_MS, TrustedClock, alarm_name, bear_witness, doubt_of, start_anew
from models import host
from models.database import Db

OpenTransaction = Callable[..., AbstractContextManager[Db]]

_WORKING_BODY = "SELECT 1 FROM mandates WHERE person_id = ? AND office = 'working_body' AND ended_at IS NULL"
_WITNESSED = "SELECT ran_ms FROM witnesses WHERE process = ? AND boot = ?"


def watch_clock(open_transaction: OpenTransaction, clock: TrustedClock, operators: Sequence[str]) -> Doubt | None:
    """Say why the clock cannot be trusted, or None; raise the alarm, or end it and bear witness."""
    now = clock.read()
    with open_transaction(write=False) as db:
        doubt = clock.judged(db, now)
        if not _is_news(db, doubt, now):
            return doubt

    def note() -> Doubt | None:
        with open_transaction() as db:
            doubt = clock.judged(db, now)  # anew: meanwhile somebody may have confirmed the time
            if doubt is None:
                bear_witness(db, now, host.process())
            _bring_up_to_date(db, doubt, now.at, operators)
            return doubt

    return again_if_raced(note)


def confirm(open_transaction: OpenTransaction, now: Reading, *, actor: str, operators: Sequence[str]) -> int:
    """Let the time of *now* count as right from here on, because *actor* of the working body says so.

    What was witnessed is forgotten, entries made before say nothing any more; the alarms end, with who confirmed it.
    Return how many. Forbidden for everybody else.
    """

    def enter() -> int:
        with open_transaction() as db:
            if db.one(_WORKING_BODY, actor) is None:
                raise ClockNotTheirs(actor)
            _bring_up_to_date(db, doubt_of(db, now), now.at, operators)  # so that it is noted whatever has been noticed
            position = start_anew(db, now, host.process())
            return sum(
                end_alarm(
                    db, alarm.name, now.at, operators, by=CONFIRMED, position=position, told={"confirmed_by": actor}
                )
                for alarm in open_alarms(db)
                if alarm.code == CODE
            )

    return again_if_raced(enter)


class ClockNotTheirs(Forbidden):
    """The time is confirmed by the working body."""

    def __init__(self, actor: str) -> None:
        super().__init__(f"clock.confirm by {actor}", ("working_body",))


def _is_news(db: Db, doubt: Doubt | None, now: Reading) -> bool:
    """Say whether anything has to be written: a doubt, an alarm that is to end, or that one was here a minute ago."""
    if doubt:
        return doubt.kind != ELSEWHERE
    mine: Any = db.one(_WITNESSED, host.process(), now.boot)
    stands = any(alarm.name == alarm_name() for alarm in open_alarms(db))
    return stands or mine is None or now.ran_ms - mine[0] >= WITNESSED_EVERY_MS


def _bring_up_to_date(db: Db, doubt: Doubt | None, now: datetime, operators: Sequence[str]) -> None:
    if doubt is None or doubt.kind != ELSEWHERE:
        watch(db, [CODE], about_the_clock(alarm_name(), doubt) + _others(db), now, operators)


def _others(db: Db) -> list[Found]:
    """Return the alarms about the clocks of other machines, which judge them themselves."""
    return [
        Found(alarm.name, alarm.code, alarm.number, alarm.numbers)
        for alarm in open_alarms(db)
        if alarm.code == CODE and alarm.name != alarm_name()
    ]
