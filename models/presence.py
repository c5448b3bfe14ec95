"""Presence in a sitting: who came and went, when."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime

_HERE = sa.text("until IS NULL")


class Presence(SQLModel, table=True):
    """One stay of one person in a meeting or session; nobody is there twice at a time."""

    __tablename__ = "presences"
    __table_args__ = (
        sa.Index("presences_once", "number", "person_id", unique=True, sqlite_where=_HERE, postgresql_where=_HERE),
    )

    number: str = Field(primary_key=True, foreign_key="cases.number", max_length=24)
    person_id: str = Field(primary_key=True, max_length=64)
    seq: int = Field(primary_key=True)  # the entry that checked the person in
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
