"""Tokens of the API: only their hash is kept."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Token(SQLModel, table=True):
    """One token of one person (or of a service that acts as one)."""

    __tablename__ = "tokens"

    token_id: str = Field(primary_key=True, max_length=32)
    person_id: str = Field(foreign_key="people.person_id", index=True)
    hash: str
    scope: str = "act"  # act, read
    note: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
