"""Idempotency keys: the same act sent twice is answered twice and done once."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Answer(SQLModel, table=True):
    """What was answered to a key: the entry that the act made."""

    __tablename__ = "answers"

    actor: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    request: str  # digest of what was asked: another request under the same key is an error
    number: str
    seq: int
    at: datetime = Field(sa_type=UtcDateTime)
