"""Witnesses of the clock: what each living process knows of the time, so that a clock that jumps is noticed."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Witness(SQLModel, table=True):
    """What one process last read: the time of day, and how long its machine had run then."""

    __tablename__ = "witnesses"

    process: str = Field(primary_key=True, max_length=120)
    boot: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)
    ran_ms: int = Field(sa_type=sa.BigInteger)
