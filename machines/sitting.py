"""Sittings: who is present in a meeting of the Council or a session, and the lists of who may vote."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from machines.facts import Facts, People
from machines.numbers import Share
from machines.procedure import Writes
from machines.situation import Situation
from models.database import Db
from models.entry import Record

CHOICES = ("for", "against", "abstain")
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
    here = db.ask("SELECT person_id FROM presences WHERE number = ? AND until IS NULL", number)
    holders = in_office(db, office, at)  # a join of the two would be a loop of each over each
    return frozenset(row[0] for row in here()) & holders


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


def _all_go(db: Db, s: Situation[Any], record: Record) -> None:
    db.run("UPDATE presences SET until = ? WHERE number = ? AND until IS NULL", s.at, record.number)


CHECKS_IN: Writes[Any] = Writes("checks_in", _come)
CHECKS_OUT: Writes[Any] = Writes("checks_out", _go)
EMPTIES_THE_HALL: Writes[Any] = Writes("empties_the_hall", _all_go)


def hold(db: Db, s: Situation[Any], number: str | None) -> None:
    """Keep a case as it is until the act is done that looks at it: a sitting whose vote is opened, a candidacy listed.

    Only while an act is decided, which has its office then: readers take no locks. SQLite has one writer anyway.
    """
    if number and s.office and db.kind == "postgresql":
        db.run("SELECT 1 FROM cases WHERE number = ? FOR UPDATE", number)


def is_known(db: Db, s: Situation[Any], person: str | None) -> bool:
    """Say whether somebody stands in the register; whom an act names that is decided is not erased until it is done (2.3)."""
    held = " FOR SHARE" if s.office and db.kind == "postgresql" else ""
    return db.one(f"SELECT 1 FROM people WHERE person_id = ? AND erased_at IS NULL{held}", person or "") is not None  # noqa: S608


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


def as_list(people: Collection[str]) -> dict[str, Any]:
    """Show a list of who may vote: how many they are, and the digest of the list."""
    return {"total": len(people), "digest": list_digest(people)}


def proof(share: Share, counts: Mapping[str, int], total: int, *, closed: bool) -> dict[str, Any]:
    """Say how many votes are needed and missing, how many have not voted, and whether the outcome can still change.

    Until a vote is closed each of the *total* may vote, or vote otherwise (the last vote counts): nothing is decided
    before, unless nobody is left who could.
    """
    needed = share.needed(total)
    stands = {"needed": needed, "missing": max(0, needed - counts["for"]), "decided": closed or needed > total}
    if closed:
        return stands
    return stands | {"silent": max(0, total - sum(counts[choice] for choice in CHOICES))}


def sum_of(db: Db, number: str | None, among: Iterable[str] | None = None) -> dict[str, int]:
    """Count the ballots by name, of everybody or of those *among* whom they count."""
    counts = dict.fromkeys(CHOICES, 0)
    counted = None if among is None else frozenset(among)
    for person, choice in db.all("SELECT person_id, choice FROM ballots WHERE number = ?", number):
        if counted is None or person in counted:
            counts[choice] += 1
    return counts


def entered(db: Db, number: str | None) -> dict[str, int] | None:
    """Return the sums of a vote without names, a count or a secret vote; None where there are none."""
    rows = dict(db.all("SELECT choice, votes FROM tallies WHERE number = ?", number))
    return {choice: rows[choice] for choice in CHOICES} if rows else None


def cast_by_name(db: Db, number: str, person: str, choice: str, *, at: datetime, seq: int) -> None:
    """Keep the ballot that counts: the last one received (the journal keeps all)."""
    db.run(
        "INSERT INTO ballots (number, person_id, choice, received_at, seq) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (number, person_id) DO UPDATE SET choice = excluded.choice, received_at = excluded.received_at,"
        " seq = excluded.seq WHERE ballots.received_at <= excluded.received_at",
        number, person, choice, at, seq,
    )  # fmt: skip


def add_in_secret(db: Db, number: str, choice: str) -> None:
    """Add a secret vote to the sums.

    Each vote writes all three rows in the same order: neither their order nor their age may tell who chose what.
    """
    for each in CHOICES:
        db.run(
            "INSERT INTO tallies (number, choice, votes) VALUES (?, ?, ?)"
            " ON CONFLICT (number, choice) DO UPDATE SET votes = tallies.votes + excluded.votes",
            number, each, int(each == choice),
        )  # fmt: skip


def set_tally(db: Db, number: str, counts: Mapping[str, int]) -> None:
    """Enter a count: it replaces the one before."""
    for choice, votes in counts.items():
        db.run(
            "INSERT INTO tallies (number, choice, votes) VALUES (?, ?, ?)"
            " ON CONFLICT (number, choice) DO UPDATE SET votes = excluded.votes",
            number, choice, votes,
        )  # fmt: skip
