"""The electorate, the ballots and the counts of a poll (B07, H04)."""

from typing import Any

from machines.numbers import share
from machines.poll_guards import Circumstances, circumstances, received
from machines.procedure import Office, Writes
from machines.sitting import cast_by_name, freeze, in_office, list_digest, proof
from machines.situation import Situation, seen_with
from models.database import Db
from models.entry import Record


def _freeze_opening(db: Db, s: Situation[Circumstances], record: Record) -> None:
    freeze(db, record.number, "opening", in_office(db, Office.council_member, s.at))


def _freeze_closing(db: Db, s: Situation[Circumstances], record: Record) -> None:
    if s.state == "open":
        freeze(db, record.number, "closing", in_office(db, Office.council_member, s.at))


def _cast(db: Db, s: Situation[Circumstances], record: Record) -> None:
    cast_by_name(db, record.number, s.holder, s.given.choice, at=received(s), seq=record.seq)


FREEZES_OPENING: Writes[Circumstances] = Writes("freezes_the_opening_electorate", _freeze_opening)
FREEZES_CLOSING: Writes[Circumstances] = Writes("freezes_the_closing_electorate", _freeze_closing)
CASTS: Writes[Circumstances] = Writes("casts", _cast)


def opened(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the electorate at the opening: how many, and the digest of the list."""
    people = s.circumstances.electorate
    return {"electorate": {"opening": {"total": len(people), "digest": list_digest(people)}}}


def counts_of(s: Situation[Circumstances]) -> dict[str, int]:
    """Count the answers of those who may vote at the reference moment."""
    total = len(s.circumstances.electorate)
    needed = share("council.majority", s.today).needed(total)
    return s.circumstances.counts | {"answered": len(s.circumstances.answered), "total": total, "needed": needed}


def counted(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the counts, and the electorate at the closing beside the one at the opening."""
    people = s.circumstances.electorate
    closing = {"total": len(people), "digest": list_digest(people)}
    joined = sorted(people - s.circumstances.at_opening)
    left = sorted(s.circumstances.at_opening - people)
    electorate = dict(s.facts["electorate"]) | {"closing": closing, "joined": len(joined), "left": len(left)}
    return {"counts": counts_of(s), "electorate": electorate}


def recommendation(_: Db, s: Situation[Circumstances]) -> list[None]:
    """Open a recommendation where one was adopted."""
    return [None] if s.facts.get("kind") == "deputy_recommendation" else []


def recommended_person(s: Situation[Circumstances]) -> dict[str, Any]:
    """Tell whom the Council recommends."""
    return {"person": s.facts["subject"]}


def view(db: Db, s: Situation[None]) -> dict[str, Any]:
    """Return the counts, as closed or as they stand, the electorate, and whether the outcome can still change."""
    if s.state == "drafted":
        return {}
    closed = s.state not in ("open", "counting")
    if closed and "counts" in s.facts:
        counts, open_ballots = s.facts["counts"], 0
    else:
        seen = seen_with(s, circumstances(db, s))
        counts = counts_of(seen)
        changeable = counts["total"] if s.state == "open" else counts["total"] - counts["answered"]
        open_ballots = changeable - (counts["for"] if s.state == "open" else 0)
    stands = proof(
        share("council.majority", s.today), counts, counts["total"], open_ballots=open_ballots, closed=closed
    )
    return {"counts": counts, "proof": stands, "electorate": s.facts.get("electorate")}
