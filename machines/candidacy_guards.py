"""The rules of a candidacy: items 13.1 and 14, with rulings C01 to C10."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from machines.authority import nominating_body
from machines.facts import Decision
from machines.membership import membership_of
from machines.next_meeting import hold_convening, next_meeting_starts
from machines.procedure import guard
from machines.refusal import Refusal
from machines.situation import Situation
from models.database import Db

ROUTE_NORM = {"small_assembly": "14.1a", "association": "14.1b", "state_body": "14.1a"}
CATEGORY_OF_ROUTE = {"small_assembly": "association", "association": "association", "state_body": "state_body"}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The person's open candidacies and membership, and when the Council meets next."""

    open_candidacies: tuple[str, ...] = ()
    membership: str | None = None
    next_meeting: datetime | None = None


def circumstances(db: Db, s: Situation[None]) -> Circumstances:
    """Look whether the person is a member already or a candidate; where he is admitted, for the next meeting."""
    if s.act == "admit":
        if s.office:  # the act is decided, not only asked about
            hold_convening(db, shared=True)
        return Circumstances(next_meeting=next_meeting_starts(db))
    if s.act not in ("", "nominate", "include", "approve"):
        return Circumstances()
    person = nominee(s)
    if s.act != "nominate":
        return Circumstances(membership=membership_of(db, person))
    rows = db.all(
        "SELECT number FROM cases WHERE person_id = ? AND procedure = 'candidacy' AND NOT final ORDER BY number", person
    )
    return Circumstances(tuple(row[0] for row in rows), membership_of(db, person))


def nomination_norm(s: Situation[Any]) -> str:
    """Return the norm of the route: what a nomination is refused with."""
    route = getattr(s.given, "route", None) or next(
        (source["route"] for source in s.facts.get("sources", ())), "small_assembly"
    )
    return ROUTE_NORM[route]


def nominee(s: Situation[Any]) -> str | None:
    """Return who is to be a member."""
    return s.person or getattr(s.given, "person", None)


@guard()
def not_a_member_already(s: Situation[Circumstances]) -> Refusal | None:
    """Nobody becomes a member twice (13.1a)."""
    number = s.circumstances.membership
    return Refusal("13.1a", "membership.member_already", {"case": number}) if number else None


@guard(facts=True)
def another_nomination_is_open(s: Situation[Circumstances]) -> Refusal | None:
    """A person with an open candidacy is better supported than nominated again (14.1)."""
    numbers = s.circumstances.open_candidacies
    return Refusal(nomination_norm(s), "candidacy.open_already", {"cases": list(numbers)}) if numbers else None


@guard(facts=True)
def consent_is_given(s: Situation[Circumstances]) -> Refusal | None:
    """The candidate's consent is asked for; without it there is a warning (C16)."""
    return None if s.given.consent else Refusal(nomination_norm(s), "candidacy.no_consent")


@guard(facts=True)
def same_person(s: Situation[Circumstances]) -> Refusal | None:
    """A candidacy is supported for the person whom it is about (14.1)."""
    if s.given.person == s.person:
        return None
    return Refusal(nomination_norm(s), "candidacy.another_person", {"person": s.given.person, "candidate": s.person})


@guard()
def some_source_is_in_order(s: Situation[Circumstances]) -> list[Refusal]:
    """At least one nomination comes from the right body by the right decision (14.1, C02 to C04, C07)."""
    faults = [list(source_faults(source)) for source in s.facts["sources"]]
    return [fault for found in faults for fault in found] if all(faults) else []


def source_faults(source: Mapping[str, Any]) -> Iterable[Refusal]:
    """Yield what is wrong with one nomination."""
    decided = source["decision"]["body"]
    if source["route"] == "small_assembly":
        yield from _small_assembly_faults(source, decided)
    elif source["route"] == "association":
        yield from _association_faults(source, decided)
    elif decided != "head_letter":
        yield Refusal("14.2a", "candidacy.no_letter_of_the_head", {"decided": f"name:value.body.{decided}"})


def _small_assembly_faults(source: Mapping[str, Any], decided: str) -> Iterable[Refusal]:
    if decided != "small_assembly_session":
        yield Refusal("14.1a", "candidacy.not_the_session", {"decided": f"name:value.body.{decided}"})
    if not source.get("proposals"):
        yield Refusal("14.1a", "candidacy.no_proposal", {"proposals": 0, "needed": 1})
    for proposal in source.get("proposals", ()):
        if proposal["date"] > source["decision"]["date"]:
            numbers = {"by": proposal["by"], "proposed": proposal["date"], "decided": source["decision"]["date"]}
            yield Refusal("14.1a", "candidacy.proposal_too_late", numbers)


def _association_faults(source: Mapping[str, Any], decided: str) -> Iterable[Refusal]:
    association = source.get("association")
    if association is None:
        yield Refusal("14.1b", "candidacy.association_not_named")
        return
    if association["level"] == "local":
        yield Refusal("14.1b", "candidacy.local_association", {"association": association["name"]})
    if decided != association["highest_body"]:
        numbers = {"decided": f"name:value.body.{decided}", "highest": f"name:value.body.{association['highest_body']}"}
        yield Refusal("14.1b", "candidacy.not_the_highest_body", numbers)


@guard()
def same_nominating_body(s: Situation[Circumstances]) -> Refusal | None:
    """The body that nominated cures its nomination; chairman and secretariat of a region are one (C04)."""
    nominated = s.facts["sources"][0]["nominating_body"]
    own = nominating_body(s.office, s.office_body) if s.office_body else "—"
    return (
        None
        if own == nominated
        else Refusal(nomination_norm(s), "candidacy.another_body", {"nominated": nominated, "own": own})
    )


@guard(facts=True)
def later_than_the_returned_decision(s: Situation[Circumstances]) -> Refusal | None:
    """A returned nomination is cured by a decision of a later day (C04)."""
    returned = Decision.model_validate(s.facts["sources"][0]["decision"]).date
    if s.given.decision.date > returned:
        return None
    return Refusal(
        nomination_norm(s), "candidacy.no_later_decision", {"date": s.given.decision.date, "returned": returned}
    )


@guard()
def recommended_where_the_ruling_asks(s: Situation[Circumstances]) -> Refusal | None:
    """Under the ruling `blocking` only recommended candidacies are submitted (14.2a, C05)."""
    outcome = s.facts.get("outcome")
    if s.rulings["candidacy.council_outcome"] != "blocking" or outcome == "recommended":
        return None
    return Refusal("14.2a", "candidacy.not_recommended", {"outcome": f"name:value.outcome.{outcome}"})


@guard(facts=True)
def justified_if_another_person(s: Situation[Circumstances]) -> Refusal | None:
    """Other persons are included with regard to their authority: the reason is written (13.1b, C01)."""
    if s.given.category != "other_person" or s.given.justification:
        return None
    return Refusal("13.1b", "candidacy.no_justification")


def to_be_a_member(_: Db, __: Situation[Any]) -> Iterable[None]:
    """Open one membership."""
    return (None,)


def starting_membership(s: Situation[Any]) -> dict[str, Any]:
    """Tell the membership whose it is, since the day of the order (C11)."""
    given: Mapping[str, Any] = s.given.__dict__ if s.given is not None else {}
    category = given.get("category") or CATEGORY_OF_ROUTE[s.facts["sources"][0]["route"]]
    since = given["order"].date if "order" in given else s.today
    return {"person": nominee(s), "since": since.isoformat(), "category": category}
