"""What the acts of a session tell, and what the case keeps of it."""

from datetime import date, datetime
from typing import Any, Literal

from machines.facts import Day, EnteredCount, Facts, LocalTime, Name, Paper, RequestNumber, Text, Texts
from machines.procedure import Identity, Told
from machines.situation import Situation
from machines.zones import local_day
from models.database import instant


class Convene(Facts):
    """Which session is convened, on which ground and order, when and where, with which tentative agenda."""

    kind: Literal["ordinary", "extraordinary"]
    ground: Literal["own_initiative", "request"]
    request: RequestNumber | None = None
    order: Paper
    starts_at: LocalTime
    last_day: Day | None = None
    city: Name
    place: Text
    agenda: Texts


class Announce(Facts):
    """Where the announcement was published."""

    channel: Literal["website", "newspaper", "letter", "email", "other"]


class Agenda(Facts):
    """The agenda as it is now."""

    agenda: Texts


class Move(Facts):
    """The new day and place."""

    starts_at: LocalTime
    city: Name
    place: Text


class ChangeHall(Facts):
    """The new hall, or the new hour of the same day."""

    place: Text
    starts_at: LocalTime | None = None


class SetMethod(EnteredCount):
    """How the session votes, and its vote about it."""

    method: Literal["show_of_hands", "roll_call", "secret"]


def starts_at(s: Situation[Any]) -> datetime:
    """Return the local time at which the session starts, as told now or as it stands."""
    told: datetime | None = getattr(s.given, "starts_at", None)
    return told or datetime.fromisoformat(s.facts["starts_at"])


def last_day(s: Situation[Any]) -> date:
    """Return the session's last day; after a move as many days as before."""
    told: date | None = getattr(s.given, "last_day", None)
    if told is not None:
        return told
    if "last_day" not in s.facts:
        return starts_at(s).date()
    before = datetime.fromisoformat(s.facts["starts_at"]).date()
    return date.fromisoformat(s.facts["last_day"]) + (starts_at(s).date() - before)


def is_extraordinary(s: Situation[Any]) -> bool:
    """Say whether it is an extraordinary session."""
    kind: str = getattr(s.given, "kind", None) or s.facts["kind"]
    return kind == "extraordinary"


def decided_on(s: Situation[Any]) -> date:
    """Return the day of the decision to convene, from which the month runs, also after a move (8.2c, A03)."""
    told: Paper | None = getattr(s.given, "order", None)
    return told.date if told is not None else date.fromisoformat(s.facts["order"]["date"])


def announceable_from(s: Situation[Any]) -> date:
    """Return the day from which the announcement is counted: of the decision or, after a move, of the move (A02)."""
    if s.act == "move":
        return s.today
    return local_day(instant(s.facts["moved_at"]), s.zone) if "moved_at" in s.facts else decided_on(s)


def identify(s: Situation[Any]) -> Identity:
    """A session is of the Assembly; one on request is about the request."""
    return Identity(body="assembly", about=s.given.request if s.given.ground == "request" else None)


def keep(facts: dict[str, Any], told: Told) -> dict[str, Any]:
    """Keep day, place and agenda as they stand, what was announced, and the counts."""
    if told.act == "announce":
        announced = {"agenda": facts["agenda"], "at": told.at} | dict(told.facts)
        return facts | {"announced": announced}
    if told.act == "change_agenda":
        return facts | {"agenda": list(told.facts["agenda"]), "added": _added(facts, told)}
    if told.act == "move":
        return facts | dict(told.facts) | dict(told.noted) | {"moved_at": told.at}
    if told.act == "set_method":
        return facts | {"method": told.facts["method"]}
    if told.act == "cancel":
        return facts | {told.act: dict(told.facts)}
    return facts | dict(told.facts) | dict(told.noted)


def _added(facts: dict[str, Any], told: Told) -> list[str]:
    """Mark the points that the announced agenda did not have (A14)."""
    announced = facts.get("announced", {}).get("agenda")
    return [point for point in told.facts["agenda"] if announced is not None and point not in announced]
