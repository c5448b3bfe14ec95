"""Whether the clock can be trusted: what it says is compared with what was known before and how long the machine has run since.

Nothing here reads a clock: a reading is an argument. Slow correction is no jump; who sets the clock by more than `TOLERANCE`
at once is noticed, forwards and backwards. After a start of the machine no more can be said than that time does not go
backwards: the clock must not stand before what has been recorded or witnessed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

TOLERANCE = timedelta(seconds=45)  # more than any correction that goes unseen, less than what moves a term

AHEAD, BACK, BEFORE_WITNESS, BEFORE_ENTRY, ELSEWHERE = "ahead", "back", "before_witness", "before_entry", "elsewhere"


class Reading(NamedTuple):
    """What one process reads at one moment: the time of day, and how long its machine has run."""

    at: datetime
    ran_ms: int
    boot: str  # which run of which machine

    def expected(self, ran_ms: int) -> datetime:
        """Say what the clock will show when the machine has run for *ran_ms*."""
        return self.at + timedelta(milliseconds=ran_ms - self.ran_ms)


class Doubt(NamedTuple):
    """Why the clock cannot be trusted: what it says, and what it should say, or at least have reached."""

    kind: str
    shown: datetime
    expected: datetime

    @property
    def seconds(self) -> int:
        """By how much it is off."""
        return round(abs((self.shown - self.expected).total_seconds()))


class ClockInDoubt(Exception):
    """Nothing is done while the clock cannot be trusted: what is early would be unlawful."""

    def __init__(self, doubt: Doubt) -> None:
        expected = f"{doubt.expected:%Y-%m-%d %H:%M:%S} UTC"
        if doubt.kind == ELSEWHERE:
            said = f"the clock of another machine is in doubt since {expected}"
        else:
            least = "at least " if doubt.kind in (BEFORE_WITNESS, BEFORE_ENTRY) else ""
            said = (
                f"the clock says {doubt.shown:%Y-%m-%d %H:%M:%S} UTC, by what was known before it is {least}{expected}"
            )
        super().__init__(said)
        self.doubt = doubt


def jumped(known: Reading, now: Reading) -> Doubt | None:
    """Compare two readings of one run of a machine; None: the clock has kept step."""
    expected = known.expected(now.ran_ms)
    if abs(now.at - expected) <= TOLERANCE:
        return None
    return Doubt(AHEAD if now.at > expected else BACK, now.at, expected)


def judge(now: Reading, witnesses: Sequence[Reading], last_entry: datetime | None) -> Doubt | None:
    """Judge a reading by what processes have witnessed and by when the last entry was recorded.

    Of the same run of the machine the newest witness counts; others only say that it cannot be earlier.
    """
    here = [witness for witness in witnesses if witness.boot == now.boot]
    if here and (doubt := jumped(max(here, key=lambda witness: witness.ran_ms), now)):
        return doubt
    latest = max((witness.at for witness in witnesses), default=None)
    if latest and now.at < latest - TOLERANCE:
        return Doubt(BEFORE_WITNESS, now.at, latest)
    if last_entry and now.at < last_entry - TOLERANCE:
        return Doubt(BEFORE_ENTRY, now.at, last_entry)
    return None
