"""The votes of a question of the Council: its list, the count, and what follows from the outcome (9.2, B03)."""

from typing import Any

from machines.council_question_guards import Circumstances, circumstances, two_thirds_of_all_are_for
from machines.procedure import Writes
from machines.sitting import as_list, cast_by_name, freeze, proof, set_tally
from machines.situation import Situation, seen_with
from models.database import Db
from models.entry import Record


def opened(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the Council as it was when the vote was opened: how many, and the digest of the list."""
    return {"electorate": {"opening": as_list(s.circumstances.council)}}


def counted(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the counts as they were when the vote was closed, and the Council then beside the one at the opening."""
    now, before = s.circumstances.council, s.circumstances.at_opening
    electorate = {
        "opening": as_list(before),
        "closing": as_list(now),
        "joined": len(now - before),
        "left": len(before - now),
    }
    return {"counts": counts_of(s), "electorate": electorate}


def counts_of(s: Situation[Circumstances]) -> dict[str, int]:
    """Count the votes against all members of the Council (9.2c)."""
    here, total = len(s.circumstances.present), len(s.circumstances.council)
    needed = s.share("council.majority").needed(total)
    return s.circumstances.counts | {"present": here, "total": total, "needed": needed}


def candidacy_considered(_: Db, s: Situation[Circumstances]) -> list[str]:
    """Find the candidacy that the question is about."""
    return [s.about] if s.about and s.facts.get("kind") == "candidacy" else []


def consideration(s: Situation[Circumstances]) -> dict[str, Any]:
    """Tell the candidacy the outcome: adopted and positive, adopted and negative, or no decision."""
    if two_thirds_of_all_are_for.check(s) is not None:
        outcome = "no_decision"
    else:
        outcome = "recommended" if s.facts.get("proposal") == "positive" else "not_recommended"
    counts = counts_of(s)
    return {
        "outcome": outcome,
        "votes": {name: counts[name] for name in ("for", "against", "abstain", "present", "total")},
    }


def recommendation(_: Db, s: Situation[Circumstances]) -> list[None]:
    """Open a recommendation where a positive one was adopted."""
    return [None] if s.facts.get("kind") == "deputy_recommendation" and s.facts.get("proposal") == "positive" else []


def recommended_person(s: Situation[Circumstances]) -> dict[str, Any]:
    """Tell whom the Council recommends."""
    return {"person": s.facts["subject"]}


def _cast(db: Db, s: Situation[Circumstances], record: Record) -> None:
    cast_by_name(db, record.number, s.holder, s.given.choice, at=s.at, seq=record.seq)


def _enter(db: Db, s: Situation[Circumstances], record: Record) -> None:
    set_tally(db, record.number, s.given.counts)


def _freeze_opening(db: Db, s: Situation[Circumstances], record: Record) -> None:
    freeze(db, record.number, "opening", s.circumstances.council)


def _freeze_closing(db: Db, s: Situation[Circumstances], record: Record) -> None:
    freeze(db, record.number, "closing", s.circumstances.council)


FREEZES_OPENING: Writes[Circumstances] = Writes("freezes_the_opening_electorate", _freeze_opening)
FREEZES_CLOSING: Writes[Circumstances] = Writes("freezes_the_closing_electorate", _freeze_closing)
CASTS: Writes[Circumstances] = Writes("casts", _cast)
ENTERS: Writes[Circumstances] = Writes("enters", _enter)


def view(db: Db, s: Situation[None]) -> dict[str, Any]:
    """Return the counts, as closed or as they stand, the Council at the opening and the closing, and what is missing."""
    closed = "counts" in s.facts
    if s.state != "voting" and not closed:
        return {}
    counts = s.facts["counts"] if closed else counts_of(seen_with(s, circumstances(db, s)))
    stands = proof(s.share("council.majority"), counts, counts["total"], closed=closed)
    return {"counts": counts, "proof": stands, "electorate": s.facts.get("electorate")}
