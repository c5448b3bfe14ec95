"""Heartbeats: when each flow last did its work, whatever Prefect says."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Heartbeat(SQLModel, table=True):
    """The last time a flow ran, and what it did."""

    __tablename__ = "heartbeats"

    name: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)
    note: str = ""
