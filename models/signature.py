"""Signatures under a request of members."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Signature(SQLModel, table=True):
    """That one member has signed one request; withdrawn, it is gone (the journal keeps both)."""

    __tablename__ = "signatures"

    number: str = Field(primary_key=True, foreign_key="cases.number", max_length=24)
    person_id: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)
