"""Which runs of the flows have touched which cases: so that one finds from a case what ran, whatever Prefect still knows."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Touch(SQLModel, table=True):
    """That one run of a flow did something about one case. A trace for operators, no part of the record; kept for a while."""

    __tablename__ = "touches"
    __table_args__ = (sa.Index("touches_in_time", "at"),)

    number: str = Field(primary_key=True, max_length=24)
    run_id: str = Field(primary_key=True, max_length=36)  # the run's id at Prefect's server
    flow: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)
    did: str = Field(max_length=200)  # in a few words, without names of people
