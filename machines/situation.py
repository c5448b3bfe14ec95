"""The situation: an immutable value with everything that a guard may look at."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

from machines.calendar import Calendar
from machines.numbers import Numbers, Share
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
        return any(held.person == person and held.office == office for held in self)

    def holders(self, office: str) -> tuple[str, ...]:
        """Name who holds *office*; complete for the Chairman and his deputies only."""
        return tuple([held.person for held in self if held.office == office])


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
    actor: str
    document_date: date | None
    at: datetime
    today: date
    zone: str
    calendar: Calendar
    rulings: Rulings
    mandates: Mandates
    numbers: Numbers  # of the law, as this case is judged by them
    # What becomes known while an act is decided stands last, in this order.
    given: Any  # the facts of the act; None while one only asks what could be done
    office: str
    holder: str  # who is entitled: the actor, or the person on whose behalf
    office_body: str
    office_region: str
    circumstances: C

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


# Every act comes by here twice: values are put side by side, and no names are looked up.
_made: Any = partial(tuple.__new__, Situation)
_GIVEN = Situation._fields.index("given")


def told_with(s: Situation[None], given: Any, authority: tuple[str, str, str, str]) -> Situation[None]:
    """Return the situation with the facts of the act, and the office, holder, body and region that it is done in."""
    made: Situation[None] = _made((*s[:_GIVEN], given, *authority, None))
    return made


def seen_with(s: Situation[Any], circumstances: C) -> Situation[C]:
    """Return the situation with its procedure's circumstances."""
    made: Situation[C] = _made((*s[:-1], circumstances))
    return made
