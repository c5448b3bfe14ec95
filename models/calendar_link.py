"""Links by which a calendar program fetches what concerns one person: only their hash is kept."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class CalendarLink(SQLModel, table=True):
    """The secret link of one person; making another ends the one before."""

    __tablename__ = "calendar_links"

    person_id: str = Field(primary_key=True, max_length=64, foreign_key="people.person_id")
    hash: str = Field(unique=True)
    language: str
    made_at: datetime = Field(sa_type=UtcDateTime)
