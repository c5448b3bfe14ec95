"""People in office, cases, who may act, and the clock: what all procedures share."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from tests.reference.table import ACTS, CLOCK, DUE, LEADS_ON, NOMINATING, RANK, ROUTES

THEN = ("", "then", False)  # in an act: up to here there are rules; from here on it is done
WARNING = "warning"  # the act is done, and this is noted
RULES = {}  # act: what is more than a row
PAPERS = ("order", "minutes", "act", "decision", "certificate", "basis")
DATES = ("date", "since", "until", "from_date", "statement_date", "closes_on", "last_day")
HOURS = ("starts_at", "received_at")


@dataclass(eq=False)
class Case:
    """A case: where it stands, what its acts have left, and the office that is held by it."""

    procedure: str
    name: str  # the scenario's own, or as membership:m7
    told: dict[str, Any] = field(default_factory=dict)  # what was told when it was opened, and later
    state: str = "new"
    person: str | None = None
    parent: "Case | None" = None  # the meeting or session of a question, the membership of a removal
    seq: int = 0
    open: dict[str, datetime | None] = field(default_factory=dict)  # deadlines, and when they are due
    had: set[str] = field(default_factory=set)  # deadlines that were seen open
    joint: set[str] = field(default_factory=set)  # deputies who have done what all do together
    present: set[str] = field(default_factory=set)
    ballots: dict[str, str] = field(default_factory=dict)
    count: dict[str, int] | None = None
    office: str = ""
    body: str = ""
    begins: datetime | None = None
    ends: datetime | None = None

    @property
    def final(self):
        """Whether it has come to its end."""
        return self.state not in LEADS_ON

    def holds(self, at):
        """Whether its office is held at a moment: from the beginning on, at the end no more."""
        return self.begins is not None and self.begins <= at and (self.ends is None or at < self.ends)


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


class Answer(NamedTuple):
    """What an attempt comes to."""

    outcome: str  # done, refused, forbidden, conflict
    reasons: frozenset[tuple[str, str]] = frozenset()  # a norm that stands in the way, and which rule of it
    warned: frozenset[tuple[str, str]] = frozenset()


class Told(dict):
    """What an act tells, and who acts, for which body, and whether from a paper."""

    who = body = ""
    paper = False


def votes(told):
    """Votes as somebody counted them."""
    return {name: told[name] for name in ("for", "against", "abstain")}


def counted(c, people):
    """Votes as somebody counted them, else by name, of these people."""
    cast = [choice for who, choice in c.ballots.items() if who in people]
    return c.count or {name: cast.count(name) for name in ("for", "against", "abstain")}


class World:
    """An Assembly: who holds what, which cases there are, and what time it is."""

    def __init__(self, now, rulings):
        self.now, self.rulings = now, rulings or {}
        self.cases, self.names = [], {}
        self.people, self.aliases, self.bodies = set(), {}, {}
        self.by_clock = []

    # ------------------------------------------------------------------------------------------------------------- who is who

    @property
    def today(self):
        """The local day."""
        return self.now.date()

    def held(self, *offices, at=None):
        """Cases by which these offices are held."""
        return [c for c in self.cases if c.office in offices and c.holds(at or self.now)]

    def holders(self, office, at=None):
        """Who holds an office."""
        return {c.person for c in self.held(office, at=at)}

    def there(self, hall):
        """Who is present: checked in, and of the Council or the Assembly."""
        return hall.present & self.holders("member" if hall.procedure == "session" else "council_member")

    def case(self, name):
        """Find a case by the scenario's name; of several that stand the open one, else the last."""
        if ":" not in str(name):
            return self.names.get(name)
        procedure, _, whose = name.partition(":")
        whose = self.aliases.get(whose, whose)
        found = [c for c in self.cases if c.procedure == procedure and whose in (c.person, c.told.get("year"))]
        return next((c for c in reversed(found) if not c.final), found[-1] if found else None)

    def all(self, procedure, *states, of=None):
        """Cases of a procedure at one of these states, or else at any but a final one; those that belong to another."""
        found = [c for c in self.cases if c.procedure == procedure and of in (None, c.parent)]
        return [c for c in found if (c.state in states if states else not c.final)]

    def read(self, told, name=""):
        """A fact as rules need it: a day, an hour, a person instead of the roster's name."""
        if isinstance(told, dict):
            return {key: self.read(each, key) for key, each in told.items()}
        if isinstance(told, list | tuple):
            return [self.read(each, name) for each in told]
        if name in DATES and isinstance(told, str):
            return date.fromisoformat(told)
        if name in HOURS and isinstance(told, str):
            return datetime.fromisoformat(told)
        return self.aliases.get(told, told) if name in ("person", "subject", "members") else told

    # ----------------------------------------------------------------------------------------------------------------- acting

    def do(self, a, *, really=True):
        """Do what is attempted, if it can be done; or only say what would come of it."""
        row, told, procedure = ACTS[a.act], Told(self.read(a.facts)), a.act.partition(".")[0]
        new = Case(procedure, a.case, told, person=told.get("person"))
        c = new if "new" in row.source else self.case(a.case)
        actor = self.actor(row, a, c)
        if actor is None:
            return Answer("forbidden")
        if a.stale and c.seq and "concurrent" not in row.then:
            return Answer("conflict")
        if c.state not in row.source:
            return Answer("refused", frozenset((norm, "state") for norm in row.norms))
        told.who, told.body, told.paper = *actor, a.behalf is not None
        rule = self.rule(a.act, c, told)
        said = [*self.papers(a, row, c, told), *self.jointly(row, c, told), *iter(lambda: next(rule, THEN), THEN)]
        reasons = frozenset((norm, code) for norm, code, holds, *warning in said if holds and not warning)
        if reasons:
            return Answer("refused", reasons)
        if really:
            self.carry_out(row, c, told, rule)
        return Answer("done", warned=frozenset((norm, code) for norm, code, holds, *_ in said if holds))

    def answer(self, a):
        """Say what an attempt would come to; nothing changes."""
        return self.do(a, really=False)

    def bring_about(self, name, c, **facts):
        """Do an act that another case brings about, or the clock; a case that does not accept it is passed over."""
        row, told = ACTS[name], Told(facts)
        rule = self.rule(name, c, told)
        if c.state in row.source and not any(holds for _, _, holds in iter(lambda: next(rule, THEN), THEN)):
            self.carry_out(row, c, told, rule)

    def open_by(self, name, person, **facts):
        """Open a case about somebody, as another case brings it about."""
        procedure = name.partition(".")[0]
        case = Case(procedure, f"{procedure}:{person}", {"person": person, **facts}, person=person)
        self.bring_about(name, case, person=person, **facts)

    def rule(self, name, c, told):
        """What is more than a row: rules, and what follows."""
        return RULES[name](self, c, told) if name in RULES else iter(())

    def carry_out(self, row, c, told, rule):
        """The act is done: the case has one entry more, and what the row and the rule say follows."""
        if not c.seq:
            self.cases.append(c)
            self.names[c.name] = c
        c.seq += 1
        if "joint" in row.then:
            c.joint.add(told.who)
            if self.holders("deputy_chairman") - c.joint:
                return  # the others have not done it yet
            c.joint.clear()
        if row.to not in ("", "?"):
            c.state = row.to
        for name in row.marked("~"):
            c.open = {other: due for other, due in c.open.items() if name not in (other, "all")}
        for office in row.marked("@"):  # from the day that is told, but never before it is entered (C11)
            since = datetime.combine(told["since"], time()) if "since" in told else self.now
            c.office, c.body, c.begins = told.get(office, office), told.get("body", ""), max(since, self.now)
        if "members" in told:
            c.present = c.present | {*told["members"]} if "+members" in row.then else c.present - {*told["members"]}
        for _ in rule:
            pass
        self.opens(c, *row.marked("!"))
        if c.final:
            c.open, c.ends = {}, c.ends or self.now
        if c.state == "cancelled":  # its questions go with it
            for question in self.all("council_question", "listed", of=c) + self.all("resolution", "listed", of=c):
                self.bring_about(f"{question.procedure}.remove", question)
        for waiting in self.all("candidacy", "admissible"):  # whenever a meeting is convened, or is not any more
            self.opens(waiting, "consideration")

    def opens(self, c, *deadlines):
        """Open deadlines of a case, or count them anew."""
        c.open |= {name: DUE[name](self, c) for name in deadlines}

    def jointly(self, row, c, told):
        """The same holder does not do it again while others are missing."""
        again = told.who in c.joint and self.holders("deputy_chairman") - c.joint - {told.who}
        yield row.norms[0], "joint.done_already", "joint" in row.then and again

    def papers(self, a, row, c, told):
        """No paper is dated later than the day of the act."""
        papers = [*(told.get(name) for name in PAPERS), self.read(a.document)]
        days = [paper["date"] for paper in papers if isinstance(paper, dict)]
        days += [told["statement_date"]] if "statement_date" in told else []
        route = c.told["sources"][0]["route"] if a.act == "candidacy.cure" else told.get("route")
        yield ROUTES.get(route, row.norms[0]), "paper.of_a_later_day", any(day > self.today for day in days)

    def actor(self, row, a, c):
        """Who acts, and for which body: by the office held now. The working body enters acts of others from a paper."""
        enters = self.holders("working_body")
        if a.who == "president":
            return (a.who, "") if a.who in row.by and "wb" in enters else None
        if a.behalf is not None and self.aliases.get(a.who, a.who) not in enters:
            return None
        who, own = a.behalf or a.who, {one["by"] for one in c.told.get("sources", ())}
        who = self.aliases.get(who, who)
        if "candidate" in row.by and who == c.person:
            return who, ""
        for office in row.by:
            if "own" in row.then and office in ("member", "council_member") and who != c.person:
                continue
            if office == "deputy_chairman" and not self.holders(office):
                office = "chairman"  # noqa: PLW2901 with no deputy in office the Chairman performs their acts (B01)
            nominated = office == "nominator"
            for each in self.held(*(NOMINATING if nominated else (office,))):
                if each.person == who and (not nominated or each.body in own):
                    return who, each.body
        sheet = a.act == "poll.answer" and a.behalf is not None and c.state == "counting"
        return (who, "") if sheet and who in self.holders("council_member", c.told["closed_at"]) else None

    # -------------------------------------------------------------------------------------------------------------- the clock

    def pass_to(self, then):
        """Let time pass: whatever falls due is done at its own instant, in the order that is fixed."""
        while due := min(self.falls_due(then), key=lambda each: each[:3], default=None):
            self.now, rank, _, c = due
            name = f"{c.procedure}.{RANK[rank]}" if c else "annual_session.begin"
            self.by_clock.append(name)
            if c:
                self.bring_about(name, c, clock=True)
            else:
                self.begin_year(self.now.year)
        self.now = then

    def falls_due(self, until):
        """Everything that falls due, and the year that begins."""
        for place, c in enumerate(self.cases):
            for name, due in c.open.items():
                if name in CLOCK and due <= until:
                    yield due, RANK.index(CLOCK[name]), place, c
        last = max((int(c.told["year"]) for c in self.cases if c.procedure == "annual_session"), default=None)
        if last is not None and (starts := datetime(last + 1, 1, 1)) <= until:
            yield starts, RANK.index("begin"), 0, None

    def begin_year(self, year):
        """The standing duty of a year begins (8.1c)."""
        self.bring_about("annual_session.begin", Case("annual_session", f"annual_session:{year}", {"year": str(year)}))


