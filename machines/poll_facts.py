"""What the acts of a poll tell, and what the case keeps of it."""

from typing import Any, Literal

from machines.facts import Choice, Day, Facts, LocalTime, Text, YesOrNo
from machines.procedure import Identity, Told
from machines.situation import Situation


class Draft(Facts):
    """Which question goes to the members of the Council, and whether sheets travel by post."""

    kind: Literal["candidacy", "deputy_recommendation", "mazhilis_nomination", "programme_document", "other"]
    subject: Text | None = None
    question: Text
    papers: Text | None = None
    by_post: YesOrNo = False


class Open(Facts):
    """The last day on which an answer counts; ten days if it is left out (B06)."""

    closes_on: Day | None = None


class Answer(Facts):
    """How a member answers; of a paper sheet when it was received."""

    choice: Choice
    opinion: Text | None = None
    received_at: LocalTime | None = None


class Extend(Facts):
    """The new last day, and why."""

    closes_on: Day
    reason: Text


def identify(s: Situation[Any]) -> Identity:
    """A poll is of the Council, and about the person whom it would recommend."""
    return Identity(body="council", person=s.given.subject if s.given.kind == "deputy_recommendation" else None)


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep the question, the closing and the counts."""
    if told.act == "open":
        return facts | dict(told.facts) | {"opened_at": told.at} | dict(told.noted)
    if told.act == "close":
        return facts | {"closed_at": told.at} | dict(told.noted)
    if told.act == "annul":
        return facts | {"annulled": dict(told.facts)} | dict(told.noted) if told.noted else facts
    return facts | dict(told.facts)
