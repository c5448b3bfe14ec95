"""What a procedure is: a table of states and acts that shows everything an act does.

One procedure stands in one file. The table is compiled to a flat machine of `transitions` (`machines/machine.py`), which
holds states, events and branches; `machines/perform.py` carries an act out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from machines.facts import Facts, NoFacts
from machines.refusal import Refusal
from machines.situation import Situation
from machines.terms import Count

if TYPE_CHECKING:
    from models.database import Db
    from models.entry import Record

C = TypeVar("C")

NEW = "new"  # the state of a case that has not been opened
SAME = "="  # the target of an act that leaves the state as it is
ALL = "*"  # closes every open deadline


class Office(StrEnum):
    """Who may act. A nominating body is whoever holds an office of a body that nominated or supported."""

    chairman = "chairman"
    deputy_chairman = "deputy_chairman"
    council_member = "council_member"
    member = "member"
    working_body = "working_body"
    sa_chairman = "sa_chairman"
    sa_secretariat = "sa_secretariat"
    association = "association"
    state_body = "state_body"
    president = "president"
    candidate = "candidate"
    nominating_body = "nominating_body"
    clock = "clock"
    consequence = "consequence"


NOMINATING_OFFICES = (Office.sa_chairman, Office.sa_secretariat, Office.association, Office.state_body)
NOBODY = frozenset({Office.clock, Office.consequence})  # no person acts in these
# Those that a mandate gives: the others follow from the case or, the President's, from the Constitution.
GRANTED = tuple(
    office for office in Office if office not in {*NOBODY, Office.president, Office.candidate, Office.nominating_body}
)


@dataclass(frozen=True, slots=True)
class Guard(Generic[C]):
    """A rule: looks at the situation and refuses, with norm and numbers, or has no objection.

    *asks_facts*: it looks at the facts of the act, so that without them nothing can be said.
    A changed rule gets a new revision, which changes the procedure's digest.
    """

    name: str
    check: Callable[[Situation[C]], Refusal | Sequence[Refusal] | None]
    asks_facts: bool
    revision: int
    rule: str

    def refusals(self, situation: Situation[C]) -> Sequence[Refusal]:
        """Return everything that stands in the way."""
        if self.asks_facts and situation.given is None:
            return ()
        found = self.check(situation)
        if found is None:
            return ()
        return (found,) if isinstance(found, Refusal) else found


def asked(guards: Iterable[Guard[C]], situation: Situation[C]) -> list[Refusal]:
    """Ask every guard and return everything that stands in the way."""
    refusals: list[Refusal] = []
    for each in guards:
        refusals += each.refusals(situation)
    return refusals


def guard(*, facts: bool = False, revision: int = 1) -> Callable[[Callable[[Situation[C]], Any]], Guard[C]]:
    """Make a guard of a function; its docstring is the rule."""

    def make(check: Callable[[Situation[C]], Any]) -> Guard[C]:
        return Guard(check.__name__, check, facts, revision, check.__doc__ or "")

    return make


@dataclass(frozen=True, slots=True)
class Rung:
    """A reminder: so many days before the last day, to whom (audiences separated by spaces); 0: once it has passed."""

    days: int
    audience: str


@dataclass(frozen=True, slots=True)
class Term(Generic[C]):
    """A deadline that an act opens, how it is counted, and what it brings."""

    name: str
    kind: str  # automatic, limit, target
    norm: str
    count: Callable[[Situation[C]], Count | None]  # None: open and undated
    expires: str = ""  # the act that the clock performs (automatic)
    rungs: tuple[Rung, ...] = ()
    again: bool = False  # it may stand open already: then it is set anew
    when: Callable[[Situation[C]], bool] | None = None  # only in these situations
    revision: int = 1


def no_facts(_: Situation[Any]) -> Mapping[str, Any]:
    """Tell nothing."""
    return {}


@dataclass(frozen=True, slots=True)
class Consequence(Generic[C]):
    """An act on linked cases, in the same transaction.

    *targets* finds the cases (None stands for a case to be opened); what a case does not accept is skipped, and the
    entry says so.
    """

    procedure: str
    act: str
    targets: Callable[["Db", Situation[C]], Iterable[str | None]]
    facts: Callable[[Situation[C]], Mapping[str, Any]] = no_facts
    itself: bool = False  # the case itself may be the target


@dataclass(frozen=True, slots=True)
class ClosesThere(Generic[C]):
    """A deadline of a linked case that the act closes."""

    deadline: str
    targets: Callable[["Db", Situation[C]], Iterable[str | None]]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about an act, staged with it."""

    name: str
    audience: str


class Grant(NamedTuple):
    """The mandate that an act gives."""

    person: str
    office: str
    body: str
    region: str
    category: str | None
    ex_officio: str | None
    acting: bool
    slot: str
    since: date
    begins_at: datetime


class Identity(NamedTuple):
    """What a new case is about."""

    person: str | None = None
    body: str = ""
    region: str = ""
    parent: str | None = None
    about: str | None = None


