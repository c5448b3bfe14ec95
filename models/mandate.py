"""Mandates: who holds which office, for which body, from when until when (items 7, 9, 13, 17)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime

_IN_FORCE = sa.text("ended_at IS NULL")


class Mandate(SQLModel, table=True):
    """One person's hold of one office; a case of office, membership, council_seat or deputy_appointment gives it.

    The interval is half-open. `slot` makes the database the referee of how many may hold an office at once:
    "1" where there is one holder, "1" and "2" for the deputies (7.1c), the person otherwise.
    """

    __tablename__ = "mandates"
    __table_args__ = (
        sa.Index(
            "mandates_one_a_slot",
            "office",
            "body",
            "slot",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        sa.Index("mandates_of_person", "person_id"),
        sa.Index("mandates_of_office", "office", "body"),
        sa.CheckConstraint("office <> 'deputy_chairman' OR slot IN ('1', '2')", name="two_deputies"),
        sa.CheckConstraint("office <> 'chairman' OR slot = '1'", name="one_chairman"),
    )

    number: str = Field(primary_key=True, foreign_key="cases.number", max_length=24)
    person_id: str = Field(foreign_key="people.person_id")
    office: str
    body: str = ""
    region: str = ""
    category: str | None = None
    ex_officio: str | None = None
    acting: bool = False
    slot: str
    since: date
    begins_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
