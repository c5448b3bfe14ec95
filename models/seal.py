"""Seals: signed roots over the journal, each chained to the one before."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Seal(SQLModel, table=True):
    """The Merkle root (RFC 6962) over the hashes of the first `size` entries in order of recording, signed."""

    __tablename__ = "seals"

    seal: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    through: int  # the position of the last entry covered
    size: int
    root: str
    previous: str
    hash: str
    key: str  # the public key, so that a change of keys is visible
    signature: str
