"""Instants as the driver of PostgreSQL writes them; imported when a connection is made, not before."""

from datetime import datetime
from typing import Any

from psycopg.types.datetime import DatetimeDumper


class InstantDumper(DatetimeDumper):
    """Write instants, and refuse a wall clock without a zone, which the server would read by its own."""

    def upgrade(self, obj: datetime, format: Any) -> "InstantDumper":  # noqa: ARG002
        """Choose how to write *obj*: as an instant, or not at all."""
        if obj.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {obj!r}")
        return self
