"""An act that is asked for, and what is answered when it is done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from machines.refusal import Refusal
from models.entry import Record

CLOCK = "clock"  # who acts when a deadline has passed
PRESIDENT = "president"  # whose acts the working body enters


class Act(NamedTuple):
    """One attempt by one actor at one instant.

    *at* is the instant it takes effect (aware), *recorded_at* when it is written down (the same unless the clock acts
    late). *seen* is the entry that the actor had before his eyes, *key* makes the act safe to send twice.
    """

    procedure: str
    name: str
    actor: str
    at: datetime
    case: str | None = None
    office: str | None = None
    facts: Mapping[str, Any] = {}
    seen: int | None = None
    key: str | None = None
    on_behalf_of: str | None = None
    document: Mapping[str, Any] | None = None
    recorded_at: datetime | None = None
    founding: bool = False  # the register's import, while nobody holds an office of the working body
    expired: str = ""  # the deadline whose passing makes the clock act

    def __str__(self) -> str:
        """Name it as the contract does."""
        return f"{self.procedure}.{self.name}"


class Done(NamedTuple):
    """An act that was done: the entry it made, and the case as that entry left it."""

    record: Record
    warnings: tuple[Refusal, ...] = ()
    consequences: tuple["Done", ...] = ()
    replay: bool = False

    @property
    def number(self) -> str:
        """The case."""
        return self.record.number

    @property
    def state(self) -> str:
        """The state that the entry left."""
        return self.record.target

    @property
    def seq(self) -> int:
        """The entry's place in its case."""
        return self.record.seq
