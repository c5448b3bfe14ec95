"""The electorate, the ballots and the counts of a poll (B07, H04)."""

from typing import Any

from machines.joint import still_missing
from machines.poll_guards import Circumstances, circumstances, received
from machines.procedure import Writes
from machines.sitting import as_list, cast_by_name, freeze, proof
from machines.situation import Situation, seen_with
from models.database import Db
from models.entry import Record


def _freeze_opening(db: Db, s: Situation[Circumstances], record: Record) -> None:
    freeze(db, record.number, "opening", s.circumstances.council)


def _freeze_closing(db: Db, s: Situation[Circumstances], record: Record) -> None:
    if s.state == "open":
        freeze(db, record.number, "closing", s.circumstances.council)


def _cast(db: Db, s: Situation[Circumstances], record: Record) -> None:
    cast_by_name(db, record.number, s.holder, s.given.choice, at=received(s), seq=record.seq)


FREEZES_OPENING: Writes[Circumstances] = Writes("freezes_the_opening_electorate", _freeze_opening)
FREEZES_CLOSING: Writes[Circumstances] = Writes("freezes_the_closing_electorate", _freeze_closing)
CASTS: Writes[Circumstances] = Writes("casts", _cast)


def opened(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the electorate at the opening: how many, and the digest of the list."""
    return {"electorate": {"opening": as_list(s.circumstances.council)}}


def counts_of(s: Situation[Circumstances]) -> dict[str, int]:
    """Count the answers of those who may vote at the reference moment."""
    total = len(s.circumstances.electorate)
    needed = s.share("council.majority").needed(total)
    return s.circumstances.counts | {"answered": len(s.circumstances.answered), "total": total, "needed": needed}


def counted(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the counts, and the Council at the closing beside the one at the opening: who of them counted is a ruling (B07)."""
    now, before = s.circumstances.council, s.circumstances.at_opening
    explained = {"closing": as_list(now), "joined": len(now - before), "left": len(before - now)}
    return {"counts": counts_of(s), "electorate": dict(s.facts["electorate"]) | explained}


def annulled(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note, once the last deputy annuls, how the answers stood."""
    return {} if still_missing(s) else {"counts": counts_of(s)}


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
    counts = s.facts["counts"] if closed else counts_of(seen_with(s, circumstances(db, s)))
    stands = proof(s.share("council.majority"), counts, counts["total"], closed=closed)
    return {"counts": counts, "proof": stands, "electorate": s.facts.get("electorate")}