class Told(NamedTuple):
    """What an entry tells the case's facts: the same when it is performed and when it is replayed."""

    act: str
    facts: Mapping[str, Any]
    holder: str
    office: str
    body: str
    at: str
    seq: int
    noted: Mapping[str, Any] = MappingProxyType({})  # what the act counted: it stands in the entry's findings


@dataclass(frozen=True, slots=True)
class Writes(Generic[C]):
    """Rows of a procedure's own tables that an act writes: ballots, presence, signatures."""

    name: str
    rows: Callable[["Db", Situation[C], "Record"], None]


@dataclass(frozen=True, slots=True)
class Branch(Generic[C]):
    """Where an act leads if its guards hold, and what it does on that way."""

    to: str
    guards: tuple[Guard[C], ...] = ()
    opens: tuple[Term[C], ...] = ()
    closes: tuple[str, ...] = ()
    consequences: tuple[Consequence[C], ...] = ()
    closes_there: tuple[ClosesThere[C], ...] = ()
    notices: tuple[Notice, ...] = ()
    grants: Callable[[Situation[C]], Grant] | None = None
    ends: Callable[[Situation[C]], datetime] | None = None  # when the mandate that the case gave ends
    writes: tuple[Writes[C], ...] = ()  # rows of the procedure's own tables


def _keep(facts: dict[str, Any], _: Told) -> dict[str, Any]:
    """Leave the case's facts as they are."""
    return facts


@dataclass(frozen=True)
class Transition(Generic[C]):
    """One act: a row of the table."""

    name: str
    source: tuple[str, ...]
    to: tuple[Branch[C], ...]
    by: tuple[Office, ...]
    norms: tuple[str, ...]
    facts: type[Facts] = NoFacts
    guards: tuple[Guard[C], ...] = ()
    warns: tuple[Guard[C], ...] = ()
    joint: bool = False
    concurrent: bool = False
    own: bool = False  # members, candidates and seats: one's own case only
    keeps: Callable[[dict[str, Any], Told], dict[str, Any]] = _keep
    paper_norm: Callable[[Situation[C]], str] | None = None  # what a paper of a later day is refused with
    notes: Callable[[Situation[C]], Mapping[str, Any]] | None = None  # what the act counted, for the entry's findings
    effective: Callable[[Situation[C]], datetime] | None = (
        None  # when it takes effect, if not at the instant of the act
    )
    entitled: Callable[["Db", Situation[None]], bool] | None = (
        None  # who else may do it, where a mandate has ended meanwhile
    )
    secret: Callable[[Situation[C]], bool] | None = None  # whether the facts must leave no trace

    @cached_property
    def cites(self) -> str:
        """Its norms as an entry names them, separated by spaces."""
        return " ".join(self.norms)

    @cached_property
    def tells(self) -> bool:
        """Whether the case's facts become others by it."""
        return self.keeps is not _keep

    @cached_property
    def opens_case(self) -> bool:
        """Whether it opens a case."""
        return self.source == (NEW,)

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Name the states it leads to; of a joint act, once it is complete."""
        return tuple(dict.fromkeys(branch.to for branch in self.to))

    @cached_property
    def reaches_others(self) -> bool:
        """Whether it may touch other cases than its own."""
        return any(branch.consequences or branch.closes_there for branch in self.to)

    @cached_property
    def persons(self) -> tuple[Office, ...]:
        """Name the offices in which people do it."""
        return tuple(office for office in self.by if office not in NOBODY)

    @property
    def of_the_president(self) -> bool:
        """Whether it is the President's alone, who enters nothing himself."""
        return self.persons == (Office.president,)

    @property
    def by_clock(self) -> bool:
        """Whether it is done as well when its time has come, by nobody."""
        return Office.clock in self.by


@dataclass(frozen=True, eq=False)
class Procedure(Generic[C]):
    """A procedure: its states, its acts, and how its situation is seen."""

    name: str
    letter: str
    chapter: str
    states: type[StrEnum]
    final: tuple[str, ...]
    acts: tuple[Transition[C], ...]
    circumstances: Callable[["Db", Situation[None]], C]
    identify: Callable[[Situation[C]], Identity]
    forbidden_paths: tuple["ForbiddenPath", ...] = ()
    view: Callable[["Db", Situation[None]], Mapping[str, Any]] | None = (
        None  # counts, outcome, force and proof, for the doors
    )

    @cached_property
    def rows(self) -> dict[str, Transition[C]]:
        """The acts by name."""
        return {row.name: row for row in self.acts}

    def known_in(self, state: str) -> tuple[Transition[C], ...]:
        """Return the acts that *state* knows."""
        return tuple(row for row in self.acts if state in row.source)


class ForbiddenPath(NamedTuple):
    """A state that must not be reached without one of these acts (the model check's own words for a norm)."""

    state: str
    without: tuple[str, ...]
    norm: str
