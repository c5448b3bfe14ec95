"""All tables, and the guards of the journal and its seals."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.append_only import guard, unguard

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

TABLES = (
    "alarms", "answers", "attempts", "bodies", "calendar_versions", "challenges", "counters", "entries", "heartbeats", "messages", "people",
    "reminders", "seals", "touches", "webhooks", "witnesses", "calendar_days", "calendar_links", "cases", "tokens", "ballots", "deadlines",
    "electors", "mandates", "participations", "presences", "signatures", "tallies", "accounts", "invitations", "passkeys", "web_sessions",
)  # fmt: skip


def text(name: str, length: int | None = None, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=null)


def integer(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=null, autoincrement=False)


def boolean(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def day(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=null)


def instant(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, INSTANT, nullable=null)


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:  # noqa: PLR0915 - every table
    op.create_table(
        "alarms",
        text("name", 160), instant("since"), text("code"), text("number"), text("numbers"),
        instant("ended_at", null=True), text("ended_by"), integer("position", null=True),
        sa.PrimaryKeyConstraint("name", "since"),
    )  # fmt: skip
    op.create_index("alarms_one_open", "alarms", ["name"], unique=True, **where("ended_at IS NULL"))
    op.create_table(
        "answers",
        text("actor", 64), text("key", 200), text("request"), text("number"), integer("seq"), instant("at"),
        sa.PrimaryKeyConstraint("actor", "key"),
    )  # fmt: skip
    op.create_table(
        "attempts",
        text("target", 64), instant("since"), integer("failures"),
        sa.PrimaryKeyConstraint("target"),
    )  # fmt: skip
    op.create_index("ix_attempts_since", "attempts", ["since"])
    op.create_table(
        "bodies",
        text("body_id", 64), text("kind"), text("name_kk"), text("name_ru"), text("name_en"), text("region"),
        text("level", null=True), text("highest_body", null=True), text("zone"), text("sort_key"), text("search_key"),
        sa.PrimaryKeyConstraint("body_id"),
    )  # fmt: skip
    op.create_table(
        "calendar_versions",
        integer("version"), instant("at"), text("actor"), text("note"),
        sa.PrimaryKeyConstraint("version"),
    )  # fmt: skip
    op.create_table(
        "challenges",
        text("hash", 64), instant("expires_at"),
        sa.PrimaryKeyConstraint("hash"),
    )  # fmt: skip
    op.create_index("ix_challenges_expires_at", "challenges", ["expires_at"])
    op.create_table(
        "counters",
        text("series", 16), integer("last"),
        sa.PrimaryKeyConstraint("series"),
    )  # fmt: skip
    op.create_table(
        "entries",
        sa.Column("position", POSITION, sa.Identity(), nullable=False), text("number", 24), integer("seq"),
        text("procedure"), text("act"), text("source"), text("target"), text("actor"), text("holder"),
        text("office"), text("body"), text("norms"), text("edition"), text("definition"), instant("effective_at"),
        instant("recorded_at"), text("cause"), text("findings"), text("payload", null=True),
        text("salt", null=True), text("payload_hash"), text("previous"), text("hash"),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("number", "seq", name="entries_once"),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("entries_of_editions", "entries", ["position"], **where("procedure = 'edition'"))
    op.create_index("entries_by_actor", "entries", ["actor", "position"])
    op.create_table(
        "heartbeats",
        text("name", 64), instant("at"), text("note"),
        sa.Column("run_id", sa.String(36), nullable=False, server_default=""),
        sa.Column("took_ms", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("name"),
    )  # fmt: skip
    op.create_table(
        "messages",
        text("key", 200), text("channel"), text("to"), text("template"), text("parameters"), text("number"),
        integer("seq"), instant("created_at"), instant("next_at"), integer("attempts"),
        instant("sent_at", null=True), text("sent_by"), instant("dead_at", null=True), text("failure"),
        text("subject"), text("body"), sa.Column("mail_id", sa.String(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("key"),
    )  # fmt: skip
    op.create_index("messages_unsent", "messages", ["next_at"], **where("sent_at IS NULL AND dead_at IS NULL"))
    op.create_index("messages_dead", "messages", ["dead_at"], **where("dead_at IS NOT NULL"))
    op.create_index("messages_mailed", "messages", ["mail_id"], **where("mail_id <> ''"))
    op.create_table(
        "people",
        text("person_id", 64), text("name_kk"), text("name_ru"), text("name_en"), text("email", null=True),
        text("language"), text("region"), text("sort_key"), text("search_key"), instant("erased_at", null=True),
        sa.PrimaryKeyConstraint("person_id"),
    )  # fmt: skip
    op.create_index("ix_people_sort_key", "people", ["sort_key"])
    op.create_table(
        "reminders",
        text("number", 24), integer("opened_seq"), text("deadline", 32), integer("rung"), instant("at"),
        text("audience"), instant("settled_at", null=True), text("outcome"),
        sa.PrimaryKeyConstraint("number", "opened_seq", "deadline", "rung"),
    )  # fmt: skip
    op.create_index("reminders_waiting", "reminders", ["at"], **where("settled_at IS NULL"))
    op.create_table(
        "seals",
        integer("seal"), instant("at"), integer("through"), integer("size"), text("root"), text("previous"),
        text("hash"), text("key"), text("signature"),
        sa.PrimaryKeyConstraint("seal"),
    )  # fmt: skip
    op.create_table(
        "touches",
        text("number", 24), text("run_id", 36), text("flow", 64), instant("at"), text("did", 200),
        sa.PrimaryKeyConstraint("number", "run_id"),
    )  # fmt: skip
    op.create_index("touches_in_time", "touches", ["at"])
    op.create_table(
        "webhooks",
        text("url"), integer("position"),
        sa.PrimaryKeyConstraint("url"),
    )  # fmt: skip
    op.create_table(
        "witnesses",
        text("process", 120), text("boot", 64), instant("at"), sa.Column("ran_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("process"),
    )  # fmt: skip
    op.create_table(
        "calendar_days",
        day("day"), integer("version"), text("kind"), text("source"),
        sa.PrimaryKeyConstraint("day", "version"),
        sa.ForeignKeyConstraint(["version"], ["calendar_versions.version"]),
    )  # fmt: skip
    op.create_table(
        "cases",
        text("number", 24), text("procedure"), text("state"), integer("seq"), text("head"), boolean("final"),
        text("definition"), text("edition"), text("rulings"), text("zone"), text("person_id", null=True),
        text("body"), text("region"), text("parent", null=True), text("about", null=True), text("facts"),
        text("joint"), instant("opened_at"),
        sa.PrimaryKeyConstraint("number"),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
    )  # fmt: skip
    op.create_index("cases_about", "cases", ["about"])
    op.create_index("cases_by_state", "cases", ["procedure", "state", "number"])
    op.create_index("cases_newest", "cases", ["opened_at", "number"])
    op.create_index("cases_ended_of_person", "cases", ["person_id"], **where("final"))
    op.create_index("cases_of_parent", "cases", ["parent"])
    op.create_index("cases_open_of_body", "cases", ["body"], **where("not final"))
    op.create_index("cases_open_of_person", "cases", ["person_id"], **where("not final"))
    op.create_table(
        "tokens",
        text("token_id", 32), text("person_id"), text("hash"), text("scope"), text("note"), instant("created_at"),
        instant("expires_at", null=True), instant("revoked_at", null=True),
        sa.PrimaryKeyConstraint("token_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
    )  # fmt: skip
    op.create_index("ix_tokens_person_id", "tokens", ["person_id"])
    op.create_table(
        "ballots",
        text("number", 24), text("person_id", 64), text("choice"), instant("received_at"), integer("seq"),
        sa.PrimaryKeyConstraint("number", "person_id"),
        sa.ForeignKeyConstraint(["number"], ["cases.number"]),
        sa.CheckConstraint("choice IN ('for', 'against', 'abstain')", name="a_choice"),
    )  # fmt: skip
    op.create_table(
        "deadlines",
        text("number", 24), integer("opened_seq"), text("name", 32), text("kind"), instant("due_at", null=True),
        text("zone"), text("norm"), text("steps"), integer("calendar_version"), text("act"), integer("rank"),
        instant("opened_at"), text("state"), instant("closed_at", null=True), text("closed_by"),
        integer("failures"),
        sa.PrimaryKeyConstraint("number", "opened_seq", "name"),
        sa.ForeignKeyConstraint(["number"], ["cases.number"]),
    )  # fmt: skip
    op.create_index("deadlines_ahead", "deadlines", ["due_at"], **where("state = 'open'"))
    op.create_index(
        "deadlines_fall_due",
        "deadlines",
        ["due_at", "rank", "opened_at", "number"],
        **where("state = 'open' AND kind = 'automatic'"),
    )
    op.create_index("deadlines_of_name", "deadlines", ["name", "due_at", "number"], **where("state = 'open'"))
    op.create_index("deadlines_failing", "deadlines", ["number"], **where("state = 'open' AND failures > 0"))
    op.create_index("deadlines_one_open", "deadlines", ["number", "name"], unique=True, **where("state = 'open'"))
    op.create_table(
        "electors",
        text("number", 24), text("moment", 8), text("person_id", 64),
        sa.PrimaryKeyConstraint("number", "moment", "person_id"),
        sa.ForeignKeyConstraint(["number"], ["cases.number"]),
    )  # fmt: skip
    op.create_table(
        "mandates",
        text("number", 24), text("person_id"), text("office"), text("body"), text("region"),
        text("category", null=True), text("ex_officio", null=True), boolean("acting"), text("slot"), day("since"),
        instant("begins_at"), instant("ended_at", null=True),
        sa.PrimaryKeyConstraint("number"),
        sa.ForeignKeyConstraint(["number"], ["cases.number"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.CheckConstraint("office <> 'chairman' OR slot = '1'", name="one_chairman"),
        sa.CheckConstraint("office <> 'deputy_chairman' OR slot IN ('1', '2')", name="two_deputies"),
    )  # fmt: skip
    op.create_index("mandates_of_office", "mandates", ["office", "body"])
    op.create_index("mandates_of_person", "mandates", ["person_id"])
    op.create_index(
        "mandates_one_a_slot", "mandates", ["office", "body", "slot"], unique=True, **where("ended_at IS NULL")
    )
    op.create_table(
        "participations",
        text("number", 24), text("person_id", 64),
        sa.PrimaryKeyConstraint("number", "person_id"),
        sa.ForeignKeyConstraint(["number"], ["cases.number"]),
    )  # fmt: skip
    op.create_table(
        "presences",
        text("number", 24), text("person_id", 64), integer("seq"), instant("since"), instant("until", null=True),
        sa.PrimaryKeyConstraint("number", "person_id", "seq"),
        sa.ForeignKeyConstraint(["number"], ["cases.number"]),
    )  # fmt: skip
    op.create_index("presences_once", "presences", ["number", "person_id"], unique=True, **where("until IS NULL"))
    op.create_table(
        "signatures",
        text("number", 24), text("person_id", 64), instant("at"),
        sa.PrimaryKeyConstraint("number", "person_id"),
        sa.ForeignKeyConstraint(["number"], ["cases.number"]),
    )  # fmt: skip
    op.create_table(
        "tallies",
        text("number", 24), text("choice", 8), integer("votes"),
        sa.PrimaryKeyConstraint("number", "choice"),
        sa.ForeignKeyConstraint(["number"], ["cases.number"]),
        sa.CheckConstraint("votes >= 0", name="no_negative_votes"),
    )  # fmt: skip
    op.create_table(
        "calendar_links",
        text("person_id", 64), text("hash"), text("language"), instant("made_at"),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("hash"),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
    )  # fmt: skip
    op.create_table(
        "accounts",
        text("person_id", 64), text("password"), text("handle"), boolean("operator"), boolean("demonstration"),
        instant("created_at"), instant("disabled_at", null=True),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("handle"),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
    )  # fmt: skip
    op.create_table(
        "invitations",
        text("hash", 64), text("person_id"), instant("created_at"), instant("expires_at"), instant("used_at", null=True),
        sa.PrimaryKeyConstraint("hash"),
        sa.ForeignKeyConstraint(["person_id"], ["accounts.person_id"]),
    )  # fmt: skip
    op.create_index("ix_invitations_person_id", "invitations", ["person_id"])
    op.create_table(
        "passkeys",
        text("credential_id"), text("person_id"), text("public_key"),
        sa.Column("counter", sa.BigInteger(), nullable=False), text("name"),
        instant("created_at"), instant("used_at", null=True),
        sa.PrimaryKeyConstraint("credential_id"),
        sa.ForeignKeyConstraint(["person_id"], ["accounts.person_id"]),
    )  # fmt: skip
    op.create_index("ix_passkeys_person_id", "passkeys", ["person_id"])
    op.create_table(
        "web_sessions",
        text("session_id", 16), text("person_id"), text("hash"), text("way"), text("agent"), text("place"),
        instant("created_at"), instant("seen_at"), instant("ended_at", null=True),
        sa.PrimaryKeyConstraint("session_id"),
        sa.UniqueConstraint("hash"),
        sa.ForeignKeyConstraint(["person_id"], ["accounts.person_id"]),
    )  # fmt: skip
    op.create_index("ix_web_sessions_person_id", "web_sessions", ["person_id"])
    guard("entries", key=("number", "seq"), place="position", erasable=("payload", "salt"))
    guard("seals", key=("seal",), place="seal")


def downgrade() -> None:
    unguard("seals")
    unguard("entries")
    for table in reversed(TABLES):
        op.drop_table(table)