def found(roster, starts, rulings=None):
    """Put a scenario's people in office long before it starts: as `docs/scenarios.md` says of the roster."""
    w = World(starts - timedelta(days=400), rulings)
    deputies = [f"d{n}" for n in range(1, roster["deputies"] + 1)]
    members = [f"m{n}" for n in range(1, roster["members"] + 1)]
    w.aliases = dict(zip(["ch", *deputies], reversed(members), strict=False))
    w.aliases |= {f"c{n}": f"m{n}" for n in range(1, roster["council"] + 1)}
    bodies = {"small_assemblies": "small_assembly", "associations": "association", "state_bodies": "state_body"}
    w.bodies = {name: kind for told, kind in bodies.items() for name in roster[told]}
    prefix = {"sa_chairman": "a", "sa_secretariat": "s", "association": "as", "state_body": "sb"}
    offices = [("membership", "active", "member", who, "") for who in members]
    offices += [("office", "held", "chairman", w.aliases["ch"], "")]
    offices += [("deputy_appointment", "appointed", "deputy_chairman", w.aliases[who], "") for who in deputies]
    offices += [("council_seat", "held", "council_member", who, "") for who in members[: roster["council"]]]
    for name, kind in w.bodies.items():
        held = ("sa_chairman", "sa_secretariat") if kind == "small_assembly" else (kind,)
        offices += [("office", "held", office, f"{prefix[office]}:{name}", name) for office in held]
    offices += [
        ("office", "held", "working_body", f"wb{n or ''}", "") for n in [0, *range(2, roster["working_body"] + 1)]
    ]
    for procedure, state, office, person, body in offices:
        c = Case(procedure, f"{procedure}:{person}", state=state, person=person, seq=1)
        c.office, c.body, c.begins = office, body, w.now
        w.cases.append(c)
    w.people = {c.person for c in w.cases} | {f"p:{name}" for name in roster["candidates"]}
    w.now = starts
    w.begin_year(starts.year)
    return w
