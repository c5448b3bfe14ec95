"""Play a scenario: the service's own machines, rows and sweeps, on a database and with a clock of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from desk.rehearsal.expectations import judge
from desk.rehearsal.facts import plain, translated
from desk.rehearsal.nodes import WrongFileError
from desk.rehearsal.play_roster import FOUNDER, Names, put_in_office
from desk.rehearsal.scenario import DAYS, Scenario, Step, at_minute
from machines.act import PRESIDENT, Act, Done
from machines.annual_session import FIRST_YEAR, beginning, first_act, year_to_begin
from machines.calendar import built_in
from machines.calendar_versions import change
from machines.perform import perform
from machines.procedures import PROCEDURES
from machines.refusal import Conflict, Forbidden, Refusal, Refused, Unanswerable
from machines.rulebook import Rulebook
from machines.settle import act_settled, settle
from machines.zones import instant, local_time
from models.database import Database, Db
from models.database import instant as stored_instant

_DUE = "SELECT min(due_at) FROM deadlines WHERE state = 'open' AND kind = 'automatic' AND due_at <= ?"
_STANDING = """SELECT number FROM cases WHERE procedure = ? AND {column} = ? ORDER BY final, opened_at DESC, number DESC LIMIT 1"""
_OPENED = "SELECT name, due_at, norm, steps FROM deadlines WHERE number = ? AND opened_seq = ? ORDER BY name"
# What an act that is done writes.
_WRITTEN = """SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM cases), (SELECT count(*) FROM deadlines),
 (SELECT count(*) FROM mandates), (SELECT count(*) FROM messages), (SELECT count(*) FROM reminders)"""

_MOMENT = timedelta(microseconds=1)


class NotThere(Exception):
    """A case of the scenario that has not come about: its first act was refused."""


class Opened(NamedTuple):
    """A deadline that an act opened."""

    name: str
    due: str  # local time
    norm: str
    steps: str


class ByClock(NamedTuple):
    """What the clock did between two steps."""

    at: str  # local time
    act: str
    number: str
    whose: str  # of what the case is: a person, a year, else its number
    state: str


@dataclass(slots=True)
class Played:
    """What one step came to."""

    step: Step
    outcome: str | None = None  # done, refused, forbidden, conflict; None without an act
    norms: tuple[str, ...] = ()
    refusals: list[Refusal] = field(default_factory=list)
    warned: list[Refusal] = field(default_factory=list)
    offices: tuple[str, ...] = ()  # whose act it is, if the actor holds none of them
    opened: list[Opened] = field(default_factory=list)
    clock: list[ByClock] = field(default_factory=list)
    calendar_version: int | None = None  # the one that the step has made
    state: str | None = None
    deadlines: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] | None = None
    differences: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything was as expected."""
        return not self.differences


