"""A store with rows in every table, made by acts where there is an act for it: what a backup must not lose."""

from datetime import date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desk.access.accounts import open_account
from desk.access.calendar_links import make_link
from desk.access.tokens import create_token
from desk.access.web_sessions import begin_session
from machines.calendar_versions import change
from machines.register import add_person
from machines.seals import seal
from models.copying import tables
from models.database import Database, instant_text
from tests.assembly import Assembly, nomination
from tests.sittings import open_poll, open_session, registered_request, resolution, vote, voting_session

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SECRET_VOTERS = ("m5", "m1", "m4", "m2")  # in this order, which nobody must learn from a copy

_OPERATION = (
    (
        "INSERT INTO alarms (name, since, code, number, numbers, ended_by) VALUES ('no_sweep', ?, 'no_sweep', '', '{}', '')"
    ),
    ("INSERT INTO heartbeats (name, at, note) VALUES ('perform_deadlines', ?, 'nothing')"),
    (
        "INSERT INTO touches (number, run_id, flow, at, did) VALUES ('M-2005-0001', 'run', 'perform_deadlines', ?, 'exit performed')"
    ),
    ("INSERT INTO attempts (target, since, failures) VALUES ('a', ?, 3)"),
    ("INSERT INTO challenges (hash, expires_at) VALUES ('c', ?)"),
    ("INSERT INTO witnesses (process, boot, at, ran_ms) VALUES ('b/1/1', 'b', ?, 5000000000)"),
)


def full_store(database: Database) -> Assembly:
    """Found an Assembly that has done a little of everything, sealed twice, with one entry after the last seal."""
    assembly = Assembly(database, members=9, council=6)
    case = assembly.do("s:Kostanay", "candidacy.nominate", key="k1", facts=nomination())
    assembly.do("wb", "candidacy.admit", case=case)
    with database.transaction() as db:
        add_person(db, "p:gone", names=dict.fromkeys(("kk", "ru", "en"), "Gone"))
    other = assembly.do("s:Kostanay", "candidacy.nominate", facts=nomination("p:gone"))
    assembly.do("wb", "candidacy.withdraw", case=other, facts={"reason": "No longer wanted"})
    registered_request(assembly, 6)
    _sealed(assembly)
    assembly.do("wb", "erasure.order", facts={"person": "p:gone", "ground": "own_request"})
    with database.transaction() as db:
        for statement in _OPERATION:
            db.run(statement, assembly.now)
        db.run("INSERT INTO webhooks (url, position) VALUES (?, 7)", "https://host.example/a?b=%c")
        create_token(db, "m1", at=assembly.now, days=9)
        open_account(db, "m1", at=assembly.now, operator=True)
        make_link(db, "m1", language="kk", at=assembly.now)
        begin_session(db, "m1", at=assembly.now, way="password", agent="Браузер", place="::1")
        db.run(
            "INSERT INTO invitations (hash, person_id, created_at, expires_at) VALUES ('h', 'm1', ?, ?)",
            *[assembly.now] * 2,
        )
        db.run(
            "INSERT INTO passkeys (credential_id, person_id, public_key, counter, name, created_at) VALUES ('k', 'm1', 'p', ?, 'Кілт', ?)",
            2**32 - 1, assembly.now,
        )  # fmt: skip
        change(db, date(2006, 7, 7), "day_off_moved", actor="wb", at=assembly.now, note="Демалыс күні")
    session = open_session(assembly, assembly.people_in[:7], method="secret")
    secret = voting_session(assembly, session)
    vote(assembly, secret, SECRET_VOTERS)
    resolution(assembly, session)
    _sealed(assembly)
    vote(assembly, open_poll(assembly), ("m1", "m2"), at="2010-03-02 10:00")
    return assembly


def rows_of(database: Database) -> dict[str, list[tuple]]:
    """Read every row of every table, whichever way it is kept; not through the copy's own reading."""
    with database.transaction(write=False) as db:
        return {table.name: sorted(map(_same, db.all(f'SELECT * FROM "{table.name}"'))) for table in tables()}


def _same(row: tuple) -> str:
    """Write a row so that it reads the same from both databases."""
    return repr([
        instant_text(value) if isinstance(value, datetime) else str(value) if isinstance(value, date)
        else int(value) if isinstance(value, bool) else value
        for value in row
    ])  # fmt: skip


def _sealed(assembly: Assembly) -> None:
    with assembly.database.transaction() as db:
        assert seal(db, KEY, assembly.now)
