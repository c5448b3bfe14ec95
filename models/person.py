"""People and the bodies that they act for."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Person(SQLModel, table=True):
    """Somebody known to the register; a person may hold no office at all."""

    __tablename__ = "people"

    person_id: str = Field(primary_key=True, max_length=64)
    name_kk: str
    name_ru: str
    name_en: str
    email: str | None = None
    language: str = "ru"
    region: str = ""  # where the person lives
    sort_key: str = Field(index=True)  # by the 42 letters of the Kazakh alphabet: no database sorts by them
    search_key: str
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Body(SQLModel, table=True):
    """A small assembly, an association or a state body: whoever may nominate acts for one of these."""

    __tablename__ = "bodies"

    body_id: str = Field(primary_key=True, max_length=64)
    kind: str  # small_assembly, association, state_body
    name_kk: str
    name_ru: str
    name_en: str
    region: str = ""
    level: str | None = None  # of an association: republican, regional, local
    highest_body: str | None = None  # of an association: what its charter says
    zone: str = "Asia/Almaty"
    sort_key: str = ""
    search_key: str = ""
