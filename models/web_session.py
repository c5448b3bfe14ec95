"""Who is signed in at the desk, and what was tried on the way there."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class WebSession(SQLModel, table=True):
    """One browser that is signed in. What it may do is asked of the register at each act; nothing of it is kept here."""

    __tablename__ = "web_sessions"

    session_id: str = Field(primary_key=True, max_length=16)  # by which its owner ends it; it opens nothing
    person_id: str = Field(foreign_key="accounts.person_id", index=True)
    hash: str = Field(unique=True)  # of the token in the browser's cookie
    way: str  # password, passkey, invitation, demonstration
    agent: str = ""  # what the browser calls itself
    place: str = ""  # the address it came from
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Challenge(SQLModel, table=True):
    """A challenge that a passkey has answered: nobody answers it again. Kept, by its hash, until it would be too old anyway."""

    __tablename__ = "challenges"

    hash: str = Field(primary_key=True, max_length=64)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Attempt(SQLModel, table=True):
    """How often signing in has failed of late, for one account or from one address."""

    __tablename__ = "attempts"

    target: str = Field(primary_key=True, max_length=64)  # a hash: whoever reads the table learns no names
    since: datetime = Field(sa_type=UtcDateTime, index=True)
    failures: int
