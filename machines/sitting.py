"""Sittings: who is present in a meeting of the Council or a session, and the lists of who may vote."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from machines.facts import Facts, People
from machines.numbers import Share
from machines.procedure import Writes
from machines.situation import Situation
from models.database import Db
from models.entry import Record

_IN_FORCE = "m.office = ? AND m.begins_at <= ? AND (m.ended_at IS NULL OR m.ended_at > ?)"


class Members(Facts):
    """Who came, or went."""

    members: People


def in_office(db: Db, office: str, at: datetime) -> frozenset[str]:
    """Return who holds *office* at an instant."""
    return frozenset(row[0] for row in db.all(f"SELECT m.person_id FROM mandates m WHERE {_IN_FORCE}", office, at, at))  # noqa: S608


def how_many(db: Db, office: str, at: datetime) -> int:
    """Count who holds *office* at an instant."""
    row = db.one(f"SELECT count(DISTINCT m.person_id) FROM mandates m WHERE {_IN_FORCE}", office, at, at)  # noqa: S608
    return int(row[0]) if row else 0


def present(db: Db, number: str | None, office: str, at: datetime) -> frozenset[str]:
    """Return who is present in a sitting and holds *office* now: others who are in the hall do not count."""
    rows = db.all(
        f"SELECT p.person_id FROM presences p JOIN mandates m ON m.person_id = p.person_id"  # noqa: S608
        f" WHERE p.number = ? AND p.until IS NULL AND {_IN_FORCE}",
        number, office, at, at,
    )  # fmt: skip
    return frozenset(row[0] for row in rows)


def _come(db: Db, s: Situation[Any], record: Record) -> None:
    here = {
        row[0] for row in db.all("SELECT person_id FROM presences WHERE number = ? AND until IS NULL", record.number)
    }
    for person in s.given.members:
        if person not in here:
            db.run(
                "INSERT INTO presences (number, person_id, seq, since) VALUES (?, ?, ?, ?)", record.number, person, record.seq, s.at
            )  # fmt: skip
            here.add(person)


def _go(db: Db, s: Situation[Any], record: Record) -> None:
    for person in s.given.members:
        db.run(
            "UPDATE presences SET until = ? WHERE number = ? AND person_id = ? AND until IS NULL",
            s.at,
            record.number,
            person,
        )


CHECKS_IN: Writes[Any] = Writes("checks_in", _come)
CHECKS_OUT: Writes[Any] = Writes("checks_out", _go)


def freeze(db: Db, number: str, moment: str, people: Iterable[str]) -> None:
    """Keep the list of who may vote as it is at the opening or the closing of a vote."""
    for person in sorted(people):
        db.run("INSERT INTO electors (number, moment, person_id) VALUES (?, ?, ?)", number, moment, person)


def frozen(db: Db, number: str | None, moment: str) -> frozenset[str]:
    """Return a list that was frozen."""
    return frozenset(
        row[0] for row in db.all("SELECT person_id FROM electors WHERE number = ? AND moment = ?", number, moment)
    )


def list_digest(people: Iterable[str]) -> str:
    """Return the SHA-256 of a list of people, sorted: what is shown at opening and closing."""
    return hashlib.sha256(json.dumps(sorted(people), ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def proof(share: Share, counts: Mapping[str, int], total: int, *, open_ballots: int, closed: bool) -> dict[str, Any]:
    """Say how many votes are needed and missing, and whether the outcome can still change.

    *open_ballots* counts who may still vote, or change his vote.
    """
    needed, have = share.needed(total), counts["for"]
    reachable = have + open_ballots >= needed
    return {"needed": needed, "missing": max(0, needed - have), "decided": closed or not reachable}


def sum_of(db: Db, number: str | None, among: Iterable[str] | None = None) -> dict[str, int]:
    """Count the ballots by name, of everybody or of those *among* whom they count."""
    counts = {"for": 0, "against": 0, "abstain": 0}
    counted = None if among is None else frozenset(among)
    for person, choice in db.all("SELECT person_id, choice FROM ballots WHERE number = ?", number):
        if counted is None or person in counted:
            counts[choice] += 1
    return counts


def entered(db: Db, number: str | None) -> dict[str, int]:
    """Return the sums of a vote without names: entered counts, or a secret vote."""
    return {"for": 0, "against": 0, "abstain": 0} | dict(
        db.all("SELECT choice, votes FROM tallies WHERE number = ?", number)
    )


def cast_by_name(db: Db, number: str, person: str, choice: str, *, at: datetime, seq: int) -> None:
    """Keep the ballot that counts: the last one received (the journal keeps all)."""
    db.run(
        "INSERT INTO ballots (number, person_id, choice, received_at, seq) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (number, person_id) DO UPDATE SET choice = excluded.choice, received_at = excluded.received_at,"
        " seq = excluded.seq WHERE ballots.received_at <= excluded.received_at",
        number, person, choice, at, seq,
    )  # fmt: skip


def add_to_tally(db: Db, number: str, choice: str, votes: int) -> None:
    """Add to a sum without names."""
    db.run(
        "INSERT INTO tallies (number, choice, votes) VALUES (?, ?, ?)"
        " ON CONFLICT (number, choice) DO UPDATE SET votes = tallies.votes + excluded.votes",
        number, choice, votes,
    )  # fmt: skip


def set_tally(db: Db, number: str, counts: Mapping[str, int]) -> None:
    """Enter a count: it replaces the one before."""
    for choice, votes in counts.items():
        db.run(
            "INSERT INTO tallies (number, choice, votes) VALUES (?, ?, ?)"
            " ON CONFLICT (number, choice) DO UPDATE SET votes = excluded.votes",
            number, choice, votes,
        )  # fmt: skip
