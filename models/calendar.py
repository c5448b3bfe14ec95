"""The calendar of days off as it is in force, and its versions."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class CalendarVersion(SQLModel, table=True):
    """One version of the calendar: who changed what, when and why."""

    __tablename__ = "calendar_versions"

    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    note: str


class CalendarDay(SQLModel, table=True):
    """One day that is not what its weekday says, from a version on; kind `ordinary` takes an earlier line back."""

    __tablename__ = "calendar_days"

    day: date = Field(primary_key=True)
    version: int = Field(primary_key=True, foreign_key="calendar_versions.version")
    kind: str
    source: str
