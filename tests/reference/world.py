"""Days, people in office, cases, the clock, and who may act: what all procedures share."""

import calendar
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

THEN = "then"  # in an act: up to here everything is a reason; from here on it is done
DAYS = {
    date.fromisoformat(row["date"]): row["kind"]
    for row in csv.DictReader(
        (Path(__file__).parents[2] / "machines" / "calendar_kz.csv").read_text(encoding="utf-8").splitlines()
    )
}  # which days were off is a fact and no rule


# ------------------------------------------------------------------------------------------------------------------------ days


def works(day: date) -> bool:
    """Five days a week, but for days off, and on those that were decided to be worked (H05)."""
    kind = DAYS.get(day)
    return kind == "day_worked" if kind else day.weekday() < 5


def after(day: date) -> datetime:
    """The first instant that is too late when something may be done until 24:00 of a day (H04)."""
    return datetime.combine(day + timedelta(days=1), time())


def working_days(start: date, number: int) -> date:
    """The day on which so many working days have passed; the day of the event is not counted."""
    day = start
    while number:
        day += timedelta(days=1)
        number -= works(day)
    return day


def months(day: date, number: int) -> date:
    """The same number of another month, else its last day (H02)."""
    month = day.year * 12 + day.month - 1 + number
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def rolled(day: date) -> date:
    """A last day that is off moves to the next working day (H01)."""
    while not works(day):
        day += timedelta(days=1)
    return day


def as_day(told: Any) -> date:
    """A day as facts have it."""
    return told if isinstance(told, date) else date.fromisoformat(told)


def two_thirds(part: int, total: int) -> bool:
    """At least two thirds; of nobody nothing is enough."""
    return total > 0 and 3 * part >= 2 * total


# -------------------------------------------------------------------------------------------------------------- people and cases


@dataclass
class Mandate:
    """Somebody holds an office from an instant on, until another."""

    office: str
    person: str
    body: str
    case: "Case"
    begins: datetime
    ends: datetime | None = None

    def at(self, moment: datetime) -> bool:
        """Whether it is held at a moment: from its beginning on, at its end no more."""
        return self.begins <= moment and (self.ends is None or moment < self.ends)


@dataclass(eq=False)
class Case:
    """A case: where it stands, and what its acts have left."""

    procedure: str
    name: str  # the scenario's own, or as membership:m7
    opened: datetime
    state: str = "new"
    person: str | None = None
    parent: "Case | None" = None
    seq: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    joint: set[str] = field(default_factory=set)
    open: dict[str, tuple[datetime | None, str | None]] = field(
        default_factory=dict
    )  # deadline: due, what the clock does then

    had: set[str] = field(default_factory=set)  # deadlines that were seen open

    @property
    def final(self) -> bool:
        """Whether it has come to its end."""
        return self.state in FINAL


FINAL = frozenset({
    "ended", "approved", "rejected", "withdrawn", "left", "removed", "granted", "declined", "moot", "vacated", "recorded", "cancelled",
    "adopted", "not_adopted", "postponed", "annulled", "dismissed", "lapsed", "not_competent", "returned", "satisfied", "met", "breached",
})  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """One attempt: who, what, on which case, with which facts."""

    who: str
    act: str  # procedure.act
    case: str
    facts: dict[str, Any]
    stale: bool = False  # the actor has not seen the last entry
    behalf: str | None = None
    document: dict[str, Any] | None = None


class Reason(NamedTuple):
    """A norm that stands in the way, and which rule of it."""

    norm: str
    code: str


class Warned(NamedTuple):
    """The act is done, and this is noted."""

    norm: str
    code: str


class Answer(NamedTuple):
    """What an attempt comes to."""

    outcome: str  # done, refused, forbidden, conflict
    reasons: frozenset[Reason] = frozenset()
    warned: frozenset[Reason] = frozenset()


class Row(NamedTuple):
    """An act: from which states, by whom, under which norms."""

    name: str
    source: tuple[str, ...]
    by: tuple[str, ...]
    norms: tuple[str, ...]
    own: bool
    joint: bool
    concurrent: bool
    rule: Callable[..., Iterator[Any]]


ROWS: dict[str, Row] = {}


