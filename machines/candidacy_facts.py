"""What the acts of a candidacy tell, and what the case keeps of it."""

from typing import Any, Literal

from pydantic import Field

from machines.authority import nominating_body
from machines.facts import (
    Association,
    Count,
    Decision,
    Facts,
    NoFacts,
    Paper,
    PersonId,
    Proposal,
    Region,
    Text,
    YesOrNo,
)
from machines.procedure import Identity, Told
from machines.situation import Situation

Outcome = Literal["recommended", "not_recommended", "no_decision"]


class Nominate(Facts):
    """Who is nominated, on which route, by which decision, on whose proposals."""

    person: PersonId
    route: Literal["small_assembly", "association", "state_body"]
    decision: Decision
    region: Region | None = None
    proposals: tuple[Proposal, ...] = ()
    association: Association | None = None
    consent: YesOrNo | None = None


Admissions = NoFacts


class Return(Facts):
    """Why the nomination goes back."""

    reason: Text


class Cure(Facts):
    """The new decision of the body that nominated."""

    decision: Decision


class Votes(Facts):
    """The count of the Council's vote."""

    for_: Count = Field(alias="for")
    against: Count
    abstain: Count
    present: Count
    total: Count


class Consider(Facts):
    """What the Council's consideration came to."""

    outcome: Outcome
    votes: Votes | None = None


class Approve(Facts):
    """The Chairman's order."""

    order: Paper


class Reject(Facts):
    """The Chairman's order, and why if he says it."""

    order: Paper
    reason: Text | None = None


class Include(Facts):
    """Whom the Chairman includes himself, in which category and by which order."""

    person: PersonId
    category: Literal["state_body", "association", "other_person"]
    justification: Text | None = None
    order: Paper


class Withdraw(Facts):
    """Why the candidacy ends."""

    reason: Text | None = None


def identify(s: Situation[Any]) -> Identity:
    """A candidacy is about the person nominated; its body is the one that nominated."""
    return Identity(
        person=s.given.person, body=s.office_body, region=getattr(s.given, "region", None) or s.office_region
    )


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep nominations as sources, the rest under its own name."""
    if told.act in ("nominate", "support"):
        return facts | {"person": told.facts["person"], "sources": [*facts.get("sources", ()), _source(told)]}
    if told.act == "cure":
        first, *others = facts["sources"]
        return facts | {"sources": [first | {"decision": told.facts["decision"], "holder": told.holder}, *others]}
    if told.act == "return":
        return facts | {"returned": dict(told.facts)}
    return facts | dict(told.facts)


def _source(told: Told) -> dict[str, Any]:
    source = {name: value for name, value in told.facts.items() if name != "person"}
    return source | {
        "nominating_body": nominating_body(told.office, told.body),
        "office": told.office,
        "holder": told.holder,
    }
