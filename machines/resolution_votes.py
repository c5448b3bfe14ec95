"""The votes of a resolution: by name, by count, or secret (8.3, A11, A12)."""

from typing import Any

from machines.procedure import Identity, Told, Writes
from machines.resolution_facts import Dissent, List, Vote
from machines.resolution_guards import Circumstances, circumstances, method
from machines.sitting import add_in_secret, as_list, cast_by_name, freeze, proof, set_tally
from machines.situation import Situation, seen_with
from models.database import Db
from models.entry import Record

__all__ = [
    "CASTS",
    "ENTERS",
    "FREEZES",
    "Dissent",
    "List",
    "Vote",
    "counted",
    "identify",
    "is_secret",
    "keep",
    "opened",
    "view",
]

BINDING = ("mazhilis_election",)  # decisions of other kinds are recommendations (3.1, 3.2)


def is_secret(s: Situation[Any]) -> bool:
    """Say whether the vote is secret, so that no choice may leave a trace."""
    return method(s) == "secret"


def _freeze(db: Db, s: Situation[Circumstances], record: Record) -> None:
    freeze(db, record.number, "opening", s.circumstances.present)


def _cast(db: Db, s: Situation[Circumstances], record: Record) -> None:
    if not is_secret(s):
        cast_by_name(db, record.number, s.holder, s.given.choice, at=s.at, seq=record.seq)
        return
    db.run("INSERT INTO participations (number, person_id) VALUES (?, ?)", record.number, s.holder)
    add_in_secret(db, record.number, s.given.choice)


def _enter(db: Db, s: Situation[Circumstances], record: Record) -> None:
    set_tally(db, record.number, s.given.counts)


FREEZES: Writes[Circumstances] = Writes("freezes_those_present", _freeze)
CASTS: Writes[Circumstances] = Writes("casts", _cast)
ENTERS: Writes[Circumstances] = Writes("enters", _enter)


def opened(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the method and who was present when the vote was opened: how many, and the digest of the list."""
    return {"method": s.circumstances.session_method, "electorate": as_list(s.circumstances.present)}


def counted(s: Situation[Circumstances]) -> dict[str, Any]:
    """Note the counts as they were when the vote was closed."""
    return {"counts": counts_of(s)}


def counts_of(s: Situation[Circumstances]) -> dict[str, int]:
    """Count the votes against those present when the vote was opened (8.3b)."""
    here = len(s.circumstances.at_opening)
    return s.circumstances.counts | {"present": here, "needed": s.share("session.majority").needed(here)}


def view(db: Db, s: Situation[None]) -> dict[str, Any]:
    """Return force, counts and whether the outcome can still change; of a secret vote no counts before its end."""
    force = {"force": "binding" if s.facts["kind"] in BINDING else "recommendatory"}
    if s.state not in ("voting", "adopted", "not_adopted"):
        return force
    closed, shown = s.state != "voting", force | {"electorate": s.facts["electorate"]}
    counts = s.facts["counts"] if closed else counts_of(seen_with(s, circumstances(db, s)))
    if is_secret(s) and not closed:
        return shown | {"counts": {name: counts[name] for name in ("present", "needed")}}
    return shown | {
        "counts": counts,
        "proof": proof(s.share("session.majority"), counts, counts["present"], closed=closed),
    }


def identify(s: Situation[Circumstances]) -> Identity:
    """A resolution belongs to its session."""
    return Identity(body="assembly", parent=s.given.session)


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep the question, the method, the counts and the dissenting opinions."""
    if told.act == "dissent":
        return facts | {"dissents": [*facts.get("dissents", ()), {"by": told.holder, "opinion": told.facts["opinion"]}]}
    if told.act == "remove":
        return facts | {"remove": dict(told.facts)}
    return facts | dict(told.facts) | dict(told.noted)
