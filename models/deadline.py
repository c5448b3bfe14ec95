"""Deadlines and the reminders that lead to them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime

_OPEN = sa.text("state = 'open'")
_AUTOMATIC = sa.text("state = 'open' AND kind = 'automatic'")
_FAILING = sa.text("state = 'open' AND failures > 0")
_WAITING = sa.text("settled_at IS NULL")


class Deadline(SQLModel, table=True):
    """One deadline of one case, with how it was counted.

    `automatic`: when it has passed the clock performs `act`; `limit`: past it the act is refused;
    `target`: past it somebody is told.
    """

    __tablename__ = "deadlines"
    __table_args__ = (
        sa.Index("deadlines_one_open", "number", "name", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index(
            "deadlines_fall_due",
            "due_at",
            "rank",
            "opened_at",
            "number",
            sqlite_where=_AUTOMATIC,
            postgresql_where=_AUTOMATIC,
        ),
        sa.Index("deadlines_ahead", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index("deadlines_of_name", "name", "due_at", "number", sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index("deadlines_failing", "number", sqlite_where=_FAILING, postgresql_where=_FAILING),
    )

    number: str = Field(primary_key=True, foreign_key="cases.number", max_length=24)
    opened_seq: int = Field(primary_key=True)
    name: str = Field(primary_key=True, max_length=32)
    kind: str
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # none: open and undated
    zone: str
    norm: str
    steps: str  # JSON: the derivation
    calendar_version: int
    act: str = ""  # what the clock performs when it has passed
    rank: int = 0  # the order among what falls due at one instant
    opened_at: datetime = Field(sa_type=UtcDateTime)
    state: str = "open"  # open, closed, expired
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str = ""  # "C-2026-0014/8"
    failures: int = 0  # how often the clock's act raised a bug


class Reminder(SQLModel, table=True):
    """One rung of a deadline: so many days before it (0: once it has passed), for whom."""

    __tablename__ = "reminders"
    __table_args__ = (sa.Index("reminders_waiting", "at", sqlite_where=_WAITING, postgresql_where=_WAITING),)

    number: str = Field(primary_key=True, max_length=24)
    opened_seq: int = Field(primary_key=True)
    deadline: str = Field(primary_key=True, max_length=32)
    rung: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    audience: str  # names of audiences separated by spaces: who still has to act is asked when it goes out
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = ""  # staged, merged, withdrawn