def act(name: str, source: str, by: str, norms: str, **how: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter an act of the Regulation; `by` names offices, `own` is for one's own case, `joint` is for all deputies together."""

    def enter(rule: Callable[..., Any]) -> Callable[..., Any]:
        marks = {"own": False, "joint": False, "concurrent": False} | how
        ROWS[name] = Row(name, tuple(source.split()), tuple(by.split()), tuple(norms.split()), rule=rule, **marks)
        return rule

    return enter


def simply(name: str, source: str, by: str, norms: str, to: str, **how: bool) -> None:
    """Enter an act that nothing stands in the way of but office and state, and that moves the case and nothing else."""

    def rule(w: "World", c: Case, a: "Told") -> Iterator[Any]:
        yield THEN
        c.state = to

    act(name, source, by, norms, **how)(rule)


NOMINATING = ("sa_chairman", "sa_secretariat", "association", "state_body")
RANK = ("exit", "breach", "begin", "lapse", "close")  # what falls due at one instant happens in this order
PAPERS = ("order", "minutes", "act", "decision", "certificate", "basis")


class World:
    """An Assembly: who holds what, which cases there are, and what time it is."""

    def __init__(self, now: datetime, rulings: dict[str, Any] | None = None) -> None:
        self.now, self.rulings = now, rulings or {}
        self.mandates: list[Mandate] = []
        self.cases: list[Case] = []
        self.names: dict[str, Case] = {}
        self.people: set[str] = set()
        self.aliases: dict[str, str] = {}
        self.bodies: dict[str, str] = {}  # name: kind
        self.by_clock: list[str] = []

    # ------------------------------------------------------------------------------------------------------------- who is who

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.date()

    def person(self, name: Any) -> str:
        """Who is behind a name of the roster."""
        return self.aliases.get(name, name)

    def held(self, office: str, at: datetime | None = None) -> list[Mandate]:
        """Mandates of an office in force."""
        return [each for each in self.mandates if each.office == office and each.at(at or self.now)]

    def holders(self, office: str, at: datetime | None = None) -> set[str]:
        """Who holds an office."""
        return {each.person for each in self.held(office, at)}

    def of(self, person: str, office: str) -> list[Mandate]:
        """Mandates by which a person holds an office, the longest held first."""
        return [each for each in self.held(office) if each.person == person]

    def end_mandate(self, case: Case, at: datetime | None = None) -> None:
        """End what is held by a case."""
        for each in self.mandates:
            if each.case is case and each.ends is None:
                each.ends = at or self.now

    def case(self, name: Any) -> Case | None:
        """Find a case by the scenario's name; of several that stand the open one, else the last."""
        if name in self.names or ":" not in str(name):
            return self.names.get(name)
        procedure, _, whose = name.partition(":")
        found = [
            c for c in self.cases if c.procedure == procedure and self.person(whose) in (c.person, c.told.get("year"))
        ]
        return next((c for c in [*found[::-1]] if not c.final), found[-1] if found else None)

    def all(self, procedure: str, *states: str) -> list[Case]:
        """Cases of a procedure that stand at one of these states."""
        return [c for c in self.cases if c.procedure == procedure and c.state in states]

    # ----------------------------------------------------------------------------------------------------------------- acting

    def answer(self, a: Attempt) -> Answer:
        """Say what an attempt would come to; nothing changes."""
        return self._try(a, really=False)

    def do(self, a: Attempt) -> Answer:
        """Do it, if it can be done."""
        return self._try(a, really=True)

    def _try(self, a: Attempt, *, really: bool) -> Answer:
        row, opens = ROWS[a.act], "new" in ROWS[a.act].source
        procedure = a.act.partition(".")[0]
        c = Case(procedure, a.case, self.now) if opens else self.case(a.case)
        assert c is not None, a
        actor = self.entitled(row, a, c)
        if actor is None:
            return Answer("forbidden")
        if a.stale and not opens and not row.concurrent:
            return Answer("conflict")
        if c.state not in row.source:
            return Answer("refused", frozenset(Reason(norm, "state") for norm in row.norms))
        told = Told(a, actor, self, c, row)
        rule = row.rule(self, c, told)
        said = [*self.papers(told, row, a)]
        said += iter(lambda: next(rule, THEN), THEN)
        reasons = frozenset(one for one in said if isinstance(one, Reason))
        if row.joint:
            reasons |= self.joint_reasons(row, c, actor.person)
        if reasons:
            return Answer("refused", reasons)
        if really:
            self._carry_out(row, c, told, rule, opens)
        return Answer("done", warned=frozenset(Reason(*one) for one in said if isinstance(one, Warned)))

    def _carry_out(self, row: Row, c: Case, told: "Told", rule: Iterator[Any], opens: bool) -> None:
        """The act is done: the case has one entry more, and what the rule says follows."""
        if opens:
            self.cases.append(c)
            self.names[c.name] = c
        c.seq += 1
        if row.joint:
            c.joint.add(told.actor.person)
            if self.holders("deputy_chairman") - c.joint:
                return  # the others have not done it yet
            c.joint.clear()
        before = c.state
        for _ in rule:
            pass
        if c.state != before:
            self.settled(c)

    def bring_about(self, name: str, c: Case, **facts: Any) -> bool:
        """Do an act that another case brings about, or the clock; a case that does not accept it is passed over."""
        row = ROWS[name]
        if c.state not in row.source:
            return False
        told = Told(Attempt("", name, c.name, facts), Actor("", "", ""), self, c, row)
        rule = row.rule(self, c, told)
        if any(isinstance(one, Reason) for one in iter(lambda: next(rule, THEN), THEN)):
            return False
        self._carry_out(row, c, told, rule, c.state == "new")
        return True

    def settled(self, c: Case) -> None:
        """A final state closes every deadline."""
        if c.final:
            c.open.clear()

    def joint_reasons(self, row: Row, c: Case, person: str) -> frozenset[Reason]:
        """The same holder does not do it again while others are missing."""
        missing = self.holders("deputy_chairman") - c.joint - {person}
        return frozenset(Reason(norm, "joint.done_already") for norm in row.norms[:1] if person in c.joint and missing)

    def papers(self, told: "Told", row: Row, a: Attempt) -> Iterator[Reason]:
        """No paper is dated later than the day of the act."""
        days = [told.facts[name]["date"] for name in PAPERS if isinstance(told.facts.get(name), dict)]
        days += [told.facts["statement_date"]] if "statement_date" in told.facts else []
        days += [a.document["date"]] if a.document else []
        norm = ROUTES[told.facts["route"]] if "route" in told.facts else row.norms[0]
        if a.act == "candidacy.cure":
            sources = told.case.told["sources"]
            ours = [one for one in sources if one["body"] == told.actor.body]
            norm = ROUTES[(ours or sources)[0]["route"]]
        return (Reason(norm, "paper.of_a_later_day") for day in days if as_day(day) > self.today)

    def entitled(self, row: Row, a: Attempt, c: Case) -> "Actor | None":
        """Who may act, and for whom: by the office held now; the working body enters acts of others from a paper."""
        actor = self.person(a.who)
        if a.who == "president":
            return (
                Actor("president", "president", "")
                if "president" in row.by and "wb" in self.holders("working_body")
                else None
            )
        if a.behalf is not None:
            if actor not in self.holders("working_body"):
                return None
            actor = self.person(a.behalf)
        for office in row.by:
            found = self.as_holder(office, actor, row, c)
            if found is not None:
                return found
        late = row.name == "poll.answer" and a.behalf is not None and c.state == "counting"
        if late and actor in self.holders("council_member", c.told["closed_at"]):
            return Actor(actor, "council_member", "")
        return None

    def as_holder(self, office: str, person: str, row: Row, c: Case) -> "Actor | None":
        """In which office somebody acts, if he holds it."""
        if office == "candidate":
            return Actor(person, office, "") if person == c.person else None
        if office == "nominating_body":
            ours = {source["body"] for source in c.told.get("sources", ())}
            return next((m for each in NOMINATING for m in self.bodies_of(person, each) if m.body in ours), None)
        if row.own and office in ("member", "council_member") and person != c.person:
            return None
        if office == "deputy_chairman" and not self.holders("deputy_chairman"):
            office = "chairman"  # with no deputy in office the Chairman performs their acts (B01)
        return next(self.bodies_of(person, office), None)

    def bodies_of(self, person: str, office: str) -> Iterator["Actor"]:
        """An office with the body for which it is held; chairman and secretariat of a region are one body."""
        return (Actor(person, office, m.body) for m in self.of(person, office))

    # -------------------------------------------------------------------------------------------------------------- the clock

    def pass_to(self, then: datetime) -> None:
        """Let time pass: whatever falls due is done at its own instant, in the order that is fixed."""
        while (due := self.next_due(then)) is not None:
            self.now, rank, _, c = due
            name = f"{c.procedure}.{RANK[rank]}" if c else "annual_session.begin"
            self.by_clock.append(name)
            if c is None:
                self.begin_year(self.now.year)
            else:
                self.bring_about(name, c, clock=True)
        self.now = then

    def next_due(self, until: datetime) -> tuple[datetime, int, int, Case | None] | None:
        """The first thing that falls due, or the year that begins."""
        found: list[Any] = []
        for place, c in enumerate(self.cases):
            found += [
                (due, RANK.index(name), place, c) for due, name in c.open.values() if name and due and due <= until
            ]
        last = max((c.told["year"] for c in self.cases if c.procedure == "annual_session"), default=None)
        if last is not None and (starts := datetime(int(last) + 1, 1, 1)) <= until:
            found.append((starts, RANK.index("begin"), 0, None))
        return min(found, key=lambda each: each[:3], default=None)

    def begin_year(self, year: int) -> None:
        """The standing duty of a year begins (8.1c)."""
        c = Case("annual_session", f"annual_session:{year}", self.now, told={"year": str(year)})
        self.bring_about("annual_session.begin", c)


class Actor(NamedTuple):
    """Who acts, in which office, for which body."""

    person: str
    office: str
    body: str


class Told(NamedTuple):
    """An attempt as an act sees it."""

    attempt: Attempt
    actor: Actor
    world: World
    case: Case
    row: Row

    @property
    def facts(self) -> dict[str, Any]:
        """What the act tells."""
        return self.attempt.facts

    def day(self, name: str) -> date:
        """A day that the act tells."""
        return as_day(self.facts[name])

    def paper_day(self, name: str) -> date:
        """The day of a paper."""
        return as_day(self.facts[name]["date"])

    def time(self, name: str) -> datetime:
        """A local time that the act tells."""
        told = self.facts[name]
        return told if isinstance(told, datetime) else datetime.fromisoformat(told)

    def person(self, name: str = "person") -> str | None:
        """A person whom the act names."""
        return self.world.person(self.facts[name]) if self.facts.get(name) is not None else None

    def people(self) -> set[str]:
        """The members whom the act names."""
        return {self.world.person(name) for name in self.facts["members"]}

    def votes(self) -> int:
        """How many votes a count has."""
        return self.facts["for"] + self.facts["against"] + self.facts["abstain"]


ROUTES = {
    "small_assembly": "14.1a",
    "association": "14.1b",
    "state_body": "14.1a",
}  # what knows no route of its own: the first


def found(roster: Any, starts: datetime, rulings: dict[str, Any] | None = None) -> World:
    """Put a scenario's people in office long before it starts: as `docs/scenarios.md` says of the roster."""
    w = World(starts - timedelta(days=400), rulings)
    officers = ["ch", *(f"d{n}" for n in range(1, roster["deputies"] + 1))]
    total = roster["members"]
    w.aliases = {officer: f"m{total - n}" for n, officer in enumerate(officers)}
    w.aliases |= {f"c{n}": f"m{n}" for n in range(1, roster["council"] + 1)}
    offices = [("membership", "active", "member", f"m{n}", "") for n in range(1, total + 1)]
    offices += [("office", "held", "chairman", w.person("ch"), "")]
    offices += [("deputy_appointment", "appointed", "deputy_chairman", w.person(d), "") for d in officers[1:]]
    offices += [("council_seat", "held", "council_member", f"m{n}", "") for n in range(1, roster["council"] + 1)]
    for region in roster["small_assemblies"]:
        w.bodies[region] = "small_assembly"
        offices += [
            ("office", "held", "sa_chairman", f"a:{region}", region),
            ("office", "held", "sa_secretariat", f"s:{region}", region),
        ]
    for name in roster["associations"]:
        w.bodies[name] = "association"
        offices.append(("office", "held", "association", f"as:{name}", name))
    for name in roster["state_bodies"]:
        w.bodies[name] = "state_body"
        offices.append(("office", "held", "state_body", f"sb:{name}", name))
    offices += [
        ("office", "held", "working_body", f"wb{n if n > 1 else ''}", "") for n in range(1, roster["working_body"] + 1)
    ]
    for procedure, state, office, person, body in offices:
        c = Case(procedure, f"{procedure}:{person}", w.now, state, person, seq=1)
        w.cases.append(c)
        w.mandates.append(Mandate(office, person, body, c, w.now))
    w.people = {person for _, _, _, person, _ in offices} | {f"p:{name}" for name in roster["candidates"]}
    w.now = starts
    w.begin_year(starts.year)
    return w
