"""People in office, cases, who may act, and the clock: what all procedures share."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple

from tests.reference.days import DAYS, after, months_rolled
from tests.reference.table import ACTS, BEGIN, CLOCK, DUE, LAW, NOMINATING, OFFICES, ONES_OWN, RANK, ROUTES, TABLES

THEN = ("", "then", False)  # in an act: up to here there are rules; from here on it is done
WARNING = "warning"  # the act is done, and this is noted
RULES = {}  # act: what is more than a row
BRINGS = {}  # act: the cases on which another case's act brings it about, and what is told there
PAPERS = ("order", "minutes", "act", "decision", "certificate", "basis")


@dataclass(eq=False)
class Case:
    """A case: where it stands, what its acts have told, and the office that is held by it."""

    procedure: str
    name: str  # the scenario's own, or as membership:m7
    told: dict[str, Any] = field(default_factory=dict)
    person: str | None = None
    state: str = "new"
    parent: "Case | None" = None  # the meeting or session of a question, the membership of a removal
    seq: int = 0
    opened: date | None = None
    open: dict[str, datetime | None] = field(default_factory=dict)  # deadlines, and when they are due
    counted: dict[str, tuple] = field(
        default_factory=dict
    )  # of those that a calendar counts: how, from which day, how long
    joint: set[str] = field(default_factory=set)  # deputies who have done what all do together
    concerns: set[str | None] = field(default_factory=set)  # whom it names, and who acted in it for himself
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
        return self.state in TABLES[self.procedure]["final"].split()

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
    """What an act tells, and who acts, for which body, by which office, and who enters it from a paper."""

    who = body = office = paper = ""


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
        self.people, self.bodies = set(), {}
        self.days, self.calendar, self.decided = dict(DAYS), 1, {}  # the calendar, and which version of it
        self.by_clock = []

    # ------------------------------------------------------------------------------------------------------------- who is who

    @property
    def today(self):
        """The local day."""
        return self.now.date()

    def held(self, *offices):
        """Cases by which these offices are held."""
        return [c for c in self.cases if c.office in offices and c.holds(self.now)]

    def holders(self, office):
        """Who holds an office."""
        return {c.person for c in self.held(office)}

    def there(self, hall):
        """Who is present: checked in, and of the Council or the Assembly."""
        return hall.present & self.holders("member" if hall.procedure == "session" else "council_member")

    def case(self, name):
        """Find a case by the scenario's name; of several that stand the open one, else the last."""
        if ":" not in str(name):
            return self.names.get(name)
        procedure, _, whose = name.partition(":")
        found = [c for c in self.cases if c.procedure == procedure and whose in (c.person, c.told.get("year"))]
        return next((c for c in reversed(found) if not c.final), found[-1] if found else None)

    def all(self, procedure, *states, of=None):
        """Cases of a procedure at one of these states, or else at any but a final one; those that belong to another."""
        found = [c for c in self.cases if c.procedure == procedure and of in (None, c.parent)]
        return [c for c in found if (c.state in states if states else not c.final)]

    def law(self, rule, c=None, day=None):
        """What a rule says on a day: for a case the law of the day on which it was opened, unless an edition is to be followed."""
        day, value = day or self.today, self.rulings.get(rule, LAW[rule]["value"])
        until = c.opened if c and c.opened else day
        for edition in sorted(self.all("edition", "confirmed", "in_force"), key=lambda each: each.told["since"]):
            follows = edition.told["since"] <= (day if edition.told.get("open_cases") == "follow" else until)
            value = edition.told["value"] if edition.told["rule"] == rule and follows else value
        return value

    def month_of(self, c, told=None):
        """An extraordinary session's month, from the decision on (8.2c, H01)."""
        return months_rolled, (told or c.told)["order"]["date"], self.law("extraordinary.within_months", c)

    def last(self, how, start, number):
        """The last day of a term by the calendar of now."""
        return how(start, number, self.days)

    def decide(self, kind, day):
        """A day becomes a day off, a working day, or what its weekday says; the same of one day again is nothing (H05)."""
        if self.decided.get(day) != (kind, self.today):
            self.decided[day], self.calendar = (kind, self.today), self.calendar + 1
            self.days |= {day.isoformat(): {"days_off": "day_off_moved", "days_worked": "day_worked"}.get(kind)}

    def anew(self, c, name):
        """When an open deadline would be due by the calendar of now, if that is another instant (H05)."""
        due = after(self.last(*c.counted[name])) if c and name in c.open and name in c.counted else None
        return due if due and due != c.open[name] else None

    # ----------------------------------------------------------------------------------------------------------------- acting

    def do(self, a, *, really=True):
        """Do what is attempted, if it can be done; or only say what would come of it."""
        row, told, procedure = ACTS[a.act], Told(a.facts), a.act.partition(".")[0]
        c = Case(procedure, a.case, person=told.get("person")) if "new" in row.source else self.case(a.case)
        actor = self.actor(row, a, c)
        if actor is None:
            return Answer("forbidden")
        if a.stale and c.seq and not row.concurrent:
            return Answer("conflict")
        if c.state not in row.source:
            return Answer("refused", frozenset((norm, "state") for norm in row.norms))
        told.who, told.body, told.office = actor
        told.paper = a.who if a.behalf is not None else ""
        rule = self.rule(a.act, c, told)
        said = [*self.papers(a, row, c, told), *self.jointly(row, c, told), *iter(lambda: next(rule, THEN), THEN)]
        reasons = frozenset((norm, code) for norm, code, holds, *warning in said if holds and not warning)
        if reasons:
            return Answer("refused", reasons)
        if really:
            self.carry_out(a.act, c, told, rule)
        return Answer("done", warned=frozenset((norm, code) for norm, code, holds, *_ in said if holds))

    def answer(self, a):
        """Say what an attempt would come to; nothing changes."""
        return self.do(a, really=False)

    def bring_about(self, act, c, **facts):
        """Do an act that another case brings about, or the clock; a case that does not accept it is passed over."""
        told = Told(facts if c.seq else c.told)
        rule = self.rule(act, c, told)
        if c.state in ACTS[act].source and not any(holds for _, _, holds in iter(lambda: next(rule, THEN), THEN)):
            self.carry_out(act, c, told, rule)

    def rule(self, act, c, told):
        """What is more than a row: rules, and what follows."""
        return RULES[act](self, c, told) if act in RULES else iter(())

    def carry_out(self, act, c, told, rule):
        """The act is done: the case has one entry more, and what the rule and the row say follows."""
        row, c.opened = ACTS[act], c.opened or self.today
        if not c.seq:
            self.cases.append(c)
            self.names[c.name] = c
        c.seq += 1
        if row.joint:
            c.joint.add(told.who)
            if self.holders("deputy_chairman") - c.joint:
                return  # the others have not done it yet
            c.joint.clear()
        c.state = row.to[0] if len(row.to) == 1 else c.state
        if act in BEGIN:  # from the day that is told, but never before it is entered (C11)
            since = datetime.combine(told["since"], time()) if "since" in told else self.now
            c.office, c.body = told.get("office") or OFFICES[c.procedure], told.get("body", "")
            c.begins = max(since, self.now)
        c.told |= told
        if "members" in told:
            c.present = c.present | {*told["members"]} if act.endswith("check_in") else c.present - {*told["members"]}
        c.concerns |= {told.get("person"), told.get("subject"), *told.get("members", ())}
        c.concerns |= {told.who} if {"member", "council_member", *NOMINATING} & {*row.by} else set()
        for _ in rule:
            pass
        for what in row.ways[c.state] if row.ways else row.follows:
            self.follows(what, c, told)
        for name in row.there:
            c.parent.open.pop(name, None)
        if c.final:
            c.open, c.ends = {}, c.ends or self.now
        for waiting in self.all("candidacy", "admissible"):  # whenever a meeting is convened, or is not any more
            self.follows("!consideration", waiting, told)

    def follows(self, what, c, told):
        """A deadline is opened, or counted anew, or closed; or an act on another case is brought about."""
        sign, name = what[0], what[1:]
        if sign == "~":
            c.open = {other: due for other, due in c.open.items() if name not in (other, "*")}
        elif sign == "!":
            due = DUE[name](self, c)
            c.counted.pop(name, None)
            if isinstance(due, tuple):
                c.counted[name], due = due, after(self.last(*due))
            c.open |= {name: due} if due is not False else {}
        else:
            for other in BRINGS[what](self, c, told):
                self.bring_about(what, other)

    def jointly(self, row, c, told):
        """The same holder does not do it again while others are missing."""
        again = told.who in c.joint and self.holders("deputy_chairman") - c.joint - {told.who}
        yield row.norms[0], "joint.done_already", row.joint and again

    def papers(self, a, row, c, told):
        """No paper is dated later than the day of the act."""
        papers = [*(told.get(name) for name in PAPERS), a.document]
        days = [paper["date"] for paper in papers if isinstance(paper, dict)] + [told.get("statement_date", self.today)]
        route = c.told["sources"][0]["route"] if a.act == "candidacy.cure" else told.get("route")
        yield ROUTES.get(route, row.norms[0]), "paper.of_a_later_day", any(day > self.today for day in days)

    def actor(self, row, a, c):
        """Who acts, for which body and by which office: held now. The working body enters acts of others from a paper."""
        enters, who = self.holders("working_body"), a.behalf or a.who
        if a.behalf and a.who not in enters:
            return None
        if who == "president" or ("candidate" in row.by and who == c.person):
            return (who, "", who) if who in row.by or who == c.person else None
        sources = {one["by"] for one in c.told.get("sources", ())}
        for office in row.by:
            nominated, stands_in = office == "nominating_body", office == "deputy_chairman" and not self.holders(office)
            # With no deputy in office the Chairman performs their acts (B01).
            for each in self.held(*(NOMINATING if nominated else ("chairman",) if stands_in else (office,))):
                own = a.act not in ONES_OWN or each.office == "chairman" or who == c.person
                if each.person == who and own and (not nominated or each.body in sources):
                    return who, each.body, each.office
        sheet = a.act == "poll.answer" and a.behalf and c.state == "counting"
        return (who, "", "") if sheet and who in c.told["council"] else None

    # -------------------------------------------------------------------------------------------------------------- the clock

    def pass_to(self, then):
        """Let time pass: whatever falls due is done at its own instant, in the order that is fixed."""
        while due := min(self.falls_due(then), key=lambda each: each[:3], default=None):
            self.now, rank, _, c = due
            act = f"{c.procedure}.{RANK[rank]}"
            self.by_clock.append(act)
            self.bring_about(act, c, clock=True)
        self.now = then

    def falls_due(self, until):
        """Everything that falls due, and the year that begins."""
        for place, c in enumerate(self.cases):
            for name, due in c.open.items():
                if name in CLOCK and due <= until:
                    yield due, RANK.index(CLOCK[name]), place, c
        last = max((int(c.told["year"]) for c in self.cases if c.procedure == "annual_session"), default=9998)
        if (starts := datetime(last + 1, 1, 1)) <= until:
            yield starts, RANK.index("begin"), 0, self.duty(last + 1)

    def duty(self, year):
        """The standing duty of a year (8.1c)."""
        return Case("annual_session", f"annual_session:{year}", {"year": str(year)})
