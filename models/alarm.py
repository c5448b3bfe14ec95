"""Alarms: what somebody must see to, told once when it begins and, where people wait for it, once when it is over."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime

_OPEN = sa.text("ended_at IS NULL")


class Alarm(SQLModel, table=True):
    """One thing that was found wrong, from then on until it was found no more. Of a name one is open at a time."""

    __tablename__ = "alarms"
    __table_args__ = (
        sa.Index("alarms_one_open", "name", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )  # fmt: skip

    name: str = Field(primary_key=True, max_length=160)  # no_sweep, no_owner:C-2026-0014
    since: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    code: str  # what it is: its texts and who is told
    number: str  # the case that it is about, if it is about one
    numbers: str  # JSON: what its text tells
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: str = ""  # itself, confirmed
    position: int | None = None  # of the last entry, when a person confirmed the clock
