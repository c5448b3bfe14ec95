"""The record only grows: what the database itself refuses, whoever asks."""

from dataclasses import dataclass

import pytest

from models import Database
from models.database import is_race
from models.entry import COLUMNS, INSERT, Record

AT = "2027-03-01T04:00:00.000000+00:00"
ENTRY = Record(
    number="C-2027-0001", seq=1, procedure="candidacy", act="nominate", source="", target="nominated", actor="s:K", holder="",
    office="sa_secretariat", body="Kostanay", norms="13 14.1", edition="2022", definition="d", effective_at=AT, recorded_at=AT,
    cause="", findings="{}", payload='{"facts":{"person":"p:A"}}', salt="00", payload_hash="ph", previous="0", hash="h",
)  # fmt: skip
SEAL = """INSERT INTO seals (seal, at, through, size, root, previous, hash, key, signature)
 VALUES (?, '2027-03-01T04:00:00+00:00', 1, 1, 'root', 'p', 'h', 'k', 's')"""
EVERY_COLUMN = [column for column in COLUMNS if column not in ("payload", "salt")]


@dataclass
class Refusal:
    message: str
    race: bool


def refusal(database: Database, sql: str, *parameters: object, first: str = "SELECT 1") -> Refusal:
    with pytest.raises(Exception, match="only grow") as raised, database.transaction() as db:  # noqa: PT012
        db.run(first)
        db.run(sql, *parameters)
    return Refusal(str(raised.value), is_race(raised.value))


def journal(database: Database) -> list[tuple]:
    with database.transaction(write=False) as db:
        return db.all("SELECT * FROM entries ORDER BY position") + db.all("SELECT * FROM seals ORDER BY seal")


@pytest.fixture
def recorded(database: Database) -> Database:
    """Lend a database with two entries and a seal."""
    with database.transaction() as db:
        db.run(INSERT, *ENTRY)
        db.run(INSERT, *ENTRY._replace(seq=2, act="admit", source="nominated", target="admitted"))
        db.run(SEAL, 1)
    return database


@pytest.mark.parametrize("column", EVERY_COLUMN)
def test_no_column_of_an_entry_is_changed(recorded: Database, column: str):
    """Not even back to what it says."""
    before = journal(recorded)
    value = "seq + 7" if column == "seq" else f"'{AT.replace('04', '05')}'" if column.endswith("_at") else "'other'"
    refusal(recorded, f"UPDATE entries SET {column} = {value}")
    refusal(recorded, f"UPDATE entries SET {column} = {value}, payload = NULL, salt = NULL")
    refusal(recorded, "UPDATE entries SET position = position + 100, payload = NULL, salt = NULL")
    refusal(recorded, f"UPDATE entries SET {column} = {column}")
    assert before == journal(recorded)


@pytest.mark.parametrize(
    "change",
    ["payload = '{}'", "payload = NULL", "salt = NULL", "payload = NULL, salt = '00'", "payload = '', salt = NULL"],
)
def test_a_payload_is_not_changed(recorded: Database, change: str):
    """Half an erasure would leave a digest that can be guessed, or one that cannot be checked."""
    before = journal(recorded)
    refusal(recorded, f"UPDATE entries SET {change}")
    assert before == journal(recorded)


def test_personal_data_can_be_erased(recorded: Database):
    """Payload and salt together, of one entry; everything that the hash covers stays. Twice does no harm."""
    for _ in range(2):
        with recorded.transaction() as db:
            db.run("UPDATE entries SET payload = NULL, salt = NULL WHERE number = ? AND seq = ?", "C-2027-0001", 1)
    with recorded.transaction(write=False) as db:
        rows = db.all("SELECT payload, salt, payload_hash, hash FROM entries ORDER BY seq")
    assert [(None, None, "ph", "h"), (ENTRY.payload, "00", "ph", "h")] == rows


def test_an_erased_payload_does_not_come_back(recorded: Database):
    """Nobody can put other facts in its place."""
    with recorded.transaction() as db:
        db.run("UPDATE entries SET payload = NULL, salt = NULL")
    refusal(recorded, "UPDATE entries SET payload = '{}', salt = '00'")


@pytest.mark.parametrize("table", ["entries", "seals"])
def test_nothing_is_deleted(recorded: Database, table: str):
    """Neither one row nor all."""
    before = journal(recorded)
    refusal(recorded, f"DELETE FROM {table}")
    if recorded.kind == "postgresql":
        refusal(recorded, f"TRUNCATE {table}")
        refusal(recorded, f"DELETE FROM {table}", first="SET LOCAL session_replication_role = replica")
    assert before == journal(recorded)


@pytest.mark.parametrize("column", ["seal", "at", "through", "size", "root", "previous", "hash", "key", "signature"])
def test_no_seal_is_changed(recorded: Database, column: str):
    """A signature over something else is no seal."""
    before = journal(recorded)
    refusal(recorded, f"UPDATE seals SET {column} = {column}")
    assert before == journal(recorded)


def test_no_entry_is_replaced_on_sqlite(sqlite_database: Database):
    """INSERT OR REPLACE deletes in silence: by case and number as by position, and by upsert."""
    with sqlite_database.transaction() as db:
        db.run(INSERT, *ENTRY)
        db.run(SEAL, 1)
    before = journal(sqlite_database)
    replace = INSERT.replace("INSERT", "INSERT OR REPLACE")
    other = ENTRY._replace(target="approved")
    refusal(sqlite_database, replace, *other)
    refusal(
        sqlite_database, replace.replace("(number", "(position, number").replace("(?", "(1, ?"), *other._replace(seq=9)
    )
    refusal(sqlite_database, INSERT.replace("INSERT", "REPLACE"), *other)
    refusal(sqlite_database, f"{INSERT} ON CONFLICT (number, seq) DO UPDATE SET hash = 'x'", *other)
    refusal(sqlite_database, "UPDATE OR REPLACE entries SET hash = 'x'")
    refusal(sqlite_database, SEAL.replace("INSERT", "INSERT OR REPLACE"), 1)
    assert before == journal(sqlite_database)


@pytest.mark.postgresql
def test_no_entry_is_replaced_on_postgresql(postgresql_database: Database):
    """An upsert that would change is refused, one that does nothing does nothing."""
    with postgresql_database.transaction() as db:
        db.run(INSERT, *ENTRY)
    before = journal(postgresql_database)
    refusal(postgresql_database, f"{INSERT} ON CONFLICT (number, seq) DO UPDATE SET hash = 'x'", *ENTRY)
    with postgresql_database.transaction() as db:
        db.run(f"{INSERT} ON CONFLICT (number, seq) DO NOTHING", *ENTRY)
    assert before == journal(postgresql_database)


def test_no_entry_is_written_twice(recorded: Database):
    """Who comes second with the same number has lost a race, and is told so."""
    with pytest.raises(Exception, match=r"UNIQUE|unique") as raised, recorded.transaction() as db:
        db.run(INSERT, *ENTRY)
    assert is_race(raised.value)


def test_positions_are_never_given_again(recorded: Database):
    """Those of transactions that were undone neither become the place of something else that was read already."""
    with recorded.transaction() as db:
        db.run(INSERT, *ENTRY._replace(number="C-2027-0002"))
        positions = [position for (position,) in db.all("SELECT position FROM entries ORDER BY position")]
    assert positions == sorted(set(positions))
