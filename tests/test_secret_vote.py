"""A secret vote attacked by one who has everything: a full logical dump and every log (8.3c).

The attack is complete: the same people vote in the same order, and only who chose what is exchanged among them. If the dumps are
the same to the last byte (salts are counted here, so that hashes can be compared too), no function of them can tell one assignment
from another: whoever guesses is right as often as somebody who has seen the sums alone.
"""

import contextlib
import hashlib
import itertools
import json
import logging
import re
import shutil
from datetime import timedelta

import pytest
import sqlalchemy as sa

from machines.settle import act_settled
from models import Database
from tests import postgresql
from tests.api_client import Desk
from tests.assembly import Assembly
from tests.sittings import count, open_session, shown, voting_session

VOTERS = [f"m{n}" for n in range(1, 7)]
BALLOTS = ("for", "for", "for", "against", "against", "abstain")
ASSIGNMENTS = sorted(set(itertools.permutations(BALLOTS)))  # sixty ways to have chosen so
DIGESTS = re.compile(r"[0-9a-f]{16,}")


class Copies:
    """A sitting whose vote is open, and as many copies of its database as there are ways to vote."""

    def __init__(self, make, url, method):
        self.make = make
        base = Database(url, salts=counted_salts(0))
        self.assembly = Assembly(base, members=9)
        session = open_session(self.assembly, self.assembly.people_in[:7], method=method)
        self.case = voting_session(self.assembly, session)
        self.tokens = Desk(self.assembly)
        for person in (*VOTERS, "ch"):
            self.tokens.token(person)
        self.base = base
        base.dispose()  # nobody may be connected to what is copied

    def vote(self, choices, act=None, *, closed=False):
        """Let everybody vote in one copy and return its dump; each vote has a time and a key of its own."""
        with self.make(counted_salts(1_000_000)) as database:
            assembly = self.assembly
            assembly.database = database
            for place, (person, choice) in enumerate(zip(VOTERS, choices, strict=False)):
                assembly.now = assembly.at("2006-06-20 11:00") + timedelta(seconds=place)
                (act or vote_by_act)(self, person, choice)
            if closed:
                assembly.do("ch", "resolution.close_vote", case=self.case, at="2006-06-20 12:00")
            seen = shown(assembly, self.case)
            database.dispose()
            return dump(database), seen


def vote_by_act(copies, person, choice):
    told = copies.assembly.act(
        person, "resolution.vote", case=copies.case, facts={"choice": choice}, seen=None, key=f"key-{person}"
    )
    for _ in range(2):  # sent again, as a client does that has heard nothing
        act_settled(copies.assembly.database.transaction, told, copies.assembly.book)


def vote_by_api(copies, person, choice):
    desk = Desk(copies.assembly)
    desk._tokens = copies.tokens._tokens
    number = copies.case.number
    assert 201 == desk.act(person, number, "vote", {"choice": choice}, seen=None, key=f"key-{person}").status_code
    for told, status in (({"choice": choice}, 409), ({"choice": "perhaps"}, 422)):
        assert status == desk.act(person, number, "vote", told, seen=None).status_code
    assert 200 == desk.get(f"/cases/{number}", person).status_code


def counted_salts(start):
    numbers = itertools.count(start)
    return lambda: f"{next(numbers):032x}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def copies(request, tmp_path):
    """Return what makes a sitting and its copies."""
    base = request.getfixturevalue(f"{request.param}_url")

    @contextlib.contextmanager
    def of_sqlite(salts):
        file = base.removeprefix("sqlite:///")
        yield Database(f"sqlite:///{shutil.copyfile(file, tmp_path / 'copy.db')}", salts=salts)

    @contextlib.contextmanager
    def of_postgresql(salts):
        name = sa.make_url(base).database
        with postgresql.fresh_database(request.getfixturevalue("postgresql_server"), template=name) as url:
            yield Database(url, salts=salts)

    make = of_sqlite if request.param == "sqlite" else of_postgresql
    made = []

    def sitting(method="secret"):
        made.append(Copies(make, base, method))
        return made[-1]

    yield sitting
    for one in made:
        one.base.dispose()


