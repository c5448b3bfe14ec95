"""Heartbeats: when each flow last did its work, whatever Prefect says."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime

SWEEP = "perform_deadlines"  # the flow that brings time to the cases
DESK = "desk"  # no flow: the desk itself, which watches the flows

# After how long without a heartbeat a flow is late: a few times what its schedule says, so that one missed run is no alarm.
LATE_AFTER: Mapping[str, timedelta] = MappingProxyType({
    SWEEP: timedelta(minutes=4),  # found, written and sent within five
    DESK: timedelta(minutes=10),
    "stage_reminders": timedelta(minutes=10),
    "deliver_messages": timedelta(minutes=10),
    "plan_runs": timedelta(hours=1),
    "seal_journal": timedelta(hours=1),
    "watch_duties": timedelta(hours=3),
    "audit_journal": timedelta(hours=50),
    "back_up": timedelta(hours=50),
})  # fmt: skip


class Heartbeat(SQLModel, table=True):
    """The last time a flow ran, what it did, and how long that took."""

    __tablename__ = "heartbeats"

    name: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)
    note: str = ""
    run_id: str = Field(
        default="", max_length=36, sa_column_kwargs={"server_default": ""}
    )  # the run's id at Prefect's server
    took_ms: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
