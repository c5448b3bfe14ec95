"""Votes: the counted ballot of each member by name, and of a secret vote only who took part and how many there were."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Ballot(SQLModel, table=True):
    """The ballot of one member that counts in one vote by name: the last one received (one a member)."""

    __tablename__ = "ballots"
    __table_args__ = (sa.CheckConstraint("choice IN ('for', 'against', 'abstain')", name="a_choice"),)

    number: str = Field(primary_key=True, foreign_key="cases.number", max_length=24)
    person_id: str = Field(primary_key=True, max_length=64)
    choice: str
    received_at: datetime = Field(sa_type=UtcDateTime)
    seq: int  # the entry that cast it


class Participation(SQLModel, table=True):
    """That one member has taken part in one secret vote: once, and nothing about what he chose."""

    __tablename__ = "participations"

    number: str = Field(primary_key=True, foreign_key="cases.number", max_length=24)
    person_id: str = Field(primary_key=True, max_length=64)


class Tally(SQLModel, table=True):
    """How many chose what in a vote without names: a sum, so that no order of ballots remains."""

    __tablename__ = "tallies"
    __table_args__ = (sa.CheckConstraint("votes >= 0", name="no_negative_votes"),)

    number: str = Field(primary_key=True, foreign_key="cases.number", max_length=24)
    choice: str = Field(primary_key=True, max_length=8)
    votes: int


class Elector(SQLModel, table=True):
    """One person on the list of who may vote, frozen at the opening or the closing of a vote."""

    __tablename__ = "electors"

    number: str = Field(primary_key=True, foreign_key="cases.number", max_length=24)
    moment: str = Field(primary_key=True, max_length=8)  # opening, closing
    person_id: str = Field(primary_key=True, max_length=64)
