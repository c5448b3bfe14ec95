"""The outbox: messages staged with the act that causes them, sent afterwards."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime

_UNSENT = sa.text("sent_at IS NULL AND dead_at IS NULL")
_DEAD = sa.text("dead_at IS NOT NULL")
_MAILED = sa.text("mail_id <> ''")


class Message(SQLModel, table=True):
    """One message to one person or webhook. Its key is stable: sending twice is recognised by the receiver."""

    __tablename__ = "messages"
    __table_args__ = (
        sa.Index("messages_unsent", "next_at", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        sa.Index("messages_dead", "dead_at", sqlite_where=_DEAD, postgresql_where=_DEAD),
        sa.Index("messages_mailed", "mail_id", sqlite_where=_MAILED, postgresql_where=_MAILED),
    )

    key: str = Field(primary_key=True, max_length=200)  # C-2026-0014/8/submitted/ch
    channel: str  # person, webhook
    to: str  # a person_id, or the address of a webhook
    template: str
    parameters: str  # JSON
    number: str
    seq: int
    created_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_by: str = ""  # smtp, mailbox, webhook
    dead_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime
    )  # given up, refused for good, or returned after it was sent
    failure: str = ""  # what the last attempt said, or the server that returned it
    subject: str = ""  # as it was sent
    body: str = ""
    mail_id: str = Field(
        default="", sa_column_kwargs={"server_default": ""}
    )  # of its Message-ID, once it was tried by mail


class Webhook(SQLModel, table=True):
    """How far the journal has been told to one webhook."""

    __tablename__ = "webhooks"

    url: str = Field(primary_key=True)
    position: int
