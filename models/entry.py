"""The journal: append-only entries, each with the hash of the one before it in its case."""

import hashlib
import re
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime

GENESIS = "0" * 64  # what the first entry of a case has for the hash of the one before
LONGEST_NAME = 64
NAME = re.compile(rf"[\w:./-]{{1,{LONGEST_NAME}}}")  # what may stand in a header unescaped
_OF_EDITIONS = sa.text("procedure = 'edition'")


class Entry(SQLModel, table=True):
    """One act that was done. Nothing here is ever changed; only the payload may be erased (personal data)."""

    __tablename__ = "entries"
    __table_args__ = (
        sa.UniqueConstraint("number", "seq", name="entries_once"),
        # Every act asks for the newest of them, to know whether the rules have changed.
        sa.Index("entries_of_editions", "position", sqlite_where=_OF_EDITIONS, postgresql_where=_OF_EDITIONS),
        sa.Index("entries_by_actor", "actor", "position"),
        {"sqlite_autoincrement": True},
    )

    position: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), primary_key=True),
    )
    number: str = Field(max_length=24)
    seq: int
    procedure: str
    act: str
    source: str  # the state before; empty for the entry that opens the case
    target: str
    actor: str
    holder: str  # the person entitled, where the actor entered it on behalf of somebody
    office: str
    body: str
    norms: str  # separated by spaces
    edition: str
    definition: str
    effective_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    cause: str  # "C-2026-0014/8": the entry that brought this one about, or empty
    findings: str  # JSON: warnings, branches not taken and why, consequences that were skipped
    payload: str | None  # JSON: facts and document; may be erased
    salt: str | None  # erased with it
    payload_hash: str
    previous: str
    hash: str


COLUMNS = (
    "number", "seq", "procedure", "act", "source", "target", "actor", "holder", "office", "body", "norms", "edition", "definition",
    "effective_at", "recorded_at", "cause", "findings", "payload", "salt", "payload_hash", "previous", "hash",
)  # fmt: skip
INSERT = f"INSERT INTO entries ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608


class Record(NamedTuple):
    """An entry as values, instants already as text: what is written, hashed, exported and verified."""

    number: str
    seq: int
    procedure: str
    act: str
    source: str
    target: str
    actor: str
    holder: str
    office: str
    body: str
    norms: str
    edition: str
    definition: str
    effective_at: str
    recorded_at: str
    cause: str
    findings: str
    payload: str | None
    salt: str | None
    payload_hash: str
    previous: str
    hash: str


# What the hash of an entry covers, in this order: everything but payload and salt, which may be erased.
HASHED = (*COLUMNS[: COLUMNS.index("payload")], "payload_hash", "previous")

# One line of JSON, no spaces. Every value but the findings (JSON already) is made of characters that JSON needs not escape.
LINE = ",".join(
    f'"{name.removesuffix("_hash")}":' + ("%s" if name in ("seq", "findings") else '"%s"') for name in HASHED
).join("{}")
_FIRST = len(HASHED) - 2


def may_be_name(text: str) -> bool:
    """Say whether a database may be asked for the name *text*: control characters and halves of characters it refuses."""
    return len(text) <= LONGEST_NAME and text.isprintable()


def header(r: Record) -> str:
    """Write what the hash of an entry covers."""
    return LINE % (*r[:_FIRST], r.payload_hash, r.previous)


def digest(text: str) -> str:
    """Return the SHA-256 of *text* in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
