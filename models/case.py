"""A case: one running instance of a procedure, as its last entry left it."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Case(SQLModel, table=True):
    """One case. Only `perform` writes it, together with the entry that it follows from."""

    __tablename__ = "cases"
    __table_args__ = (
        sa.Index(
            "cases_open_of_person",
            "person_id",
            sqlite_where=sa.text("not final"),
            postgresql_where=sa.text("not final"),
        ),
        sa.Index(
            "cases_ended_of_person", "person_id", sqlite_where=sa.text("final"), postgresql_where=sa.text("final")
        ),
        sa.Index(
            "cases_open_of_body", "body", sqlite_where=sa.text("not final"), postgresql_where=sa.text("not final")
        ),
        sa.Index("cases_of_parent", "parent"),
        sa.Index("cases_about", "about"),
        sa.Index("cases_by_state", "procedure", "state", "number"),
        sa.Index("cases_newest", "opened_at", "number"),
    )

    number: str = Field(primary_key=True, max_length=24)  # C-2026-0014
    procedure: str
    state: str
    seq: int
    head: str  # the hash of the last entry
    final: bool
    definition: str  # digest of the procedure's table it runs under
    edition: str  # edition of the rules on the day it was opened
    rulings: str  # JSON: the rulings of that day that differ from the defaults; an open case keeps its own
    zone: str
    person_id: str | None = Field(default=None, foreign_key="people.person_id")
    body: str = ""
    region: str = ""
    parent: str | None = None  # the case it belongs to: a question's meeting
    about: str | None = None  # the case it is about: a question's candidacy
    facts: str  # JSON: what the entries' facts add up to
    joint: str = "{}"  # JSON: who has done a joint act that others still have to do
    opened_at: datetime = Field(sa_type=UtcDateTime)


class Counter(SQLModel, table=True):
    """The last number given in a series, such as C-2026."""

    __tablename__ = "counters"

    series: str = Field(primary_key=True, max_length=16)
    last: int