class Play:
    """One scenario under way."""

    def __init__(self, scenario: Scenario, database: Database) -> None:
        self.scenario, self.database = scenario, database
        built = built_in()
        calendar = built.with_days(scenario.days_off, scenario.days_worked, version=built.version)
        overrides = tuple((date(1, 1, 1), key, value) for key, value in scenario.rulings.items())
        self.book = Rulebook(overrides=overrides, calendar=calendar, zone=scenario.zone)
        self.names = Names(scenario.roster)
        self.cases: dict[str, str] = {}
        self.now = instant(scenario.starts, scenario.zone)

    def steps(self) -> Iterator[Played]:
        """Play every step; a difference does not stop the play."""
        with self.database.transaction() as db:
            put_in_office(db, self.scenario.roster, self.names, self.book, self.now)
        self._begin_the_first_duty(self.now)
        for step in self.scenario.steps:
            yield self._play(step)

    def _play(self, step: Step) -> Played:
        played = Played(step, clock=self._sweep(instant(step.at, self.scenario.zone)))
        if step.calendar:
            played.calendar_version = self._change_calendar(step)
        before = self._written() if step.refused is not None else ()
        for who in step.who if step.act else ():
            self._do(step, who, played)
        if step.refused is not None and self._written() != before:
            played.differences.append("something was written although it was to be refused")
        with self.database.transaction(keep=False) as db:
            judge(db, self, step, played)
        return played

    def _change_calendar(self, step: Step) -> int:
        """Make of each day what was decided, as the working body enters it; return the calendar's version."""
        worker, version = next(iter(self.names.working_body), FOUNDER), 0
        with self.database.transaction() as db:
            for name, days in step.calendar.items():
                for day in days:
                    note = f"decision of {step.at:%Y-%m-%d}"
                    version = change(db, day, DAYS[name], actor=worker, at=self.now, note=note)
        return version

    def _sweep(self, until: datetime) -> list[ByClock]:
        """Let the clock move on: at every instant at which something falls due, what is due is performed."""
        done = []
        first = beginning(FIRST_YEAR, self.scenario.zone)
        if self.now < first <= until:
            done += self._sweep(first - _MOMENT)
            self._begin_the_first_duty(first)
        while (at := self._next_due(until)) is not None:
            settled = settle(self.database.transaction, at, self.book)
            if settled.failed:
                raise settled.failed[0].error
            done += [self._by_clock(at, did) for _, did in settled.done]
        self.now = until
        return done

    def _next_due(self, until: datetime) -> datetime | None:
        """Return the next instant at which something falls due: a deadline, or the duty of a new year."""
        zone = self.scenario.zone
        with self.database.transaction(write=False) as db:
            row = db.one(_DUE, until)
            year = year_to_begin(db, until, zone)
        due = [stored_instant(row[0])] if row and row[0] else []
        return min([*due, *([beginning(year, zone)] if year is not None else [])], default=None)

    def _begin_the_first_duty(self, at: datetime) -> None:
        """Begin the duty of the current year as a service does when it starts; before 2003 there is none (A06)."""
        duty = first_act(at, self.scenario.zone)
        if duty:
            with self.database.transaction() as db:
                perform(db, duty, self.book)

    def _do(self, step: Step, who: str, played: Played) -> None:
        try:
            done = act_settled(self.database.transaction, self._act(step, who), self.book)
        except Refused as refused:
            self._note(played, "refused", list(refused.refusals))
        except Forbidden as forbidden:
            played.offices = forbidden.offices
            self._note(played, "forbidden")
        except Conflict:
            self._note(played, "conflict")
        except NotThere as absent:
            self._absent(played, str(absent))
        except Unanswerable as wrong:
            raise WrongFileError(self.scenario.file, step.line_of("facts"), str(wrong)) from None
        else:
            self._note(played, "done")
            self._done(step, done, played)

    def _done(self, step: Step, done: Done, played: Played) -> None:
        played.norms = tuple(done.record.norms.split())
        played.warned += done.warnings
        if step.case is not None and ":" not in step.case:
            self.cases.setdefault(step.case, done.number)
        with self.database.transaction(write=False) as db:
            rows = db.all(_OPENED, done.number, done.seq)
        played.opened += [Opened(name, self._due(due), norm, steps) for name, due, norm, steps in rows]

    def _absent(self, played: Played, name: str) -> None:
        """An act on a case that is not there is not done, and that is all that can be said of it."""
        if played.step.refused is not True:
            played.differences.append(f"there is no case `{name}`: its first act was not done")
        played.outcome = "refused"

    def _note(self, played: Played, outcome: str, refusals: list[Refusal] | None = None) -> None:
        """Of a range of people the worst is told: every one of them must have been refused, or done."""
        played.refusals += refusals or []
        expected = _expected_outcome(played.step.refused)
        norms = list(dict.fromkeys(one.norm for one in refusals or ()))
        if outcome not in expected:
            said = "; ".join(f"{one.norm}: {one.reason('en')}" for one in refusals or ())
            played.differences.append(
                f"{' or '.join(sorted(expected))} was expected, it was {outcome}" + (f": {said}" if said else "")
            )
        elif isinstance(played.step.refused, tuple):
            missing = [norm for norm in played.step.refused if norm not in norms]
            if missing:
                played.differences.append(
                    f"refused with {', '.join(missing)} was expected, it was {', '.join(norms) or 'none'}"
                )
        played.norms = tuple(dict.fromkeys([*(played.norms if played.outcome != "done" else ()), *norms]))
        played.outcome = outcome if played.outcome in (None, outcome) else "refused"

    def _act(self, step: Step, who: str) -> Act:
        procedure, _, name = (step.act or "").partition(".")
        opens = PROCEDURES[procedure].rows[name].opens_case
        number = self.cases.get(step.case or "") if opens else self.number(step.case or "")
        facts = translated(
            step.facts,
            person=lambda _, person: self.names.people[person],
            number=lambda _, case: self.number(case),
            subject=self._subject,
        )
        actor, behalf, document = self._actor(step, who, facts)
        return Act(
            procedure=procedure, name=name, actor=actor, at=instant(step.at, self.scenario.zone), case=number, facts=facts,
            seen=step.seen if step.seen is not None else self._last_seen(number), on_behalf_of=behalf, document=document,
        )  # fmt: skip

    def _actor(
        self, step: Step, who: str, facts: Mapping[str, Any]
    ) -> tuple[str, str | None, Mapping[str, Any] | None]:
        """Say who acts, on whose behalf: acts of the President and paper sheets are entered by the working body."""
        worker = next(iter(self.names.working_body), FOUNDER)
        if who == PRESIDENT:
            return worker, PRESIDENT, None
        document = None if step.document is None else plain(step.document)
        if step.act == "poll.answer" and "received_at" in facts and step.on_behalf_of is None:
            sheet = {"kind": "poll sheet", "number": "1", "date": step.at.date().isoformat()}
            return worker, self.names.people[who], document or sheet
        behalf = step.on_behalf_of
        return self.names.people[who], behalf if behalf in (None, PRESIDENT) else self.names.people[behalf], document

    def _subject(self, kind: str, subject: str) -> str:
        """Resolve what a question is about: a candidacy, a person who is recommended, else free text."""
        if kind == "candidacy":
            with self.database.transaction(write=False) as db:
                return self.number_in(db, subject) or subject
        return self.names.people.get(subject, subject) if kind == "deputy_recommendation" else subject

    def _last_seen(self, number: str | None) -> int | None:
        if number is None:
            return None
        with self.database.transaction(write=False) as db:
            row = db.one("SELECT seq FROM cases WHERE number = ?", number)
        return int(row[0]) if row else None

    def number(self, name: str) -> str:
        """Give the number of a scenario's case: a name given before, or a standing case such as membership:m7."""
        with self.database.transaction(write=False) as db:
            found = self.number_in(db, name)
        if found is None:
            raise NotThere(name)
        return found

    def number_in(self, db: Db, name: str) -> str | None:
        """Give the number of a scenario's case in an open transaction, or None if there is none of that name."""
        procedure, colon, whose = name.partition(":")
        if not colon or procedure not in PROCEDURES:
            return self.cases.get(name)
        column = "body" if procedure == "annual_session" else "person_id"
        value = whose if procedure == "annual_session" else self.names.people.get(whose, whose)
        row = db.one(_STANDING.format(column=column), procedure, value)
        return row[0] if row else None

    def _due(self, due: Any) -> str:
        """Write an instant of a row as the scenario does; `none` if a deadline has no date yet."""
        return at_minute(local_time(stored_instant(due), self.scenario.zone).replace(tzinfo=None)) if due else "none"

    def _by_clock(self, at: datetime, done: Done) -> ByClock:
        with self.database.transaction(write=False) as db:
            row = db.one("SELECT person_id, body FROM cases WHERE number = ?", done.number)
        person, body = row or (None, "")
        whose = person or (body if body.isdigit() else done.number)
        return ByClock(self._due(at), f"{done.record.procedure}.{done.record.act}", done.number, whose, done.state)

    def _written(self) -> tuple[int, ...]:
        """Count what acts write: it is the same before and after a refusal."""
        with self.database.transaction(write=False) as db:
            return db.one(_WRITTEN) or ()


def _expected_outcome(refused: Any) -> set[str]:
    if refused is None:
        return {"done"}
    if refused is True:
        return {"refused", "forbidden", "conflict"}
    if isinstance(refused, dict):
        return {"conflict"} if "conflict" in refused else {"forbidden"}
    return {"refused"}
