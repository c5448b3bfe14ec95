"""The situation: an immutable value with everything that a guard may look at."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from machines.calendar import Calendar
from machines.numbers import SHIPPED, Numbers, Share
from machines.rulings import Rulings

C = TypeVar("C")


class Held(NamedTuple):
    """A mandate in force at the moment of the act."""

    number: str
    person: str
    office: str
    body: str
    region: str
    category: str
    ex_officio: str
    slot: str


class Mandates(tuple[Held, ...]):
    """The mandates in force of the people concerned, of the Chairman and of his deputies."""

    __slots__ = ()

    def of(self, person: str | None, office: str | None = None) -> Iterator[Held]:
        """Yield what *person* holds, of one *office* if it is named."""
        return (held for held in self if held.person == person and office in (None, held.office))

    def holds(self, person: str | None, office: str) -> bool:
        """Say whether *person* holds *office*."""
        return any(self.of(person, office))

    def holders(self, office: str) -> tuple[str, ...]:
        """Name who holds *office*; complete for the Chairman and his deputies only."""
        return tuple(held.person for held in self if held.office == office)


class Situation(NamedTuple, Generic[C]):
    """One case at one instant, the act that is asked for, and the circumstances that its procedure looks at."""

    procedure: str
    act: str  # empty while one asks about the case as such
    norm: str  # the act's first norm, which a refusal cites where no other is named
    state: str  # "new" before the case is opened
    number: str | None
    seq: int
    person: str | None  # whom the case is about
    body: str
    region: str
    parent: str | None
    about: str | None
    facts: Mapping[str, Any]  # what the entries so far add up to
    joint: Mapping[str, list[str]]  # who has done a joint act so far
    opened_at: datetime | None
    given: Any  # the facts of the act; None while one only asks what could be done
    actor: str
    holder: str  # who is entitled: the actor, or the person on whose behalf
    office: str
    office_body: str
    office_region: str
    document_date: date | None
    at: datetime
    today: date
    zone: str
    calendar: Calendar
    rulings: Rulings
    mandates: Mandates
    circumstances: C
    numbers: Numbers = SHIPPED  # of the law, as this case is judged by them

    def law(self, key: str) -> Any:
        """Return a number of the law as it is on the day of the act (G01)."""
        return self.numbers.number(key, self.today)

    def share(self, key: str) -> Share:
        """Return a share that the law asks for, as it is on the day of the act (G01)."""
        return self.numbers.share(key, self.today)

    def deputies(self) -> tuple[str, ...]:
        """Name who acts as deputy chairmen: those in office or, without any, the Chairman (B01)."""
        deputies = self.mandates.holders("deputy_chairman")
        if deputies or self.rulings["deputies.joint_rule.if_none"] != "chairman":
            return deputies
        return self.mandates.holders("chairman")


_CIRCUMSTANCES = Situation._fields.index("circumstances")


def seen_with(s: Situation[Any], circumstances: C) -> Situation[C]:
    """Return the situation with its procedure's circumstances; every act comes by here, so names are not looked up."""
    return Situation._make((*s[:_CIRCUMSTANCES], circumstances, *s[_CIRCUMSTANCES + 1 :]))