def dump(database):
    """Return everything: each table with all columns, rows as they lie there, their row numbers or writers, the sequences."""
    with database.engine.connect() as connection:
        told = _of_sqlite(connection) if database.kind == "sqlite" else _of_postgresql(connection)
    database.dispose()
    return told


def _of_sqlite(connection):
    master = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
    ).fetchall()
    return {
        name: [sql, *map(repr, connection.exec_driver_sql(f'SELECT rowid, * FROM "{name}" ORDER BY rowid'))]
        for name, sql in master
    }


def _of_postgresql(connection):
    names = [
        name
        for (name,) in connection.exec_driver_sql(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
    ]
    told = {
        name: connection.exec_driver_sql(f'SELECT xmin::text::bigint, t.* FROM "{name}" t').fetchall() for name in names
    }
    writers = sorted({row[0] for rows in told.values() for row in rows})
    ranked = {name: [repr((writers.index(row[0]), *row[1:])) for row in rows] for name, rows in told.items()}
    sequences = connection.exec_driver_sql("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1")
    return ranked | {"sequences": [*map(repr, sequences)]}


# ------------------------------------------------------------------------------------------------------- dumps are the same


@pytest.mark.slow
def test_all_ways_to_vote_leave_the_same_dump(copies, request):
    """Who chose what may be exchanged in all sixty ways: after the vote the dump is the same, to the byte (8.3c)."""
    sitting = copies()
    ways = ASSIGNMENTS if "sqlite" in request.node.name else ASSIGNMENTS[::10]
    (first, seen), *others = [sitting.vote(choices, closed=True) for choices in ways]
    assert count(3, 2, 1).items() <= seen["counts"].items()
    assert all(first == other and seen == shown_there for other, shown_there in others)


def test_while_the_vote_is_open_the_dump_tells_nothing_either(copies):
    """Four of seven have voted, the vote is open: two for and two against, in all six ways the same (8.3c)."""
    sitting = copies()
    (first, seen), *others = [
        sitting.vote(choices) for choices in sorted(set(itertools.permutations(("for", "for", "against", "against"))))
    ]
    assert {"present": 7, "needed": 4} == seen["counts"]  # the sums are not shown before the end
    assert 5 == len(others)
    assert all(first == other for other, _ in others)


def test_through_the_api_and_in_the_logs_nothing_is_told(copies, caplog):
    """Keys, answers sent twice, refusals, everything logged at the finest level: the same whoever chose what (8.3c)."""
    caplog.set_level(logging.DEBUG)
    sitting, dumps, logs = copies(), [], []
    for choices in (BALLOTS, BALLOTS[::-1], ASSIGNMENTS[30]):
        caplog.clear()
        dumps.append(sitting.vote(choices, vote_by_api, closed=True)[0])
        logs.append([record.getMessage() for record in caplog.records if record.name != "asyncio"])
    assert dumps[0] == dumps[1] == dumps[2]
    assert logs[0] == logs[1] == logs[2]
    assert not any(choice in line for line in logs[0] for choice in ("against", "abstain"))


def test_the_attack_sees_a_vote_by_name(copies):
    """The same attack finds who chose what in a roll call: what it does not find is not there."""
    sitting = copies("roll_call")
    dumps = [sitting.vote(choices, closed=True)[0] for choices in ASSIGNMENTS[:3]]
    assert dumps[0] != dumps[1] != dumps[2]


# ---------------------------------------------------------------------------------------------------- no digest of a choice


def digests_in(told):
    """Find everything in a dump that may be a digest."""
    return {found for rows in told.values() for row in rows for found in DIGESTS.findall(row)}


def payloads(person, choice, salts, key, number):
    """Yield everything that somebody might have hashed of one vote."""
    facts = {"choice": choice}
    request = ["resolution", "vote", number, None, facts, None, None]
    texts = [
        choice,
        person + choice,
        choice + person,
        f"{person}:{choice}",
        f"{number}{person}{choice}",
        f"{number}/{person}/{choice}",
        key + choice,
    ]
    for value in (
        facts,
        {"facts": facts},
        {"facts": facts} | {"act": "vote"},
        request,
        [*request, person],
        [person, choice],
        [number, person, choice],
    ):
        for separators in ((",", ":"), (", ", ": ")):
            texts.append(json.dumps(value, sort_keys=True, separators=separators))
            texts.append(json.dumps(value, separators=separators))
    for text in texts:
        yield text
        for salt in salts:
            yield salt + text
            yield text + salt


def recognised(told, number, salts):
    """Return (person, choice) of every vote of which the dump holds a digest, by any usual hash, whole or cut."""
    digests = digests_in(told)
    beginnings = {digest[:16] for digest in digests}
    found = set()
    for person, choice in itertools.product(VOTERS, sorted(set(BALLOTS))):
        for text in payloads(person, choice, salts, f"key-{person}", number):
            for way in ("sha256", "sha1", "md5", "sha512", "blake2b", "sha3_256"):
                if hashlib.new(way, text.encode(), usedforsecurity=False).hexdigest()[:16] in beginnings:
                    found.add((person, choice))
    return found


def salts_in(told):
    """Find the salts of the entries."""
    return [f"{n:032x}" for n in range(1_000_000, 1_000_010) if any(f"{n:032x}" in row for row in told["entries"])]


def test_no_digest_of_a_choice_is_kept(copies):
    """Every digest in the dump is tried with everything that could have been hashed: nothing is recognised (8.3c)."""
    sitting = copies()
    told, _ = sitting.vote(BALLOTS)
    assert salts_in(told)
    assert set() == recognised(told, sitting.case.number, salts_in(told))


def test_the_same_search_recognises_votes_by_name(copies):
    """In a roll call the search finds the digests of payloads: it would have found those of a secret vote."""
    sitting = copies("roll_call")
    told, _ = sitting.vote(BALLOTS)
    assert set(zip(VOTERS, BALLOTS, strict=True)) <= recognised(told, sitting.case.number, salts_in(told))


# ------------------------------------------------------------------------------------------------------- what is known


def test_who_has_voted_is_known_and_no_more(copies):
    """The journal says who took part and when, with empty payloads; the sums are three numbers (8.3c)."""
    sitting = copies()
    told, _ = sitting.vote(BALLOTS)
    assert 6 == len(told["participations"]) - ("sqlite" in str(sitting.assembly.database.url))
    assert not any(name in row for row in told["ballots"] for name in VOTERS if "CREATE" not in row)
    votes = [row for row in told["entries"] if "'vote'" in row]
    assert 6 == len(votes)
    assert all('{"facts":{}}' in row and "choice" not in row for row in votes)
    answers = [row for row in told["answers"] if "key-" in row]
    assert 6 == len(answers)


def test_nobody_learns_the_sums_by_trying_to_close(copies):
    """The Chairman tries to close the vote before and after somebody votes: both trials are refused alike (8.3c)."""
    sitting = copies()
    desk, number = Desk(sitting.assembly), sitting.case.number
    acts = {"acts": [{"act": "vote", "facts": {"choice": "for"}, "office": "member"}, {"act": "close_vote"}]}
    tried = [desk.post(f"/cases/{number}/try", "ch", acts).json()["items"][1]]
    for person, choice in zip(VOTERS, BALLOTS, strict=True):
        assert 201 == desk.act(person, number, "vote", {"choice": choice}, seen=None).status_code
        tried.append(desk.post(f"/cases/{number}/try", "ch", acts).json()["items"][1])
    assert ["resolution.secret_until_closed"] == [one["code"] for one in tried[0]["problem"]["refusals"]]
    assert all(one == tried[0] for one in tried)
    assert "forbidden" in desk.post(f"/cases/{number}/try", "m1", acts).json()["items"][1]["problem"]["type"]
    assert 201 == desk.act("ch", number, "close_vote").status_code


def test_a_roll_call_may_be_tried(copies):
    """What is voted by name is no secret: a trial counts it (8.3c)."""
    sitting = copies("roll_call")
    desk, number = Desk(sitting.assembly), sitting.case.number
    desk.act("m1", number, "vote", {"choice": "for"}, seen=None)
    tried = desk.post(f"/cases/{number}/try", "ch", {"acts": [{"act": "close_vote"}]}).json()["items"][0]
    assert 1 == tried["entry"]["noted"]["counts"]["for"]
