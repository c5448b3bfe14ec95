"""What the check of situations is made of: a step that the tables allow, and rules that every step must keep.

A situation is a value; no database is asked. The guards that refuse an act of the service are asked here, and the machine that moves a
case moves it here. A rule is written once more on purpose, in the words of the Regulation and from the votes and days themselves: it is
what a counterexample is measured by, and decides nothing in the service.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from machines.calendar import built_in
from machines.decide import why_not
from machines.facts import Facts
from machines.machine import take_branch
from machines.numbers import SHIPPED
from machines.procedure import SAME, Branch, Procedure, Transition
from machines.procedures import PROCEDURES
from machines.refusal import Refusal
from machines.rulings import DEFAULTS, Rulings
from machines.situation import Held, Mandates, Situation
from machines.zones import local_day

ZONE = "Asia/Almaty"
NOW = datetime(2027, 9, 15, 6, 0, tzinfo=UTC)  # a Wednesday; no feast falls between 31 August and 24 October
TODAY = local_day(NOW, ZONE)
NOBODY_IN_OFFICE = Mandates()


class Step(NamedTuple):
    """An act that the tables allow in a situation: where it leads, and what it warns of."""

    procedure: Procedure[Any]
    row: Transition[Any]
    s: Situation[Any]
    branch: Branch[Any]
    warnings: tuple[str, ...]

    @property
    def state(self) -> str:
        """Return the state that it leads to."""
        return self.s.state if self.branch.to == SAME else self.branch.to

    @property
    def seen(self) -> Any:
        """Return the circumstances."""
        return self.s.circumstances

    @property
    def told(self) -> Any:
        """Return the facts of the act."""
        return self.s.given


class Rule(NamedTuple):
    """A sentence of the Regulation that every step of some acts keeps."""

    norm: str
    acts: tuple[str, ...]
    sentence: str
    keeps: Callable[[Step], bool]


class Broken(NamedTuple):
    """A counterexample: which rule, and the shortest way to break it that was met first."""

    procedure: str
    norm: str
    rule: str
    trace: tuple[str, ...]
    way: Any = None  # of a path: the world and its moves, if the last of them breaks the rule

    def __str__(self) -> str:
        """Say it on a few lines."""
        return "\n".join([f"{self.procedure}: {self.norm}: {self.rule}", *(f"    {line}" for line in self.trace)])


RULES: list[Rule] = []


def rule(norm: str, *acts: str) -> Callable[[Callable[[Step], bool]], Callable[[Step], bool]]:
    """Enter a rule about steps of *acts* (`poll.close`); its docstring is the sentence, and it says whether a step keeps it."""

    def enter(keeps: Callable[[Step], bool]) -> Callable[[Step], bool]:
        RULES.append(Rule(norm, acts, (keeps.__doc__ or "").strip().splitlines()[0], keeps))
        return keeps

    return enter


@dataclass(frozen=True, slots=True)
class Seen:
    """A situation of one procedure under way: what is the same for all acts of it stands here once."""

    procedure: str
    mandates: Mandates = NOBODY_IN_OFFICE
    rulings: Rulings = DEFAULTS

    def of(self, act: str, state: str, circumstances: Any, **told: Any) -> Situation[Any]:
        """Make the situation of an act; *told* sets what is not as usual."""
        row = PROCEDURES[self.procedure].rows[act]
        at: datetime = told.pop("at", NOW)
        usual: dict[str, Any] = {
            "procedure": self.procedure, "act": act, "norm": row.norms[0], "state": state, "number": "X-2027-0001", "seq": 1,
            "person": None, "body": "", "region": "", "parent": "X-2027-0002", "about": None, "facts": {}, "joint": {},
            "opened_at": NOW, "given": None, "actor": "actor", "holder": "actor", "office": row.by[0].value, "office_body": "",
            "office_region": "", "document_date": None, "at": at, "today": local_day(at, ZONE), "zone": ZONE, "calendar": built_in(),
            "rulings": self.rulings, "mandates": self.mandates, "numbers": SHIPPED, "circumstances": circumstances,
        }  # fmt: skip
        return Situation(**(usual | told))


def held(office: str, *people: str) -> Iterator[Held]:
    """Let people hold an office."""
    return (Held(f"O-{person}", person, office, "", "", "", "", str(slot)) for slot, person in enumerate(people, 1))


@lru_cache(1024)
def people(count: int, first: int = 1) -> frozenset[str]:
    """Name so many people: m1, m2 and so on."""
    return frozenset(f"m{each}" for each in range(first, first + count))


def facts(model: type[Facts], told: Mapping[str, Any]) -> Any:
    """Make the facts of an act, checked as at the door."""
    return model.model_validate(told)


def day(offset: int) -> str:
    """Write the day so many days from today."""
    return (TODAY + timedelta(days=offset)).isoformat()


def splits(total: int) -> Iterator[dict[str, int]]:
    """Yield every way in which at most so many people vote: for, against, abstaining."""
    for yes in range(total + 1):
        for no in range(total - yes + 1):
            yield from ({"for": yes, "against": no, "abstain": idle} for idle in range(total - yes - no + 1))


def switched(**values: Any) -> Rulings:
    """Switch rulings; dots of their names are written as two underscores."""
    return Rulings.restored({key.replace("__", "."): value for key, value in values.items()})


def tried(procedure: Procedure[Any], s: Situation[Any]) -> Step | None:
    """Try the act of a situation; None where the table refuses it."""
    row = procedure.rows[s.act]
    if why_not(procedure, row, s):
        return None
    _, call = take_branch(procedure, row, s)
    if call.branch is None:
        return None
    return Step(procedure, row, s, call.branch, tuple(each.code for each in _warnings(row, s)))


def _warnings(row: Transition[Any], s: Situation[Any]) -> Iterator[Refusal]:
    return (refusal for guard in row.warns for refusal in guard.refusals(s))


def told_of(step: Step) -> tuple[str, ...]:
    """Write a step so that it can be read, and repeated by hand."""
    s = step.s
    lines = [
        f"{step.procedure.name}.{s.act}: {s.state} → {step.state}, by {s.holder} as {s.office}, {s.at:%Y-%m-%d %H:%M} UTC",
        *(f"{name}: {_shown(getattr(s.circumstances, name))}" for name in getattr(s.circumstances, "__slots__", ())),
    ]
    lines += [f"facts of the act: {s.given.model_dump(mode='json', by_alias=True)}"] if s.given else []
    lines += [f"facts of the case: {dict(s.facts)}"] if s.facts else []
    lines += [f"done jointly: {dict(s.joint)}; deputies: {', '.join(s.deputies())}"] if step.row.joint else []
    lines += [f"rulings switched: {s.rulings.differing()}"] if s.rulings.differing() else []
    return tuple(lines)


def _shown(value: Any) -> str:
    return f"{len(value)} ({', '.join(sorted(value))})" if isinstance(value, frozenset) else str(value)
