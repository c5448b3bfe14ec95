"""What the acts of a resolution tell."""

from typing import Literal

from machines.facts import Choice, Facts, SessionNumber, Text


class List(Facts):
    """Which resolution is put to which session."""

    session: SessionNumber
    kind: Literal["mazhilis_election", "programme_document", "member_report", "regulation_amendment", "other"]
    text: Text | None = None


class Vote(Facts):
    """How a member votes."""

    choice: Choice


class Dissent(Facts):
    """A dissenting opinion."""

    opinion: Text
