"""Accounts of the desk: who may sign in, by what, and who was invited. What somebody may do follows from offices, never from here."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Account(SQLModel, table=True):
    """One person's account. It opens the desk; it gives no right in any procedure."""

    __tablename__ = "accounts"

    person_id: str = Field(primary_key=True, foreign_key="people.person_id", max_length=64)
    password: str = ""  # as argon2 writes it; empty while none is set
    handle: str = Field(unique=True)  # random: what passkeys know the account by
    operator: bool = False  # looks after the service: alarms, mailbox, Prefect's pages
    demonstration: bool = False  # one of the invented people whom anybody on this computer may be
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Passkey(SQLModel, table=True):
    """One passkey of an account: the public half of a key that a device keeps."""

    __tablename__ = "passkeys"

    credential_id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="accounts.person_id", index=True)
    public_key: str
    counter: int = Field(sa_type=sa.BigInteger)  # of signatures: one that does not grow is a copy
    name: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Invitation(SQLModel, table=True):
    """One invitation to set a password: good once, and until a day. Only the hash of its secret is kept."""

    __tablename__ = "invitations"

    hash: str = Field(primary_key=True, max_length=64)
    person_id: str = Field(foreign_key="accounts.person_id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
